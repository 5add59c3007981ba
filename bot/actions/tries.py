"""A planned try: which change and for how long, how it stands while it is on, and what the days say when it is over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.actions.buttons import digits_of, number_of
from bot.actions.checkin import today
from bot.actions.reminders import in_quiet
from bot.domain.history import Day
from bot.domain.reminders import EVERY_DAY, SUMMARY, TRIED, TRY
from bot.domain.schedule import Schedule, instant
from bot.domain.tries import BY_KEY, LOOK_BACK, WEEKS, Own, Try, done_on, kept, on, own, result
from bot.render import tries as render
from bot.render.message import Message, Reply, Sorry
from bot.store import checkins, outbox, reminders, tries
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for

DAY = timedelta(days=1)
STALE = "I can’t read that button any more. /try shows what there is."


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show the try that is on, the result of the last one, or what can be tried."""
    return Reply((replace(_as_it_stands(session, user, now), edit=None),))


def look(session: Session, user: User, now: datetime) -> Reply:
    """The same, in place of the message that was tapped."""
    return Reply((_as_it_stands(session, user, now),))


def choose(session: Session, user: User, now: datetime) -> Reply:
    return _one_at_a_time(session, user, now) or Reply((render.choose(texts_for(user.language)),))


def plan(session: Session, user: User, now: datetime, change: str, weeks: str = "") -> Reply:
    """Say how likely a change can be seen in each length, or what one length of it would be."""
    t = texts_for(user.language)
    present = _one_at_a_time(session, user, now)
    if present:
        return present
    if not weeks:
        return Reply((render.lengths(t, _change(change), _own(session, user, now)),))
    planned = _planned(user, now, change, weeks)
    return Reply((render.plan(t, planned, _own(session, user, now), BY_KEY[change].at),))


def begin(session: Session, user: User, now: datetime, change: str, weeks: str) -> Reply:
    """Begin tomorrow; tapped twice, it has begun once."""
    planned = _planned(user, now, change, weeks)
    if not _on(session, user, now):
        tries.begin(session, user.id, planned, now)
        _set_reminders(session, user, now, planned)
    return look(session, user, now)


def ask_end(session: Session, user: User, now: datetime) -> Reply:
    a_try = _on(session, user, now)
    if a_try is None:
        return look(session, user, now)
    return Reply((render.ask_end(texts_for(user.language), a_try),))


def end(session: Session, user: User, now: datetime, seed: str) -> Reply:
    """End the try of this seed and show what its whole rounds say; a button of an older one ends nothing."""
    a_try = _on(session, user, now)
    if a_try is not None and number_of(seed) == a_try.seed:
        tries.end(session, user.id, today(user, now))
    return look(session, user, now)


def remind(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock says that today is a day with the change."""
    a_try = tries.newest(session, user.id)
    if a_try is None or not on(a_try, today(user, now)):
        return None
    return Reply((render.reminder(texts_for(user.language), a_try.change),))


def tell(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock tells the result when a try is over."""
    over = tries.newest(session, user.id) is not None and _on(session, user, now) is None
    return show(session, user, now) if over else None


def _as_it_stands(session: Session, user: User, now: datetime) -> Message:
    """Say how it stands; once the result is told, the clock has nothing more to say about it."""
    t, a_try, here = texts_for(user.language), tries.newest(session, user.id), today(user, now)
    if a_try is None:
        return render.choose(t)
    days = _days(session, user, a_try.start, a_try.due)
    found = result(a_try, days, done_on(a_try, days), here)
    if found is None:
        return _progress(session, user, now, a_try)
    _drop_reminders(session, user)
    return render.result(t, a_try, found)


def _progress(session: Session, user: User, now: datetime, a_try: Try, said: str = "") -> Message:
    """Say how far it is and how often it was done; nothing about headaches."""
    here = today(user, now)
    done = done_on(a_try, _days(session, user, a_try.start, here))
    reminder = next(iter(reminders.of_user(session, user.id, TRY)), None)
    at = reminder.schedule.at if reminder and reminder.on else None
    quiet = reminder is not None and in_quiet(user, now, {reminder.schedule}) is not None
    return render.progress(
        texts_for(user.language), a_try, here, kept(a_try, done, a_try.due), at, quiet=quiet, said=said
    )


def _on(session: Session, user: User, now: datetime) -> Try | None:
    """Return the try that is on, or about to begin; None where there is none."""
    a_try = tries.newest(session, user.id)
    return a_try if a_try is not None and today(user, now) < a_try.due else None


def _one_at_a_time(session: Session, user: User, now: datetime) -> Reply | None:
    a_try = _on(session, user, now)
    if a_try is None:
        return None
    t = texts_for(user.language)
    return Reply((_progress(session, user, now, a_try, t("One at a time, please: this one is still on.")),))


def _change(key: str) -> str:
    if key not in BY_KEY:
        raise Sorry(STALE)
    return key


def _planned(user: User, now: datetime, change: str, weeks: str) -> Try:
    """Return the try that a tap at this moment would begin."""
    if number_of(weeks) not in WEEKS:
        raise Sorry(STALE)
    return Try(_change(change), today(user, now) + DAY, int(weeks), digits_of(now))


def _own(session: Session, user: User, now: datetime) -> Own | None:
    here = today(user, now)
    return own(_days(session, user, here - LOOK_BACK * DAY, here), here)


def _days(session: Session, user: User, first: date, last: date) -> Sequence[Day]:
    return checkins.days(session, user.id, first, last, user.day_start)


def _set_reminders(session: Session, user: User, now: datetime, a_try: Try) -> None:
    _drop_reminders(session, user)
    weekly = reminders.of_user(session, user.id, SUMMARY)
    told_at = weekly[0].schedule.at if weekly else session.settings.defaults.summary_time
    for kind, at in ((TRY, BY_KEY[a_try.change].at), (TRIED, told_at)):
        reminders.add(session, user.id, kind, Schedule(at, EVERY_DAY, user.zone), now)
    # It would be held back until then anyway; so it need not be looked at every day.
    reminders.skip_until(session, user.id, TRIED, instant(a_try.due, user.day_start, user.zone) or now)


def _drop_reminders(session: Session, user: User) -> None:
    for kind in (TRY, TRIED):
        outbox.withdraw(session, user.id, kind)
        for reminder in reminders.ever(session, user.id, kind):
            reminders.remove(session, reminder.id)
