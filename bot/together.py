"""What many ask for at the same time, done for all of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Does `do` for all that wait; while it is being done for some, others gather. Each hears how it went."""

    def __init__(self, do: Callable[[Sequence[T]], Awaitable[object]]) -> None:
        self._do = do
        self._waiting: list[T] = []
        self._next: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def add(self, one: T) -> None:
        """Return when it was done for this one. Raises what `do` raised."""
        self._waiting.append(one)
        if self._next is None:
            self._next = asyncio.create_task(self._do_waiting())
        await asyncio.shield(self._next)

    async def _do_waiting(self) -> None:
        async with self._turn:
            waiting, self._waiting, self._next = self._waiting, [], None
            await self._do(waiting)
