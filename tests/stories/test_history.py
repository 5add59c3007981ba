"""A month at a glance, and back to any day of it."""

from datetime import timedelta

import pytest

from bot.domain.questions import WELL_SLEPT
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import answers, berlin, value

FINE = {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT, "sleep_quality": 4, "posture": 4}


async def test_a_month_at_a_glance(telegram: Telegram, ann: Person) -> None:
    await ann.says("6 3 7.5 2 4")
    await telegram.waits(until=berlin(3, 20, 30), beat=timedelta(minutes=30))
    await telegram.waits(until=berlin(4, 12), beat=timedelta(hours=1))
    await ann.says("headache 2")
    await ann.says("/history")
    assert ann.sees.text.startswith(
        "March 2026: filled in on 2 of 4 days.\nHeadache on 2 of them, back or neck pain on 1."
    )
    assert ann.sees.labels == ["1", "2 ✓", "3 –", "4 …", "February 2026"]
    assert ann.sees.photo is not None


async def test_a_forgotten_day_is_filled_in_later_and_marked(telegram: Telegram, ann: Person) -> None:
    telegram.clock.moves(3 * 86_400)
    await ann.says("/history")
    await ann.taps("2")
    assert ann.sees.text.startswith("What you fill in now is marked as filled in later.")
    assert "Mon 2 Mar" in ann.sees.text
    assert "Did your head hurt that day?" in ann.sees.text
    assert not [said for said in (ann.sees.text, *ann.sees.labels) if "today" in said]
    await ann.taps("All fine that day")
    assert answers(telegram, ann) == [("2026-03-02", FINE)]
    assert value(telegram, "SELECT late FROM checkins WHERE day = '2026-03-02'") == 1


async def test_a_day_can_be_changed(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    telegram.clock.moves(86_400)
    await ann.says("/history")
    await ann.taps("2 ✓")
    assert "Saved for Mon 2 Mar (yesterday)" in ann.sees.text
    await ann.taps("Change an answer")
    await ann.taps("Posture 4 of 5")
    await ann.taps("2 · not great")
    assert answers(telegram, ann) == [("2026-03-02", {**FINE, "posture": 2})]


async def test_turning_back_and_forth(telegram: Telegram, ann: Person) -> None:
    await ann.says("/history")
    march, chat = ann.sees, len(ann.chat)
    await ann.taps("February 2026")
    assert len(ann.chat) == chat, "another month takes the place of the one before"
    assert ann.sees.photo not in (None, march.photo)
    assert ann.sees.text.startswith("February 2026: filled in on 0 of 28 days.")
    assert ann.sees.labels[-2:] == ["January 2026", "March 2026"]
    await ann.taps("March 2026")
    assert ann.sees.labels == ["1", "2", "February 2026"]


@pytest.mark.parametrize(
    "data",
    [
        *("open_day:2026-03-03", "open_day:2025-02-01", "open_day:20260302", "open_day:today", "open_day:"),
        *("month:2026-04", "month:2024-12", "month:202603", "month:2026-13", "open_day:2026-02-30"),
    ],
)
async def test_no_day_to_come_and_none_too_long_ago(telegram: Telegram, ann: Person, data: str) -> None:
    await ann.says("/history")
    shown = ann.sees
    telegram.api.taps(ann.user_id, shown.message_id, data)
    await telegram.settle()
    assert ann.sees.text == shown.text
    assert answers(telegram, ann) == []
