"""The week in numbers, counted a second time by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.history import Day, days_ending
from bot.domain.questions import Answers, Hours
from bot.domain.rules import headache_day
from bot.domain.summary import FEWEST, week_of

from .conftest import A_DAY, MONDAY, TWO_WEEKS


@given(TWO_WEEKS)
def test_the_counts_are_those_of_counting_on_ones_fingers(days: list[Day]) -> None:
    week = week_of(days)
    logged = head = head_known = back = back_known = both = 0
    for day in days[7:]:
        score, pain = day.answers.get("headache"), day.answers.get("back")
        logged += day.logged
        took = (day.answers.get("medicine") or {"none"}) != {"none"}
        aches = bool(score) and (day.answers.get("duration") != "lt30m" or took)
        if score is not None:
            head_known += 1
            head += aches
        if pain is not None:
            back_known += 1
            back += bool(pain)
        if score is not None and pain:
            both += aches
    assert (week.logged, week.headache, week.headache_known) == (logged, head, head_known)
    assert (week.back, week.back_known, week.together[0]) == (back, back_known, both)
    assert week.together[1] <= week.back
    assert week.together[1] + week.together[3] <= min(head_known, back_known)
    assert week.headache <= week.headache_known <= week.logged <= 7
    assert (week.headache_before is None) == (sum(day.logged for day in days[:7]) < FEWEST)


@given(TWO_WEEKS)
def test_the_means_lie_between_the_ends(days: list[Day]) -> None:
    week = week_of(days)
    assert week.sleep is None or 0 <= week.sleep <= 24
    assert week.posture is None or 1 <= week.posture <= 5
    assert (week.sleep is None) == (week.nights == 0)
    assert week.short_nights <= week.logged


@given(st.lists(A_DAY, max_size=6), st.integers(0, 6))
def test_a_day_without_answers_changes_nothing_but_how_many_days_there_are(answered: list[Answers], at: int) -> None:
    """A card that was opened and left is the same as a day without a card: silence is not data."""
    last = MONDAY + timedelta(days=13)
    kept = {last - timedelta(days=n): answers for n, answers in enumerate(answered)}
    gap = last - timedelta(days=at)
    without = week_of(days_ending(last, 14, {day: answers for day, answers in kept.items() if day != gap}))
    opened = week_of(days_ending(last, 14, {**kept, gap: {}}))
    skipped = week_of(days_ending(last, 14, {**kept, gap: {"headache": None, "back": None}}))
    assert opened == without
    assert replace(skipped, days=()) == replace(without, days=())


@given(TWO_WEEKS)
def test_the_order_of_the_days_does_not_matter(days: list[Day]) -> None:
    turned = [*days[:7][::-1], *days[7:][::-1]]
    ours, theirs = week_of(days), week_of(turned)
    assert ours.sleep == pytest.approx(theirs.sleep)
    assert ours.posture == pytest.approx(theirs.posture)
    assert replace(ours, days=(), sleep=None, posture=None) == replace(theirs, days=(), sleep=None, posture=None)


@pytest.mark.parametrize(
    ("answers", "is_one"),
    [
        ({"headache": 1}, True),
        ({"headache": 0}, False),
        ({"headache": None}, None),
        ({}, None),
        ({"headache": 3, "duration": "lt30m"}, False),
        ({"headache": 3, "duration": "30m_2h"}, True),
        ({"headache": 3, "duration": None}, True),
        ({"headache": 3, "duration": "lt30m", "medicine": frozenset({"nsaid"})}, True),
        ({"headache": 3, "duration": "lt30m", "medicine": frozenset({"none"})}, False),
    ],
)
def test_what_counts_as_a_headache_day(answers: Answers, is_one: bool | None) -> None:
    assert headache_day(answers) is is_one


def test_a_range_of_sleep_counts_with_its_middle() -> None:
    nights = [Hours(6, 7), Hours(7.5, 7.5), Hours(6, 24)]
    days = days_ending(date(2026, 3, 8), 14, {date(2026, 3, 6 + n): {"sleep_hours": n_} for n, n_ in enumerate(nights)})
    week = week_of(days)
    assert (week.sleep, week.nights, week.short_nights) == (7.0, 2, 0)
