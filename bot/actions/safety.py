"""When help may be needed at once: the list of signs, and an answer to words that sound like it."""

from datetime import datetime, timedelta

from bot.actions import attack
from bot.domain.emergency import COUNTRIES
from bot.domain.safety import Concern
from bot.render import checklist
from bot.render import safety as render
from bot.render.message import Reply, Sorry
from bot.store import profiles, users
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

QUIET_FOR = timedelta(days=1)
"""After words of self-harm nothing comes by the clock: no card, tip or summary beside such a message."""


def warning(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show the signs to anyone who asks, stranger or not."""
    country = _country(session, user)
    return Reply((render.warning_signs(texts_for(user.language), country, checks=user.agreed),))


def answer(session: Session, user: User, now: datetime, concern: Concern) -> Reply:
    """Answer worrying words, a stranger's too, instead of whatever else they would have meant."""
    if concern == "self_harm" and user.agreed:
        until = now.replace(second=0, microsecond=0) + QUIET_FOR
        users.change(session, user.id, silent_until=max(until, user.silent_until or until))
    return Reply(render.answer(texts_for(user.language), concern, _country(session, user)))


def numbers(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.numbers(texts_for(user.language), _country(session, user)),))


def ask_country(session: Session, user: User, now: datetime) -> Reply:
    return Reply((checklist.ask_country(texts_for(user.language)),))


def set_country(session: Session, user: User, now: datetime, country: str) -> Reply:
    if country not in COUNTRIES:
        raise Sorry("I can’t read that button any more. /warning shows the signs.")
    profiles.change(session, user.id, country=country)
    return Reply((checklist.country_set(texts_for(user.language), country),))


def safe(session: Session, user: User, now: datetime) -> Reply:
    """End the silence, unless an attack goes on that asked for it too."""
    if user.agreed and attack.present(session, user, now) is None:
        users.change(session, user.id, silent_until=None)
    return Reply((render.safe(texts_for(user.language)),))


def _country(session: Session, user: User) -> str | None:
    """Return where a person lives; in need that is read without consent too, as it names the right number."""
    return None if user.state == "stranger" else profiles.of_user(session, user.id).country
