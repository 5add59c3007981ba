"""A pushed bot is killed before it has stored an update, before it has said so and right after (T04)."""

import asyncio
import json
import random
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.sandbox.botapi import BotApi
from bot.store.database import open_to_read
from bot.store.tables import inbox
from bot.web.webhook import HEADER
from tests.databases import address_in
from tests.e2e.conftest import BotProcess, diary
from tests.faults.household import (
    Tapper,
    all_done,
    cards_of,
    comes_true,
    compare,
    lay_out,
    move_in,
    must_be_sound,
    told,
)
from tests.faults.promises import Figures, points

PEOPLE = range(1001, 1007)
ROUNDS = points(1, 16)
IN_THE_END = 60.0
LOST, LATE = 0.1, 0.1
"""How often the way back loses a 200, and how often an update comes once more behind later ones."""

Raw = dict[str, Any]
Strike = Callable[[Raw], Awaitable[bool]]


class Pusher:
    """Telegram's side of a webhook: a chat's updates one by one, each again until it is answered with 200.

    Chats go side by side, so their updates arrive in any order.
    """

    def __init__(self, api: BotApi, port: int, chance: random.Random) -> None:
        self.api = api
        self.port = port
        self.chance = chance
        self.pushed = 0
        self._strike: Strike | None = None
        self._struck = asyncio.Event()
        self._chats: dict[int, deque[Raw]] = {}

    @property
    def secret(self) -> str:
        return str(self.api.updates.webhook.get("secret_token", ""))

    @property
    def idle(self) -> bool:
        return not self.api.updates.queue and not self._chats

    async def run(self) -> None:
        """Push whatever comes, for ever."""
        async with aiohttp.ClientSession() as self.http, asyncio.TaskGroup() as chats:
            while True:
                await comes_true(self.api, lambda: self.api.updates.queue)
                while self.api.updates.queue:
                    waiting = self.api.updates.queue.popleft()
                    raw = {"update_id": waiting.update_id, **waiting.body}
                    chat = next(iter(waiting.body.values()))["from"]["id"]
                    if chat in self._chats:
                        self._chats[chat].append(raw)
                    else:
                        self._chats[chat] = deque([raw])
                        chats.create_task(self._push_all(chat))

    async def is_struck(self, strike: Strike) -> None:
        """Do this once in place of a delivery, after some more of them."""
        enough = self.pushed + self.chance.randint(5, 25)
        await comes_true(self.api, lambda: self.pushed >= enough)
        self._struck.clear()
        self._strike = strike
        await self._struck.wait()

    async def _push_all(self, chat: int) -> None:
        lane = self._chats[chat]
        before: Raw | None = None
        while lane:
            if not await self._push(lane[0]):
                await self.api.clock.sleep(self.chance.uniform(0.05, 0.2))
                continue
            self.pushed += 1
            if before is not None and self.chance.random() < LATE:
                await self.posts(before)
            before = lane.popleft()
        del self._chats[chat]
        self.api.move()

    async def _push(self, raw: Raw) -> bool:
        if strike := self._strike:
            self._strike = None
            confirmed = await strike(raw)
            self._struck.set()
            return confirmed
        return await self.posts(raw) and self.chance.random() >= LOST

    async def posts(self, raw: Raw) -> bool:
        """Deliver an update and wait for the answer; returns whether it was 200."""
        try:
            url = f"http://127.0.0.1:{self.port}/hook"
            async with self.http.post(url, json=raw, headers={HEADER: self.secret}) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def sends_off(self, raw: Raw) -> None:
        """Deliver an update and do not wait for an answer."""
        body = json.dumps(raw)
        head = f"POST /hook HTTP/1.1\r\nHost: bot\r\n{HEADER}: {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write((head + body).encode())
        await writer.drain()


def stored(folder: Path, update_id: int) -> bool:
    """Tell whether an update is on disk, whatever else the bot has done with it."""
    engine = open_to_read(address_in(folder))
    with engine.connect() as connection:
        found = connection.execute(select(inbox.c.id).where(inbox.c.update_id == update_id)).first()
    engine.dispose()
    return found is not None


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Strikes:
    """Ways to end a bot in the middle of a delivery; each returns whether the update was confirmed."""

    def __init__(self, bot: BotProcess, pusher: Pusher) -> None:
        self.bot = bot
        self.pusher = pusher
        self.before_stored = self.before_confirmed = 0
        self.exits: set[int] = set()
        self.ways: Sequence[Strike] = (self.early, self.between, self.late, self.any_time, self.gently)

    async def early(self, raw: Raw) -> bool:
        """Kill before the update is stored, or nearly so."""
        await self.pusher.sends_off(raw)
        await self.bot.dies()
        self.before_stored += not stored(self.bot.folder, raw["update_id"])
        return False

    async def between(self, raw: Raw) -> bool:
        """Kill once the update is stored and before its 200 has come."""
        await self.pusher.sends_off(raw)
        async with asyncio.timeout(IN_THE_END):
            while not stored(self.bot.folder, raw["update_id"]):
                await self.pusher.api.clock.sleep(0.001)
        await self.bot.dies()
        self.before_confirmed += 1
        return False

    async def late(self, raw: Raw) -> bool:
        """Kill as soon as the 200 has come."""
        confirmed = await self.pusher.posts(raw)
        await self.bot.dies()
        return confirmed

    async def any_time(self, raw: Raw) -> bool:
        confirmed = await self.pusher.posts(raw)
        await self.pusher.api.clock.sleep(self.pusher.chance.uniform(0, 0.3))
        await self.bot.dies()
        return confirmed

    async def gently(self, raw: Raw) -> bool:
        await self.pusher.sends_off(raw)
        self.exits.add(await self.bot.stops())
        return False


async def runs(bot: BotProcess, pusher: Pusher) -> None:
    """Start the bot and wait until it has told Telegram where it listens."""

    def told() -> int:
        return sum(call.method == "setWebhook" for call in pusher.api.calls)

    before = told()
    await bot.runs()
    async with asyncio.timeout(IN_THE_END):
        await comes_true(pusher.api, lambda: told() > before)


async def test_kills_around_the_confirmation(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    pusher = Pusher(api, free_port(), random.Random(20261124))
    strikes = Strikes(bot, pusher)
    bot.variables |= {
        "HEADSUP_TELEGRAM__MODE": "webhook",
        "HEADSUP_TELEGRAM__WEBHOOK__URL": "https://bot.example/hook",
        "HEADSUP_TELEGRAM__WEBHOOK__PORT": str(pusher.port),
        "HEADSUP_ACCESS__UPDATES_PER_MINUTE": "100000",
    }
    lay_out(bot.folder)
    people = [Tapper(one, random.Random(one.user_id)) for one in move_in(bot.folder, api, PEOPLE)]
    pushing = asyncio.create_task(pusher.run())
    await runs(bot, pusher)
    await all_done([asyncio.create_task(each.opens_the_card()) for each in people], IN_THE_END)
    messages = [cards_of(each.one) for each in people]
    tapping = [asyncio.create_task(each.taps_on_and_on()) for each in people]
    for way in (*strikes.ways,) * ROUNDS:
        async with asyncio.timeout(IN_THE_END):
            await pusher.is_struck(way)
        await runs(bot, pusher)
    for each in people:
        each.content = True
    await all_done(tapping, IN_THE_END)
    async with asyncio.timeout(IN_THE_END):
        await comes_true(api, lambda: pusher.idle and all(each.shows_the_truth() for each in people))
    pushing.cancel()
    assert strikes.exits | {await bot.stops()} == {0}

    with diary(bot.folder) as session:
        must_be_sound(session)
        compared = [compare(each.ledger, told(session, each.one.user_id)) for each in people]
    ends = ROUNDS * len(strikes.ways)
    promise.at_most("T04", "answers lost, webhook", 0, sum(lost for lost, _ in compared), tries=ends)
    promise.at_most("T04", "answers doubled, webhook", 0, sum(twice for _, twice in compared), tries=ends)
    below = sum(cards_of(each.one) for each in people) - sum(messages)
    promise.at_most("T04", "cards asked again below, webhook", 0, below, tries=ends)
    promise.at_least("T04", "kills between storing and confirming", ROUNDS, strikes.before_confirmed)
    if ROUNDS > 1:  # one alone may come too late where the machine is busy
        promise.at_least("T04", "kills before storing", ROUNDS // 2, strikes.before_stored)
