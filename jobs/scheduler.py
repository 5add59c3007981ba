"""The metronome: which job runs how often. APScheduler keeps the beat; what is due stands in the tables."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.metadata import version

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import DBAPIError

from bot.chat.send import Sender
from bot.clock import Clock, SystemClock
from bot.store.database import Closed, Database
from jobs.backups import Backups
from jobs.deliver import LEASE, deliver, recover
from jobs.enqueue import enqueue
from jobs.steps import Steps
from jobs.upkeep import carry_out_erasures, follow_zone_data, plan_again, tidy

log = structlog.get_logger()

TICK = 1
MINUTE = 60
HOUR = 3600
ERASURES = 5
CHECKPOINT = 30
"""Seconds after which an erased person is gone from the write-ahead log too, at the latest."""

FEWEST_IN_FLIGHT = 4
WATCH = 2.0
STOP_WITHIN = 20.0
Job = Callable[[], Awaitable[object]]


class Metronome:
    """Runs the jobs from `start` to `stop`; every job reads the wall clock when it runs."""

    def __init__(self, database: Database, sender: Sender, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._running: set[asyncio.Future[object]] = set()
        self._steps = Steps(database, clock)
        self._stopping = False
        self._watch: asyncio.Task[None] | None = None
        backups = Backups(database, clock)
        in_flight = max(FEWEST_IN_FLIGHT, database.settings.sending.per_second // 10)
        # A late beat is made up for once, never skipped, never doubled: the defaults drop one that is 1 s late.
        beat = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=beat)
        jobs: tuple[tuple[str, int, Job], ...] = (
            ("enqueue", TICK, lambda: enqueue(database, clock.now())),
            ("deliver", TICK, lambda: deliver(database, sender, clock, in_flight, lambda: not self._stopping)),
            ("recover", MINUTE, lambda: recover(database, clock.now(), LEASE)),
            ("erasures", ERASURES, lambda: carry_out_erasures(database)),
            ("checkpoint", CHECKPOINT, self._fold),
            ("backup", MINUTE, lambda: backups.take(clock.now())),
            ("tidy", HOUR, lambda: tidy(database, clock.now())),
        )
        for name, seconds, job in jobs:
            self._scheduler.add_job(self._run, "interval", args=(name, job), seconds=seconds, id=name)

    async def start(self) -> None:
        await carry_out_erasures(self._database)
        await recover(self._database, self._clock.now())
        planned = await follow_zone_data(self._database, self._clock.now(), version("tzdata"))
        if planned:
            log.info("zone_data.changed", planned=planned)
        self._scheduler.start()
        self._watch = asyncio.create_task(self._keep_beating())
        # It looks at every reminder; a start must not take longer the more there are.
        self._planning = asyncio.create_task(
            self._run("plan_again", lambda: plan_again(self._database, self._clock.now()))
        )

    async def stop(self) -> None:
        """Begin nothing new and wait for what is being sent: APScheduler's own shutdown would cancel it half way."""
        self._stopping = True
        self._scheduler.pause()
        if self._watch is not None:
            self._watch.cancel()
        if self._running:
            # Not for ever: a send may be waiting for the end of a ban. The next start finds its row in `sending`.
            await asyncio.wait(self._running, timeout=STOP_WITHIN)
        self._scheduler.shutdown(wait=False)

    def watch_over(self, now: datetime) -> None:
        """Set jobs right whose next beat lies too far ahead of `now`.

        APScheduler plans by the wall clock: after one is set back an hour it would be silent for an hour.
        """
        for job in self._scheduler.get_jobs():
            if job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)

    async def _fold(self) -> None:
        await self._database.checkpoint()
        if self._database.disk is not None:
            self._database.disk.keep_ballast()

    async def _keep_beating(self) -> None:
        clock = SystemClock()  # APScheduler's own: a sandbox that travels in time does not take it along
        while True:
            await clock.sleep(WATCH)
            self.watch_over(clock.now())

    async def _on_time(self, job: Job) -> object:
        return await job() if await self._steps.follow() else None

    async def _run(self, name: str, job: Job) -> None:
        if self._stopping:
            return
        running = asyncio.ensure_future(self._on_time(job))
        self._running.add(running)
        try:
            await running
        except DBAPIError as trouble:
            self._database.complain(trouble, self._clock)
        except Closed:
            pass  # the process stops
        except Exception as trouble:
            log.error("tick.failed", job=name, trouble=type(trouble).__name__, exc_info=True)
        finally:
            self._running.discard(running)
