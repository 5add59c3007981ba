"""What comes next and why: the same rules that decide what is sent, looked at beforehand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.actions.peace import peace_of
from bot.actions.summary import is_worth_sending
from bot.domain.coming import Again, Coming, Planned, coming
from bot.domain.reminders import SUMMARY
from bot.domain.schedule import local
from bot.render import next_ as render
from bot.render.message import Reply
from bot.store import outbox, reminders
from bot.store.database import Session
from bot.store.reminders import Reminder
from bot.store.users import FOR_EVER, User
from bot.texts.words import texts_for

MOST = 8
LOOK_BACK = timedelta(days=35)


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """List the next sends in local time, with the rule behind each."""
    found = next_sends(session, user, now)
    lines = [
        render.Line(local(each.at, user.zone), each.kind, each.because, again=each.again, put_off=each.put_off)
        for each in found[:MOST]
    ]
    until = user.paused_until if user.paused(now) else None
    silent = user.silent_until if user.silent_until and user.silent_until > now else None
    return Reply(
        (
            render.listing(
                texts_for(user.language),
                lines,
                user.zone,
                local(now, user.zone),
                paused=until is not None,
                paused_until=local(until, user.zone) if until and until != FOR_EVER else None,
                silent=silent is not None,
            ),
        )
    )


def next_sends(session: Session, user: User, now: datetime) -> Sequence[Coming]:
    """Return what will be sent to a person in the next days if nothing changes."""
    left_out = () if is_worth_sending(session, user) else (SUMMARY,)
    every = [each for each in reminders.of_user(session, user.id) if each.on and each.kind not in left_out]
    planned = {
        reminder.id: _planned(reminder, reminder.next_at, every) for reminder in every if reminder.next_at is not None
    }
    owed = [
        Again(row.kind, row.slot, row.due_at, max(not_before, now), row.too_late_at, planned.get(row.reminder_id or 0))
        for row, not_before in outbox.owed_to(session, user.id)
        if row.kind not in left_out
    ]
    kinds = sorted({reminder.kind for reminder in every})
    return coming(
        peace_of(session, user, now, kinds),
        list(planned.values()),
        owed,
        outbox.slots(session, user.id, now - LOOK_BACK),
        now,
    )


def _planned(reminder: Reminder, next_at: datetime, every: Sequence[Reminder]) -> Planned:
    same = [other.id for other in every if other.kind == reminder.kind]
    return Planned(
        reminder.id,
        reminder.kind,
        reminder.schedule,
        next_at,
        same.index(reminder.id),
        len(same),
        reminder.words,
    )
