"""The way to the network, against a server that behaves, misbehaves, is slow, or is not there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from bot.chat.errors import TryLater, Unknown, trouble_of
from bot.chat.transport import AiohttpRequest

TOKEN = "12345:a-token-that-nobody-may-see-0123456789"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """Answers every call with `answer`; `forms` are what came."""

    url: str = ""
    answer: Answer | None = None
    forms: list[dict[str, object]] = field(default_factory=list)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()

    async def handle(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        server.forms.append(
            {name: it.file.read() if isinstance(it, web.FileField) else it for name, it in form.items()}
        )
        assert server.answer is not None
        return await server.answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as running:
        server.url = str(running.make_url("/bot"))
        yield server


async def says(url: str, *, read_timeout: float = 5) -> None:
    """Send one message through python-telegram-bot's own Bot."""
    request = AiohttpRequest(4, read_timeout=read_timeout)
    await request.initialize()
    try:
        await Bot(TOKEN, base_url=url, request=request, get_updates_request=request).send_message(5, "<b>ä</b> & ö")
    finally:
        await request.shutdown()


def json(body: object, status: int = 200) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status)

    return answer


def plain(error: BaseException) -> str:
    return f"{error} {error!r}"


async def test_a_message_goes_through(server: Server) -> None:
    sent = {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}, "text": "ä & ö"}
    server.answer = json({"ok": True, "result": sent})
    await says(server.url)
    assert server.forms == [{"chat_id": "5", "text": "<b>ä</b> & ö"}]


async def test_a_picture_goes_through(server: Server) -> None:
    server.answer = json({"ok": True, "result": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}}})
    request = AiohttpRequest(4)
    await request.initialize()
    bot = Bot(TOKEN, base_url=server.url, request=request, get_updates_request=request)
    await bot.send_photo(5, b"\x89PNG", caption="The week")
    await request.shutdown()
    assert b"\x89PNG" in server.forms[0].values()
    assert server.forms[0]["caption"] == "The week"


async def test_too_many_requests(server: Server) -> None:
    server.answer = json({"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 9}}, 429)
    with pytest.raises(RetryAfter) as refused:
        await says(server.url)
    trouble = trouble_of(refused.value)
    assert isinstance(trouble, TryLater)
    assert (trouble.seconds, trouble.flood) == (9, True)


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_error_leaves_it_open(server: Server, status: int) -> None:
    server.answer = json({"ok": False, "error_code": status, "description": "Internal"}, status)
    with pytest.raises(NetworkError) as broken:
        await says(server.url)
    assert isinstance(trouble_of(broken.value), Unknown)


async def test_an_answer_that_is_no_json_leaves_it_open(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>captive portal</html>")

    server.answer = answer
    with pytest.raises(TelegramError) as broken:
        await says(server.url)
    assert isinstance(trouble_of(broken.value), Unknown)


async def test_no_answer_in_time_leaves_it_open(server: Server) -> None:
    never = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    server.answer = answer
    with pytest.raises(TimedOut) as broken:
        await says(server.url, read_timeout=0.05)
    never.set()
    assert isinstance(broken.value.__cause__, TimeoutError)
    assert isinstance(trouble_of(broken.value), Unknown)
    assert TOKEN not in plain(broken.value)


async def test_a_dropped_connection_leaves_it_open(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    server.answer = answer
    with pytest.raises(NetworkError) as broken:
        await says(server.url)
    assert isinstance(broken.value.__cause__, aiohttp.ClientError)
    assert isinstance(trouble_of(broken.value), Unknown)
    assert TOKEN not in plain(broken.value)


async def test_a_connection_that_breaks_in_the_middle_of_the_answer_leaves_it_open(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"ok":')
        assert request.transport is not None
        request.transport.abort()
        return response

    server.answer = answer
    with pytest.raises(NetworkError) as broken:
        await says(server.url)
    assert isinstance(trouble_of(broken.value), Unknown)


async def test_nobody_there_means_not_sent() -> None:
    with pytest.raises(NetworkError) as broken:
        await says(f"http://127.0.0.1:{unused_port()}/bot")
    assert isinstance(broken.value.__cause__, aiohttp.ClientConnectorError)
    assert isinstance(trouble_of(broken.value), TryLater)
    assert TOKEN not in plain(broken.value)


async def test_an_address_that_is_none_does_not_give_the_token_away() -> None:
    with pytest.raises(TelegramError) as broken:
        await says("http://[not-an-address/bot")
    assert TOKEN not in plain(broken.value)


async def test_before_it_is_opened_it_says_so() -> None:
    with pytest.raises(NetworkError, match="not open"):
        await AiohttpRequest(1).do_request("http://127.0.0.1/", "POST")
