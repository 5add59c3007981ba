"""The bot was away over the time of the card: at most one late prompt, none when it is stale, never a burst."""

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, berlin, never_quiet, sent


@pytest.mark.parametrize(
    ("hours", "late_prompts"),
    [(1 / 6, 1), (1.9, 1), (3, 0), (23, 0), (30, 0), (77, 0)],
    ids=[
        "10 minutes",
        "until shortly before the quiet hours",
        "3 hours, into them",
        "23 hours",
        "30 hours",
        "3 days and a bit",
    ],
)
async def test_a_prompt_missed(telegram: Telegram, ann: Person, hours: float, late_prompts: int) -> None:
    await telegram.waits(until=berlin(2, 19, 55), beat=QUARTER)
    await telegram.stop_bot()
    telegram.clock.moves(hours * 3600)
    back = telegram.clock.now()
    await telegram.start_bot()
    await telegram.tick()
    assert len(sent(telegram, ann, back)) == late_prompts
    await telegram.waits(minutes=30)
    assert len(sent(telegram, ann, back)) == late_prompts


async def test_without_quiet_hours_it_comes_up_to_four_hours_late(telegram: Telegram, ann: Person) -> None:
    never_quiet(telegram, ann)
    await telegram.stop_bot()
    telegram.clock.moves((berlin(2, 23, 55) - telegram.clock.now()).total_seconds())
    await telegram.start_bot()
    await telegram.tick()
    assert len(sent(telegram, ann, berlin(2, 23, 55))) == 1


async def test_the_next_day_is_asked_as_usual(telegram: Telegram, ann: Person) -> None:
    await telegram.stop_bot()
    telegram.clock.moves(3 * 24 * 3600)
    await telegram.start_bot()
    await telegram.waits(until=berlin(5, 20, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 14)) == [berlin(5, 20)]


async def test_reminders_missed_are_not_made_up_for(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    for kind, at in (("Water", "15:00"), ("Stretch", "15:30"), ("Relax", "16:00")):
        await ann.taps("Add a reminder")
        await ann.taps(kind)
        await ann.says(at)
        await ann.taps("All reminders")
    await telegram.stop_bot()
    telegram.clock.moves((berlin(2, 17) - telegram.clock.now()).total_seconds())
    await telegram.start_bot()
    await telegram.waits(minutes=30)
    assert sent(telegram, ann, berlin(2, 16, 30)) == [], "at most once, and not a quarter of an hour late"


async def test_a_reminder_a_few_minutes_late_still_comes_once(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("15:00")
    await telegram.stop_bot()
    telegram.clock.moves((berlin(2, 15, 10) - telegram.clock.now()).total_seconds())
    await telegram.start_bot()
    await telegram.waits(minutes=30)
    assert sent(telegram, ann, berlin(2, 15)) == [berlin(2, 15, 11)]
