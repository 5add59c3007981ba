"""What the operator tells everybody: said to those who want it, and switched on and off."""

from dataclasses import replace
from datetime import datetime

from bot.render import broadcast as render
from bot.render.message import Reply, Sorry
from bot.store import broadcasts, profiles
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for


def tell(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock brings it; nothing where it is not wanted, or over."""
    broadcast = broadcasts.current(session)
    wanted = profiles.of_user(session, user.id).broadcasts
    if broadcast is None or broadcast.slot != owed.slot or not wanted:
        return None
    return Reply((render.message(texts_for(user.language), broadcast.text),))


def ask(session: Session, user: User, now: datetime) -> Reply:
    on = profiles.of_user(session, user.id).broadcasts
    return Reply((replace(render.page(texts_for(user.language), on=on), edit="tapped"),))


def set_(session: Session, user: User, now: datetime, to: str) -> Reply:
    """Switch them on or off, below: what was tapped may be one of them, and stays."""
    if to not in ("on", "off"):
        raise Sorry("I can’t read that button any more. /settings shows what there is.")
    profile = profiles.change(session, user.id, broadcasts=to == "on")
    return Reply((render.page(texts_for(user.language), on=profile.broadcasts),))
