"""Secrets and words of people stay where they belong: not in logs at their most talkative, not in the files (T60)."""

import asyncio
from pathlib import Path

from bot.clock import SystemClock
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import serve
from bot.store import backup, backup_folder
from bot.store.crypto import load_keys
from bot.store.database import Database, open_engine
from jobs.backups import Backups
from tests.clock import HandClock
from tests.e2e.conftest import BotProcess, person, sees, settles_in
from tests.faults.household import comes_true
from tests.faults.promises import Figures

TOKEN = "7:canary-token-AAGx9"
CANARIES = ("canary-note", "Canaryville", "Canarina", "xyzzy8472")
"""A note, a city, a first name and a password that somebody types by mistake."""


async def test_nothing_of_it_in_logs_and_files(tmp_path: Path, promise: Figures) -> None:
    api = BotApi(SystemClock(), token=TOKEN)
    server = await serve(api, port=0)
    bot = BotProcess(tmp_path, server.url)
    bot.variables |= {"HEADSUP_TELEGRAM__TOKEN": TOKEN, "HEADSUP_LOGGING__LEVEL": "debug"}
    try:
        lines = await tell_everything(api, bot)
    finally:
        await bot.clear_away()
        await server.close()
    promise.at_least("T60", "lines that were logged", 5, len(lines))
    spoken = "\n".join(lines)
    for canary in (TOKEN, TOKEN.partition(":")[2], *CANARIES):
        promise.at_most("T60", "secrets and words of people in logs", 0, spoken.count(canary))
    night = await made_by_night(tmp_path)
    assert night in contents(tmp_path), "a nightly backup is among the files"
    for content in contents(tmp_path):
        for canary in (TOKEN, *CANARIES):
            promise.at_most("T60", "secrets and words of people in files", 0, content.count(canary.encode()))


async def made_by_night(folder: Path) -> bytes:
    """Let the job make its backup of this diary; returns what is in the file."""
    clock = HandClock(SystemClock().now().replace(hour=12))
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/data/headsup.db"), keys=KeyFile(file=folder / "headsup.key")
    )
    engine = open_engine(settings.database.url)
    database = Database(engine, load_keys(settings.keys.file), settings)
    await Backups(database, clock).take(clock.now())
    database.close()
    made = backup_folder.newest(settings)
    assert made is not None
    assert backup.verify(made, database.keys).rows["inbox"], "what was said is in it, sealed"
    return await asyncio.to_thread(made.read_bytes)


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


async def tell_everything(api: BotApi, bot: BotProcess) -> list[str]:
    """Let somebody say all of it, with faults and restarts in between; returns every line that was printed."""
    await bot.runs()
    ann = person(api, 1001, "Canarina")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    for words in ("canary-note about my head", "/settings xyzzy8472", "canary-note head 7", "xyzzy8472"):
        await ann.says(words)
    api.fail("editMessageText", status=502, times=2)
    api.fail("sendMessage", how="lose")
    await ann.taps("7")
    await ann.says("/reminders canary-note")
    api.push({"message": {"message_id": 5, "from": {"id": 1001}, "text": "canary-note, and no date"}})
    api.push(
        {"callback_query": {"id": "1", "from": {"id": 1001, "is_bot": False, "first_name": "Canarina"}, "data": 7}}
    )
    async with asyncio.timeout(30):
        await comes_true(api, lambda: not api.updates.queue and "Headache 7" in " ".join(s.text for s in ann.chat))
    before = list(bot.output)
    await bot.dies()
    await ann.says("Canaryville")
    api.token = "7:another"
    await bot.start()
    before += [await bot.prints("token")]
    before += bot.output
    await bot.ends()
    api.token = TOKEN
    await bot.runs()
    async with asyncio.timeout(30):
        await comes_true(api, lambda: not api.updates.queue)
    assert await bot.stops() == 0
    return before + bot.output
