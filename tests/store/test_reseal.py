"""A new key: every sealed value of every table opens with it alone afterwards, and stopping half way loses nothing."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import LargeBinary, Table, func, select, update

from bot import keeping
from bot.domain.reminders import EVERY_DAY
from bot.domain.schedule import Schedule
from bot.store import checkins, crypto, events, inbox, profiles, reminders, reseal, tastes, users
from bot.store.crypto import OWN, Keys, KeyTrouble
from bot.store.database import Database, Session
from bot.store.tables import metadata, secrets
from bot.store.users import User

from .conftest import ANN, NOW
from .test_backup import live

DAY = date(2026, 3, 2)
OTHER = ANN + 1


def live_on(session: Session) -> None:
    """Put something into every sealed column, of two people and of nobody."""
    live(session)
    reminders.add(session, ANN, "own:1", Schedule(time(9), EVERY_DAY, "UTC"), NOW, words="Take the stairs")
    users.add(session, users.stranger(OTHER, "en", "UTC", NOW), NOW)
    theirs = checkins.open_(session, OTHER, DAY, "UTC", "headache", NOW)
    checkins.answer(session, theirs, {"headache": 1, "note": "ünïcode"}, NOW, source="tap", late=False)
    inbox.store(session, [({"update_id": 7}, None)], NOW)


@pytest.fixture
def lived(database: Database, ann: User) -> Database:
    database.submit(live_on).result(5)
    return database


@pytest.fixture
def newer(lived: Database) -> Keys:
    return crypto.add_key(lived.settings.keys.file, lived.keys)


def said(session: Session) -> list[object]:
    """Read everything that was sealed, the way the bot does."""
    cards = [checkins.on_day(session, user_id, DAY) for user_id in (ANN, OTHER)]
    return [
        *cards,
        *(checkins.answers_of(session, card) for card in cards if card),
        *inbox.unfinished(session, NOW),
        *events.of_user(session, ANN, date.min, date.max),
        *reminders.of_user(session, ANN),
        profiles.of_user(session, ANN),
        tastes.of_user(session, ANN),
    ]


def sealed_with(database: Database) -> dict[str, set[int]]:
    """Return, for every column of bytes but the secrets themselves, the numbers of the keys it is sealed with."""
    with database.engine.connect() as connection:
        return {
            f"{table.name}.{column.name}": {
                value.removeprefix(OWN)[0] for (value,) in connection.execute(select(column)) if value
            }
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary) and column is not secrets.c.secret
        }


def batches(session: Session, most: int) -> Iterator[reseal.Batch]:
    for table in reseal.SEALED:
        last: Sequence[Any] | None = None
        while batch := reseal.seal_again(session, table, last, most):
            last = batch.last
            yield batch


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_every_sealed_column_opens_with_the_new_key_alone(lived: Database, newer: Keys, most: int) -> None:
    before = lived.submit(said).result(5)
    assert all(numbers == {1} for numbers in sealed_with(lived).values()), "something in every column that there is"
    with lived.engine.begin() as connection:
        session = Session(connection, newer, lived.settings)
        total = reseal.left(session)
        done = list(batches(session, most))
        assert sum(batch.rows for batch in done) == total
        assert sum(batch.unreadable for batch in done) == 0
        assert sum(batch.sealed for batch in done) > total, "some rows hold two values"
        assert reseal.left(session) == 0
        assert list(batches(session, most)) == [], "a second time there is nothing to do"
    assert all(numbers == {2} for numbers in sealed_with(lived).values())
    alone = crypto.forget_old(lived.settings.keys.file, newer)
    with lived.engine.begin() as connection:
        assert said(Session(connection, alone, lived.settings)) == before
        with pytest.raises(KeyTrouble):
            said(Session(connection, lived.keys, lived.settings))


def test_stopped_after_any_batch_all_can_be_read_and_a_second_run_ends_it(lived: Database, newer: Keys) -> None:
    before = lived.submit(said).result(5)
    mixed = steps = 0
    while True:
        with lived.engine.begin() as connection:
            session = Session(connection, newer, lived.settings)
            if next(batches(session, 1), None) is None:
                break
            steps += 1
            assert said(session) == before, "by key number, whatever each is sealed with"
            mixed += reseal.left(session) > 0
            with pytest.raises(KeyTrouble):  # a copy of the old key file, put back meanwhile, is told at the start
                checkins.try_key(Session(connection, lived.keys, lived.settings))
    assert steps == mixed + 1 > 10


def test_what_does_not_open_stays_as_it_is_and_is_counted(lived: Database, newer: Keys) -> None:
    events_ = metadata.tables["events"]
    with lived.engine.begin() as connection:
        connection.execute(update(events_).values(body=b"\x01 is damaged, or of a key that was lost"))
        session = Session(connection, newer, lived.settings)
        assert sum(batch.unreadable for batch in batches(session, 1)) == count(session, events_)
        assert reseal.left(session) == count(session, events_)
        assert set(session.execute(select(events_.c.body)).scalars()) == {b"\x01 is damaged, or of a key that was lost"}


def count(session: Session, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_file_holds_both_keys_until_the_old_one_is_let_go(lived: Database, newer: Keys, tmp_path: Path) -> None:
    file = lived.settings.keys.file
    assert crypto.load_keys(file) == newer
    assert (newer.current, set(newer.ring)) == (2, {1, 2})
    assert newer.ring[1] == lived.keys.ring[1] != newer.ring[2]
    alone = crypto.forget_old(file, newer)
    assert crypto.load_keys(file) == alone == Keys({2: newer.ring[2]}, 2)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.glob(".*")] == []
    assert crypto.add_key(file, alone).current == 3, "a number is never used again"


@pytest.mark.postgres
def test_on_a_server_only_while_nobody_else_is_connected(
    lived: Database, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    with pytest.raises(typer.Exit) as refused:
        keeping.rotate_key(lived.settings)
    assert refused.value.exit_code == 75
    assert re.match(
        r"\[database\] url: others are connected to it \([1-9]\); stop every headsup", capsys.readouterr().err
    )
    assert set.union(*sealed_with(lived).values()) == {1}
    lived.close()
    keeping.rotate_key(lived.settings)
    assert "Sealed with the new key" in capsys.readouterr().out
    assert set.union(*sealed_with(lived).values()) == {2}
