"""Telegram's limits, on a clock that stands still until it is moved."""

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from bot.sandbox.botapi import BotApi

from .conftest import ANN, StillClock

CROWD = range(2001, 2101)


async def sends(bot: Bot, *chats: int) -> int:
    """Return how many messages got through before the first 429."""
    for sent, chat in enumerate(chats):
        try:
            await bot.send_message(chat, "Hello")
        except RetryAfter:
            return sent
    return len(chats)


@pytest.fixture
def crowd(api: BotApi) -> BotApi:
    for user_id in CROWD:
        api.join(user_id, f"No. {user_id}")
        api.says(user_id, "/start")
    return api


async def test_thirty_messages_in_any_second(bot: Bot, crowd: BotApi, clock: StillClock) -> None:
    assert await sends(bot, *CROWD[:20]) == 20
    clock.moves(0.9)
    assert await sends(bot, *CROWD[20:]) == 10
    clock.moves(0.1)
    assert await sends(bot, *CROWD[30:]) == 20, "the first twenty have left the second, the ten have not"


async def test_a_429_says_how_long_to_wait(bot: Bot, api: BotApi, clock: StillClock) -> None:
    assert await sends(bot, *[ANN] * 9) == 5
    status, body = await api.call(api.token, "sendMessage", {"chat_id": ANN, "text": "Hello"}, {})
    assert status == 429
    assert body["description"] == "Too Many Requests: retry after 1"
    assert body["parameters"] == {"retry_after": 1}
    clock.moves(1)
    assert await sends(bot, ANN, ANN) == 1


async def test_one_chat_takes_one_a_second_after_a_burst(bot: Bot, api: BotApi, clock: StillClock) -> None:
    assert await sends(bot, *[ANN] * 9) == 5
    for _ in range(10):
        clock.moves(1)
        assert await sends(bot, ANN, ANN) == 1
    clock.moves(3600)
    assert await sends(bot, *[ANN] * 9) == 5


async def test_a_group_takes_twenty_a_minute(bot: Bot, api: BotApi, clock: StillClock) -> None:
    api.adds_to_group(-5, "The club", ANN)
    for _ in range(20):
        clock.moves(1)
        assert await sends(bot, -5) == 1
    clock.moves(10)
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(-5, "Hello")
    assert refused.value.retry_after == 31
    clock.moves(31)
    assert await sends(bot, -5) == 1


async def test_edits_and_refused_messages_count_for_nothing(bot: Bot, crowd: BotApi, clock: StillClock) -> None:
    sent = await bot.send_message(ANN, "0")
    for n in range(1, 40):
        await bot.edit_message_text(str(n), ANN, sent.message_id)
        await crowd.call(crowd.token, "sendMessage", {"chat_id": ANN, "text": ""}, {})
    assert await sends(bot, *CROWD) == 29


async def test_the_pace_can_be_set(clock: StillClock) -> None:
    api = BotApi(clock, per_second=2)
    for user_id in CROWD[:3]:
        api.join(user_id, "Somebody")
        api.says(user_id, "/start")
    codes = [(await api.call(api.token, "sendMessage", {"chat_id": one, "text": "Hello"}, {}))[0] for one in CROWD[:3]]
    assert codes == [200, 200, 429]


async def test_paid_broadcasts_may_be_a_thousand_a_second(api: BotApi) -> None:
    for user_id in range(3001, 4002):
        api.join(user_id, "Somebody")
        api.says(user_id, "/start")

    async def send(to: int, **terms: object) -> int:
        return (await api.call(api.token, "sendMessage", {"chat_id": to, "text": "Hello", **terms}, {}))[0]

    assert {await send(to, allow_paid_broadcast=True) for to in range(3001, 3501)} == {200}
    assert await send(3501) == 429, "without it thirty are the most, whoever pays for the others"
    assert {await send(to, allow_paid_broadcast="true") for to in range(3501, 4001)} == {200}
    assert await send(4001, allow_paid_broadcast=True) == 429
