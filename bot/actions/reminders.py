"""Reminders: list, add, change, switch off, delete; and the reminder itself when the clock brings it."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.actions.buttons import number_of
from bot.domain.freetext import read_time
from bot.domain.reminders import CHECKIN, EVERY_DAY, LATER, MOST, SUMMARY, WORKDAYS, policy
from bot.domain.schedule import Schedule, day_of, instant, local
from bot.domain.tips import KINDS, Tip, tip_for
from bot.render import reminders as render
from bot.render import settings as pickers
from bot.render.message import Reply, Sorry
from bot.store import outbox, reminders, users
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.reminders import Reminder
from bot.store.users import User
from bot.texts.words import texts_for

KIND_KEYS = frozenset(kind.key for kind in KINDS)
WORK_KINDS = frozenset({"posture", "stretch", "neck", "screen"})
"""Kinds that belong to a working day: a new one comes Monday to Friday until the person says otherwise."""


def open_reminders(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    entries = [_entry(reminder) for reminder in reminders.of_user(session, user.id)]
    return Reply((render.listing(texts_for(user.language), entries),))


def all_reminders(session: Session, user: User, now: datetime) -> Reply:
    """The list again, in place of the page it was left for."""
    reply = open_reminders(session, user, now)
    return Reply(tuple(replace(message, edit="tapped") for message in reply.messages))


def show(session: Session, user: User, now: datetime, reminder_id: str) -> Reply:
    return _page(user, _mine(session, user, reminder_id))


def choose_kind(session: Session, user: User, now: datetime) -> Reply:
    if len(reminders.of_user(session, user.id)) >= MOST:
        raise Sorry("You have 20 reminders, that is as many as I can keep. Delete one first.")
    return Reply((render.choose_kind(texts_for(user.language)),))


def add(session: Session, user: User, now: datetime, kind: str) -> Reply:
    if kind not in KIND_KEYS:
        raise Sorry("That kind of reminder is gone. /reminders shows what there is.")
    return pick_hour(session, user, now, f"n-{kind}")


def pick_hour(session: Session, user: User, now: datetime, purpose: str) -> Reply:
    """Show the hours. `purpose` is `r<reminder id>` for a change, `n-<kind>` for a new one; a typed time works too."""
    t = texts_for(user.language)
    kind = _purpose_kind(session, user, purpose)
    users.wait_for_text(session, user.id, f"time:{purpose}")
    return Reply((pickers.pick_hour(t, purpose, render.ask_when(t, kind)),))


def pick_minute(session: Session, user: User, now: datetime, purpose: str, hour: str) -> Reply:
    if read_time(f"{hour}:00") is None:
        raise Sorry("That button is from another time. /reminders shows what there is.")
    _purpose_kind(session, user, purpose)
    return Reply((pickers.pick_minute(texts_for(user.language), purpose, int(hour)),))


def set_time(session: Session, user: User, now: datetime, purpose: str, digits: str) -> Reply:
    at = read_time(f"{digits[:2]}:{digits[2:]}")
    if at is None:
        raise Sorry("That button is from another time. /reminders shows what there is.")
    return _page(user, _at(session, user, now, purpose, at), said=True)


def type_time(session: Session, user: User, now: datetime, purpose: str, text: str) -> Reply:
    at = read_time(text)
    if at is None:
        return Reply((pickers.time_not_understood(texts_for(user.language)),))
    reply = _page(user, _at(session, user, now, purpose, at), said=True)
    return Reply(tuple(replace(message, edit=None) for message in reply.messages))


def switch(session: Session, user: User, now: datetime, reminder_id: str, to: str) -> Reply:
    reminder = reminders.change(session, _mine(session, user, reminder_id), now, on=to == "on")
    outbox.withdraw(session, user.id, reminder_id=reminder.id)
    return _page(user, reminder)


def choose_days(session: Session, user: User, now: datetime, reminder_id: str) -> Reply:
    return Reply((render.choose_days(texts_for(user.language), _entry(_mine(session, user, reminder_id))),))


def set_day(session: Session, user: User, now: datetime, reminder_id: str, day: str) -> Reply:
    """Add or take away a weekday (0 = Monday), or set all or the working ones; at least one stays."""
    reminder = _mine(session, user, reminder_id)
    chosen = {"all": EVERY_DAY, "work": WORKDAYS}.get(day)
    if chosen is None:
        if day not in "0123456" or len(day) != 1:
            raise Sorry("That button is from another time. /reminders shows what there is.")
        chosen = reminder.schedule.weekdays ^ {int(day)}
    if not chosen:
        raise Sorry("One day has to stay. To stop this reminder, switch it off.")
    if chosen != reminder.schedule.weekdays:
        reminder = reminders.change(session, reminder, now, schedule=replace(reminder.schedule, weekdays=chosen))
    return Reply((render.choose_days(texts_for(user.language), _entry(reminder)),))


def remove(session: Session, user: User, now: datetime, reminder_id: str) -> Reply:
    reminder = _mine(session, user, reminder_id)
    if reminder.kind in (CHECKIN, SUMMARY):
        raise Sorry("This one can be switched off, not deleted.")
    outbox.withdraw(session, user.id, reminder_id=reminder.id)
    reminders.remove(session, reminder.id)
    return Reply((render.removed(texts_for(user.language), _entry(reminder)),))


def restore(session: Session, user: User, now: datetime, kind: str, digits: str, weekdays: str) -> Reply:
    """Undo a deletion: the button carries what the reminder was."""
    at = read_time(f"{digits[:2]}:{digits[2:]}")
    days = frozenset(int(day) for day in weekdays if day in "0123456")
    if kind not in KIND_KEYS or at is None or not days:
        raise Sorry("That button is from another time. /reminders shows what there is.")
    return _page(user, _add(session, user, now, kind, Schedule(at, days, user.zone)))


def remind(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock's reminder: the tip whose turn it is; nothing where the reminder was switched off or deleted since."""
    tip = _tip(session, user, owed)
    return Reply((render.tip(texts_for(user.language), tip, owed.id),)) if tip else None


def done(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    return _respond(session, user, outbox_id, "done")


def later(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """Bring the same reminder once more in an hour."""
    owed = _owed(session, user, outbox_id)
    again_at = now + LATER
    outbox.owe(
        session,
        user.id,
        owed.kind,
        f"{owed.slot.split('+')[0]}+{again_at:%m%dT%H%M}",
        due_at=owed.due_at,
        not_before=again_at,
        too_late_at=again_at + policy(owed.kind).fresh_for,
        reminder_id=owed.reminder_id,
    )
    return _respond(session, user, outbox_id, "later")


def not_today(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """No more of this kind until the person's day is over."""
    owed = _owed(session, user, outbox_id)
    tomorrow = instant(day_of(now, user.zone, user.day_start) + timedelta(days=1), user.day_start, user.zone)
    reminders.skip_until(session, user.id, owed.kind, tomorrow or now + timedelta(days=1))
    outbox.withdraw(session, user.id, owed.kind)
    return _respond(session, user, outbox_id, "not_today")


def _respond(session: Session, user: User, outbox_id: str, response: str) -> Reply:
    owed = _owed(session, user, outbox_id)
    outbox.respond(session, owed.id, response)
    t = texts_for(user.language)
    tip = _tip(session, user, owed)
    return Reply((render.responded(t, t(tip.text) if tip else "", response),))


def _tip(session: Session, user: User, owed: Owed) -> Tip | None:
    """Return the tip of an owed reminder: which one depends only on its kind, its day and its place in that day."""
    reminder = reminders.get(session, user.id, owed.reminder_id or 0)
    if reminder is None or not reminder.on:
        return None
    same_kind = [other.id for other in reminders.of_user(session, user.id, owed.kind) if other.on]
    day = local(owed.due_at, user.zone).date()
    return tip_for(owed.kind, day, same_kind.index(reminder.id), len(same_kind), sorted(reminder.schedule.weekdays))


def _owed(session: Session, user: User, outbox_id: str) -> Owed:
    known = number_of(outbox_id)
    found = outbox.get(session, user.id, known) if known is not None else None
    if found is None or found.kind not in KIND_KEYS:
        raise Sorry("That reminder is over. /reminders shows what comes next.")
    return found


def _at(session: Session, user: User, now: datetime, purpose: str, at: time) -> Reminder:
    users.wait_for_text(session, user.id, None)
    kind = _purpose_kind(session, user, purpose)
    if purpose.startswith("r"):
        reminder = _mine(session, user, purpose[1:])
        schedule = replace(reminder.schedule, at=at)
        outbox.withdraw(session, user.id, reminder_id=reminder.id)
        return reminders.change(session, reminder, now, schedule=schedule, on=True)
    weekdays = WORKDAYS if kind in WORK_KINDS else EVERY_DAY
    return _add(session, user, now, kind, Schedule(at, weekdays, user.zone))


def _add(session: Session, user: User, now: datetime, kind: str, schedule: Schedule) -> Reminder:
    """Return the person's reminder of this kind at this time, made if there is none: a double tap adds one."""
    theirs = reminders.of_user(session, user.id)
    same = (other for other in theirs if other.kind == kind and other.schedule.at == schedule.at)
    if present := next(same, None):
        return present
    if len(theirs) >= MOST:
        raise Sorry("You have 20 reminders, that is as many as I can keep. Delete one first.")
    return reminders.add(session, user.id, kind, schedule, now)


def _purpose_kind(session: Session, user: User, purpose: str) -> str:
    if purpose.startswith("n-") and purpose[2:] in KIND_KEYS:
        return purpose[2:]
    return _mine(session, user, purpose[1:] if purpose.startswith("r") else "").kind


def _mine(session: Session, user: User, reminder_id: str) -> Reminder:
    known = number_of(reminder_id)
    found = reminders.get(session, user.id, known) if known is not None else None
    if found is None:
        raise Sorry("That reminder is not there any more. /reminders shows what there is.")
    return found


def _page(user: User, reminder: Reminder, *, said: bool = False) -> Reply:
    t = texts_for(user.language)
    return Reply((render.page(t, _entry(reminder), said=t("Set.") if said else ""),))


def _entry(reminder: Reminder) -> render.Entry:
    return render.Entry(reminder.id, reminder.kind, reminder.schedule, reminder.on)
