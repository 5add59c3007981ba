"""Telegram's limits where several processes send with one token: how many go out in all is counted in the database."""

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

    @asynccontextmanager
    async def permit(self, chat_id: int, lane: Lane) -> AsyncIterator[None]:
        async with super().permit(chat_id, lane):
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
        number, goes = await self._database.write(partial(grants.ask, per_second=self._per_second))
        while not goes:
            await self._clock.sleep(ASK_AGAIN)
            again = partial(grants.ask, per_second=self._per_second, waiting=number)
            number, goes = await self._database.write(again)
        return number

    def _pause_for_all(self, now: float) -> float | None:
        pause = super()._pause_for_all(now)
        return pause if self.closed else 0
