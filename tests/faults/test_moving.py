"""People who change the card's time, move and pause around the minute it is due are asked once a day at most (T44)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest

from bot.actions import reminders as actions
from bot.actions import settings
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import Schedule
from bot.store import reminders, users
from bot.store.database import Session
from bot.texts.words import texts_for
from jobs.deliver import deliver
from jobs.enqueue import enqueue
from tests.conftest import Telegram, moves_in
from tests.domain import test_schedule_zones as oracle
from tests.faults.household import CARD
from tests.faults.promises import Figures, points

ZONES = (
    *("Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Apia", "Pacific/Pago_Pago", "Pacific/Chatham"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/St_Johns"),
    *("Antarctica/Troll", "Africa/Casablanca", "America/Nuuk", "Africa/Cairo", "America/Santiago", "Asia/Beirut"),
)
"""Both sides of the date line, odd offsets, and clocks that change at midnight."""

DAY_BEGINS = time(4)
PEOPLE = 40
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ON_TIME = timedelta(minutes=15)
"""Later than this, a card does not come in the quiet hours."""

NUDGE = "still open"
NEVER, FOR_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass
class Walker:
    """Somebody who cannot leave the settings alone, and what they may expect of the clock."""

    id: int
    chance: random.Random
    zone: str
    at: time
    on: bool = True
    silent_until: datetime = NEVER
    settled_at: datetime = NEVER
    expected: set[date] = field(default_factory=set)
    owed: dict[date, datetime] = field(default_factory=dict)
    missed: set[date] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    seen: int = 0

    def acts(self, now: datetime) -> Callable[[Session], object] | None:
        """Choose something to do, most often at the very minute; returns the action of it."""
        kind = self.chance.choices(
            ("nothing", "minute", "hour", "move", "pause", "resume", "switch"), (40, 25, 5, 10, 2, 16, 2)
        )[0]
        if kind == "nothing":
            return None
        # What came due since the last beat may go out all the same, unless it is too late for that.
        self.missed |= self.is_owed(now).keys() - self.owed.keys()
        self.settled_at = now
        return {
            "minute": self._near_the_minute,
            "hour": self._to_some_hour,
            "move": self._moves,
            "pause": self._pauses,
            "resume": self._resumes,
            "switch": self._switches,
        }[kind](now)

    def _near_the_minute(self, now: datetime) -> Callable[[Session], object]:
        there = now.astimezone(oracle.rules(self.zone)) + self.chance.randint(-3, 3) * MINUTE
        return self._sets(now, time(there.hour, there.minute))

    def _to_some_hour(self, now: datetime) -> Callable[[Session], object]:
        return self._sets(now, time(self.chance.choice((0, 1, 2, 3, 4, 12, 20, 23)), self.chance.choice((0, 30, 59))))

    def _sets(self, now: datetime, at: time) -> Callable[[Session], object]:
        self.at, self.on = at, True
        return partial(self._my, lambda s, user, mine: actions.set_time(s, user, now, f"r{mine.id}", f"{at:%H%M}"))

    def _moves(self, now: datetime) -> Callable[[Session], object]:
        self.zone = self.chance.choice(ZONES)
        self.missed |= self.owed.keys()  # what was owed before the move is not taken back, and may come too late
        return partial(self._my, lambda s, user, _: settings.set_zone(s, user, now, self.zone))

    def _pauses(self, now: datetime) -> Callable[[Session], object]:
        days = self.chance.choice((1, 1, 2, 0))
        self.silent_until = self._begins(self._day(now) + days * DAY) if days else FOR_EVER
        return partial(self._my, lambda s, user, _: settings.pause(s, user, now, str(days)))

    def _resumes(self, now: datetime) -> Callable[[Session], object]:
        if now < self.silent_until:
            self.missed.add(self.due(now)[0])  # whether it was held back already, nobody can tell from here
        self.silent_until = NEVER
        return partial(self._my, lambda s, user, _: settings.resume(s, user, now))

    def _switches(self, now: datetime) -> Callable[[Session], object]:
        self.on = not self.on
        to = "on" if self.on else "off"
        return partial(self._my, lambda s, user, mine: actions.switch(s, user, now, str(mine.id), to))

    def _my(self, act: Callable[[Session, users.User, reminders.Reminder], object], session: Session) -> None:
        user = users.get(session, self.id)
        assert user is not None
        users.seen(session, user, self.settled_at)
        act(session, user, reminders.of_user(session, self.id, CHECKIN)[0])

    def due(self, now: datetime) -> tuple[date, datetime]:
        """Return the day of the newest card that may be due by now, and since when it is; one at two in the morning is
        for the day before."""
        day = now.astimezone(oracle.rules(self.zone)).date() + DAY
        while (at := datetime.combine(day, self.at, oracle.rules(self.zone)).astimezone(UTC)) > now:
            day -= DAY
        return (day if self.at >= DAY_BEGINS else day - DAY), at

    def is_owed(self, now: datetime) -> dict[date, datetime]:
        """Return the day of the card that is owed by now, and since when; nothing where something was changed."""
        day, at = self.due(now)
        return {day: at} if self.on and max(self.settled_at, self.silent_until) < at else {}

    def _day(self, now: datetime) -> date:
        there = now.astimezone(oracle.rules(self.zone))
        return there.date() if there.time() >= DAY_BEGINS else there.date() - DAY

    def _begins(self, day: date) -> datetime:
        return datetime.combine(day, DAY_BEGINS, oracle.rules(self.zone)).astimezone(UTC)


@pytest.mark.slow
async def test_whoever_moves_about_is_asked_once_a_day(telegram: Telegram, promise: Figures) -> None:
    chance = random.Random(44)
    walkers = await move_in(telegram, chance)
    wrong: Counter[str] = Counter()
    began, steps, wanted = telegram.clock.now(), 0, points(1_500, 100_000)
    t = texts_for("en")
    while steps < wanted:
        now = telegram.clock.now()
        turns = [telegram.database.submit(act) for walker in walkers if (act := walker.acts(now))]
        for turn in turns:
            await asyncio.wrap_future(turn)
        steps += len(walkers)
        for walker in walkers:
            walker.expected.add(walker.due(now)[0])
            walker.owed = {day: at for day, at in walker.owed.items() if at > walker.settled_at}
            walker.owed |= walker.is_owed(now)
        await enqueue(telegram.database, now)
        if chance.random() < 0.9:  # or else Telegram asks for silence
            await deliver(telegram.database, telegram.chat.sender, telegram.clock, 4)
            await telegram.chat.settle()
            for walker in walkers:
                for card in cards(telegram, walker):
                    walker.asked[card] += 1
                    wrong["twice"] += walker.asked[card] > 1
                    wrong["paused"] += now < walker.silent_until
                    wrong["off"] += not walker.on
                    wrong["day"] += card not in {t.day(day) for day in walker.expected}
                missing = {day: at for day, at in walker.owed.items() if t.day(day) not in walker.asked}
                wrong["lost"] += sum(now - at < ON_TIME for day, at in missing.items() if day not in walker.missed)
                walker.missed |= missing.keys()
                walker.expected.clear()
                walker.owed.clear()
        seconds = chance.choices((60, 60 * chance.randint(1, 30), 3600 * chance.randint(1, 16)), (70, 20, 10))[0]
        telegram.clock.moves(seconds - (telegram.clock.now() - now).total_seconds() % 60)
    assert telegram.clock.now() - began < 360 * DAY, "a card shows its day without the year"
    came = sum(walker.asked.total() for walker in walkers)
    assert came > wanted / 60, "cards do come"
    promise.at_most("T44", "second cards for a day, whatever is changed", 0, wrong["twice"], tries=steps)
    promise.at_most("T44", "cards in a pause, or switched off", 0, wrong["paused"] + wrong["off"], tries=steps)
    promise.at_most("T44", "cards lost to a change before they were due", 0, wrong["lost"], tries=came)
    promise.at_most("T44", "cards for another day than they were due on", 0, wrong["day"], tries=came)


def cards(telegram: Telegram, walker: Walker) -> list[str]:
    """Return the day on each new card that is no nudge."""
    messages = telegram.api.chat(walker.id)
    new, walker.seen = [message["text"] for message in messages[walker.seen :]], len(messages)
    prompts = (text for text in new if CARD in text and NUDGE not in text)
    return [text.split(" · ")[0].removesuffix(" (yesterday)") for text in prompts]


async def move_in(telegram: Telegram, chance: random.Random) -> list[Walker]:
    now = telegram.clock.now()
    walkers = [Walker(1001 + n, random.Random(chance.random()), chance.choice(ZONES), time(20)) for n in range(PEOPLE)]

    def settle(session: Session) -> None:
        for walker in walkers:
            moves_in(session, users.stranger(walker.id, "en", walker.zone, now), now)
            reminders.add(session, walker.id, CHECKIN, Schedule(walker.at, EVERY_DAY, walker.zone), now)
            walker.settled_at = now

    await telegram.database.write(settle)
    for walker in walkers:
        telegram.api.join(walker.id, f"Person {walker.id}")
        telegram.api.chats.by_id[walker.id].standing = "open"
    return walkers
