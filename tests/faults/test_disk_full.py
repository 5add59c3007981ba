"""A disk fills up under the bot: nothing is claimed, a deletion gets through, and with room again all goes on (T31)."""

import asyncio
import errno
import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest
import typer
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.diary import open_diary
from bot.domain.reminders import CHECKIN
from bot.sandbox.botapi import BotApi, Upload
from bot.sandbox.person import Person
from bot.sandbox.server import Server
from bot.store import lock, outbox, users
from bot.store.database import Closed, Session
from bot.store.disk import is_full
from bot.store.tables import meta
from bot.store.tables import outbox as owed
from bot.terminal import FAILED, MISCONFIGURED
from bot.web.webhook import HEADER, Webhook
from tests.e2e.conftest import BotProcess, diary, sees
from tests.faults.disks import Disk, a_small_disk, lines_a_minute, why_no_disk
from tests.faults.household import (
    CARD,
    Tapper,
    all_done,
    comes_true,
    compare,
    lay_out,
    move_in,
    must_be_sound,
    shown,
    told,
)
from tests.faults.promises import FULL, Figures, points

pytestmark = pytest.mark.sqlite

UNDER_WAY = range(2001, 2004)
FULL_FOR = points(1, 100)
"""Seconds; the full sweep is longer than a minute, after which a turn would once be given up."""

ROOM = range(0, 60, points(10, 1))
"""Pages that are left when a bot starts for the first time; its diary takes some fifty."""

INDEX_AND_ONE = 9
"""Pages: the index of the log takes eight, and with one more nothing can be stored."""

ANSWERED_WITHIN = 10.0
PATIENCE = 60.0
CANNOT = "I can’t save anything right now"


class Watched(Tapper):
    """A tapper of whom it is known which taps were acknowledged."""

    def __init__(self, one: Person) -> None:
        super().__init__(one, random.Random(one.user_id))
        self.taps: list[tuple[str, str, int]] = []
        self.before = {key: list(values) for key, values in self.ledger.items()}

    async def taps_once(self) -> str:
        count = Counter({key: len(values) for key, values in self.ledger.items()})
        query = await super().taps_once()
        key = next(key for key, values in self.ledger.items() if len(values) > count[key])
        self.taps.append((query, key, self.ledger[key][-1]))
        return query

    def acknowledged(self) -> dict[str, list[int]]:
        known = {key: list(values) for key, values in self.before.items()}
        for query, key, value in self.taps:
            if not self.one.api.waiting_tap(query):
                known[key].append(value)
        return known

    async def taps_until_told(self) -> None:
        while not shown(self.one, CANNOT):
            await self.taps_once()
            await asyncio.sleep(0.2)


class HoldingApi(BotApi):
    """A Telegram that has cards in hand until it `goes_on`."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.has_one, self.goes_on = asyncio.Event(), asyncio.Event()

    async def call(
        self, token: str, method: str, params: Mapping[str, object], files: Mapping[str, Upload]
    ) -> tuple[int, dict[str, object]]:
        if method == "sendMessage" and int(str(params.get("chat_id"))) in UNDER_WAY:
            self.has_one.set()
            await self.goes_on.wait()
        return await super().call(token, method, params, files)


@pytest.fixture
def api() -> HoldingApi:
    return HoldingApi()


@pytest.fixture
def disk(tmp_path: Path, promise: Figures) -> Iterator[Disk]:
    if (why := why_no_disk()) is not None:
        promise.not_run("T31", "answers lost, disk full", 0, why)
        pytest.skip(why)
    with a_small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
async def bot(disk: Disk, server: Server) -> AsyncIterator[BotProcess]:
    process = BotProcess(disk.folder, server.url)
    process.variables["HEADSUP_DATABASE__URL"] = f"sqlite:///{disk.folder}/data/headsup.db"
    process.variables["HEADSUP_ACCESS__UPDATES_PER_MINUTE"] = "100000"
    yield process
    await process.clear_away()


def owe_cards(folder: Path, people: list[Person], seconds: float) -> None:
    """Let the bot owe everybody a card, to be sent so many seconds from now."""
    with diary(folder) as session:
        for one in people:
            at = one.api.clock.now() + timedelta(seconds=seconds)
            late = at + timedelta(hours=1)
            outbox.owe(session, one.user_id, CHECKIN, at.date().isoformat(), due_at=at, not_before=at, too_late_at=late)


@contextmanager
def as_it_lies(bot: BotProcess, to: Path) -> Iterator[Session]:
    """Open what would be in the diary if the power went now."""
    process = int((bot.folder / "data/headsup.db.lock").read_text())
    os.kill(process, signal.SIGSTOP)
    shutil.copytree(bot.folder, to, ignore=shutil.ignore_patterns("filling", "*.ballast", "*-shm"))
    os.kill(process, signal.SIGCONT)
    with diary(to) as session:
        yield session


def noted(session: Session, one: Person) -> bool:
    """Tell whether it is written down that a person's card was about to go out."""
    mine = (owed.c.user_id == one.user_id) & (owed.c.kind == CHECKIN)
    return session.execute(select(owed.c.state).where(mine)).scalar_one() != "due"


async def test_a_disk_that_fills_up_while_people_tap(
    api: HoldingApi, bot: BotProcess, disk: Disk, promise: Figures, tmp_path: Path
) -> None:
    lay_out(bot.folder)
    people = [Watched(one) for one in move_in(bot.folder, api, range(1001, 1007))]
    under_way, later = move_in(bot.folder, api, UNDER_WAY), move_in(bot.folder, api, range(2101, 2104))
    (eve,) = move_in(bot.folder, api, [1007])
    ballast = bot.folder / "data/headsup.db.ballast"
    await bot.runs()
    await all_done([asyncio.create_task(each.opens_the_card()) for each in people], PATIENCE)
    tapping = [asyncio.create_task(each.taps_on_and_on()) for each in people]
    assert ballast.exists()

    owe_cards(bot.folder, under_way, seconds=0)
    async with asyncio.timeout(PATIENCE):
        await api.has_one.wait()
    async with disk.full():
        api.goes_on.set()
        began = api.clock.steady()
        await all_done([asyncio.create_task(each.taps_until_told()) for each in people], PATIENCE)
    asks = api.clock.steady()
    await eve.says("/delete")
    await sees(eve, "Delete everything about you?")
    await eve.taps("Yes, delete everything")
    await sees(eve, "Deleted.")
    promise.at_most("T31", "until /delete is done on a full disk", ANSWERED_WITHIN, api.clock.steady() - asks, "s")
    assert not ballast.exists(), "it was done in the room that is held back"

    owe_cards(bot.folder, later, seconds=0.5)
    async with disk.full():
        await asyncio.sleep(FULL_FOR)
        claimed = [each.acknowledged() for each in people]
        sent = [one for one in (*under_way, *later) if shown(one, CARD)]
        with as_it_lies(bot, tmp_path / "snapshot") as session:
            stored = [told(session, each.one.user_id) for each in people]
            unknown = sum(not noted(session, one) for one in sent)
        false = sum(compare(*each)[0] for each in zip(claimed, stored, strict=True))
        promise.at_most("T31", "answers acknowledged that are not on the full disk", 0, false)
        promise.at_most("T31", "cards sent without a note on the full disk", 0, unknown)
    lines = lines_a_minute(bot.output, api.clock.steady() - began)
    promise.at_most("T31", "log lines a minute and kind of trouble, disk full", 1, lines)
    words = max(len(shown(each.one, CANNOT)) for each in people)
    promise.at_most("T31", "words that nothing can be saved, each person an hour", 1, words)
    for task in tapping:
        task.cancel()
    disk.make_room()
    healed = api.clock.steady()
    async with asyncio.timeout(PATIENCE):
        await comes_true(api, lambda: all(each.shows_the_truth() for each in people))
    promise.at_most("T31", "until taps are answered, room again", ANSWERED_WITHIN, api.clock.steady() - healed, "s")
    async with asyncio.timeout(PATIENCE):
        await comes_true(api, lambda: all(shown(one, CARD) for one in later))
    assert await bot.stops() == 0

    with diary(bot.folder) as session:
        must_be_sound(session)
        compared = [compare(each.ledger, told(session, each.one.user_id)) for each in people]
        assert users.get(session, eve.user_id) is None
    promise.at_most("T31", "answers lost, disk full", 0, sum(lost for lost, _ in compared))
    promise.at_most("T31", "answers doubled, disk full", 0, sum(twice for _, twice in compared))
    asked = (*under_way, *later)
    promise.at_most("T31", "cards lost, disk full", 0, sum(not shown(one, CARD) for one in asked))
    promise.at_most("T31", "cards asked twice, disk full", 0, sum(len(shown(one, CARD)) - 1 for one in asked))


async def test_updates_pushed_to_a_full_disk(promise: Figures) -> None:
    async def accept(raw: Mapping[str, object]) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    webhook = Webhook(accept, url="https://bot.example/hook", secret="hush", listen="127.0.0.1", port=0)
    port = await webhook.start()
    with capture_logs() as lines:
        async with aiohttp.ClientSession(headers={HEADER: "hush"}) as telegram:
            for _ in range(20):
                async with telegram.post(f"http://127.0.0.1:{port}/hook", json={"update_id": 1}) as answer:
                    assert answer.status == 503, "so it will come again"
    await webhook.stop()
    promise.at_most("T31", "log lines a minute about pushed updates, disk full", 1, len(lines))


async def test_more_than_there_is_room_for(disk: Disk, promise: Figures) -> None:
    """The log is folded into the file every 30 s; where the file cannot grow then, the bot goes on all the same."""
    database = open_diary(settings_in(disk.folder))
    await database.write(partial(heap_up, key="before"))
    disk.fill()
    with pytest.raises(DBAPIError) as folding:
        async with asyncio.timeout(ANSWERED_WITHIN):
            await database.checkpoint()
    with pytest.raises(DBAPIError) as growing:
        await database.write(partial(heap_up, key="while full"))
    clock = SystemClock()
    waiting = asyncio.create_task(database.insist(partial(heap_up, key="in the end"), clock))
    await asyncio.sleep(0)
    database.hurry()
    began = clock.steady()
    with pytest.raises(Closed):
        await waiting
    promise.at_most("T31", "from SIGTERM until nothing waits for a full disk", 25, clock.steady() - began, "s")
    disk.make_room()
    await database.write(partial(heap_up, key="after"))
    await database.checkpoint()
    found = set(await database.write(lambda session: session.execute(select(meta.c.key)).scalars().all()))
    database.close()
    promise.at_most(
        "T31", "full disks taken for another trouble", 0, 2 - sum(map(is_full, (folding.value, growing.value)))
    )
    promise.at_most("T31", "writes lost by folding the log on a full disk", 0, len({"before", "after"} - found))
    assert found.isdisjoint({"while full", "in the end"})


def heap_up(session: Session, key: str) -> None:
    session.execute(text("INSERT INTO meta VALUES (:key, zeroblob(3000000))"), {"key": key})


@pytest.mark.parametrize("room", [0, INDEX_AND_ONE] if FULL else [INDEX_AND_ONE])
async def test_a_start_with_hardly_any_room(
    api: HoldingApi, bot: BotProcess, disk: Disk, promise: Figures, room: int
) -> None:
    lay_out(bot.folder)
    move_in(bot.folder, api, [1001])
    disk.fill(all_but=room)
    await bot.start()
    assert await bot.ends() == FAILED
    assert any(line.endswith("[database] url: database or disk is full") for line in bot.output), bot.output
    promise.at_most("T31", "tracebacks of a start on a full disk", 0, sum("Traceback" in line for line in bot.output))


def test_a_first_start_on_a_disk_with_hardly_any_room(
    disk: Disk, promise: Figures, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = 0
    for room in ROOM:
        folder = disk.folder / str(room)
        disk.fill(all_but=room)
        if not opens(folder):
            assert len(capsys.readouterr().err.splitlines()) == 1
        disk.make_room()
        stuck += not opens(folder)
        shutil.rmtree(folder)
    promise.at_most("T31", "first starts on a full disk after which none works", 0, stuck, tries=len(ROOM))


def opens(folder: Path) -> bool:
    """Open the diary in a folder as `headsup run` does, and tell whether that went well."""
    with lock.take(folder / "data/headsup.db") as held:
        try:
            open_diary(settings_in(folder), held, begin=False).close()
        except typer.Exit as stop:
            assert stop.exit_code in (FAILED, MISCONFIGURED)
            return False
    return True


def settings_in(folder: Path) -> Settings:
    return Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/data/headsup.db"), keys=KeyFile(file=folder / "headsup.key")
    )
