"""The bot as a process of its own, and a sandbox over real HTTP that the stories can look into."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person, Seen
from bot.sandbox.server import Server, serve
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine
from tests.databases import Databases, address_in

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0
"""Seconds a story waits for what must come; on an idle machine it comes within two."""


class BotProcess:
    """`headsup` as a process: in its own folder and process group, with no settings but those a story gives."""

    def __init__(self, folder: Path, server_url: str) -> None:
        self.folder = folder
        self.variables = {
            "HEADSUP_TELEGRAM__TOKEN": "1:sandbox",
            "HEADSUP_TELEGRAM__BASE_URL": f"{server_url}/bot",
            "HEADSUP_ACCESS__MODE": "open",
        }
        self.output: list[str] = []
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._heard = asyncio.Condition()
        self._ended = False

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bot", *(words or ("run",))]

    async def start(self, *words: str, **variables: str) -> None:
        """Start `headsup` with these words, else `headsup run`; what it printed before is forgotten."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
        self.output, self._ended = [], False
        self._process = await asyncio.create_subprocess_exec(
            *self.command(*words),
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(ROOT), **self.variables, **variables},
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
        self._listening = asyncio.create_task(self._listen(self._process))

    async def runs(self) -> None:
        """Start `headsup run` and wait until it says that it runs."""
        await self.start()
        await self.prints("Running as @HeadsUpSandboxBot")

    async def prints(self, words: str) -> str:
        """Wait for a line with these words and return it."""

        def found() -> str | None:
            return next((line for line in self.output if words in line), None)

        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._heard:
                await self._heard.wait_for(lambda: found() or self._ended)
        return found() or pytest.fail(f"the bot never printed {words!r}, only:\n" + "\n".join(self.output))

    @property
    def ended(self) -> bool:
        """Tell whether it is over, or was never begun."""
        return self._ended or self._process is None

    async def dies(self) -> None:
        """Let it die at once, as in a power cut."""
        await self._signalled(signal.SIGKILL)

    async def sleeps(self, seconds: float) -> None:
        """Let it stand still for so long, as a machine that was suspended."""
        assert self._process is not None
        assert not self._ended, "it has ended by itself:\n" + "\n".join(self.output)
        os.killpg(self._process.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.killpg(self._process.pid, signal.SIGCONT)

    async def stops(self) -> int:
        """Ask it to stop, as systemd and Docker do; returns the exit code."""
        return await self._signalled(signal.SIGTERM)

    async def ends(self) -> int:
        """Wait for its end and for its last words; returns the exit code."""
        assert self._process is not None
        assert self._listening is not None
        async with asyncio.timeout(PATIENCE):
            code = await self._process.wait()
            await self._listening
        return code

    async def clear_away(self) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.dies()

    async def _signalled(self, number: signal.Signals) -> int:
        assert self._process is not None
        with suppress(ProcessLookupError):  # it may have ended by itself this very moment
            os.killpg(self._process.pid, number)
        return await self.ends()

    async def _listen(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            async with self._heard:
                self.output.append(line.decode().rstrip())
                self._heard.notify_all()
        async with self._heard:
            self._ended = True
            self._heard.notify_all()


@pytest.fixture
def api() -> BotApi:
    return BotApi(SystemClock())


@pytest.fixture
async def server(api: BotApi) -> AsyncIterator[Server]:
    running = await serve(api, port=0)
    yield running
    await running.close()


@pytest.fixture
def folder(tmp_path: Path, databases: Databases) -> Iterator[Path]:
    """Where a bot can be started; its diary lies there, or its settings say where."""
    with databases.set_in(tmp_path):
        yield tmp_path


@pytest.fixture
async def bot(folder: Path, server: Server) -> AsyncIterator[BotProcess]:
    process = BotProcess(folder, server.url)
    yield process
    await process.clear_away()


def person(api: BotApi, user_id: int, name: str) -> Person:
    """A person who does not wait for the bot after every act, as people are."""

    async def at_once() -> None:
        return None

    return Person(api, user_id, name, settle=at_once)


async def until(api: BotApi, true: Callable[[], object], otherwise: Callable[[], str]) -> None:
    """Wait until something is true of what people can see; fails with `otherwise` when it does not come."""
    try:
        async with asyncio.timeout(PATIENCE):
            version = api.version
            while not true():
                version = await api.changed(version, PATIENCE)
    except TimeoutError:
        pytest.fail(otherwise())


async def sees(one: Person, *words: str) -> Seen:
    """Wait until the bot's last message to a person has these words, and return it."""

    def last() -> Seen | None:
        return next((seen for seen in reversed(one.chat) if seen.from_bot), None)

    def there() -> bool:
        seen = last()
        return seen is not None and all(word in seen.text for word in words)

    await until(one.api, there, lambda: f"{words} never came; the last message is {last()}")
    return one.sees


def where_it_is_day(now: datetime) -> str:
    """Return a zone where it is between 6:00 and 16:00: no card comes by itself, no day ends under a story."""
    zones = ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo")
    return next(zone for zone in zones if 6 <= now.astimezone(ZoneInfo(zone)).hour < 16)


async def settles_in(one: Person) -> None:
    """Go through the welcome: card at 20:00, no reminders."""
    await one.says("/start")
    await sees(one, "diary, not a doctor")
    await one.taps("I agree")
    await sees(one, "Where do you live?")
    await one.says(where_it_is_day(one.api.clock.now()))
    await sees(one, "When shall I ask")
    await one.taps("20:00")
    await sees(one, "I’ll ask at")
    await one.taps("No reminders")
    await sees(one, "All set.")


@contextmanager
def diary(folder: Path) -> Iterator[Session]:
    """Open the diary that a bot has left in its folder, with its key."""
    engine = open_engine(address_in(folder))
    with engine.begin() as connection:
        yield Session(connection, load_keys(folder / "headsup.key"), Settings())
    engine.dispose()
