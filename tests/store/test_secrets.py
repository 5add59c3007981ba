"""On PostgreSQL what a person said opens with their own secret only; erased, it is gone from every file but the log."""

import time
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import NestedTransaction, event, select, text

from bot.store import backup, erasures, events, inbox, reseal, users
from bot.store.crypto import OWN, KeyTrouble, unseal
from bot.store.database import Database, Session, open_engine
from bot.store.secrets import Secrets
from bot.store.tables import events as table
from bot.store.tables import secrets
from bot.store.users import User

from .conftest import ANN, NOW

DAY = date(2026, 3, 2)
BEN = ANN + 1
TEXT = {"update_id": 7, "message": {"text": "what did I say?"}}

pytestmark = pytest.mark.postgres


def secret_of(database: Database, user_id: int = ANN) -> bytes | None:
    with database.engine.connect() as connection:
        return Secrets(connection).of(user_id)


def crowd(session: Session) -> None:
    for number in range(1, 200):
        users.add(session, users.stranger(ANN + number, "en", "UTC", NOW), NOW)


def erase(session: Session) -> None:
    erasures.erase(session, ANN, NOW)


def files_with(database: Database, wanted: bytes) -> list[str]:
    """Return the files of the server that hold these bytes, its write-ahead log left out."""
    with database.engine.connect() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    there = [path for path in folder.rglob("*") if path.is_file() and "pg_wal" not in path.parts]
    assert len(there) > 100, "the whole of a server"
    return [str(path.relative_to(folder)) for path in there if wanted in path.read_bytes()]


def settle(database: Database) -> None:
    """Let the server look at all its rows and write everything to its files."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


async def test_a_destroyed_secret_is_in_no_file_after_the_next_checkpoint(database: Database, ann: User) -> None:
    await database.write(crowd)
    secret, bens = secret_of(database), secret_of(database, BEN)
    assert secret and bens and secret != bens
    settle(database)
    [where] = files_with(database, secret)
    assert "/" in where, "in its table, and in no statistics"
    await database.write(erase)
    assert files_with(database, secret) == [where], "deleting a row overwrites nothing"
    await database.checkpoint()
    assert files_with(database, secret) == []
    assert secret_of(database, BEN) == bens
    settle(database)
    [elsewhere] = files_with(database, bens)
    assert elsewhere != where
    await database.checkpoint()
    assert files_with(database, bens) == [elsewhere], "where nobody was erased nothing is written anew"


async def test_what_was_said_opens_no_more_for_who_has_the_key_file(database: Database, ann: User) -> None:
    await database.write(lambda session: events.add(session, ANN, DAY, "attack", NOW, note="fog"))

    def opened(session: Session, body: bytes, number: int) -> str:
        return unseal(session.keys, body, table="events", key=number, user=ANN)

    def said(session: Session) -> Any:
        return session.execute(select(table.c.id, table.c.body)).one()

    number, body = await database.write(said)
    assert body.startswith(OWN)
    assert "fog" in await database.write(lambda session: opened(session, body, number))
    with pytest.raises(KeyTrouble):
        unseal(database.keys, body, table="events", key=number, user=ANN)
    await database.write(erase)
    await database.write(lambda session: users.add(session, ann, NOW))
    with pytest.raises(KeyTrouble):  # who comes back has another one
        await database.write(lambda session: opened(session, body, number))


async def test_while_somebody_reads_an_older_state_it_is_done_again_later(database: Database, ann: User) -> None:
    secret = secret_of(database) or b""
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as reader:
        reader.execute(text("SELECT count(*) FROM users"))
        await database.write(erase)
        await database.checkpoint()
        assert files_with(database, secret), "whoever reads could still ask for it"
        assert reader.execute(select(secrets.c.secret)).scalars().all() == [secret]
        before = time.monotonic()
        await database.checkpoint()
        assert time.monotonic() - before < 2, "nobody waits for who reads the table itself"
        assert files_with(database, secret)
    await database.checkpoint()
    assert files_with(database, secret) == []


async def test_what_was_sent_and_not_yet_read_outlives_the_secret(database: Database, ann: User) -> None:
    await database.write(lambda session: inbox.store(session, [(TEXT, ANN)], NOW))
    await database.write(erase)
    [waiting] = await database.write(lambda session: inbox.unfinished(session, NOW))
    assert waiting.raw == TEXT


async def test_what_a_stranger_sent_opens_after_they_agreed(database: Database) -> None:
    await database.write(lambda session: inbox.store(session, [(TEXT, ANN)], NOW))
    await database.write(lambda session: users.add(session, users.stranger(ANN, "en", "UTC", NOW), NOW))
    [waiting] = await database.write(lambda session: inbox.unfinished(session, NOW))
    assert waiting.raw == TEXT


def test_a_diary_from_before_gets_secrets_with_its_new_key(database: Database, ann: User) -> None:
    """As one does that comes from SQLite by a backup."""

    def live(session: Session) -> None:
        session.secrets.destroy(ANN)
        events.add(session, ANN, DAY, "attack", NOW)
        inbox.store(session, [(TEXT, None)], NOW)

    database.submit(live).result(5)

    def beginnings(session: Session) -> list[bytes]:
        return [body[:1] for body in session.execute(select(table.c.body)).scalars()]

    assert database.submit(beginnings).result(5) == [b"\x01"]
    database.submit(lambda session: session.secrets.give_missing()).result(5)
    assert database.submit(reseal.left).result(5) == 1, "nobody has a secret of what is nobody's"
    for each in reseal.SEALED:
        database.submit(partial(reseal.seal_again, table=each, after=None, most=100)).result(5)
    assert database.submit(reseal.left).result(5) == 0
    assert database.submit(beginnings).result(5) == [OWN]
    assert database.submit(lambda session: events.of_user(session, ANN, DAY, DAY)).result(5)


def test_who_was_erased_elsewhere_since_it_was_looked_up_is_given_a_new_one(database: Database, ann: User) -> None:
    before = secret_of(database)

    def work(session: Session) -> bytes | None:
        session.secrets.look_up([ANN])
        with database.engine.begin() as elsewhere:
            Secrets(elsewhere).destroy(ANN)
        session.secrets.give(ANN)
        return session.secrets.of(ANN)

    given = database.submit(work).result(5)
    assert secret_of(database) == given != before


def test_on_sqlite_a_backup_of_it_can_be_read_and_goes_on_without(
    database: Database, ann: User, tmp_path: Path
) -> None:
    database.submit(lambda session: events.add(session, ANN, DAY, "attack", NOW)).result(5)
    backup.write(database.engine, database.keys, [], tmp_path / "monday", NOW)
    here = open_engine(f"sqlite:///{tmp_path}/restored.db")
    backup.restore(tmp_path / "monday", database.keys, here)
    with here.begin() as connection:
        session = Session(connection, database.keys, database.settings)
        [attack] = events.of_user(session, ANN, DAY, DAY)
        assert reseal.left(session) == 1
        events.change(session, attack, over=None)
        assert reseal.left(session) == 0
        users.erase(session, ANN)
        assert session.execute(select(secrets)).all() == []
    here.dispose()


def test_a_secret_is_looked_up_once_in_a_transaction(database: Database, ann: User) -> None:
    def lookups(count: int) -> int:
        said: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            said.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        for _ in range(count):
            database.submit(lambda session: events.of_user(session, ANN, DAY, DAY)).result(5)
        event.remove(database.engine, "before_cursor_execute", note)
        return sum("FROM secrets" in statement for statement in said)

    for _ in range(20):
        database.submit(lambda session: events.add(session, ANN, DAY, "attack", NOW)).result(5)
    assert lookups(1) == 1
    assert lookups(3) == 3


@pytest.mark.parametrize("seed", range(5))
def test_it_is_what_the_table_says_whatever_is_taken_back(database: Database, ann: User, seed: int) -> None:
    """Random turns that give, destroy and look, within savepoints and transactions that are kept or taken back."""
    draw = Random(seed)
    with database.engine.connect() as connection:
        known, savepoints, looks = Secrets(connection), list[NestedTransaction](), 0
        for _ in range(400):
            match draw.choice(["give", "destroy", "look", "look", "savepoint", "keep", "take back", "end"]):
                case "give":
                    known.give(ANN)
                case "destroy":
                    known.destroy(ANN)
                case "savepoint":
                    savepoints.append(connection.begin_nested())
                case "keep" if savepoints:
                    savepoints.pop().commit()
                case "take back" if savepoints:
                    savepoints.pop().rollback()
                case "end" if draw.random() < 0.3:
                    savepoints.clear()
                    draw.choice([connection.commit, connection.rollback])()
            there = connection.execute(select(secrets.c.secret).where(secrets.c.user_id == ANN)).scalar_one_or_none()
            assert known.of(ANN) == there
            looks += there is not None
    assert 50 < looks < 350
