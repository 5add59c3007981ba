"""What a person can set: time zone, the card's time, pauses; and the small answers around it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.actions.buttons import number_of
from bot.domain.quiet import QuietHours, as_text, from_text
from bot.domain.reminders import CHECKIN, SUMMARY
from bot.domain.schedule import day_of, instant, known_zones, local
from bot.domain.spans import read_day, read_quiet
from bot.domain.times import read_one_time
from bot.render import onboarding
from bot.render import reminders as reminder_words
from bot.render import settings as render
from bot.render.message import Message, Reply, Sorry
from bot.store import outbox, places, reminders, users
from bot.store.database import Session
from bot.store.users import FOR_EVER, User
from bot.texts.words import CHOICES, Texts, texts_for

LONGEST_PAUSE = 365
TIME_HERE = re.compile(r"(?:it(?:['’]s| is)|its|es ist)\s+(.+?)\s+(?:here|hier)[.!]?", re.IGNORECASE)
MANY_PLACES, MOST_OFFERED, A_FEW_MINUTES = 400, 8, 7


def open_settings(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    t = texts_for(user.language)
    checkin, summary = (_when(t, reminders.of_user(session, user.id, kind)) for kind in (CHECKIN, SUMMARY))
    quiet = render.quiet_words(t, from_text(user.quiet))
    overview = render.overview(t, user.zone, user.day_start, checkin, summary, quiet, _pause_words(t, user, now))
    return Reply((overview,), menu=user.language)  # Telegram's own language may be another since it was chosen


def come_back_to(session: Session, user: User, now: datetime) -> Reply:
    """Show the overview in place of a page that it led to."""
    return Reply(tuple(replace(message, edit="tapped") for message in open_settings(session, user, now).messages))


def ask_zone(session: Session, user: User, now: datetime) -> Reply:
    users.wait_for_text(session, user.id, "place")
    return Reply((onboarding.ask_zone(texts_for(user.language)),))


def type_place(session: Session, user: User, now: datetime, text: str) -> Reply:
    """Look a typed place up, offline: one match is taken, several are offered, none is said."""
    t = texts_for(user.language)
    if zone := onboarding.zone_of_key(t, text):
        return set_zone(session, user, now, zone)
    if (at := _time_here(text)) is not None:
        return _offer_zones_at(user, now, at)
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
    """Move a person and their reminders to `zone`: clock times stay, or home time is kept if they say so. Who is new
    is asked for a time next."""
    if zone not in known_zones():
        raise Sorry("I don’t know that time zone. Please type your city.")
    t = texts_for(user.language)
    users.change(session, user.id, zone=zone, awaiting=None)
    theirs = reminders.of_user(session, user.id)
    moved = _move(session, theirs, user.zone, zone, now)
    said = render.zone_set(t, zone, now)
    if moved and zone != user.zone:
        return Reply((said, render.ask_home_time(t, user.zone, zone)))
    new_here = not any(reminder.kind == CHECKIN for reminder in theirs)
    if not new_here:
        return Reply((said,))
    users.wait_for_text(session, user.id, "start_time")
    return Reply((said, onboarding.ask_time(t, session.settings.defaults.checkin_time)))


def keep_home_time(session: Session, user: User, now: datetime, zone: str) -> Reply:
    """Let card and reminders come by the clock at home, in `zone`, while the person is away."""
    if zone not in known_zones():
        raise Sorry("I don’t know that time zone. Please type your city.")
    t = texts_for(user.language)
    _move(session, reminders.of_user(session, user.id), user.zone, zone, now)
    return Reply((render.home_time_kept(t, zone),))


def ask_quiet(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.ask_quiet(texts_for(user.language), from_text(user.quiet)),))


def set_quiet(session: Session, user: User, now: datetime, kept: str = "") -> Reply:
    """Take quiet hours from a button, or wait for typed ones."""
    t = texts_for(user.language)
    if not kept:
        users.wait_for_text(session, user.id, "quiet")
        return Reply((render.ask_typed_quiet(t),))
    try:
        hours = from_text(kept)
    except ValueError:
        raise Sorry("I can’t read that button any more. /settings shows what there is.") from None
    return Reply(tuple(replace(message, edit="tapped") for message in _be_quiet(session, user, hours).messages))


def type_quiet(session: Session, user: User, now: datetime, text: str) -> Reply:
    hours = read_quiet(text, from_text(user.quiet), local(now, user.zone).date(), user.language)
    if hours is None:
        return Reply((render.quiet_not_understood(texts_for(user.language)),))
    users.wait_for_text(session, user.id, None)
    return _be_quiet(session, user, hours)


def ask_day_start(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.ask_day_start(texts_for(user.language), user.day_start),))


def set_day_start(session: Session, user: User, now: datetime, digits: str) -> Reply:
    at = next((at for at in render.DAY_STARTS if f"{at:%H%M}" == digits), None)
    if at is None:
        raise Sorry("I can’t read that button any more. /settings shows what there is.")
    users.change(session, user.id, day_start=at)
    return Reply((render.day_start_set(texts_for(user.language), at),))


def ask_language(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.ask_language(texts_for(user.language)),))


def set_language(session: Session, user: User, now: datetime, language: str) -> Reply:
    """Speak another language from now on, or show the clock another way."""
    if language not in CHOICES:
        raise Sorry("I can’t read that button any more. /settings shows what there is.")
    users.change(session, user.id, language=language)
    return Reply((render.language_set(texts_for(language)),), menu=language)


def ask_pause(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Offer some lengths; `/pause 5` takes the number of days at once, `/pause until Friday` the first day after it."""
    if words.isascii() and words.isdigit():
        reply = pause(session, user, now, words)
        return Reply(tuple(replace(message, edit=None) for message in reply.messages))
    if words.strip():
        return _pause_until(session, user, now, words)
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


def _pause_until(session: Session, user: User, now: datetime, words: str) -> Reply:
    """Be quiet until the person's day begins on the date they typed."""
    t = texts_for(user.language)
    today = day_of(now, user.zone, user.day_start)
    day = read_day(words, today, user.language)
    if day is None:
        return Reply((render.pause_not_understood(t),))
    if not today < day <= today + timedelta(days=LONGEST_PAUSE):
        raise Sorry("I can pause until a day that is still to come, at most a year ahead.")
    until = instant(day, user.day_start, user.zone) or now + (day - today)
    users.change(session, user.id, paused_until=until)
    outbox.withdraw(session, user.id)
    return Reply((Message(render.paused(t, _instant_words(t, user, until))),))


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
    users.block(session, user.id, now)
    outbox.withdraw(session, user.id)
    return Reply()


def come_back(session: Session, user: User, now: datetime) -> Reply:
    """The person took the block away; any turn of theirs ends it, this one has nothing to say."""
    return Reply()


def ask_typed_time(user: User) -> Message:
    return render.ask_typed_time(texts_for(user.language))


def time_not_understood(user: User) -> Message:
    return render.time_not_understood(texts_for(user.language))


def _be_quiet(session: Session, user: User, hours: QuietHours) -> Reply:
    t = texts_for(user.language)
    users.change(session, user.id, quiet=as_text(hours))
    return Reply((render.quiet_set(t, hours),))


def _move(
    session: Session, theirs: Sequence[reminders.Reminder], away: str, to: str, now: datetime
) -> Sequence[reminders.Reminder]:
    """Let those that go by the clock in zone `away` go by the one in `to`."""
    moving = [reminder for reminder in theirs if reminder.schedule.zone == away]
    return [
        reminders.change(session, reminder, now, schedule=replace(reminder.schedule, zone=to), on=reminder.on)
        for reminder in moving
    ]


def _time_here(text: str) -> time | None:
    """Return the time in "it's 14:05 here"; None where something else is said."""
    found = TIME_HERE.fullmatch(text.strip())
    return read_one_time(found[1]) if found else None


def _offer_zones_at(user: User, now: datetime, at: time) -> Reply:
    """Offer places where the clock shows this time now, give or take a few minutes."""
    t = texts_for(user.language)
    wanted = at.hour * 60 + at.minute

    def apart(place: places.Place) -> int:
        there = local(now, place.zone)
        return (there.hour * 60 + there.minute - wanted + 720) % 1440 - 720

    near = [place for place in places.largest(MANY_PLACES) if abs(apart(place)) <= A_FEW_MINUTES]
    found = [(f"{place.name}, {place.country}", place.zone) for place in near[:MOST_OFFERED]]
    return Reply((onboarding.ask_zone(t, found, typed=t.clock_time(at), none_found=not found),))


def _when(t: Texts, found: Sequence[reminders.Reminder]) -> str | None:
    if not found:
        return None
    entry = reminder_words.Entry(found[0].kind, tuple(each.schedule for each in found), any(each.on for each in found))
    return reminder_words.when(t, entry)


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
