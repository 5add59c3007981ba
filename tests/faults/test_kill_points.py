"""The power goes at every single system call while cards and reminders are due and answers arrive (T01)."""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.chat.application import Chat
from bot.clock import SystemClock
from bot.config import Access, Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person
from bot.sandbox.server import Server, serve
from bot.sandbox.transport import SandboxRequest
from bot.store.crypto import load_keys
from bot.store.database import Database, open_engine
from jobs.deliver import deliver, recover
from jobs.enqueue import enqueue
from tests.e2e.conftest import ROOT, diary
from tests.faults.household import (
    CARD,
    comes_true,
    compare,
    lay_out,
    move_in,
    must_be_sound,
    shown,
    this_minute,
    told,
)
from tests.faults.promises import Figures, points
from tests.faults.strace import STRACE, counted, counting, killing, spread

ASKED = range(2001, 2007)
ANSWERING = range(1001, 1007)
KILL_POINTS = points(24, 600)
PATIENCE = 60.0
IN_FLIGHT = 4


class AheadClock(SystemClock):
    """The wall clock, some time ahead: what is to be tried again in a minute need not be waited for."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def steady(self) -> float:
        return super().steady() + self.ahead.total_seconds()


class Scene:
    """One diary and one Telegram: six people are asked by the clock while six others fill a card."""

    def __init__(self, folder: Path, clock: AheadClock) -> None:
        self.folder = folder
        self.clock = clock
        self.api = BotApi(clock)
        self.asked = move_in(folder, self.api, ASKED, due_at=this_minute(clock.now()))
        self.answering = move_in(folder, self.api, ANSWERING)
        self.ledgers: dict[int, dict[str, list[int]]] = {one.user_id: {} for one in self.answering}

    async def answer(self, one: Person) -> None:
        """Fill three answers of a card, each as soon as it is asked."""
        await one.says("/checkin")
        for asks, key, value in ((CARD, "headache", 7), ("back or neck", "back", 3), ("How well", "sleep_quality", 4)):
            await comes_true(self.api, partial(shown, one, asks))
            card = shown(one, asks)[-1]
            self.ledgers[one.user_id][key] = [value]
            await one.taps_on(card.message_id, card.data(str(value)))
            if key == "back":
                await comes_true(self.api, partial(shown, one, "How long did you sleep"))
                await one.taps("Skip")

    def over(self) -> bool:
        """Tell whether everybody was asked and everybody's last answer is on their card."""
        return all(len(one.chat) >= 2 for one in self.asked) and all(
            shown(one, "Sleep quality 4") for one in self.answering
        )

    async def recover(self) -> None:
        """Start again on what was left, and go on until nothing is owed: for the retries a minute later, too."""
        settings = Settings(access=Access(mode="open"))
        engine = open_engine(f"sqlite:///{self.folder}/data/headsup.db")
        database = Database(engine, load_keys(self.folder / "headsup.key"), settings)
        chat = Chat(
            database,
            self.clock,
            token=self.api.token,
            base_url="https://sandbox.invalid/bot",
            request=SandboxRequest(self.api),
            polling=SandboxRequest(self.api),
        )
        await chat.start()
        await recover(database, self.clock.now())
        for _ in range(3):
            while await chat.receiver.poll(0):
                await chat.settle()
            await enqueue(database, self.clock.now())
            await deliver(database, chat.sender, self.clock, IN_FLIGHT)
            self.clock.ahead += timedelta(seconds=61)
        await chat.settle()
        await chat.receiver.poll(0)  # confirms the last ones
        await chat.stop()
        database.close()


@asynccontextmanager
async def running(scene: Scene, server: Server, *words: str) -> AsyncIterator[Process]:
    """Run the bot under strace until it ends or everything is done; whatever is left of it then is killed."""
    process = await asyncio.create_subprocess_exec(
        *words,
        *(sys.executable, "-m", "bot", "run"),
        cwd=scene.folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")},
            "PYTHONPATH": str(ROOT),
            "HEADSUP_TELEGRAM__TOKEN": scene.api.token,
            "HEADSUP_TELEGRAM__BASE_URL": f"{server.url}/bot",
            "HEADSUP_ACCESS__MODE": "open",
        },
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )
    answering = [asyncio.create_task(scene.answer(one)) for one in scene.answering]
    over = asyncio.create_task(comes_true(scene.api, scene.over))
    end = asyncio.create_task(process.wait())
    try:
        done, _ = await asyncio.wait((over, end), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        assert done, "the bot neither died nor did its work"
        yield process
    finally:
        for task in (*answering, over):
            task.cancel()
        await asyncio.gather(*answering, over, return_exceptions=True)
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await end


async def play(folder: Path, empty: Path, *words: str) -> Scene:
    """Play the scene once under strace; returns it as it was when the process was gone."""
    shutil.copytree(empty, folder)
    scene = Scene(folder, AheadClock())
    server = await serve(scene.api, port=0)
    try:
        async with running(scene, server, *words):
            pass
    finally:
        await server.close()
    return scene


def judge(scene: Scene) -> tuple[int, int, int, int, int]:
    """Return answers lost, answers doubled, cards lost, extra cards, reminders doubled."""
    with diary(scene.folder) as session:
        must_be_sound(session)
        compared = [compare(scene.ledgers[one.user_id], told(session, one.user_id)) for one in scene.answering]
    cards = [len(shown(one, CARD)) for one in scene.asked]
    tips = [len(one.chat) - count for one, count in zip(scene.asked, cards, strict=True)]
    return (
        sum(lost for lost, _ in compared),
        sum(twice for _, twice in compared),
        sum(count == 0 for count in cards),
        sum(max(0, count - 1) for count in cards),
        sum(max(0, count - 1) for count in tips),
    )


async def test_a_kill_at_every_system_call(tmp_path: Path, promise: Figures) -> None:
    if STRACE is None:
        for what in ("answers lost", "answers doubled", "cards lost", "reminders doubled"):
            promise.not_run("T01", f"{what}, kill at a system call", 0, "no strace")
        pytest.skip("no strace")
    empty = tmp_path / "empty"
    empty.mkdir()
    lay_out(empty)
    noted = tmp_path / "calls"
    whole = await play(tmp_path / "whole", empty, *counting(noted))
    assert whole.over(), "nothing but the strace that counts has touched it"

    killed = 0
    for number, (call, at) in enumerate(spread(counted(noted), KILL_POINTS)):
        folder = tmp_path / f"{number}-{call}-{at}"
        scene = await play(folder, empty, *killing(call, at, tmp_path / "trace"))
        killed += not scene.over()
        await scene.recover()
        lost, twice, unasked, extra, nagged = judge(scene)
        point = f"at {call} number {at}"
        assert (lost, twice, unasked, nagged) == (0, 0, 0, 0), point
        promise.at_most("T01", "answers lost, kill at a system call", 0, lost)
        promise.at_most("T01", "answers doubled, kill at a system call", 0, twice)
        promise.at_most("T01", "cards lost, kill at a system call", 0, unasked)
        promise.at_most("T01", "extra cards per kill, kill at a system call", IN_FLIGHT, extra)
        promise.at_most("T01", "reminders doubled, kill at a system call", 0, nagged)
        shutil.rmtree(folder)
    promise.at_least("T01", "kills that struck in the middle", KILL_POINTS * 0.6, killed)
