"""Another diary, in: looked at first, brought in with one tap, and taken out again for a day."""

from dataclasses import replace
from datetime import datetime

from bot.actions import visits
from bot.actions.buttons import number_of
from bot.domain.incoming import incoming
from bot.domain.other_diaries import Table, as_document
from bot.domain.takeout import Mistake, Takeout
from bot.render import import_ as render
from bot.render.message import Message, Reply, Sorry
from bot.store import takeout
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

GONE = "That file is not waiting any more. Send it again if you like; I show you first what is in it."


def ask(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    return Reply((render.how(texts_for(user.language)),))


def look(session: Session, user: User, now: datetime, sent: Takeout | Table | Mistake | None) -> Reply:
    """Say what is in a file and keep it, sealed, until there is a yes or a no; None where it could not be fetched."""
    t = texts_for(user.language)
    if sent is None:
        return Reply((render.not_fetched(t),))
    if isinstance(sent, Mistake):
        return Reply((render.mistake(t, sent),))
    if isinstance(sent, Takeout):
        return Reply((_preview(session, user, now, sent),))
    readings = [as_document(days, user.zone, now) for days in sent.readings]
    if sent.unclear is None:
        return Reply((_preview(session, user, now, readings[0], render.understood(t, sent)),))
    number = takeout.lay_aside(session, user.id, readings, now)
    return Reply((render.which_dates(t, number, sent, sent.unclear),))


def read_as(session: Session, user: User, now: datetime, number: str, which: str) -> Reply:
    """Take a table's dates as day first or month first, as somebody says who knows."""
    readings = takeout.laid_aside(session, user.id, _number(number))
    if len(readings) < 2 or which not in ("0", "1"):
        raise Sorry(GONE)
    message = _preview(session, user, now, readings[int(which)])
    return Reply((replace(message, edit="tapped"),))


def bring(session: Session, user: User, now: datetime, number: str) -> Reply:
    """Bring in what is new now, which may be less than when it was looked at."""
    waiting = takeout.laid_aside(session, user.id, _number(number))
    if len(waiting) != 1:
        raise Sorry(GONE)
    new = incoming(takeout.collect(session, user, now), waiting[0])
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


def _preview(session: Session, user: User, now: datetime, document: Takeout, understood: str = "") -> Message:
    """Keep a document until there is an answer, and say what of it is new; nothing is kept where nothing is."""
    t = texts_for(user.language)
    new = incoming(takeout.collect(session, user, now), document)
    if not new.anything:
        return render.nothing_new(t, document, new)
    number = takeout.lay_aside(session, user.id, [document], now)
    return render.preview(t, number, document, new, understood)


def _number(code: str) -> int:
    return number_of(code) or 0
