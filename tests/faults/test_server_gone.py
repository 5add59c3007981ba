"""A diary's server ends under a bot and comes back: nothing is lost, nothing doubled, it goes on by itself (T32)."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.sandbox.person import Person
from tests.databases import Postgres, Server
from tests.faults.disks import lines_a_minute
from tests.faults.household import CARD, comes_true, move_in, shown, this_minute
from tests.faults.promises import Figures, points
from tests.faults.test_taken_away import PATIENCE, SOON, house

GONE_FOR = 5.0
TIMES = points(1, 12)
ASKED = 20
UNTIL_ALL_ARE_SENT = 3.0
"""Seconds that their messages take, at thirty in any second."""

pytestmark = pytest.mark.postgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for this story alone, which keeps what it has said to have written."""
    with TemporaryDirectory(prefix="headsup-pg-") as folder:
        server = Server(Path(folder))
        postgres = Postgres(server.address, safe=True)
        with postgres.set_in(tmp_path):
            yield server
        postgres.close()
        server.close()


async def test_a_server_that_is_gone_for_a_while(server: Server, tmp_path: Path, promise: Figures) -> None:
    chance = random.Random(32)
    async with house(tmp_path) as home:
        await home.begins()
        asked: list[Person] = []

        def have_come() -> bool:
            return all(len(one.chat) >= 2 for one in asked)

        for number in range(TIMES):
            ends, when = ((server.dies, "server killed"), (server.stops, "server restarted"))[number % 2]
            async with home.tapping():
                them = range(2001 + ASKED * number, 2001 + ASKED * (number + 1))
                asked += move_in(tmp_path, home.api, them, due_at=this_minute(home.api.clock.now()))
                await asyncio.sleep(chance.uniform(0, UNTIL_ALL_ARE_SENT))
                before = len(home.bot.output)
                await asyncio.to_thread(ends)
                await asyncio.sleep(GONE_FOR)
                lines = lines_a_minute(home.bot.output[before:], GONE_FOR)
                await asyncio.to_thread(server.comes_back)
            took = await home.all_shown()
            promise.at_most("T32", f"log lines a minute and kind of trouble, {when}", 1, lines)
            promise.at_most("T32", f"until taps are answered, {when}", SOON, took, "s")
            async with asyncio.timeout(PATIENCE):
                await comes_true(home.api, have_come)
        cards = [len(shown(one, CARD)) for one in asked]
        tips = [len(one.chat) - count for one, count in zip(asked, cards, strict=True)]
        lost, doubled = cards.count(0) + tips.count(0), max(*cards, *tips) - 1
        promise.at_most("T32", "cards and reminders lost, server gone", 0, lost, tries=2 * len(asked))
        promise.at_most("T32", "cards and reminders doubled, server gone", 0, doubled, tries=2 * len(asked))
        promise.at_most("T32", "tracebacks, server gone", 0, sum("Traceback" in line for line in home.bot.output))
        await home.ends_well(promise, "server gone")
