"""Reminders: this kind, this local time, these weekdays, this zone. Changing one writes `next_at`; the tick sees it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar, cast

import structlog
from sqlalchemy import Row, Select, bindparam, delete, func, insert, select, update

from bot.domain.schedule import Schedule, next_occurrence
from bot.store.arrays import rows
from bot.store.crypto import seal, unseal
from bot.store.database import Session
from bot.store.tables import reminders, users

log = structlog.get_logger()

T = TypeVar("T")


THERE = (reminders.c.user_id == bindparam("user_id")) & reminders.c.retired_at.is_(None)
ONE = select(reminders).where(THERE, reminders.c.id == bindparam("reminder_id"))
ALL = select(reminders).where(THERE).order_by(reminders.c.at, reminders.c.id)
"""Built once: building one anew costs several times what it takes to execute."""


@dataclass(frozen=True)
class Reminder:
    """One wall time of a kind. All of a person's times of one kind are one reminder to them.

    `words`: what a reminder in the person's own words says.
    """

    id: int
    user_id: int
    kind: str
    schedule: Schedule
    on: bool
    next_at: datetime | None
    words: str | None = None
    created_at: datetime | None = None


class Due(NamedTuple):
    """A reminder whose time has come. `day_start`: when its person's day begins."""

    id: int
    user_id: int
    kind: str
    schedule: Schedule
    next_at: datetime
    day_start: time


def add(
    session: Session,
    user_id: int,
    kind: str,
    schedule: Schedule,
    now: datetime,
    words: str | None = None,
    *,
    created_at: datetime | None = None,
) -> Reminder:
    """Add a reminder, planned from `now`; `created_at` where it was made before, in another diary."""
    next_at, made_at = _next(schedule, now), created_at or now
    row = session.execute(
        insert(reminders)
        .values(user_id=user_id, kind=kind, on=True, next_at=next_at, created_at=made_at, **_columns(schedule))
        .returning(reminders.c.id)
    ).scalar_one()
    if words is not None:
        sealed = seal(session.keys, words, table="reminders", key=row, user=user_id)
        session.execute(update(reminders).where(reminders.c.id == row).values(words=sealed))
    return Reminder(row, user_id, kind, schedule, True, next_at, words, made_at)


def change(
    session: Session, reminder: Reminder, now: datetime, *, schedule: Schedule | None = None, on: bool | None = None
) -> Reminder:
    """Change when it comes or whether, and plan the next one from `now`."""
    schedule = schedule or reminder.schedule
    on = reminder.on if on is None else on
    next_at = _next(schedule, now) if on else None
    session.execute(
        update(reminders).where(reminders.c.id == reminder.id).values(on=on, next_at=next_at, **_columns(schedule))
    )
    return replace(reminder, schedule=schedule, on=on, next_at=next_at)


def skip_until(session: Session, user_id: int, kind: str, until: datetime) -> None:
    """Let nothing of this kind come before `until`."""
    for reminder in of_user(session, user_id, kind):
        if reminder.on and reminder.next_at is not None and reminder.next_at < until:
            # A microsecond before: what falls on the very end comes.
            next_at = _next(reminder.schedule, until - timedelta(microseconds=1))
            session.execute(update(reminders).where(reminders.c.id == reminder.id).values(next_at=next_at))


def rest(session: Session, user_id: int) -> None:
    """Let nothing of a person's come due until `wake`."""
    session.execute(update(reminders).where(reminders.c.user_id == user_id).values(next_at=None))


def wake(session: Session, user_id: int, now: datetime) -> None:
    """Plan anew what is switched on and was put to rest."""
    for reminder in of_user(session, user_id):
        if reminder.on and reminder.next_at is None:
            change(session, reminder, now)


def remove(session: Session, reminder_id: int) -> None:
    session.execute(delete(reminders).where(reminders.c.id == reminder_id))


def retire(session: Session, reminder: Reminder, now: datetime) -> None:
    """Take a reminder away so that it can be put back for a day: all that were retired at one instant go together."""
    session.execute(update(reminders).where(reminders.c.id == reminder.id).values(next_at=None, retired_at=now))


def put_back(session: Session, user_id: int, kind: str, retired_at: datetime, now: datetime) -> Sequence[Reminder]:
    """Put back what was retired of a kind at this instant; returns it, planned anew from `now`."""
    mine = (reminders.c.user_id == user_id) & (reminders.c.kind == kind) & (reminders.c.retired_at == retired_at)
    found = [_read(session, row) for row in session.execute(select(reminders).where(mine)).all()]
    session.execute(update(reminders).where(mine).values(retired_at=None))
    return [change(session, reminder, now) for reminder in found]


def tidy(session: Session, now: datetime) -> None:
    """Forget what was retired over a day ago, and what came once and is over."""
    session.execute(delete(reminders).where(reminders.c.retired_at < now - timedelta(days=1)))
    session.execute(delete(reminders).where(reminders.c.only_on < now.date() - timedelta(days=2)))


def get(session: Session, user_id: int, reminder_id: int) -> Reminder | None:
    """Return a person's own reminder; None where it is gone or somebody else's."""
    row = session.execute(ONE, {"reminder_id": reminder_id, "user_id": user_id}).one_or_none()
    return None if row is None else _read(session, row)


def of_user(session: Session, user_id: int, kind: str | None = None) -> Sequence[Reminder]:
    """Return a person's reminders by time of day; only one kind of them if asked."""
    found = session.execute(ALL, {"user_id": user_id})
    return [_read(session, row) for row in found if kind in (None, row.kind)]


def ever(session: Session, user_id: int, beginning: str) -> Sequence[Reminder]:
    """Return a person's reminders whose kind begins so, those that were taken away too."""
    found = select(reminders).where(reminders.c.user_id == user_id, reminders.c.kind.startswith(beginning))
    return [_read(session, row) for row in session.execute(found)]


def due(session: Session, now: datetime, most: int) -> Sequence[Due]:
    """Return up to `most` reminders whose time has come, the longest overdue first."""
    of = reminders.c
    found = (
        select(of.id, of.user_id, of.kind, of.at, of.weekdays, of.zone, of.only_on, of.next_at, users.c.day_start)
        .join(users, users.c.id == of.user_id)
        .where(of.next_at.is_not(None), of.next_at <= now)
        .order_by(of.next_at)
        .limit(most)
        # Locked on PostgreSQL: what its person is just changing is looked at the next time.
        .with_for_update(of=reminders, skip_locked=True)
    )

    def read(row: Any) -> Due:
        number, user_id, kind, at, weekdays, zone, only_on, next_at, day_start = row
        return Due(number, user_id, kind, _schedule(at, weekdays, zone, only_on), next_at, day_start)

    return _readable(session, found, read)


def next_at(session: Session) -> datetime | None:
    """Return when the next reminder of anybody comes due."""
    found = select(func.min(reminders.c.next_at))
    return cast("datetime | None", session.execute(found).scalar_one())


def planned(session: Session, after: int, now: datetime, most: int) -> Sequence[Reminder]:
    """Return up to `most` reminders with a next time still to come, by number from the one behind `after`."""
    found = select(reminders).where(reminders.c.id > after, reminders.c.next_at > now)
    locked = found.order_by(reminders.c.id).limit(most).with_for_update(skip_locked=True)
    return _readable(session, locked, partial(_read, session))


def plan(session: Session, next_at: Sequence[tuple[int, datetime | None]]) -> None:
    """Write the next instants of many reminders at once: (reminder id, instant)."""
    if not next_at:
        return
    if session.connection.dialect.name != "sqlite":
        given = rows([reminders.c.id, reminders.c.next_at], next_at)
        session.execute(update(reminders).where(reminders.c.id == given.c.id).values(next_at=given.c.next_at))
    else:
        statement = update(reminders).where(reminders.c.id == bindparam("reminder")).values(next_at=bindparam("then"))
        session.execute(statement, [{"reminder": reminder_id, "then": then} for reminder_id, then in next_at])


def leave_zones(session: Session, known: Collection[str]) -> int:
    """Move whoever lives in a zone that is gone to UTC; their reminders keep the hour they were planned for.

    Returns how many reminders that were.
    """
    gone = reminders.c.zone.not_in(known)
    rows = session.execute(select(reminders.c.id, reminders.c.at, reminders.c.next_at).where(gone)).all()
    for row in rows:
        at = row.next_at.time().replace(second=0, microsecond=0) if row.next_at else row.at
        session.execute(update(reminders).where(reminders.c.id == row.id).values(at=at, zone="UTC"))
    session.execute(update(users).where(users.c.zone.not_in(known)).values(zone="UTC"))
    return len(rows)


def _columns(schedule: Schedule) -> dict[str, object]:
    weekdays = sum(1 << day for day in schedule.weekdays)
    return {"at": schedule.at, "weekdays": weekdays, "zone": schedule.zone, "only_on": schedule.only_on}


def _next(schedule: Schedule, after: datetime) -> datetime | None:
    coming = next_occurrence(schedule, after)
    return coming.at if coming else None


def _readable(session: Session, found: Select[Any], read: Callable[[Row[Any]], T]) -> Sequence[T]:
    """Read rows one by one; one whose zone the zone data has dropped is put to rest, so that it holds up nobody."""
    readable = []
    for row in session.execute(found).all():
        try:
            readable.append(read(row))
        except ValueError:
            log.error("reminder.unreadable", reminder=row.id)
            plan(session, [(row.id, None)])
    return readable


@lru_cache(maxsize=10_000)
def _schedule(at: time, weekdays: int, zone: str, only_on: date | None) -> Schedule:
    """Return a schedule as the row has it; thousands of people share their hours."""
    return Schedule(at, frozenset(day for day in range(7) if weekdays >> day & 1), zone, only_on)


def _read(session: Session, row: Row[Any]) -> Reminder:
    schedule = _schedule(row.at, row.weekdays, row.zone, row.only_on)
    words = None
    if row.words is not None:
        words = unseal(session.keys, row.words, table="reminders", key=row.id, user=row.user_id)
    return Reminder(row.id, row.user_id, row.kind, schedule, row.on, row.next_at, words, row.created_at)
