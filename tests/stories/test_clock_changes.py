"""The nights on which the clocks change: eight o'clock stays eight o'clock, half past two comes once."""

from datetime import UTC, datetime, timedelta

from bot.domain.schedule import local
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, berlin, never_quiet, sent


async def asks_for_half_past_two(telegram: Telegram, ann: Person) -> None:
    never_quiet(telegram, ann)
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("2:30")


def evenings(telegram: Telegram, ann: Person, since: datetime) -> list[datetime]:
    """Return what was sent from seven to nine in the evening: after the card, before its nudge."""
    return [at for at in sent(telegram, ann, since) if 19 <= local(at, "Europe/Berlin").hour < 21]


async def test_clocks_go_forward(telegram: Telegram, ann: Person) -> None:
    telegram.clock.moves((berlin(28, 12) - telegram.clock.now()).total_seconds())
    await asks_for_half_past_two(telegram, ann)
    await telegram.waits(until=berlin(29, 23), beat=QUARTER)
    prompts = evenings(telegram, ann, berlin(28, 19))
    assert prompts == [datetime(2026, 3, 28, 19, tzinfo=UTC), datetime(2026, 3, 29, 18, tzinfo=UTC)]
    assert [f"{local(at, 'Europe/Berlin'):%H:%M}" for at in prompts] == ["20:00", "20:00"]
    night = [at for at in sent(telegram, ann, berlin(28, 22)) if at < berlin(29, 12)]
    assert night == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)], "half past two does not exist; it moves by the gap"


async def test_clocks_go_back(telegram: Telegram, ann: Person) -> None:
    telegram.clock.moves((berlin(24, 12, month=10) - telegram.clock.now()).total_seconds())
    await asks_for_half_past_two(telegram, ann)
    await telegram.waits(until=berlin(25, 23, month=10), beat=QUARTER)
    prompts = evenings(telegram, ann, berlin(24, 19, month=10))
    assert prompts == [datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 19, tzinfo=UTC)]
    night = [at for at in sent(telegram, ann, berlin(24, 22, month=10)) if at < berlin(25, 12, month=10)]
    assert night == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)], "half past two comes twice and counts once, the first"
    assert night[0] + timedelta(hours=1) < telegram.clock.now()
