"""The process is killed or stopped while people tap and cards are due: nothing lost, nothing doubled (T02, T03)."""

import asyncio
import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.domain.reminders import CHECKIN
from bot.sandbox.botapi import BotApi, Upload
from bot.sandbox.server import serve
from bot.store.tables import outbox
from tests.e2e.conftest import BotProcess, diary
from tests.faults.household import (
    CARD,
    TIP,
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

PEOPLE = 8
KILLS = points(8, 100)
STOPS = points(1, 8)
LONGEST_LIFE = 0.8
STARTING = (0.3, 1.2)
"""Seconds after its start in which the process is still coming up."""

IN_THE_END = 60.0
IN_FLIGHT = 4
NO_LIMIT_ON_TAPS = {"HEADSUP_ACCESS__UPDATES_PER_MINUTE": "100000"}
"""These people tap faster than anybody; what the bot drops of a flood is another story."""

SOME_WAIT_FOR_THEIR_SECOND = 32
"""Messages after which the limit of 30 a second holds up some that are under way already."""


class SlowApi(BotApi):
    """A Telegram that takes 50 ms for everything, and counts how many messages to `watched` people it has in hand."""

    def __init__(self, clock: SystemClock, watched: range) -> None:
        super().__init__(clock)
        self.watched = {str(user_id) for user_id in watched}
        self.in_hand = self.most_in_hand = 0

    async def call(
        self, token: str, method: str, params: Mapping[str, object], files: Mapping[str, Upload]
    ) -> tuple[int, dict[str, object]]:
        counts = method == "sendMessage" and params.get("chat_id") in self.watched
        self.in_hand += counts
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        await self.clock.sleep(0.025)
        answer = await super().call(token, method, params, files)
        await self.clock.sleep(0.025)
        self.in_hand -= counts
        return answer


async def test_kills_at_random(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    seed = 20261124
    chance = random.Random(seed)
    bot.variables.update(NO_LIMIT_ON_TAPS)
    lay_out(bot.folder)
    people = [Tapper(one, random.Random(one.user_id)) for one in move_in(bot.folder, api, range(1001, 1001 + PEOPLE))]
    await bot.runs()
    await all_done([asyncio.create_task(each.opens_the_card()) for each in people], IN_THE_END)
    messages = [cards_of(each.one) for each in people]
    tapping = [asyncio.create_task(each.taps_on_and_on()) for each in people]
    for kill in range(KILLS):
        await asyncio.sleep(chance.uniform(*STARTING) if kill % 3 == 2 else chance.uniform(0, LONGEST_LIFE))
        await bot.dies()
        await (bot.start() if kill % 3 == 1 else bot.runs())
    for each in people:
        each.content = True
    await all_done(tapping, IN_THE_END)
    async with asyncio.timeout(IN_THE_END):
        await comes_true(api, lambda: not api.updates.queue and all(each.shows_the_truth() for each in people))
    assert await bot.stops() == 0

    with diary(bot.folder) as session:
        must_be_sound(session)
        compared = [compare(each.ledger, told(session, each.one.user_id)) for each in people]
    tapped = sum(len(values) - 1 for each in people for values in each.ledger.values())
    assert tapped >= KILLS * 3, f"seed {seed}: or else nothing was under way when the kills came"
    promise.at_most("T02", "answers lost, kills at random", 0, sum(lost for lost, _ in compared), tries=KILLS)
    promise.at_most("T02", "answers doubled, kills at random", 0, sum(twice for _, twice in compared), tries=KILLS)
    below = sum(cards_of(each.one) for each in people) - sum(messages)
    promise.at_most("T02", "cards asked again below, kills at random", 0, below, tries=KILLS)


async def test_a_stop_under_load(folder: Path, promise: Figures) -> None:
    asked_ids = range(2001, points(2031, 2061))
    api = SlowApi(SystemClock(), asked_ids)
    server = await serve(api, port=0)
    bot = BotProcess(folder, server.url)
    bot.variables.update(NO_LIMIT_ON_TAPS)
    try:
        lay_out(bot.folder)
        asked = move_in(bot.folder, api, asked_ids, due_at=this_minute(api.clock.now()))
        people = [Tapper(one, random.Random(one.user_id)) for one in move_in(bot.folder, api, range(1001, 1007))]
        await bot.runs()
        await all_done([asyncio.create_task(each.opens_the_card()) for each in people], IN_THE_END)
        tapping = [asyncio.create_task(each.taps_on_and_on()) for each in people]
        slowest = 0.0

        def messages() -> int:
            return sum(len(one.chat) for one in asked)

        for _ in range(STOPS):
            some_more = min(messages() + 5, 2 * len(asked))
            async with asyncio.timeout(IN_THE_END):
                await comes_true(api, partial(lambda wanted: messages() >= wanted, some_more))
            began = api.clock.steady()
            assert await bot.stops() == 0
            slowest = max(slowest, api.clock.steady() - began)
            await bot.runs()
        for each in people:
            each.content = True
        await all_done(tapping, IN_THE_END)
        async with asyncio.timeout(IN_THE_END):
            await comes_true(api, lambda: all(len(one.chat) >= 2 for one in asked) and not api.updates.queue)
        assert await bot.stops() == 0
    finally:
        await bot.clear_away()
        await server.close()

    with diary(bot.folder) as session:
        must_be_sound(session)
        compared = [compare(each.ledger, told(session, each.one.user_id)) for each in people]
        owed = select(outbox.c.state).where(outbox.c.kind.in_((CHECKIN, TIP)))
        assert set(session.execute(owed).scalars()) == {"sent"}
    promise.at_most("T03", "answers lost, SIGTERM", 0, sum(lost for lost, _ in compared), tries=STOPS)
    promise.at_most("T03", "answers doubled, SIGTERM", 0, sum(twice for _, twice in compared), tries=STOPS)
    promise.at_most(
        "T03", "cards and reminders doubled, SIGTERM", 0, sum(len(one.chat) - 2 for one in asked), tries=STOPS
    )
    promise.at_most("T03", "lost cards, SIGTERM", 0, sum(len(shown(one, CARD)) != 1 for one in asked), tries=STOPS)
    promise.at_most("T03", "from SIGTERM to the end", 25, slowest, "s", tries=STOPS)
    promise.at_most("T03", "cards and reminders under way at once", IN_FLIGHT, api.most_in_hand, tries=STOPS)


@pytest.mark.slow
async def test_a_stop_in_the_middle_of_a_ban(api: BotApi, bot: BotProcess, promise: Figures) -> None:
    lay_out(bot.folder)
    asked = move_in(bot.folder, api, range(2001, 2041), due_at=this_minute(api.clock.now()))
    await bot.start()
    async with asyncio.timeout(IN_THE_END):
        await comes_true(api, lambda: sum(len(one.chat) for one in asked) >= SOME_WAIT_FOR_THEIR_SECOND)
    api.fail("sendMessage", status=429, retry_after=300)
    await bot.prints("telegram.flood")
    sent = sum(len(one.chat) for one in asked)
    began = api.clock.steady()
    assert await bot.stops() == 0
    promise.at_most("T03", "from SIGTERM to the end, during a ban", 25, api.clock.steady() - began, "s")
    await bot.runs()
    assert await bot.stops() == 0
    assert sum(len(one.chat) for one in asked) == sent, "a new process keeps the old one's silence"
