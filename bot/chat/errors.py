"""What went wrong between Telegram and us, told apart by cause: not sent, refused, or nobody knows."""

from dataclasses import dataclass
from typing import ClassVar

import aiohttp
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

NOT_CONNECTED = 5.0
"""Seconds to wait after a connection could not be made."""


class TelegramTrouble(Exception):
    """Something went wrong with a call; the subclasses say what may be done about it, `outcome` how it is counted."""

    outcome: ClassVar[str] = "unknown"


class Gone(TelegramTrouble):
    """The person blocked the bot, or the chat is no more: nothing will arrive there."""

    outcome = "gone"


@dataclass(eq=False)
class TryLater(TelegramTrouble):
    """Nothing was sent; try again after so many seconds. `flood` = Telegram itself asked us to stop for that long."""

    seconds: float
    flood: bool = False
    outcome = "later"


class Refused(TelegramTrouble):
    """Telegram will never take this message as it is: our mistake."""

    outcome = "refused"


class Unknown(TelegramTrouble):
    """The message may or may not have arrived (answer lost, server error, unreadable answer)."""


class TokenRefused(TelegramTrouble):
    """Telegram does not know this token (any more)."""

    outcome = "refused"


def trouble_of(error: TelegramError) -> TelegramTrouble:
    """Return what an error of python-telegram-bot means for a message that was to be sent."""
    if not is_telegrams(error):
        return Unknown("not an answer of Telegram's")
    match error:
        case RetryAfter():
            return TryLater(seconds_of(error), flood=True)
        case InvalidToken():
            return TokenRefused("token refused")
        case Forbidden():
            return Gone("blocked or deactivated")
        case BadRequest() if "chat not found" in error.message.lower():
            return Gone("chat not found")
        case BadRequest() | ChatMigrated() | Conflict():
            return Refused(error.message.split(":")[0])
    if isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return TryLater(NOT_CONNECTED)
    return Unknown(type(error).__name__)


def is_telegrams(error: TelegramError) -> bool:
    """Tell whether Telegram said so.

    A captive portal or a proxy says 403 or 404 too, in HTML: PTB raises Forbidden or InvalidToken all the same, caused
    by its failure to read the page.
    """
    cause = error.__cause__
    return not isinstance(cause, TelegramError) or (type(cause) is not TelegramError and is_telegrams(cause))


def cause_of(error: BaseException) -> str:
    """Return the kind of what went wrong underneath, for the log: its own words may hold the token or what was sent."""
    return type(error.__cause__ or error).__name__


def seconds_of(error: RetryAfter) -> float:
    """Return how long Telegram asks us to be silent (PTB is on its way from int to timedelta)."""
    wait = error.retry_after
    return wait if isinstance(wait, int) else wait.total_seconds()


def is_harmless(error: TelegramError) -> bool:
    """Tell whether an edit or an answer to a tap failed because there was nothing left to do."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and ("message is not modified" in text or "query is too old" in text)


def cannot_edit(error: TelegramError) -> bool:
    """Tell whether the message to edit is out of reach, so that a new one is needed."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and any(
        words in text
        for words in ("message to edit not found", "message can't be edited", "no text in the message to edit")
    )
