"""The only reader of the clock: everywhere else time is an argument."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

EARLIEST_YEAR = 2025
"""A clock before this has not been set: a board without a battery starts in 1970."""


class Clock(Protocol):
    """What the edges are handed: the wall clock, a steady clock and a way to wait. Tests bring their own."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""

    def steady(self) -> float:
        """Return seconds on a clock that never steps; only differences mean something."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the steady clock."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place

    def steady(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
