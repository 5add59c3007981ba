"""New clock rules: a country moves its clocks, the zone data brings it, and every coming reminder follows."""

from datetime import timedelta

from bot.sandbox.person import Person
from bot.store import reminders
from bot.store.database import Session
from jobs.upkeep import follow_zone_data
from tests.conftest import Telegram


async def test_reminders_planned_by_old_rules_are_planned_again_once(telegram: Telegram, ann: Person) -> None:
    now = telegram.clock.now()

    def an_hour_off(session: Session) -> None:
        for reminder in reminders.of_user(session, ann.user_id):
            assert reminder.next_at is not None
            reminders.plan(session, [(reminder.id, reminder.next_at + timedelta(hours=1))])

    def when(session: Session) -> list[str]:
        return [f"{r.kind} {r.next_at:%a %H:%M}" for r in reminders.of_user(session, ann.user_id)]

    right = await telegram.database.write(when)
    await telegram.database.write(an_hour_off)
    assert await telegram.database.write(when) != right
    assert await follow_zone_data(telegram.database, now, "2026.9") == 2
    assert await telegram.database.write(when) == right
    assert await follow_zone_data(telegram.database, now, "2026.9") == 0, "once for each version"


async def test_what_is_due_stays_due(telegram: Telegram, ann: Person) -> None:
    def due_a_minute_ago(session: Session) -> None:
        reminder = reminders.of_user(session, ann.user_id, "checkin")[0]
        reminders.plan(session, [(reminder.id, telegram.clock.now() - timedelta(minutes=1))])

    await telegram.database.write(due_a_minute_ago)
    await follow_zone_data(telegram.database, telegram.clock.now(), "2026.9")
    due = await telegram.database.write(lambda session: reminders.due(session, telegram.clock.now(), 10))
    assert [reminder.kind for reminder in due] == ["checkin"]
