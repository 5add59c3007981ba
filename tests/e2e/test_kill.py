"""The power goes at any moment: what was tapped is kept, once and in order, and nothing is asked again."""

import asyncio
import json
import random

from sqlalchemy import func, select

from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person
from bot.store import checkins
from bot.store.crypto import unseal
from bot.store.database import Session
from bot.store.tables import answers, inbox
from bot.store.tables import checkins as cards
from tests.e2e.conftest import BotProcess, diary, person, sees, settles_in, until

SCALES = {"Headache": ("headache", 1, 10), "Sleep quality": ("sleep_quality", 1, 5), "Posture": ("posture", 1, 5)}
"""What is changed over and over: short name, key, lowest and highest value (above 0, so that nothing new is asked)."""

LIVES = 10
LONGEST_LIFE = 0.6
"""Seconds after its start; several turns fit in."""

STARTING = (0.3, 1.5)
"""Seconds in which a start is under way."""


async def test_a_kill_between_two_taps(api: BotApi, bot: BotProcess) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    await ann.taps("7")
    await sees(ann, "Headache 7", "back or neck")
    messages = len(ann.chat)
    await bot.dies()
    await ann.taps("3")
    await bot.runs()
    await sees(ann, "Headache 7 · Back 3", "How long did you sleep")
    assert len(ann.chat) == messages, "the card goes on where it was"
    await bot.dies()
    with diary(bot.folder) as session:
        assert told(session, ann) == {"headache": [7], "back": [3]}


class Changeable:
    """Somebody who changes one answer after the other for ever, and keeps a ledger of what they tapped."""

    def __init__(self, one: Person, chance: random.Random) -> None:
        self.one = one
        self.chance = chance
        self.ledger = {"headache": [3], "back": [0], "sleep_quality": [4], "posture": [4]}
        self.content = False

    async def answers_the_card(self) -> None:
        await self.one.says("/checkin")
        await sees(self.one, "question 1 of 5")
        for label, then in (
            ("3", "back or neck"),
            ("0 · none", "How long did you sleep"),
            ("7–8 h", "How well"),
            ("4 · well", "How was your posture"),
            ("4 · good", "About how long did the headache"),
            ("Skip the rest", "Saved for"),
        ):
            await self.one.taps(label)
            await sees(self.one, then)

    async def changes_their_mind(self) -> None:
        while not self.content:
            name, (key, low, high) = self.chance.choice(list(SCALES.items()))
            before = self.ledger[key][-1]
            value = self.chance.choice([value for value in range(low, high + 1) if value != before])
            await self.one.taps("Change an answer")
            await sees(self.one, "which answer shall we change?")
            await self.one.taps(f"{name} {before}")
            await sees(self.one, "question ")
            self.ledger[key].append(value)
            await self.one.taps(str(value))
            await sees(self.one, "Saved for", f"{name} {value}")


async def test_kills_at_any_moment(api: BotApi, bot: BotProcess) -> None:
    chance = random.Random(2)
    people = [Changeable(person(api, 1001 + n, f"Person {n}"), random.Random(n)) for n in range(4)]
    await bot.runs()
    await asyncio.gather(*(settles_in(each.one) for each in people))
    await asyncio.gather(*(each.answers_the_card() for each in people))
    messages = [len(each.one.chat) for each in people]
    tapping = [asyncio.create_task(each.changes_their_mind()) for each in people]
    for life in range(LIVES):
        await asyncio.sleep(chance.uniform(*STARTING) if life % 3 == 2 else chance.uniform(0, LONGEST_LIFE))
        await bot.dies()
        await (bot.start() if life % 3 == 1 else bot.runs())
    for each in people:
        each.content = True
    await asyncio.gather(*tapping)
    await until(api, lambda: not api.updates.queue, lambda: "the last updates were never confirmed")
    assert await bot.stops() == 0

    assert [len(each.one.chat) for each in people] == messages, "one card each, nothing asked again below"
    with diary(bot.folder) as session:
        for each in people:
            kept = told(session, each.one)
            assert {key: kept[key] for key in each.ledger} == each.ledger
            assert len(each.ledger["headache"]) > 3, "or else nothing was tried here"
        states = [tuple(row) for row in session.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))]
        hellos = len(people)  # a stranger's first word leaves no row
        assert states == [("replied", api.updates.next_id - 1 - hellos)], "every update was answered, and each once"


def told(session: Session, one: Person) -> dict[str, list[object]]:
    """Return everything a person has ever answered on their only card: question → values, the present one last."""
    card = session.execute(select(cards.c.id).where(cards.c.user_id == one.user_id)).scalar_one()
    checkin = checkins.get(session, card)
    assert checkin is not None
    values: dict[str, list[object]] = {key: [value] for key, value in checkins.answers_of(session, checkin).items()}
    for row in session.execute(select(answers).where(answers.c.checkin_id == card, answers.c.earlier.is_not(None))):
        earlier = unseal(session.keys, row.earlier, table="answers", key=f"{card}:{row.question}", user=one.user_id)
        values[row.question][:0] = [value for value, *_ in json.loads(earlier)]
    return values
