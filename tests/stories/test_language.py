"""The language and the clock a person reads: as Telegram says, or as they choose."""

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram, settled_in
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


def menu_of(telegram: Telegram, person: Person, language: str = "en") -> str:
    """Return how the menu of commands begins that this person sees, with Telegram in `language`."""
    return telegram.api.profile.menu(language, person.user_id)[0]["description"]


def asked(telegram: Telegram) -> list[tuple[str, int]]:
    """Return the calls about the menu of a chat, and how each ended."""
    return [(call.method, call.status) for call in telegram.api.calls if "scope" in call.params]


async def chooses(person: Person, language: str) -> None:
    await person.says("/settings")
    await person.taps(next(label for label in ("Language and clock", "Sprache und Uhr") if label in person.sees.labels))
    await person.taps(language)


async def test_the_menu_speaks_the_language_that_was_chosen(telegram: Telegram, ann: Person) -> None:
    ben = await settled_in(telegram, 1002, "Ben")
    await chooses(ann, "Deutsch")
    assert menu_of(telegram, ann) == "Die Karte von heute"
    assert menu_of(telegram, ben) == "Today’s card", "hers alone"
    await chooses(ann, "English, 8:00 PM")
    assert menu_of(telegram, ann) == "Today’s card"
    assert menu_of(telegram, ann, "de") == "Die Karte von heute", "there is no menu of hers any more"


async def test_a_language_telegram_has_and_we_do_not_goes_by_the_operators(telegram: Telegram) -> None:
    tom = telegram.person(1003, "Tom", language="tlh")
    await tom.says("/start")
    await tom.taps("I agree")
    await chooses(tom, "English, 20:00")
    assert [method for method, _ in asked(telegram)] == ["deleteMyCommands"] * 2
    await chooses(tom, "Deutsch")
    assert menu_of(telegram, tom, "tlh") == "Die Karte von heute"


async def test_who_changes_telegrams_own_language_has_the_menu_again_after_settings(
    telegram: Telegram, ann: Person
) -> None:
    telegram.api.join(ann.user_id, "Ann", "de")
    assert menu_of(telegram, ann, "de") == "Die Karte von heute"
    await ann.says("/settings")
    assert menu_of(telegram, ann, "de") == "Today’s card"


async def test_who_deletes_everything_has_no_menu_of_their_own(telegram: Telegram, ann: Person) -> None:
    await chooses(ann, "Deutsch")
    await ann.says("/delete")
    await ann.taps("Ja, alles löschen")
    assert menu_of(telegram, ann) == "Today’s card"
    assert asked(telegram)[-1] == ("deleteMyCommands", 200)


@pytest.mark.parametrize("status", [500, 429])
async def test_a_menu_that_telegram_does_not_take_now_is_set_with_the_next_answer(
    telegram: Telegram, ann: Person, status: int
) -> None:
    telegram.api.fail("setMyCommands", status=status, retry_after=3600)
    await chooses(ann, "Deutsch")
    assert ann.sees.text == "Von jetzt an: Deutsch, 20:00."
    assert menu_of(telegram, ann) == "Today’s card"
    await ann.says("/help")
    assert menu_of(telegram, ann) == "Die Karte von heute"
    await ann.says("/help")
    assert [status for method, status in asked(telegram) if method == "setMyCommands"] == [status, 200]
    assert not telegram.chat.sender.closed, "nobody else waits for a menu"


async def test_a_menu_that_telegram_refuses_is_let_be(telegram: Telegram, ann: Person) -> None:
    telegram.api.fail("setMyCommands", status=400)
    await chooses(ann, "Deutsch")
    await ann.says("/help")
    assert [status for method, status in asked(telegram) if method == "setMyCommands"] == [400]


async def test_two_taps_at_once_leave_the_later_menu(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Language and clock")
    for code in ("de", "en", "de"):
        telegram.api.taps(ann.user_id, ann.sees.message_id, f"language:{code}")
    await telegram.settle()
    assert ann.sees.text == "Von jetzt an: Deutsch, 20:00."
    assert menu_of(telegram, ann) == "Die Karte von heute"


async def test_after_a_crash_before_it_was_set_the_menu_is_set_at_the_start(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.says("/settings")
    await ann.taps("Language and clock")
    monkeypatch.setattr(telegram.chat.sender, "reply", lambda answer: None)
    await ann.taps("Deutsch")
    assert value(telegram, "SELECT language FROM users") == "de"
    assert menu_of(telegram, ann) == "Today’s card"
    await telegram.restart_bot()
    assert menu_of(telegram, ann) == "Die Karte von heute"
