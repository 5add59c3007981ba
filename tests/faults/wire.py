"""A wire between the bot and its Telegram that fails as networks do: real sockets, and made-up time all the same."""

import asyncio
import selectors
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.faults.virtual import JumpingSelector, VirtualLoop

Fault = Literal["", "silent", "drips", "slow", "refused", "black hole", "no names", "names hang"] | bytes
"""What is wrong; bytes are what a captive portal answers to everything. Silence and drips come after the connection."""

HERE = "127.0.0.1"
NAME = "localhost"
UNDERWAY = 0.0002
"""Real seconds that bytes between two sockets of this machine may take before time jumps over them."""

SLOW = 2.0


class SelectorWithSockets(JumpingSelector):
    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0 and not self.threads_at_work:
            time.sleep(UNDERWAY)  # epoll itself waits for a whole millisecond at least
            ready = selectors.DefaultSelector.select(self, 0)
            if ready:
                return ready
        return super().select(timeout)


class LoopWithSockets(VirtualLoop):
    """Made-up time that does not jump over bytes between sockets; `names` says how names are looked up."""

    selector = SelectorWithSockets
    names: Fault = ""

    async def getaddrinfo(self, host: Any, port: Any, **hints: Any) -> Any:
        asked = 0
        while self.names == "names hang" and asked < 4:  # as resolv.conf(5) has it: twice 5 s for each of two servers
            asked += 1
            await asyncio.sleep(5)
        if self.names:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (HERE, port))]


@dataclass(eq=False)
class Carried:
    """One connection. What struck it stays with it: a dead connection does not come back to life."""

    fault: Fault
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Wire:
    """Carries connections to the server at `far`; with `certificate` it speaks TLS on the bot's side.

    `asked` counts what came from the bot: requests, where they are small and come one by one.
    """

    def __init__(self, far: int, certificate: ssl.SSLContext | None = None) -> None:
        self.far = far
        self.port = 0
        self.certificate = certificate
        self.asked = 0
        self._fault: Fault = ""
        self._server: asyncio.Server | None = None
        self._hole: list[socket.socket] = []
        self._carried: set[Carried] = set()

    async def opens(self) -> None:
        self._server = await asyncio.start_server(self._carry, HERE, self.port, ssl=self.certificate)
        self.port = self._server.sockets[0].getsockname()[1]

    async def strikes(self, fault: Fault) -> None:
        """Let this be wrong from now on, with the connections that there are too."""
        self._fault = fault
        for carried in self._carried:
            carried.fault = fault
        if fault in ("no names", "names hang"):
            self._loop.names = fault
        if fault in ("refused", "black hole", "no names", "names hang"):
            await self._cut()
        if fault == "black hole":
            self._dig()

    async def heals(self) -> None:
        """Let new connections work; the ones there are stay as they are."""
        self._fault = self._loop.names = ""
        while self._hole:
            self._hole.pop().close()
        if self._server is None:
            await self.opens()

    async def shows(self, certificate: ssl.SSLContext) -> None:
        """Open again with another certificate."""
        await self._cut()
        self.certificate = certificate
        await self.opens()

    async def closes(self) -> None:
        await self._cut()
        while self._hole:
            self._hole.pop().close()
        for carried in list(self._carried):
            await carried.over.wait()

    @property
    def _loop(self) -> LoopWithSockets:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, LoopWithSockets)
        return loop

    async def _cut(self) -> None:
        """Listen no more, and end every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for carried in self._carried:
            carried.near.transport.abort()
            carried.far.transport.abort()

    def _dig(self) -> None:
        """Put a listener at the port that never answers a knock: its queue is full."""
        hole = socket.socket()
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        hole.bind((HERE, self.port))
        hole.listen(0)
        self._hole.append(hole)
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((HERE, self.port))
            self._hole.append(filler)

    async def _carry(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        far_reader, far = await asyncio.open_connection(HERE, self.far)
        carried = Carried(self._fault, near, far)
        self._carried.add(carried)
        try:
            await asyncio.gather(self._there(carried, reader), self._back(carried, far_reader))
        finally:
            self._carried.discard(carried)
            carried.over.set()

    async def _there(self, carried: Carried, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(2**16):
                self.asked += 1
                if isinstance(carried.fault, bytes):
                    carried.near.write(carried.fault)
                    carried.near.close()
                elif carried.fault != "silent":
                    carried.far.write(data)
        carried.far.close()

    async def _back(self, carried: Carried, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(2**16):
                if carried.fault == "slow":
                    await asyncio.sleep(SLOW)
                if carried.fault == "drips":
                    while data and not carried.near.is_closing():
                        carried.near.write(data[:1])
                        data = data[1:]
                        await asyncio.sleep(1)
                elif not carried.fault or carried.fault == "slow":
                    carried.near.write(data)
        carried.near.close()
