"""Two web and three worker processes on one PostgreSQL are killed and stopped at random while people tap and thousands
of cards are due: nothing is lost or doubled, somebody else takes over, and the rate is never exceeded (T33)."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.sandbox.botapi import BotApi, Upload
from bot.sandbox.server import serve
from bot.store.tables import outbox
from bot.web.webhook import HEADER
from tests.e2e.conftest import BotProcess, diary
from tests.faults.household import (
    CARD,
    Tapper,
    all_done,
    cards_of,
    comes_true,
    compare,
    lay_out,
    move_in,
    must_be_sound,
    shown,
    this_minute,
    told,
)
from tests.faults.promises import Figures, points
from tests.faults.test_webhook import Pusher, free_port
from tests.faults.world import most_in_any_second

WEBS, WORKERS = 2, 3
RATE = points(60, 200)
IN_FLIGHT = RATE // 10
ASKED = points(150, 10_000)
TAPPERS = points(6, 40)
TAPS = points(20, 500)
KILLS = points(4, 60)
HAND_OVER = 10.0
STOPPED_FOR = 9.0
"""Seconds; long enough for the others to take over."""

IN_THE_END = points(60, 600)

pytestmark = pytest.mark.postgres


class CountingApi(BotApi):
    """A Telegram that notes when each new message reached it."""

    def __init__(self, clock: SystemClock) -> None:
        super().__init__(clock, per_second=RATE)
        self.arrived: list[datetime] = []
        self.refused = 0

    async def call(
        self, token: str, method: str, params: Mapping[str, object], files: Mapping[str, Upload]
    ) -> tuple[int, dict[str, object]]:
        now = self.clock.now()
        status, answer = await super().call(token, method, params, files)
        if method == "sendMessage":
            self.arrived.append(now)
            self.refused += status == 429
        return status, answer


class Balancer(Pusher):
    """A load balancer in front of several bots: an update goes to any that listens."""

    def __init__(self, api: BotApi, ports: list[int], chance: random.Random) -> None:
        super().__init__(api, 0, chance)
        self.ports = ports

    async def posts(self, raw: dict[str, object]) -> bool:
        for port in self.chance.sample(self.ports, len(self.ports)):
            try:
                url = f"http://127.0.0.1:{port}/hook"
                async with self.http.post(url, json=raw, headers={HEADER: self.secret}) as answer:
                    if answer.status == 200:
                        return True
            except aiohttp.ClientError:
                continue
        return False


class Fleet:
    """The processes, each by its words; one that was killed comes back at once, as under systemd."""

    def __init__(self, folder: Path, url: str, ports: list[int]) -> None:
        common = {
            "HEADSUP_ACCESS__UPDATES_PER_MINUTE": "100000",
            "HEADSUP_SENDING__PER_SECOND": str(RATE),
            "HEADSUP_TELEGRAM__WEBHOOK__URL": "https://bot.example/hook",
            "HEADSUP_BACKUP__KEEP_DAILY": "0",
        }
        self.each: list[tuple[BotProcess, str]] = []
        for port in ports:
            web = BotProcess(folder, url)
            web.variables |= {**common, "HEADSUP_TELEGRAM__WEBHOOK__PORT": str(port)}
            self.each.append((web, "web"))
        for _ in range(WORKERS):
            worker = BotProcess(folder, url)
            worker.variables |= common
            self.each.append((worker, "worker"))

    async def runs(self) -> None:
        for process, words in self.each:
            await process.start(words)
        await self.are_up()

    async def are_up(self) -> None:
        """Wait until each has said, since it was started last, that it runs."""
        for process, _ in self.each:
            await process.prints("Running as @HeadsUpSandboxBot")

    async def stops(self) -> set[int]:
        """Stop them all gracefully; returns their exit codes."""
        await self.are_up()
        return {await process.stops() for process, _ in self.each}

    async def clear_away(self) -> None:
        for process, _ in self.each:
            await process.clear_away()


@asynccontextmanager
async def fleet(folder: Path) -> AsyncIterator[tuple[CountingApi, Fleet, Balancer]]:
    api = CountingApi(SystemClock())
    server = await serve(api, port=0)
    ports = [free_port() for _ in range(WEBS)]
    processes = Fleet(folder, server.url, ports)
    try:
        yield api, processes, Balancer(api, ports, random.Random(20261127))
    finally:
        await processes.clear_away()
        await server.close()


def being_sent(folder: Path) -> set[tuple[int, str]]:
    """Return (number, claim) of what some process has claimed and not marked yet."""
    with diary(folder) as session:
        found = select(outbox.c.id, outbox.c.claim).where(outbox.c.state == "sending")
        return {(row.id, row.claim) for row in session.execute(found)}


async def handed_over(api: BotApi, folder: Path, claimed: set[tuple[int, str]]) -> float:
    """Wait until others have taken what was claimed when a process ended; returns the seconds that took."""
    began = api.clock.steady()
    while claimed & await asyncio.to_thread(being_sent, folder):
        await asyncio.sleep(0.1)
        assert api.clock.steady() - began < 3 * HAND_OVER, "nobody took over"
    return api.clock.steady() - began


async def test_kills_among_many(folder: Path, promise: Figures) -> None:
    chance = random.Random(20261127)
    lay_out(folder)
    async with fleet(folder) as (api, processes, balancer):
        people = [Tapper(one, random.Random(one.user_id)) for one in move_in(folder, api, range(1, 1 + TAPPERS))]
        pushing = asyncio.create_task(balancer.run())
        await processes.runs()
        await all_done([asyncio.create_task(each.opens_the_card()) for each in people], IN_THE_END)
        messages = [cards_of(each.one) for each in people]
        asked = move_in(folder, api, range(100_001, 100_001 + ASKED), due_at=this_minute(api.clock.now()))
        began = len(api.arrived)
        tapping = [asyncio.create_task(each.taps_on_and_on()) for each in people]
        slowest = 0.0
        stopped = kills = 0
        while kills < KILLS:
            await asyncio.sleep(chance.uniform(0.5, 3))
            for process, words in processes.each:
                assert not process.ended, f"{words} has ended by itself:\n" + "\n".join(process.output)
            process, words = chance.choice(processes.each)
            claimed = await asyncio.to_thread(being_sent, folder)
            if kills % 5 == 3:
                await process.sleeps(STOPPED_FOR)
                stopped += 1
            else:
                await process.dies()
                slowest = max(slowest, await handed_over(api, folder, claimed))
                await process.start(words)
            kills += 1

        def all_tapped() -> bool:
            return sum(len(values) - 1 for each in people for values in each.ledger.values()) >= TAPPERS * TAPS

        def all_come() -> bool:
            return all(len(one.chat) >= 2 for one in asked)

        async with asyncio.timeout(IN_THE_END):
            await comes_true(api, all_tapped)
            for each in people:
                each.content = True
            await all_done(tapping, IN_THE_END)
            await comes_true(api, lambda: balancer.idle and all(each.shows_the_truth() for each in people))
        async with asyncio.timeout(IN_THE_END):
            await comes_true(api, lambda: all_come() or not being_owed(folder))
        pushing.cancel()
        codes = await processes.stops()
        sent = len(api.arrived) - began
        outputs = [line for process, _ in processes.each for line in process.output]

    assert codes == {0}
    assert not any("Traceback" in line for line in outputs)
    with diary(folder) as session:
        must_be_sound(session)
        compared = [compare(each.ledger, told(session, each.one.user_id)) for each in people]
    taps = sum(len(values) - 1 for each in people for values in each.ledger.values())
    cards = [len(shown(one, CARD)) for one in asked]
    tips = [len(one.chat) - count for one, count in zip(asked, cards, strict=True)]
    promise.at_most("T33", "answers lost, many processes", 0, sum(lost for lost, _ in compared), tries=taps)
    promise.at_most("T33", "answers doubled, many processes", 0, sum(twice for _, twice in compared), tries=taps)
    below = sum(cards_of(each.one) for each in people) - sum(messages)
    promise.at_most("T33", "cards asked again below, many processes", 0, below, tries=kills)
    promise.at_most("T33", "cards lost, many processes", 0, cards.count(0), tries=ASKED)
    more = sum(count - 1 for count in cards if count)
    promise.at_most("T33", "cards doubled, many processes", kills * IN_FLIGHT, more, tries=ASKED)
    promise.at_most("T33", "reminders doubled, many processes", 0, sum(count > 1 for count in tips), tries=ASKED)
    promise.at_most("T33", "reminders lost, many processes", kills * IN_FLIGHT, tips.count(0), tries=ASKED)
    promise.at_most("T33", "most new messages in any second", RATE, most_in_any_second(api.arrived), tries=sent)
    promise.at_most("T33", "refused for haste, many processes", 0, api.refused, tries=sent)
    promise.at_most("T33", "until others have taken over", HAND_OVER, slowest, "s", tries=kills - stopped)


def being_owed(folder: Path) -> bool:
    with diary(folder) as session:
        open_ = select(outbox.c.id).where(outbox.c.state.in_(("due", "sending")), outbox.c.kind != "nudge").limit(1)
        return session.execute(open_).first() is not None
