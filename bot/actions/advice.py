"""When to talk to a doctor: said once, with its counts, after a card or below a summary; every word is remembered."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from bot.domain.checklists import SEVERE, score_of
from bot.domain.history import Day
from bot.domain.profile import Profile
from bot.domain.questions import Answers, aura_ticked
from bot.domain.rules import MEDICINE_WINDOW, Advice, about_medicine, medicine_kinds, see_doctor
from bot.domain.schedule import day_of
from bot.render import advice as render
from bot.render.message import Message
from bot.store import checkins, events
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

TOLD = "told"
AURA, PREGNANT = "aura", "pregnant"
LOOK_BACK, DAY = timedelta(days=90), timedelta(days=1)


def after_card(
    session: Session, user: User, now: datetime, day: date, answers: Answers, profile: Profile, *, done: bool
) -> tuple[Message, ...]:
    """Return what today's answers call for, nothing twice; the days before are read only where they matter.

    What is not for today waits until the card is `done`, so that it does not come between two questions.
    """
    t, severe = texts_for(user.language), (score_of("head", answers) or 0) >= SEVERE
    if "pregnant" in profile.care and severe and (PREGNANT, day) not in _told(session, user):
        remember(session, user, now, day, PREGNANT)
        return (render.pregnant(t, profile.country),)
    if done and aura_ticked(answers) and not was_told(session, user, AURA):
        remember(session, user, now, day, AURA)
        return (render.aura(t),)
    if done and medicine_kinds(answers):
        days = checkins.days(session, user.id, day - (MEDICINE_WINDOW - 1) * DAY, day, user.day_start)
        return _say(session, user, now, day, about_medicine(days, _told(session, user)))
    return ()


def below_summary(
    session: Session, user: User, now: datetime, days: Sequence[Day], slot: str = ""
) -> tuple[Message, ...]:
    """Return the one word about seeing a doctor that is due; a summary that is sent again (`slot`) says it again.

    `days` are `LOOK_BACK` or more, oldest first, and end with the last one that is over or has an answer.
    """
    day = day_of(now, user.zone, user.day_start)
    return _say(session, user, now, day, see_doctor(days, _told(session, user, but=slot)), slot)


def was_told(session: Session, user: User, what: str) -> bool:
    """Tell whether this was ever said to somebody."""
    return what in {each for each, _ in _told(session, user)}


def remember(session: Session, user: User, now: datetime, day: date, what: str, slot: str = "") -> None:
    already = events.of_user(session, user.id, day, day, TOLD)
    if not any(event.details["what"] == what for event in already):
        events.add(session, user.id, day, TOLD, now, what=what, slot=slot)


def _say(
    session: Session, user: User, now: datetime, day: date, said: Advice | None, slot: str = ""
) -> tuple[Message, ...]:
    if said is None:
        return ()
    remember(session, user, now, day, said.kind, slot)
    return (render.advice(texts_for(user.language), said),)


def _told(session: Session, user: User, but: str = "") -> Collection[tuple[str, date]]:
    every = events.of_user(session, user.id, date.min, date.max, TOLD)
    return [(event.details["what"], event.day) for event in every if not but or event.details["slot"] != but]
