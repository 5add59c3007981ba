"""Buttons of another day, another version, another person, and made up: each finds its own day or a kind word (T24)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some
from sqlalchemy import or_, select
from structlog.testing import capture_logs

from bot.chat.routes import BUTTONS
from bot.domain.questions import QUESTIONS
from bot.domain.tips import KINDS
from bot.sandbox.person import Person
from bot.store import checkins
from bot.store.database import Session
from bot.store.tables import answers, inbox, metadata
from bot.store.tables import checkins as cards
from tests.databases import Databases, Home
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.world import EVENING, World, world

Form = Literal["shown", "inaccessible", "inline"]
FORMS: Sequence[Form] = ("shown", "inaccessible", "inline")
"""How a tap tells where its button stands: with the message, with a message too old to show, with no message at all."""

NOWHERE = (
    "answer:{mine}:mood:3", "skip:{mine}:mood", "tick:{mine}:mood:light", "page:{mine}:mood",  # a question that is gone
    "answer:{mine}:headache:11", "answer:{mine}:headache", "answer:{mine}", "answer", "answer:", "answer:::",
    "untick:{mine}:headache:1", "ticked:{mine}:headache", "undo:{mine}:soon", "undo:{mine}:99999999999999999999",
    "answer:{theirs}:headache:7", "fine:{theirs}", "page:{theirs}:headache", "on:{theirs}", "undo:{theirs}:1",
    "tick:{theirs}:features:light", "untick:{theirs}:features:light", "ticked:{theirs}:features", "rest:{theirs}",
    "reminder:{their_reminder}", "day:{their_reminder}:1:off", "switch:{their_reminder}:off",
    "remove:{their_reminder}", "time:r{their_reminder}:0900", "done:1", "later:1", "not_today:1",
    "over:{their_attack}", "slip:{their_attack}", "still:{their_attack}", "why:1", "helped:1", "stop:1", "back:water:1",
    "fine:18446744073709551616", "fine:9223372036854775808", "fine:-1", "fine:0", "fine:1.0", "fine:٣", "fine:0x1",
    "reminder:99999999999999999999999999999999", "later:9223372036854775808", "day:{my_reminder}:7:on",
    "day:{my_reminder}:1:maybe", "switch:{my_reminder}:maybe", "time:r{my_reminder}:9999", "restore:mood:0800:01",
    "zone:Mars/Olympus", "pause:366",
    "new:mood", "hours:n-mood", "preset:mood", "x", "v2:answer:{mine}:headache:7", "ANSWER:{mine}:headache:7",
    " answer:{mine}:headache:7", "\x00\x01\xff", "\ud800", "🤕" * 16, "a" * 64, "answer:" + "9" * 57, ":" * 64,
)  # fmt: skip


FAILURES = {
    "update.failed",
    "update.not_handled",
    "update.unreadable",
    "turn.failed",
    "reply.failed",
    "reply.not_shown",
}


@contextmanager
def nothing_fails() -> Iterator[None]:
    """Check that of what is done within nothing goes wrong behind people's backs."""
    with capture_logs() as lines:
        yield
    assert [line for line in lines if line["event"] in FAILURES] == []


def taps(all_is: World, one: Person, message_id: int, data: str, form: Form) -> str:
    """Let somebody tap what may not be there to be tapped; returns the query's id."""
    query = all_is.api.taps(one.user_id, message_id, data)
    body = all_is.api.updates.queue.pop().body["callback_query"]
    if form == "inaccessible":
        body["message"] = {"chat": {"id": one.user_id, "type": "private"}, "message_id": message_id, "date": 0}
    elif form == "inline":
        del body["message"]
        body["inline_message_id"] = "AAAA"
    all_is.api.push({"callback_query": body})
    return query


def rows_of(session: Session, user_id: int) -> list[list[Any]]:
    """Return everything that is kept of somebody, as it lies there, without the updates themselves."""
    found = []
    for table in metadata.sorted_tables:
        named = [column == user_id for column in table.columns if (table.name, column.name) in OF_WHOM]
        if table is answers:
            named = [answers.c.checkin_id.in_(select(cards.c.id).where(cards.c.user_id == user_id))]
        if named and table is not inbox:
            rows = session.execute(select(table).where(or_(*named)).order_by(*table.primary_key))
            found.append([tuple(row) for row in rows])
    return found


OF_WHOM = {("users", "id"), *((table.name, "user_id") for table in metadata.sorted_tables)}


async def kept(all_is: World, one: Person) -> list[list[Any]]:
    return await all_is.database.write(lambda session: rows_of(session, one.user_id))


async def days(all_is: World, one: Person) -> dict[date, Any]:
    """Return somebody's answers by day, from the first day of this world on."""

    def read(session: Session) -> dict[date, Any]:
        return dict(checkins.history(session, one.user_id, EVENING.date(), date(2100, 1, 1)))

    return await all_is.database.write(read)


@pytest.mark.parametrize(
    ("hours", "restart"),
    [(9, False), (9, True), (40, False), (30 * 24, False), (400 * 24, True)],
    ids=["yesterday", "yesterday, restarted since", "40 h", "30 days", "400 days, restarted since"],
)
def test_an_old_card_fills_its_own_day(home: Home, promise: Figures, hours: int, restart: bool) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.beat = 60
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            await ann.says("/checkin")
            await all_is.passes(seconds=5)
            card, prefix = ann.sees.message_id, ann.sees.data("7").removesuffix("headache:7")
            if restart:
                await all_is.stops()
            all_is.clock.jumps(timedelta(hours=hours))
            if restart:
                await all_is.starts()
            await all_is.passes(seconds=5)
            await ann.says("/checkin")
            await all_is.passes(seconds=5)
            for number, form in enumerate(FORMS):
                query = taps(all_is, ann, card, f"{prefix}headache:{number}", form)
                await all_is.passes(seconds=5)
                answered = {day: dict(values) for day, values in (await days(all_is, ann)).items() if values}
                right = answered == {EVENING.date(): {"headache": number}}
                promise.at_most("T24", "taps on old cards that did not fill the card's own day", 0, int(not right))
                assert not all_is.api.waiting_tap(query)
                assert ann.toast == "Saved for Mon 2 Mar"

    with nothing_fails():
        play(story())


def test_what_leads_nowhere_is_declined_and_changes_nothing(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.beat = 60
            ann, ben = all_is.people([1001, 1002], at=time(8))
            await all_is.starts()
            await ben.says("/attack")
            for one in (ben, ann):
                await one.says("/checkin")
                await one.says("headache 6, back 2, slept 7, quality 4, posture 4")
                await all_is.passes(seconds=5)
            theirs, mine = (one.sees.data("Skip").split(":")[1] for one in (ben, ann))
            ids = {"mine": mine, "theirs": theirs, "my_reminder": 1, "their_reminder": 2, "their_attack": 1}
            before = await kept(all_is, ann), await kept(all_is, ben)
            for data, form in product(NOWHERE, FORMS[: points(1, 3)]):
                said = len(all_is.api.toasts(ann.user_id))
                query = taps(all_is, ann, ann.sees.message_id, data.format_map(ids), form)
                await all_is.passes(seconds=3)
                assert not all_is.api.waiting_tap(query), data
                assert len(all_is.api.toasts(ann.user_id)) == said + 1, f"{data} was declined in words"
                now = await kept(all_is, ann), await kept(all_is, ben)
                assert now[0] == before[0], data
                promise.at_most("T24", "writes to another person's diary", 0, int(now[1] != before[1]))

    with nothing_fails():
        play(story())


LETTERS = some.characters(exclude_categories=[])
PIECES = some.one_of(
    some.sampled_from(["1", "2", "3", "0", "", "all", "work", "on", "off", "done", "change", "0800", "r1", "r2"]),
    some.sampled_from([question.key for question in QUESTIONS]),
    some.sampled_from([choice for question in QUESTIONS for choice in question.choices]),
    some.sampled_from([key for kind in KINDS for key in (kind.key, f"n-{kind.key}")]),
    some.integers(-(2**70), 2**70).map(str),
    some.text(LETTERS, max_size=12),
)
NAMED = some.tuples(some.sampled_from(sorted(BUTTONS)), some.lists(PIECES, max_size=4))
DATA = some.one_of(some.text(LETTERS, min_size=1, max_size=64), NAMED.map(lambda it: ":".join((it[0], *it[1])))).filter(
    lambda data: len(data.encode("utf-8", "surrogatepass")) <= 64
)


def test_whatever_a_button_carries(databases: Databases, promise: Figures) -> None:
    tried = 0

    @seed(20261124)
    @settings(
        max_examples=points(3, 80),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.lists(some.tuples(DATA, some.sampled_from(FORMS)), min_size=40, max_size=60))
    def strike(tapped: list[tuple[str, Form]]) -> None:
        nonlocal tried
        tried += len(tapped)
        with TemporaryDirectory() as folder, databases.diary(Path(folder)) as home, nothing_fails():
            play(story(home, tapped))

    async def story(home: Home, tapped: list[tuple[str, Form]]) -> None:
        async with world(home) as all_is:
            all_is.beat = 60
            ann, ben = all_is.people([1001, 1002], at=time(8))
            await all_is.starts()
            await ben.says("/attack")
            for one in (ben, ann):
                await one.says("headache 6, back 2")
                await all_is.passes(seconds=5)
            before = await kept(all_is, ben)
            for data, form in tapped:
                query = taps(all_is, ann, ann.sees.message_id, data, form)
                await all_is.passes(seconds=2)
                assert not all_is.api.waiting_tap(query), data
            foreign = int(await kept(all_is, ben) != before)
            promise.at_most("T24", "writes to another person's diary", 0, foreign, tries=len(tapped))
            assert (await all_is.states("inbox")).keys() <= {"replied"}

    strike()
    promise.at_most("T24", "taps of any content that failed or hung", 0, 0, tries=tried)
