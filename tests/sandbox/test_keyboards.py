"""Keyboards as Telegram takes them."""

import json
from typing import Any

import pytest

from bot.sandbox.botapi import BotApi

from .conftest import ANN


async def with_keyboard(api: BotApi, markup: object) -> tuple[int, Any]:
    params = {"chat_id": str(ANN), "text": "Choose", "reply_markup": json.dumps(markup)}
    return await api.call(api.token, "sendMessage", params, {})


def inline(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": rows}


def button(text: str = "7", **more: object) -> dict[str, object]:
    return {"text": text, **(more or {"callback_data": "x"})}


@pytest.mark.parametrize(
    "markup",
    [
        inline([button()] * 8),
        inline(*[[button()] * 5] * 20),
        inline([button(callback_data="ä" * 32)]),
        inline([button(url="https://a.example")]),
        inline([button(callback_data="x", style="danger")]),
        inline([button(switch_inline_query="")]),
        inline(),
        {"keyboard": [[{"text": "Share my location", "request_location": True}], [{"text": "Skip"}]]},
        {"remove_keyboard": True},
        {"force_reply": True},
    ],
)
async def test_taken(api: BotApi, markup: object) -> None:
    status, body = await with_keyboard(api, markup)
    assert status == 200, body


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (inline([button()] * 9), "more than 8 buttons in a row"),
        (inline(*[[button()] * 5] * 20, [button()]), "more than 100 buttons"),
        (inline([button(callback_data="ä" * 33)]), "BUTTON_DATA_INVALID"),
        (inline([button(callback_data="")]), "BUTTON_DATA_INVALID"),
        (inline([{"text": "7"}]), "Text buttons are unallowed in the inline keyboard"),
        (inline([button(callback_data="x", url="https://a.example")]), "exactly one action"),
        (inline([button(" ")]), "text must be non-empty"),
        (inline([button(callback_data="x", style="red")]), "style must be one of primary, success, danger"),
        (inline([button(url="javascript:alert(1)")]), "unsupported URL protocol"),
        (inline([button(callback="x")]), 'unknown field "reply_markup.inline_keyboard[0][0].callback"'),
        (
            inline([button(callback_data=7)]),
            '"reply_markup.inline_keyboard[0][0].callback_data" must be of type String',
        ),
        ({"keyboard": []}, "must not be empty"),
        ({"keyboard": [[{"text": "x", "request_location": True, "request_contact": True}]]}, "at most one"),
        ({"keyboard": [[{"text": "x"}]], "input_field_placeholder": "x" * 65}, "1-64 characters"),
        ({"buttons": []}, "reply_markup"),
        ([], "reply_markup"),
    ],
)
async def test_refused(api: BotApi, markup: object, reason: str) -> None:
    status, body = await with_keyboard(api, markup)
    assert status == 400
    assert reason in body["description"]


async def test_an_empty_inline_keyboard_is_none(api: BotApi) -> None:
    await with_keyboard(api, inline([]))
    assert "reply_markup" not in api.chat(ANN)[-1]
