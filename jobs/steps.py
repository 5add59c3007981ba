"""The wall clock set by hand or by the network: noticed by the steady clock, and what was planned is planned again."""

import asyncio

import structlog

from bot.clock import EARLIEST_YEAR, Clock
from bot.store import outbox
from bot.store.database import Database
from jobs.upkeep import plan_again

log = structlog.get_logger()

STEP = 60.0
"""Seconds by which the two clocks differ all at once; less is one that is being steered."""


class Steps:
    """Compares the clocks at each beat. `follow` first sets right what a step has bent, then tells whether to go on."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._difference = self._measured()
        self._following = asyncio.Lock()

    async def follow(self) -> bool:
        """Return whether the wall clock can be believed: one that stands before 2025 has not been set."""
        async with self._following:
            difference = self._measured()
            if abs(difference - self._difference) > STEP:
                await self._after(difference - self._difference)
            self._difference = difference
        return self._clock.now().year >= EARLIEST_YEAR

    async def _after(self, step: float) -> None:
        now = self._clock.now()
        log.warning("clock.stepped", seconds=round(step), now=now.isoformat(timespec="seconds"))
        # What is just being sent was not claimed an hour ago.
        await self._database.write(lambda session: outbox.claimed_now(session, now))
        if step < 0 and now.year >= EARLIEST_YEAR:
            await self._database.write(lambda session: outbox.fresh_after_all(session, now))
            planned = await plan_again(self._database, now)
            log.info("clock.planned_again", reminders=planned)

    def _measured(self) -> float:
        return self._clock.now().timestamp() - self._clock.steady()
