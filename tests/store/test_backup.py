"""A backup holds every row, opens with its key only, and nothing of it can be altered unnoticed; on both databases."""

import secrets
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine, select

from bot.config import Backup
from bot.domain.questions import Hours
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import Schedule
from bot.store import (
    backup,
    checkins,
    events,
    inbox,
    invites,
    meta,
    outbox,
    profiles,
    reminders,
    schema,
    shares,
    tastes,
    users,
)
from bot.store.crypto import Keys, make_keys
from bot.store.database import Database, Session, open_engine, open_to_read
from bot.store.sealed_lines import FRAME, BackupTrouble
from bot.store.tables import metadata
from bot.store.users import User
from jobs.backups import Backups
from tests.clock import HandClock
from tests.databases import Databases

from .conftest import ANN, NOW

DAY = date(2026, 3, 2)


def live(session: Session) -> None:
    """Put something into every table."""
    checkin = checkins.open_(session, ANN, DAY, "Europe/Berlin", "headache", NOW)
    values = {"headache": 7, "back": None, "sleep": Hours(6, 7.5), "regions": frozenset({"neck"})}
    checkins.answer(session, checkin, values, NOW, source="tap", late=False)
    checkins.answer(session, checkin, {"headache": 3}, NOW, source="text", late=True)
    daily = reminders.add(session, ANN, CHECKIN, Schedule(time(20, 15), EVERY_DAY, "Europe/Berlin"), NOW)
    outbox.owe(session, ANN, CHECKIN, "2026-03-02", due_at=NOW, not_before=NOW, too_late_at=NOW, reminder_id=daily.id)
    inbox.store(session, [({"update_id": 2**40, "message": {"text": "ünïcode\n\x00"}}, ANN)], NOW)
    users.agree(session, ANN, "1", "the text", NOW)
    invites.redeem(session, invites.make(session.keys, NOW), NOW)
    session.secrets.give(ANN)
    shares.make(session, ANN, DAY, NOW, NOW, "1")
    meta.put_instant(session, "heard_at", NOW)
    events.add(session, ANN, DAY, "attack", NOW, began=NOW.isoformat())
    profiles.change(session, ANN, country="NZ")
    tastes.keep(session, ANN, tastes.Tastes(frozenset({"pb01"})))


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def lived(database: Database, ann: User) -> Database:
    database.submit(live).result(5)
    return database


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/elsewhere/restored.db")
    yield engine
    engine.dispose()


def test_every_row_comes_back(lived: Database, url: str, empty: Engine, tmp_path: Path) -> None:
    before = everything(lived.engine)
    assert all(before.values()), "something of every table, or else little would be proven"
    reader = open_to_read(url)
    made = backup.write(reader, lived.keys, ["a line"], tmp_path / "monday", NOW)
    reader.dispose()
    assert (tmp_path / "monday").stat().st_mode & 0o077 == 0
    assert made.rows == {name: len(rows) for name, rows in before.items()}
    assert made.erased == ["a line"]
    assert backup.restore(tmp_path / "monday", lived.keys, empty) == made
    schema.upgrade(empty)
    assert everything(empty) == before


def test_how_far_it_is_adds_up(lived: Database, url: str, empty: Engine, tmp_path: Path) -> None:
    counted: list[int] = []
    reader = open_to_read(url)
    with reader.connect() as connection:
        twice = 2 * backup.count_rows(connection)
    backup.write(reader, lived.keys, [], tmp_path / "monday", NOW, counted.append)
    reader.dispose()
    assert sum(counted) == twice == 2 * sum(len(rows) for rows in everything(lived.engine).values())
    counted.clear()
    backup.restore(tmp_path / "monday", lived.keys, empty, counted.append)
    assert sum(counted) == twice


async def test_by_night_it_is_made_of_either_database(lived: Database, tmp_path: Path) -> None:
    lived.settings = lived.settings.model_copy(update={"backup": Backup(folder=tmp_path / "nights")})
    await Backups(lived, HandClock(NOW)).take(NOW)
    made = backup.verify(tmp_path / "nights" / "headsup-2026-03-02.backup", lived.keys)
    assert made.rows == {name: len(rows) for name, rows in everything(lived.engine).items()}


def test_a_number_is_never_given_twice(lived: Database, url: str, empty: Engine, tmp_path: Path) -> None:
    def add(session: Session) -> int:
        return reminders.add(session, ANN, "water", Schedule(time(9), EVERY_DAY, "UTC"), NOW).id

    last = lived.submit(add).result(5)
    lived.submit(lambda session: reminders.remove(session, last)).result(5)
    reader = open_to_read(url)
    backup.write(reader, lived.keys, [], tmp_path / "monday", NOW)
    reader.dispose()
    backup.restore(tmp_path / "monday", lived.keys, empty)
    with empty.begin() as connection:
        assert add(Session(connection, lived.keys, lived.settings)) == last + 1, "an old button may carry the number"


@pytest.mark.sqlite
def test_from_sqlite_to_postgresql(lived: Database, postgres: Databases, tmp_path: Path) -> None:
    backup.write(lived.engine, lived.keys, [], tmp_path / "monday", NOW)
    with postgres.empty(tmp_path) as home:
        server = open_engine(home.url)
        backup.restore(tmp_path / "monday", lived.keys, server)
        assert everything(server) == everything(lived.engine)
        with server.begin() as connection:
            session = Session(connection, lived.keys, lived.settings)
            added = reminders.add(session, ANN, "water", Schedule(time(9), EVERY_DAY, "UTC"), NOW)
            assert added.id > max(row[0] for row in everything(lived.engine)["reminders"])
        server.dispose()


@pytest.mark.sqlite
def test_another_key_opens_nothing(lived: Database, empty: Engine, tmp_path: Path) -> None:
    backup.write(lived.engine, lived.keys, [], tmp_path / "monday", NOW)
    for other in (make_keys(tmp_path / "other.key"), Keys({2: lived.keys.ring[1]}, 2)):
        with pytest.raises(BackupTrouble, match="another key"):
            backup.restore(tmp_path / "monday", other, empty)
    assert schema.is_empty(empty)


@pytest.mark.sqlite
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_nothing_can_be_altered_unnoticed(lived: Database, tmp_path: Path, data: some.DataObject) -> None:
    whole, bent = tmp_path / "whole", tmp_path / "bent"
    if not whole.exists():
        backup.write(lived.engine, lived.keys, [secrets.token_hex(32) for _ in range(3000)], whole, NOW)
    content = bytearray(whole.read_bytes())
    assert len(content) > FRAME, "more than one frame, or else none could be left out"
    at = data.draw(some.integers(0, len(content) - 1))
    how = data.draw(some.sampled_from(("flip", "cut", "add", "drop")))
    if how == "flip":
        content[at] ^= data.draw(some.integers(1, 255))
    elif how == "cut":
        del content[at:]
    elif how == "add":
        content += b"x"
    else:
        del content[at : at + data.draw(some.integers(1, 200))]
    bent.write_bytes(content)
    with pytest.raises(BackupTrouble):
        backup.verify(bent, lived.keys)


@pytest.mark.sqlite
def test_no_word_is_readable_and_a_failure_leaves_the_last_one(lived: Database, tmp_path: Path) -> None:
    file = tmp_path / "monday"
    backup.write(lived.engine, lived.keys, [], file, NOW)
    assert not any(word in file.read_bytes() for word in (b"Berlin", str(ANN).encode(), b"users", b"headache"))
    before = file.read_bytes()
    nowhere = open_engine(f"sqlite:///{tmp_path}/no-diary.db")
    with pytest.raises(BackupTrouble, match="no diary"):
        backup.write(nowhere, lived.keys, [], file, NOW)
    nowhere.dispose()
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".*")] == []
