"""The last seven days, on request and by itself once a week."""

from datetime import datetime, timedelta

from bot.domain.history import days_ending
from bot.domain.schedule import day_of
from bot.domain.summary import week_of
from bot.render import summary as render
from bot.render.message import Reply
from bot.store import checkins
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Sum up the 7 days up to today, or up to yesterday while today has no answer yet."""
    today = day_of(now, user.zone, user.day_start)
    answers = checkins.history(session, user.id, today - timedelta(days=14), today)
    begun = any(value is not None for value in answers.get(today, {}).values())
    last = today if begun else today - timedelta(days=1)
    return Reply((render.week(texts_for(user.language), week_of(days_ending(last, 14, answers))),))


def weekly(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock's summary; nobody who never answered is sent an empty one."""
    return show(session, user, now) if checkins.count(session, user.id) else None
