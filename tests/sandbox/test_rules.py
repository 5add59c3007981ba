"""The shape of calls: methods, parameters, types, the token."""

from typing import Any

import pytest
from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken

from bot.sandbox.botapi import BotApi
from bot.sandbox.rules import spec
from bot.sandbox.transport import SandboxRequest

from .conftest import ANN, refused

HELLO = {"chat_id": str(ANN), "text": "Hello"}


async def told(api: BotApi, method: str, **params: object) -> tuple[int, Any]:
    status, body = await api.call(api.token, method, params, {})
    return status, body.get("description")


@pytest.mark.parametrize(
    ("method", "params", "status", "reason"),
    [
        ("sendMesage", HELLO, 404, "Not Found"),
        ("sendPoll", HELLO, 400, "the sandbox does not support the method sendPoll"),
        ("sendMessage", {**HELLO, "parsemode": "HTML"}, 400, 'unknown parameter "parsemode"'),
        ("sendMessage", {**HELLO, "message_effect_id": "1"}, 400, "does not support the parameter message_effect_id"),
        ("sendMessage", {"chat_id": str(ANN)}, 400, 'parameter "text" is required'),
        ("sendMessage", {"chat_id": str(ANN), "text": None}, 400, 'parameter "text" is required'),
        ("sendMessage", {"chat_id": str(ANN), "text": 7}, 400, '"text" must be of type String'),
        ("sendMessage", {"chat_id": str(ANN), "text": "\ud83d"}, 400, "strings must be encoded in UTF-8"),
        (
            "sendMessage",
            {**HELLO, "disable_notification": "yes"},
            400,
            '"disable_notification" must be of type Boolean',
        ),
        ("sendMessage", {**HELLO, "reply_markup": "{"}, 400, 'can\'t parse "reply_markup"'),
        ("sendMessage", {**HELLO, "reply_parameters": "{}"}, 400, 'field "reply_parameters.message_id" is required'),
        ("sendMessage", {**HELLO, "entities": '[{"type":"bold","offset":3,"length":3}]'}, 400, "outside the text"),
        ("editMessageText", {**HELLO, "message_id": "one"}, 400, '"message_id" must be of type Integer'),
        ("editMessageText", {**HELLO, "message_id": True}, 400, '"message_id" must be of type Integer'),
        ("editMessageText", HELLO, 400, "message identifier is not specified"),
        ("getUpdates", {"allowed_updates": '{"message":1}'}, 400, '"allowed_updates" must be of type Array of String'),
        ("editMessageMedia", {"media": '{"type":"video","media":"x"}'}, 400, "must be one of"),
        ("sendChatAction", {"chat_id": str(ANN), "action": "dancing"}, 400, "wrong parameter action"),
        ("answerCallbackQuery", {}, 400, 'parameter "callback_query_id" is required'),
    ],
)
async def test_a_slip_is_told_plainly(
    api: BotApi, method: str, params: dict[str, object], status: int, reason: str
) -> None:
    answered, description = await told(api, method, **params)
    assert (answered, reason in description) == (status, True), description


async def test_form_strings_and_json_values_mean_the_same(api: BotApi) -> None:
    markup = {"inline_keyboard": [[{"text": "7", "callback_data": "x"}]]}
    await api.call(api.token, "sendMessage", {"chat_id": ANN, "text": "7", "reply_markup": markup}, {})
    text = '{"inline_keyboard": [[{"text": "7", "callback_data": "x"}]]}'
    await api.call(api.token, "sendMessage", {"chat_id": str(ANN), "text": "7", "reply_markup": text}, {})
    first, second = api.chat(ANN)[-2:]
    assert first["reply_markup"] == second["reply_markup"] == markup


async def test_every_method_of_the_specification_is_carried_out(api: BotApi) -> None:
    assert set(api.methods) | {"getUpdates"} == set(spec()["methods"])
    assert not set(spec()["methods"]) & set(spec()["other_methods"])


async def test_another_bots_token_opens_nothing(api: BotApi) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("2:other", request=SandboxRequest(api), get_updates_request=SandboxRequest(api)):
            pass
    assert [call.status for call in api.calls] == [401]


async def test_ptb_tells_an_unknown_method_and_a_foreign_parameter(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendMesage", api_kwargs=HELLO)
    with refused("unknown parameter"):
        await bot.send_message(ANN, "Hello", api_kwargs={"colour": "red"})


async def test_calls_are_written_down(bot: Bot, api: BotApi) -> None:
    await bot.send_message(ANN, "Hello")
    await bot.send_chat_action(ANN, "typing")
    assert [(call.method, call.chat_id, call.status) for call in api.calls] == [
        ("getMe", None, 200),
        ("sendMessage", ANN, 200),
        ("sendChatAction", ANN, 200),
    ]
