"""Visits, remedies and changes: one tap notes it, its day and a few words can be given, and it stands in the month."""

from datetime import date

import pytest

from bot.sandbox.person import Person
from bot.store import events
from bot.store.database import Session
from tests.conftest import Telegram


def noted(telegram: Telegram, person: Person) -> list[tuple[str, str, str]]:
    def read(session: Session) -> list[tuple[str, str, str]]:
        found = events.of_user(session, person.user_id, date(2025, 1, 1), date(2027, 1, 1))
        return [(event.day.isoformat(), event.kind, str(event.details["note"])) for event in found]

    return telegram.database.submit(read).result()


async def test_a_massage_today_in_one_tap(telegram: Telegram, ann: Person) -> None:
    await ann.says("/log")
    await ann.taps("Massage")
    assert ann.sees.text == "Noted for Mon 2 Mar: Massage."
    assert noted(telegram, ann) == [("2026-03-02", "massage", "")]
    await ann.says("/history")
    assert "Noted: Mon 2 Mar Massage." in ann.sees.text


async def test_it_was_yesterday(telegram: Telegram, ann: Person) -> None:
    await ann.says("/log")
    await ann.taps("Chiropractor")
    await ann.taps("It was yesterday")
    assert ann.sees.text == "Noted for Sun 1 Mar (yesterday): Chiropractor."
    assert noted(telegram, ann) == [("2026-03-01", "chiropractor", "")]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("yesterday", "2026-03-01"),
        ("Friday", "2026-02-27"),
        ("monday", "2026-02-23"),
        ("14 February", "2026-02-14"),
        ("3 March", "2025-03-03"),
    ],
)
async def test_a_typed_day_lies_behind(telegram: Telegram, ann: Person, words: str, day: str) -> None:
    await ann.says("/log")
    await ann.taps("New pillow or bed")
    await ann.taps("Another day")
    await ann.says(words)
    assert noted(telegram, ann) == [(day, "pillow", "")]


@pytest.mark.parametrize("words", ["some day", "31 February", ""])
async def test_a_day_that_is_none_is_asked_again(telegram: Telegram, ann: Person, words: str) -> None:
    await ann.says("/log")
    await ann.taps("Physio")
    await ann.taps("Another day")
    await ann.says(words or "?")
    assert ann.sees.text.startswith("I did not understand that day.")
    await ann.says("yesterday")
    assert noted(telegram, ann) == [("2026-03-01", "physio", "")], "it may simply be typed again"


async def test_a_few_words_beside_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("/log")
    await ann.taps("Something else")
    await ann.taps("Add a few words")
    await ann.says("Yoga <with> Dora")
    assert ann.sees.text == "Noted for Mon 2 Mar: Something else.\nYoga <with> Dora"
    assert noted(telegram, ann) == [("2026-03-02", "other", "Yoga <with> Dora")]


async def test_taken_back(telegram: Telegram, ann: Person) -> None:
    await ann.says("/log")
    await ann.taps("Doctor")
    shown = ann.sees
    await ann.taps("Take it back")
    assert ann.sees.text == "Taken back: Doctor, Mon 2 Mar."
    assert noted(telegram, ann) == []
    telegram.api.taps(ann.user_id, shown.message_id, shown.data("It was yesterday"))
    await telegram.settle()
    assert noted(telegram, ann) == []


async def test_nobody_moves_what_is_somebody_elses(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("/log")
    await ann.taps("Massage")
    telegram.api.taps(ben.user_id, ben.sees.message_id, ann.sees.data("It was yesterday"))
    telegram.api.taps(ben.user_id, ben.sees.message_id, ann.sees.data("Take it back"))
    await telegram.settle()
    assert noted(telegram, ann) == [("2026-03-02", "massage", "")]
