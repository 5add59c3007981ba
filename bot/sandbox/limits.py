"""How fast the sandbox lets a bot send: new messages in any second, and one chat at a time."""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.sandbox.refused import slow_down

BURST = 5
PER_CHAT = 1.0
IN_A_GROUP = 20
"""Messages a minute."""

PAID = 1000
"""Messages a second where each is sent with `allow_paid_broadcast`."""

ROUNDING = 1e-9
"""Seconds are floats: a token that is due now must not be late by a rounding."""


@dataclass
class ChatAllowance:
    tokens: float
    seen: float
    sent: deque[float] = field(default_factory=deque)


class Limits:
    """Telegram says: about 30 a second, for Stars 1000, about 1 a second in one chat, 20 a minute in a group; short
    bursts pass."""

    def __init__(self, clock: Clock, per_second: int) -> None:
        self.clock = clock
        self.per_second = per_second
        self.sent: deque[float] = deque()
        self.chats: dict[int, ChatAllowance] = {}

    def count(self, chat_id: int, *, paid: bool = False) -> None:
        """Count one new message, or refuse it with a 429; a refused message counts for nothing."""
        now = self.clock.steady()
        chat = self.chats.setdefault(chat_id, ChatAllowance(BURST, now))
        chat.tokens = min(BURST, chat.tokens + (now - chat.seen) * PER_CHAT)
        chat.seen = now
        wait = max(
            until_free(self.sent, now, 1.0, PAID if paid else self.per_second),
            until_free(chat.sent, now, 60.0, IN_A_GROUP) if chat_id < 0 else 0.0,
            (1 - chat.tokens) / PER_CHAT,
        )
        if wait > ROUNDING:
            raise slow_down(max(1, math.ceil(wait - ROUNDING)))
        chat.tokens -= 1
        self.sent.append(now)
        if chat_id < 0:
            chat.sent.append(now)


def until_free(sent: deque[float], now: float, window: float, most: int) -> float:
    """Return the seconds until one more fits into the window; drops what has left it."""
    while sent and now - sent[0] >= window - ROUNDING:
        sent.popleft()
    return sent[len(sent) - most] + window - now if len(sent) >= most else 0.0
