"""Under systemd: the unit is in order, and the process says when it runs, that it lives, and that it stops."""

import asyncio
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.live import _tell_we_live
from bot.watchdog import Watchdog
from tests.conftest import Telegram
from tests.e2e.conftest import PATIENCE, BotProcess

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/headsup.service"
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


class Listener:
    """What systemd would hear."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.setblocking(False)

    async def next(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return (await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode()

    def rest(self) -> list[str]:
        heard = []
        while True:
            try:
                heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def systemd(address: str) -> Iterator[Listener]:
    listener = Listener(address)
    yield listener
    listener.close()


async def test_it_says_that_it_runs_lives_and_stops(bot: BotProcess, systemd: Listener, address: str) -> None:
    bot.variables |= {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000"}
    await bot.runs()
    assert [await systemd.next() for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
    assert await bot.stops() == 0
    heard = systemd.rest()
    assert heard[-1] == "STOPPING=1"
    assert set(heard[:-1]) <= {"WATCHDOG=1"}


async def test_without_systemd_nothing_is_said(systemd: Listener, telegram: Telegram) -> None:
    watchdog = Watchdog({})
    await _tell_we_live(watchdog, telegram.database, telegram.clock)
    watchdog.stops()
    assert systemd.rest() == []


async def test_a_writer_that_hangs_is_no_life(telegram: Telegram, systemd: Listener, address: str) -> None:
    watchdog = Watchdog({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "120000000"})
    assert watchdog.every == 60
    goes_on = threading.Event()
    telling = asyncio.create_task(_tell_we_live(watchdog, telegram.database, telegram.clock))
    assert [await systemd.next() for _ in range(2)] == ["READY=1", "WATCHDOG=1"]
    hanging = [telegram.database.submit(lambda session: goes_on.wait()) for _ in range(8)]
    systemd.rest()
    before = telegram.clock.now()
    for _ in range(1000):
        await asyncio.sleep(0)
    assert len(systemd.rest()) <= 1, "one that was on its way"
    assert (telegram.clock.now() - before).total_seconds() <= 60
    goes_on.set()
    for future in hanging:
        assert future.result(PATIENCE)
    assert await systemd.next() == "WATCHDOG=1"
    telling.cancel()


def test_another_process_s_watchdog_is_left_alone(address: str) -> None:
    assert Watchdog({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).every is None
    assert Watchdog({"NOTIFY_SOCKET": address}).every is None


def test_an_address_without_a_file() -> None:
    name = "headsup-test-of-the-watchdog"
    listener = Listener(f"\0{name}")
    Watchdog({"NOTIFY_SOCKET": f"@{name}"}).runs()
    assert listener.rest() == ["READY=1"]
    listener.close()


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as it is, but for the program, which is where systemd can find it."""
    copy = tmp_path / "headsup.service"
    there = str(Path(sys.executable).parent / "headsup")
    copy.write_text(UNIT.read_text("utf-8").replace("/srv/headsup/.venv/bin/headsup", there))
    return copy


@needs_systemd
def test_systemd_has_nothing_to_say_about_the_unit(unit: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False, timeout=60
    )
    about_us = [line for line in said.stderr.splitlines() if unit.name in line]
    assert (said.returncode, about_us) == (0, [])


@needs_systemd
def test_the_unit_allows_little(unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", unit]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", said.stdout)
    assert float(exposure) <= 2.0, said.stdout
