"""Reminders: list, add, change, switch off, delete; by taps, by typed times, or all at once with /remind."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.actions.buttons import digits_of, instant_of, number_of, time_of
from bot.domain.quiet import from_text, quiet_until
from bot.domain.reminders import (
    CHECKIN,
    DAILY,
    EVERY_DAY,
    MOST,
    NOT_SET,
    OWN,
    SUMMARY,
    TRY,
    WORKDAYS,
    WORKING_KINDS,
)
from bot.domain.schedule import Schedule, local, next_occurrence
from bot.domain.times import NotTimes, Slot, Times, read_one_time, read_times
from bot.domain.tips import KINDS
from bot.render import reminders as render
from bot.render import settings as pickers
from bot.render.message import Reply, Sorry
from bot.store import outbox, reminders, users
from bot.store.database import Session
from bot.store.reminders import Reminder
from bot.store.users import User
from bot.texts.words import texts_for

KIND_KEYS = frozenset(kind.key for kind in KINDS)
LONGEST_WORDS = 120
STALE = "That button is from another time. /reminders shows what there is."
FULL = "You have 60 reminder times, that is as many as I can keep. Delete one first."


def open_reminders(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.listing(texts_for(user.language), _all(session, user)),))


def all_reminders(session: Session, user: User, now: datetime) -> Reply:
    """The list again, in place of the page it was left for."""
    reply = open_reminders(session, user, now)
    return Reply(tuple(replace(message, edit="tapped") for message in reply.messages))


def show(session: Session, user: User, now: datetime, which: str) -> Reply:
    return _page(user, _mine(session, user, which))


def choose_kind(session: Session, user: User, now: datetime) -> Reply:
    if len(reminders.of_user(session, user.id)) >= MOST:
        raise Sorry(FULL)
    return Reply((render.choose_kind(texts_for(user.language)),))


def add(session: Session, user: User, now: datetime, kind: str) -> Reply:
    if kind == OWN:
        users.wait_for_text(session, user.id, "own")
        return Reply((render.ask_own(texts_for(user.language)),))
    if kind not in KIND_KEYS:
        raise Sorry("That kind of reminder is gone. /reminders shows what there is.")
    return pick_hour(session, user, now, f"n-{kind}")


def remind(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """`/remind posture weekdays 10:00 13:00`, or in one's own words: `/remind take the stairs at 15:00`."""
    t = texts_for(user.language)
    if not words.strip():
        return Reply((render.how_to_remind(t),))
    kind, said, phrase = _split(_kinds_by_name(user), words, user, now)
    if len(said) > LONGEST_WORDS:
        return Reply((render.words_too_long(t, LONGEST_WORDS),))
    times = _read(user, now, phrase, kind)
    if isinstance(times, NotTimes):
        return Reply((render.times_not_understood(t, times, example=f"/remind {said or words.split()[0]} 10:00"),))
    if kind == OWN:
        kind = _own_kind(session, user, said)
    return _set(session, user, now, kind, times, words=said or None, more=kind not in DAILY)


def type_own(session: Session, user: User, now: datetime, text: str) -> Reply:
    """Take "take the stairs at 15:00" typed after a tap on "My own words"."""
    return remind(session, user, now, text)


def pick_hour(session: Session, user: User, now: datetime, purpose: str) -> Reply:
    """Show the hours. `purpose`: `k-<kind>` sets a reminder's times anew, `n-<kind>` adds one; typing works too."""
    t = texts_for(user.language)
    kind, _ = _purpose(session, user, purpose)
    users.wait_for_text(session, user.id, f"time:{purpose}")
    return Reply((pickers.pick_hour(t, purpose, render.ask_when(t, kind)),))


def pick_minute(session: Session, user: User, now: datetime, purpose: str, hour: str) -> Reply:
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        raise Sorry(STALE)
    _purpose(session, user, purpose)
    return Reply((pickers.pick_minute(texts_for(user.language), purpose, int(hour)),))


def set_time(session: Session, user: User, now: datetime, purpose: str, digits: str) -> Reply:
    at = time_of(digits)
    if at is None:
        raise Sorry(STALE)
    kind, more = _purpose(session, user, purpose)
    users.wait_for_text(session, user.id, None)
    reply = _set(session, user, now, kind, Times((Slot(at, _usual_days(session, user, kind)),)), more=more)
    return Reply(tuple(replace(message, edit="tapped") for message in reply.messages))


def type_time(session: Session, user: User, now: datetime, purpose: str, text: str) -> Reply:
    kind, more = _purpose(session, user, purpose)
    times = _read(user, now, text, kind, days=_usual_days(session, user, kind))
    if isinstance(times, NotTimes):
        return Reply((render.times_not_understood(texts_for(user.language), times),))
    users.wait_for_text(session, user.id, None)
    return _set(session, user, now, kind, times, more=more)


def switch(session: Session, user: User, now: datetime, which: str, to: str) -> Reply:
    if to not in ("on", "off"):
        raise Sorry(STALE)
    found = _mine(session, user, which)
    return _page(user, switched(session, user, now, found, on=to == "on"))


def switched(session: Session, user: User, now: datetime, found: Sequence[Reminder], *, on: bool) -> Sequence[Reminder]:
    """Switch every time of a reminder on or off."""
    for reminder in found:
        outbox.withdraw(session, user.id, reminder_id=reminder.id)
    return [reminders.change(session, reminder, now, on=on) for reminder in found]


def choose_days(session: Session, user: User, now: datetime, which: str) -> Reply:
    return _days(user, _mine(session, user, which))


def set_day(session: Session, user: User, now: datetime, which: str, day: str, to: str = "on") -> Reply:
    """Add a weekday (0 = Monday) or take it away, or set all or the working ones, for every time; one day stays."""
    found = _mine(session, user, which)
    chosen = {"all": EVERY_DAY, "work": WORKDAYS}.get(day)
    if chosen is None:
        if day not in "0123456" or len(day) != 1 or to not in ("on", "off"):
            raise Sorry(STALE)
        days = found[0].schedule.weekdays
        chosen = days | {int(day)} if to == "on" else days - {int(day)}
    if not chosen:
        raise Sorry("One day has to stay. To stop this reminder, switch it off.")
    changed = [
        reminder
        if reminder.schedule.weekdays == chosen
        else reminders.change(session, reminder, now, schedule=replace(reminder.schedule, weekdays=chosen))
        for reminder in found
    ]
    return _days(user, changed)


def remove(session: Session, user: User, now: datetime, which: str) -> Reply:
    found = _mine(session, user, which)
    if found[0].kind in DAILY:
        raise Sorry("This one can be switched off, not deleted.")
    _retire(session, user, now, found)
    return Reply((render.removed(texts_for(user.language), _entry(found), _button("back", found[0].kind, now)),))


def put_back(session: Session, user: User, now: datetime, kind: str, instant: str) -> Reply:
    """Undo: bring back the times that were taken away at that instant, in place of those there are now."""
    then = instant_of(instant)
    if then is None:
        raise Sorry(STALE)
    present = reminders.of_user(session, user.id, kind)
    back = reminders.put_back(session, user.id, kind, then, now)
    newer = [reminder for reminder in present if reminder.created_at == then]
    if not back and not newer:
        raise Sorry("That was undone already, or is too long ago. /reminders shows what there is.")
    there = {reminder.schedule for reminder in present if reminder not in newer}
    _retire(session, user, now, [*newer, *(reminder for reminder in back if reminder.schedule in there)])
    left = reminders.of_user(session, user.id, kind)
    if not left:
        return Reply((render.undone(texts_for(user.language)),))
    return _page(user, left)


def _set(
    session: Session,
    user: User,
    now: datetime,
    kind: str,
    times: Times,
    *,
    words: str | None = None,
    more: bool = False,
) -> Reply:
    """Give a reminder these times, or `more` times beside those it has; say what was understood, with Undo."""
    t = texts_for(user.language)
    if kind in DAILY and (times.once_on or _twice_a_day(times)):
        return Reply((render.once_a_day(t, kind),))
    found = reminders.of_user(session, user.id, kind)
    zone = found[0].schedule.zone if found else user.zone
    wanted = {Schedule(slot.at, slot.weekdays, zone, times.once_on) for slot in times.slots}
    kept = [reminder for reminder in found if reminder.schedule in wanted]
    gone = [] if more else [reminder for reminder in found if reminder not in kept]
    new = sorted(wanted - {reminder.schedule for reminder in kept}, key=lambda schedule: schedule.at)
    if len(reminders.of_user(session, user.id)) - len(gone) + len(new) > MOST:
        raise Sorry(FULL)
    words = words or next((reminder.words for reminder in found), None)
    _retire(session, user, now, gone)
    for reminder in kept:
        if not reminder.on:
            reminders.change(session, reminder, now, on=True)
    for schedule in new:
        reminders.add(session, user.id, kind, schedule, now, words)
    left = reminders.of_user(session, user.id, kind)
    first = min((coming.at for each in wanted if (coming := next_occurrence(each, now))), default=None)
    if kind == TRY:
        first = None  # the lot decides on which day it comes next
    said = render.set_(t, local(first, user.zone) if first else None, quiet=in_quiet(user, now, wanted))
    undo = _button("back", kind, now) if new or gone else None
    return Reply((replace(render.page(t, _entry(left), said=said, undo=undo), edit=None),))


def _retire(session: Session, user: User, now: datetime, gone: Sequence[Reminder]) -> None:
    for reminder in gone:
        outbox.withdraw(session, user.id, reminder_id=reminder.id)
        reminders.retire(session, reminder, now)


def _twice_a_day(times: Times) -> bool:
    days = [day for slot in times.slots for day in slot.weekdays]
    return len(days) != len(set(days))


def in_quiet(user: User, now: datetime, schedules: set[Schedule]) -> str | None:
    """Return a time that lies in the quiet hours, on which nothing but the card would come."""
    hours = from_text(user.quiet)
    for schedule in sorted(schedules, key=lambda schedule: schedule.at):
        coming = next_occurrence(schedule, now)
        if coming and quiet_until(hours, coming.at, user.zone):
            return texts_for(user.language).clock_time(schedule.at)
    return None


def _read(user: User, now: datetime, text: str, kind: str, *, days: frozenset[int] | None = None) -> Times | NotTimes:
    there = local(now, user.zone)
    usual = days or (WORKDAYS if kind in WORKING_KINDS else EVERY_DAY)
    one = read_one_time(text, user.language)
    if one is not None:
        return Times((Slot(one, usual),))
    return read_times(
        text, there.date(), there.time().replace(tzinfo=None), default_weekdays=usual, language=user.language
    )


def _split(kinds: Sequence[tuple[str, str]], words: str, user: User, now: datetime) -> tuple[str, str, str]:
    """Return kind, own words and the phrase of times in what stands behind /remind."""
    plain = " ".join(words.split())
    for name, kind in kinds:
        found = re.match(rf"{re.escape(name)}\b[,:]?\s*(.*)", plain, re.IGNORECASE)
        if found:
            return kind, "", found[1]
    parts = plain.split(" ")
    for first in range(1, len(parts)):
        phrase = " ".join(parts[first:])
        if isinstance(_read(user, now, phrase, OWN), Times):
            return OWN, " ".join(parts[:first]), phrase
    return OWN, plain, ""


def _kinds_by_name(user: User) -> Sequence[tuple[str, str]]:
    """Return what the kinds are called, the longest names first: as on the buttons, and by their keys."""
    names = render.names(texts_for(user.language))
    found = [(name, kind) for kind, name in names.items()] + [(kind.key, kind.key) for kind in KINDS]
    return sorted(
        [*found, ("card", CHECKIN), ("check-in", CHECKIN), ("summary", SUMMARY)], key=lambda each: -len(each[0])
    )


def _own_kind(session: Session, user: User, words: str) -> str:
    """Return the kind of a reminder in one's own words: the same words are the same reminder."""
    own = [reminder for reminder in reminders.of_user(session, user.id) if reminder.kind.startswith(OWN)]
    same = next((reminder.kind for reminder in own if reminder.words == words), None)
    numbers = [int(reminder.kind.rpartition("-")[2]) for reminder in reminders.ever(session, user.id, OWN)]
    return same or f"{OWN}-{max(numbers, default=0) + 1}"


def _usual_days(session: Session, user: User, kind: str) -> frozenset[int]:
    """Return the days a new time is for where none are named: as the reminder has them, else as its kind suggests."""
    found = reminders.of_user(session, user.id, kind)
    if found:
        return found[0].schedule.weekdays
    return WORKDAYS if kind in WORKING_KINDS else EVERY_DAY


def _purpose(session: Session, user: User, purpose: str) -> tuple[str, bool]:
    """Return the kind a time is for, and whether it is one more; `r<number>` stands on buttons of an older version."""
    if purpose.startswith("n-") and (purpose[2:] in KIND_KEYS or purpose[2:].startswith(OWN)):
        return purpose[2:], True
    which = purpose[2:] if purpose.startswith("k-") else purpose[1:] if purpose.startswith("r") else ""
    return _mine(session, user, which)[0].kind, False


def _mine(session: Session, user: User, which: str) -> Sequence[Reminder]:
    """Return all times of a person's reminder, named by its kind or, on older buttons, by the number of one of them."""
    number = number_of(which)
    kind = which
    if number is not None:
        one = reminders.get(session, user.id, number)
        kind = one.kind if one else ""
    found = () if kind in NOT_SET else reminders.of_user(session, user.id, kind)
    if not found:
        raise Sorry("That reminder is not there any more. /reminders shows what there is.")
    return found


def _button(name: str, kind: str, now: datetime) -> str:
    return f"{name}:{kind}:{digits_of(now)}"


def _all(session: Session, user: User) -> Sequence[render.Entry]:
    found: dict[str, list[Reminder]] = {}
    for reminder in reminders.of_user(session, user.id):
        if reminder.kind not in NOT_SET:
            found.setdefault(reminder.kind, []).append(reminder)
    return [_entry(each) for each in found.values()]


def _page(user: User, found: Sequence[Reminder]) -> Reply:
    return Reply((render.page(texts_for(user.language), _entry(found)),))


def _days(user: User, found: Sequence[Reminder]) -> Reply:
    return Reply((render.choose_days(texts_for(user.language), _entry(found)),))


def _entry(found: Sequence[Reminder]) -> render.Entry:
    first = found[0]
    return render.Entry(first.kind, tuple(each.schedule for each in found), any(each.on for each in found), first.words)
