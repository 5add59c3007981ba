"""Everything about a person, out: asked for, confirmed once, sent as one file."""

from datetime import datetime

from bot.actions.checkin import today
from bot.render import export as render
from bot.render.message import Reply
from bot.store import takeout
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for


def ask(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.ask(texts_for(user.language)),))


def send(session: Session, user: User, now: datetime) -> Reply:
    t = texts_for(user.language)
    diary = takeout.collect(session, user, now)
    patient = takeout.random_id(session, user.id)
    return Reply((render.comes_below(t), render.file(t, diary, today(user, now), patient)))


def not_now(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.not_now(texts_for(user.language)),))
