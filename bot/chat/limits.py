"""The one place that knows Telegram's limits: new messages in all and in one chat, replies first, bans kept."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Any

from bot.chat.errors import TryLater
from bot.clock import Clock

BURST = 5
"""New messages one chat may get in a row before the pace of one a second applies (Bots FAQ: short bursts pass)."""

FREE = 30
"""New messages a second that cost nothing; above them each is sent as a paid broadcast (Bot API)."""

AFTER_BAN = 0.5
MARGIN = 0.001
"""Seconds a wait is longer than it must be, because clocks and sums of floats are not exact."""

MOST_CHATS = 10_000
FIRST_AFTER_BAN = 5
RECOVERY = 30.0
"""After a ban the rate begins at 5 a second and is back in full 30 s later: all at once would bring the next ban."""

KNOWN_AFTER = 30
"""Sends after which half of what the quickest took is believed to be on the way at any time, there and back."""


class Lane(IntEnum):
    """Who goes first: answers to people never wait behind what the clock sends, nor behind a crowd of strangers."""

    REPLY = 0
    STRANGER = 1
    CLOCK = 2


@dataclass(order=True)
class Waiting:
    lane: Lane
    number: int
    chat_id: int = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)


class Limits:
    """Gives permits to send one new message each. Edits need none.

    Telegram counts when a message arrives, somewhere between its grant and its end. What every send needs for the way
    there and back cannot have delayed its arrival, only the rest of the time it took can. So a permit counts from its
    grant until one second after that rest, and no second of Telegram's can hold more than `per_second`, however uneven
    the network is. A send that failed may have arrived at its very end.
    """

    def __init__(self, clock: Clock, *, per_second: int = 30, per_chat_per_second: float = 1) -> None:
        """`arrived_by`: the instant of the steady clock by which all that was sent so far has reached Telegram."""
        self._clock = clock
        self._per_second = per_second
        self._per_chat = per_chat_per_second
        self._under_way = 0
        self._over: list[float] = []
        self._strangers: deque[float] = deque()
        self._quickest = float("inf")
        self._measured = 0
        self.arrived_by = clock.steady()
        self._chats: dict[int, tuple[float, float]] = {}
        self._closed_until = 0.0
        self._ready: dict[Lane, list[Waiting]] = {lane: [] for lane in Lane}
        self._later: list[tuple[float, Waiting]] = []
        self._count = 0
        self._news = asyncio.Event()
        self._granter: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def permit(self, chat_id: int, lane: Lane) -> AsyncIterator[None]:
        """Wait until a new message may be sent to this chat, and hold the permit while it is.

        Raises TryLater in the clock's lane while Telegram asks for silence; a reply waits it out.
        """
        self._count += 1
        waiting = Waiting(lane, self._count, chat_id, asyncio.get_running_loop().create_future())
        heappush(self._ready[lane], waiting)
        self._news.set()
        if self._granter is None or self._granter.done():
            self._granter = asyncio.create_task(self._grant_all())
        try:
            await waiting.granted
        except asyncio.CancelledError:
            if not waiting.granted.cancelled() and waiting.granted.exception() is None:
                self._under_way -= 1
            raise
        arrived_by = None
        try:
            async with self._room_for(lane):
                began = self._clock.steady()
                yield
                took = self._clock.steady() - began
                self._quickest = min(self._quickest, took)
                self._measured += 1
                if self._measured >= KNOWN_AFTER:
                    arrived_by = began + took - self.way_back
        finally:
            now = self._clock.steady()
            self._under_way -= 1
            arrived_by = now if arrived_by is None else arrived_by
            self.arrived_by = max(self.arrived_by, arrived_by)
            heappush(self._over, arrived_by)
            self._chats[chat_id] = (self._chats.get(chat_id, (BURST - 1.0, now))[0], now)
            self._news.set()

    @asynccontextmanager
    async def _room_for(self, lane: Lane) -> AsyncIterator[None]:
        """Wait for what is shared with others, and give it back: here, nothing is."""
        yield

    @property
    def paid(self) -> bool:
        """Tell whether more is sent in a second than Telegram sends for nothing."""
        return self._per_second > FREE

    @property
    def closed(self) -> bool:
        """Tell whether Telegram's 429 still holds."""
        return self._clock.steady() < self._closed_until

    @property
    def allowed(self) -> int:
        """Return how many new messages may be sent in a second now; after a ban that is less for a while."""
        return 0 if self.closed else self._allowed(self._clock.steady())

    @property
    def way_back(self) -> float:
        """Return the seconds that an answer of Telegram's is on its way at least; 0 until that is known."""
        return self._quickest / 2 if self._measured >= KNOWN_AFTER else 0.0

    async def open(self) -> None:
        """Return when no ban holds: edits need no permit, but a 429 stops them too."""
        while self.closed:
            await self._clock.sleep(max(0.1, self._closed_until - self._clock.steady()))

    def close_for(self, seconds: float) -> None:
        """Send nothing new for so long: Telegram answered 429."""
        self._closed_until = max(self._closed_until, self._clock.steady() + seconds + AFTER_BAN)

    async def _grant_all(self) -> None:
        while self._later or any(self._ready.values()):
            now = self._clock.steady()
            self._news.clear()
            if self.closed:
                self._turn_away(now)
            while self._later and self._later[0][0] <= now:
                waiting = heappop(self._later)[1]
                heappush(self._ready[waiting.lane], waiting)
            pause = self._pause_for_all(now)
            if pause == 0:
                ready = self._next(now)
                if ready is not None:
                    self._grant(ready, now)
                    continue
                pause = self._pause_for_next(now)
            await self._rest(pause)

    def _next(self, now: float) -> Waiting | None:
        """Return the first that may send now; those before it whose chat has had its share wait for that apart."""
        for lane in Lane:
            ready = self._ready[lane]
            while ready and not (lane is Lane.STRANGER and self._crowded(now)):
                waiting = heappop(ready)
                pause = (1 - self._tokens(waiting.chat_id, now)) / self._per_chat
                if waiting.granted.done():  # whoever asked has gone
                    continue
                if pause <= 0:
                    return waiting
                heappush(self._later, (now + pause + MARGIN, waiting))
        return None

    def _turn_away(self, now: float) -> None:
        """Let nothing of the clock's wait out a ban: it would be stale by then, and a stop would wait for it."""
        apart = [waiting for _, waiting in self._later if waiting.lane is Lane.CLOCK]
        for waiting in [*self._ready[Lane.CLOCK], *apart]:
            if not waiting.granted.done():
                waiting.granted.set_exception(TryLater(self._closed_until - now))
        self._ready[Lane.CLOCK] = []
        self._later = [(at, waiting) for at, waiting in self._later if waiting.lane is not Lane.CLOCK]
        heapify(self._later)

    def _grant(self, waiting: Waiting, now: float) -> None:
        if len(self._chats) >= MOST_CHATS:
            self._chats = {chat: kept for chat, kept in self._chats.items() if self._tokens(chat, now) < BURST}
        self._chats[waiting.chat_id] = (self._tokens(waiting.chat_id, now) - 1, now)
        if waiting.lane is Lane.STRANGER:
            self._strangers.append(now)
        self._under_way += 1
        waiting.granted.set_result(None)

    def _pause_for_all(self, now: float) -> float | None:
        """Return the seconds until anything may be sent; None = not before a send under way is over."""
        while self._over and self._over[0] + 1 < now:
            heappop(self._over)
        if now < self._closed_until:
            return self._closed_until - now + MARGIN
        if self._under_way + len(self._over) < self._allowed(now):
            return 0
        return self._over[0] + 1 - now + MARGIN if self._over else None

    def _pause_for_next(self, now: float) -> float:
        """Return the seconds until one that waits may send, as far as chats and strangers go; 0 = nobody waits."""
        pauses = [self._later[0][0] - now] if self._later else []
        if self._ready[Lane.STRANGER]:
            pauses.append(self._strangers[0] + 1 - now + MARGIN)
        return min(pauses, default=0)

    def _crowded(self, now: float) -> bool:
        """Tell whether strangers have had their share of this second: a sixth of all there is."""
        while self._strangers and self._strangers[0] + 1 <= now:
            self._strangers.popleft()
        return len(self._strangers) >= max(1, self._per_second // 6)

    def _allowed(self, now: float) -> int:
        """Return how many may be sent in a second: after a ban a few first, all again after half a minute."""
        recovered = min(1.0, (now - self._closed_until) / RECOVERY) if self._closed_until else 1.0
        fewest = min(FIRST_AFTER_BAN, self._per_second)
        return int(fewest + (self._per_second - fewest) * recovered)

    def _tokens(self, chat_id: int, now: float) -> float:
        tokens, since = self._chats.get(chat_id, (float(BURST), now))
        return min(float(BURST), tokens + (now - since) * self._per_chat)

    async def _rest(self, seconds: float | None) -> None:
        """Wait so long, or until there is news: a reply must not wait for the end of somebody else's pause."""
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._news.wait())]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
