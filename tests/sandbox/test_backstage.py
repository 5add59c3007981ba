"""Behind the page: the calls of one chat, journeys and ready diaries by the bot, refusals where there is none."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.sandbox.botapi import BotApi
from bot.sandbox.rules import Json
from bot.sandbox.server import serve

ANN, BEN = 1001, 1002


class Stage:
    """Notes what it is asked for; knows one stop, and nobody's diary but Ben's."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def look(self, person: int, zone: str) -> Json:
        coming = "<b>Coming next</b> &amp; so on" if person == BEN else None
        return {"now": 0.0, "zone": zone, "goal": None, "stops": {"hour": 3600.0}, "next": coming}

    async def travel(self, person: int, zone: str, stop: str) -> None:
        if stop != "hour":
            raise ValueError("There is no such stop ahead.")
        self.asked.append((person, zone, stop))

    async def halt(self) -> None:
        self.asked.append("halt")

    async def fill(self, person: int, language: str, zone: str) -> None:
        if person == BEN:
            raise ValueError("There is a diary of this person already.")
        self.asked.append((person, language, zone))


@pytest.fixture
def api() -> BotApi:
    api = BotApi(SystemClock())
    api.join(ANN, "Ann", "de-AT")
    api.join(BEN, "Ben")
    api.says(ANN, "/start")
    return api


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def http(api: BotApi, stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    server = await serve(api, port=0, backstage=stage)
    async with aiohttp.ClientSession(server.url) as session:
        yield session
    await server.close()


async def look(http: aiohttp.ClientSession, person: int = ANN) -> Any:
    async with http.get(f"/chat/{person}/backstage", params={"zone": "Europe/Vienna"}) as answer:
        assert answer.status == 200
        return await answer.json()


async def post(http: aiohttp.ClientSession, path: str, **body: object) -> tuple[int, str]:
    async with http.post(f"/chat/{path}", json=body) as answer:
        return answer.status, await answer.text()


async def test_each_sees_the_calls_of_their_own_chat(http: aiohttp.ClientSession, api: BotApi) -> None:
    api.says(BEN, "/start")
    query = api.taps(ANN, 1, "forged")
    token = api.token
    for method, params in (
        ("getUpdates", {"timeout": "0"}),
        ("sendMessage", {"chat_id": str(ANN), "text": "For Ann"}),
        ("sendMessage", {"chat_id": str(BEN), "text": "For Ben"}),
        ("sendMessage", {"chat_id": str(ANN), "text": ""}),
        ("setMyCommands", {"commands": "[]", "scope": f'{{"type": "chat", "chat_id": {ANN}}}'}),
        ("setMyCommands", {"commands": "[]", "scope": "not JSON"}),
        ("answerCallbackQuery", {"callback_query_id": query}),
    ):
        await api.call(token, method, params, {})
    seen = (await look(http))["calls"]
    assert [(call["method"], call["status"]) for call in seen] == [
        ("sendMessage", 200),
        ("sendMessage", 400),
        ("setMyCommands", 200),
        ("answerCallbackQuery", 200),
    ]
    assert seen[0]["params"] == {"chat_id": str(ANN), "text": "For Ann"}
    assert token not in str(seen)


async def test_what_comes_next_arrives_as_text_with_its_styles(http: aiohttp.ClientSession) -> None:
    assert (await look(http))["stage"] == {
        "now": 0.0,
        "zone": "Europe/Vienna",
        "goal": None,
        "stops": {"hour": 3600.0},
        "next": None,
    }
    assert (await look(http, BEN))["stage"]["next"] == {
        "text": "Coming next & so on",
        "entities": [{"type": "bold", "offset": 0, "length": 11}],
    }


async def test_a_journey_and_a_diary_are_asked_of_the_bot(
    http: aiohttp.ClientSession, stage: Stage, api: BotApi
) -> None:
    before = api.version
    assert (await post(http, f"{ANN}/travel", zone="Europe/Vienna", stop="hour"))[0] == 200
    assert (await post(http, f"{ANN}/halt"))[0] == 200
    assert (await post(http, f"{ANN}/diary", zone="Europe/Vienna"))[0] == 200
    assert stage.asked == [(ANN, "Europe/Vienna", "hour"), "halt", (ANN, "de-AT", "Europe/Vienna")]
    assert api.version > before, "the page looks again"


async def test_what_cannot_be_is_said_in_words(http: aiohttp.ClientSession, stage: Stage) -> None:
    assert await post(http, f"{ANN}/travel", zone="UTC", stop="yesterday") == (400, "There is no such stop ahead.")
    assert await post(http, f"{BEN}/diary", zone="UTC") == (400, "There is a diary of this person already.")
    assert (await post(http, "4711/diary", zone="UTC"))[0] == 400, "nobody of that number"
    assert (await post(http, f"{ANN}/travel"))[0] == 400
    assert stage.asked == []


async def test_where_the_bot_is_another_program_only_its_calls_are_known(api: BotApi) -> None:
    server = await serve(api, port=0)
    async with aiohttp.ClientSession(server.url) as http:
        await api.call(api.token, "sendMessage", {"chat_id": str(ANN), "text": "Hello"}, {})
        seen = await look(http)
        assert seen["stage"] is None
        assert len(seen["calls"]) == 1
        assert (await post(http, f"{ANN}/travel", zone="UTC", stop="hour"))[0] == 404
        assert (await post(http, f"{ANN}/halt"))[0] == 404
    await server.close()


async def test_a_file_of_ones_own_is_sent_as_it_is(http: aiohttp.ClientSession, api: BotApi) -> None:
    async with http.post(f"/chat/{ANN}/file", params={"name": "days.csv"}, data=b"date\n") as answer:
        assert answer.status == 200
    document = api.chat(ANN)[-1]["document"]
    assert (document["file_name"], document["mime_type"]) == ("days.csv", "text/csv")
    assert api.file(document["file_id"]).content == b"date\n"
    async with http.post("/chat/4711/file", params={"name": "days.csv"}, data=b"date\n") as answer:
        assert answer.status == 400
