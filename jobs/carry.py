"""What is due goes out: in this process, or (`carry_across`) by all workers, each with grants of the one that plans."""

from collections.abc import Callable
from typing import Protocol

from bot.chat.send import Sender
from bot.clock import Clock
from bot.store.database import Database
from jobs.deliver import deliver

FEWEST_IN_FLIGHT = 4


class Carry(Protocol):
    """`send_due` sees to it that what is due goes out, while `going_on`."""

    async def start(self) -> None: ...

    async def send_due(self, going_on: Callable[[], bool]) -> object: ...

    async def stop(self) -> None: ...


class InProcess:
    """Sends what is due itself; how fast, `chat/limits` knows."""

    def __init__(self, database: Database, sender: Sender, clock: Clock) -> None:
        self._database, self._sender, self._clock = database, sender, clock
        self._at_most = in_flight(database)

    async def start(self) -> None:
        """There is nothing to begin."""

    async def send_due(self, going_on: Callable[[], bool]) -> object:
        return await deliver(self._database, self._sender, self._clock, self._at_most, going_on)

    async def stop(self) -> None:
        """There is nothing to end."""


def in_flight(database: Database) -> int:
    """Return how many messages of the clock's may be on their way at once: these a crash may double."""
    return max(FEWEST_IN_FLIGHT, database.settings.sending.per_second // 10)
