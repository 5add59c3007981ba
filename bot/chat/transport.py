"""python-telegram-bot's way to the network, on aiohttp: many sends side by side without the pool locking up."""

from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT = 5
DRIPPING = 10
KEEP_ALIVE = 10
"""Seconds an idle connection is kept: servers close theirs later, so we seldom write into a closed one."""


class AiohttpRequest(BaseRequest):
    """One HTTP session. Raises TimedOut and NetworkError with aiohttp's own error as the cause."""

    def __init__(self, connections: int, *, read_timeout: float = 20) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE)
            self._session = aiohttp.ClientSession(connector=connector, headers={"User-Agent": self.USER_AGENT})

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

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
        if self._session is None:
            raise NetworkError("the session is not open")
        read = self._read_timeout if isinstance(read_timeout, DefaultValue) or read_timeout is None else read_timeout
        # The sum is bounded too: a server that drips a byte a second would never let `sock_read` end.
        timeout = aiohttp.ClientTimeout(total=CONNECT + read + DRIPPING, sock_connect=CONNECT, sock_read=read)
        try:
            async with self._session.request(method, url, data=_form(request_data), timeout=timeout) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            # Only the kind: aiohttp's own words hold the address, and the address holds the token.
            raise NetworkError(type(error).__name__) from error


def _form(request_data: RequestData | None) -> aiohttp.FormData | None:
    if request_data is None:
        return None
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
