"""When help may be needed at once: the list of signs, and an answer to words that sound like it."""

from datetime import datetime, timedelta

from bot.actions import attack
from bot.domain.safety import Concern
from bot.render import safety as render
from bot.render.message import Reply
from bot.store import users
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

QUIET_FOR = timedelta(days=1)
"""After words of self-harm nothing comes by the clock: no card, tip or summary beside such a message."""


def warning(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show the signs to anyone who asks, stranger or not."""
    return Reply((render.warning_signs(texts_for(user.language)),))


def answer(session: Session, user: User, now: datetime, concern: Concern) -> Reply:
    """Answer worrying words, a stranger's too, instead of whatever else they would have meant."""
    if concern == "self_harm" and user.state != "stranger":
        until = now.replace(second=0, microsecond=0) + QUIET_FOR
        users.change(session, user.id, silent_until=max(until, user.silent_until or until))
    return Reply(render.answer(texts_for(user.language), concern))


def numbers(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.numbers(texts_for(user.language)),))


def safe(session: Session, user: User, now: datetime) -> Reply:
    """End the silence, unless an attack goes on that asked for it too."""
    if user.state != "stranger" and attack.present(session, user, now) is None:
        users.change(session, user.id, silent_until=None)
    return Reply((render.safe(texts_for(user.language)),))
