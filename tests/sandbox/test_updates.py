"""getUpdates: numbered, confirmed by offset, waited for, and forgotten when old."""

import asyncio
from typing import Any

import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.sandbox.botapi import BotApi

from .conftest import ANN, StillClock


async def updates(api: BotApi, **params: object) -> Any:
    status, body = await api.call(api.token, "getUpdates", params, {})
    assert status == 200, body
    return body["result"]


def texts(found: Any) -> list[str]:
    return [update["message"]["text"] for update in found]


async def test_an_offset_confirms_everything_below_it(bot: Bot, api: BotApi) -> None:
    for word in ("one", "two", "three"):
        api.says(ANN, word)
    first = await bot.get_updates()
    assert [update.update_id for update in first] == [1, 2, 3, 4]
    assert first[0].message.entities[0].type == "bot_command"

    assert [update.message.text for update in await bot.get_updates(offset=3)] == ["two", "three"]
    assert texts(await updates(api, offset=0)) == ["two", "three"], "what was not confirmed comes again"
    assert await updates(api, offset=5) == []
    assert await updates(api) == []


async def test_a_negative_offset_keeps_only_the_last_ones(api: BotApi) -> None:
    for word in ("one", "two", "three"):
        api.says(ANN, word)
    assert texts(await updates(api, offset=-2)) == ["two", "three"]
    assert texts(await updates(api, limit=100)) == ["two", "three"]
    assert texts(await updates(api, offset=-9)) == ["two", "three"]


async def test_one_answer_has_at_most_a_hundred(api: BotApi) -> None:
    for n in range(120):
        api.says(ANN, str(n))
    assert len(await updates(api, offset=1, limit=500)) == 100
    assert len(await updates(api, offset=2, limit=3)) == 3


async def test_who_asks_in_haste_for_the_same_gets_one_at_a_time(api: BotApi, clock: StillClock) -> None:
    api.says(ANN, "one")
    assert len(await updates(api)) == 2
    clock.moves(0.4)
    assert len(await updates(api)) == 1
    clock.moves(0.6)
    assert len(await updates(api)) == 2


async def test_a_long_poll_ends_with_the_first_update(api: BotApi) -> None:
    poll = asyncio.ensure_future(updates(api, offset=2, timeout=30))
    await asyncio.sleep(0)
    assert not poll.done()
    api.says(ANN, "here I am")
    assert texts(await poll) == ["here I am"]


async def test_a_long_poll_ends_when_its_time_is_over(api: BotApi, clock: StillClock) -> None:
    poll = asyncio.ensure_future(updates(api, offset=2, timeout=30))
    for _ in range(3):
        await asyncio.sleep(0)
    clock.moves(29)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not poll.done()
    clock.moves(1)
    assert await poll == []


async def test_the_older_of_two_polls_is_told_of_the_conflict(bot: Bot, api: BotApi) -> None:
    older = asyncio.ensure_future(bot.get_updates(offset=2, timeout=30))
    for _ in range(5):
        await asyncio.sleep(0)
    newer = asyncio.ensure_future(updates(api, offset=2, timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older
    api.says(ANN, "here I am")
    assert texts(await newer) == ["here I am"]


async def test_polling_and_a_webhook_exclude_each_other(bot: Bot, api: BotApi) -> None:
    poll = asyncio.ensure_future(bot.get_updates(offset=1, timeout=30))
    assert len(await poll) == 1
    waiting = asyncio.ensure_future(bot.get_updates(offset=2, timeout=30))
    for _ in range(5):
        await asyncio.sleep(0)
    await bot.set_webhook("https://bot.example:8443/hook", secret_token="s-1", allowed_updates=["message"])
    with pytest.raises(Conflict):
        await waiting
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    info = await bot.get_webhook_info()
    assert (info.url, info.allowed_updates) == ("https://bot.example:8443/hook", ("message",))

    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://bot.example/hook", {}),
        ("https://bot.example:8484/hook", {}),
        ("https://bot.example:port/hook", {}),
        ("https://bot.example/hook", {"secret_token": "no spaces"}),
        ("https://bot.example/hook", {"max_connections": "0"}),
    ],
)
async def test_a_webhook_that_telegram_could_not_reach(api: BotApi, url: str, more: dict[str, str]) -> None:
    status, body = await api.call(api.token, "setWebhook", {"url": url, **more}, {})
    assert (status, body["ok"]) == (400, False)


async def test_kinds_that_were_not_asked_for_are_never_made(api: BotApi) -> None:
    assert len(await updates(api, offset=1, allowed_updates='["callback_query"]')) == 1, "made before the question"
    assert await updates(api, offset=2) == [], "and the setting is remembered"
    api.says(ANN, "unheard")
    query = api.taps(ANN, 1, "x")
    assert [update["callback_query"]["id"] for update in await updates(api, offset=2)] == [query]
    assert api.waiting_tap(query)


async def test_a_raw_update_comes_as_it_is(api: BotApi) -> None:
    update_id = api.push({"purchased_paid_media": {"broken": None}})
    assert (await updates(api))[-1] == {"update_id": update_id, "purchased_paid_media": {"broken": None}}


async def test_updates_are_kept_for_a_day_and_taps_for_150_seconds(api: BotApi, clock: StillClock) -> None:
    api.taps(ANN, 1, "x")
    clock.moves(150)
    assert len(await updates(api)) == 2
    clock.moves(1)
    assert texts(await updates(api)) == ["/start"]
    clock.moves(86_400 - 151)
    assert texts(await updates(api)) == ["/start"]
    clock.moves(1)
    assert await updates(api) == []
