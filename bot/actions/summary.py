"""The last seven days, on request and by itself once a week."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.actions import advice
from bot.domain.history import Day
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
    days = checkins.days(session, user.id, today - timedelta(days=14), today, user.day_start)
    week = _week(user, days if days[-1].logged else days[:-1])
    return Reply((*week.messages, *advice.below_summary(session, user, now)))


def weekly(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock's summary: the 7 full days before the one it is for, however late it goes out, so that every day is in
    one of them and none in two. Nobody who never answered is sent an empty one."""
    if not is_worth_sending(session, user):
        return None
    last = date.fromisoformat(owed.slot) - timedelta(days=1)
    week = _week(user, checkins.days(session, user.id, last - timedelta(days=13), last, user.day_start))
    return Reply((*week.messages, *advice.below_summary(session, user, now, owed.slot)))


def is_worth_sending(session: Session, user: User) -> bool:
    """Tell whether there is anything to sum up: the person has answered once at least."""
    return checkins.count(session, user.id) > 0


def _week(user: User, days: Sequence[Day]) -> Reply:
    return Reply((render.week(texts_for(user.language), week_of(days)),))
