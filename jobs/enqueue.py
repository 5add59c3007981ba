"""Reminders that have come due are owed: claimed, put into the outbox and planned again in one transaction."""

from datetime import datetime

from bot.domain.reminders import policy, slot_of
from bot.domain.schedule import Occurrence, latest_occurrence, next_occurrence
from bot.store import outbox, reminders
from bot.store.database import Database, Session
from bot.store.outbox import New
from bot.store.reminders import Due

AT_ONCE = 500
"""Due reminders per transaction: small enough that a tap waits only milliseconds behind it."""


async def enqueue(database: Database, now: datetime) -> int:
    """Owe what has come due by `now`; after a time away only the newest of each. Returns how many were claimed."""
    claimed = AT_ONCE
    total = 0
    while claimed == AT_ONCE:
        claimed = await database.write(lambda session: _claim(session, now))
        total += claimed
    return total


def _claim(session: Session, now: datetime) -> int:
    due = reminders.due(session, now, AT_ONCE)
    # Those who live in one zone and are asked at one hour share their schedule: it is worked out once.
    schedules = {reminder.schedule for reminder in due}
    latest = {schedule: latest_occurrence(schedule, now) for schedule in schedules}
    coming = {schedule: next_occurrence(schedule, now) for schedule in schedules}
    outbox.owe_all(session, [new for reminder in due if (new := _owed(reminder, latest[reminder.schedule], now))])
    reminders.plan(session, [(reminder.id, _at(coming[reminder.schedule])) for reminder in due])
    return len(due)


def _at(occurrence: Occurrence | None) -> datetime | None:
    return occurrence.at if occurrence else None


def _owed(reminder: Due, occurrence: Occurrence | None, now: datetime) -> New | None:
    """Return what is owed for a reminder that has come due; None where it would be too late."""
    if occurrence is None or occurrence.at < reminder.next_at:
        return None  # planned for an instant that the clock rules have moved away from since
    too_late_at = occurrence.at + policy(reminder.kind).fresh_for
    if now >= too_late_at:
        return None
    slot = slot_of(reminder.kind, reminder.id, occurrence, reminder.schedule.at, reminder.day_start)
    return New(reminder.user_id, reminder.kind, slot, reminder.id, occurrence.at, occurrence.at, too_late_at)
