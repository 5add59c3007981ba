"""What happened on a day beside the card: an attack, from when to when; later visits and remedies. All of it sealed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.store.crypto import seal, unseal
from bot.store.database import Session
from bot.store.tables import events

SHELF = date.min
"""The day of what waits for a yes: it is on no list of days."""


@dataclass(frozen=True)
class Event:
    """`details` is what JSON can hold; which keys there are depends on the kind."""

    id: int
    user_id: int
    day: date
    kind: str
    details: Mapping[str, Any]
    created_at: datetime


def add(session: Session, user_id: int, day: date, kind: str, now: datetime, **details: Any) -> Event:
    row = session.execute(
        insert(events).values(user_id=user_id, day=day, body=b"", created_at=now).returning(events.c.id)
    ).scalar_one()
    event = Event(row, user_id, day, kind, details, now)
    _keep(session, event)
    return event


def change(session: Session, event: Event, **details: Any) -> Event:
    """Write some details anew; the others stay."""
    changed = replace(event, details={**event.details, **details})
    _keep(session, changed)
    return changed


def move(session: Session, event: Event, day: date) -> Event:
    """Put it on another day."""
    session.execute(update(events).where(events.c.id == event.id).values(day=day))
    return replace(event, day=day)


def remove(session: Session, event: Event) -> None:
    session.execute(delete(events).where(events.c.id == event.id))


def clear_shelf(session: Session, before: datetime) -> None:
    """Delete what was put on the shelf before then: a file that nobody said yes to, an import nobody can undo now."""
    session.execute(delete(events).where(events.c.day == SHELF, events.c.created_at < before))


def forget_before(session: Session, day: date, most: int) -> int:
    """Delete up to `most` of what happened before this day. Returns how many."""
    old = select(events.c.id).where(events.c.day < day, events.c.day > SHELF).limit(most)
    return session.execute(delete(events).where(events.c.id.in_(old))).rowcount


def get(session: Session, user_id: int, event_id: int) -> Event | None:
    """Return a person's own event; None where it is gone or somebody else's."""
    found = select(events).where(events.c.id == event_id, events.c.user_id == user_id)
    row = session.execute(found).one_or_none()
    return None if row is None else read(session, row)


def of_user(session: Session, user_id: int, first: date, last: date, kind: str | None = None) -> Sequence[Event]:
    """Return what happened from `first` to `last`, both included, oldest first; only one kind of it if asked."""
    found = select(events).where(events.c.user_id == user_id, events.c.day >= first, events.c.day <= last)
    if last > SHELF:
        found = found.where(events.c.day > SHELF)
    every = [read(session, row) for row in session.execute(found.order_by(events.c.day, events.c.id))]
    return [event for event in every if kind in (None, event.kind)]


def _keep(session: Session, event: Event) -> None:
    body = json.dumps({"kind": event.kind, **event.details})
    sealed = seal(session.keys, body, table="events", key=event.id, user=event.user_id)
    session.execute(update(events).where(events.c.id == event.id).values(body=sealed))


def read(session: Session, row: Row[Any]) -> Event:
    """Open a row of the table."""
    details = json.loads(unseal(session.keys, row.body, table="events", key=row.id, user=row.user_id))
    return Event(row.id, row.user_id, row.day, details.pop("kind"), details, row.created_at)
