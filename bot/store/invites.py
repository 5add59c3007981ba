"""Invitations: a signed code that the bot can check without having stored it, and may be used once.

Making one writes nothing, so `headsup invite` works beside a running bot without a second writer on its database.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from bot.store.crypto import Keys
from bot.store.database import Session
from bot.store.tables import invites

LASTS = timedelta(days=7)
HOUR = 3600


def make(keys: Keys, now: datetime) -> str:
    """Return a code of 38 letters, digits, `-` and `_`: 64 random bits, the hour it ends, a 128-bit signature."""
    body = secrets.token_bytes(8) + int((now + LASTS).timestamp() // HOUR + 1).to_bytes(4, "big")
    return urlsafe_b64encode(body + _sign(keys.ring[keys.current], body)).decode().rstrip("=")


def welcome(session: Session, code: str, now: datetime) -> bool:
    """Tell whether a code is ours, has not ended and was not used."""
    try:
        content = urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except ValueError:
        return False
    if urlsafe_b64encode(content).decode().rstrip("=") != code:  # the decoder forgives; then one code would be many
        return False
    body, signature = content[:12], content[12:]
    ours = any(hmac.compare_digest(signature, _sign(key, body)) for key in session.keys.ring.values())
    if not ours or now.timestamp() >= int.from_bytes(body[8:], "big") * HOUR:
        return False
    return session.execute(select(invites.c.code_hash).where(invites.c.code_hash == _digest(code))).first() is None


def redeem(session: Session, code: str, now: datetime) -> bool:
    """Use a code up. Returns False when it is not welcome."""
    if not welcome(session, code, now):
        return False
    session.execute(insert(invites).values(code_hash=_digest(code), redeemed_at=now))
    return True


def _sign(key: bytes, body: bytes) -> bytes:
    return hmac.digest(hmac.digest(key, b"headsup invitations", "sha256"), body, "sha256")[:16]


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
