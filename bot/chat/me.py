"""Asks Telegram once who the bot of a token is, and what time it is there."""

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp

WITHIN = aiohttp.ClientTimeout(total=15, connect=8)
UNKNOWN = "[telegram] token: Telegram does not know this token; copy it again from @BotFather"


class UnknownToken(Exception):
    """Telegram does not know the token; the message says what to do."""


class NoAnswer(Exception):
    """Telegram was not reached; the message says how that showed, without the address, which holds the token."""


@dataclass(frozen=True)
class Me:
    """The bot's username, and Telegram's time to the second; None where it did not say."""

    username: str
    now: datetime | None


async def ask(base_url: str, token: str) -> Me:
    """Return who the bot is. Raises UnknownToken and NoAnswer."""
    try:
        async with (
            aiohttp.ClientSession(timeout=WITHIN) as http,
            http.post(f"{base_url}{token}/getMe", allow_redirects=False) as answer,
        ):
            said = await answer.read()
            status, date = answer.status, answer.headers.get("Date", "")
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as trouble:
        raise _no_answer(type(trouble).__name__) from None
    try:
        body = json.loads(said)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or "ok" not in body:
        raise _no_answer(f"HTTP {status}")
    if status in (401, 404):
        raise UnknownToken(UNKNOWN)
    me = body.get("result")
    if not isinstance(me, dict):
        raise _no_answer(f"HTTP {status}")
    return Me(str(me.get("username", "")), _instant(date))


def _no_answer(how: str) -> NoAnswer:
    return NoAnswer(
        f"[telegram] base_url: Telegram does not answer ({how}); see whether this machine is online, and leave "
        "base_url out unless you run a Bot API server of your own"
    )


def _instant(date: str) -> datetime | None:
    """Read an HTTP Date header (RFC 9110 §5.6.7)."""
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return None
    return found if found.tzinfo else None
