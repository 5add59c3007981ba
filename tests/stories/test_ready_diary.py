"""Twelve weeks of somebody who does not exist: whole, plausible, and one true link that the bot finds by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.actions import patterns
from bot.domain.history import Day
from bot.domain.patterns import look, offered
from bot.domain.questions import BY_KEY, allowed
from bot.sandbox.person import Person
from bot.sandbox.ready_diary import WEEKS, answers_of, keep
from bot.store import checkins, users
from bot.store.database import Session
from tests.conftest import NOON, Telegram

ZONE = "Europe/Berlin"


@pytest.fixture
async def ann(telegram: Telegram) -> Person:
    ann = telegram.person(1001, "Ann")
    assert telegram.database.submit(lambda session: keep(session, 1001, "en", ZONE, NOON)).result()
    return ann


def days_of(telegram: Telegram) -> list[Day]:
    first, last = NOON.date() - timedelta(days=84), NOON.date() - timedelta(days=1)
    return list(telegram.database.submit(lambda session: checkins.days(session, 1001, first, last)).result())


def test_every_answer_is_on_its_scale() -> None:
    days = [letters for week in WEEKS for letters in zip(*week, strict=True)]
    assert len(days) == 84
    for letters in (letters for letters in days if "-" not in letters):
        answers = answers_of(*letters)
        assert all(allowed(BY_KEY[key], value) for key, value in answers.items() if value is not None)
        assert all(BY_KEY[key].asked_if(answers) for key in answers)


async def test_a_day_is_missing_here_and_there(telegram: Telegram, ann: Person) -> None:
    days = days_of(telegram)
    assert len(days) == 84
    assert 74 <= sum(day.logged for day in days) < 84
    assert all(day.asked for day in days if day.logged)
    assert not any(day.late or day.changed for day in days)


async def test_exactly_one_thing_goes_with_the_headaches(telegram: Telegram, ann: Person) -> None:
    days = days_of(telegram)
    seen = look(days, offered(days))
    assert [pattern.exposure for pattern in seen.of("seen")] == ["back_day"]
    assert len(seen.of("nothing")) >= 6


@pytest.mark.parametrize("start", range(0, 364, 91))
def test_it_is_so_on_whatever_day_one_begins(telegram: Telegram, start: int) -> None:
    now = datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=start)

    def found(session: Session) -> list[str]:
        assert keep(session, 1002, "en", ZONE, now)
        user = users.get(session, 1002)
        assert user is not None
        words = patterns.show(session, user, now).messages[0].text
        return [line for line in words.splitlines() if "more often" in line or "back pain" in line]

    assert len(telegram.database.submit(found).result()) >= 1


async def test_the_bot_goes_on_with_it(telegram: Telegram, ann: Person) -> None:
    for command, words in (
        ("/summary", "of 7 days"),
        ("/patterns", "back pain"),
        ("/history", "filled in on"),
        ("/next", "Daily card"),
    ):
        asked = await ann.says(command)
        said = [seen.text for seen in ann.chat if seen.message_id > asked]
        assert words in said[0], command
    await ann.says("/report")
    assert ann.sees.labels or ann.sees.document
    await telegram.waits(until=NOON.replace(hour=19, minute=1))
    assert "Did your head hurt today?" in ann.sees.text


async def test_nobody_gets_a_second_one(telegram: Telegram, ann: Person) -> None:
    assert not telegram.database.submit(lambda session: keep(session, 1001, "en", ZONE, NOON)).result()
    assert telegram.rows("users") == 1
