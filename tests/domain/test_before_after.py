"""Four weeks on each side of a first visit, counted by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.before_after import FEWEST, BeforeAfter, Count, before_after, first_of
from bot.domain.history import Day
from bot.domain.log import Kind
from bot.domain.questions import Answers

from .conftest import A_DAY

VISIT = date(2026, 5, 14)
OVER = VISIT + timedelta(days=29)
"""The first day on which all four weeks after the visit are over."""


def days(before: Sequence[int | None], after: Sequence[int | None], on_the_day: int | None = 9) -> list[Day]:
    """Scores of the days before the visit (the last one is the day before), on the day, and from the day after on."""
    scores = [*before, on_the_day, *after]
    first = VISIT - timedelta(days=len(before))
    return [Day(first + timedelta(n), {} if score is None else {"headache": score}) for n, score in enumerate(scores)]


def test_two_counts_and_nothing_else() -> None:
    """9 of 26 before, 7 of 27 after: two days before the visit and one after it were not answered."""
    before = [*[5] * 9, *[0] * 17, None, None]
    after = [*[3] * 7, *[0] * 20, None]
    found = before_after(days(before, after), VISIT, OVER)
    assert found == BeforeAfter(VISIT, Count(9, 26), Count(7, 27), "whole")


def test_the_day_of_the_visit_is_on_neither_side() -> None:
    found = before_after(days([0] * 28, [0] * 28, on_the_day=10), VISIT, OVER)
    assert (found.before, found.after) == (Count(0, 28), Count(0, 28))


def test_the_fifth_week_on_either_side_is_outside() -> None:
    found = before_after(days([8, *[0] * 28], [*[0] * 28, 8]), VISIT, OVER + timedelta(days=9))
    assert (found.before, found.after) == (Count(0, 28), Count(0, 28))


def test_until_the_last_day_is_over_it_is_too_early() -> None:
    diary = days([0] * 28, [4] * 28)
    eve = before_after(diary, VISIT, OVER - timedelta(days=1))
    assert (eve.state, eve.after) == ("too_early", Count(27, 27))
    assert before_after(diary, VISIT, OVER).state == "whole"
    assert before_after(diary, VISIT, VISIT).after == Count(0, 0)


@pytest.mark.parametrize(
    ("known_before", "known_after", "state"), [(20, 20, "whole"), (19, 28, "too_few"), (28, 19, "too_few")]
)
def test_twenty_known_days_on_each_side_are_the_least(known_before: int, known_after: int, state: str) -> None:
    diary = days([None] * (28 - known_before) + [1] * known_before, [1] * known_after)
    assert before_after(diary, VISIT, OVER).state == state


def test_a_day_that_knows_only_the_back_says_nothing_about_the_head() -> None:
    diary = [Day(VISIT - timedelta(n), {"back": 6}) for n in range(1, 29)]
    assert before_after(diary, VISIT, OVER).before == Count(0, 0)


def test_twenty_minutes_of_headache_are_a_known_day_without_one() -> None:
    diary = [Day(VISIT - timedelta(days=1), {"headache": 4, "duration": "lt30m", "medicine": frozenset({"none"})})]
    assert before_after(diary, VISIT, OVER).before == Count(0, 1)


@given(st.dictionaries(st.integers(-40, 40), A_DAY), st.integers(-40, 40), st.permutations(range(81)))
def test_a_gap_and_the_order_change_nothing(written: dict[int, Answers], gap: int, order: list[int]) -> None:
    diary = [Day(VISIT + timedelta(days=n), answers) for n, answers in written.items() if n != gap]
    found = before_after(diary, VISIT, OVER)
    shuffled = sorted(
        [*diary, Day(VISIT + timedelta(days=gap), {})], key=lambda day: order[(day.day - VISIT).days + 40]
    )
    assert before_after(shuffled, VISIT, OVER) == found
    assert found.before.headache <= found.before.known <= 28
    assert found.after.headache <= found.after.known <= 28
    assert (found.state == "whole") == (min(found.before.known, found.after.known) >= FEWEST)


def test_the_first_of_a_kind_is_the_earliest_whatever_was_noted_when() -> None:
    noted: list[tuple[Kind, date]] = [("massage", date(2026, 6, 1)), ("pillow", date(2026, 4, 1)), ("massage", VISIT)]
    assert first_of("massage", noted) == VISIT
    assert first_of("doctor", noted) is None


def test_worse_weeks_are_counted_like_better_ones() -> None:
    better, worse = days([5] * 20, [0] * 28), days([0] * 20, [5] * 28)
    assert before_after(better, VISIT, OVER).state == before_after(worse, VISIT, OVER).state == "whole"
    assert before_after(worse, VISIT, OVER) == replace(
        before_after(better, VISIT, OVER), before=Count(0, 20), after=Count(28, 28)
    )
