"""/health of the real processes: the whole bot, and each of the two parts that run on one PostgreSQL."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server
from tests.e2e.conftest import PATIENCE, BotProcess, person
from tests.faults.test_webhook import free_port


async def pulses(port: int) -> set[str]:
    """Wait until it says that it is well; returns what it looks at."""
    async with aiohttp.ClientSession() as http, asyncio.timeout(PATIENCE):
        while True:
            async with http.get(f"http://127.0.0.1:{port}/health") as answer:
                told = await answer.json()
            if answer.status == 200:
                return set(told["seconds"])


async def test_the_bot_is_well_when_it_hears_and_ticks(api: BotApi, bot: BotProcess) -> None:
    port = free_port()
    bot.variables["HEADSUP_HTTP__PORT"] = str(port)
    await bot.runs()
    await person(api, 1001, "Ann").says("/start")  # else the answer to the first long poll comes after 25 s
    assert await pulses(port) == {"poll", "tick"}
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert "headsup_last_tick_timestamp_seconds" in await answer.text()
    assert await bot.stops() == 0


@pytest.mark.postgres
async def test_each_part_is_well_by_what_it_is_there_for(folder: Path, server: Server) -> None:
    parts = {"web": {"poll"}, "worker": {"tick"}}
    processes = [BotProcess(folder, server.url) for _ in parts]
    try:
        for process, part in zip(processes, parts, strict=True):
            port = free_port()
            process.variables |= {
                "HEADSUP_HTTP__PORT": str(port),
                "HEADSUP_TELEGRAM__WEBHOOK__URL": "https://bot.example/hook",
                "HEADSUP_TELEGRAM__WEBHOOK__PORT": str(free_port()),
            }
            await process.start(part)
            await process.prints("Running as")
            assert await pulses(port) == parts[part]
            assert await process.stops() == 0
    finally:
        for process in processes:
            await process.clear_away()


async def test_a_port_that_is_taken_is_told(bot: BotProcess, server: Server) -> None:
    await bot.start(HEADSUP_HTTP__PORT=str(server.port))
    assert await bot.ends() == 1
    assert bot.output[-1].startswith(f"[http] port: 127.0.0.1:{server.port}: ")
    assert bot.output[-1].endswith("address already in use")
