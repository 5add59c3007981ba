"""Failures on request: refused, or carried out with the answer lost."""

import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.sandbox.botapi import AnswerLost, BotApi

from .conftest import ANN


async def test_the_next_call_is_refused_and_the_one_after_is_not(bot: Bot, api: BotApi) -> None:
    api.fail("sendMessage", status=502)
    await bot.get_me()
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ANN, "Hello")
    assert len(api.chat(ANN)) == 1
    await bot.send_message(ANN, "Hello")
    assert [call.status for call in api.calls][-2:] == [502, 200]


async def test_a_lost_answer_was_carried_out(bot: Bot, api: BotApi) -> None:
    api.fail("sendMessage", how="lose")
    with pytest.raises(NetworkError, match="lost"):
        await bot.send_message(ANN, "Hello")
    assert api.chat(ANN)[-1]["text"] == "Hello"

    api.fail("sendMessage", how="lose")
    with pytest.raises(AnswerLost):
        await api.call(api.token, "sendMessage", {"chat_id": ANN, "text": "Hello"}, {})


async def test_a_star_means_any_call_but_getupdates(bot: Bot, api: BotApi) -> None:
    api.fail("*", status=429, retry_after=7, times=2)
    assert len(await bot.get_updates()) == 1
    for call in (bot.get_me, lambda: bot.send_message(ANN, "Hello")):
        with pytest.raises(RetryAfter) as refused:
            await call()
        assert refused.value.retry_after == 7
    await bot.send_message(ANN, "Hello")


async def test_polling_breaks_by_name_only(bot: Bot, api: BotApi) -> None:
    api.fail("getUpdates", status=500)
    with pytest.raises(NetworkError):
        await bot.get_updates()
    assert len(await bot.get_updates()) == 1


async def test_words_of_ones_own(bot: Bot, api: BotApi) -> None:
    api.fail("sendMessage", status=403, description="Forbidden: user is deactivated")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ANN, "Hello")
