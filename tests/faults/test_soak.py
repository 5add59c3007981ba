"""A month with ten people, on made-up time: the bot takes no more of the machine than in the beginning (T84)."""

import asyncio
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.sandbox.person import Person
from bot.store.database import Session
from bot.store.inbox import KEPT
from bot.store.tables import answers, inbox
from bot.store.tables import checkins as cards
from jobs.carry import InProcess
from jobs.scheduler import Metronome
from tests.databases import Home
from tests.faults.household import CARD
from tests.faults.promises import FULL, Figures, points
from tests.faults.virtual import play
from tests.faults.world import World, world

BEFORE_NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
MEGABYTE = 2**20
SLOWLY = timedelta(minutes=2)
"""No job comes more often here: on made-up time too, each second of a month costs one."""

NEVER = 1e9
DAYS_TO_WARM_UP = points(1, 9)
"""Until texts, fonts and statements are loaded, and, in full, the first updates are forgotten."""

DAYS = points(4, 30)
ASLEEP = not FULL
"""A sample's machine is closed at night and in the day; in full, every minute is lived."""


@dataclass(frozen=True)
class Taken:
    """What the process takes: memory in bytes, open files, tasks; and for how long it remembers an update."""

    memory: int
    files: int
    tasks: int
    remembered: timedelta


async def taken(all_is: World) -> Taken:
    now, tasks = all_is.clock.now(), len(asyncio.all_tasks())

    def look(session: Session) -> Taken:
        oldest = session.execute(select(func.min(inbox.c.received_at))).scalar_one() or now
        return measured(tasks, now - oldest)

    # On the writer's own thread: nobody folds the log in meanwhile, which has files open for a moment.
    return await all_is.database.write(look)


def measured(tasks: int, remembered: timedelta) -> Taken:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    files = len(list(Path("/proc/self/fd").iterdir()))
    return Taken(pages * os.sysconf("SC_PAGESIZE"), files, tasks, remembered)


def log_of(folder: Path) -> int:
    """Return the bytes of SQLite's log; a server looks after its own."""
    return sum(file.stat().st_size for file in folder.glob("headsup.db-wal"))


def beat(all_is: World) -> list[asyncio.Task[None]]:
    """Let the metronome's own jobs run on made-up time: APScheduler itself looks at the real clock."""

    async def again_and_again(job: object) -> None:
        pause = max(SLOWLY, job.trigger.interval)  # type: ignore[attr-defined]
        while True:
            await job.func(*job.args)  # type: ignore[attr-defined]
            await all_is.clock.sleep(pause.total_seconds())

    carry = InProcess(all_is.database, all_is.chat.sender, all_is.clock)
    jobs = Metronome(all_is.database, carry, all_is.clock)._scheduler.get_jobs()
    return [asyncio.create_task(again_and_again(job)) for job in jobs]


async def lives(all_is: World, *, until: datetime, asleep: bool) -> None:
    left = until - all_is.clock.now()
    if asleep:
        all_is.clock.jumps(left)
        left = timedelta(minutes=1)
    await all_is.passes(seconds=left.total_seconds())


async def an_evening(all_is: World, people: Sequence[Person]) -> None:
    """Everybody answers in their own way."""
    ways = (
        ("All fine today",),
        ("6", "3", "7–8 h", "4", "4", "Skip the rest"),
        ("say 6 3 7.5 4", "Undo", "say all fine", "say /summary"),
        ("No pain at all today", "8–9 h", "5", "5", "say /reminders", "say what now?"),
    )
    for number, one in enumerate(people):
        assert CARD in one.sees.text
        for act in ways[number % len(ways)]:
            await (one.says(act.removeprefix("say ")) if act.startswith("say ") else one.taps(act))
            await all_is.passes(seconds=7)
    await all_is.passes(minutes=5)
    for chat in all_is.api.chats.by_id.values():  # what the sandbox would remember of it all
        chat.toasts.clear()
        for message_id in list(chat.messages)[:-3]:
            del chat.messages[message_id]
    all_is.api.calls.clear()


@pytest.mark.slow
def test_a_month(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home, BEFORE_NOON) as all_is:
            people = all_is.people(range(1001, 1011))
            all_is.beat = NEVER
            await all_is.starts()
            jobs = beat(all_is)
            days: list[Taken] = []
            most_log = 0
            for day in range(DAYS):
                noon = BEFORE_NOON + timedelta(days=day)
                await lives(all_is, until=noon + timedelta(hours=8), asleep=ASLEEP)
                for _ in range(9):
                    await all_is.passes(minutes=7)
                    most_log = max(most_log, log_of(home.folder))
                await an_evening(all_is, people)
                await lives(all_is, until=noon + timedelta(days=1), asleep=ASLEEP)
                days.append(await taken(all_is))
                assert not any(job.done() for job in jobs)
            for job in jobs:
                job.cancel()

            def answered(session: Session) -> int:
                full = select(answers.c.checkin_id).group_by(answers.c.checkin_id).having(func.count() >= 4)
                return int(session.execute(select(func.count()).where(cards.c.id.in_(full))).scalar_one())

            lost = DAYS * len(people) - await all_is.database.write(answered)
            first, last = days[DAYS_TO_WARM_UP - 1], days[-1]
            tell(promise, first, last, most_log, lost)

    play(story())


def tell(promise: Figures, first: Taken, last: Taken, most_log: int, lost: int) -> None:
    promise.at_most("T84", "memory more after a month", 10, (last.memory - first.memory) / MEGABYTE, "MB", DAYS)
    promise.at_most("T84", "open files more after a month", 0, max(0, last.files - first.files), tries=DAYS)
    promise.at_most("T84", "tasks more after a month", 0, max(0, last.tasks - first.tasks), tries=DAYS)
    promise.at_most("T84", "the write-ahead log", 16, most_log / MEGABYTE, "MB", DAYS)
    promise.at_most("T84", "days that an update is remembered", KEPT.days + 1, last.remembered / timedelta(days=1))
    promise.at_most("T84", "days of answers lost", 0, lost, tries=DAYS)
