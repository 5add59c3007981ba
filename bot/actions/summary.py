"""The last 7, 28 or 90 days, on request, and the week by itself once a week."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.actions import advice, patterns
from bot.actions.buttons import date_of, number_of
from bot.actions.checkin import FURTHEST, today
from bot.domain.history import Day
from bot.domain.log import KINDS, PERIOD
from bot.domain.summary import LENGTHS, WEEK, length_of, looked_at, sum_up
from bot.render import summary as render
from bot.render.message import Message, Reply, Sorry
from bot.store import checkins, events, profiles, shares
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for

DAY = timedelta(days=1)
DAILY = "daily"


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Sum up the days up to today, or up to yesterday while today has no answer yet: a week, or as many as typed."""
    length = length_of(words) if words else WEEK
    here = today(user, now)
    days = _so_far(_days(session, user, length or WEEK, here, here), here)
    if length is None:
        return Reply((render.ask_length(texts_for(user.language), days[-1].day),))
    summed = _summary(session, user, days, length, next_look=patterns.next_look(session, user, now))
    return Reply((summed, *advice.below_summary(session, user, now, days)))


def turn_to(session: Session, user: User, now: datetime, length: str, last: str, look: str = "") -> Reply:
    """Show another length up to the same day (YYYY-MM-DD) in place of the one that was shown, or 90 days "daily"."""
    count, day, here = number_of(length), date_of(last), today(user, now)
    if count not in LENGTHS or day is None or abs(here - day) > FURTHEST or look not in ("", DAILY):
        raise Sorry("I can’t show those days any more. /summary shows the last ones.")
    days = checkins.days(session, user.id, day - looked_at(count) * DAY, day, user.day_start)
    return Reply((render.in_place(_summary(session, user, days, count, daily=look == DAILY)),))


def weekly(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock's summary: the 7 full days before the one it is for, however late it goes out, so that every day is in
    one of them and none in two. Nobody who never answered is sent an empty one."""
    shares.tidy(session, user.id, now)  # once a week is often enough to forget who looked, a month after it was over
    if not is_worth_sending(session, user):
        return None
    last, here = date.fromisoformat(owed.slot) - DAY, today(user, now)
    days = _days(session, user, WEEK, last, here)
    next_look = patterns.next_look(session, user, now)
    week = _summary(session, user, [day for day in days if day.day <= last], WEEK, next_look=next_look)
    return Reply((week, *advice.below_summary(session, user, now, _so_far(days, here), owed.slot)))


def is_worth_sending(session: Session, user: User) -> bool:
    """Tell whether there is anything to sum up: the person has answered once at least."""
    return checkins.count(session, user.id) > 0


def _days(session: Session, user: User, length: int, last: date, here: date) -> Sequence[Day]:
    """Return the days that a summary up to `last` and the advice below it, up to today (`here`), look at."""
    first = min(last - looked_at(length) * DAY, here - advice.LOOK_BACK)
    return checkins.days(session, user.id, first, max(last, here), user.day_start)


def _so_far(days: Sequence[Day], here: date) -> Sequence[Day]:
    """Return the days up to today; while today has no answer, without it."""
    return [day for day in days if day.day < here or (day.day == here and day.logged)]


def of_length(session: Session, user: User, now: datetime, length: int) -> Message:
    """Return the summary of the last 7, 28 or 90 days alone, with nothing below it."""
    here = today(user, now)
    return _summary(session, user, _so_far(_days(session, user, length, here, here), here), length)


def _summary(
    session: Session,
    user: User,
    days: Sequence[Day],
    length: int,
    *,
    daily: bool = False,
    next_look: date | None = None,
) -> Message:
    """Show the last `length` of `days`; a week also says when the next look for patterns is."""
    every = events.of_user(session, user.id, days[-length].day, days[-1].day)
    noted = [(event.day, event.kind) for event in every if event.kind in (*KINDS, PERIOD)]
    profile = profiles.of_user(session, user.id)
    return render.summary(
        texts_for(user.language), sum_up(days, length), noted, profile, daily=daily, next_look=next_look
    )
