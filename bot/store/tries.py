"""Tries, kept as events on their first day and so sealed; the newest one's first day stands in the person's profile."""

from datetime import date, datetime

from bot.domain.profile import Profile
from bot.domain.tries import Try
from bot.store import events, profiles
from bot.store.database import Session
from bot.store.events import Event

KIND = "try"


def begin(session: Session, user_id: int, a_try: Try, now: datetime) -> None:
    details = {"change": a_try.change, "weeks": a_try.weeks, "seed": a_try.seed, "ended": None}
    events.add(session, user_id, a_try.start, KIND, now, **details)
    profiles.change(session, user_id, try_from=a_try.start.isoformat())


def newest(session: Session, user_id: int, profile: Profile | None = None) -> Try | None:
    """Return the try that is on, or else the last one; None where nothing was tried yet. `profile`: the person's, where
    it was read already."""
    event = _newest(session, user_id, profile or profiles.of_user(session, user_id))
    if event is None:
        return None
    kept = event.details
    ended = date.fromisoformat(kept["ended"]) if kept["ended"] else None
    return Try(kept["change"], event.day, kept["weeks"], kept["seed"], ended)


def end(session: Session, user_id: int, day: date) -> None:
    """Note that the newest one was ended on a local day."""
    event = _newest(session, user_id, profiles.of_user(session, user_id))
    if event is not None:
        events.change(session, event, ended=day.isoformat())


def _newest(session: Session, user_id: int, profile: Profile) -> Event | None:
    """Return the newest one's event, read by its day alone: of what happened in half a year all is sealed."""
    if profile.try_from is None:
        return None
    first = date.fromisoformat(profile.try_from)
    return next(reversed(events.of_user(session, user_id, first, first, KIND)), None)
