"""How the bot is, over HTTP: /health for whatever watches over it, /metrics for Prometheus. Nobody is in either."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.metrics import Metrics
from bot.store import backup_folder, outbox
from bot.store.database import Closed, Database

LOOK_WITHIN = 5.0
"""Seconds for a look into the database: who asks has not all day, and /health tells why it is slow."""


@dataclass(frozen=True)
class Pulse:
    """What happens again and again while all is well: a name of `Metrics.last`, when it last did, how seldom it may."""

    name: str
    last: Callable[[], datetime | None]
    most: timedelta


class Health:
    """Answers at `[http] listen` and `port` from `start` to `stop`."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics, pulses: Sequence[Pulse]) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._pulses = pulses
        app = web.Application()
        app.router.add_get("/health", self._tell)
        app.router.add_get("/metrics", self._measure)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self, listen: str, port: int) -> int:
        """Open the port and return it; OSError where it is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, listen, port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _tell(self, request: web.Request) -> web.Response:
        """Say 200 while every pulse is fresh, else 503 with what is not."""
        now = self._clock.now()
        ages = {pulse.name: _age(pulse.last(), now) for pulse in self._pulses}
        late = [
            _late(pulse.name, ages[pulse.name]) for pulse in self._pulses if not _fresh(ages[pulse.name], pulse.most)
        ]
        told = {"ok": not late, "seconds": ages, **({"why": "; ".join(late)} if late else {})}
        return web.json_response(told, status=503 if late else 200)

    async def _measure(self, request: web.Request) -> web.Response:
        now = self._clock.now()
        due, oldest = await self._owed(now)
        self._metrics.outbox_due.set(due)
        self._metrics.oldest_due.set(oldest)
        for pulse in self._pulses:
            last = pulse.last()
            self._metrics.last[pulse.name].set(last.timestamp() if last else 0)
        newest = await asyncio.to_thread(backup_folder.newest, self._database.settings)
        age = now - backup_folder.finished_at(newest) if newest else None
        self._metrics.backup_age.set(age.total_seconds() if age is not None else math.nan)
        disk = self._database.disk
        self._metrics.disk_free.set(disk.free() if disk is not None else math.nan)
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _owed(self, now: datetime) -> tuple[float, float]:
        """Return how many messages wait and how long the oldest has; not a number where the database does not say."""
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                due, oldest = await self._database.write(lambda session: outbox.waiting(session, now))
        except (TimeoutError, DBAPIError, Closed):
            return math.nan, math.nan
        return due, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _age(last: datetime | None, now: datetime) -> float | None:
    return None if last is None else round((now - last).total_seconds(), 1)


def _fresh(age: float | None, most: timedelta) -> bool:
    return age is not None and age <= most.total_seconds()


def _late(name: str, age: float | None) -> str:
    return f"{name}: not yet" if age is None else f"{name}: not for {age:.0f} s"
