"""Reminders: this kind, this local time, these weekdays, this zone. Changing one writes `next_at`; the tick sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import Row, Select, bindparam, delete, func, insert, select, update

from bot.domain.schedule import Schedule, next_occurrence
from bot.store.database import Session
from bot.store.tables import reminders

log = structlog.get_logger()


@dataclass(frozen=True)
class Reminder:
    id: int
    user_id: int
    kind: str
    schedule: Schedule
    on: bool
    next_at: datetime | None


def add(session: Session, user_id: int, kind: str, schedule: Schedule, now: datetime) -> Reminder:
    next_at = next_occurrence(schedule, now).at
    row = session.execute(
        insert(reminders)
        .values(user_id=user_id, kind=kind, on=True, next_at=next_at, created_at=now, **_columns(schedule))
        .returning(reminders.c.id)
    ).scalar_one()
    return Reminder(row, user_id, kind, schedule, True, next_at)


def change(
    session: Session, reminder: Reminder, now: datetime, *, schedule: Schedule | None = None, on: bool | None = None
) -> Reminder:
    """Change when it comes or whether, and plan the next one from `now`."""
    schedule = schedule or reminder.schedule
    on = reminder.on if on is None else on
    next_at = next_occurrence(schedule, now).at if on else None
    session.execute(
        update(reminders).where(reminders.c.id == reminder.id).values(on=on, next_at=next_at, **_columns(schedule))
    )
    return Reminder(reminder.id, reminder.user_id, reminder.kind, schedule, on, next_at)


def skip_until(session: Session, user_id: int, kind: str, until: datetime) -> None:
    """Let nothing of this kind come before `until`."""
    for reminder in of_user(session, user_id, kind):
        if reminder.on and reminder.next_at is not None and reminder.next_at < until:
            next_at = next_occurrence(reminder.schedule, until).at
            session.execute(update(reminders).where(reminders.c.id == reminder.id).values(next_at=next_at))


def remove(session: Session, reminder_id: int) -> None:
    session.execute(delete(reminders).where(reminders.c.id == reminder_id))


def get(session: Session, user_id: int, reminder_id: int) -> Reminder | None:
    """Return a person's own reminder; None where it is gone or somebody else's."""
    found = select(reminders).where(reminders.c.id == reminder_id, reminders.c.user_id == user_id)
    row = session.execute(found).one_or_none()
    return None if row is None else _read(row)


def of_user(session: Session, user_id: int, kind: str | None = None) -> Sequence[Reminder]:
    """Return a person's reminders by time of day; only one kind of them if asked."""
    found = select(reminders).where(reminders.c.user_id == user_id).order_by(reminders.c.at, reminders.c.id)
    if kind is not None:
        found = found.where(reminders.c.kind == kind)
    return [_read(row) for row in session.execute(found)]


def due(session: Session, now: datetime, most: int) -> Sequence[Reminder]:
    """Return up to `most` reminders whose time has come, the longest overdue first."""
    found = (
        select(reminders)
        .where(reminders.c.next_at.is_not(None), reminders.c.next_at <= now)
        .order_by(reminders.c.next_at)
        .limit(most)
    )
    return _readable(session, found)


def next_at(session: Session) -> datetime | None:
    """Return when the next reminder of anybody comes due."""
    found = select(func.min(reminders.c.next_at))
    return cast("datetime | None", session.execute(found).scalar_one())


def planned(session: Session, after: int, now: datetime, most: int) -> Sequence[Reminder]:
    """Return up to `most` reminders with a next time still to come, by number from the one behind `after`."""
    found = select(reminders).where(reminders.c.id > after, reminders.c.next_at > now)
    return _readable(session, found.order_by(reminders.c.id).limit(most))


def plan(session: Session, next_at: Sequence[tuple[int, datetime | None]]) -> None:
    """Write the next instants of many reminders at once: (reminder id, instant)."""
    if next_at:
        statement = update(reminders).where(reminders.c.id == bindparam("reminder")).values(next_at=bindparam("then"))
        session.execute(statement, [{"reminder": reminder_id, "then": then} for reminder_id, then in next_at])


def _columns(schedule: Schedule) -> dict[str, object]:
    weekdays = sum(1 << day for day in schedule.weekdays)
    return {"at": schedule.at, "weekdays": weekdays, "zone": schedule.zone}


def _readable(session: Session, found: Select[Any]) -> Sequence[Reminder]:
    """Read rows one by one; one whose zone the zone data has dropped is put to rest, so that it holds up nobody."""
    read = []
    for row in session.execute(found).all():
        try:
            read.append(_read(row))
        except ValueError:
            log.error("reminder.unreadable", reminder=row.id)
            plan(session, [(row.id, None)])
    return read


def _read(row: Row[Any]) -> Reminder:
    weekdays = frozenset(day for day in range(7) if row.weekdays >> day & 1)
    return Reminder(row.id, row.user_id, row.kind, Schedule(row.at, weekdays, row.zone), row.on, row.next_at)
