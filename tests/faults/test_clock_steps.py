"""The wall clock is set wrong and right again, the machine sleeps: nobody is asked twice, nobody late (T42)."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import cli
from bot.domain.reminders import CHECKIN
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person
from bot.texts.words import texts_for
from jobs.carry import InProcess
from jobs.scheduler import Metronome
from tests.clock import HandClock
from tests.databases import Home
from tests.faults.household import TIP
from tests.faults.promises import FULL, Figures
from tests.faults.virtual import LoopClock, play
from tests.faults.world import EVENING, World
from tests.test_cli import Headsup, headsup

__all__ = ["headsup"]

PEOPLE = range(2001, 2031)
DUE = EVENING.replace(hour=20, minute=0, second=0)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LATE = 10
DOUBLED = "cards and tips doubled by a clock that is set"
NUDGE = "still open"
ASKING = "still a good time?"
"""Stands on what comes after three cards that nobody touched; it is neither a card nor a tip."""

A_CARD = re.compile(r"(\w{3} \d{1,2} \w{3})( \(yesterday\))?( · |: this card)")

STEPS = {
    "an hour back": -timedelta(hours=1),
    "an hour on": timedelta(hours=1),
    "a day back": -DAY,
    "three days on": 3 * DAY,
    "to 1970": datetime(1970, 1, 1, tzinfo=UTC) - EVENING,
    "beyond 2038": datetime(2041, 6, 1, tzinfo=UTC) - EVENING,
}
MOMENTS = {"before the cards": -10, "while they go out": 0.4, "after them": 120}
"""Seconds from when the cards are due to when the clock is set."""

STORIES = [(step, moment) for step in STEPS for moment in MOMENTS]
SAMPLE = [("a day back", "after them"), ("three days on", "before the cards"), ("beyond 2038", "while they go out")]


class WallClock(LoopClock):
    """A clock that somebody may set; the steady one goes on."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


class SettableWorld(World):
    """A world whose clock can be set, and whose metronome beats by it as APScheduler does: by the wall clock."""

    clock: WallClock

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.telegrams = WallClock(EVENING)
        self.api = BotApi(self.telegrams)
        self.clock = WallClock(EVENING)
        self.evenings: set[date] = set()

    def is_set(self, *, ahead: timedelta) -> None:
        """Let the bot's clock be ahead of Telegram's by so much."""
        self.clock.ahead = self.telegrams.ahead + ahead

    async def sleeps(self, time: timedelta) -> None:
        """Let the machine be suspended: the steady clock stands still, the world goes on."""
        for clock in (self.clock, self.telegrams):
            clock.ahead += time

    async def passes_until(self, wall: datetime) -> None:
        """Let time pass until the bot's clock shows `wall`; all but the last 20 s of it in one leap."""
        left = wall - self.clock.now()
        if left > 60 * SECOND:
            self.clock.jumps(left - 20 * SECOND)
        await self.passes(seconds=(wall - self.clock.now()).total_seconds())

    async def _beat(self) -> None:
        metronome = Metronome(self.database, InProcess(self.database, self.chat.sender, self.clock), self.clock)
        await metronome.start()
        metronome._scheduler.pause()
        jobs = metronome._scheduler.get_jobs()
        beats = {job.id: self.clock.now() + job.trigger.interval for job in jobs}
        running: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                await self.clock.sleep(1)
                now = self.clock.now()
                if now.time() >= DUE.time():
                    self.evenings.add(now.date())
                for job in jobs:
                    if beats[job.id] - now > job.trigger.interval:  # `watch_over` does so every other second
                        beats[job.id] = now
                    if beats[job.id] <= now and (job.id not in running or running[job.id].done()):
                        beats[job.id] = now + job.trigger.interval
                        running[job.id] = asyncio.create_task(job.func(*job.args))
        finally:
            await metronome.stop()


@dataclass
class Household:
    """Thirty people with a card and a tip at eight, and what came to them."""

    world: SettableWorld
    people: Sequence[Person]

    def cards(self, one: Person) -> Counter[str]:
        """Return how many cards the clock brought, by the day that stands on them."""
        said = [seen.text for seen in one.chat if seen.from_bot and NUDGE not in seen.text]
        return Counter(found[1] for text in said if (found := A_CARD.search(text)))

    def tips(self, one: Person) -> int:
        return sum(seen.from_bot and not A_CARD.search(seen.text) and ASKING not in seen.text for seen in one.chat)

    def doubled(self) -> int:
        """Return the most that anybody has too many of: cards of one day, tips of all evenings."""
        cards = max(max(self.cards(one).values(), default=0) for one in self.people)
        return max(cards - 1, max(map(self.tips, self.people)) - len(self.world.evenings))

    def without(self, day: date) -> int:
        """Return how many have no card of this day."""
        label = texts_for("en").day(day)
        return sum(not self.cards(one)[label] for one in self.people)

    def latest(self, since: datetime) -> float:
        """Return how many seconds after `since`, by Telegram's clock, the last message came."""
        last = max(seen.body["date"] for one in self.people for seen in one.chat)
        return float(last - since.timestamp())


@asynccontextmanager
async def household(home: Home) -> AsyncIterator[tuple[SettableWorld, Household]]:
    all_is = SettableWorld(home)
    people = all_is.people(PEOPLE, kinds=(CHECKIN, TIP))
    await all_is.starts()
    try:
        yield all_is, Household(all_is, people)
    finally:
        await all_is.stops()


@pytest.mark.parametrize(("step", "moment"), STORIES if FULL else SAMPLE)
@pytest.mark.slow
def test_a_clock_that_is_wrong_for_a_while(home: Home, promise: Figures, step: str, moment: str) -> None:
    async def story() -> None:
        async with household(home) as (all_is, they):
            await all_is.passes_until(DUE + MOMENTS[moment] * SECOND)
            all_is.is_set(ahead=STEPS[step])
            await all_is.passes(seconds=90)
            all_is.is_set(ahead=timedelta(0))
            await all_is.passes(seconds=90)
            promise.at_most("T42", DOUBLED, 0, they.doubled(), tries=len(PEOPLE))
            promise.at_most("T42", "cards lost to it", 0, they.without(DUE.date()), tries=len(PEOPLE))
            await all_is.passes_until(DUE + DAY + 20 * SECOND)
            promise.at_most("T42", DOUBLED, 0, they.doubled(), tries=len(PEOPLE))
            promise.at_most("T42", "cards lost to it", 0, they.without((DUE + DAY).date()), tries=len(PEOPLE))
            promise.at_most("T42", "time that cards are late once it is right", LATE, they.latest(DUE + DAY), "s")

    play(story())


@pytest.mark.parametrize(("step", "moment"), STORIES if FULL else SAMPLE[:1])
@pytest.mark.slow
def test_a_clock_that_is_set_for_good(home: Home, promise: Figures, step: str, moment: str) -> None:
    async def story() -> None:
        async with household(home) as (all_is, they):
            await all_is.passes_until(DUE + MOMENTS[moment] * SECOND)
            all_is.is_set(ahead=STEPS[step])
            await all_is.passes(seconds=30)
            before = len(all_is.sent())
            evening = all_is.clock.now().replace(hour=20, minute=0, second=0, microsecond=0)
            for _ in range(2):
                evening += DAY if evening < all_is.clock.now() else timedelta(0)
                await all_is.passes_until(evening + 20 * SECOND)
                if step != "to 1970":
                    promise.at_most("T42", "cards lost to it", 0, they.without(evening.date()), tries=len(PEOPLE))
                    late = they.latest(evening - STEPS[step])
                    promise.at_most("T42", "time that cards are late once it is right", LATE, late, "s")
            promise.at_most("T42", DOUBLED, 0, they.doubled(), tries=len(PEOPLE))
            if step == "to 1970":
                sent = len(all_is.sent()) - before
                promise.at_most("T42", "messages by a clock that was never set", 0, sent, tries=len(PEOPLE))

    play(story())


@pytest.mark.parametrize(("hours", "moment"), [(h, m) for h in (3, 8) for m in MOMENTS][:: 1 if FULL else 5])
@pytest.mark.slow
def test_a_machine_that_sleeps(home: Home, promise: Figures, hours: int, moment: str) -> None:
    async def story() -> None:
        async with household(home) as (all_is, they):
            await all_is.passes_until(DUE + MOMENTS[moment] * SECOND)
            await all_is.sleeps(timedelta(hours=hours))
            awake = all_is.clock.now()
            await all_is.passes(seconds=30)
            promise.at_most("T42", "cards and tips doubled by a sleep", 0, they.doubled(), tries=len(PEOPLE))
            if hours < 4:
                promise.at_most("T42", "cards lost to a sleep of 3 h", 0, they.without(DUE.date()), tries=len(PEOPLE))
                promise.at_most("T42", "time that cards are late after a sleep", LATE, they.latest(awake), "s")
            await all_is.passes_until(DUE + DAY + 20 * SECOND)
            promise.at_most("T42", "cards and tips doubled by a sleep", 0, they.doubled(), tries=len(PEOPLE))
            promise.at_most("T42", "time that cards are late after a sleep", LATE, they.latest(DUE + DAY), "s")
            assert they.without((DUE + DAY).date()) == 0

    play(story())


def test_a_clock_that_is_steered(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with household(home) as (all_is, they):
            chance = random.Random(42)
            for _ in range(120):
                all_is.is_set(ahead=chance.uniform(-2, 2) * SECOND)
                await all_is.passes(seconds=1)
            promise.at_most("T42", "cards and tips doubled by a clock that is steered", 0, they.doubled(), tries=120)
            assert they.without(DUE.date()) == 0

    play(story())


def test_a_clock_that_nobody_has_set_ends_the_start(headsup: Headsup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "SystemClock", lambda: HandClock(datetime(1970, 1, 1, 0, 3, tzinfo=UTC)))
    nowhere = "postgresql+psycopg://ann:word@db:port/headsup"  # or else a bot that starts would go on for ever
    said = headsup("run", HEADSUP_TELEGRAM__TOKEN="1:sandbox", HEADSUP_DATABASE__URL=nowhere)
    assert (said.exit_code, said.stderr) == (1, "This machine says it is 1970-01-01; set its clock first.\n")
