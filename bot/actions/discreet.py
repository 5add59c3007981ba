"""Discreet messages: switched on and off, and what the clock is about to say veiled for those who want that."""

from dataclasses import replace
from datetime import datetime

from bot.render import discreet as render
from bot.render.message import Reply, Sorry
from bot.store import profiles
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for


def ask(session: Session, user: User, now: datetime) -> Reply:
    on = profiles.of_user(session, user.id).discreet
    return Reply((render.page(texts_for(user.language), on=on),))


def set_(session: Session, user: User, now: datetime, to: str) -> Reply:
    if to not in ("on", "off"):
        raise Sorry("I can’t read that button any more. /settings shows what there is.")
    profile = profiles.change(session, user.id, discreet=to == "on")
    return Reply((render.page(texts_for(user.language), on=profile.discreet),))


def veil(session: Session, user: User, owed: Owed, reply: Reply | None) -> Reply | None:
    """Return what the clock has to say as this person wants to see it arrive; what stands in the chat already stays."""
    if reply is None or not profiles.of_user(session, user.id).discreet:
        return reply
    t = texts_for(user.language)
    return replace(
        reply,
        messages=tuple(
            message if message.edit is not None else render.veiled(t, message, owed.kind, owed.slot)
            for message in reply.messages
        ),
    )
