"""A week in the sandbox in a moment: every card and reminder at its own minute, nothing twice, nothing at once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings
from bot.sandbox.clock import TravellingClock
from bot.sandbox.person import Person
from jobs.carry import InProcess
from jobs.scheduler import Metronome
from jobs.travel import Travel, ahead_of
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settled_in

BERLIN = ZoneInfo("Europe/Berlin")


class StoryClock(HandClock):
    """Stands still until it is sent ahead."""

    ahead = timedelta(0)

    def go(self, span: timedelta) -> None:
        self.ahead += span
        self.moves(span.total_seconds())


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(NOON)


@pytest.fixture
async def travel(telegram: Telegram, clock: StoryClock) -> AsyncIterator[Travel]:
    metronome = Metronome(telegram.database, InProcess(telegram.database, telegram.chat.sender, clock), clock)
    yield Travel(telegram.database, telegram.chat, metronome, cast(TravellingClock, clock), telegram.api.move)


def sent(telegram: Telegram, person: Person) -> list[datetime]:
    """Return when the bot wrote, in Berlin."""
    messages = [one for one in telegram.api.chat(person.user_id) if one["from"]["is_bot"]]
    return [datetime.fromtimestamp(one["date"], BERLIN).replace(tzinfo=None) for one in messages]


async def test_an_hour_without_anything_is_an_hour(telegram: Telegram, ann: Person, travel: Travel) -> None:
    before = len(ann.chat)
    await travel.to(NOON + timedelta(hours=1))
    assert telegram.clock.now() == NOON + timedelta(hours=1)
    assert len(ann.chat) == before
    assert travel.goal is None


async def test_a_week_brings_each_card_at_eight_and_the_summary(telegram: Telegram, travel: Travel) -> None:
    ann = await settled_in(telegram, 1001, "Ann")
    await ann.says("headache 3")
    before = len(sent(telegram, ann))
    await travel.to(NOON + timedelta(days=7))
    came = sent(telegram, ann)[before:]
    cards = sorted({at.day for at in came if at.time() == time(20)})
    assert cards == [2, 3, 4, 5, 6, 7, 8], "today’s is still open, too"
    assert sorted(came) == came
    assert {at.time() for at in came} == {time(18), time(20), time(21, 30)}, "the summary, the cards and their nudges"
    assert telegram.clock.now() == NOON + timedelta(days=7)
    assert not any("restarted" in seen.text or "away" in seen.text for seen in ann.chat), "it was there all the while"


async def test_what_is_on_the_way_shows_where_it_leads(telegram: Telegram, ann: Person, travel: Travel) -> None:
    seen: list[tuple[datetime, datetime | None]] = []
    travel._passing = lambda: seen.append((telegram.clock.now(), travel.goal))
    goal = NOON + timedelta(days=1)
    await travel.to(goal)
    assert [at for at, _ in seen] == sorted(at for at, _ in seen)
    assert seen[0][1] == goal
    assert seen[-1] == (goal, None)


async def test_nobody_travels_back(telegram: Telegram, travel: Travel) -> None:
    await travel.to(NOON - timedelta(days=1))
    assert telegram.clock.now() == NOON


async def test_a_sandbox_started_anew_is_as_far_ahead_as_it_was(
    telegram: Telegram, ann: Person, travel: Travel, settings: Settings
) -> None:
    await travel.to(NOON + timedelta(days=3))
    assert ahead_of(telegram.database) == timedelta(days=3)


async def test_through_the_night_of_the_clock_change_the_card_stays_at_eight(
    telegram: Telegram, travel: Travel
) -> None:
    """On 29 March 2026 Berlin goes from UTC+1 to UTC+2."""
    await travel.to(datetime(2026, 3, 28, 12, tzinfo=UTC))
    ann = await settled_in(telegram, 1001, "Ann")
    before = len(sent(telegram, ann))
    await travel.to(datetime(2026, 3, 29, 19, tzinfo=UTC))
    came = [f"{at:%d %H:%M}" for at in sent(telegram, ann)[before:]]
    assert came == ["28 20:00", "28 21:30", "29 20:00"]


def test_both_hands_go_ahead_and_none_goes_back() -> None:
    clock = TravellingClock()
    difference = clock.now().timestamp() - clock.steady()
    before = clock.now()
    clock.go(timedelta(days=1))
    assert clock.now() - before >= timedelta(days=1)
    assert abs(clock.now().timestamp() - clock.steady() - difference) < 1
    clock.go(timedelta(days=-1))
    assert clock.now() - before >= timedelta(days=1)
