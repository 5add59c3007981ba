"""A country changes its clocks from tomorrow on, the zone data says so: the next card comes by the new clock (T41)."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.config import Settings
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import Schedule
from bot.sandbox.botapi import BotApi
from bot.store import reminders, users
from bot.store.crypto import load_keys
from bot.store.database import Database, Session, open_engine
from bot.store.tables import outbox
from jobs.enqueue import AT_ONCE, enqueue
from jobs.upkeep import follow_zone_data
from tests.conftest import moves_in
from tests.databases import address_in
from tests.domain import test_schedule_zones as oracle
from tests.e2e.conftest import ROOT, BotProcess, diary
from tests.faults.household import lay_out
from tests.faults.promises import Figures

NOON = datetime(2026, 3, 27, 12, tzinfo=UTC)
UPDATED, END = NOON + timedelta(hours=6), NOON + timedelta(days=4)
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)

CHANGED = """
# Summer time was to begin on the 29th. It is dropped in Berlin, a week later in Paris, a day earlier in Rome.
Zone Europe/Berlin 1:00 - CET
Rule Later 2026 only - Apr 5 1:00u 1:00 S
Rule Later 2026 only - Oct 25 1:00u 0 -
Zone Europe/Paris 1:00 Later CE%sT
Rule Sooner 2026 only - Mar 28 1:00u 1:00 S
Rule Sooner 2026 only - Oct 25 1:00u 0 -
Zone Europe/Rome 1:00 Sooner CE%sT
# Half an hour back from tomorrow on, and an hour forward just when the card is due.
Zone America/New_York -4:00 - EDT 2026 Mar 28 4:00u
    -4:30 - -0430
Zone Asia/Tokyo 9:00 - JST 2026 Mar 28 19:30
    10:00 - JDT
Zone Asia/Seoul 9:00 - KST
Zone UTC 0 - UTC
"""
MOVED = ("Europe/Berlin", "Europe/Paris", "Europe/Rome", "America/New_York", "Asia/Tokyo", "Asia/Seoul")
GONE = "Asia/Kathmandu"
TIMES = (time(20), time(2, 30), time(0), time(23, 45))


def zic() -> str | None:
    return shutil.which("zic", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin")))


def publish(folder: Path, compiler: str) -> Path:
    """Make a `tzdata` package of the changed rules, as its next version would be."""
    package = folder / "zone-data" / "tzdata"
    (package / "zoneinfo").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "zones").write_text("\n".join((*MOVED, "UTC")))
    (folder / "rules").write_text(CHANGED)
    subprocess.run([compiler, "-d", str(package / "zoneinfo"), str(folder / "rules")], check=True, timeout=60)
    told = package.parent / "tzdata-2099.1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: tzdata\nVersion: 2099.1\n")
    return package.parent


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    opened = Database(open_engine(address_in(folder)), load_keys(folder / "headsup.key"), Settings())
    try:
        yield opened
    finally:
        opened.close()


async def live(folder: Path, start: datetime, end: datetime) -> None:
    """Start with the zone data of this process and owe what comes due, every quarter of an hour."""
    with database(folder) as opened:
        await follow_zone_data(opened, start, version("tzdata"))
        while start < end:
            await enqueue(opened, start)
            start += QUARTER


def live_with(data: Path, folder: Path, start: datetime, end: datetime) -> None:
    """Live so in a process of its own, which finds other zone data."""
    story = (
        f"import asyncio; from tests.faults.{Path(__file__).stem} import *; asyncio.run(live(Path({str(folder)!r}), "
    )
    story += f"datetime.fromisoformat({start.isoformat()!r}), datetime.fromisoformat({end.isoformat()!r})))"
    where = os.pathsep.join((str(data), str(ROOT)))
    subprocess.run([sys.executable, "-c", story], env={**os.environ, "PYTHONPATH": where}, check=True, timeout=120)


def move_in(folder: Path, zones: Sequence[str], now: datetime) -> dict[int, tuple[str, time]]:
    """Let people with a daily card live in each zone, behind more others than one transaction plans."""
    homes = dict(enumerate(product((GONE, *zones), TIMES), AT_ONCE + 1))
    crowd = {number: (GONE if number == 7 else "UTC", time(12, 30)) for number in range(1, AT_ONCE + 1)}
    with diary(folder) as session:
        for user_id, (zone, at) in {**crowd, **homes}.items():
            moves_in(session, users.stranger(user_id, "en", zone, now), now)
            reminders.add(session, user_id, CHECKIN, Schedule(at, EVERY_DAY, zone), now)
    return homes


def instants(zone: ZoneInfo, at: time, first: date) -> list[datetime]:
    """Return when a card is due from the first date on, until the end."""
    days = (first + n * DAY for n in range(9))
    every = (datetime.combine(day, at, zone).astimezone(UTC) for day in days)
    return [instant for instant in every if NOON < instant < END]


@pytest.fixture
def new_data(tmp_path: Path, promise: Figures) -> Path:
    compiler = zic()
    if compiler is None:
        promise.not_run("T41", "cards at a wrong hour after a change of the rules", 0, "zic is not installed")
        pytest.skip("zic is not installed")
    return publish(tmp_path, compiler)


@pytest.mark.slow
async def test_the_next_card_comes_by_the_new_clock(folder: Path, new_data: Path, promise: Figures) -> None:
    lay_out(folder)
    homes = move_in(folder, MOVED, NOON)
    await live(folder, NOON, UPDATED)
    await asyncio.to_thread(live_with, new_data, folder, UPDATED, END)
    wrong = tries = 0
    with diary(folder) as session:
        for user_id, (name, at) in homes.items():
            zone = oracle.rules(name) if name == GONE else rules(new_data, name)
            expected = instants(zone, at, NOON.date() - DAY)
            rows = session.execute(select(outbox.c.due_at, outbox.c.slot).where(outbox.c.user_id == user_id)).all()
            came = sorted(row.due_at for row in rows)
            assert len(expected) >= 4
            tries += len(expected)
            wrong += len(set(expected) ^ set(came)) + len(came) - len(set(came))
    promise.at_most("T41", "cards at a wrong hour after a change of the rules", 0, wrong, tries=tries)


def rules(data: Path, zone: str) -> ZoneInfo:
    with (data / "tzdata" / "zoneinfo" / zone).open("rb") as compiled:
        return ZoneInfo.from_file(compiled)


@pytest.mark.slow
async def test_the_bot_itself_notices(
    folder: Path, new_data: Path, bot: BotProcess, api: BotApi, promise: Figures
) -> None:
    lay_out(folder)
    homes = move_in(folder, MOVED, api.clock.now())
    await bot.runs()
    assert await bot.stops() == 0
    before = planned(folder, homes)
    bot.variables["PYTHONPATH"] = os.pathsep.join((str(new_data), str(ROOT)))
    await bot.start()
    await bot.prints("zone_data.changed")
    await bot.prints("Running as @")
    assert await bot.stops() == 0
    after = planned(folder, homes)
    assert before != after
    wrong = sum(
        instant.astimezone(rules(new_data, zone)).time() != at
        for user_id, (zone, at) in homes.items()
        if zone != GONE
        for instant in [after[user_id]]
    )
    stayed = {user_id for user_id, (zone, _) in homes.items() if zone in (GONE, "Asia/Seoul")}
    assert all(after[user_id] - before[user_id] in (timedelta(0), DAY) for user_id in stayed)
    promise.at_most("T41", "cards planned by the old rules after a start", 0, wrong, tries=len(homes))


def planned(folder: Path, homes: dict[int, tuple[str, time]]) -> dict[int, datetime]:
    with diary(folder) as session:
        return {user_id: due_next(session, user_id) for user_id in homes}


def due_next(session: Session, user_id: int) -> datetime:
    (reminder,) = reminders.of_user(session, user_id, CHECKIN)
    assert reminder.next_at is not None
    return reminder.next_at
