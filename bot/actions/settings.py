"""What a person can set: time zone, the card's time, pauses; and the small answers around it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.buttons import number_of
from bot.domain.reminders import CHECKIN, SUMMARY
from bot.domain.schedule import day_of, instant, known_zones, local
from bot.render import onboarding
from bot.render import reminders as reminder_words
from bot.render import settings as render
from bot.render.message import Message, Reply, Sorry
from bot.store import outbox, places, reminders, users
from bot.store.database import Session
from bot.store.users import FOR_EVER, User
from bot.texts.words import Texts, texts_for

LONGEST_PAUSE = 365


def open_settings(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    t = texts_for(user.language)
    checkin, summary = (_when(t, reminders.of_user(session, user.id, kind)) for kind in (CHECKIN, SUMMARY))
    return Reply((render.overview(t, user.zone, checkin, summary, _pause_words(t, user, now)),))


def ask_zone(session: Session, user: User, now: datetime) -> Reply:
    users.wait_for_text(session, user.id, "place")
    return Reply((onboarding.ask_zone(texts_for(user.language)),))


def type_place(session: Session, user: User, now: datetime, text: str) -> Reply:
    """Look a typed place up, offline: one match is taken, several are offered, none is said."""
    t = texts_for(user.language)
    if zone := onboarding.zone_of_key(t, text):
        return set_zone(session, user, now, zone)
    found = [(f"{place.name}, {place.country}", place.zone) for place in places.find_places(text)]
    if len({zone for _, zone in found}) == 1:
        return set_zone(session, user, now, found[0][1])
    return Reply((onboarding.ask_zone(t, found, typed=text, none_found=not found),))


def share_location(session: Session, user: User, now: datetime, latitude: float, longitude: float) -> Reply:
    """Take the time zone of a shared place, if it was asked for; the place itself is not stored."""
    if user.awaiting != "place":
        return Reply((render.place_not_asked(texts_for(user.language)),))
    zone = places.zone_at(latitude, longitude)
    if zone is None:
        t = texts_for(user.language)
        return Reply((onboarding.ask_zone(t, typed=t("that spot"), none_found=True),))
    return set_zone(session, user, now, zone)


def set_zone(session: Session, user: User, now: datetime, zone: str) -> Reply:
    """Move the person and all their reminders to `zone`; clock times stay. A new person is asked for a time next."""
    if zone not in known_zones():
        raise Sorry("I don’t know that time zone. Please type your city.")
    t = texts_for(user.language)
    users.change(session, user.id, zone=zone, awaiting=None)
    theirs = reminders.of_user(session, user.id)
    for reminder in theirs:
        reminders.change(session, reminder, now, schedule=replace(reminder.schedule, zone=zone))
    said = render.zone_set(t, zone, now)
    new_here = not any(reminder.kind == CHECKIN for reminder in theirs)
    return Reply((said, onboarding.ask_time(t, session.settings.defaults.checkin_time)) if new_here else (said,))


def ask_pause(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Offer some lengths; `/pause 5` takes the number of days at once."""
    if words.isascii() and words.isdigit():
        reply = pause(session, user, now, words)
        return Reply(tuple(replace(message, edit=None) for message in reply.messages))
    return Reply((render.ask_pause(texts_for(user.language)),))


def pause(session: Session, user: User, now: datetime, days: str) -> Reply:
    """Be quiet for this many days, today included; 0 = until /resume. The end is the start of a day of theirs."""
    number = number_of(days)
    if number is None or number > LONGEST_PAUSE:
        raise Sorry("I can pause for up to 365 days. /pause shows the choices.")
    until = _start_of_day(user, now, number) if number else FOR_EVER
    users.change(session, user.id, paused_until=until)
    outbox.withdraw(session, user.id)
    t = texts_for(user.language)
    return Reply((Message(render.paused(t, _instant_words(t, user, until)), edit="tapped"),))


def resume(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    users.change(session, user.id, paused_until=None)
    return Reply((render.resumed(texts_for(user.language)),))


def help_(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.help_text(texts_for(user.language)),))


def cancel(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.cancelled(texts_for(user.language), user.awaiting is not None),))


def only_words(session: Session, user: User, now: datetime) -> Reply:
    """Answer a picture, voice message or sticker; nothing of it is kept."""
    return Reply((render.only_words(texts_for(user.language)),))


def keep_waiting(session: Session, user: User) -> None:
    users.wait_for_text(session, user.id, user.awaiting)


def unknown_command(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.unknown_command(texts_for(user.language)),))


def unknown_button(session: Session, user: User, now: datetime) -> Reply:
    raise Sorry("I can’t read that button any more. /help shows what I can do.")


def blocked(session: Session, user: User, now: datetime) -> Reply:
    """The person blocked the bot: nothing more is sent, everything is kept."""
    users.change(session, user.id, state="blocked")
    outbox.withdraw(session, user.id)
    return Reply()


def come_back(session: Session, user: User, now: datetime) -> Reply:
    """The person took the block away; any turn of theirs ends it, this one has nothing to say."""
    return Reply()


def ask_typed_time(user: User) -> Message:
    return render.ask_typed_time(texts_for(user.language))


def time_not_understood(user: User) -> Message:
    return render.time_not_understood(texts_for(user.language))


def _when(t: Texts, found: Sequence[reminders.Reminder]) -> tuple[int, str] | None:
    return (found[0].id, reminder_words.when(t, found[0].schedule, found[0].on)) if found else None


def _pause_words(t: Texts, user: User, now: datetime) -> str | None:
    if user.paused_until is None or not user.paused(now):
        return None
    return render.paused(t, _instant_words(t, user, user.paused_until))


def _instant_words(t: Texts, user: User, moment: datetime) -> str | None:
    if moment == FOR_EVER:
        return None
    there = local(moment, user.zone)
    return f"{t.day(there.date())}, {t.clock_time(there.time())}"


def _start_of_day(user: User, now: datetime, days: int) -> datetime:
    day = day_of(now, user.zone, user.day_start) + timedelta(days=days)
    start = instant(day, user.day_start, user.zone)
    return start or now + timedelta(days=days)
