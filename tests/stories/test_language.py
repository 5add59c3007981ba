"""The language and the clock a person reads: as Telegram says, or as they choose."""

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import value


async def test_telegrams_american_shows_halves_of_the_day(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe", language="en-US")
    await zoe.says("/start")
    await zoe.taps("I agree")
    await zoe.says("Chicago")
    await zoe.taps("8:00 PM")
    assert "8:00 PM" in zoe.sees.text
    await zoe.says("/remind water daily 9:30 pm")
    assert "9:30 PM" in zoe.sees.text


async def test_the_other_clock_is_one_button_away(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    assert "Language: English, 20:00" in ann.sees.text
    await ann.taps("Language and clock")
    await ann.taps("English, 8:00 PM")
    assert ann.sees.text == "From now on: English, 8:00 PM."
    await ann.says("/settings")
    assert "Daily card: every day, 8:00 PM" in ann.sees.text
    await ann.says("/next")
    assert "8:00 PM" in ann.sees.text


async def test_a_language_that_nobody_offered_changes_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    telegram.api.taps(ann.user_id, ann.sees.message_id, "language:tlh")
    await telegram.settle()
    assert value(telegram, "SELECT language FROM users") == "en"
