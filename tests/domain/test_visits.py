"""A visit as people type it: a day, perhaps a time, and to whom; what could be two things is nothing."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.visits import Visit, asked_on, read_visit, written_on

MONDAY = date(2026, 3, 2)
MAY = date(2026, 5, 14)


@pytest.mark.parametrize(
    ("typed", "day", "at", "note"),
    [
        ("14 May 10:30", MAY, time(10, 30), ""),
        ("14 May 10:30, neurologist", MAY, time(10, 30), "neurologist"),
        ("neurologist, 14 May 10:30", MAY, time(10, 30), "neurologist"),
        ("May 14 10:30am", MAY, time(10, 30), ""),
        ("10:30 on 14 May", MAY, time(10, 30), ""),
        ("14 May at half past ten", MAY, time(10, 30), ""),
        ("14.5. 10:30", MAY, time(10, 30), ""),
        ("Dr Miller on 3 December at 14:15", date(2026, 12, 3), time(14, 15), "Dr Miller"),
        ("Dr 7 14 May 10:30", MAY, time(10, 30), "Dr 7"),
        ("Thursday at 9", date(2026, 3, 5), time(9), ""),
        ("Thursday 9:00 Dr. Smith", date(2026, 3, 5), time(9), "Dr. Smith"),
        ("tomorrow 8:00", date(2026, 3, 3), time(8), ""),
        ("3 pm tomorrow", date(2026, 3, 3), time(15), ""),
        ("2027-01-14 9:15", date(2027, 1, 14), time(9, 15), ""),
        ("14 May", MAY, None, ""),
        ("14 May, physio", MAY, None, "physio"),
    ],
)
def test_what_is_understood(typed: str, day: date, at: time | None, note: str) -> None:
    assert read_visit(typed, MONDAY) == Visit(day, at, note)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "next week", "neurologist", "10:30", "14 May 10", "14 May 3", "31 February 10:00"],
)
def test_what_is_no_day_or_two(typed: str) -> None:
    assert read_visit(typed, MONDAY) is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_not(text: str) -> None:
    found = read_visit(text, MONDAY)
    assert found is None or isinstance(found.day, date)


def test_the_bot_writes_two_days_before_or_the_evening_before() -> None:
    visit = Visit(date(2026, 3, 5), time(10, 30))
    for now, on in (
        (datetime(2026, 3, 3, 17, 59, tzinfo=UTC), date(2026, 3, 3)),
        (datetime(2026, 3, 3, 18, tzinfo=UTC), date(2026, 3, 4)),
        (datetime(2026, 3, 4, 17, 59, tzinfo=UTC), date(2026, 3, 4)),
        (datetime(2026, 3, 4, 18, tzinfo=UTC), None),
    ):
        assert written_on(visit, now) == on, now


def test_it_asks_in_the_evening_or_the_morning_after() -> None:
    for at, asked in (
        (None, (MAY, time(19))),
        (time(17), (MAY, time(19))),
        (time(17, 1), (date(2026, 5, 15), time(10))),
    ):
        assert asked_on(Visit(MAY, at)) == asked
