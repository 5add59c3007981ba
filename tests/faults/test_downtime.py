"""Away for five minutes or four hundred days, or one row that always fails: T05, T06."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.actions import checkin
from bot.domain.reminders import CHECKIN
from bot.render.message import Reply
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.tables import checkins as cards
from bot.store.users import User
from jobs import deliver
from tests.databases import Home
from tests.faults.household import CARD, TIP
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.world import World, most_in_any_second, world

MANY = range(2001, 2001 + points(100, 1000))
AWAY = {
    "5 minutes": (timedelta(minutes=5), 1, 1),
    "5 hours": (timedelta(hours=5), 0, 0),
    "26 hours": (timedelta(hours=26), 1, 0),
    "3 days": (timedelta(days=3), 1, 1),
    "400 days": (timedelta(days=400), 1, 1),
}
"""How long from 19:59:30 on, and how many cards and reminders of 20:00 each person gets on coming back: a card is fresh
for four hours, a reminder for a quarter of one."""


@pytest.mark.parametrize(("away", "cards", "tips"), AWAY.values(), ids=AWAY)
@pytest.mark.slow
def test_a_time_away(home: Home, promise: Figures, away: timedelta, cards: int, tips: int) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            people = all_is.people(MANY, kinds=(CHECKIN, TIP))
            await all_is.starts()
            await all_is.stops()
            all_is.clock.jumps(away)  # from half a minute before the cards are due
            await all_is.starts()
            await all_is.passes(seconds=len(MANY) / 10 + 30)
            came = [all_is.copies(one, CARD) for one in people]
            promise.at_most("T05", "cards in the minutes after a time away, each person", 1, max(came), tries=len(MANY))
            promise.at_most("T05", "stale cards", 0, max(came) - cards, tries=len(MANY))
            promise.at_most("T05", "fresh cards lost", 0, cards - min(came), tries=len(MANY))
            promise.at_most("T05", "reminders doubled, or too late", 0, max(map(all_is.tips, people)) - tips)
            promise.at_most("T05", "messages in any second after a time away", 30, most_in_any_second(all_is.sent()))

    play(story())


def test_taps_and_words_from_while_it_was_away(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann, ben) = all_is.people([1001, 1002], at=None)
            await all_is.starts()
            for one in (ann, ben):
                await one.says("/checkin")
            await all_is.passes(seconds=10)
            await all_is.stops()
            await ann.says("all fine")
            await ben.taps("7")
            all_is.clock.jumps(timedelta(hours=3))
            await all_is.starts()
            await all_is.passes(seconds=10)
            promise.at_most("T05", "words lost that waited for hours", 0, int("Saved" not in ann.sees.text))
            assert "please tap again" in ben.sees.text, "Telegram keeps a tap for 150 s only, and the card says so"

    play(story())


def test_somebody_whose_every_turn_fails(home: Home, promise: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    unlucky = 1001
    really = checkin.prompt

    def prompt(session: Session, user: User, now: object, owed: Owed) -> Reply | None:
        if user.id == unlucky:
            raise RuntimeError("this row is poison")
        return really(session, user, now, owed)  # type: ignore[arg-type]

    async def story() -> None:
        async with world(home) as all_is:
            await wreck(all_is)
            ann, *others = all_is.people([unlucky, *range(2001, 2011)])
            await all_is.starts()
            await all_is.passes(minutes=5)
            latest = max(one.body["date"] for each in others for one in each.chat)
            due = all_is.clock.now().replace(hour=20, minute=0, second=0).timestamp()
            promise.at_most("T06", "cards lost beside a poisoned row", 0, sum(len(one.chat) != 1 for one in others))
            promise.at_most("T06", "time that others waited", 2, max(0, latest - due), "s")
            states = await all_is.states("outbox")
            assert (states["sent"], states["failed"]) == (len(others), 1)
            await ann.says("/checkin")
            (ben, *_) = others
            await all_is.passes(seconds=5)
            await ben.taps("7")
            await all_is.passes(seconds=1)
            assert "Headache 7" in ben.sees.text, "one person's trouble is nobody else's"
            await all_is.passes(minutes=2)
            assert all_is.copies(ann, CARD) == 1, "what works for them works"

    async def wreck(all_is: World) -> None:
        monkeypatch.setattr(deliver, "COMPOSE", {**deliver.COMPOSE, CHECKIN: prompt})

    play(story())


def test_a_turn_that_always_fails_is_given_up(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            ann, ben = all_is.people([1001, 1002], at=None)
            await all_is.starts()
            for one in (ann, ben):
                await one.says("/checkin")
            await all_is.passes(seconds=5)

            def break_it(session: Session) -> None:
                session.execute(update(cards).where(cards.c.user_id == 1001).values(card=b"\0"))

            await all_is.database.write(break_it)
            await ann.taps("7")
            await ben.taps("7")
            await all_is.passes(seconds=1)
            promise.at_most("T06", "replies held up by another's trouble", 0, int("Headache 7" not in ben.sees.text))
            await all_is.passes(minutes=2)
            assert "please tap again" in ann.sees.text.lower() or "not saved" in ann.sees.text.lower()
            states = await all_is.states("inbox")
            promise.at_most("T06", "rows that are never finished", 0, states.get("received", 0))

    play(story())
