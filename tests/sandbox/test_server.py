"""The sandbox over real HTTP: bots reach its Bot API, people its chat, and other sites neither."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from PIL import Image
from telegram import Bot

from bot.clock import SystemClock
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve

ANN = 1001


@pytest.fixture
def api() -> BotApi:
    return BotApi(SystemClock())


@pytest.fixture
async def server(api: BotApi) -> AsyncIterator[Server]:
    running = await serve(api, port=0)
    yield running
    await running.close()


@pytest.fixture
async def http(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session


@pytest.fixture
def ann(api: BotApi) -> int:
    api.join(ANN, "Ann")
    api.says(ANN, "/start")
    return ANN


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), (43, 122, 109)).save(out, "PNG")
    return out.getvalue()


def last_text(api: BotApi) -> object:
    return api.chat(ANN)[-1].get("text")


# What bots find


async def test_a_real_bot_library_gets_me_and_sends(server: Server, api: BotApi, ann: int) -> None:
    async with Bot("1:sandbox", base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot") as bot:
        assert (await bot.get_me()).username == "HeadsUpSandboxBot"
        await bot.send_message(ann, "Good <b>morning</b>", parse_mode="HTML")
        assert last_text(api) == "Good morning"

        sent = await bot.send_photo(ann, picture(), caption="Your week")
        file = await bot.get_file(sent.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == picture()


async def test_a_call_may_come_as_query_form_multipart_or_json(
    http: aiohttp.ClientSession, api: BotApi, ann: int
) -> None:
    path = "/bot1:sandbox/sendMessage"
    async with http.get(path, params={"chat_id": ann, "text": "query"}) as answer:
        assert (await answer.json())["ok"] is True
    assert last_text(api) == "query"
    async with http.post(path, data={"chat_id": ann, "text": "form"}) as answer:
        assert (await answer.json())["result"]["text"] == "form"
    assert last_text(api) == "form"
    async with http.post(path, json={"chat_id": ann, "text": "json"}) as answer:
        assert answer.status == 200
    assert last_text(api) == "json"

    form = aiohttp.FormData({"chat_id": str(ann), "photo": "attach://it", "caption": "multipart"})
    form.add_field("it", picture(), filename="week.png", content_type="image/png")
    async with http.post("/bot1:sandbox/sendPhoto", data=form) as answer:
        assert (await answer.json())["result"]["caption"] == "multipart"
    assert api.chat(ann)[-1]["photo"]


async def test_refusals_keep_their_status(http: aiohttp.ClientSession, ann: int) -> None:
    async with http.get("/bot9:stolen/getMe") as answer:
        assert answer.status == 401
    async with http.get("/file/bot9:stolen/photo-1") as answer:
        assert answer.status == 401
    async with http.get("/file/bot1:sandbox/photo-1") as answer:
        assert answer.status == 404
    async with http.post("/bot1:sandbox/noSuchThing") as answer:
        assert answer.status == 404
        assert (await answer.json())["ok"] is False
    async with http.post(
        "/bot1:sandbox/sendMessage", data=b"[]", headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400


async def test_a_lost_answer_is_a_dropped_connection(http: aiohttp.ClientSession, api: BotApi, ann: int) -> None:
    api.fail("sendMessage", how="lose")
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.post("/bot1:sandbox/sendMessage", json={"chat_id": ann, "text": "into the dark"})
    assert last_text(api) == "into the dark"


# What people find


async def act(http: aiohttp.ClientSession, what: str, **body: object) -> object:
    async with http.post(f"/chat/{ANN}/{what}", json=body) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["result"]


async def view(http: aiohttp.ClientSession, **query: str | int) -> dict[str, object]:
    async with http.get(f"/chat/{ANN}/view", params=query) as answer:
        assert answer.status == 200, await answer.text()
        seen: dict[str, object] = await answer.json()
        return seen


async def test_everything_a_person_does_reaches_the_bot(http: aiohttp.ClientSession, api: BotApi) -> None:
    await act(http, "join", first_name="Ann", language="en-GB")
    first = await act(http, "say", text="headache 6")
    await act(http, "edit", message_id=first, text="headache 5")
    await act(http, "say", text="and this", reply_to=first)
    await act(http, "location", latitude=27.7, longitude=85)
    for kind in ("photo", "sticker", "voice", "document"):
        await act(http, "send", kind=kind)
    await act(http, "tap", message_id=first, data="forged")
    await act(http, "block")
    assert (await view(http))["blocked"] is True
    await act(http, "unblock")

    _, body = await api.call(api.token, "getUpdates", {}, {})
    updates = body["result"]
    assert isinstance(updates, list)
    kinds = [next(name for name in update if name != "update_id") for update in updates]
    assert kinds == [
        "message",
        "edited_message",
        *["message"] * 6,
        "callback_query",
        "my_chat_member",
        "my_chat_member",
    ]
    assert updates[0]["message"]["from"]["language_code"] == "en-GB"
    assert updates[2]["message"]["reply_to_message"]["text"] == "headache 5"

    seen = await view(http)
    assert seen["blocked"] is False
    assert seen["messages"] == api.chat(ANN)


async def test_a_page_that_waits_hears_of_a_message_at_once(http: aiohttp.ClientSession, api: BotApi, ann: int) -> None:
    before = await view(http)
    waiting = asyncio.create_task(view(http, after=str(before["version"]), wait=30))
    assert await still_waits(waiting)
    await api.call(api.token, "sendMessage", {"chat_id": ann, "text": "Time for the card"}, {})
    after = await waiting
    assert after["version"] != before["version"]
    assert isinstance(after["messages"], list)
    assert after["messages"][-1]["text"] == "Time for the card"


async def test_a_tap_is_shown_as_waiting_until_it_is_answered(
    http: aiohttp.ClientSession, api: BotApi, ann: int
) -> None:
    keys = json.dumps({"inline_keyboard": [[{"text": "7", "callback_data": "answer:7"}]]})
    await api.call(api.token, "sendMessage", {"chat_id": ann, "text": "Headache?", "reply_markup": keys}, {})
    query = str(await act(http, "tap", message_id=api.chat(ann)[-1]["message_id"], data="answer:7"))
    seen = await view(http, taps=query)
    assert seen["waiting"] == [query]

    waiting = asyncio.create_task(view(http, after=str(seen["version"]), wait=30, taps=query))
    assert await still_waits(waiting)
    await api.call(api.token, "answerCallbackQuery", {"callback_query_id": query, "text": "Saved"}, {})
    answered = await waiting
    assert answered["waiting"] == []
    assert answered["toasts"] == ["Saved"]

    at_once = await view(http, after=str(answered["version"]), wait=30, taps=query)
    assert at_once["waiting"] == [], "a tap that is answered already is news, even where nothing else is"


async def test_closing_does_not_wait_for_those_who_wait(api: BotApi, ann: int) -> None:
    server = await serve(api, port=0)
    async with aiohttp.ClientSession(server.url) as http:
        waiting = asyncio.create_task(view(http, after=api.version, wait=30))
        assert await still_waits(waiting)
        await server.close()
        with pytest.raises(aiohttp.ClientError):
            await waiting


async def still_waits(task: asyncio.Task[dict[str, object]]) -> bool:
    """Return whether the answer is still outstanding after the server had ample time to give it."""
    done, _ = await asyncio.wait([task], timeout=0.2)
    return not done


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("say", {}),
        ("say", {"text": ""}),
        ("say", {"text": "x" * 4097}),
        ("say", {"text": "hello", "reply_to": "1"}),
        ("tap", {"data": "answer:7"}),
        ("tap", {"message_id": True, "data": "answer:7"}),
        ("edit", {"message_id": 999, "text": "not mine"}),
        ("location", {"latitude": 91, "longitude": 0}),
        ("location", {"latitude": "27.7", "longitude": 0}),
        ("send", {"kind": "virus"}),
    ],
)
async def test_nonsense_is_a_bad_request(
    http: aiohttp.ClientSession, api: BotApi, ann: int, what: str, body: dict[str, object]
) -> None:
    before = api.version
    async with http.post(f"/chat/{ann}/{what}", json=body) as answer:
        assert answer.status == 400
    assert api.version == before


async def test_a_stranger_has_nothing_to_see(http: aiohttp.ClientSession) -> None:
    async with http.get("/chat/77/view") as answer:
        assert answer.status == 404
    async with http.post("/chat/77/say", json={"text": "hello"}) as answer:
        assert answer.status == 400


async def test_pictures_are_shown_and_other_files_are_saved(http: aiohttp.ClientSession, api: BotApi, ann: int) -> None:
    api.sends(ann, "photo")
    async with http.get(f"/chat/file/{api.chat(ann)[-1]['photo'][0]['file_id']}") as answer:
        assert answer.content_type == "image/png"
        assert "Content-Disposition" not in answer.headers
    form = aiohttp.FormData({"chat_id": str(ann), "document": "attach://it"}, quote_fields=False)
    form.add_field("it", b"<script>alert(1)</script>", filename="Tagebüch.html", content_type="text/html")
    async with http.post("/bot1:sandbox/sendDocument", data=form) as answer:
        file_id = (await answer.json())["result"]["document"]["file_id"]
    async with http.get(f"/chat/file/{file_id}") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Tageb%C3%BCch.html"
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get("/chat/file/nothing-9") as answer:
        assert answer.status == 404


# What others find


async def test_the_page_comes_with_a_strict_policy_and_all_its_parts(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        page = await answer.text()
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    for part in ("/page/style.css", "/page/chat.js", "/page/icon.svg"):
        assert part in page
        async with http.get(part) as answer:
            assert answer.status == 200
    async with http.get("/page/../server.py") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8484", "127.0.0.1.evil.example", "10.0.0.7", "", "[::1"]
)
async def test_a_name_that_only_resolves_to_this_machine_is_refused(
    http: aiohttp.ClientSession, api: BotApi, ann: int, host: str
) -> None:
    before = api.version
    for path in ("/", f"/chat/{ann}/view", "/bot1:sandbox/getMe"):
        async with http.get(path, headers={"Host": host}) as answer:
            assert answer.status in (400, 403)
    async with http.post(f"/chat/{ann}/say", json={"text": "not Ann"}, headers={"Host": host}) as answer:
        assert answer.status in (400, 403)
    assert api.version == before


async def test_localhost_by_any_of_its_names_is_welcome(http: aiohttp.ClientSession, server: Server) -> None:
    for host in ("localhost", f"localhost:{server.port}", "127.0.0.1", f"[::1]:{server.port}"):
        async with http.get("/", headers={"Host": host}) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_page_can_do_nothing(
    http: aiohttp.ClientSession, api: BotApi, ann: int, headers: dict[str, str]
) -> None:
    before = api.version
    async with http.post(f"/chat/{ann}/say", json={"text": "not Ann"}, headers=headers) as answer:
        assert answer.status == 403
    async with http.get(f"/bot1:sandbox/sendMessage?chat_id={ann}&text=spam", headers=headers) as answer:
        assert answer.status == 403
    assert api.version == before


async def test_the_pages_own_requests_are_welcome(http: aiohttp.ClientSession, server: Server, ann: int) -> None:
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    async with http.post(f"/chat/{ann}/say", json={"text": "hello"}, headers=own) as answer:
        assert answer.status == 200
    async with http.get("/", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 200, "a link to the page may stand anywhere"


async def test_other_machines_cannot_be_served(api: BotApi) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "example.org"):  # noqa: S104 - refused is the point
        with pytest.raises(ValueError, match="this machine only"):
            await serve(api, host=host, port=0)
