"""A summary in numbers, counted a second time by hand."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.history import Day, days_ending
from bot.domain.questions import Answers, Hours
from bot.domain.rules import headache_day
from bot.domain.summary import FEWEST, LENGTHS, WEEK, days_in, length_of, looked_at, sum_up, weeks_of

from .conftest import A_DAY, MONDAY, TWO_WEEKS


@given(TWO_WEEKS)
def test_the_counts_are_those_of_counting_on_ones_fingers(days: list[Day]) -> None:
    week = sum_up(days, WEEK)
    logged = head = head_known = back = back_known = both = medicine = medicine_known = 0
    for day in days[7:]:
        score, pain = day.answers.get("headache"), day.answers.get("back")
        logged += day.logged
        ticked = day.answers.get("medicine") if score or pain else None
        took = (ticked or {"none"}) != {"none"}
        aches = bool(score) and (day.answers.get("duration") != "lt30m" or took)
        if score is not None:
            head_known += 1
            head += aches
        if pain is not None:
            back_known += 1
            back += bool(pain)
        if ticked or (score == 0 and pain == 0):
            medicine_known += 1
            medicine += took
        if score is not None and pain:
            both += aches
    assert (week.logged, week.headache.n, week.headache.known) == (logged, head, head_known)
    assert (week.back.n, week.back.known, week.together[0]) == (back, back_known, both)
    assert (week.medicine.n, week.medicine.known) == (medicine, medicine_known)
    assert week.together[1] <= week.back.n
    assert week.together[1] + week.together[3] <= min(head_known, back_known)
    assert week.headache.n <= week.headache.known <= week.logged <= 7
    known_before = sum(day.answers.get("headache") is not None for day in days[:7])
    assert (week.headache.before is None) == (known_before < FEWEST)


@given(TWO_WEEKS, st.sampled_from(LENGTHS))
def test_what_was_now_is_later_what_was_before(days: list[Day], length: int) -> None:
    gap = [Day(MONDAY + timedelta(days=14 + n), {}) for n in range(length)]
    then, now = sum_up(days, length), sum_up([*days, *gap], length)
    for count, later in ((then.headache, now.headache), (then.back, now.back), (then.medicine, now.medicine)):
        assert later.before == ((count.n, count.known) if count.known >= FEWEST else None)
        assert (later.n, later.known) == (0, 0)


@pytest.mark.parametrize("length", LENGTHS)
def test_every_length_counts_its_days_the_ones_before_and_thirty_for_medicine(length: int) -> None:
    """Pain and a pill every day: so every count is the number of days it looks at."""
    ache: Answers = {"headache": 5, "back": 5, "medicine": frozenset({"nsaid"})}
    last = MONDAY + timedelta(days=399)
    days = days_ending(last, looked_at(length), {last - timedelta(days=n): ache for n in range(400)})
    summary = sum_up(days, length)
    for count in (summary.headache, summary.back, summary.medicine):
        assert (count.n, count.known, count.before) == (length, length, (length, length))
    assert summary.medicine_lately == 30
    assert len(summary.days) == length


@given(TWO_WEEKS)
def test_the_means_lie_between_the_ends(days: list[Day]) -> None:
    week = sum_up(days, WEEK)
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
    without = sum_up(days_ending(last, 14, {day: answers for day, answers in kept.items() if day != gap}), WEEK)
    opened = sum_up(days_ending(last, 14, {**kept, gap: {}}), WEEK)
    skipped = sum_up(days_ending(last, 14, {**kept, gap: {"headache": None, "back": None}}), WEEK)
    assert opened == without
    assert replace(skipped, days=()) == replace(without, days=())


@given(TWO_WEEKS)
def test_the_order_of_the_days_does_not_matter(days: list[Day]) -> None:
    turned = [*days[:7][::-1], *days[7:][::-1]]
    ours, theirs = sum_up(days, WEEK), sum_up(turned, WEEK)
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
    week = sum_up(days, WEEK)
    assert (week.sleep, week.nights, week.short_nights) == (7.0, 2, 0)


def test_a_week_of_two_known_days_has_no_count() -> None:
    days = [Day(MONDAY + timedelta(days=n), {"headache": 3} if n in (0, 7, 8, 9) else {"back": 1}) for n in range(14)]
    weeks = weeks_of(days)
    assert [days_in(week, headache_day) for week in weeks] == [None, 3]


@pytest.mark.parametrize(
    ("words", "length"),
    [
        *(("7", 7), ("28", 28), ("90", 90), ("30", 28), ("14 days", 7), ("60 days", 90), ("1", 7), ("365", 90)),
        *(("week", 7), ("last month", 28), ("Month", 28), ("4 weeks", 28), ("3 months", 90), ("a year", 90)),
        *(("three months", 90), ("quarter", 90), ("Monat", 28), ("drei Wochen", 28), ("days", 7), ("0", 7)),
        *(("nonsense", None), ("2026-03-02", None), ("99999999999999999999", None), ("–", None), ("<b>", None)),
    ],
)
def test_a_typed_length_is_the_nearest_there_is(words: str, length: int | None) -> None:
    assert length_of(words) == length


@given(st.text())
def test_any_words_are_a_length_or_none(words: str) -> None:
    assert length_of(words) in (*LENGTHS, None)
