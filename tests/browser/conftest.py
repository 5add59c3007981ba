"""A real browser, where this machine has one: Chromium, talking to nobody but the sandbox."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.e2e.conftest import BotProcess

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """Return the path of the browser: the one that CHROMIUM names, else the first of the usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None and os.environ.get("HEADSUP_REQUIRE_BROWSER") == "1":
        pytest.fail("no Chromium found; set CHROMIUM to its path")
    if path is None:
        pytest.skip("no Chromium found; set CHROMIUM to its path")
    async with async_playwright() as playwright:
        chosen = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chosen
        await chosen.close()


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots go; not under version control."""
    folder = Path(__file__).parents[2] / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[str]:
    """`headsup sandbox` as people start it, in an empty folder; the address it prints."""
    process = BotProcess(tmp_path, "")
    process.variables = {}
    await process.start("sandbox", "--port", "0")
    yield (await process.prints("The sandbox is open: ")).rpartition(" ")[2]
    assert await process.stops() == 0
    assert not [line for line in process.output if "Traceback" in line or "[error" in line]
