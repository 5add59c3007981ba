"""What goes together with somebody's headaches, in their own days; found on a few set days, shown whenever asked."""

from datetime import date, datetime, timedelta

from bot.actions.checkin import today
from bot.domain.log import PERIOD
from bot.domain.patterns import Look, checkpoints, look, offered, skipped
from bot.domain.schedule import day_of
from bot.render import patterns as render
from bot.render.message import Message, Reply
from bot.store import checkins, events, profiles
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((_page(session, user, now),))


def come_back(session: Session, user: User, now: datetime) -> Reply:
    """Show the patterns in place of what explained them."""
    return Reply((render.in_place(_page(session, user, now)),))


def explain(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.explanation(texts_for(user.language)),))


def current(session: Session, user: User, now: datetime) -> tuple[Look, date] | None:
    """Return what can be said of the days up to yesterday, and the diary's day 1; None before that."""
    first = _first_day(session, user)
    if first is None:
        return None
    last = today(user, now) - timedelta(days=1)
    before = skipped((today(user, now) - first).days)
    since = first + timedelta(days=before)
    days = checkins.days(session, user.id, since, last, user.day_start)
    periods = [event.day for event in events.of_user(session, user.id, since, last, PERIOD)]
    return look(days, offered(days), periods, before), first


def next_look(session: Session, user: User, now: datetime) -> date | None:
    """Return the day from which the next look can be read; None before the first answered day."""
    first = _first_day(session, user)
    return first and first + timedelta(days=checkpoints((today(user, now) - first).days)[1])


def _page(session: Session, user: User, now: datetime) -> Message:
    t, found = texts_for(user.language), current(session, user, now)
    profile = profiles.of_user(session, user.id)
    offer = not profile.short and not profile.followed
    return render.page(t, *found, offer=offer) if found else render.empty(t, offer=offer)


def _first_day(session: Session, user: User) -> date | None:
    """Return the diary's day 1: the first answered day since the person joined.

    Days from before that can be filled in, and would move the eight weeks that a first look waits for.
    """
    return checkins.first_answered(session, user.id, day_of(user.since, user.zone, user.day_start))
