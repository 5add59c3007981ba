"""The metronome: which job runs how often. APScheduler keeps the beat; what is due stands in the tables."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock, SystemClock
from bot.store.database import Closed, Database
from bot.store.lock import Seat
from jobs.backups import Backups
from jobs.broadcast import broadcast
from jobs.carry import Carry
from jobs.deliver import IN_DOUBT_PAUSE, LEASE, SHARED_LEASE, recover
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

WATCH = 2.0
LEADS_FOR = 4.0
"""Seconds that a worker believes to lead after the database said so: less than the database takes to let another."""

STOP_WITHIN = 20.0
Job = Callable[[], Awaitable[object]]


class Metronome:
    """Runs the jobs from `start` to `stop`; every job reads the wall clock when it runs.

    `carry` sees to what is due; `take_up` to updates that another process left. `leads`: of several processes the one
    in this seat runs the jobs; it asks the database and may wait for it, so that is done on a thread. None: there is
    one only.
    `ticked_at`: when it was last looked what has come due, or whether another process does.
    """

    def __init__(
        self,
        database: Database,
        carry: Carry,
        clock: Clock,
        take_up: Job | None = None,
        leads: Seat | None = None,
    ) -> None:
        self.ticked_at: datetime | None = None
        self._database = database
        self._clock = clock
        self._carry = carry
        self._seat = leads
        self._led_until: float | None = None
        self._running: set[asyncio.Future[Any]] = set()
        self._steps = Steps(database, clock)
        self._stopping = False
        self._watch: asyncio.Task[None] | None = None
        backups = Backups(database, clock)
        lease, pause = (SHARED_LEASE, timedelta(0)) if database.shared else (LEASE, IN_DOUBT_PAUSE)
        # A late beat is made up for once, never skipped, never doubled: the defaults drop one that is 1 s late.
        beat = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=beat)
        self._jobs: tuple[tuple[str, int, Job], ...] = (
            ("enqueue", TICK, self._enqueue),
            ("deliver", TICK, lambda: carry.send_due(self._goes_on)),
            ("recover", TICK if database.shared else MINUTE, lambda: recover(database, clock.now(), lease, pause)),
            ("broadcast", TICK, lambda: broadcast(database, clock.now())),
            ("erasures", ERASURES, lambda: carry_out_erasures(database)),
            ("checkpoint", CHECKPOINT, self._fold),
            ("backup", MINUTE, lambda: backups.take(clock.now())),
            ("tidy", HOUR, lambda: tidy(database, clock.now())),
        )
        if take_up is not None:
            self._jobs = (*self._jobs, ("take_up", TICK, take_up))
        for name, seconds, job in self._jobs:
            self._scheduler.add_job(self._run, "interval", args=(name, job), seconds=seconds, id=name)

    async def start(self) -> None:
        await self._carry.start()
        if self._seat is None:
            await recover(self._database, self._clock.now())
            await self._set_out()
        else:
            self._scheduler.add_job(self._follow, "interval", args=(self._seat,), seconds=TICK, id="lead")
        self._scheduler.start()
        self._watch = asyncio.create_task(self._keep_beating())

    async def _set_out(self) -> None:
        """See to what a stopped process, or one of another version, has left."""
        await carry_out_erasures(self._database)
        planned = await follow_zone_data(self._database, self._clock.now(), version("tzdata"))
        if planned:
            log.info("zone_data.changed", planned=planned)
        # It looks at every reminder; a start must not take longer the more there are.
        self._planning = asyncio.create_task(
            self._run("plan_again", lambda: plan_again(self._database, self._clock.now()))
        )

    async def beat(self) -> None:
        """Run each job once, one after the other: for a sandbox that travels, which has no second to wait."""
        for name, _, job in self._jobs:
            await self._run(name, job)

    async def idle(self) -> None:
        """Return when no job is under way."""
        while self._running:
            await asyncio.wait(self._running)

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
        await self._carry.stop()
        if self._seat is not None:
            await asyncio.to_thread(self._seat.close)

    async def _follow(self, seat: Seat) -> None:
        """Ask whether this is the process that plans and grants; one that takes over looks first at what was left."""
        asked = self._clock.steady()
        led = self._leads
        asking = asyncio.ensure_future(asyncio.to_thread(seat.held))
        self._running.add(asking)  # a stop waits for it, APScheduler's shutdown would not
        try:
            if not await asking:
                self._led_until = None
                self.ticked_at = self._clock.now()
                return
            if self._led_until is None:
                log.info("worker.leads")
                await self._set_out()
            elif not led:
                log.info("worker.leads_again")
            self._led_until = asked + LEADS_FOR
        except DBAPIError as trouble:
            self._database.complain(trouble, self._clock)
        except Closed:
            pass  # the process stops
        finally:
            self._running.discard(asking)

    @property
    def _leads(self) -> bool:
        """Tell whether this process may run the jobs: one that was stopped for a while may not, until it has asked."""
        if self._seat is None:
            return True
        return self._led_until is not None and self._clock.steady() < self._led_until

    def _goes_on(self) -> bool:
        return self._leads and not self._stopping

    def watch_over(self, now: datetime) -> None:
        """Set jobs right whose next beat lies too far ahead of `now`.

        APScheduler plans by the wall clock: after one is set back an hour it would be silent for an hour.
        """
        for job in self._scheduler.get_jobs():
            if job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)

    async def _enqueue(self) -> None:
        await enqueue(self._database, self._clock.now())
        self.ticked_at = self._clock.now()

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
        if not self._goes_on():
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
