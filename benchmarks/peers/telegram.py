"""A Telegram that costs next to nothing: people who tap as soon as their card has changed, and answers from a tin.

It runs as a process of its own and is the same for every bot: bytes in, bytes out, 0 ms. Our sandbox is strict and
knows every message, so it would be slower than what is measured. Told on standard output: its port at once, "begin"
when the first tenth of the taps is answered (then everything is warm), "end" and the figures when all are.

    python -m benchmarks.peers.telegram <people> <at a time> [<webhook's port> <its secret>]
"""

import asyncio
import json
import re
import sys
import time as stopwatch
from collections import deque
from collections.abc import Callable
from statistics import quantiles

from benchmarks.peers.day import FIRST_PERSON, TAPS, shown

MOST = 100
"""Updates in one answer to getUpdates (Bot API)."""

CONNECTIONS = 40
"""To a webhook (Bot API, `max_connections`)."""

POLL = 1.0
"""Seconds after which a poll that brought nothing is answered."""

CHAT = re.compile(rb'chat_id["=:\s]+(\d+)')
ME = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot", "can_join_groups": False}


def message_of(card: int, step: int) -> dict[str, object]:
    """Return a card's message as Telegram tells it."""
    text, buttons = shown(card, step, "Headache 0 · Back 0")
    person = FIRST_PERSON + card
    return {
        "message_id": card,
        "from": ME,
        "chat": {"id": person, "first_name": "Ann", "type": "private"},
        "date": 1_795_000_000,
        "edit_date": 1_795_000_000,
        "text": re.sub("<.*?>", "", text),
        "entities": [{"type": "bold", "offset": 0, "length": 20}],
        **({"reply_markup": buttons.to_dict()} if buttons else {}),
    }


def tap(update_id: int, card: int, step: int) -> bytes:
    question, code, *_ = TAPS[step]
    person = {"id": FIRST_PERSON + card, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    query = {
        "id": str(update_id),
        "from": person,
        "message": message_of(card, step),
        "chat_instance": str(card),
        "data": f"answer:{card}:{question}:{code}",
    }
    return json.dumps({"update_id": update_id, "callback_query": query}).encode()


class Telegram:
    """Everybody in turn answers their whole card, `at_a_time` of them side by side."""

    def __init__(self, people: int, at_a_time: int) -> None:
        self._all = people * len(TAPS)
        self._taps = {
            (card, step): tap(card * len(TAPS) + step, card, step)
            for card in range(1, people + 1)
            for step in range(len(TAPS))
        }
        self._answers = {
            (card, step): b'{"ok":true,"result":%b}' % json.dumps(message_of(card, step)).encode()
            for card in range(1, people + 1)
            for step in range(1, len(TAPS) + 1)
        }
        self._idle = deque(range(1, people + 1))
        self._step = dict.fromkeys(range(1, people + 1), 0)
        self._ready: deque[int] = deque()
        self._tapped_at: dict[int, float] = {}
        self._waits: list[float] = []
        self._edits = 0
        self._began = 0.0
        self.wake: Callable[[], None] = lambda: None
        self.listens = asyncio.Event()
        for _ in range(min(at_a_time, people)):
            self._ready.append(self._idle.popleft())

    def next_taps(self, most: int = MOST) -> list[bytes]:
        now = stopwatch.perf_counter()
        cards = [self._ready.popleft() for _ in range(min(most, len(self._ready)))]
        self._tapped_at.update(dict.fromkeys(cards, now))
        return [self._taps[card, self._step[card]] for card in cards]

    def call(self, method: bytes, body: bytes) -> bytes:
        """Return the answer to a call."""
        if method == b"editMessageText":
            found = CHAT.search(body)
            assert found is not None, body
            return self._edited(int(found[1]) - FIRST_PERSON)
        if method == b"setWebhook":
            self.listens.set()
        elif method == b"getMe":
            return b'{"ok":true,"result":%b}' % json.dumps(ME).encode()
        return b'{"ok":true,"result":true}'

    def _edited(self, card: int) -> bytes:
        self._edits += 1
        self._waits.append(stopwatch.perf_counter() - self._tapped_at.pop(card))
        self._step[card] += 1
        step = self._step[card]
        if step < len(TAPS):
            self._ready.append(card)
        elif self._idle:
            self._ready.append(self._idle.popleft())
        self._look_at_the_clock()
        self.wake()
        return self._answers[card, step]

    def _look_at_the_clock(self) -> None:
        if not self._began and self._edits >= self._all // 10:
            self._began = stopwatch.perf_counter()
            self._waits.clear()
            print("begin", self._edits, flush=True)
        elif self._edits == self._all:
            took = stopwatch.perf_counter() - self._began
            middle = quantiles(self._waits, n=20)
            print("end", self._all, round(took, 4), round(middle[9] * 1000, 1), round(middle[18] * 1000, 1), flush=True)


class Line(asyncio.Protocol):
    """One connection of the bot's; requests come one after the other."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._read = b""
        self._asks = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end]
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < whole:
                return
            method = head.split(b" ", 2)[1].split(b"?")[0].rpartition(b"/")[2]
            body, self._read = self._read[end + 4 : whole], self._read[whole:]
            if method == b"getUpdates":
                self._asks = True
                self._telegram.wake = self.hand_out
                self.hand_out()
                asyncio.get_running_loop().call_later(POLL, self.give_up)
            else:
                self._answer(self._telegram.call(method, body))

    def connection_lost(self, trouble: Exception | None) -> None:
        self._asks = False

    def hand_out(self) -> None:
        """Answer a long poll as soon as anybody has tapped."""
        taps = self._telegram.next_taps() if self._asks else []
        if taps:
            self._asks = False
            self._answer(b'{"ok":true,"result":[%b]}' % b",".join(taps))

    def give_up(self) -> None:
        if self._asks:
            self._asks = False
            self._answer(b'{"ok":true,"result":[]}')

    def _answer(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


class Push(asyncio.Protocol):
    """One connection to the webhook: a tap, its 200, the next one."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._read = b""
        self.free = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def push(self, update: bytes) -> None:
        self.free = False
        self._transport.write(
            b"POST /tap HTTP/1.1\r\nHost: localhost\r\nX-Telegram-Bot-Api-Secret-Token: %b\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (self._secret.encode(), len(update), update)
        )

    def data_received(self, data: bytes) -> None:
        self._read += data
        if b"\r\n\r\n" in self._read:  # an answer of this bot's has no body
            assert self._read.startswith(b"HTTP/1.1 200"), self._read
            self._read = b""
            self.free = True
            asyncio.get_running_loop().call_soon(self.next)

    def next(self) -> None: ...


async def push_all(telegram: Telegram, port: int, secret: str) -> None:
    """Push to the webhook from now on, over several connections."""
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(lambda: Push(secret), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]

    def push() -> None:
        for line in lines:
            if line.free and (taps := telegram.next_taps(1)):
                line.push(taps[0])

    for line in lines:
        line.next = push  # type: ignore[method-assign]
    telegram.wake = push
    push()


async def main(people: int, at_a_time: int, port: int = 0, secret: str = "") -> None:
    telegram = Telegram(people, at_a_time)
    server = await asyncio.get_running_loop().create_server(lambda: Line(telegram), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    if port:
        await telegram.listens.wait()
        await push_all(telegram, port, secret)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:4]), *sys.argv[4:]))
