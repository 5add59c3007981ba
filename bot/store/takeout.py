"""Everything about one person, out of all tables as one document; and what of another one is brought in, and out again.

A document waits for its person's yes as a sealed event on a day that no list of days reaches; once it is in, the same
event says for a day what came in.
"""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select

from bot.domain.incoming import Incoming
from bot.domain.questions import Value
from bot.domain.reminders import NOT_SET
from bot.domain.schedule import Schedule
from bot.domain.takeout import (
    FORMAT,
    VERSION,
    Answer,
    CheckIn,
    Consent,
    Earlier,
    Event,
    Plain,
    Reminder,
    Response,
    Settings,
    Takeout,
    Tastes,
    plain_of,
    plain_profile,
    profile_of,
    value_of,
)
from bot.store import checkins, events, outbox, profiles, reminders, shares, tastes
from bot.store.checkins import Given
from bot.store.database import Session
from bot.store.tables import consents
from bot.store.tables import outbox as owed
from bot.store.users import User

IMPORT, EXPORT = "import", "export"

UNDONE_WITHIN = timedelta(days=1)


def collect(session: Session, user: User, now: datetime) -> Takeout:
    """Return everything that is kept of a person, in an order that is the same whatever the rows' numbers are."""
    return Takeout(
        format=FORMAT,
        version=VERSION,
        exported_at=now,
        settings=Settings(
            language=user.language,
            zone=user.zone,
            day_start=user.day_start,
            quiet=user.quiet,
            since=user.since,
            paused_until=user.paused_until,
            silent_until=user.silent_until,
            seen_at=user.seen_at,
        ),
        profile=plain_profile(profiles.of_user(session, user.id)),
        tastes=_tastes(session, user.id),
        consents=_consents(session, user.id),
        reminders=_reminders(session, user.id),
        checkins=[_checkin(card, given) for card, given in checkins.everything(session, user.id)],
        events=_events(session, user.id),
        responses=_responses(session, user.id),
    )


def random_id(session: Session, user_id: int) -> UUID:
    """Return the number that stands for a person in what a clinic gets: the same each time, and without the key it
    leads to nobody."""
    key = session.keys.ring[min(session.keys.ring)]
    return UUID(bytes=hmac.digest(key, f"clinic\0{user_id}".encode(), "sha256")[:16], version=4)


def offer(session: Session, user_id: int, now: datetime) -> int:
    """Keep that a file was offered, in place of any offer before. Returns the number by which it is asked for."""
    for event in events.of_user(session, user_id, events.SHELF, events.SHELF, EXPORT):
        events.remove(session, event)
    return events.add(session, user_id, events.SHELF, EXPORT, now).id


def take_up(session: Session, user_id: int, number: int) -> bool:
    """Use an offer up. Returns False where it was used before, or is over."""
    event = events.get(session, user_id, number)
    if event is None or event.kind != EXPORT:
        return False
    events.remove(session, event)
    return True


def lay_aside(session: Session, user_id: int, documents: Sequence[Takeout], now: datetime) -> int:
    """Keep a document, or what else it may mean, until its person says yes or no, in place of any before it.

    Returns the number by which it is asked about.
    """
    for event in events.of_user(session, user_id, events.SHELF, events.SHELF, IMPORT):
        if event.details["documents"] or event.created_at < now - UNDONE_WITHIN:
            events.remove(session, event)
    kept = [document.as_json().decode() for document in documents]
    return events.add(session, user_id, events.SHELF, IMPORT, now, documents=kept, brought=None).id


def laid_aside(session: Session, user_id: int, number: int) -> Sequence[Takeout]:
    """Return what the document that waits under this number may mean; nothing where it is in, or gone."""
    event = _import(session, user_id, number)
    return [Takeout.model_validate_json(document) for document in event.details["documents"]] if event else []


def drop(session: Session, user_id: int, number: int) -> bool:
    """Forget a document that waits. Returns False where there is none."""
    event = _import(session, user_id, number)
    if event is None or not event.details["documents"]:
        return False
    events.remove(session, event)
    return True


def bring_in(session: Session, user: User, number: int, new: Incoming, now: datetime) -> None:
    """Store what is new, and in the document's place which rows that made."""
    event = _import(session, user.id, number)
    if event is None:
        raise LookupError(number)
    for day in new.days:
        _bring_day(session, user, day)
    for part in new.filled:
        card = checkins.open_(session, user.id, part.day, part.zone, part.page, now)
        filled = replace(card, asked=(*card.asked, *part.asked), answered_at=card.answered_at or part.answered_at)
        checkins.bring_in(session, filled, _given(part))
    before = tastes.of_user(session, user.id)
    tastes.keep(
        session,
        user.id,
        tastes.Tastes(before.helped | set(new.tastes.helped), before.unwanted | set(new.tastes.unwanted)),
    )
    if new.profile is not None:
        profiles.change(session, user.id, **vars(profile_of(new.profile)))
    brought = {
        "days": {day.day.isoformat(): _times(day) for day in new.days},
        "filled": {part.day.isoformat(): _times(part) for part in new.filled},
        "asked": {part.day.isoformat(): part.asked for part in new.filled},
        "events": _bring_events(session, user.id, new),
        "reminders": [_bring_reminder(session, user.id, each, now) for each in new.reminders],
        "profile": new.profile and new.profile.model_dump(),
        "tastes": new.tastes.model_dump(),
    }
    events.change(session, event, documents=[], brought=brought, at=now.isoformat())


def take_out(session: Session, user: User, number: int, now: datetime) -> bool:
    """Take out what came in, within a day; what was changed since stays. Returns False where there is nothing."""
    event = _import(session, user.id, number)
    if event is None or event.details["brought"] is None:
        return False
    if datetime.fromisoformat(event.details["at"]) < now - UNDONE_WITHIN:
        return False
    brought: Mapping[str, Any] = event.details["brought"]
    for card, given in checkins.stamps(session, user.id):
        day = card.day.isoformat()
        if day in brought["days"]:
            _take_out_of(session, card, given, brought["days"][day], whole=True)
        elif day in brought["filled"]:
            _take_out_of(session, card, given, brought["filled"][day], asked=brought["asked"][day])
    for number in brought["events"]:
        if (one := events.get(session, user.id, number)) is not None:
            events.remove(session, one)
    for number in brought["reminders"]:
        if (reminder := reminders.get(session, user.id, number)) is not None:
            outbox.withdraw(session, user.id, reminder_id=reminder.id)
            reminders.remove(session, reminder.id)
    if brought["profile"] == plain_profile(profiles.of_user(session, user.id)).model_dump():
        profiles.forget(session, user.id)
    rated, now_rated = brought["tastes"], tastes.of_user(session, user.id)
    kept = tastes.Tastes(now_rated.helped - set(rated["helped"]), now_rated.unwanted - set(rated["unwanted"]))
    tastes.keep(session, user.id, kept)
    events.remove(session, event)
    return True


def _import(session: Session, user_id: int, number: int) -> events.Event | None:
    event = events.get(session, user_id, number)
    return event if event is not None and event.kind == IMPORT else None


def _tastes(session: Session, user_id: int) -> Tastes:
    kept = tastes.of_user(session, user_id)
    return Tastes(helped=sorted(kept.helped), unwanted=sorted(kept.unwanted))


def _consents(session: Session, user_id: int) -> list[Consent]:
    found = select(consents).where(consents.c.user_id == user_id).order_by(consents.c.agreed_at, consents.c.id)
    return [
        Consent(
            version=row.version,
            text_hash=row.text_hash,
            agreed_at=row.agreed_at,
            ended_at=row.ended_at,
            ended=row.ended,
        )
        for row in session.execute(found)
    ]


def _reminders(session: Session, user_id: int) -> list[Reminder]:
    found = [
        Reminder(
            kind=each.kind,
            at=each.schedule.at,
            weekdays=sorted(each.schedule.weekdays),
            zone=each.schedule.zone,
            on=each.on,
            only_on=each.schedule.only_on,
            words=_whole(each.words),
            created_at=cast("datetime", each.created_at),
        )
        for each in reminders.of_user(session, user_id)
        if each.kind not in NOT_SET  # they follow from visits and tries
    ]
    return sorted(found, key=lambda each: each.model_dump_json())


def _checkin(card: checkins.CheckIn, given: Mapping[str, Given]) -> CheckIn:
    return CheckIn(
        day=card.day,
        zone=card.zone,
        asked_at=card.asked_at,
        answered_at=card.answered_at,
        late=card.late,
        page=card.page,
        part=card.part,
        asked=list(card.asked),
        answers={question: _answer(one) for question, one in given.items()},
    )


def _answer(one: Given) -> Answer:
    past = [Earlier(value=_plain(value), answered_at=at, source=source) for value, at, source in one.earlier]
    return Answer(value=_plain(one.value), answered_at=one.answered_at, source=one.source, earlier=past)


def _plain(value: Value | None) -> Plain:
    return _whole(value) if isinstance(value, str) else plain_of(value)


def _events(session: Session, user_id: int) -> list[Event]:
    found = [event for event in events.of_user(session, user_id, date.min, date.max) if event.kind != IMPORT]
    found.sort(key=lambda event: (event.day, event.created_at, event.kind, event.id))
    places = {event.id: place for place, event in enumerate(found)}

    def details(event: events.Event) -> dict[str, Any]:
        if event.kind == shares.SHARE:  # who looked is another person, and the link is a secret
            return {name: event.details[name] for name in ("until", "ended", "looks")}
        visit = {"visit": places.get(event.details["visit"])} if "visit" in event.details else {}
        whole = {name: _whole(value) if isinstance(value, str) else value for name, value in event.details.items()}
        return {**whole, **visit}

    return [
        Event(day=event.day, kind=event.kind, created_at=event.created_at, details=details(event)) for event in found
    ]


def _responses(session: Session, user_id: int) -> list[Response]:
    told = (owed.c.response.is_not(None)) | (owed.c.tip.is_not(None))
    found = select(owed).where(owed.c.user_id == user_id, told).order_by(owed.c.due_at, owed.c.id)
    return [
        Response(kind=row.kind, due_at=row.due_at, sent_at=row.sent_at, tip=row.tip, response=row.response)
        for row in session.execute(found)
    ]


def _bring_day(session: Session, user: User, day: CheckIn) -> None:
    card = checkins.CheckIn(
        0,
        user.id,
        day.day,
        day.zone,
        day.asked_at,
        day.answered_at,
        day.late,
        None,
        day.page,
        tuple(day.asked),
        day.part,
    )
    checkins.bring_in(session, card, _given(day))


def _given(day: CheckIn) -> Mapping[str, Given]:
    return {
        question: Given(
            value_of(one.value),
            one.answered_at,
            one.source,
            tuple((value_of(past.value), past.answered_at, past.source) for past in one.earlier),
        )
        for question, one in day.answers.items()
    }


def _times(day: CheckIn) -> dict[str, str]:
    return {question: one.answered_at.isoformat() for question, one in day.answers.items()}


def _bring_events(session: Session, user_id: int, new: Incoming) -> list[int]:
    numbers: dict[int, int] = {}
    for place, event in new.events:
        details = dict(event.details)
        if "visit" in details:
            details["visit"] = None
        numbers[place] = events.add(session, user_id, event.day, event.kind, event.created_at, **details).id
    for place, event in new.events:
        if isinstance(visit := event.details.get("visit"), int) and visit in numbers:
            added = events.get(session, user_id, numbers[place])
            if added is not None:
                events.change(session, added, visit=numbers[visit])
    return list(numbers.values())


def _bring_reminder(session: Session, user_id: int, each: Reminder, now: datetime) -> int:
    schedule = Schedule(each.at, frozenset(each.weekdays), each.zone, each.only_on)
    added = reminders.add(session, user_id, each.kind, schedule, now, each.words, created_at=each.created_at)
    return (added if each.on else reminders.change(session, added, now, on=False)).id


def _take_out_of(
    session: Session,
    card: checkins.CheckIn,
    given: Mapping[str, datetime],
    times: Mapping[str, str],
    *,
    asked: Collection[str] = (),
    whole: bool = False,
) -> None:
    """Take answers out of a day; its card goes with the last of them where it came in, else what they had asked."""
    left = {question for question, at in given.items() if times.get(question) != at.isoformat()}
    if whole and not left:
        checkins.remove(session, card)
        return
    checkins.take_out(session, card, given.keys() - left)
    stay = [key for key in card.asked if key not in asked or key.split(":")[0] in left]
    checkins.turn_to(session, card, card.page, stay, card.part)
    if not left:
        checkins.unanswered(session, card)


def _whole(text: str | None) -> str | None:
    """Return words that can be written as UTF-8: half a letter (a lone surrogate) becomes "?"."""
    return None if text is None else text.encode(errors="replace").decode()
