"""Visits, remedies and changes, noted beside the card: one tap for today, then another day or a few words if wanted."""

from datetime import date, datetime, timedelta

from bot.actions.buttons import date_of, event_of
from bot.actions.checkin import FURTHEST, today
from bot.domain.freetext import read_today_or_yesterday
from bot.domain.log import KINDS, Kind
from bot.domain.questions import LONGEST_NOTE
from bot.domain.spans import read_day
from bot.render import log as render
from bot.render.message import Reply, Sorry
from bot.store import events, users
from bot.store.database import Session
from bot.store.events import Event
from bot.store.users import User
from bot.texts.words import texts_for

A_YEAR, A_WEEK = timedelta(days=364), timedelta(days=7)


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.choose(texts_for(user.language)),))


def add(session: Session, user: User, now: datetime, kind: str) -> Reply:
    """Note a kind for today; noted twice, by a double tap, it is still one."""
    if kind not in KINDS:
        raise Sorry("I can’t read that button any more. /log shows what can be noted.")
    return shown(user, now, note(session, user, now, today(user, now), kind))


def note(session: Session, user: User, now: datetime, day: date, kind: Kind, words: str = "") -> Event:
    """Return what is noted of a kind for a day, noted now where it was not."""
    already = events.of_user(session, user.id, day, day, kind)
    return already[0] if already else events.add(session, user.id, day, kind, now, note=words)


def move(session: Session, user: User, now: datetime, event_id: str, code: str = "") -> Reply:
    """Note it for another day (YYYY-MM-DD); without one, wait for it to be typed."""
    event = _mine(session, user, event_id)
    if not code:
        users.wait_for_text(session, user.id, f"log_day:{event.id}")
        return Reply((render.ask_day(texts_for(user.language)),))
    day = date_of(code)
    if day is None:
        raise Sorry("I can’t read that button any more. /log shows what can be noted.")
    return _moved(session, user, now, event, day)


def type_day(session: Session, user: User, now: datetime, event_id: str, text: str) -> Reply:
    event, here = _mine(session, user, event_id), today(user, now)
    day = _day_behind(text.strip().lower(), here, user.language)
    if day is None:
        return Reply((render.ask_day(texts_for(user.language), again=True),))
    reply = _moved(session, user, now, event, day)
    users.wait_for_text(session, user.id, None)
    return Reply((render.below(reply.messages[0]),))


def ask_note(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    event = _mine(session, user, event_id)
    users.wait_for_text(session, user.id, f"log_note:{event.id}")
    return Reply((render.ask_note(texts_for(user.language)),))


def type_note(session: Session, user: User, now: datetime, event_id: str, text: str) -> Reply:
    event = events.change(session, _mine(session, user, event_id), note=text.strip()[:LONGEST_NOTE])
    users.wait_for_text(session, user.id, None)
    return Reply((render.below(shown(user, now, event).messages[0]),))


def remove(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    event = _mine(session, user, event_id)
    events.remove(session, event)
    return Reply((render.removed(texts_for(user.language), event.kind, event.day),))


def _moved(session: Session, user: User, now: datetime, event: Event, day: date) -> Reply:
    if not today(user, now) - FURTHEST <= day <= today(user, now):
        raise Sorry("I can note days of the last year, up to today.")
    return shown(user, now, events.move(session, event, day))


def _day_behind(words: str, here: date, language: str) -> date | None:
    """Return the last day up to `here` that words name: "yesterday", "Monday", "3 March"; None where they name none."""
    if near := read_today_or_yesterday(words, language):
        return here - timedelta(days=near == "yesterday")
    # Days are read as the next ones from some day on, and one just past that day not at all: so from several.
    dated = any(letter.isdigit() for letter in words)
    found = [read_day(words, here - back, language) for back in ((A_YEAR, A_YEAR / 2) if dated else (A_WEEK,))]
    return max((day for day in found if day is not None and day <= here), default=None)


def shown(user: User, now: datetime, event: Event) -> Reply:
    note = str(event.details.get("note", ""))
    return Reply((render.noted(texts_for(user.language), event.id, event.kind, event.day, today(user, now), note),))


def _mine(session: Session, user: User, event_id: str) -> Event:
    found = event_of(session, user, event_id, KINDS)
    if found is None:
        raise Sorry("That one is not kept here any more. /log notes a new one.")
    return found
