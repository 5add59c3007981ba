"""PTB's way to Telegram, ending in a `BotApi` in this process: no sockets, no network, no token."""

import json
import mimetypes
from typing import IO
from urllib.parse import parse_qsl, unquote, urlsplit

from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.sandbox.botapi import AnswerLost, BotApi, Upload


class SandboxRequest(BaseRequest):
    """Give it to `Bot` or `ApplicationBuilder` as `request` and `get_updates_request`."""

    __slots__ = ("api",)

    def __init__(self, api: BotApi) -> None:
        self.api = api

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return HTTP status and body; NetworkError where the answer is lost."""
        parts = urlsplit(url)
        path = unquote(parts.path)
        if path.startswith("/file/bot"):
            return self.download(path)
        token, _, name = path.removeprefix("/bot").partition("/")
        params = {**dict(parse_qsl(parts.query)), **(request_data.json_parameters if request_data else {})}
        try:
            status, body = await self.api.call(token, name, params, uploads_of(request_data))
        except AnswerLost as lost:
            raise NetworkError("the answer was lost") from lost
        return status, json.dumps(body).encode()

    def download(self, path: str) -> tuple[int, bytes]:
        token, _, file_id = path.removeprefix("/file/bot").partition("/")
        try:
            if token == self.api.token:
                return 200, self.api.file(file_id).content
        except KeyError:
            pass
        return 404, b'{"ok":false,"error_code":404,"description":"Not Found"}'


def uploads_of(request_data: RequestData | None) -> dict[str, Upload]:
    """Return the parts of the request that are files, read to the end."""
    parts = request_data.multipart_data if request_data else {}
    return {name: upload_of(*part) for name, part in parts.items()}


def upload_of(filename: str, content: bytes | IO[bytes], mime: str) -> Upload:
    data = content if isinstance(content, bytes) else content.read()
    return Upload(filename, data, mime or mimetypes.guess_type(filename)[0] or "application/octet-stream")
