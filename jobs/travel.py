"""Time travel in the sandbox: the clock goes from one thing that is due to the next, and each has its turn."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.chat.application import Chat
from bot.sandbox.clock import TravellingClock
from bot.store import meta, roster
from bot.store.database import Database, Session
from jobs.scheduler import Metronome

LONGEST_STEP = timedelta(hours=12)
OVERDUE = timedelta(minutes=5)
"""The step where something is due that could not go out: it is tried again after it."""


class Travel:
    """One journey at a time. `passing` is called after each step, so that the page can show the way."""

    def __init__(
        self,
        database: Database,
        chat: Chat,
        metronome: Metronome,
        clock: TravellingClock,
        passing: Callable[[], None],
    ) -> None:
        self._database = database
        self._chat = chat
        self._metronome = metronome
        self._clock = clock
        self._passing = passing
        self._on_the_way = asyncio.Lock()
        self._halts = 0
        self.goal: datetime | None = None

    async def to(self, goal: datetime) -> None:
        """Live through the time up to `goal` (UTC): whatever comes due on the way happens at its own minute.

        Whoever asks while another journey is under way goes on from its end. A journey that is halted ends before the
        next thing that is due; the last one has had its turn.
        """
        halts = self._halts
        async with self._on_the_way:
            self.goal = goal
            try:
                while self._halts == halts and (now := self._clock.now()) < goal:
                    due = await self._database.write(roster.earliest)
                    soon = due if due is None or due > now else now + OVERDUE
                    await self._step(min(goal, now + LONGEST_STEP, *([soon] if soon else [])))
            finally:
                self.goal = None
                self._passing()

    def halt(self) -> None:
        """End all journeys that were asked for so far, here."""
        self._halts += 1
        self.goal = None

    async def _step(self, until: datetime) -> None:
        await self._chat.settle()
        await self._metronome.idle()
        if self.goal is None:
            return
        # Nothing is being sent now, and nothing comes in between: a send would look as if it had taken hours.
        self._clock.go(until - self._clock.now())
        if self._chat.receiver.heard_at is not None:
            self._chat.receiver.heard_at = self._clock.now()  # the bot was there all the while
        await self._database.write(self._note)
        await self._metronome.beat()
        self._passing()

    def _note(self, session: Session) -> None:
        """Keep how far ahead it is: a diary cannot go back to a day before its last one."""
        meta.put(session, "ahead", str(self._clock.ahead.total_seconds()))


def ahead_of(database: Database) -> timedelta:
    """Return how far ahead the sandbox's clock was when its diary was last open."""

    def read(session: Session) -> timedelta:
        return timedelta(seconds=float(meta.get(session, "ahead") or 0))

    return database.submit(read).result()
