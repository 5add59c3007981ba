"""A bell: rings for everyone who waits for it at that moment."""

import asyncio

from bot.clock import Clock


class Bell:
    def __init__(self) -> None:
        self.waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for ear in self.waiting:
            if not ear.done():
                ear.set_result(None)

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Return at the next ring, or when `seconds` on the clock are over."""
        ear = asyncio.get_running_loop().create_future()
        patience = asyncio.ensure_future(clock.sleep(seconds))
        self.waiting.add(ear)
        try:
            await asyncio.wait((ear, patience), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.waiting.discard(ear)
            patience.cancel()
