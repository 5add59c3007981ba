"""A time away: Telegram keeps a tap only 150 seconds, so open cards say that one may have been lost."""

from bot.sandbox.person import Person
from tests.conftest import Telegram


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
