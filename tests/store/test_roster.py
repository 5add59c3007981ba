"""What an operator sees of people, on each database: who stands how, what comes, and nothing of the attack."""

from datetime import date, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import check
from bot.domain.schedule import Schedule
from bot.store import checkins, outbox, reminders, roster, users
from bot.store.database import Database, Session
from bot.store.users import User
from tests.clock import HandClock
from tests.store.conftest import ANN, NOW

EVERY_DAY = Schedule(time(20), frozenset(range(7)), "Europe/Berlin")
TONIGHT = NOW.replace(hour=19, minute=0, second=0, microsecond=0)
A_DAY = timedelta(days=1)


@pytest.fixture
def database(database: Database, ann: User) -> Database:
    """Ann has answered a day, has opened another one, gets her card tonight and is owed a word after an attack."""

    def live(session: Session) -> None:
        users.agree(session, ANN, "1", "0" * 64, NOW)
        checkins.answer(
            session,
            checkins.open_(session, ANN, date(2026, 3, 1), ann.zone, "headache", NOW),
            {"headache": 7},
            NOW,
            source="tap",
            late=False,
        )
        checkins.open_(session, ANN, date(2026, 3, 2), ann.zone, "headache", NOW)
        reminders.add(session, ANN, "checkin", EVERY_DAY, NOW)
        soon = NOW + timedelta(hours=1)
        outbox.owe(session, ANN, "morning", "1", due_at=soon, not_before=soon, too_late_at=soon + A_DAY)

    database.submit(live).result(5)
    return database


def seen(database: Database) -> tuple[roster.Standing, int]:
    [person] = database.submit(lambda session: roster.people(session, NOW)).result(5)
    assert (person.id, person.since) == (ANN, NOW.date())
    assert database.submit(lambda session: roster.counts(session, NOW)).result(5) == {person.standing: 1}
    sends = database.submit(lambda session: roster.sends(session, NOW, NOW + A_DAY)).result(5)
    return person.standing, len(sends)


def test_what_comes_is_told_by_time_and_hardly_more(database: Database) -> None:
    sends = database.submit(lambda session: roster.sends(session, NOW, NOW + A_DAY)).result(5)
    assert [(send.at, send.user_id, send.zone, send.kind) for send in sends] == [
        (NOW + timedelta(hours=1), ANN, "Europe/Berlin", "message"),
        (TONIGHT, ANN, "Europe/Berlin", "check-in"),
    ]
    assert not database.submit(lambda session: roster.sends(session, NOW, NOW + timedelta(minutes=59))).result(5)
    assert database.submit(roster.earliest).result(5) == NOW + timedelta(hours=1)


def test_a_card_that_was_only_opened_is_no_day(database: Database) -> None:
    [person] = database.submit(lambda session: roster.people(session, NOW)).result(5)
    assert (person.days, person.seen) == (1, None)


def test_how_people_stand_and_whether_they_hear(database: Database) -> None:
    def change(**values: object) -> None:
        database.submit(partial(users.change, user_id=ANN, **values)).result(5)

    assert seen(database) == ("active", 2)
    change(silent_until=users.FOR_EVER)
    assert seen(database) == ("active", 2), "an attack is nobody's business"
    change(paused_until=TONIGHT)
    assert seen(database) == ("paused", 1), "what comes after the pause comes"
    change(state="blocked")
    assert seen(database) == ("blocked", 0)
    change(state="active", paused_until=None)
    database.submit(lambda session: users.follow_text(session, ["1" * 64], NOW)).result(5)
    assert seen(database) == ("to agree", 0)
    database.submit(lambda session: users.agree(session, ANN, "2", "1" * 64, NOW)).result(5)
    assert seen(database) == ("active", 2)
    consent = database.submit(lambda session: users.consent_of(session, ANN)).result(5)
    assert consent
    database.submit(lambda session: users.withdraw(session, consent, NOW)).result(5)
    assert seen(database) == ("withdrawn", 0)


def test_the_whole_check(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = check.look(database.settings, HandClock(NOW), offline=True)
    assert [finding.name for finding in found if finding.code] == ["token"], "there is none"
    said = {finding.name: finding.said for finding in found}
    assert "of no bot yet, opens with the key" in said["database"]
    assert said["people"] == "1 active"
    assert said["next sends"] == "2 within 24 h, the first at 2026-03-02 13:00 UTC"
