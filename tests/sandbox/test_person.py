"""A person in a story: finds buttons by their words, sees the newest, counts the taps."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person

SCALE = ["0 · No headache", "7", "70", "7.5", "6–7 h", "Skip"]


@pytest.fixture
async def ann(api: BotApi, bot: Bot) -> Person:
    """Ann, with a bot that answers every tap."""

    async def settle() -> None:
        for update in await bot.get_updates():
            if update.callback_query:
                await update.callback_query.answer(f"Tapped {update.callback_query.data}")
            api.updates.confirm(update.update_id + 1)

    return Person(api, 1001, "Ann", settle=settle)


async def asks(bot: Bot, question: str, labels: list[str]) -> int:
    keys = [[InlineKeyboardButton(label, callback_data=f"{question}:{label}")] for label in labels]
    return (await bot.send_message(1001, question, reply_markup=InlineKeyboardMarkup(keys))).message_id


@pytest.mark.parametrize(
    ("label", "tapped"),
    [("7", "7"), ("70", "70"), ("0", "0 · No headache"), ("6–7 h", "6–7 h"), ("6–7", "6–7 h"), ("Skip", "Skip")],
)
async def test_a_button_is_found_by_its_first_words(bot: Bot, ann: Person, label: str, tapped: str) -> None:
    await asks(bot, "head", SCALE)
    await ann.taps(label)
    assert ann.toast == f"Tapped head:{tapped}"


@pytest.mark.parametrize("label", ["6", "5", "No headache", "Ski", ""])
async def test_half_a_word_is_no_button(bot: Bot, ann: Person, label: str) -> None:
    await asks(bot, "head", SCALE)
    with pytest.raises(AssertionError, match="0 · No headache"):
        await ann.taps(label)


async def test_the_newest_message_with_the_button_is_tapped(bot: Bot, ann: Person) -> None:
    await asks(bot, "head", ["7", "Undo"])
    newest = await asks(bot, "back", ["7"])
    await ann.taps("7")
    assert ann.toast == "Tapped back:7"
    await ann.taps("Undo")
    assert ann.toast == "Tapped head:Undo"
    await ann.taps_on(newest, "forged")
    assert ann.toast == "Tapped forged"
    await ann.says("all fine")
    assert (ann.tap_count, ann.acts) == (3, 4)


async def test_what_is_seen(bot: Bot, ann: Person, png: bytes) -> None:
    await asks(bot, "head", ["7"])
    assert (ann.sees.text, ann.sees.buttons, ann.sees.data("7")) == ("head", [["7"]], "head:7")
    with pytest.raises(AssertionError, match="no button"):
        ann.sees.data("8")

    await bot.send_photo(1001, png, caption="Your week")
    assert (ann.sees.text, ann.sees.photo, ann.sees.labels) == ("Your week", png, [])
    await bot.send_document(1001, b"%PDF", filename="report.pdf")
    assert ann.sees.document == b"%PDF"
    keys = ReplyKeyboardMarkup([[KeyboardButton("Share my location", request_location=True)]])
    await bot.send_message(1001, "Where?", reply_markup=keys)
    assert ann.sees.keys == [["Share my location"]]
    assert [seen.from_bot for seen in ann.chat] == [False, True, True, True, True]


async def test_before_the_bot_says_anything(ann: Person) -> None:
    assert ann.toast is None
    with pytest.raises(AssertionError, match="has said nothing"):
        _ = ann.sees


async def test_everything_else_a_person_does(api: BotApi, ann: Person) -> None:
    said = await ann.says("headache 6", reply_to=1)
    await ann.edits(said, "headache 7")
    await ann.shares_location(52.52, 13.405)
    await ann.sends("sticker")
    await ann.blocks()
    await ann.unblocks()
    assert [seen.text for seen in ann.chat] == ["/start", "headache 7", "", ""]
    assert ann.chat[1].edited
    assert not api.updates.queue, "the bot has heard it all"
