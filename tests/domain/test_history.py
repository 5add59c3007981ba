"""A person's days: gaps stay gaps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.history import Day, State, days_ending, state, why_empty

LAST = date(2026, 3, 8)


@given(st.integers(1, 400), st.dictionaries(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.just({"headache": 3})))
def test_every_day_is_there_once_in_order(count: int, answers: dict[date, dict[str, int]]) -> None:
    days = days_ending(LAST, count, answers)
    assert [day.day for day in days] == [LAST - timedelta(days=n) for n in range(count)][::-1]
    assert {day.day for day in days if day.logged} == {day for day in answers if LAST - day < timedelta(days=count)} - {
        day for day in answers if day > LAST
    }


def test_skipped_is_not_logged_and_zero_is() -> None:
    assert not Day(LAST, {}).logged
    assert not Day(LAST, {"headache": None, "back": None}).logged
    assert Day(LAST, {"headache": 0}).logged


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("headache", "value"),
        ("back", "none"),
        ("medicine", "none"),
        ("sleep_hours", "skipped"),
        ("posture", "unanswered"),
        ("sleep_quality", "not_asked"),
    ],
)
def test_five_things_can_be_known_about_a_question(key: str, known: State) -> None:
    said = {"headache": 3, "back": 0, "medicine": frozenset({"none"}), "sleep_hours": None}
    assert state(Day(LAST, said, ("headache", "back", "posture")), key) == known


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (Day(LAST, {"headache": None}, ("headache",)), "skipped"),
        (Day(LAST, {}, ("sleep_hours",)), "unanswered"),
        (Day(LAST, {}), "not_asked"),
    ],
)
def test_three_kinds_of_silence(day: Day, why: State) -> None:
    assert not day.logged
    assert why_empty(day) == why
