"""A day in words: understood, echoed, taken back; and which question a bare number answers."""

import pytest

from bot.domain.questions import WELL_SLEPT, Hours
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import answers, value

BAD_DAY = {"headache": 6, "back": 3, "sleep_hours": Hours(7.5, 7.5), "posture": 4}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6 3 7.5 4", BAD_DAY),
        ("6 3 7,5 4", BAD_DAY),
        ("headache 6, back 3, slept 7.5, posture 4", BAD_DAY),
        ("Headache 6; back pain: 3; slept 7.5 h and posture 4.", BAD_DAY),
        ("no headache, back 2", {"headache": 0, "back": 2}),
        (
            "All fine!",
            {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT, "sleep_quality": 4, "posture": 4},
        ),
    ],
)
async def test_a_typed_day(telegram: Telegram, ann: Person, text: str, day: dict[str, object]) -> None:
    await ann.says(text)
    assert answers(telegram, ann) == [("2026-03-02", day)]
    assert "I understood: Headache" in ann.sees.text
    assert "Mon 2 Mar" in ann.sees.text
    await ann.taps("Undo")
    assert ann.toast == "Taken back"
    assert answers(telegram, ann) == [("2026-03-02", {})]


async def test_undo_brings_the_value_before_it_back(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 3")
    telegram.clock.moves(60)
    await ann.says("headache 8, back 1")
    await ann.taps("Undo")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 3})]
    await ann.taps_on(ann.sees.message_id, f"undo:1:{'1' * 16}")
    assert ann.toast == "That was changed already"
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 3})]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("how are you?", "did not understand"),
        ("headache awful", "did not understand"),
        ("headache 6, weather 3", "weather 3"),
        ("headache 11", "0 to 10"),
        ("6 3 7.5 9", "1 to 5"),
        ("6 3", "did not understand"),
        ("headache 6, headache 2", "did not understand"),
        ("-1", "did not understand"),
    ],
)
async def test_what_is_not_understood_is_said_and_not_stored(
    telegram: Telegram, ann: Person, text: str, said: str
) -> None:
    await ann.says(text)
    assert said in ann.sees.text
    assert "othing was saved" in ann.sees.text
    assert "For example: headache 6, back 3, slept 7.5, posture 4" in ann.sees.text
    assert telegram.rows("answers") == 0


async def test_words_with_markup_are_shown_as_words(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 6, <b>bold</b> & more")
    assert "<b>bold</b> & more" in ann.sees.text


async def test_a_bare_number_answers_the_question_on_the_card(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    for number in ("6", "2", "6.5", "4", "3"):
        await ann.says(number)
    day = {"headache": 6, "back": 2, "sleep_hours": Hours(6.5, 6.5), "sleep_quality": 4, "posture": 3}
    assert answers(telegram, ann) == [("2026-03-02", day)]


async def test_a_bare_number_goes_to_the_open_picker(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("9")
    assert "every day, 09:00" in ann.sees.text
    assert answers(telegram, ann) == [("2026-03-02", {})]
    await ann.says("9")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 9})], "the picker is closed now"


@pytest.mark.parametrize("other", ["/checkin", "/help", "/cancel", "/nonsense", "/reminders", "/summary"])
async def test_any_command_closes_the_picker(telegram: Telegram, ann: Person, other: str) -> None:
    await ann.says("/checkin")
    await ann.says("/reminders")
    before = telegram.rows("reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says(other)
    await ann.says("9")
    assert telegram.rows("reminders") == before
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 9})]


async def test_any_tap_closes_the_picker(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.taps_on(card.message_id, card.data("2"))
    await ann.says("9")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 2, "back": 9})]


async def test_even_a_tap_that_leads_nowhere_closes_the_picker(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.taps_on(card.message_id, "answer:1:headache:77")
    await ann.says("9")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 9})]


async def test_a_whole_day_in_words_always_goes_to_the_card(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("6 3 7.5 4")
    assert answers(telegram, ann) == [("2026-03-02", BAD_DAY)]
    assert value(telegram, "SELECT count(*) FROM reminders WHERE kind = 'water'") == 0
