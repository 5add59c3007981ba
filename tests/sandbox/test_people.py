"""What people do reaches the bot as Telegram would tell it."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import Forbidden

from bot.sandbox.botapi import BotApi

from .conftest import ANN, BEN, StillClock, refused


async def test_words_places_pictures_and_corrections(bot: Bot, api: BotApi) -> None:
    said = api.says(ANN, "headache 6", reply_to=1)
    api.shares_location(ANN, 52.52, 13.405)
    for kind in ("photo", "sticker", "voice", "document"):
        api.sends(ANN, kind)
    api.edits(ANN, said, "headache 7")

    start, word, place, photo, sticker, voice, document, edit = await bot.get_updates()
    assert start.message.parse_entities() == {start.message.entities[0]: "/start"}
    assert (word.message.text, word.message.reply_to_message.text) == ("headache 6", "/start")
    assert (place.message.location.latitude, place.message.location.longitude) == (52.52, 13.405)
    assert photo.message.photo[-1].width == 64
    assert sticker.message.sticker and voice.message.voice and document.message.document
    assert (edit.edited_message.message_id, edit.edited_message.text) == (said, "headache 7")
    assert api.file(photo.message.photo[-1].file_id).mime == "image/png"


async def test_blocking_is_told_once(bot: Bot, api: BotApi) -> None:
    api.blocks(ANN)
    api.blocks(ANN)
    api.unblocks(ANN)
    statuses = [update.my_chat_member.new_chat_member.status for update in (await bot.get_updates())[1:]]
    assert statuses == ["kicked", "member"]


async def test_who_has_a_diary_already_can_be_written_to(bot: Bot, api: BotApi) -> None:
    with pytest.raises(Forbidden):
        await bot.send_message(BEN, "Hello")
    api.opens(BEN)
    assert (await bot.send_message(BEN, "Hello")).chat.first_name == "Ben"
    api.opens(1003)
    api.join(1003, "Cleo")
    assert (await bot.send_message(1003, "Hello")).chat.first_name == "Cleo"


async def test_what_no_app_would_let_them_do(api: BotApi) -> None:
    with pytest.raises(ValueError, match="nobody has the id 4711"):
        api.says(4711, "Hello")
    with pytest.raises(ValueError, match="1 to 4096"):
        api.says(ANN, "  ")
    with pytest.raises(ValueError, match="no text of theirs"):
        api.edits(ANN, 99, "Hello")
    with pytest.raises(ValueError, match="negative"):
        api.adds_to_group(5, "The club", ANN)
    api.blocks(ANN)
    with pytest.raises(ValueError, match="blocked"):
        api.says(ANN, "Hello")


async def test_a_group_until_the_bot_leaves(bot: Bot, api: BotApi) -> None:
    api.adds_to_group(-5, "The club", ANN)
    api.group_says(-5, BEN, "Who is that?")
    await bot.send_message(-5, "I only work in private.")
    await bot.leave_chat(-5)
    api.group_says(-5, BEN, "Gone.")

    _, joined, welcome, word, left = await bot.get_updates()
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert welcome.message.new_chat_members[0].id == bot.id
    assert (word.message.chat.id, word.message.from_user.first_name) == (-5, "Ben")
    assert left.my_chat_member.new_chat_member.status == "left"
    assert api.left_groups == {-5}
    assert [message.get("text") for message in api.chat(-5)][1:] == ["Who is that?", "I only work in private.", "Gone."]
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(-5, "Hello")
    with refused("private chats"):
        await bot.leave_chat(ANN)


async def test_a_change_wakes_whoever_watches(bot: Bot, api: BotApi, clock: StillClock) -> None:
    seen = api.version
    watching = asyncio.ensure_future(api.changed(seen, 30))
    await asyncio.sleep(0)
    await bot.get_me()
    assert not watching.done(), "asking changes nothing"
    await bot.send_message(ANN, "Hello")
    assert await watching == seen + 1
    assert await api.changed(seen, 30) == seen + 1, "what has happened already is not waited for"

    patient = asyncio.ensure_future(api.changed(api.version, 30))
    for _ in range(3):
        await asyncio.sleep(0)
    clock.moves(30)
    assert await patient == api.version


async def test_a_control_character_is_no_secret(api: BotApi) -> None:
    api.says(ANN, "one\r\ntwo\x00three")
    assert api.chat(ANN)[-1]["text"] == "one\ntwo three"
