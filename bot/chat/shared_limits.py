"""Telegram's limits where several processes send with one token: how many go out in all is counted in the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bot.chat.limits import Lane, Limits
from bot.clock import Clock
from bot.store import grants
from bot.store.database import Database

ASK_AGAIN = 0.05


class SharedLimits(Limits):
    """Gives permits like `Limits`: what the clock sends goes out with a grant that its process was given, a reply asks
    for one of its own. The pace of a chat, and a ban, each process keeps by itself."""

    def __init__(self, database: Database, clock: Clock, *, per_second: int, per_chat_per_second: float) -> None:
        super().__init__(clock, per_second=per_second, per_chat_per_second=per_chat_per_second)
        self._database = database
        self._queue = asyncio.Lock()

    @asynccontextmanager
    async def _room_for(self, lane: Lane) -> AsyncIterator[None]:
        if lane is Lane.CLOCK:
            yield
            return
        number = await self._ask()
        ago = 0.0  # what failed may have arrived at its very end
        try:
            yield
            ago = self.way_back
        finally:
            await self._database.insist(lambda session: grants.over(session, number, ago, 1), self._clock)

    async def _ask(self) -> int:
        """Ask until there is room; where others wait here, after them. Returns the grant's number."""
        waiting = None
        if not self._queue.locked():
            waiting, goes = await self._try(None)
            if goes:
                return waiting
        async with self._queue:
            while True:
                waiting, goes = await self._try(waiting)
                if goes:
                    return waiting
                await self._clock.sleep(ASK_AGAIN)

    async def _try(self, waiting: int | None) -> tuple[int, bool]:
        asked = self._clock.steady()
        number, goes = await self._database.write(partial(grants.ask, per_second=self.allowed, waiting=waiting))
        # Who was stopped meanwhile may come too late for the second that it was granted.
        return number, goes and self._clock.steady() - asked < grants.USED_WITHIN.total_seconds()

    def _pause_for_all(self, now: float) -> float | None:
        pause = super()._pause_for_all(now)
        return pause if self.closed else 0
