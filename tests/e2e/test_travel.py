"""`headsup sandbox` travels, is stopped and started again: it is as far ahead as it was, and the diary goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import PATIENCE, BotProcess

ZONE = "Europe/Berlin"
DAY = 86_400.0


class Page:
    """What the chat page asks for, for one person."""

    def __init__(self, http: aiohttp.ClientSession, url: str, person: int) -> None:
        self.http = http
        self.person = f"{url}/chat/{person}"

    async def act(self, what: str, **body: object) -> None:
        async with self.http.post(f"{self.person}/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def stage(self) -> dict[str, Any]:
        async with self.http.get(f"{self.person}/backstage", params={"zone": ZONE}) as answer:
            return dict((await answer.json())["stage"])

    async def texts(self) -> list[str]:
        async with self.http.get(f"{self.person}/view") as answer:
            return [str(one.get("text", "")) for one in (await answer.json())["messages"]]

    async def sees(self, words: str) -> None:
        """Wait until the last message has these words."""
        version = -1
        async with asyncio.timeout(PATIENCE):
            while words not in (await self.texts())[-1]:
                async with self.http.get(f"{self.person}/view", params={"after": version, "wait": 5}) as answer:
                    version = (await answer.json())["version"]


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = BotProcess(tmp_path, "")
    process.variables = {}
    yield process
    await process.clear_away()


async def opened(sandbox: BotProcess, http: aiohttp.ClientSession) -> Page:
    await sandbox.start("sandbox", "--port", "0")
    url = (await sandbox.prints("The sandbox is open: ")).rpartition(" ")[2]
    page = Page(http, url, 1001)
    await page.act("join", first_name="Ann", language="en")
    return page


@pytest.mark.parametrize("dies", [False, True], ids=["stopped", "killed"])
async def test_a_sandbox_started_again_goes_on_where_it_was_in_time(sandbox: BotProcess, dies: bool) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        page = await opened(sandbox, http)
        began = (await page.stage())["now"]
        await page.act("diary", zone=ZONE)
        await page.act("say", text="/next")
        await page.sees("Coming next")
        for stop in ("card", "tomorrow", "tomorrow"):
            await page.act("travel", zone=ZONE, stop=stop)
        for words, answer in (("/next", "Coming next"), ("/help", "You can also type your day")):
            await page.act("say", text=words)
            await page.sees(answer)
        said = await page.texts()
        assert any("Did your head hurt today?" in text for text in said)
        assert not any("I was away" in text for text in said), "it was there all the while"
        there = (await page.stage())["now"]
        assert there - began >= DAY
        await (sandbox.dies() if dies else sandbox.stops())

        page = await opened(sandbox, http)
        stage = await page.stage()
        assert 0 <= stage["now"] - there < DAY, "never back, and not further than the real time"
        assert stage["next"], "the diary is still there"
        await page.act("travel", zone=ZONE, stop="card")
        assert any("Did your head hurt today?" in text for text in await page.texts()), "the chat is open again"
        await sandbox.stops()


async def test_until_somebody_has_said_where_they_live_the_pages_own_clock_goes_on(sandbox: BotProcess) -> None:
    async with aiohttp.ClientSession() as http:
        page = await opened(sandbox, http)
        await page.act("say", text="/start", reply_to=None)
        await page.sees("not a doctor")
        async with http.get(f"{page.person}/view") as answer:
            hello = (await answer.json())["messages"][-1]
        agree = hello["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await page.act("tap", message_id=hello["message_id"], data=agree)
        await page.sees("Where do you live?")
        assert (await page.stage())["zone"] == ZONE
        await page.act("say", text="Kathmandu", reply_to=None)
        await page.sees("When shall I ask")
        assert (await page.stage())["zone"] == "Asia/Kathmandu"
