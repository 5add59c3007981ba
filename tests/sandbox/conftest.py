"""A sandbox with a clock that stands still until it is moved, and the real PTB Bot on the other side of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from telegram import Bot
from telegram.error import BadRequest

from bot.sandbox.botapi import BotApi
from bot.sandbox.transport import SandboxRequest

ANN, BEN = 1001, 1002


class StillClock:
    """Stands still; `moves` lets time pass and wakes those who have slept long enough."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 20, 0, tzinfo=UTC) + timedelta(seconds=self.passed)

    def steady(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self.sleepers.append((self.passed + seconds, woken))
        await woken.wait()

    def moves(self, seconds: float) -> None:
        self.passed += seconds
        for until, woken in self.sleepers:
            if until <= self.passed:
                woken.set()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def api(clock: StillClock) -> BotApi:
    """A sandbox where Ann has said /start and Ben has only been seen; the bot has read nothing yet."""
    api = BotApi(clock)
    api.join(ANN, "Ann")
    api.join(BEN, "Ben")
    api.says(ANN, "/start")
    return api


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, request=SandboxRequest(api), get_updates_request=SandboxRequest(api)) as bot:
        yield bot


@pytest.fixture
def png() -> bytes:
    return picture("PNG", 120, 80)


def refused(words: str = "") -> pytest.RaisesExc[BadRequest]:
    """Expect a 400 with these words; PTB changes their capitals."""
    return pytest.raises(BadRequest, match=f"(?i){re.escape(words)}")


def picture(kind: str, width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "white").save(out, kind)
    return out.getvalue()
