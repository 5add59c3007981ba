"""python-telegram-bot's way to the network, on aiohttp: many sends side by side, a new session where one is stuck."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

log = structlog.get_logger()

CONNECT = 5
CONNECTED = 8
"""Seconds until there is a connection: one of the pool free, the name looked up (a dead name server costs 5), made."""

KEEP_ALIVE = 10
"""Seconds an idle connection is kept: servers close theirs later, so we seldom write into a closed one."""

MOST_TIMEOUTS = 3
"""Timeouts in a row after which a session is replaced: each dead connection that it keeps would cost another one."""


JSON = {"Content-Type": "application/json"}


@dataclass(eq=False)
class Line:
    """A session with its own connections and names looked up, and how it fares."""

    http: aiohttp.ClientSession
    under_way: int = 0
    timeouts: int = 0


class AiohttpRequest(BaseRequest):
    """One HTTP session at a time. Raises TimedOut and NetworkError with aiohttp's own error as the cause.

    `rebuilt` counts the sessions that were replaced because of timeouts.
    """

    def __init__(self, connections: int, *, read_timeout: float = 10) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._line: Line | None = None
        self._old: set[Line] = set()
        self.rebuilt = 0

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._line is None:
            self._line = self._open()

    async def shutdown(self) -> None:
        """Close the session; whatever is still under way ends with NetworkError."""
        lines = [*self._old, *([self._line] if self._line else [])]
        self._line = None
        for line in lines:
            await line.http.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        line = self._line
        if line is None:
            raise NetworkError("the session is not open")
        read = self._read_timeout if isinstance(read_timeout, DefaultValue) or read_timeout is None else read_timeout
        # The sum is bounded too: a server that drips a byte a second would never let `sock_read` end. Without `connect`
        # it would also end the wait for a free connection, and what was never sent would count as perhaps sent.
        timeout = aiohttp.ClientTimeout(total=CONNECTED + read, connect=CONNECTED, sock_connect=CONNECT, sock_read=read)
        line.under_way += 1
        try:
            async with line.http.request(
                method, url, **_body(request_data), timeout=timeout, allow_redirects=False
            ) as answer:
                body = await answer.read()
            line.timeouts = 0
        except TimeoutError as error:
            self._timed_out(line)
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # Only the kind: aiohttp's own words hold the address, and the address holds the token.
            raise NetworkError(type(error).__name__) from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # A session that is closed cancels the lookups of its names, and aiohttp hands that on to whoever waits.
            raise NetworkError("the session was closed") from error
        finally:
            line.under_way -= 1
            if line in self._old and not line.under_way:
                self._old.discard(line)
                await line.http.close()
        return answer.status, body

    def _open(self) -> Line:
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE)
        return Line(aiohttp.ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT}))

    def _timed_out(self, line: Line) -> None:
        """Replace a session that timed out several times in a row; requests under way on it may end in peace."""
        line.timeouts += 1
        if line is self._line and line.timeouts >= MOST_TIMEOUTS:
            self._old.add(line)
            self._line = self._open()
            self.rebuilt += 1
            log.warning("telegram.session_rebuilt", timeouts=line.timeouts, times=self.rebuilt)


def _body(request_data: RequestData | None) -> dict[str, Any]:
    """Return what aiohttp is to send: JSON, or a form where there is a file. A form of every call would cost more
    than all the rest of the call."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"data": request_data.json_payload, "headers": JSON}
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}
