"""A time away: Telegram keeps a tap only 150 seconds, so open cards say that one may have been lost."""

import asyncio
from datetime import timedelta

from bot.sandbox.person import Person
from tests.conftest import Telegram

URL = "https://bot.example/tg/hook"


async def test_an_open_card_says_when_the_bot_was_away(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("/checkin")
    await ben.says("/checkin")
    await ben.taps("All fine today")
    card = ann.sees.message_id
    await telegram.waits(hours=5)
    await telegram.stop_bot()
    telegram.clock.moves(3 * 3600 + 40 * 60)
    await telegram.start_bot()
    await telegram.settle()
    assert ann.sees.message_id == card, "it is said on the card, not below it"
    assert ann.sees.text.startswith("I was away from 18:00 to 21:40. If you tapped in that time, please tap again.")
    assert "away" not in ben.sees.text, "a finished card has nothing to ask again"
    await ann.taps("3")
    assert "away" not in ann.sees.text


async def test_a_tap_from_while_it_was_away_is_not_claimed_to_be_saved(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await telegram.stop_bot()
    telegram.api.taps(ann.user_id, ann.sees.message_id, ann.sees.data("7"))
    telegram.clock.moves(200)
    await telegram.start_bot()
    await telegram.settle()
    assert "Headache 7" not in ann.sees.text
    assert "please tap again" in ann.sees.text


async def test_a_short_absence_is_not_worth_a_word(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await telegram.stop_bot()
    telegram.api.taps(ann.user_id, ann.sees.message_id, ann.sees.data("7"))
    telegram.clock.moves(140)
    await telegram.start_bot()
    await telegram.settle()
    assert "Headache 7" in ann.sees.text
    assert "away" not in ann.sees.text


async def test_a_bot_that_is_pushed_says_when_it_was_away(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await is_pushed(telegram, minutes=10)
    assert "away" not in ann.sees.text, "a quiet afternoon is no absence"
    await telegram.stop_bot()
    telegram.clock.moves(2 * 3600 + 50 * 60)
    await telegram.start_bot()
    await is_pushed(telegram, minutes=1)
    assert ann.sees.text.startswith("I was away from 13:10 to 16:00. If you tapped in that time, please tap again.")


async def test_from_polling_to_being_pushed_and_back_is_no_absence(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await telegram.stop_bot()
    telegram.clock.moves(60)
    await telegram.start_bot()
    await is_pushed(telegram, minutes=10)
    await telegram.stop_bot()
    telegram.clock.moves(60)
    await telegram.start_bot()
    await is_polled_again(telegram)
    assert "away" not in ann.sees.text


async def test_back_at_polling_it_says_when_nobody_was_there_to_be_pushed(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await is_pushed(telegram, minutes=10)
    await telegram.stop_bot()
    telegram.clock.moves(50 * 60)
    await telegram.start_bot()
    await is_polled_again(telegram)
    assert ann.sees.text.startswith("I was away from 13:10 to 14:00.")


async def is_pushed(telegram: Telegram, *, minutes: int) -> None:
    """Let the bot wait for so long to be pushed something."""
    until = telegram.clock.now() + timedelta(minutes=minutes)
    there = asyncio.create_task(telegram.chat.be_pushed(URL, "s" * 32))
    while telegram.clock.now() < until:  # noqa: ASYNC110 - the hand clock rings no bell
        await asyncio.sleep(0)
    there.cancel()
    await telegram.chat.settle()


async def is_polled_again(telegram: Telegram) -> None:
    await telegram.chat.application.bot.delete_webhook()
    await telegram.settle()
