"""Which bot a diary belongs to: chats, messages and updates are numbered by one bot and mean nothing to another."""

from sqlalchemy import delete, update

from bot.store import meta
from bot.store.database import Session
from bot.store.tables import checkins, inbox, outbox


class OtherBot(Exception):
    """The token is another bot's than the one people here write to; the message says what to do."""


def must_belong_to(session: Session, token: str | None) -> None:
    """Raise OtherBot where the diary is not of this token's bot; before its first start on Telegram it is anybody's."""
    owner, bot = meta.get(session, "bot_id"), bot_of(token or "")
    if token is not None and owner is not None and owner != bot:
        raise OtherBot(
            f"[telegram] token: this diary belongs to bot {owner}, this token is of bot {bot}; put the token of bot "
            f"{owner} back, or give the diary to bot {bot} with headsup run --new-bot"
        )


def belongs_to(session: Session, token: str) -> None:
    meta.put(session, "bot_id", bot_of(token))


def hand_over(session: Session, token: str) -> None:
    """Give the diary to another bot. What was typed and not yet handled stays; numbers of the old bot's go.

    A message id of the old bot may be a different message of the new one, an update id one that was never seen.
    """
    session.execute(update(checkins).values(message_id=None))
    session.execute(update(outbox).values(message_id=None))
    session.execute(delete(inbox).where(inbox.c.state != "received"))
    meta.forget(session, "heard_at")
    meta.forget(session, "closed_until")
    belongs_to(session, token)


def bot_of(token: str) -> str:
    """Return the bot's id, which is the part of a token that is no secret."""
    return token.partition(":")[0]
