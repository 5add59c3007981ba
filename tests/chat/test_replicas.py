"""Several processes hear for one bot: each update is handled once, each person's in order, whoever dies with them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat.application import LEFT_FOR, Chat
from bot.chat.turn import SHOWN_WITHIN
from bot.render.message import Message, Reply
from bot.sandbox.person import Person
from bot.sandbox.transport import SandboxRequest
from bot.store import grants, inbox
from bot.store.crypto import load_keys
from bot.store.database import Database, open_engine
from tests.chat.test_send import PNG
from tests.conftest import Telegram

pytestmark = pytest.mark.postgres

AT_ONCE = timedelta(0)


class Replica:
    """One of several processes behind one address."""

    def __init__(self, telegram: Telegram) -> None:
        settings = telegram.settings
        self.database = Database(
            open_engine(settings.database.url), load_keys(settings.keys.file), settings, shared=True, writers=2
        )
        self.clock = telegram.clock
        self.chat = Chat(
            self.database,
            telegram.clock,
            token=telegram.api.token,
            base_url="https://sandbox.invalid/bot",
            request=SandboxRequest(telegram.api),
            polling=SandboxRequest(telegram.api),
        )

    async def starts(self) -> None:
        await self.database.write(grants.prepare)
        await self.chat.start()

    async def only_stores(self, raw: Mapping[str, Any], person: Person) -> None:
        """Die as soon as an update is on disk."""
        await self.database.write(lambda s: inbox.store(s, [(raw, person.user_id)], self.clock.now()))

    async def takes(self, raw: Mapping[str, Any]) -> None:
        await self.chat.intake.take_in_one(raw)
        async with asyncio.timeout(30):
            await self.chat.settle()

    async def stops(self) -> None:
        await self.chat.stop()
        self.database.close()


@pytest.fixture
async def pair(telegram: Telegram) -> AsyncIterator[tuple[Replica, Replica]]:
    one, other = Replica(telegram), Replica(telegram)
    await one.starts()
    await other.starts()
    yield one, other
    await one.stops()
    await other.stops()


async def says(telegram: Telegram, person: Person, text: str) -> Mapping[str, Any]:
    """Let somebody say something; returns the update, which nobody has got yet."""

    async def nothing() -> None:
        pass

    settle, person.settle = person.settle, nothing
    await person.says(text)
    person.settle = settle
    waiting = telegram.api.updates.queue.pop()
    return {"update_id": waiting.update_id, **waiting.body}


async def test_an_update_that_is_pushed_to_two_at_once_is_answered_once(
    telegram: Telegram, ann: Person, pair: tuple[Replica, Replica]
) -> None:
    raw = await says(telegram, ann, "/help")
    before = len(ann.chat)
    await asyncio.gather(*(each.takes(raw) for each in pair))
    assert len(ann.chat) == before + 1


async def test_what_two_take_up_at_once_is_answered_once(
    telegram: Telegram, ann: Person, pair: tuple[Replica, Replica]
) -> None:
    one, other = pair
    await one.only_stores(await says(telegram, ann, "/help"), ann)
    before = len(ann.chat)
    await asyncio.gather(one.chat.take_up(AT_ONCE), other.chat.take_up(AT_ONCE))
    await asyncio.gather(one.chat.settle(), other.chat.settle())
    assert len(ann.chat) == before + 1


async def test_what_is_left_is_taken_up_after_a_while(
    telegram: Telegram, ann: Person, pair: tuple[Replica, Replica]
) -> None:
    one, other = pair
    await one.only_stores(await says(telegram, ann, "/help"), ann)
    before = len(ann.chat)
    await other.chat.take_up()
    await other.chat.settle()
    assert len(ann.chat) == before, "whoever has it may still be at it"
    telegram.clock.moves(LEFT_FOR.total_seconds())
    await other.chat.take_up()
    await other.chat.settle()
    assert len(ann.chat) == before + 1


async def test_what_another_got_first_is_answered_first(
    telegram: Telegram, ann: Person, pair: tuple[Replica, Replica]
) -> None:
    one, other = pair
    first, second = await says(telegram, ann, "/help"), await says(telegram, ann, "/reminders")
    before = len(ann.chat)
    await one.only_stores(first, ann)
    await other.takes(second)
    came = [seen.text for seen in ann.chat[before:]]
    assert len(came) == 2
    await ann.says("/help")
    assert came[0] == ann.sees.text


async def test_an_answer_that_nobody_shows_is_waited_for_ten_seconds_and_no_longer(
    telegram: Telegram, ann: Person, pair: tuple[Replica, Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = pair
    first, second = await says(telegram, ann, "/help"), await says(telegram, ann, "/reminders")
    before = len(ann.chat)
    with monkeypatch.context() as dies:
        dies.setattr(one.chat.sender, "reply", lambda answer: None)
        await one.takes(first)
    began = telegram.clock.now()
    await other.takes(second)
    assert len(ann.chat) == before + 1
    assert SHOWN_WITHIN <= telegram.clock.now() - began < SHOWN_WITHIN + timedelta(seconds=2)


async def test_whatever_follows_the_first_message_of_the_clocks_is_asked_for(
    telegram: Telegram, ann: Person, pair: tuple[Replica, Replica]
) -> None:
    """A grant is for as many messages as people; a summary may be a picture and a text."""
    one, _ = pair

    async def owed() -> bool:
        return True

    telegram.clock.moves(60)  # Telegram counts what the first days brought to this chat, too
    before = len(ann.chat)
    await one.chat.sender.deliver(ann.user_id, Reply((Message("One"), Message("Two"))), lambda: True, owed)
    picture = Message("word " * 300, draw=lambda: PNG)
    await one.chat.sender.deliver(ann.user_id, Reply((picture,)), lambda: True, owed)
    assert len(ann.chat) == before + 4
    asked = await one.database.write(lambda s: s.execute(select(func.sum(grants.grants.c.many))).scalar_one())
    assert asked == 2
