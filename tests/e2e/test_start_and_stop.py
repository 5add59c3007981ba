"""Starting and stopping: the operator's link, a wrong token, no network yet, SIGTERM, and the sandbox by itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.render.consent import agree_button
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve
from bot.texts.words import texts_for
from tests.e2e.conftest import BotProcess, diary, person, sees, settles_in
from tests.faults.household import told

STOPS_WITHIN = 5.0
"""Seconds a graceful stop may take (Docker's patience is ten)."""


async def test_a_stop_finishes_what_is_under_way(api: BotApi, bot: BotProcess) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    await ann.taps("7")
    async with asyncio.timeout(STOPS_WITHIN):
        assert await bot.stops() == 0
    assert not [line for line in bot.output if "Traceback" in line]
    await bot.runs()
    await sees(ann, "Headache 7", "back or neck")
    await bot.stops()
    with diary(bot.folder) as session:
        assert told(session, ann.user_id) == {"headache": [7]}


@pytest.mark.slow
async def test_the_first_start_prints_the_operators_link_and_the_second_does_not(api: BotApi, bot: BotProcess) -> None:
    bot.variables["HEADSUP_ACCESS__MODE"] = "invite"
    await bot.start()
    link = await bot.prints("Your own invitation: https://t.me/HeadsUpSandboxBot?start=")
    ben = person(api, 1002, "Ben")
    await ben.says("/start")
    await sees(ben, "This diary is by invitation.")
    operator = person(api, 1001, "Olga")
    await operator.says(f"/start {link.partition('start=')[2]}")
    await sees(operator, "diary, not a doctor")
    await operator.taps("I agree")
    await sees(operator, "Where do you live?")
    await ben.says(f"/start {link.partition('start=')[2]}")
    await sees(ben, "This invitation has been used")
    await bot.stops()
    await bot.runs()
    await bot.stops()
    assert not [line for line in bot.output if "invitation" in line]


@pytest.mark.slow
async def test_a_wrong_token_is_one_sentence(bot: BotProcess) -> None:
    await bot.start(HEADSUP_TELEGRAM__TOKEN="2:not-the-sandbox")
    assert await bot.ends() == 78
    assert [line for line in bot.output if not line.startswith("Made the key")] == [
        "[telegram] token: Telegram does not know this token; copy it again from @BotFather"
    ]


@pytest.mark.slow
async def test_a_bot_started_before_the_network_connects_when_it_comes(
    api: BotApi, server: Server, bot: BotProcess
) -> None:
    await server.close()
    await bot.start()
    await bot.prints("telegram.unreachable")
    back = await serve(api, port=server.port)
    try:
        ann = person(api, 1001, "Ann")
        await ann.says("/start")
        await sees(ann, "diary, not a doctor")
        assert await bot.stops() == 0
    finally:
        await back.close()


@pytest.mark.slow
async def test_a_stop_is_heeded_while_there_is_no_network(server: Server, bot: BotProcess) -> None:
    await server.close()
    await bot.start()
    await bot.prints("telegram.unreachable")
    async with asyncio.timeout(STOPS_WITHIN):
        assert await bot.stops() == 0
    assert bot.output[-1] == "Stopped."
    assert not [line for line in bot.output if "Traceback" in line or "Unclosed" in line]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def seen(http: aiohttp.ClientSession, ann: str, words: str) -> dict[str, Any]:
    """Wait until the chat page's own view of Ann's chat holds these words; return its last message."""
    view: dict[str, Any] = {"version": -1}
    async with asyncio.timeout(10):
        while words not in json.dumps(view, ensure_ascii=False):
            async with http.get(f"{ann}/view", params={"after": str(view["version"]), "wait": "5"}) as answer:
                view = await answer.json()
    return dict(view["messages"][-1])


async def test_the_sandbox_has_everything_in_one_process_again_and_again(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    sandbox = BotProcess(tmp_path, "")
    sandbox.variables = {}
    try:
        for run in range(3):  # the diary remembers; a look-alike that began to count anew would not be heard
            await sandbox.start("sandbox", "--port", "0", "--data", "diary")
            url = (await sandbox.prints("The sandbox is open: ")).rpartition(" ")[2]
            sandbox.output.clear()
            ann = f"{url}/chat/1001"
            await http.post(f"{ann}/join", json={"first_name": "Ann", "language": "en"})
            await http.post(f"{ann}/say", json={"text": "/start"})
            if run == 0:
                welcome = await seen(http, ann, "diary, not a doctor")
                agree = {"message_id": welcome["message_id"], "data": agree_button(texts_for("en")).data}
                await http.post(f"{ann}/tap", json=agree)
            await seen(http, ann, "Where do you live?")
            await http.post(f"{ann}/say", json={"text": "/help"})
            await seen(http, ann, "You can also type your day")
            async with asyncio.timeout(STOPS_WITHIN):
                assert await sandbox.stops() == 0
    finally:
        await sandbox.clear_away()


@pytest.mark.slow
async def test_the_look_alike_alone_serves_a_bot_started_elsewhere(
    tmp_path: Path, bot: BotProcess, http: aiohttp.ClientSession
) -> None:
    sandbox = BotProcess(tmp_path, "")
    sandbox.variables = {}
    try:
        await sandbox.start("sandbox", "--without-bot", "--port", "0")
        url = (await sandbox.prints("The sandbox is open: ")).rpartition(" ")[2]
        bot.variables["HEADSUP_TELEGRAM__BASE_URL"] = f"{url}/bot"
        await bot.runs()
        async with http.get(f"{url}/bot1:sandbox/getMyCommands") as answer:
            assert "checkin" in [command["command"] for command in (await answer.json())["result"]]
        assert await bot.stops() == 0
        assert await sandbox.stops() == 0
    finally:
        await sandbox.clear_away()
