"""What buttons carry, read with distrust: a tap can be forged, or come from a card of another time."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from bot.store import events
from bot.store.database import Session
from bot.store.events import Event
from bot.store.users import User

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def number_of(code: str) -> int | None:
    """Return the whole number a button or command carries; None for anything that cannot be a row's or a count."""
    return int(code) if code.isascii() and code.isdigit() and len(code) <= 18 else None


def time_of(digits: str) -> time | None:
    """Return the wall time a button carries as HHMM; None for anything else."""
    found = re.fullmatch(r"([01][0-9]|2[0-3])([0-5][0-9])", digits)
    return time(int(found[1]), int(found[2])) if found else None


def date_of(code: str) -> date | None:
    """Return the date a button carries as YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(code) if len(code) == len("YYYY-MM-DD") and code.isascii() else None
    except ValueError:
        return None


def digits_of(instant: datetime) -> int:
    """Return an instant as a button carries it: microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


def instant_of(digits: str) -> datetime | None:
    """Return the instant that `digits_of` wrote; None for anything else."""
    return EPOCH + int(digits) * MICROSECOND if digits.isascii() and digits.isdigit() and len(digits) <= 17 else None


def event_of(session: Session, user: User, code: str, kinds: Collection[str]) -> Event | None:
    """Return the person's own event of one of these kinds that a button names; None for anything else."""
    number = number_of(code)
    found = events.get(session, user.id, number) if number is not None else None
    return found if found is not None and found.kind in kinds else None
