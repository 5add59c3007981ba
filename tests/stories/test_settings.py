"""The settings: each page of theirs leads back to the overview, where what was chosen stands."""

import pytest

from bot.sandbox.person import Person

PAGES = (
    "What the card asks",
    "Pictures and text",
    "Change the quiet hours",
    "Discreet messages",
    "News about this bot",
    "Day start",
    "Language and clock",
)


@pytest.mark.parametrize("page", PAGES)
async def test_each_page_leads_back_in_its_place(ann: Person, page: str) -> None:
    await ann.says("/settings")
    overview, chat = ann.sees.text, len(ann.chat)
    await ann.taps(page)
    assert ann.sees.text != overview
    await ann.taps("Back to the settings")
    assert ann.sees.text == overview
    assert len(ann.chat) == chat


@pytest.mark.parametrize(
    ("page", "choice", "shown"),
    [
        ("Change the quiet hours", "23:00–09:00", "Quiet hours: 23:00–09:00"),
        ("Day start", "05:00", "Your day begins at 05:00"),
        ("Language and clock", "English, 8:00 PM", "Language: English, 8:00 PM"),
    ],
)
async def test_what_was_chosen_stands_in_the_overview(ann: Person, page: str, choice: str, shown: str) -> None:
    await ann.says("/settings")
    await ann.taps(page)
    await ann.taps(choice)
    await ann.taps("Back to the settings")
    assert shown in ann.sees.text


async def test_from_the_hours_there_is_a_way_back_to_the_reminders(ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Change the card’s time")
    await ann.taps("Back to all reminders")
    assert ann.sees.text.startswith("Your reminders")
