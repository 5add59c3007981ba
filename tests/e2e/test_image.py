"""The container image without Docker: its steps in a folder, then the bot in it, as a nobody on a read-only tree."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server
from tests.e2e.conftest import PATIENCE, BotProcess, person, sees, settles_in
from tests.e2e.image import Image


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write anywhere, and there is no setpriv")
    root = Path(mkdtemp(prefix="headsup-image-"))
    root.chmod(0o755)
    try:
        yield Image(root)
    except subprocess.CalledProcessError as failed:
        if b"NewConnectionError" in failed.stderr or b"No matching distribution" in failed.stderr:
            pytest.skip("no packages to be had here")
        pytest.fail(failed.stderr.decode())
    finally:
        subprocess.run(["chmod", "-R", "u+w", root], check=False)
        shutil.rmtree(root)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Contained(BotProcess):
    """The bot as `docker run` would start it: the image's command, user and environment, and the token in a file."""

    def __init__(self, image: Image, server_url: str) -> None:
        super().__init__(image.root / "config", server_url)
        self.variables = {
            **image.variables(),
            "HEADSUP_TELEGRAM__BASE_URL": f"{server_url}/bot",
            "HEADSUP_TELEGRAM__TOKEN_FILE": str(image.root / "config/bot_token"),
            "HEADSUP_ACCESS__MODE": "open",
            "HEADSUP_HTTP__PORT": str(free_port()),
        }
        self._image = image

    def command(self, *words: str) -> list[str]:
        return self._image.begin(*self._image.command["entrypoint"], *(words or self._image.command["cmd"]))


@pytest.fixture
async def contained(image: Image, server: Server) -> AsyncIterator[Contained]:
    token = image.root / "config/bot_token"
    token.write_text("1:sandbox")
    token.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(token, image.user, image.user)
    process = Contained(image, server.url)
    yield process
    await process.clear_away()


def written(image: Image) -> set[str]:
    """Return the files in the image that nobody but its user can have made."""
    return {str(path.relative_to(image.root)) for path in image.root.rglob("*") if is_new(path)}


def is_new(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and bool(path.stat().st_mode & 0o200)


async def test_the_bot_lives_in_the_image(api: BotApi, image: Image, contained: Contained) -> None:
    await contained.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    check = image.begin(*image.command["healthcheck"])
    async with asyncio.timeout(PATIENCE):
        while await (await asyncio.create_subprocess_exec(*check, env=contained.variables)).wait():
            pass  # the first beat comes within a second
    assert await contained.stops() == 0
    assert not [line for line in contained.output if "Traceback" in line]
    places = {name.partition("/")[0] for name in written(image) - {"config/bot_token"}}
    assert places == {"data", "keys"}
    assert (image.root / "keys/headsup.key").stat().st_mode & 0o777 == 0o600


def test_it_cannot_write_anywhere_else(image: Image) -> None:
    for place in ("src", "venv/lib", "."):
        tried = image.begin("python", "-c", f"open({str(image.root / place / 'x')!r}, 'w')")
        said = subprocess.run(tried, env=image.variables(), capture_output=True, text=True, check=False)
        assert "PermissionError" in said.stderr, place
