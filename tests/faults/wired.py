"""The world with the real way to the network in it: the bot's own sessions, a wire that fails, a sandbox over HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from aiohttp import connector

from bot.chat.application import Chat
from bot.chat.transport import AiohttpRequest
from bot.sandbox.person import Person
from bot.sandbox.server import serve
from bot.store.crypto import load_keys
from bot.store.database import open_engine
from jobs.deliver import recover
from tests.databases import Home
from tests.faults.virtual import DatabaseOutOfTime
from tests.faults.wire import NAME, Wire
from tests.faults.world import EVENING, World

CONNECTIONS = 30


class WiredWorld(World):
    """A world whose bot reaches Telegram over `wire`, with the sessions that it has in real life."""

    def __init__(self, home: Home, start: datetime) -> None:
        super().__init__(home, start)
        self.scheme = "http"
        self.wire: Wire
        self.polling = AiohttpRequest(1)

    async def starts(self) -> None:
        keys = load_keys(self.settings.keys.file)
        self.database = DatabaseOutOfTime(open_engine(self.settings.database.url), keys, self.settings)
        self._requests = AiohttpRequest(CONNECTIONS), self.polling
        self.chat = Chat(
            self.database,
            self.clock,
            token=self.api.token,
            base_url=f"{self.scheme}://{NAME}:{self.wire.port}/bot",
            request=self._requests[0],
            polling=self.polling,
        )
        await self.chat.start()
        await recover(self.database, self.clock.now())
        self._living = [asyncio.create_task(self.chat.be_polled()), asyncio.create_task(self._beat())]

    async def stops(self) -> None:
        await super().stops()
        for request in self._requests:
            await request.shutdown()

    async def answers(self, one: Person, patience: float = 60) -> float:
        """Return how many seconds it takes until somebody's words are answered."""
        said, before = self.clock.steady(), len(one.chat)
        await one.says("/help")
        while len(one.chat) < before + 2 and self.clock.steady() < said + patience:
            await self.clock.sleep(0.5)
        return self.clock.steady() - said


@asynccontextmanager
async def wired(home: Home, start: datetime = EVENING, tls: ssl.SSLContext | None = None) -> AsyncIterator[WiredWorld]:
    """A world with a wire, the bot not yet started; the wire speaks TLS where a certificate is given."""
    made = WiredWorld(home, start)
    made.scheme = "https" if tls else "http"
    server = await serve(made.api, port=0)
    made.wire = Wire(server.port, tls)
    await made.wire.opens()
    loop = asyncio.get_running_loop()
    with pytest.MonkeyPatch.context() as patch:
        # Not only the loop's timers: the connections and names that aiohttp keeps grow old in made-up time too.
        patch.setattr(connector, "monotonic", loop.time)
        try:
            yield made
        finally:
            if made._living:
                await made.stops()
            await made.wire.closes()
            await server.close()
