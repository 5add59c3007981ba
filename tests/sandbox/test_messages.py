"""What the bot sends, edits and deletes, and what Telegram would not let it."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import Forbidden

from bot.sandbox.botapi import BotApi

from .conftest import ANN, BEN, StillClock, refused

SEVEN = InlineKeyboardMarkup([[InlineKeyboardButton("7", callback_data="answer:1:headache:7")]])


async def test_a_message_arrives_with_its_entities_and_buttons(bot: Bot, api: BotApi) -> None:
    sent = await bot.send_message(ANN, "How is your <b>head</b>?", parse_mode="HTML", reply_markup=SEVEN)

    shown = api.chat(ANN)[-1]
    assert shown["text"] == sent.text == "How is your head?"
    assert shown["entities"] == [{"type": "bold", "offset": 12, "length": 4}]
    assert shown["reply_markup"] == SEVEN.to_dict() == sent.reply_markup.to_dict()
    assert shown["from"]["is_bot"]
    assert "edit_date" not in shown


async def test_an_edit_changes_the_message_in_place(bot: Bot, api: BotApi, clock: StillClock) -> None:
    first = await bot.send_message(ANN, "Headache?", reply_markup=SEVEN)
    await bot.send_message(ANN, "Something else.")
    clock.moves(60)

    await bot.edit_message_text("Headache: 7", ANN, first.message_id)

    texts = [message["text"] for message in api.chat(ANN)]
    edited = api.chat(ANN)[1]
    assert texts == ["/start", "Headache: 7", "Something else."]
    assert "reply_markup" not in edited, "an edit that brings no keyboard takes the old one away"
    assert edited["edit_date"] - edited["date"] == 60


async def test_the_same_again_is_not_an_edit(bot: Bot) -> None:
    sent = await bot.send_message(ANN, "Headache?", reply_markup=SEVEN)
    with refused("message is not modified: specified new message content and reply markup"):
        await bot.edit_message_text("<b></b>Headache?  ", ANN, sent.message_id, parse_mode="HTML", reply_markup=SEVEN)
    with refused("not modified"):
        await bot.edit_message_reply_markup(ANN, sent.message_id, reply_markup=SEVEN)
    await bot.edit_message_text("<b>Headache?</b>", ANN, sent.message_id, parse_mode="HTML", reply_markup=SEVEN)


async def test_only_the_bots_own_plain_messages_can_be_edited(bot: Bot, api: BotApi) -> None:
    anns = api.says(ANN, "7")
    with refused("can't be edited"):
        await bot.edit_message_text("8", ANN, anns)
    with refused("message to edit not found"):
        await bot.edit_message_text("8", ANN, 99)

    where = ReplyKeyboardMarkup([[KeyboardButton("Share my location", request_location=True)]])
    asked = await bot.send_message(ANN, "Where are you?", reply_markup=where)
    assert asked.reply_markup is None, "the Bot API gives back inline keyboards only"
    assert api.chat(ANN)[-1]["reply_markup"]["keyboard"][0][0]["request_location"] is True
    thanked = await bot.send_message(ANN, "Thank you.", reply_markup=ReplyKeyboardRemove())
    for message in (asked, thanked):
        with refused("can't be edited"):
            await bot.edit_message_text("Never mind.", ANN, message.message_id)


async def test_pictures_have_captions_and_no_text(bot: Bot, api: BotApi, png: bytes) -> None:
    sent = await bot.send_photo(ANN, png, caption="Your <i>week</i>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (120, 80)
    assert sent.parse_caption_entities() == {sent.caption_entities[0]: "week"}

    with refused("there is no text in the message to edit"):
        await bot.edit_message_text("Your month", ANN, sent.message_id)
    await bot.edit_message_caption(ANN, sent.message_id, caption="Your month")
    assert api.chat(ANN)[-1]["caption"] == "Your month"
    assert api.chat(ANN)[-1]["photo"] == [size.to_dict() for size in sent.photo]

    worded = await bot.send_message(ANN, "Words")
    with refused("there is no caption in the message to edit"):
        await bot.edit_message_caption(ANN, worded.message_id, caption="A caption")


async def test_a_message_takes_another_picture_or_a_document(bot: Bot, api: BotApi, png: bytes) -> None:
    sent = await bot.send_photo(ANN, png)
    with refused("not modified"):
        await bot.edit_message_media(InputMediaPhoto(sent.photo[-1].file_id), ANN, sent.message_id)
    await bot.edit_message_media(InputMediaPhoto(png, caption="Newer"), ANN, sent.message_id)
    assert api.chat(ANN)[-1]["caption"] == "Newer"
    await bot.edit_message_media(InputMediaDocument(b"%PDF", filename="report.pdf"), ANN, sent.message_id)
    assert api.chat(ANN)[-1]["document"]["file_name"] == "report.pdf"
    assert "photo" not in api.chat(ANN)[-1]


async def test_a_reply_shows_what_it_replies_to(bot: Bot, api: BotApi) -> None:
    said = api.says(ANN, "headache 6")
    sent = await bot.send_message(ANN, "Understood.", reply_parameters=ReplyParameters(said))
    assert sent.reply_to_message.text == "headache 6"
    with refused("message to be replied not found"):
        await bot.send_message(ANN, "Understood.", reply_parameters=ReplyParameters(99))
    kind = await bot.send_message(
        ANN, "Understood.", reply_parameters=ReplyParameters(99, allow_sending_without_reply=True)
    )
    assert kind.reply_to_message is None


async def test_lengths_are_counted_after_the_markup_is_read(bot: Bot, png: bytes) -> None:
    await bot.send_message(ANN, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")
    await bot.send_photo(ANN, png, caption=f"<b>{'😀' * 1024}</b>", parse_mode="HTML")
    with refused("message is too long"):
        await bot.send_message(ANN, "x" * 4097)
    with refused("caption is too long"):
        await bot.send_photo(ANN, png, caption="x" * 1025)
    for nothing in ("", "  \n", "<b> </b>"):
        with refused("text is empty"):
            await bot.send_message(ANN, nothing, parse_mode="HTML")


@pytest.mark.parametrize("mode", ["Markdown", "MarkdownV2", "BBCode"])
async def test_other_markup_than_html_is_refused(bot: Bot, mode: str) -> None:
    with refused():
        await bot.send_message(ANN, "*bold*", parse_mode=mode)


async def test_deleting_is_for_two_days(bot: Bot, api: BotApi, clock: StillClock) -> None:
    first = await bot.send_message(ANN, "First")
    second = await bot.send_message(ANN, "Second")
    clock.moves(48 * 3600 - 1)
    await bot.delete_message(ANN, first.message_id)
    assert [message["text"] for message in api.chat(ANN)] == ["/start", "Second"]
    with refused("message to delete not found"):
        await bot.delete_message(ANN, first.message_id)
    clock.moves(1)
    with refused("message can't be deleted"):
        await bot.delete_message(ANN, second.message_id)


async def test_the_bot_writes_only_where_it_may(bot: Bot, api: BotApi) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(BEN, "Hello")
    for unknown in (4711, "@somebody"):
        with refused("chat not found"):
            await bot.send_message(unknown, "Hello")

    sent = await bot.send_message(ANN, "Hello")
    api.blocks(ANN)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ANN, "Hello?")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.edit_message_text("Hello?", ANN, sent.message_id)
    api.unblocks(ANN)
    await bot.send_message(ANN, "Hello again")
