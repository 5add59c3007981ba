"""The list of signs that need help at once."""

from datetime import datetime

from bot.render import safety as render
from bot.render.message import Reply
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for


def warning(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show the signs to anyone who asks, stranger or not."""
    return Reply((render.warning_signs(texts_for(user.language)),))
