"""The answer to a COMMIT is lost, so nobody knows whether it was done: it was, and it has its effect once (T01)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from bot.chat.application import LEFT_FOR
from bot.sandbox.person import Person
from jobs.deliver import LEASE, deliver, recover
from jobs.enqueue import enqueue
from tests.conftest import Telegram
from tests.faults.household import CARD, shown, told
from tests.faults.promises import Figures
from tests.stories.conftest import berlin, value

pytestmark = pytest.mark.postgres
IN_FLIGHT = 4


@dataclass
class Line:
    """The line to the server: it breaks once, after so many more transactions, as the answer to a COMMIT comes."""

    left: int
    broke = False


@contextmanager
def breaks(telegram: Telegram, after: int) -> Iterator[Line]:
    line, dialect = Line(after), telegram.database.engine.dialect
    really = dialect.do_commit

    def do_commit(connection: Any) -> None:
        really(connection)
        line.left -= 1
        if line.left == -1:
            line.broke = True
            connection.dbapi_connection.close()
            raise dialect.loaded_dbapi.OperationalError("server closed the connection unexpectedly")

    dialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield line
    finally:
        del dialect.do_commit


async def is_handled(telegram: Telegram, number: int) -> bool:
    """Let the bot handle what it was sent, while the line breaks; False if it was done before."""
    with breaks(telegram, number) as line:
        with suppress(DBAPIError):  # the receiver asks again after it
            await telegram.settle()
        await telegram.settle()
    telegram.clock.moves(LEFT_FOR.total_seconds())
    await telegram.chat.take_up()
    await telegram.settle()
    return line.broke


async def test_a_tap(telegram: Telegram, ann: Person, promise: Figures) -> None:
    await ann.says("/checkin")
    card, messages = ann.sees, len(ann.chat)
    tapped: list[int] = []
    for number in count():
        tapped.append(1 + number % 10)
        telegram.api.taps(ann.user_id, card.message_id, card.data("7").removesuffix("7") + str(tapped[-1]))
        broke = await is_handled(telegram, number)
        kept = await telegram.database.write(lambda session: told(session, ann.user_id))
        promise.at_most("T01", "word of a COMMIT lost: answers lost or doubled", 0, int(kept["headache"] != tapped))
        assert f"Headache {tapped[-1]}" in ann.sees.text
        assert len(ann.chat) == messages, "on its card, nothing below"
        if not broke:
            break
    assert number >= 3, "received, handled, replied"


async def test_words_that_answer_a_question(telegram: Telegram, ann: Person, promise: Figures) -> None:
    for number in count():
        await ann.says("/settings")
        await ann.taps("Change the time zone")
        zone, before = ("Asia/Tokyo", "Europe/Rome")[number % 2], len(ann.chat)
        telegram.api.says(ann.user_id, zone)
        broke = await is_handled(telegram, number)
        assert value(telegram, "SELECT zone FROM users") == zone
        twice = sum("I did not understand" in seen.text for seen in ann.chat[before:])
        promise.at_most("T01", "word of a COMMIT lost: words handled twice", 0, twice)
        if not broke:
            break
    assert number >= 3, "received, handled, replied"


async def test_what_the_clock_owes(telegram: Telegram, ann: Person, promise: Figures) -> None:
    for number in count():
        telegram.clock.moves((berlin(2, 20) + timedelta(days=number) - telegram.clock.now()).total_seconds())
        before = len(shown(ann, CARD))
        with breaks(telegram, number) as line:
            await beats(telegram)
        for _ in range(2):
            telegram.clock.moves((LEASE + timedelta(minutes=1)).total_seconds())
            await beats(telegram)
        came = len(shown(ann, CARD)) - before
        promise.at_most("T01", "word of a COMMIT lost: cards lost or doubled", 0, abs(came - 1))
        await ann.says("all fine")  # or else they would soon be left in peace
        if not line.broke:
            break
    assert number >= 3, "owed, claimed, sent"


async def beats(telegram: Telegram) -> None:
    """Do what the metronome does, which goes on with the next beat where one fails."""
    for job in (
        recover(telegram.database, telegram.clock.now(), LEASE),
        enqueue(telegram.database, telegram.clock.now()),
        deliver(telegram.database, telegram.chat.sender, telegram.clock, IN_FLIGHT),
    ):
        with suppress(DBAPIError):
            await job
    await telegram.settle()
