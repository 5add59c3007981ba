"""Everything about a person, out: asked for, confirmed once, sent as one file."""

from datetime import datetime

from bot.actions.buttons import number_of
from bot.actions.checkin import today
from bot.render import export as render
from bot.render.message import Reply, Sorry
from bot.store import takeout
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

GONE = "That file was sent, or a newer one was offered since. /export makes a new one."


def ask(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.ask(texts_for(user.language), takeout.offer(session, user.id, now)),))


def send(session: Session, user: User, now: datetime, number: str = "") -> Reply:
    """Send the file, once for each time it was offered, however often the tap comes."""
    if not takeout.take_up(session, user.id, number_of(number) or 0):
        raise Sorry(GONE)
    t = texts_for(user.language)
    diary = takeout.collect(session, user, now)
    patient = takeout.random_id(session, user.id)
    return Reply((render.comes_below(t), render.file(t, diary, today(user, now), patient)))


def not_now(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.not_now(texts_for(user.language)),))
