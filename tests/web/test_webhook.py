"""The webhook over real HTTP: nothing is confirmed before it is stored, and nobody but Telegram gets in."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.web.webhook import HEADER, Webhook

SECRET = "only-telegram-knows-this"
UPDATE = {"update_id": 7, "message": {"text": "hello"}}


class Inbox:
    """What was accepted, and whether the disk works."""

    def __init__(self) -> None:
        self.stored: list[Mapping[str, Any]] = []
        self.full = False

    async def accept(self, update: Mapping[str, Any]) -> None:
        if self.full:
            raise OSError("no space left")
        self.stored.append(update)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def address(inbox: Inbox) -> AsyncIterator[str]:
    hook = Webhook(inbox.accept, url="https://bot.example/tg/hook", secret=SECRET, listen="127.0.0.1", port=0)
    port = await hook.start()
    yield f"http://127.0.0.1:{port}/tg/hook"
    await hook.stop()


async def post(address: str, body: bytes, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with aiohttp.ClientSession() as http, http.post(address, data=body, headers=headers) as answer:
        return answer.status


async def test_an_update_is_stored_and_then_confirmed(address: str, inbox: Inbox) -> None:
    assert await post(address, json.dumps(UPDATE).encode()) == 200
    assert inbox.stored == [UPDATE]


async def test_who_sends_what_is_no_text_is_not_let_in(address: str, inbox: Inbox) -> None:
    port = urlsplit(address).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /tg/hook HTTP/1.1\r\nHost: bot\r\n" + HEADER.encode() + b": \xff\r\nContent-Length: 0\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"403"
    writer.close()


async def test_an_update_that_could_not_be_stored_is_not_confirmed(address: str, inbox: Inbox) -> None:
    inbox.full = True
    assert await post(address, json.dumps(UPDATE).encode()) == 503
    inbox.full = False
    assert await post(address, json.dumps(UPDATE).encode()) == 200
    assert inbox.stored == [UPDATE]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "ü"])
async def test_nobody_else_gets_in(address: str, inbox: Inbox, secret: str | None) -> None:
    assert await post(address, json.dumps(UPDATE).encode(), secret) == 403
    assert inbox.stored == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"update_id": "7"}', b"\xff\xfe", b"[" * 100_000])
async def test_what_cannot_be_read_is_confirmed_but_not_stored(address: str, inbox: Inbox, body: bytes) -> None:
    assert await post(address, body) == 200
    assert inbox.stored == []


async def test_a_huge_body_is_refused(address: str, inbox: Inbox) -> None:
    assert await post(address, b" " * (2 * 1024 * 1024)) == 413
    assert inbox.stored == []


async def test_other_addresses_and_methods_do_not_exist(address: str) -> None:
    assert await post(address.removesuffix("/hook"), b"{}") == 404
    async with aiohttp.ClientSession() as http, http.get(address) as answer:
        assert answer.status == 405
