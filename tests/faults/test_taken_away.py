"""The diary is locked, made read-only, removed or replaced under a bot: it waits, or stops and says why (T32)."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import serve
from bot.terminal import FAILED, MISCONFIGURED
from tests.e2e.conftest import BotProcess, diary
from tests.faults import strace
from tests.faults.disks import a_small_disk, lines_a_minute, why_no_disk
from tests.faults.household import Tapper, all_done, comes_true, compare, lay_out, move_in, must_be_sound, told
from tests.faults.promises import FULL, Figures, points

LOCKED_FOR = points(6, 60)
"""Seconds; the bot waits five for a lock before it takes that for trouble."""

READ_ONLY_FOR = points(2, 60)
SOON = 10.0
PATIENCE = 60.0
FILE = "data/headsup.db"


class House:
    """A few people who tap on and on, and their bot in a folder of its own."""

    def __init__(self, folder: Path, api: BotApi, bot: BotProcess) -> None:
        self.folder = folder
        self.api = api
        self.bot = bot
        lay_out(folder)
        self.people = [Tapper(one, random.Random(one.user_id)) for one in move_in(folder, api, range(1001, 1005))]

    async def begins(self) -> None:
        await self.bot.runs()
        await all_done([asyncio.create_task(each.opens_the_card()) for each in self.people], PATIENCE)

    @asynccontextmanager
    async def tapping(self) -> AsyncIterator[None]:
        tapping = [asyncio.create_task(each.taps_on_and_on()) for each in self.people]
        try:
            yield
        finally:
            for task in tapping:
                task.cancel()
            await asyncio.gather(*tapping, return_exceptions=True)

    async def all_shown(self) -> float:
        """Wait until everybody sees what they tapped last; returns the seconds that took."""
        began = self.api.clock.steady()
        async with asyncio.timeout(PATIENCE):
            await comes_true(self.api, self.shows_the_truth)
        return self.api.clock.steady() - began

    def shows_the_truth(self) -> bool:
        return all(each.shows_the_truth() for each in self.people)

    async def ends_well(self, promise: Figures, when: str) -> None:
        """Stop, and note what was lost or doubled."""
        assert await self.bot.stops() == 0
        with diary(self.folder) as session:
            must_be_sound(session)
            compared = [compare(each.ledger, told(session, each.one.user_id)) for each in self.people]
        promise.at_most("T32", f"answers lost, {when}", 0, sum(lost for lost, _ in compared))
        promise.at_most("T32", f"answers doubled, {when}", 0, sum(twice for _, twice in compared))


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    api = BotApi(SystemClock())
    server = await serve(api, port=0)
    bot = BotProcess(folder, server.url)
    bot.variables["HEADSUP_ACCESS__UPDATES_PER_MINUTE"] = "100000"
    try:
        yield House(folder, api, bot)
    finally:
        await bot.clear_away()
        await server.close()


async def locked(folder: Path, promise: Figures) -> None:
    async with house(folder) as home:
        await home.begins()
        other = sqlite3.connect(folder / FILE, isolation_level=None)
        async with home.tapping():
            other.execute("BEGIN EXCLUSIVE")
            await asyncio.sleep(LOCKED_FOR)
            lines = lines_a_minute(home.bot.output, LOCKED_FOR)
        other.execute("ROLLBACK")
        took = await home.all_shown()
        other.close()
        promise.at_most("T32", "log lines a minute and kind of trouble, diary locked by another program", 1, lines)
        promise.at_most("T32", "until taps are answered, diary no longer locked", SOON, took, "s")
        await home.ends_well(promise, "diary locked by another program")


async def made_read_only(folder: Path, promise: Figures) -> None:
    """No kernel makes a file system read-only while a file on it is open to write, but a broken disk does: so the calls
    of the running bot are refused as they are then."""
    with a_small_disk(folder) as disk:
        async with house(folder) as home:
            await home.begins()
            process = int((folder / f"{FILE}.lock").read_text())
            calls = "pwrite64,ftruncate,fallocate"
            words = (strace.STRACE, "-f", "-qq", "-o", os.devnull, "-p", str(process), "-e", f"trace={calls}")
            async with home.tapping():
                refusing = await asyncio.create_subprocess_exec(*words, "-e", f"inject={calls}:error=EROFS")
                await home.bot.prints("diary.not_written")
                await asyncio.sleep(READ_ONLY_FOR)
                lines = lines_a_minute(home.bot.output, READ_ONLY_FOR)
                refusing.send_signal(signal.SIGINT)
                await refusing.wait()
            took = await home.all_shown()
            promise.at_most("T32", "log lines a minute and kind of trouble, disk read-only", 1, lines)
            promise.at_most("T32", "until taps are answered, disk no longer read-only", SOON, took, "s")
            await home.ends_well(promise, "disk read-only")
            with disk.read_only():
                await home.bot.start()
                assert await home.bot.ends() == FAILED
                (said,) = home.bot.output
                assert said.endswith("the bot has to be allowed to write there")


def removed(at: Path) -> None:
    """All of it is deleted at a moment of which somebody has a copy: what is stored later is stored nowhere."""
    process = int(at.with_name(f"{at.name}.lock").read_text())
    os.kill(process, signal.SIGSTOP)
    for end in ("", "-wal"):
        shutil.copyfile(f"{at}{end}", at.with_name(f"aside{end}"))
    for end in ("", "-wal", "-shm"):
        Path(f"{at}{end}").unlink()
    os.kill(process, signal.SIGCONT)


def replaced(at: Path) -> None:
    """Another file is put in its place."""
    at.rename(at.with_name("aside"))
    shutil.copyfile(at.with_name("aside"), at)


WAYS = (removed, replaced) if FULL else (removed,)


def put_back(at: Path) -> None:
    for aside in at.parent.glob("aside*"):
        aside.replace(at.with_name(aside.name.replace("aside", at.name)))


async def taken_away(folder: Path, promise: Figures, happens: Callable[[Path], None]) -> None:
    at = folder / FILE
    when = f"diary {happens.__name__}"
    async with house(folder) as home:
        await home.begins()
        async with home.tapping():
            await asyncio.sleep(0.3)
            began = home.api.clock.steady()
            happens(at)
            assert await home.bot.ends() == FAILED
            took = home.api.clock.steady() - began
        promise.at_most("T32", f"until the bot has stopped, {when}", SOON, took, "s")
        promise.at_most("T32", f"tracebacks, {when}", 0, sum("Traceback" in line for line in home.bot.output))
        sentence = f"[database] url: {FILE} was taken away while the bot was running; put it back, then start"
        assert home.bot.output.count(sentence) == 1
        if happens is removed:
            promise.at_most("T32", "diaries begun where one was removed", 0, int(at.exists()))
            await home.bot.start()
            assert await home.bot.ends() == MISCONFIGURED
            (said,) = home.bot.output
            assert "headsup restore FILE" in said
            assert "headsup migrate" in said
        put_back(at)
        await home.bot.runs()
        await home.all_shown()
        await home.ends_well(promise, when)


async def test_a_diary_that_cannot_be_written_for_a_while(tmp_path: Path, promise: Figures) -> None:
    for name in ("locked", *(happens.__name__ for happens in WAYS)):
        (tmp_path / name).mkdir()
    async with asyncio.TaskGroup() as side_by_side:
        side_by_side.create_task(locked(tmp_path / "locked", promise))
        for happens in WAYS:
            side_by_side.create_task(taken_away(tmp_path / happens.__name__, promise, happens))
        if (why := strace.why_not() or why_no_disk()) is not None:
            promise.not_run("T32", "answers lost, disk read-only", 0, why)
        else:
            side_by_side.create_task(made_read_only(tmp_path / "read-only", promise))
