"""The alarm over a Telegram that is not heard: it goes off once for each silence, even where a question hangs."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock

log = structlog.get_logger()

LONG = 90.0
"""Seconds; a question is answered within 25, and one that hangs is given up after 43 at the latest."""


class Silence:
    """Begins when made, and ends with each `heard`. `renew` is run when it has become long."""

    def __init__(self, clock: Clock, renew: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._renew = renew
        self._since = clock.steady()
        self._renewing: asyncio.Task[None] | None = None
        self._alarm = self._wound_up()

    @property
    def seconds(self) -> float:
        """Return for how long Telegram has not been heard."""
        return self._clock.steady() - self._since

    def heard(self) -> None:
        if self._renewing is not None:
            log.warning("telegram.heard_again", seconds=round(self.seconds))
            self._renewing = None
        self._since = self._clock.steady()
        self._alarm.cancel()
        self._alarm = self._wound_up()

    def watch_no_more(self) -> None:
        self._alarm.cancel()

    def _wound_up(self) -> asyncio.TimerHandle:
        # On the loop's own time: a question that hangs must not keep the alarm from going off.
        return asyncio.get_running_loop().call_later(LONG, self._goes_off)

    def _goes_off(self) -> None:
        log.error("telegram.silent", seconds=round(self.seconds))
        self._renewing = asyncio.create_task(self._begin_anew())

    async def _begin_anew(self) -> None:
        try:
            await self._renew()
        except Exception as trouble:  # noqa: BLE001 - the questions go on, on the session that is there
            log.error("session.not_renewed", trouble=type(trouble).__name__)
