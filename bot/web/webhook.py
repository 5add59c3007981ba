"""Updates pushed by Telegram: checked, stored, and only then answered with 200."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

log = structlog.get_logger()

LARGEST = 1024 * 1024
"""Bytes of one update; Telegram's are a few thousand."""

READ_WITHIN = 10.0
TELL_EVERY = 60.0
HEADER = "X-Telegram-Bot-Api-Secret-Token"
Accept = Callable[[Mapping[str, Any]], Awaitable[None]]


class Webhook:
    """Listens at the path of `url`. `accept` returns when the update is on disk; if it raises, Telegram sends again."""

    def __init__(self, accept: Accept, *, url: str, secret: str, listen: str, port: int) -> None:
        self._accept = accept
        self._secret = secret
        app = web.Application(client_max_size=LARGEST)
        app.router.add_post(urlsplit(url).path or "/", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        self._listen = listen
        self._port = port
        self._told_at: float | None = None

    async def start(self) -> int:
        """Open the port and return it; OSError where it is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._listen, self._port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(READ_WITHIN):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            update = None
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            # With the right secret it is Telegram's own; asking for it again would bring the same.
            log.error("webhook.unreadable", size=len(body))
            return web.Response()
        try:
            await self._accept(update)
        except Exception as trouble:  # noqa: BLE001 - not stored, so not confirmed: Telegram will send it again
            self._complain(trouble)
            return web.Response(status=503)
        return web.Response()

    def _complain(self, trouble: Exception) -> None:
        """Log once a minute that nothing can be stored, however often Telegram tries."""
        now = asyncio.get_running_loop().time()
        if self._told_at is None or now - self._told_at >= TELL_EVERY:
            self._told_at = now
            log.error("webhook.not_stored", trouble=type(trouble).__name__)
