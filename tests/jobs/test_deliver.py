"""What is owed goes out: composed when it is sent, marked before and after, told apart when it goes wrong."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.chat.send import Sender
from bot.clock import Clock
from bot.sandbox.person import Person
from bot.store import outbox
from bot.store.database import Database, Session
from bot.store.outbox import Owed
from jobs import deliver as deliver_module
from jobs.deliver import Lease, claim, deliver, recover
from tests.conftest import Telegram, settled_in


async def owe(telegram: Telegram, person: Person, kind: str = "checkin", slot: str = "2026-03-02") -> None:
    now = telegram.clock.now()

    def work(session: Session) -> None:
        late = now + timedelta(hours=4)
        outbox.owe(session, person.user_id, kind, slot, due_at=now, not_before=now, too_late_at=late)

    await telegram.database.write(work)


async def send(telegram: Telegram) -> int:
    return await deliver(telegram.database, telegram.chat.sender, telegram.clock, 4)


async def states(telegram: Telegram, kind: str = "checkin") -> list[tuple[str, int]]:
    def read(session: Session) -> list[tuple[str, int]]:
        found = session.execute(text("SELECT state, tries FROM outbox WHERE kind = :kind ORDER BY id"), {"kind": kind})
        return [(row.state, row.tries) for row in found]

    return await telegram.database.write(read)


async def test_sent_once(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann)
    assert await send(telegram) == 1
    assert await send(telegram) == 0
    assert await states(telegram) == [("sent", 1)]
    assert "question 1 of 5" in ann.sees.text


async def test_what_is_already_answered_is_not_sent(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann)
    await ann.says("all fine")
    before = len(ann.chat)
    assert await send(telegram) == 0
    assert (await states(telegram), len(ann.chat)) == ([("skipped", 1)], before)


async def test_what_is_stale_is_not_sent(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann)
    telegram.clock.moves(4 * 3600)
    assert await send(telegram) == 0
    assert await states(telegram) == [("stale", 1)]


@pytest.mark.parametrize(
    ("status", "state"),
    [(429, ("due", 0)), (502, ("due", 1)), (400, ("failed", 1)), (403, ("failed", 1)), (401, ("due", 0))],
)
async def test_trouble(telegram: Telegram, ann: Person, status: int, state: tuple[str, int]) -> None:
    await owe(telegram, ann)
    telegram.api.fail("sendMessage", status=status)
    assert await send(telegram) == 0
    assert await states(telegram) == [state], "due again only where it may be sent again"


async def test_a_reminder_of_unknown_fate_is_given_up(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("13:15")
    telegram.clock.moves(15 * 60)
    telegram.api.fail("sendMessage", status=502)
    await telegram.tick()
    assert await states(telegram, "water") == [("failed", 1)]


async def test_one_that_cannot_be_composed_does_not_hold_up_the_others(
    telegram: Telegram, ann: Person, ben: Person
) -> None:
    await owe(telegram, ann)
    await owe(telegram, ben)
    await ann.says("/checkin")

    def spoil(session: Session) -> None:
        session.execute(text("UPDATE checkins SET card = :card WHERE user_id = 1001"), {"card": b"\x01" * 40})

    await telegram.database.write(spoil)
    assert await send(telegram) == 1
    assert await states(telegram) == [("failed", 1), ("sent", 1)]
    assert "question 1 of 5" in ben.sees.text


@pytest.mark.sqlite
async def test_a_row_that_cannot_be_read_does_not_hold_up_the_others(
    telegram: Telegram, ann: Person, ben: Person
) -> None:
    await owe(telegram, ann)
    await owe(telegram, ben)
    await ann.says("/checkin")
    await telegram.database.write(
        lambda session: session.execute(text("UPDATE checkins SET day = '2026-03-zz' WHERE user_id = 1001"))
    )
    await send(telegram)
    assert (await states(telegram))[1] == ("sent", 1)


async def test_a_crash_in_the_middle_is_tried_once_more_and_then_given_up(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann)
    for expected in (("due", 1), ("failed", 2)):
        await telegram.database.write(lambda session: outbox.claim(session, telegram.clock.now(), 4))
        await recover(telegram.database, telegram.clock.now())
        assert await states(telegram) == [expected]
        telegram.clock.moves(60)


async def test_a_crash_in_the_middle_of_a_reminder_gives_it_up(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann, "water", "1@2026-03-02T13:00")
    await telegram.database.write(lambda session: outbox.claim(session, telegram.clock.now(), 4))
    await recover(telegram.database, telegram.clock.now())
    assert await states(telegram, "water") == [("failed", 1)], "at most once"


async def test_who_is_told_to_stop_claims_no_more(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann)
    assert await deliver(telegram.database, telegram.chat.sender, telegram.clock, 4, lambda: False) == 0
    assert await states(telegram) == [("due", 0)]


async def test_who_is_told_to_stop_gives_back_what_was_claimed(telegram: Telegram, ann: Person) -> None:
    """Else a slow Telegram would keep the stop longer than it is waited for, and cut a send in the middle."""
    await owe(telegram, ann)
    going_on = iter([True])  # until it is claimed
    assert await deliver(telegram.database, telegram.chat.sender, telegram.clock, 4, lambda: next(going_on, False)) == 0
    assert await states(telegram) == [("due", 0)]
    assert await send(telegram) == 1


async def test_nothing_comes_to_who_has_deleted_everything_while_it_waited(telegram: Telegram, ann: Person) -> None:
    await owe(telegram, ann)
    lease = Lease(telegram.database, telegram.clock)
    batch = await telegram.database.write(lambda session: claim(session, telegram.clock.now(), 1))
    telegram.clock.moves(5)
    await ann.says("/delete")
    await ann.taps("Yes, delete everything")
    before = len(ann.chat)
    room = asyncio.Semaphore(1)
    assert await deliver_module.send(telegram.database, telegram.chat.sender, telegram.clock, batch, lease, room) == 0
    assert len(ann.chat) == before


async def test_no_more_is_under_way_than_a_crash_may_double(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although more is composed already."""
    for user_id in range(2001, 2013):
        await owe(telegram, await settled_in(telegram, user_id, "Bea"))
    under_way: list[int] = []
    seen = list[int]()
    really_send = deliver_module._send

    async def send_one(database: Database, sender: Sender, clock: Clock, owed: Owed, *rest: Any) -> bool:
        under_way.append(owed.id)
        seen.append(len(under_way))
        while len([tries for _, tries in await states(telegram) if tries]) < 8:
            pass
        arrived = await really_send(database, sender, clock, owed, *rest)
        under_way.remove(owed.id)
        return arrived

    monkeypatch.setattr(deliver_module, "_send", send_one)
    assert await send(telegram) == 12
    assert max(seen) == 4
