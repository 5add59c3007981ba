"""Taps: who tapped what, answered once and soon."""

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.sandbox.botapi import BotApi

from .conftest import ANN, BEN, StillClock, refused

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("7", callback_data="head:7")]])


async def test_a_tap_is_answered_once(bot: Bot, api: BotApi) -> None:
    sent = await bot.send_message(ANN, "Headache?", reply_markup=KEYS)
    query_id = api.taps(ANN, sent.message_id, "head:7")

    query = (await bot.get_updates())[-1].callback_query
    assert (query.id, query.data, query.from_user.id) == (query_id, "head:7", ANN)
    assert query.message.message_id == sent.message_id
    assert query.message.is_accessible

    assert api.waiting_tap(query_id)
    await query.answer("Saved.")
    assert not api.waiting_tap(query_id)
    assert api.toasts(ANN) == ["Saved."]
    assert api.toasts(BEN) == []
    with refused("query is too old"):
        await query.answer("Saved again.")


async def test_a_late_or_invented_answer_is_refused(bot: Bot, api: BotApi, clock: StillClock) -> None:
    in_time, late = api.taps(ANN, 1, "x"), api.taps(ANN, 1, "x")
    clock.moves(60)
    await bot.answer_callback_query(in_time)
    assert api.toasts(ANN) == [], "an answer without words shows nothing"
    clock.moves(0.5)
    for query_id in (late, "invented"):
        with refused("query is too old and response timeout expired or query ID is invalid"):
            await bot.answer_callback_query(query_id)


async def test_a_toast_has_at_most_200_characters(bot: Bot, api: BotApi) -> None:
    query_id = api.taps(ANN, 1, "x")
    with refused():
        await bot.answer_callback_query(query_id, "x" * 201)
    await bot.answer_callback_query(query_id, "x" * 200)
    assert api.toasts(ANN) == ["x" * 200]


async def test_an_old_card_comes_as_an_id_only(bot: Bot, api: BotApi, clock: StillClock) -> None:
    sent = await bot.send_message(ANN, "Headache?", reply_markup=KEYS)
    clock.moves(48 * 3600)
    api.taps(ANN, sent.message_id, "head:7")
    assert (await bot.get_updates())[-1].callback_query.message.is_accessible
    clock.moves(1)
    api.taps(ANN, sent.message_id, "head:7")
    old = (await bot.get_updates())[-1].callback_query.message
    assert not old.is_accessible
    assert (old.message_id, old.chat.id) == (sent.message_id, ANN)
    await bot.edit_message_text("Headache: 7", ANN, sent.message_id)


async def test_a_forged_tap_goes_through(bot: Bot, api: BotApi) -> None:
    api.taps(BEN, 12345, "erase:everyone")
    query = (await bot.get_updates())[-1].callback_query
    assert (query.data, query.message.is_accessible) == ("erase:everyone", False)
