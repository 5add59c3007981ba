"""A Telegram that costs little: every call is answered after 50 ms, and it keeps when each came and what it said.

A process of its own, one asyncio protocol on a loopback port; it checks nothing and refuses nothing. Beside the Bot
API it takes `POST /updates` (a JSON list, handed to whoever polls) and `GET /log?after=n` (what came since, one JSON
list a call: seconds, method, body).
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

SERVER_TIME = 0.05
TOKEN = "1:benchmark"  # noqa: S105 - of nobody's bot
ME = {"id": 1, "is_bot": True, "first_name": "HeadsUp", "username": "BenchmarkBot"}
MOST_UPDATES = 100
FIRST_MESSAGE = 1001
"""The number of the first new message; the others follow in the order in which they came."""


@dataclass(frozen=True)
class Call:
    """One call as it came: `at` is the machine's monotonic clock, the same in every process."""

    at: float
    method: str
    fields: Mapping[str, str]


def fields_of(body: str) -> dict[str, str]:
    return json.loads(body) if body.startswith("{") else dict(parse_qsl(body))


class Book:
    """What came, what waits to be polled, and who polls."""

    def __init__(self) -> None:
        self.log: list[tuple[float, str, str]] = []
        self.updates: list[dict[str, Any]] = []
        self.next_update = 1
        self.polls: Callable[[], None] | None = None
        self.message_id = FIRST_MESSAGE - 1


class Line(asyncio.Protocol):
    """One connection; calls on it come one after the other."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.data = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, found, rest = self.data.partition(b"\r\n\r\n")
        if not found:
            return
        _, *headers = head.decode().lower().split("\r\n")
        length = next((int(line[15:]) for line in headers if line.startswith("content-length:")), 0)
        if len(rest) < length:
            return
        self.data = b""
        path = head[: head.index(b"\r\n")].split(b" ")[1].decode()
        self.called(path, rest.decode(errors="replace"), time.monotonic())

    def called(self, path: str, body: str, at: float) -> None:
        where, _, query = path.partition("?")
        method = where.rpartition("/")[2]
        if method == "log":
            after = int(query.partition("after=")[2])
            self.answer(json.dumps(self.book.log[after:]))
        elif method == "updates":
            for update in json.loads(body):
                self.book.updates.append({"update_id": self.book.next_update, **update})
                self.book.next_update += 1
            if self.book.polls:
                self.book.polls()
            self.answer("true")
        elif method == "getUpdates":
            self.polled(dict(parse_qsl(query)))
        else:
            self.book.log.append((at, method, body))
            result = "true"
            if method == "getMe":
                result = json.dumps(ME)
            elif method.startswith("send"):
                result = self.sent(fields_of(body))
            asyncio.get_running_loop().call_later(SERVER_TIME, self.answer, f'{{"ok":true,"result":{result}}}')

    def sent(self, fields: Mapping[str, str]) -> str:
        """Return the message that was sent, as long as Telegram's own answers are."""
        self.book.message_id += 1
        return (
            f'{{"message_id":{self.book.message_id},"from":{json.dumps(ME)},"date":1795000000,'
            f'"chat":{{"id":{fields.get("chat_id", 0)},"type":"private","first_name":"Somebody"}},'
            f'"text":{json.dumps(fields.get("text", ""))},'
            f'"reply_markup":{fields.get("reply_markup", "{}")}}}'
        )

    def polled(self, fields: Mapping[str, str]) -> None:
        """Answer a poll as soon as there is something, else when its time is over."""
        book = self.book
        book.updates = [update for update in book.updates if update["update_id"] >= int(fields.get("offset", 0))]
        book.polls = self.hand_out
        if book.updates or fields.get("timeout", "0") == "0":
            self.hand_out()
        else:
            asyncio.get_running_loop().call_later(int(fields["timeout"]), self.hand_out)

    def hand_out(self) -> None:
        if self.book.polls == self.hand_out:
            self.book.polls = None
            self.answer(json.dumps({"ok": True, "result": self.book.updates[:MOST_UPDATES]}))

    def answer(self, body: str) -> None:
        if not self.transport.is_closing():
            raw = body.encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
            self.transport.write(head.encode() + raw)


@dataclass(frozen=True)
class Telegram:
    """The running process, seen from the benchmark."""

    url: str

    def calls(self, after: int = 0) -> Sequence[Call]:
        with urlopen(f"{self.url}/log?after={after}") as answer:  # noqa: S310 - our own process
            return [Call(at, method, fields_of(body)) for at, method, body in json.load(answer)]

    def push(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Let these be polled; each without its number."""
        with urlopen(Request(f"{self.url}/updates", json.dumps(updates).encode(), method="POST")):  # noqa: S310
            pass


@contextmanager
def telegram() -> Iterator[Telegram]:
    """Run one until the end of the block."""
    process = subprocess.Popen([sys.executable, Path(__file__)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Telegram(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()


async def serve() -> None:
    book = Book()
    server = await asyncio.get_running_loop().create_server(lambda: Line(book), "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
