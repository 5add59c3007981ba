"""Replies of several processes: each asks the database for room, in turn, and none uses what was granted long ago."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from bot.chat.limits import KNOWN_AFTER, Lane
from bot.chat.shared_limits import SharedLimits
from bot.clock import Clock
from bot.config import Settings
from bot.store import grants
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from tests.clock import HandClock

pytestmark = pytest.mark.postgres
T = TypeVar("T")


class Slow(Database):
    """A database whose answers take so long each, by a clock that is set by hand."""

    clock: HandClock
    takes: list[float]

    async def write(self, work: Callable[[Session], T]) -> T:
        result = await super().write(work)
        if self.takes:
            self.clock.moves(self.takes.pop(0))
        return result

    async def insist(self, work: Callable[[Session], T], clock: Clock) -> T:
        return await self.write(work)


@pytest.fixture
async def slow(settings: Settings, clock: HandClock) -> AsyncIterator[Slow]:
    engine = open_engine(settings.database.url)
    slow = Slow(engine, make_keys(settings.keys.file), settings, shared=True)
    slow.clock, slow.takes = clock, []
    await slow.write(grants.prepare)
    yield slow
    slow.close()


def laid(session: Session) -> list[Any]:
    return list(session.execute(select(grants.grants).order_by(grants.grants.c.id)).all())


async def test_what_the_database_takes_is_no_part_of_the_way_to_telegram(slow: Slow, clock: HandClock) -> None:
    limits = SharedLimits(slow, clock, per_second=1000, per_chat_per_second=1000)
    slow.takes = [0.5] * 2 * KNOWN_AFTER
    for _ in range(KNOWN_AFTER):
        async with limits.permit(1, Lane.REPLY):
            clock.moves(0.1)
    assert limits.way_back == pytest.approx(0.05), "else a message may arrive later than it is thought to"


async def test_who_was_stopped_while_asking_asks_again(
    slow: Slow, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    ask = grants.ask

    def notes(session: Session, per_second: int, waiting: int | None = None) -> tuple[int, bool]:
        asked.append(waiting)
        return ask(session, per_second, waiting)

    monkeypatch.setattr(grants, "ask", notes)
    limits = SharedLimits(slow, clock, per_second=1, per_chat_per_second=1000)
    slow.takes = [30.0]
    async with limits.permit(1, Lane.REPLY):
        (row,) = await slow.write(laid)
    assert asked == [None, row.id], "what was granted half a minute ago is another's by now"


async def test_replies_go_in_the_order_in_which_they_were_owed(
    slow: Slow, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "A_SECOND", timedelta(seconds=0.03))
    limits = SharedLimits(slow, clock, per_second=1, per_chat_per_second=1000)
    went: list[int] = []

    async def sends(chat: int) -> None:
        async with limits.permit(chat, Lane.REPLY):
            went.append(chat)

    async with limits.permit(0, Lane.REPLY):
        waiting = [asyncio.create_task(sends(chat)) for chat in range(1, 9)]
        while len(await slow.write(laid)) < 2:  # noqa: ASYNC110 - that another asks is told by the table alone
            await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert went == [*range(1, 9)]
