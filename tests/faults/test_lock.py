"""Two bots never share a diary: the second ends at once and names the first; a killed one is in nobody's way (T34)."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.server import Server
from bot.store.crypto import make_keys
from bot.terminal import FAILED, IN_USE
from tests.e2e.conftest import ROOT, BotProcess
from tests.faults.promises import Figures

pytestmark = pytest.mark.sqlite

AT_ONCE = 5.0
"""Seconds within which a second bot has to be gone: of processor time, which no neighbour on the machine takes away."""
NOT_ROOT = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Takes from root what lets it write where nobody may."""


@pytest.fixture
async def second(bot: BotProcess, server: Server) -> AsyncIterator[BotProcess]:
    """Another process in the folder of the first."""
    process = BotProcess(bot.folder, server.url)
    yield process
    await process.clear_away()


def runs_in(process: str) -> Path:
    return Path(f"/proc/{process}/cwd").readlink()


@pytest.mark.parametrize("command", ["run", "migrate"])
async def test_a_second_bot_names_the_first_and_ends(
    bot: BotProcess, second: BotProcess, promise: Figures, command: str
) -> None:
    await bot.runs()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    await second.start(command)
    promise.at_most("T34", "second bots let in", 0, int(await second.ends() != IN_USE))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    promise.at_most("T34", "processor time until a second bot has ended", AT_ONCE, took, "s")
    [told] = second.output
    words, _, rest = told.partition(" is in use by process ")
    assert words == "[database] url: data/headsup.db"
    holder = rest.removesuffix("; stop that one first")
    assert runs_in(holder) == bot.folder
    assert await bot.stops() == 0, "the first never noticed"


async def test_another_name_for_the_diary_is_no_way_around(
    bot: BotProcess, second: BotProcess, tmp_path: Path, promise: Figures
) -> None:
    await bot.runs()
    (tmp_path / "link.db").symlink_to("data/headsup.db")
    (tmp_path / "elsewhere").symlink_to("data")
    for name in ("link.db", f"../{tmp_path.name}/elsewhere/headsup.db"):
        await second.start("migrate", HEADSUP_DATABASE__URL=f"sqlite:///{name}")
        promise.at_most("T34", "second bots let in by another name", 0, int(await second.ends() != IN_USE))
        assert second.output[0].startswith(f"[database] url: {name} is in use by process ")


async def test_after_a_kill_the_next_start_works_whatever_the_lock_says(bot: BotProcess, promise: Figures) -> None:
    await bot.runs()
    await bot.dies()
    left = bot.folder / "data/headsup.db.lock"
    assert left.exists()
    left.write_text(f"{os.getpid()}\n")  # the number was given to another process meanwhile
    await bot.runs()
    promise.at_most("T34", "starts that fail after a kill -9", 0, int(await bot.stops() != 0))


@pytest.mark.parametrize(("name", "mode"), [("data", 0o500), ("data/headsup.db.lock", 0o400)])
def test_where_there_can_be_no_lock_the_bot_says_so(tmp_path: Path, promise: Figures, name: str, mode: int) -> None:
    what = "starts without a lock where none can be written"
    root = os.geteuid() == 0
    if root and not shutil.which(NOT_ROOT[0]):
        promise.not_run("T34", what, 0, "root may write anywhere, and there is no setpriv")
        pytest.skip("no setpriv")
    make_keys(tmp_path / "headsup.key")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/headsup.db").touch()
    if name.endswith(".lock"):
        (tmp_path / name).touch()
    (tmp_path / name).chmod(mode)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
    said = subprocess.run(
        [*(NOT_ROOT if root else ()), sys.executable, "-m", "bot", "migrate"],
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (tmp_path / "data").chmod(0o700)
    promise.at_most("T34", what, 0, int(said.returncode != FAILED))
    assert said.stderr == (
        f"[database] url: cannot lock {tmp_path}/data/headsup.db.lock: Permission denied; "
        "the bot has to be allowed to write there\n"
    )
