"""Reminders and people in the tables: what goes in comes back, on both databases."""

from datetime import time, timedelta

import pytest

from bot.domain.reminders import EVERY_DAY, WORKDAYS
from bot.domain.schedule import Schedule
from bot.store import invites, reminders, users
from bot.store.database import Database, Session
from bot.store.tables import metadata
from bot.store.users import User

from .conftest import ANN, NOW

DAILY = Schedule(time(20, 15), EVERY_DAY, "Europe/Berlin")


def test_a_person_comes_back_as_stored(database: Database, ann: User) -> None:
    assert database.submit(lambda s: users.get(s, ANN)).result(5) == ann
    until = NOW + timedelta(days=3)
    database.submit(lambda s: users.change(s, ANN, paused_until=until, awaiting="place")).result(5)
    kept = database.submit(lambda s: users.get(s, ANN)).result(5)
    assert kept is not None
    assert (kept.state, kept.paused_until, kept.awaiting, kept.since) == ("active", until, "place", NOW)
    assert kept.silent(NOW)
    assert not kept.silent(until)


@pytest.mark.parametrize("weekdays", [EVERY_DAY, WORKDAYS, frozenset({6}), frozenset({0, 3})])
def test_a_reminder_comes_back_as_stored(database: Database, ann: User, weekdays: frozenset[int]) -> None:
    schedule = Schedule(time(0, 5), weekdays, "America/St_Johns")
    added = database.submit(lambda s: reminders.add(s, ANN, "water", schedule, NOW)).result(5)
    assert database.submit(lambda s: reminders.get(s, ANN, added.id)).result(5) == added
    assert added.next_at is not None
    assert added.next_at > NOW
    assert database.submit(lambda s: reminders.get(s, ANN + 1, added.id)).result(5) is None


def test_only_what_is_due_and_on_is_found(database: Database, ann: User) -> None:
    def work(session: Session) -> list[list[int]]:
        first = reminders.add(session, ANN, "water", DAILY, NOW)
        second = reminders.add(session, ANN, "relax", Schedule(time(19), EVERY_DAY, "Europe/Berlin"), NOW)
        off = reminders.change(session, reminders.add(session, ANN, "sleep", DAILY, NOW), NOW, on=False)
        assert off.next_at is None
        assert first.next_at is not None
        seen = [
            [reminder.id for reminder in reminders.due(session, first.next_at + timedelta(microseconds=us), most)]
            for us, most in ((-1, 9), (0, 9), (0, 1))
        ]
        assert seen == [[second.id], [second.id, first.id], [second.id]]
        reminders.plan(session, [(first.id, first.next_at + timedelta(days=1)), (second.id, None)])
        return [[reminder.id for reminder in reminders.due(session, first.next_at, 9)]]

    assert database.submit(work).result(5) == [[]]


@pytest.mark.postgres
def test_what_its_person_is_just_changing_is_not_planned_by_its_old_times(database: Database, ann: User) -> None:
    added = database.submit(lambda s: reminders.add(s, ANN, "water", DAILY, NOW)).result(5)
    assert added.next_at is not None
    then = added.next_at
    with database.engine.connect() as another, another.begin():
        theirs = Session(another, database.keys, database.settings)
        reminders.change(theirs, added, NOW, schedule=Schedule(time(21), EVERY_DAY, "Europe/Berlin"))
        assert database.submit(lambda s: reminders.due(s, then, 9)).result(5) == []
        assert database.submit(lambda s: reminders.planned(s, 0, NOW, 9)).result(5) == []
    (planned,) = database.submit(lambda s: reminders.planned(s, 0, NOW, 9)).result(5)
    assert planned.schedule.at == time(21)


def test_a_kind_can_be_silenced_until_an_instant(database: Database, ann: User) -> None:
    def work(session: Session) -> tuple[object, object]:
        water = reminders.add(session, ANN, "water", DAILY, NOW)
        relax = reminders.add(session, ANN, "relax", DAILY, NOW)
        reminders.skip_until(session, ANN, "water", NOW + timedelta(days=2))
        kept = [reminders.get(session, ANN, reminder.id) for reminder in (water, relax)]
        assert water.next_at is not None
        return (kept[0] and kept[0].next_at, kept[1] and kept[1].next_at)

    silenced, other = database.submit(work).result(5)
    assert isinstance(other, type(NOW))
    assert silenced == other + timedelta(days=2)


def test_erasing_a_person_empties_every_table_of_them(database: Database, ann: User) -> None:
    def work(session: Session) -> dict[str, int]:
        users.agree(session, ANN, "1", "the text", NOW)
        reminders.add(session, ANN, "water", DAILY, NOW)
        users.erase(session, ANN)
        return {table.name: len(session.execute(table.select()).all()) for table in metadata.sorted_tables}

    left = database.submit(work).result(5)
    assert {name for name, rows in left.items() if rows} <= {"meta"}, "what the bot knows about itself"


def test_an_invitation_is_good_once_and_for_a_week(database: Database) -> None:
    code = invites.make(database.keys, NOW)

    def work(session: Session) -> list[bool]:
        soon, over = NOW + timedelta(days=6, hours=23), NOW + timedelta(days=7, hours=2)
        return [
            invites.welcome(session, code, soon),
            invites.welcome(session, code, over),
            invites.redeem(session, code, over),
            invites.redeem(session, code, soon),
            invites.redeem(session, code, soon),
        ]

    assert database.submit(work).result(5) == [True, False, False, True, False]
    assert len(f"agree:{code}") <= 64, "it has to fit behind a button"
