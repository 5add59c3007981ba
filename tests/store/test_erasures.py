"""Whoever was erased stays erased: the ledger beside the key is carried out on every diary that is older than it."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

from bot.config import Retention
from bot.store import checkins, erasures, events, users
from bot.store.database import Database, Session
from bot.store.users import User
from jobs.upkeep import carry_out_erasures, keep_no_longer

from .conftest import ANN, NOW

LATER = NOW + timedelta(hours=1)


def add(session: Session, user_id: int = ANN + 1, *, since: object = NOW) -> None:
    users.add(session, users.stranger(user_id, "en", "UTC", NOW), since)  # type: ignore[arg-type]


def here(session: Session) -> set[int]:
    return {user_id for user_id in (ANN, ANN + 1) if users.get(session, user_id)}


async def test_what_the_ledger_names_is_erased_and_nobody_else(database: Database, ann: User) -> None:
    await database.write(add)
    erasures.note(database.settings.keys.file, database.keys, ANN, LATER)
    await carry_out_erasures(database)
    assert await database.write(here) == {ANN + 1}
    assert await database.write(erasures.waiting) == ()


async def test_who_came_back_since_stays(database: Database) -> None:
    erasures.note(database.settings.keys.file, database.keys, ANN, NOW)
    await database.write(partial(add, user_id=ANN, since=LATER))
    await carry_out_erasures(database)
    assert await database.write(here) == {ANN}
    erasures.note(database.settings.keys.file, database.keys, ANN, LATER + timedelta(days=1))
    await carry_out_erasures(database)
    assert await database.write(here) == set()


async def test_an_older_diary_catches_up(database: Database, ann: User) -> None:
    await database.write(lambda session: erasures.erase(session, ANN, LATER))
    await carry_out_erasures(database)
    await database.write(partial(add, user_id=ANN))  # as a backup would bring them back
    await carry_out_erasures(database)
    assert await database.write(here) == {ANN}, "this diary thinks it has carried all of it out"
    await database.write(erasures.all_again)
    await carry_out_erasures(database)
    assert await database.write(here) == set()


async def test_a_line_cut_short_spoils_no_other(database: Database, ann: User) -> None:
    ledger = erasures.ledger_of(database.settings.keys.file)
    ledger.write_bytes(b"2026-03-02T12:00:00+00:00 abc")
    erasures.note(database.settings.keys.file, database.keys, ANN, LATER)
    await carry_out_erasures(database)
    assert await database.write(here) == set()
    assert len(erasures.lines_of(database.settings.keys.file)) == 2


async def test_a_line_that_is_just_being_written_is_read_once_it_is_whole(database: Database, ann: User) -> None:
    """Another process may write it at this moment: what was read of it must not count as seen to."""
    ledger = erasures.ledger_of(database.settings.keys.file)
    erasures.note(database.settings.keys.file, database.keys, ANN + 1, LATER)
    first = ledger.read_bytes()
    erasures.note(database.settings.keys.file, database.keys, ANN, LATER)
    whole = ledger.read_bytes()
    ledger.write_bytes(whole[: len(first) + 20])
    await carry_out_erasures(database)
    ledger.write_bytes(whole)
    await carry_out_erasures(database)
    assert await database.write(here) == set()


def test_the_ledger_names_nobody_to_who_lacks_the_key(database: Database) -> None:
    key_file = database.settings.keys.file
    erasures.note(key_file, database.keys, ANN, NOW)
    assert str(ANN) not in erasures.ledger_of(key_file).read_text()
    assert erasures.ledger_of(key_file).stat().st_mode & 0o077 == 0


def test_two_ledgers_become_one(database: Database, tmp_path: Path) -> None:
    mine, other = database.settings.keys.file, tmp_path / "other.key"
    for number in (1, 2):
        erasures.note(mine, database.keys, number, NOW)
    for number in (2, 3):
        erasures.note(other, database.keys, number, NOW)
    erasures.merge(mine, erasures.lines_of(other))
    assert len(erasures.lines_of(mine)) == 3
    erasures.merge(mine, erasures.lines_of(other))
    assert len(erasures.lines_of(mine)) == 3


async def test_what_is_past_its_time_goes_on_either_database(database: Database, ann: User) -> None:
    kept = {"retention": Retention(blocked_days=90, answers_days=400)}
    database.settings = database.settings.model_copy(update=kept)

    def live(session: Session) -> None:
        add(session)
        for user_id, ago in ((ANN, 90), (ANN + 1, 89)):
            users.change(session, user_id, state="blocked", seen_at=NOW - timedelta(days=ago, seconds=1))
        for ago in (399, 400, 401, 900):
            day = (NOW - timedelta(days=ago)).date()
            checkin = checkins.open_(session, ANN + 1, day, "UTC", "headache", NOW)
            checkins.answer(session, checkin, {"headache": 3}, NOW, source="tap", late=False)
            events.add(session, ANN + 1, day, "massage", NOW)

    def days(session: Session) -> list[int]:
        found = (*checkins.history(session, ANN + 1, date.min, date.max), *noted(session))
        return sorted((NOW.date() - day).days for day in found)

    def noted(session: Session) -> list[date]:
        return [event.day for event in events.of_user(session, ANN + 1, date.min, date.max)]

    await database.write(live)
    await keep_no_longer(database, NOW)
    assert await database.write(here) == {ANN + 1}
    assert await database.write(days) == [399, 399, 400, 400]
    assert len(erasures.lines_of(database.settings.keys.file)) == 1
