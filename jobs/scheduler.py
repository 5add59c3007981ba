"""The metronome: which job runs how often. APScheduler keeps the beat; what is due stands in the tables."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.metadata import version

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.chat.send import Sender
from bot.clock import Clock
from bot.store.database import Database
from jobs.deliver import deliver, recover
from jobs.enqueue import enqueue
from jobs.upkeep import follow_zone_data, tidy

log = structlog.get_logger()

TICK = 1
DAILY = 24 * 3600
CHECKPOINT = 30
"""Seconds after which an erased person is gone from the write-ahead log too, at the latest."""

FEWEST_IN_FLIGHT = 4
Job = Callable[[], Awaitable[object]]


class Metronome:
    """Runs the jobs from `start` to `stop`; every job reads the wall clock when it runs."""

    def __init__(self, database: Database, sender: Sender, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._running: set[asyncio.Future[object]] = set()
        self._stopping = False
        in_flight = max(FEWEST_IN_FLIGHT, database.settings.sending.per_second // 10)
        # A late beat is made up for once, never skipped, never doubled: the defaults drop one that is 1 s late.
        beat = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=beat)
        jobs: tuple[tuple[str, int, Job], ...] = (
            ("enqueue", TICK, lambda: enqueue(database, clock.now())),
            ("deliver", TICK, lambda: deliver(database, sender, clock, in_flight, lambda: not self._stopping)),
            ("checkpoint", CHECKPOINT, database.checkpoint),
            ("tidy", DAILY, lambda: tidy(database, clock.now())),
        )
        for name, seconds, job in jobs:
            self._scheduler.add_job(self._run, "interval", args=(name, job), seconds=seconds, id=name)

    async def start(self) -> None:
        await recover(self._database, self._clock.now())
        planned = await follow_zone_data(self._database, self._clock.now(), version("tzdata"))
        if planned:
            log.info("zone_data.changed", planned=planned)
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin nothing new and wait for what is being sent: APScheduler's own shutdown would cancel it half way."""
        self._stopping = True
        self._scheduler.pause()
        while self._running:
            await asyncio.wait(self._running)
        self._scheduler.shutdown(wait=False)

    async def _run(self, name: str, job: Job) -> None:
        if self._stopping:
            return
        running = asyncio.ensure_future(job())
        self._running.add(running)
        try:
            await running
        except Exception as trouble:
            log.error("tick.failed", job=name, trouble=type(trouble).__name__, exc_info=True)
        finally:
            self._running.discard(running)
