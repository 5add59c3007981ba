"""Another diary, in: looked at first, brought in with one tap, and taken out again for a day."""

from datetime import datetime

from bot.actions import visits
from bot.actions.buttons import number_of
from bot.domain.incoming import incoming
from bot.domain.takeout import Mistake, Takeout
from bot.render import import_ as render
from bot.render.message import Reply, Sorry
from bot.store import takeout
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

GONE = "That file is not waiting any more. Send it again if you like; I show you first what is in it."


def ask(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.how(texts_for(user.language)),))


def look(session: Session, user: User, now: datetime, sent: Takeout | Mistake | None) -> Reply:
    """Say what is in a file and keep it, sealed, until there is a yes or a no; None where it could not be fetched."""
    t = texts_for(user.language)
    if sent is None:
        return Reply((render.not_fetched(t),))
    if isinstance(sent, Mistake):
        return Reply((render.mistake(t, sent),))
    new = incoming(takeout.collect(session, user, now), sent)
    if not new.anything:
        return Reply((render.nothing_new(t, sent, new),))
    number = takeout.lay_aside(session, user.id, sent, now)
    return Reply((render.preview(t, number, sent, new),))


def bring(session: Session, user: User, now: datetime, number: str) -> Reply:
    """Bring in what is new now, which may be less than when it was looked at."""
    waiting = takeout.laid_aside(session, user.id, _number(number))
    if waiting is None:
        raise Sorry(GONE)
    new = incoming(takeout.collect(session, user, now), waiting)
    takeout.bring_in(session, user, _number(number), new, now)
    visits.plan(session, user, now)
    return Reply((render.brought(texts_for(user.language), _number(number), new),))


def leave(session: Session, user: User, now: datetime, number: str) -> Reply:
    if not takeout.drop(session, user.id, _number(number)):
        raise Sorry(GONE)
    return Reply((render.left(texts_for(user.language)),))


def undo(session: Session, user: User, now: datetime, number: str) -> Reply:
    if not takeout.take_out(session, user, _number(number), now):
        raise Sorry("That was taken out already, or came in more than a day ago. It stays as it is.")
    visits.plan(session, user, now)
    return Reply((render.taken_out(texts_for(user.language)),))


def _number(code: str) -> int:
    return number_of(code) or 0
