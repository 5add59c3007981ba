"""A pooler between the bot and PostgreSQL, as far as it matters: what it does with the settings of a connection."""

import asyncio
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import make_url

PLAIN = (80877103, 80877104)
"""Numbers of the requests for TLS and for GSSAPI (PostgreSQL, "Message Formats"), to which the answer is no."""

PROTOCOL = 196608
"""3.0"""


@asynccontextmanager
async def pooled(address: str, *, refuses: bool) -> AsyncIterator[str]:
    """Let a pooler stand before the database at `address`, and yield its own address.

    What a connection wants in `options` it refuses, or ignores: PgBouncer's `ignore_startup_parameters`.
    """
    url = make_url(address)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length, number = struct.unpack("!II", await reader.readexactly(8))
            body = await reader.readexactly(length - 8)
            if number not in PLAIN:
                break
            writer.write(b"N")
        words = body.rstrip(b"\0").split(b"\0")
        asked = dict(zip(words[::2], words[1::2], strict=True))
        wanted = asked.pop(b"options", None)
        if wanted is not None and refuses:
            name = wanted.removeprefix(b"-c ").partition(b"=")[0]
            writer.write(refusal(b"unsupported startup parameter in options: " + name))
            writer.close()
            return
        there, onward = await asyncio.open_unix_connection(socket_of(url.query, url.port))
        onward.write(startup(asked))
        await asyncio.gather(carry(reader, onward), carry(there, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield url.set(host=host, port=port, query={}).render_as_string(hide_password=False)
    server.close()


def socket_of(query: Mapping[str, object], port: int | None) -> str:
    return f"{query['host']}/.s.PGSQL.{port or 5432}"


def startup(asked: Mapping[bytes, bytes]) -> bytes:
    body = b"".join(name + b"\0" + value + b"\0" for name, value in asked.items()) + b"\0"
    return struct.pack("!II", len(body) + 8, PROTOCOL) + body


def refusal(words: bytes) -> bytes:
    body = b"SFATAL\0C08P01\0M" + words + b"\0\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(1 << 16):
        writer.write(part)
    writer.close()
