"""What every kind of trouble means: not sent, refused, gone, or nobody knows."""

import ssl
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.chat.errors import Gone, Refused, TokenRefused, TryLater, Unknown, cannot_edit, is_harmless, trouble_of

KEY = ConnectionKey("api.invalid", 443, True, True, None, None, None)


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Gone),
        (Forbidden("Forbidden: user is deactivated"), Gone),
        (BadRequest("Bad Request: chat not found"), Gone),
        (BadRequest("Bad Request: can't parse entities: unclosed tag"), Refused),
        (BadRequest("Bad Request: BUTTON_DATA_INVALID"), Refused),
        (ChatMigrated(5), Refused),
        (Conflict("terminated by other getUpdates request"), Refused),
        (InvalidToken("Unauthorized"), TokenRefused),
        (RetryAfter(7), TryLater),
        (RetryAfter(timedelta(seconds=7)), TryLater),
        (TimedOut(), Unknown),
        (NetworkError("Bad Gateway"), Unknown),
        (TelegramError("Invalid server response"), Unknown),
        (caused(NetworkError("x"), aiohttp.ServerDisconnectedError()), Unknown),
        (caused(NetworkError("x"), aiohttp.ClientOSError(104, "reset")), Unknown),
        (caused(NetworkError("x"), aiohttp.ClientPayloadError()), Unknown),
        (caused(TimedOut(), aiohttp.SocketTimeoutError()), Unknown),
        (caused(TimedOut(), TimeoutError()), Unknown),
        (caused(NetworkError("x"), aiohttp.ClientConnectorError(KEY, OSError(111, "refused"))), TryLater),
        (caused(NetworkError("x"), aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "no name"))), TryLater),
        (caused(NetworkError("x"), aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "bad"))), TryLater),
        (caused(TimedOut(), aiohttp.ConnectionTimeoutError()), TryLater),
        (caused(InvalidToken("Not Found (404)"), TelegramError("Invalid server response")), Unknown),
        (caused(InvalidToken("rejected"), InvalidToken("Unauthorized")), TokenRefused),
        (caused(InvalidToken("rejected"), caused(InvalidToken("Not Found (404)"), TelegramError("Invalid"))), Unknown),
        (caused(Forbidden("Forbidden (403)"), TelegramError("Invalid server response")), Unknown),
        (caused(BadRequest("Bad Request (400)"), TelegramError("Invalid server response")), Unknown),
    ],
    ids=lambda it: repr(it) if isinstance(it, Exception) else "",
)
def test_trouble_by_cause(error: TelegramError, kind: type[Exception]) -> None:
    assert type(trouble_of(error)) is kind


def test_how_long_to_be_silent() -> None:
    flood = trouble_of(RetryAfter(7))
    assert isinstance(flood, TryLater)
    assert (flood.seconds, flood.flood) == (7, True)
    not_connected = trouble_of(caused(NetworkError("x"), aiohttp.ClientConnectorError(KEY, OSError())))
    assert isinstance(not_connected, TryLater)
    assert not not_connected.flood, "Telegram asked for nothing: the others go on"


def test_what_telegram_says_about_a_text_is_not_repeated() -> None:
    said = str(trouble_of(BadRequest("Can't parse entities: near 'my secret'")))
    assert "secret" not in said


@pytest.mark.parametrize(
    ("words", "harmless", "unreachable"),
    [
        ("Message is not modified: specified new message content and reply markup are exactly the same", True, False),
        ("Query is too old and response timeout expired or query id is invalid", True, False),
        ("Message to edit not found", False, True),
        ("Message can't be edited", False, True),
        ("There is no text in the message to edit", False, True),
        ("Can't parse entities", False, False),
    ],
)
def test_edits_that_need_nothing_or_a_new_message(words: str, harmless: bool, unreachable: bool) -> None:
    assert is_harmless(BadRequest(words)) is harmless
    assert cannot_edit(BadRequest(words)) is unreachable
    assert not is_harmless(NetworkError(words))
    assert not cannot_edit(Forbidden(words))
