"""What a person's silence depends on, gathered: for each message of the clock's, and for what /next says is coming."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.domain import checkin as card
from bot.domain.peace import STRONG, Held, Peace, held_back
from bot.domain.profile import Profile, questions_for
from bot.domain.questions import Value
from bot.domain.quiet import from_text, quiet_from
from bot.domain.reminders import CHECKIN, DAILY, NIGHT, ONCE_A_DAY, TO_OFF, TRIED, TRY, number_of_occurrence
from bot.domain.schedule import day_of, instant
from bot.store import checkins, outbox, profiles, reminders, tries
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.reminders import Reminder
from bot.store.users import User

DAY = timedelta(days=1)


def peace_of(
    session: Session, user: User, now: datetime, kinds: Sequence[str] = (), *, before: int | None = None
) -> Peace:
    """Gather what may hold messages of these kinds back from now on; `before`: the one that is to be sent now."""
    today = day_of(now, user.zone, user.day_start)
    # A card that goes by the clock at home may be for a day that is over here, or has not begun.
    answers = checkins.history(session, user.id, today - 2 * DAY, today + DAY)
    profile = profiles.of_user(session, user.id)
    asked = questions_for(profile)
    night = questions_for(Profile(), "night")
    began = instant(today, user.day_start, user.zone) or now - DAY
    return Peace(
        zone=user.zone,
        today=today,
        day_start=user.day_start,
        quiet=from_text(user.quiet),
        paused_until=user.paused_until,
        silent_until=user.silent_until,
        strong={day for day, values in answers.items() if _severe(values.get("headache"))},
        answered={day for day, values in answers.items() if card.complete(values, asked)},
        slept={day for day, values in answers.items() if card.complete(values, night)},
        begun={day for day, values in answers.items() if values},
        done=outbox.done_since(session, user.id, began) if ONCE_A_DAY & set(kinds) else (),
        ignored={kind: outbox.unanswered(session, user.id, kind, TO_OFF, before=before) for kind in set(kinds) - DAILY},
        a_try=tries.newest(session, user.id, profile) if {TRY, TRIED} & set(kinds) else None,
    )


def _severe(headache: Value | None) -> bool:
    return isinstance(headache, int) and headache >= STRONG


def held(session: Session, user: User, now: datetime, owed: Owed) -> Held | None:
    """Tell what holds an owed message back at this moment."""
    peace = peace_of(session, user, now, [owed.kind], before=owed.id)
    return held_back(peace, owed.kind, owed.slot, owed.due_at, now, number_of(session, user, owed))


def deadline(user: User, now: datetime, owed: Owed) -> datetime:
    """Return until when an owed message may go out: it must not be overtaken by the quiet hours while it waits."""
    quiet = None if owed.kind in (CHECKIN, NIGHT) else quiet_from(from_text(user.quiet), now, user.zone)
    return min(owed.too_late_at, quiet) if quiet else owed.too_late_at


def number_of(session: Session, user: User, owed: Owed) -> int:
    """Return the number of an owed reminder's occurrence; 0 where it comes again because somebody asked for it."""
    if "+" in owed.slot or "@" not in owed.slot:
        return 0
    reminder = reminders.get(session, user.id, owed.reminder_id or 0)
    if reminder is None:
        return 0
    day = date.fromisoformat(owed.slot.partition("@")[2][:10])
    return counted(reminder, reminders.of_user(session, user.id, owed.kind), day)


def counted(reminder: Reminder, same_kind: Sequence[Reminder], day: date) -> int:
    """Return the number of the occurrence that a reminder has on a day, among those of its kind."""
    on = [other.id for other in same_kind if other.on]
    position = on.index(reminder.id) if reminder.id in on else 0
    return number_of_occurrence(day, position, max(1, len(on)), reminder.schedule.weekdays)
