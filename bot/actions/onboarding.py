"""From the first /start to the first card: who may come in, consent, time zone, check-in time, reminders."""

from dataclasses import replace
from datetime import datetime, time

from bot.actions import consent, settings, share
from bot.actions.buttons import time_of
from bot.domain.reminders import CHECKIN, EVERY_DAY, PRESETS, SUMMARY
from bot.domain.schedule import Schedule
from bot.domain.times import read_one_time
from bot.render import onboarding as render
from bot.render.consent import goes_on
from bot.render.message import Message, Reply, Sorry
from bot.store import invites, reminders, shares, users
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def start(session: Session, user: User, now: datetime, code: str = "") -> Reply:
    """Welcome a stranger who may come in; a person who is already here is welcomed back."""
    t = texts_for(user.language)
    if shares.CODE.fullmatch(code):
        return share.offer(session, user, now, code)
    if user.state != "stranger" and not user.agreed:
        return consent.ask(session, user, now)
    if user.state != "stranger":
        if not reminders.of_user(session, user.id, CHECKIN):
            return Reply((_ask_zone(session, user),))
        return Reply((render.welcome_back(t),))
    refusal = _refusal(session, user, now, code)
    return refusal or Reply((render.welcome(t, code if _needs_invitation(session, user) else ""),))


def agree(session: Session, user: User, now: datetime, code: str = "", shown: str = "", before: str = "") -> Reply:
    """Store the person, their consent and nothing else, then ask where they live; who was here before goes on.

    A button from another time (another text, or before a consent was taken back) shows the text as it is now.
    """
    t = texts_for(user.language)
    if user.agreed and reminders.of_user(session, user.id, CHECKIN):
        return start(session, user, now)
    if not user.agreed:
        text_hash = consent.read(session, user, shown, before)
        if text_hash is None:
            return start(session, user, now, code)
        if user.state == "stranger":
            refusal = _refusal(session, user, now, code)
            if refusal:
                return refusal
            if _needs_invitation(session, user):
                invites.redeem(session, code, now)
            user = users.add(session, user, now)
        consent.keep(session, user.id, now, text_hash)
        if reminders.of_user(session, user.id, CHECKIN):
            return Reply((goes_on(t),))
    return Reply((render.agreed(t), _ask_zone(session, user)))


def decline(session: Session, user: User, now: datetime) -> Reply:
    """Say no: a stranger leaves no trace, anybody else is asked whether they take their consent back."""
    if user.state != "stranger":
        return consent.ask_withdraw(session, user, now)
    return Reply((render.declined(texts_for(user.language)),))


def set_time(session: Session, user: User, now: datetime, digits: str = "") -> Reply:
    """Take the first check-in time from a button (HHMM), or wait for a typed one."""
    at = time_of(digits)
    if at is None:
        users.wait_for_text(session, user.id, "start_time")
        return Reply((replace(settings.ask_typed_time(user), edit="tapped"),))
    return _checkin_at(session, user, now, at)


def type_time(session: Session, user: User, now: datetime, text: str) -> Reply:
    at = read_one_time(text, user.language)
    if at is None:
        return Reply((settings.time_not_understood(user),))
    reply = _checkin_at(session, user, now, at)
    return Reply(tuple(replace(message, edit=None) for message in reply.messages))


def choose_preset(session: Session, user: User, now: datetime, key: str) -> Reply:
    preset = next((preset for preset in PRESETS if preset.key == key), None)
    checkin = next(iter(reminders.of_user(session, user.id, CHECKIN)), None)
    if preset is None or checkin is None:
        raise Sorry("That button is from another time. Send /start to go on.")
    present = {(reminder.kind, reminder.schedule) for reminder in reminders.of_user(session, user.id)}
    for kind, at, weekdays in preset.reminders:
        schedule = Schedule(at, weekdays, user.zone)
        if (kind, schedule) not in present:
            reminders.add(session, user.id, kind, schedule, now)
    return Reply((render.ready(texts_for(user.language), checkin.schedule.at),))


def _checkin_at(session: Session, user: User, now: datetime, at: time) -> Reply:
    t = texts_for(user.language)
    users.wait_for_text(session, user.id, None)
    schedule = Schedule(at, EVERY_DAY, user.zone)
    present = next(iter(reminders.of_user(session, user.id, CHECKIN)), None)
    if present:
        reminders.change(session, present, now, schedule=schedule)
    else:
        reminders.add(session, user.id, CHECKIN, schedule, now)
    defaults = session.settings.defaults
    if not reminders.of_user(session, user.id, SUMMARY):
        weekly = Schedule(defaults.summary_time, frozenset({WEEKDAYS.index(defaults.summary_weekday)}), user.zone)
        reminders.add(session, user.id, SUMMARY, weekly, now)
    return Reply((render.ask_preset(t, at),))


def _ask_zone(session: Session, user: User) -> Message:
    users.wait_for_text(session, user.id, "place")
    return render.ask_zone(texts_for(user.language))


def _needs_invitation(session: Session, user: User) -> bool:
    access = session.settings.access
    return access.mode == "invite" and user.id not in access.operators and user.id not in access.users


def _refusal(session: Session, user: User, now: datetime, code: str) -> Reply | None:
    """Return the one polite line for a stranger who may not come in."""
    t = texts_for(user.language)
    access = session.settings.access
    if access.mode == "allowlist" and user.id not in access.users and user.id not in access.operators:
        return Reply((render.not_listed(t),))
    if _needs_invitation(session, user) and not invites.welcome(session, code, now):
        return Reply((render.invitation_over(t) if code else render.by_invitation(t),))
    return None
