"""A month at a glance, and the way back to any day of it: to see it, fill it in or change it."""

from datetime import date, datetime, timedelta

from bot.actions.buttons import date_of
from bot.actions.checkin import FURTHEST, open_day, today
from bot.domain.log import KINDS, PERIOD
from bot.domain.profile import questions_for
from bot.render import history as render
from bot.render.message import Message, Reply, Sorry
from bot.store import checkins, events, profiles
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((_month(session, user, now, today(user, now).replace(day=1)),))


def turn_to(session: Session, user: User, now: datetime, month: str) -> Reply:
    """Show another month (YYYY-MM) in place of the one that was shown."""
    first = date_of(f"{month}-01")
    now_here = today(user, now)
    if first is None or not (now_here - FURTHEST).replace(day=1) <= first <= now_here:
        raise Sorry("I can’t show that month. /history shows this one.")
    return Reply((render.in_place(_month(session, user, now, first)),))


def open_any_day(session: Session, user: User, now: datetime, code: str) -> Reply:
    """Open the card of a day (YYYY-MM-DD): today, or one of the last year."""
    day, now_here = date_of(code), today(user, now)
    if day is None or not now_here - FURTHEST <= day <= now_here:
        raise Sorry("I can’t open that day. /history shows the days there are.")
    return open_day(session, user, now, day, render.opened(texts_for(user.language), day, now_here))


def _month(session: Session, user: User, now: datetime, first: date) -> Message:
    now_here = today(user, now)
    last = min(_next_month(first) - timedelta(days=1), now_here)
    days = checkins.days(session, user.id, first, last, user.day_start)
    every = events.of_user(session, user.id, first, last)
    noted = [(event.day, event.kind) for event in every if event.kind in (*KINDS, PERIOD)]
    earlier = (first - timedelta(days=1)).replace(day=1)
    later = _next_month(first)
    profile = profiles.of_user(session, user.id)
    return render.month(
        texts_for(user.language),
        first,
        days,
        noted,
        questions_for(profile),
        earlier=earlier if earlier >= (now_here - FURTHEST).replace(day=1) else None,
        later=later if later <= now_here else None,
        dark=profile.dark,
    )


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
