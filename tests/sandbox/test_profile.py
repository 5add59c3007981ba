"""The bot's name, descriptions and menu."""

from typing import Any

import pytest
from telegram import Bot, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot.sandbox.botapi import BotApi

from .conftest import ANN, BEN, refused

MENU = [("checkin", "Today's card"), ("summary", "The last 7 days")]


async def test_the_menu_is_what_people_see(bot: Bot, api: BotApi) -> None:
    before = api.version
    await bot.set_my_commands(MENU)
    assert [(one["command"], one["description"]) for one in api.commands] == MENU
    assert api.version == before + 1

    await bot.set_my_commands(MENU[:1], scope=BotCommandScopeAllPrivateChats())
    assert len(api.commands) == 1, "the closer scope wins"
    assert len(await bot.get_my_commands()) == 2
    await bot.delete_my_commands(scope=BotCommandScopeAllPrivateChats())
    assert len(api.commands) == 2
    await bot.set_my_commands([("checkin", "Karte von heute")], language_code="de")
    assert api.commands[0]["description"] == "Today's card"
    assert api.profile.menu("de")[0]["description"] == "Karte von heute"


@pytest.mark.parametrize(
    "menu",
    [
        [("Checkin", "Capitals")],
        [("check-in", "A hyphen")],
        [("x" * 33, "Too long")],
        [("checkin", "")],
        [("checkin", "x" * 257)],
        [("checkin", "Twice"), ("checkin", "Twice")],
        [(f"c{n}", "Too many") for n in range(101)],
    ],
    ids=lambda menu: menu[0][1][:10],
)
async def test_menus_that_are_refused(bot: Bot, menu: Any) -> None:
    with refused():
        await bot.set_my_commands(menu)


async def test_a_chat_may_have_a_menu_of_its_own(bot: Bot, api: BotApi) -> None:
    await bot.set_my_commands(MENU)
    await bot.set_my_commands([("checkin", "Karte von heute")], language_code="de")
    mine = BotCommandScopeChat(ANN)
    await bot.set_my_commands([("checkin", "La carte du jour")], scope=mine)
    assert [one["description"] for one in api.profile.menu("de", ANN)] == ["La carte du jour"]
    assert [one["description"] for one in api.profile.menu("de", BEN)] == ["Karte von heute"]
    await bot.delete_my_commands(scope=mine)
    await bot.delete_my_commands(scope=mine)
    assert [one["description"] for one in api.profile.menu("de", ANN)] == ["Karte von heute"]
    with refused("chat not found"):
        await bot.set_my_commands(MENU, scope=BotCommandScopeChat(4711))


async def test_descriptions_by_language(bot: Bot, api: BotApi) -> None:
    await bot.set_my_description("A diary")
    await bot.set_my_description("Ein Tagebuch", language_code="de")
    await bot.set_my_short_description("Diary")
    await bot.set_my_name("Heads Up")
    assert (api.description, api.short_description) == ("A diary", "Diary")
    assert (await bot.get_my_description("de")).description == "Ein Tagebuch"
    assert (await bot.get_my_description("fr")).description == "A diary"
    assert (await bot.get_my_short_description()).short_description == "Diary"
    assert (await bot.get_my_name()).name == (await bot.get_me()).first_name == "Heads Up"


async def test_texts_that_are_too_long(bot: Bot) -> None:
    for call, length in (
        (bot.set_my_description, 512),
        (bot.set_my_short_description, 120),
        (bot.set_my_name, 64),
    ):
        await call("x" * length)
        with refused("is too long"):
            await call("x" * (length + 1))
    with refused("language code"):
        await bot.set_my_description("Hm", language_code="german")


async def test_what_the_bot_learns_of_a_chat(bot: Bot) -> None:
    chat = await bot.get_chat(ANN)
    assert (chat.id, chat.type, chat.first_name) == (ANN, "private", "Ann")
    assert await bot.set_chat_menu_button(ANN)
