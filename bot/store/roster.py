"""What an operator may see of people: ids, how they stand, counts, and when something comes; never what it says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all

from bot.domain.reminders import CHECKIN, SUMMARY
from bot.store import meta
from bot.store.database import Session
from bot.store.reminders import next_at
from bot.store.tables import checkins, outbox, reminders, users
from bot.store.users import NEWEST

Standing = Literal["active", "paused", "blocked", "to agree", "withdrawn"]
STANDINGS: Sequence[Standing] = ("active", "paused", "blocked", "to agree", "withdrawn")
"""Blocked the bot; has yet to agree to a text that changed; took their consent back. Silence in an attack is not told:
it would say how somebody is."""

Kind = Literal["check-in", "summary", "message"]
"""Which reminder it is, or what it comes after, may say how somebody is: all others are messages."""


@dataclass(frozen=True)
class Person:
    """Somebody who keeps a diary. `since` and `seen` are UTC dates; `days` is how many days they have answered."""

    id: int
    standing: Standing
    since: date
    seen: date | None
    days: int


@dataclass(frozen=True)
class Send:
    """A message planned for `at` (UTC) to a person who lives in `zone`."""

    at: datetime
    user_id: int
    zone: str
    kind: Kind


def people(session: Session, now: datetime) -> Sequence[Person]:
    """Return everybody by id."""
    days = select(func.count()).where(checkins.c.user_id == users.c.id, checkins.c.answered_at.is_not(None))
    found = select(users, NEWEST.scalar_subquery().label("consent"), days.scalar_subquery().label("days"))
    return [
        Person(
            row.id,
            _standing(row.state, row.consent, row.paused_until, now),
            row.since.date(),
            row.seen_at.date() if row.seen_at else None,
            row.days,
        )
        for row in session.execute(found.order_by(users.c.id))
    ]


def counts(session: Session, now: datetime) -> Mapping[Standing, int]:
    """Return how many people stand how; only those there are."""
    found = select(users.c.state, users.c.paused_until, NEWEST.scalar_subquery().label("consent"))
    return Counter(_standing(row.state, row.consent, row.paused_until, now) for row in session.execute(found))


def sends(session: Session, now: datetime, until: datetime) -> Sequence[Send]:
    """Return what is planned or owed up to `until`, soonest first, for those whom the clock does not leave alone.

    What is overdue is in it. What quiet hours and an attack hold back is too, as that is decided when it is sent.
    """
    owed = select(outbox.c.not_before.label("at"), outbox.c.user_id, users.c.zone, outbox.c.kind).join(
        users, users.c.id == outbox.c.user_id
    )
    planned = select(reminders.c.next_at.label("at"), reminders.c.user_id, users.c.zone, reminders.c.kind).join(
        users, users.c.id == reminders.c.user_id
    )
    each = union_all(
        owed.where(outbox.c.state.in_(("due", "sending")), _hears(outbox.c.not_before, until)),
        planned.where(reminders.c.next_at.is_not(None), _hears(reminders.c.next_at, until)),
    ).subquery()
    found = select(each).order_by(each.c.at, each.c.user_id, each.c.kind)
    return [Send(row.at, row.user_id, row.zone, _kind(row.kind)) for row in session.execute(found)]


def earliest(session: Session) -> datetime | None:
    """Return when the clock has to see to something next; in the past where no bot is running."""
    owed = session.execute(select(func.min(outbox.c.not_before)).where(outbox.c.state == "due")).scalar_one()
    return min((at for at in (next_at(session), owed) if at is not None), default=None)


def last_send(session: Session) -> datetime | None:
    at: datetime | None = session.execute(select(func.max(outbox.c.sent_at))).scalar_one()
    return at


def count_since(session: Session, state: Literal["failed", "stale"], since: datetime) -> int:
    """Return how many messages that were due since then did not go out, as they failed or came too late."""
    found = select(func.count()).where(outbox.c.state == state, outbox.c.due_at >= since)
    return int(session.execute(found).scalar_one())


def first_since(session: Session) -> datetime | None:
    """Return since when the one who is here longest is here."""
    at: datetime | None = session.execute(select(func.min(users.c.since))).scalar_one()
    return at


def bot(session: Session) -> str | None:
    """Return whose diary it is, as "bot 123 (@name)"; None before its first start on Telegram."""
    number, name = meta.get(session, "bot_id"), meta.get(session, "bot_name")
    return None if number is None else f"bot {number} (@{name})" if name else f"bot {number}"


def _hears(at: ColumnElement[datetime | None], until: datetime) -> ColumnElement[bool]:
    return (
        (at <= until)
        & (users.c.state == "active")
        & (NEWEST.scalar_subquery() == literal("given"))
        & or_(users.c.paused_until.is_(None), users.c.paused_until <= at)
    )


def _standing(state: str, consent: str | None, paused_until: datetime | None, now: datetime) -> Standing:
    if state == "blocked":
        return "blocked"
    if consent != "given":
        return "withdrawn" if consent == "withdrawn" else "to agree"
    return "paused" if paused_until is not None and now < paused_until else "active"


def _kind(kind: str) -> Kind:
    return "check-in" if kind == CHECKIN else "summary" if kind == SUMMARY else "message"
