"""The way to the network, against a server that behaves, misbehaves, is slow, or is not there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from structlog.testing import capture_logs
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from bot.chat import transport
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
        form = await request.json() if request.content_type == "application/json" else await request.post()
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


async def test_a_page_in_html_is_nobodys_answer(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>Please log in</html>", status=404)

    server.answer = answer
    with pytest.raises(TelegramError) as broken:
        await says(server.url)
    assert isinstance(trouble_of(broken.value), Unknown), "the token is none the worse for it"


async def test_what_somebody_else_asks_to_be_sent_to_another_place_is_not(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(f"{server.url}/elsewhere")

    server.answer = answer
    with pytest.raises(NetworkError) as broken:
        await says(server.url)
    assert isinstance(trouble_of(broken.value), Unknown)
    assert len(server.forms) == 1, "a captive portal does not get the words of anybody"


async def test_waiting_for_a_free_connection_means_not_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CONNECTED", 0.1)
    arrived, free = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await free.wait()
        return web.json_response({"ok": True, "result": True})

    server.answer = answer
    request = AiohttpRequest(1)
    await request.initialize()
    first = asyncio.ensure_future(request.post(server.url, read_timeout=30))
    await arrived.wait()
    with pytest.raises(TimedOut) as broken:
        await request.post(server.url, read_timeout=30)
    assert isinstance(trouble_of(broken.value), TryLater)
    free.set()
    assert await first is True
    await request.shutdown()
    assert len(server.forms) == 1, "what was told as not sent did not arrive"


async def test_after_three_timeouts_there_is_a_new_session_and_nothing_under_way_is_cut(server: Server) -> None:
    heard = asyncio.Event()
    connections: dict[str, asyncio.Transport | None] = {}
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, about: complaints.append(about["message"]))

    async def answer(request: web.Request) -> web.StreamResponse:
        connections[request.path.rpartition("/")[2]] = request.transport
        await heard.wait()
        return web.json_response({"ok": True, "result": request.path.rpartition("/")[2]})

    server.answer = answer
    request = AiohttpRequest(8)
    await request.initialize()
    patient = asyncio.ensure_future(request.post(f"{server.url}/patient", read_timeout=30))
    with capture_logs() as logs:
        for number in (1, 2, 3):
            assert request.rebuilt == 0
            with pytest.raises(TimedOut):
                await request.post(f"{server.url}/{number}", read_timeout=0.05)
    assert request.rebuilt == 1
    assert [line["event"] for line in logs] == ["telegram.session_rebuilt"]
    heard.set()
    assert await request.post(f"{server.url}/new") == "new"
    assert await patient == "patient"
    for _ in range(100):
        await asyncio.sleep(0.01)
        if connections["patient"].is_closing():
            break
    assert connections["patient"].is_closing(), "the old session is closed when nothing is under way on it"
    assert not connections["new"].is_closing()
    await request.shutdown()
    assert complaints == [], "nothing was left for aiohttp to find open and to close itself"


async def test_an_answer_in_between_keeps_the_session(server: Server) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("slow"):
            await asyncio.sleep(0.5)
        return web.json_response({"ok": True, "result": True})

    server.answer = answer
    request = AiohttpRequest(8)
    await request.initialize()
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(TimedOut):
                await request.post(f"{server.url}/slow", read_timeout=0.05)
        await request.post(server.url)
    await request.shutdown()
    assert request.rebuilt == 0


async def test_connections_that_died_unnoticed_cost_three_timeouts_and_not_one_each(server: Server) -> None:
    together, dead = asyncio.Barrier(8), False
    born: dict[object, bool] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        if not dead:
            born[request.transport] = True
            await together.wait()
        elif request.transport in born:
            await asyncio.sleep(0.5)
        return web.json_response({"ok": True, "result": True})

    server.answer = answer
    request = AiohttpRequest(8)
    await request.initialize()
    await asyncio.gather(*(request.post(server.url) for _ in range(8)))
    dead, failed = True, 0
    while failed < 8:
        try:
            await request.post(server.url, read_timeout=0.1)
            break
        except TimedOut:
            failed += 1
    await request.shutdown()
    assert failed == 3


async def test_an_address_that_is_none_does_not_give_the_token_away() -> None:
    with pytest.raises(TelegramError) as broken:
        await says("http://[not-an-address/bot")
    assert TOKEN not in plain(broken.value)


async def test_a_name_that_is_looked_up_for_ever_means_not_sent_and_holds_up_one_session_only(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CONNECTED", 0.1)
    url = server.url.replace("127.0.0.1", "localhost")
    server.answer = json({"ok": True, "result": True})
    request = AiohttpRequest(1)
    await request.initialize()
    with monkeypatch.context() as names:
        names.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
        for _ in range(3):
            with pytest.raises(TimedOut) as broken:
                await request.post(url)
            assert isinstance(trouble_of(broken.value), TryLater)
    monkeypatch.setattr(transport, "CONNECTED", 8)
    assert await request.post(url) is True
    await request.shutdown()


async def never(*words: object, **hints: object) -> None:
    await asyncio.Event().wait()


async def test_closing_it_ends_what_waits_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()

    async def ask(*words: object, **hints: object) -> None:
        asked.set()
        await never()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", ask)
    request = AiohttpRequest(1)
    await request.initialize()
    waiting = asyncio.ensure_future(request.post("http://api.invalid/bot"))
    await asked.wait()
    await request.shutdown()
    with pytest.raises(NetworkError, match="closed"):
        await waiting


async def test_who_is_cancelled_is_cancelled(server: Server) -> None:
    arrived = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await asyncio.Event().wait()
        return web.Response()

    server.answer = answer
    request = AiohttpRequest(1)
    await request.initialize()
    waiting = asyncio.ensure_future(request.post(server.url))
    await arrived.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await request.shutdown()


async def test_before_it_is_opened_it_says_so() -> None:
    with pytest.raises(NetworkError, match="not open"):
        await AiohttpRequest(1).do_request("http://127.0.0.1/", "POST")
