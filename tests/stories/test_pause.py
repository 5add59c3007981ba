"""Silence on request: until a day, with its own end, or until the person says so."""

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, answers, berlin, sent


@pytest.mark.slow
@pytest.mark.parametrize(("label", "back_on"), [("Today", 3), ("3 days", 5), ("A week", 9)])
async def test_a_pause_ends_by_itself(telegram: Telegram, ann: Person, label: str, back_on: int) -> None:
    await ann.says("/pause")
    await ann.taps(label)
    assert "Paused until" in ann.sees.text
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(back_on, 19, 45), beat=QUARTER)
    assert sent(telegram, ann, since) == []
    await telegram.waits(until=berlin(back_on, 20, 15), beat=QUARTER)
    assert len(sent(telegram, ann, since)) == 1


async def test_a_pause_without_end_waits_for_resume(telegram: Telegram, ann: Person) -> None:
    await ann.says("/pause")
    await ann.taps("Until I say so")
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(6, 12), beat=QUARTER)
    assert sent(telegram, ann, since) == []
    await ann.says("/resume")
    assert "I’m back" in ann.sees.text
    await telegram.waits(until=berlin(6, 20, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(6, 13)) == [berlin(6, 20)]


async def test_the_diary_works_in_a_pause(telegram: Telegram, ann: Person) -> None:
    await ann.says("/pause")
    await ann.taps("A week")
    await ann.says("/checkin")
    await ann.taps("All fine today")
    assert answers(telegram, ann)[0][1]["headache"] == 0


async def test_a_pause_takes_back_what_was_to_come(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(2, 20, 15), beat=QUARTER)
    await ann.says("/pause")
    await ann.taps("Today")
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    assert sent(telegram, ann, since) == [], "no nudge either"
