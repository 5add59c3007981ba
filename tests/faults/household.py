"""People with a diary before the story begins, what they tapped, and how the three ledgers compare afterwards."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.config import Settings
from bot.domain.reminders import CHECKIN, EVERY_DAY, NUDGE
from bot.domain.schedule import Schedule
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person, Seen
from bot.store import checkins, reminders, schema, users
from bot.store.crypto import load_keys, make_keys, unseal
from bot.store.database import Session, open_engine
from bot.store.inbox import FORGOTTEN
from bot.store.tables import answers, inbox, outbox
from bot.store.tables import checkins as cards
from tests.conftest import moves_in
from tests.databases import address_in
from tests.e2e.conftest import person

CARD = "question 1 of 5"
TIP = "water"


def lay_out(folder: Path) -> None:
    """Make an empty diary with its key, where `headsup run` looks for it."""
    make_keys(folder / "headsup.key")
    engine = open_engine(address_in(folder))
    schema.upgrade(engine)
    engine.dispose()


def move_in(folder: Path, api: BotApi, ids: Sequence[int], due_at: datetime | None = None) -> list[Person]:
    """Let people have agreed and settled long ago; `due_at` (a full minute): a card and a reminder are due then."""
    engine = open_engine(address_in(folder))
    with engine.begin() as connection:
        session = Session(connection, load_keys(folder / "headsup.key"), Settings())
        for user_id in ids:
            since = api.clock.now() - timedelta(days=30)
            moves_in(session, replace(users.stranger(user_id, "en", "UTC", since), quiet="-"), since)
            if due_at is not None:
                for kind in (CHECKIN, TIP):
                    schedule = Schedule(due_at.time(), EVERY_DAY, "UTC")
                    reminders.add(session, user_id, kind, schedule, due_at - timedelta(seconds=1))
    engine.dispose()
    household = [person(api, user_id, f"Person {user_id}") for user_id in ids]
    for user_id in ids:
        api.chats.by_id[user_id].standing = "open"
    return household


def this_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


async def comes_true(api: BotApi, true: Callable[[], object]) -> None:
    """Wait until something is true of what people can see; whoever calls sets the limit.

    That updates are confirmed is nothing that people see change, so it is looked at now and then without a change too.
    """
    version = api.version
    while not true():
        version = await api.changed(version, 0.25)


BESIDE = ("Let’s check first.", "If anything about it", "You logged warning signs")
"""How what an answer may bring beside the card begins; help is worth being shown twice."""


def cards_of(one: Person) -> int:
    """Return how many messages there are but what an answer brought beside the card."""
    return sum(not seen.text.startswith(BESIDE) for seen in one.chat)


def shown(one: Person, words: str) -> list[Seen]:
    return [seen for seen in one.chat if seen.from_bot and words in seen.text]


class Tapper:
    """Somebody who fills a card and then changes answers for ever, keeping a ledger of every value tapped."""

    SCALES = (("headache", "Headache", 10), ("sleep_quality", "Sleep quality", 5), ("posture", "Posture", 5))

    def __init__(self, one: Person, chance: random.Random) -> None:
        self.one = one
        self.chance = chance
        self.card = 0
        self.ledger: dict[str, list[int]] = {"headache": [0], "back": [0], "sleep_quality": [4], "posture": [4]}
        self.content = False

    async def opens_the_card(self) -> None:
        await self.one.says("/checkin")
        await comes_true(self.one.api, lambda: shown(self.one, CARD))
        (card,) = shown(self.one, CARD)
        self.card = card.message_id
        self.prefix = card.data("7").removesuffix("headache:7")
        await self._answered(await self.one.taps("All fine today"))

    async def taps_on_and_on(self) -> None:
        """Tap in bursts of up to three, each value another than the one before it, until content."""
        while not self.content:
            for _ in range(self.chance.randint(1, 3)):
                query = await self.taps_once()
            await self._answered(query)

    async def taps_once(self) -> str:
        key, _, highest = self.chance.choice(self.SCALES)
        value = self.chance.choice([value for value in range(1, highest + 1) if value != self.ledger[key][-1]])
        self.ledger[key].append(value)
        return await self.one.taps_on(self.card, f"{self.prefix}{key}:{value}")

    def shows_the_truth(self) -> bool:
        """Tell whether the card shows the last value of every scale."""
        card = next((seen for seen in self.one.chat if seen.message_id == self.card), None)
        return card is not None and all(f"{name} {self.ledger[key][-1]}" in card.text for key, name, _ in self.SCALES)

    async def _answered(self, query: str) -> None:
        await comes_true(self.one.api, lambda: not self.one.api.waiting_tap(query))


def told(session: Session, user_id: int) -> dict[str, list[object]]:
    """Return everything a person has ever answered on their only card: question → values, the present one last."""
    card = session.execute(select(cards.c.id).where(cards.c.user_id == user_id)).scalar_one_or_none()
    checkin = None if card is None else checkins.get(session, card)
    if checkin is None:
        return {}
    values: dict[str, list[object]] = {key: [value] for key, value in checkins.answers_of(session, checkin).items()}
    for row in session.execute(select(answers).where(answers.c.checkin_id == card, answers.c.earlier.is_not(None))):
        earlier = unseal(session.keys, row.earlier, table="answers", key=f"{card}:{row.question}", user=user_id)
        values[row.question][:0] = [value for value, *_ in json.loads(earlier)]
    return values


def compare(tapped: dict[str, list[int]], kept: dict[str, list[object]]) -> tuple[int, int]:
    """Return how many answers were lost and how many are there twice; those out of order count as lost.

    Only the last 200 earlier values of an answer are kept, so only those are compared.
    """
    lost = doubled = 0
    for key, every in tapped.items():
        values, stored = every[-checkins.MOST_EARLIER - 1 :], kept.get(key, [])
        missing, extra = Counter(map(str, values)), Counter(map(str, stored))
        lost += (missing - extra).total() or int(len(values) == len(stored) and list(values) != stored)
        doubled += (extra - missing).total()
    return lost, doubled


def must_be_sound(session: Session) -> None:
    """Check what must hold of every diary at rest: nothing broken, nothing half done."""
    if session.connection.dialect.name == "sqlite":
        pragma = session.connection.exec_driver_sql
        assert pragma("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert pragma("PRAGMA foreign_key_check").all() == []
    read = (inbox.c.state == "replied") | FORGOTTEN  # of what is forgotten, the id may stay a while
    unfinished = select(func.count()).select_from(inbox).where(~read)
    assert session.execute(unfinished).scalar_one() == 0, "every update was handled and answered"
    hanging = select(outbox.c.kind, outbox.c.state).where(outbox.c.state.in_(("due", "sending")))
    assert {tuple(row) for row in session.execute(hanging)} <= {(NUDGE, "due")}, "nothing is left hanging in the outbox"


async def all_done(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    """Wait for tasks, at most so long; the first failure among them is raised."""
    async with asyncio.timeout(seconds):
        await asyncio.gather(*tasks)
