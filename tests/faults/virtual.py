"""An event loop whose time is made up: hours pass in no time, and everybody who waits wakes at the right moment.

Where nothing is left to do at this instant, time jumps to the next one at which somebody wanted to be woken.
Work in other threads takes no time.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from bot.store.database import Database, Work

T = TypeVar("T")


class JumpingSelector(selectors.DefaultSelector):
    """Where the loop would sleep, time jumps; unless a thread is at work, whose end is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 1000.0
        self.threads_at_work = 0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0 and not self.threads_at_work:
            self.time += timeout
            return super().select(0)
        return super().select(0 if timeout is not None and timeout <= 0 else None)


class VirtualLoop(asyncio.SelectorEventLoop):
    selector: type[JumpingSelector] = JumpingSelector

    def __init__(self) -> None:
        self.jumping = self.selector()
        super().__init__(self.jumping)
        # After a year a float's steps are coarser than the real clock's nanosecond: a timer would never be due.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.jumping.time

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        future = super().run_in_executor(executor, func, *args)
        self.jumping.threads_at_work += 1
        future.add_done_callback(lambda _: self._came_back())
        return future

    def _came_back(self) -> None:
        self.jumping.threads_at_work -= 1


class LoopClock:
    """The virtual loop's time as a clock; it stands at `start` when the loop begins."""

    def __init__(self, start: datetime) -> None:
        self._loop = asyncio.get_running_loop()
        self._start = start.astimezone(UTC)
        self._began = self._loop.time()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time() - self._began)

    def steady(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def jumps(self, time: timedelta) -> None:
        """Let time pass at once for everybody, as when the machine was off."""
        cast(VirtualLoop, self._loop).jumping.time += time.total_seconds()


class DatabaseOutOfTime(Database):
    """A database whose work takes none of the virtual time."""

    async def write(self, work: Work[T], person: int | None = None) -> T:
        jumping = cast(VirtualLoop, asyncio.get_running_loop()).jumping
        jumping.threads_at_work += 1
        try:
            return await super().write(work, person)
        finally:
            jumping.threads_at_work -= 1


def play(story: Coroutine[Any, Any, T], loop: type[VirtualLoop] = VirtualLoop) -> T:
    """Run a story in a virtual loop of its own."""
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(story)
