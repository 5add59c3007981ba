"""Backups taken while people tap, restored on an empty machine; who was erased since does not come back (T83, T63)."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Database as DatabaseSettings
from bot.config import Settings
from bot.sandbox.botapi import BotApi
from bot.store import backup, backup_folder, checkins, users
from bot.store.checkins import MOST_EARLIER
from bot.store.crypto import load_keys
from bot.store.tables import metadata
from tests.e2e.conftest import ROOT, BotProcess, diary
from tests.faults.household import Tapper, all_done, comes_true, lay_out, move_in, must_be_sound, told
from tests.faults.promises import Figures, points

IN_THE_END = 60.0
BACKUPS = points(1, 20)


async def command(bot: BotProcess, *words: str) -> tuple[int, list[str]]:
    """Run one `headsup` command in the bot's folder; returns its exit code and what it said."""
    other = BotProcess(bot.folder, "")
    other.variables = bot.variables
    await other.start(*words)
    return await other.ends(), other.output


async def household(api: BotApi, bot: BotProcess) -> list[Tapper]:
    bot.variables["HEADSUP_ACCESS__UPDATES_PER_MINUTE"] = "100000"
    lay_out(bot.folder)
    people = [Tapper(one, random.Random(one.user_id)) for one in move_in(bot.folder, api, range(1001, 1005))]
    await bot.runs()
    await all_done([asyncio.create_task(each.opens_the_card()) for each in people], IN_THE_END)
    return people


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with diary(folder) as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
        }


def was_so(held: Sequence[object], tapped: Sequence[object]) -> bool:
    """Tell whether what a backup holds is how it was at one moment: a beginning of all that was ever tapped, of which
    the newest are kept."""
    if len(held) <= MOST_EARLIER:
        return held == tapped[: len(held)]
    return any(held == tapped[first : first + len(held)] for first in range(len(tapped) - len(held) + 1))


@pytest.mark.slow
async def test_backups_while_people_tap(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    people = await household(api, bot)
    tapping = [asyncio.create_task(each.taps_on_and_on()) for each in people]
    for number in range(BACKUPS):
        code, said = await command(bot, "backup", f"backups/{number}")
        assert code == 0, said
    for each in people:
        each.content = True
    await all_done(tapping, IN_THE_END)
    await comes_true(api, lambda: not api.updates.queue and all(each.shows_the_truth() for each in people))
    code, _ = await command(bot, "backup", "backups/last")
    assert code == 0
    assert await bot.stops() == 0
    last = rows(bot.folder)

    taps = missing = 0
    for number in [*range(BACKUPS), "last"]:
        machine = bot.folder / f"machine-{number}"
        machine.mkdir()
        shutil.copy(bot.folder / "headsup.key", machine)
        new = BotProcess(machine, "")
        new.variables = bot.variables
        code, said = await command(new, "restore", str(bot.folder / "backups" / str(number)))
        assert code == 0, said
        with diary(machine) as session:
            assert session.connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert session.connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            for each in people:
                for key, values in told(session, each.one.user_id).items():
                    if key in each.ledger:
                        taps += len(values)
                        # What it holds is how it was at one moment: a beginning of all that was ever tapped.
                        missing += list(values) != each.ledger[key][: len(values)]
    promise.at_most("T83", "answers of a backup that are not as they were", 0, missing, tries=taps)
    differing = sum(last[name] != found for name, found in rows(bot.folder / "machine-last").items() if name != "meta")
    promise.at_most("T83", "tables of the last backup that differ", 0, differing, tries=len(last))


@pytest.mark.slow
async def test_a_backup_that_is_killed_leaves_no_half_file(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    await household(api, bot)
    code, _ = await command(bot, "backup", "monday")
    assert code == 0
    keys = load_keys(bot.folder / "headsup.key")
    chance, bad = random.Random(83), 0
    for _ in range(points(3, 40)):
        other = BotProcess(bot.folder, "")
        other.variables = bot.variables
        await other.start("backup", "monday")
        await asyncio.sleep(chance.uniform(0.4, 1.0))
        await other._signalled(signal.SIGKILL) if other._process and other._process.returncode is None else None
        try:
            backup.verify(bot.folder / "monday", keys)
        except (OSError, backup.BackupTrouble):
            bad += 1
    promise.at_most("T83", "half backups under the final name", 0, bad, tries=points(3, 40))
    code, _ = await command(bot, "backup", "monday")
    assert code == 0
    assert [path.name for path in bot.folder.glob(".monday*")] == [], "what a killed one left is cleared away"
    assert await bot.stops() == 0


NIGHTLY = """
import asyncio
from bot import diary
from bot.clock import SystemClock
from bot.config import Backup, Settings
from jobs.backups import Backups
settings = Settings(backup=Backup(at="00:00"))
database, clock = diary.open_diary(settings), SystemClock()
print("begins", flush=True)
asyncio.run(Backups(database, clock).take(clock.now()))
database.close()
"""


async def test_a_nightly_backup_that_is_killed_is_made_again(tmp_path: Path, promise: Figures) -> None:
    move_in_for_long(tmp_path)
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path}/data/headsup.db"))
    keys, chance = load_keys(tmp_path / "headsup.key"), random.Random(84)
    bad = 0
    for _ in range(points(4, 40)):
        night = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", NIGHTLY), cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=PIPE
        )
        assert night.stdout is not None
        assert await night.stdout.readline() == b"begins\n"
        await asyncio.sleep(chance.uniform(0, 0.4))
        if night.returncode is None:
            night.kill()
        await night.wait()
        made = backup_folder.newest(settings)
        try:
            if made is not None:
                backup.verify(made, keys)
                made.unlink()
        except backup.BackupTrouble:
            bad += 1
    promise.at_most("T83", "half nightly backups under the final name", 0, bad, tries=points(4, 40))
    night = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", NIGHTLY), cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert await night.wait() == 0
    made = backup_folder.newest(settings)
    assert made is not None
    assert backup.verify(made, keys).rows["checkins"] == 4 * 200
    assert [path.name for path in made.parent.iterdir()] == [made.name], "what killed ones left is cleared away"


def move_in_for_long(folder: Path) -> None:
    """Let four people have kept their diaries for 200 days."""
    lay_out(folder)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with diary(folder) as session:
        for user_id in range(1001, 1005):
            users.add(session, users.stranger(user_id, "en", "UTC", since), since)
            for now in (since + timedelta(days=number) for number in range(200)):
                checkin = checkins.open_(session, user_id, now.date(), "UTC", "headache", now)
                checkins.answer(session, checkin, {"headache": 3}, now, source="tap", late=False)


@pytest.mark.sqlite
async def test_who_was_erased_stays_away(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    ann, ben, *_ = await household(api, bot)
    for number in range(3):
        await ann.one.says(f"canary{number} headache 3")
    await comes_true(api, lambda: not api.updates.queue)
    code, said = await command(bot, "backup", "before")
    assert code == 0, said
    code, said = await command(bot, "erase", "1001")
    assert code == 0, said
    assert "The running bot has erased 1001" in said[0]
    with sqlite3.connect(f"file:{bot.folder}/data/headsup.db?mode=ro", uri=True) as reading:
        assert reading.execute("SELECT count(*) FROM users").fetchone() == (3,)
    code, said = await command(bot, "restore", "before")
    assert code == 75, "not under a running bot"
    assert await bot.stops() == 0
    code, said = await command(bot, "erase", "1002")
    assert (code, said[0].startswith("Erased 1002.")) == (0, True)
    code, said = await command(bot, "erase", "1002")
    assert (code, said) == (1, ["Nobody with the id 1002 keeps a diary here."])

    back = 0
    for machine in (bot.folder, bot.folder / "new"):
        if machine != bot.folder:
            machine.mkdir()
            for name in ("headsup.key", "headsup.key.erased"):
                shutil.copy(bot.folder / name, machine)
        new = BotProcess(machine, "")
        new.variables = bot.variables
        code, said = await command(new, "restore", str(bot.folder / "before"))
        assert code == 0, said
        with diary(machine) as session:
            back += sum(bool(told(session, user_id)) for user_id in (1001, 1002))
            assert told(session, 1003), "the others are there"
    promise.at_most("T83", "erased people who came back with a backup", 0, back, tries=4)
    (aside,) = (path for path in (bot.folder / "data").glob("headsup.db.before-*") if path.name[-4] != "-")
    assert aside.stat().st_size, "what was there before is kept aside"
    await bot.runs()
    await ben.one.says("/help")
    await comes_true(api, lambda: "What I can do" in ben.one.sees.text)
    assert await bot.stops() == 0
    with diary(bot.folder) as session:
        must_be_sound(session)


@pytest.mark.sqlite
async def test_not_a_byte_of_an_erased_person(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    ann, *_ = await household(api, bot)
    with diary_reader(bot.folder) as reading:
        (sealed,) = reading.execute(
            "SELECT value FROM answers JOIN checkins ON checkin_id = id WHERE user_id = 1001 AND value NOT NULL"
        ).fetchone()
    assert any(sealed in path.read_bytes() for path in (bot.folder / "data").glob("headsup.db*"))
    began = api.clock.steady()
    await ann.one.says("/delete")
    await comes_true(api, lambda: "can’t be brought back" in ann.one.sees.text)
    await ann.one.taps("Yes, delete everything")
    left = traces(bot.folder, sealed)
    while left and api.clock.steady() - began < 60:
        await asyncio.sleep(1)
        left = traces(bot.folder, sealed)
    promise.at_most("T63", "files that hold a byte of an erased person", 0, left)
    promise.at_most("T63", "until the last byte is gone", 60, api.clock.steady() - began, "s")
    code, _ = await command(bot, "backup", "after")
    assert code == 0
    assert await bot.stops() == 0


def diary_reader(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{folder}/data/headsup.db?mode=ro", uri=True)


def traces(folder: Path, sealed: bytes) -> int:
    """Return how many files hold this sealed value, or the person's number as SQLite or text would write it."""
    return sum(
        sealed in path.read_bytes() or b"1001 " in path.read_bytes() for path in folder.rglob("*") if path.is_file()
    )
