"""A doctor's visit still to come: noted in words, prepared with one's own questions, and asked about afterwards."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.actions import log
from bot.actions.buttons import event_of
from bot.domain.log import Kind
from bot.domain.reminders import AFTER_VISIT, EVERY_DAY, VISIT, VISITS
from bot.domain.schedule import Schedule, instant, local, next_occurrence
from bot.domain.visits import (
    FURTHEST_AHEAD,
    LONGEST_QUESTION,
    LONGEST_WITH,
    MOST_QUESTIONS,
    MOST_VISITS,
    WRITTEN_AT,
    Visit,
    asked_on,
    read_visit,
    written_on,
)
from bot.render import visits as render
from bot.render.message import Message, Reply, Sorry
from bot.store import events, outbox, reminders, users
from bot.store.database import Session
from bot.store.events import Event
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for

LATELY = timedelta(days=14)
CHANGES: Mapping[str, Kind] = {"started": "medicine_started", "changed": "medicine_changed", "other": "other"}
"""What may have changed at a visit, as it is noted."""

GONE = "That visit is not kept here any more. /visit notes a new one."


def open_visits(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """`/visit 14 May 10:30, neurologist`; without words the visits to come, and a place to type one."""
    if words.strip():
        return type_visit(session, user, now, "", words)
    users.wait_for_text(session, user.id, "visit:")
    return Reply((render.listing(texts_for(user.language), [_shown(each) for each in to_come(session, user, now)]),))


def show(session: Session, user: User, now: datetime, event_id: str = "") -> Reply:
    if not event_id:
        return open_visits(session, user, now)
    return Reply((_page(user, _mine(session, user, event_id)),))


def ask_when(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    visit = _mine(session, user, event_id)
    users.wait_for_text(session, user.id, f"visit:{visit.id}")
    return Reply((render.ask_when(texts_for(user.language)),))


def type_visit(session: Session, user: User, now: datetime, event_id: str, text: str) -> Reply:
    """Note a visit as typed, or move the one that `event_id` names."""
    t = texts_for(user.language)
    there = local(now, user.zone)
    found = read_visit(text, there.date(), user.language)
    if found is None:
        users.wait_for_text(session, user.id, f"visit:{event_id}")
        return Reply((render.ask_when(t, again=True),))
    begins = instant(found.day, found.at or time(23, 59), user.zone)
    if begins is None or begins <= now:
        raise Sorry("That is over already. /log notes a visit that was.")
    if found.day > there.date() + FURTHEST_AHEAD:
        raise Sorry("That is more than two years away. Please note it when it is closer.")
    moved = _mine(session, user, event_id) if event_id else None
    coming = to_come(session, user, now)
    if moved is None and len(coming) >= MOST_VISITS:
        raise Sorry("You have ten visits to come, that is as many as I can keep. Call one off first.")
    at, note = found.at.strftime("%H:%M") if found.at else None, found.note[:LONGEST_WITH]
    on = written_on(found, there)
    details = {"over": False, "at": at, "written_on": on.isoformat() if on else None}
    if moved is not None:
        event = events.change(session, events.move(session, moved, found.day), **details)
        event = events.change(session, event, note=note) if note else event
    else:
        same = next((each for each in coming if (each.day, _visit(each).at) == (found.day, found.at)), None)
        event = same or events.add(session, user.id, found.day, VISIT, now, note=note, questions=[], **details)
    users.wait_for_text(session, user.id, None)
    plan(session, user, now)
    return Reply((render.below(_page(user, event, new=True)),))


def ask_questions(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    visit = _mine(session, user, event_id)
    users.wait_for_text(session, user.id, f"visit_questions:{visit.id}")
    return Reply((render.ask_questions(texts_for(user.language)),))


def type_questions(session: Session, user: User, now: datetime, event_id: str, text: str) -> Reply:
    """Keep what they want to ask, one question a line."""
    visit = _mine(session, user, event_id)
    kept = list(visit.details["questions"])
    new = [line.strip()[:LONGEST_QUESTION] for line in text.splitlines() if line.strip()]
    if len(kept) + len(new) > MOST_QUESTIONS:
        raise Sorry("Twenty questions fit one visit. Please choose the ones that matter most.")
    first = max((number for number, _ in kept), default=0) + 1
    visit = events.change(session, visit, questions=[*kept, *([n, said] for n, said in enumerate(new, first))])
    users.wait_for_text(session, user.id, None)
    return Reply((render.below(_page(user, visit)),))


def remove_question(session: Session, user: User, now: datetime, event_id: str, number: str) -> Reply:
    visit = _mine(session, user, event_id)
    left = [each for each in visit.details["questions"] if str(each[0]) != number]
    return Reply((_page(user, events.change(session, visit, questions=left)),))


def call_off(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    visit = _mine(session, user, event_id)
    events.remove(session, visit)
    plan(session, user, now)
    return Reply((render.called_off(texts_for(user.language), _shown(visit)),))


def write_before(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock writes about two days before a visit: what is noted for it, and what they want to ask."""
    day = _day_of(owed).isoformat()
    t = texts_for(user.language)
    near = [each for each in to_come(session, user, now) if each.details["written_on"] == day]
    return Reply(tuple(render.soon(t, _shown(each)) for each in near)) if near else None


def ask_after(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock asks after a visit what changed; nothing where that was answered, or the visit was moved."""
    t = texts_for(user.language)
    asked = [each for each in _lately(session, user, now) if asked_on(_visit(each))[0] == _day_of(owed)]
    return Reply(tuple(render.how_was_it(t, _shown(each)) for each in asked)) if asked else None


def answer(session: Session, user: User, now: datetime, event_id: str, what: str) -> Reply:
    """Note what changed at a visit: it is an event of its own then, as the visit itself is; "not": it was not one."""
    visit = _mine(session, user, event_id)
    t = texts_for(user.language)
    if visit in to_come(session, user, now):
        raise Sorry("That visit is still to come. /visit shows it.")
    if what == "not":
        events.remove(session, visit)
        return Reply((render.did_not_happen(t),))
    if what not in (*CHANGES, "nothing"):
        raise Sorry("I can’t read that button any more. /log notes what changed.")
    events.change(session, visit, over=True)
    log.note(session, user, now, visit.day, "doctor", str(visit.details["note"]))
    if what == "nothing":
        return Reply((render.noted_as_it_is(t),))
    return log.shown(user, now, log.note(session, user, now, visit.day, CHANGES[what]))


def to_come(session: Session, user: User, now: datetime) -> Sequence[Event]:
    """Return a person's visits that have not begun, soonest first."""
    here = local(now, user.zone)
    noted = events.of_user(session, user.id, here.date(), here.date() + FURTHEST_AHEAD, VISIT)
    coming = [each for each in noted if (each.day, _visit(each).at or time.max) > (here.date(), here.time())]
    return sorted(coming, key=lambda each: (each.day, _visit(each).at or time.max))


def _lately(session: Session, user: User, now: datetime) -> Sequence[Event]:
    """Return the visits of the last two weeks of which nobody has said how they were."""
    here = local(now, user.zone).date()
    return [
        each for each in events.of_user(session, user.id, here - LATELY, here, VISIT) if not each.details.get("over")
    ]


def plan(session: Session, user: User, now: datetime) -> None:
    """Make the reminder rows fit the visits: one before each, one after it; visits on one day share theirs."""
    visits = [*_lately(session, user, now), *to_come(session, user, now)]
    wanted = {(AFTER_VISIT, _once(user, *asked_on(_visit(each)))) for each in visits}
    wanted |= {
        (VISIT, _once(user, date.fromisoformat(each.details["written_on"]), WRITTEN_AT))
        for each in visits
        if each.details["written_on"]
    }
    for kind in VISITS:
        for reminder in reminders.of_user(session, user.id, kind):
            # A person who has moved since has rows that go by another clock; theirs are made anew.
            if (kind, reminder.schedule) in wanted:
                wanted.discard((kind, reminder.schedule))
            else:
                outbox.withdraw(session, user.id, reminder_id=reminder.id)
                reminders.remove(session, reminder.id)
    for kind, schedule in sorted(wanted, key=lambda each: (each[1].only_on, each[1].at)):
        if next_occurrence(schedule, now):
            reminders.add(session, user.id, kind, schedule, now)


def _once(user: User, day: date, at: time) -> Schedule:
    return Schedule(at, EVERY_DAY, user.zone, day)


def _day_of(owed: Owed) -> date:
    return date.fromisoformat(owed.slot.partition("@")[2][:10])


def _visit(event: Event) -> Visit:
    at: Any = event.details["at"]
    return Visit(event.day, time.fromisoformat(at) if at else None, str(event.details["note"]))


def _shown(event: Event) -> render.Shown:
    return render.Shown(event.id, _visit(event), tuple((n, said) for n, said in event.details["questions"]))


def _page(user: User, event: Event, *, new: bool = False) -> Message:
    on = event.details["written_on"]
    written = date.fromisoformat(on) if new and on else None
    return render.page(texts_for(user.language), _shown(event), written, new=new)


def _mine(session: Session, user: User, event_id: str) -> Event:
    found = event_of(session, user, event_id, (VISIT,))
    if found is None:
        raise Sorry(GONE)
    return found
