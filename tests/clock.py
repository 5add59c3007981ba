"""A clock that stands still until a story moves it; waiting moves it too, so no test ever sleeps."""

import asyncio
from datetime import UTC, datetime, timedelta


class HandClock:
    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self._steady = 1000.0

    def now(self) -> datetime:
        return self._now

    def steady(self) -> float:
        return self._steady

    async def sleep(self, seconds: float) -> None:
        self.moves(seconds)
        await asyncio.sleep(0)

    def moves(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._steady += seconds
