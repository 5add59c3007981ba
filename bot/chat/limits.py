"""The one place that knows Telegram's limits: new messages in all and in one chat, replies first, bans kept."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from bot.clock import Clock

BURST = 5
"""New messages one chat may get in a row before the pace of one a second applies (Bots FAQ: short bursts pass)."""


class Lane(IntEnum):
    """Who goes first: answers to people never wait behind what the clock sends."""

    REPLY = 0
    CLOCK = 1


@dataclass(order=True)
class Waiting:
    lane: Lane
    number: int
    chat_id: int = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)


class Limits:
    """Grants permission to send one new message. Edits need none."""

    def __init__(self, clock: Clock, *, per_second: int = 30, per_chat_per_second: float = 1) -> None:
        self._clock = clock
        self._per_second = per_second
        self._per_chat = per_chat_per_second
        self._sent: deque[float] = deque(maxlen=per_second)
        self._chats: dict[int, tuple[float, float]] = {}
        self._waiting: list[Waiting] = []
        self._count = 0
        self._closed_until = 0.0
        self._pump: asyncio.Task[None] | None = None

    async def wait(self, chat_id: int, lane: Lane) -> None:
        """Return when a new message may be sent to this chat."""
        self._count += 1
        waiting = Waiting(lane, self._count, chat_id, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._grant_all())
        await waiting.granted

    def close_for(self, seconds: float) -> None:
        """Send nothing for so long: Telegram answered 429."""
        self._closed_until = max(self._closed_until, self._clock.steady() + seconds + 0.5)

    async def _grant_all(self) -> None:
        while self._waiting:
            now = self._clock.steady()
            pause = self._pause_for_all(now)
            if pause <= 0:
                ready = min((w for w in self._waiting if self._pause_for_chat(w.chat_id, now) <= 0), default=None)
                if ready is not None:
                    self._waiting.remove(ready)
                    self._spend(ready.chat_id, now)
                    if not ready.granted.done():
                        ready.granted.set_result(None)
                    continue
                pause = min(self._pause_for_chat(w.chat_id, now) for w in self._waiting)
            await self._clock.sleep(pause)

    def _pause_for_all(self, now: float) -> float:
        full = len(self._sent) == self._per_second
        # A little more than a second, because Telegram's second need not begin when ours does.
        window = self._sent[0] + 1.05 - now if full else 0.0
        return max(self._closed_until - now, window)

    def _pause_for_chat(self, chat_id: int, now: float) -> float:
        tokens, since = self._chats.get(chat_id, (float(BURST), now))
        tokens = min(BURST, tokens + (now - since) * self._per_chat)
        return 0.0 if tokens >= 1 else (1 - tokens) / self._per_chat + 0.01

    def _spend(self, chat_id: int, now: float) -> None:
        tokens, since = self._chats.get(chat_id, (float(BURST), now))
        tokens = min(BURST, tokens + (now - since) * self._per_chat)
        self._chats[chat_id] = (tokens - 1, now)
        self._sent.append(now)
        if len(self._chats) > 10_000:
            full = [chat for chat, (left, at) in self._chats.items() if left + (now - at) * self._per_chat >= BURST]
            for chat in full:
                del self._chats[chat]
