"""What has come due is owed: once, only the newest after a time away, everybody's."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import text

from bot.domain.reminders import EVERY_DAY
from bot.domain.schedule import Schedule
from bot.sandbox.person import Person
from bot.store import reminders
from bot.store.database import Session
from jobs.enqueue import AT_ONCE, enqueue
from tests.conftest import NOON, Telegram

EIGHT = datetime(2026, 3, 2, 19, tzinfo=UTC)
"""20:00 in Berlin."""


async def slots(telegram: Telegram) -> list[str]:
    def read(session: Session) -> list[str]:
        return [row[0] for row in session.execute(text("SELECT slot FROM outbox ORDER BY id"))]

    return await telegram.database.write(read)


async def test_nothing_before_its_time(telegram: Telegram, ann: Person) -> None:
    assert await enqueue(telegram.database, EIGHT - timedelta(microseconds=1)) == 0
    assert await enqueue(telegram.database, EIGHT) == 1
    assert await enqueue(telegram.database, EIGHT) == 0
    assert await slots(telegram) == ["2026-03-02"]


async def test_after_a_week_away_only_the_newest(telegram: Telegram, ann: Person) -> None:
    await enqueue(telegram.database, EIGHT + timedelta(days=6, hours=1))
    assert await slots(telegram) == ["2026-03-08", "2026-03-08"], "the card and Sunday's summary"


async def test_a_clock_that_steps_back_owes_nothing_twice(telegram: Telegram, ann: Person) -> None:
    await enqueue(telegram.database, EIGHT)
    await enqueue(telegram.database, EIGHT - timedelta(hours=2))
    await enqueue(telegram.database, EIGHT + timedelta(minutes=1))
    assert await slots(telegram) == ["2026-03-02"]


async def test_more_than_one_transaction_can_hold(telegram: Telegram, ann: Person) -> None:
    many = AT_ONCE + 7

    def add(session: Session) -> None:
        for minute in range(many):
            at = time(8 + minute // 60, minute % 60)
            reminders.add(session, ann.user_id, "water", Schedule(at, EVERY_DAY, "UTC"), NOON)

    await telegram.database.write(add)
    assert await enqueue(telegram.database, NOON + timedelta(days=1)) == many + 1
    assert await enqueue(telegram.database, NOON + timedelta(days=1)) == 0


async def test_one_that_cannot_be_read_does_not_hold_up_the_others(telegram: Telegram, ann: Person) -> None:
    """A zone may leave the zone data, as countries do."""

    def add(session: Session) -> None:
        lost = reminders.add(session, ann.user_id, "water", Schedule(time(15), EVERY_DAY, "UTC"), NOON)
        session.execute(text("UPDATE reminders SET zone = 'Mars/Phobos' WHERE id = :id"), {"id": lost.id})

    await telegram.database.write(add)
    await enqueue(telegram.database, EIGHT)
    assert "2026-03-02" in await slots(telegram)
