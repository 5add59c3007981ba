"""Headache days before and after the first visit or change of each kind; two counts, and nothing made of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.actions.checkin import today
from bot.domain.before_after import WINDOW, before_after
from bot.domain.log import KINDS, Kind
from bot.render import before_after as render
from bot.render.before_after import Change
from bot.render.message import Reply
from bot.store import checkins, events
from bot.store.database import Session
from bot.store.events import Event
from bot.store.users import User
from bot.texts.words import texts_for


def show(session: Session, user: User, now: datetime) -> Reply:
    """Show the newest first, in place of the patterns."""
    return Reply((render.page(texts_for(user.language), firsts(session, user, now)),))


def firsts(session: Session, user: User, now: datetime) -> Sequence[Change]:
    """Return the first visit or change of each kind with the counts around it, the newest first."""
    first: dict[Kind, Event] = {}
    for event in events.of_user(session, user.id, date.min, today(user, now)):
        if event.kind in KINDS:
            first.setdefault(event.kind, event)
    changes = [_around(session, user, now, kind, event) for kind, event in first.items()]
    return sorted(changes, key=lambda change: change.around.first, reverse=True)


def _around(session: Session, user: User, now: datetime, kind: Kind, event: Event) -> Change:
    window = timedelta(days=WINDOW)
    days = checkins.days(session, user.id, event.day - window, event.day + window, user.day_start)
    return Change(kind, str(event.details.get("note", "")), before_after(days, event.day, today(user, now)))
