"""A week in the sandbox in a moment: every card and reminder at its own minute, nothing twice, nothing at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings
from bot.sandbox.clock import TravellingClock
from bot.sandbox.person import Person
from bot.store import roster
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


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8])
async def test_a_journey_is_halted_after_any_step_and_life_goes_on(
    telegram: Telegram, travel: Travel, step: int
) -> None:
    ann = await settled_in(telegram, 1001, "Ann")
    before = len(sent(telegram, ann))
    steps: list[datetime] = []

    def passing() -> None:
        steps.append(telegram.clock.now())
        if len(steps) == step:
            travel.halt()
            travel.halt()  # a second tap

    travel._passing = passing
    await travel.to(NOON + timedelta(days=7))
    here = telegram.clock.now()
    assert here == steps[step - 1] < NOON + timedelta(days=7)
    assert travel.goal is None
    assert ahead_of(telegram.database) == here - NOON
    assert telegram.database.submit(roster.earliest).result() > here, "what was due has had its turn"  # type: ignore[operator]

    await telegram.waits(until=here + timedelta(hours=30))
    await travel.to(NOON + timedelta(days=7))
    came = sent(telegram, ann)[before:]
    assert [at.day for at in came if at.time() == time(20)] == [2, 3, 4, 5, 5, 6, 7, 8], (
        "each card once, and after three of them a line about it"
    )
    assert telegram.clock.now() == NOON + timedelta(days=7)


async def test_halted_while_the_last_answers_are_shown_it_goes_no_further(telegram: Telegram, travel: Travel) -> None:
    first, second = (asyncio.create_task(travel.to(NOON + timedelta(days=days))) for days in (1, 7))
    await asyncio.sleep(0)
    assert travel.goal is not None
    travel.halt()
    await asyncio.gather(first, second)
    assert telegram.clock.now() == NOON, "nor does the journey that waited for this one"
    assert travel.goal is None


async def test_a_halt_where_nobody_travels_is_nothing(telegram: Telegram, travel: Travel) -> None:
    travel.halt()
    await travel.to(NOON + timedelta(hours=1))
    assert telegram.clock.now() == NOON + timedelta(hours=1)


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
