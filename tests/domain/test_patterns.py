"""What a diary shows on its checkpoints: counts first, nothing before day 56, nothing from days that say nothing."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from bot.domain.history import Day
from bot.domain.patterns import checkpoints, look

FIRST = date(2026, 1, 5)
TOGETHER = "x..xx..x.x" * 20
"""Back pain and headache on the same days."""


def diary(backs: str, heads: str) -> Sequence[Day]:
    """Return days from a Monday on: "x" hurt, "." did not, "?" was not answered."""
    score = {"x": 3, ".": 0}
    found = []
    for n, (back, head) in enumerate(zip(backs, heads, strict=True)):
        said = {key: score[sign] for key, sign in (("back", back), ("headache", head)) if sign in score}
        found.append(Day(FIRST + timedelta(days=n), said, ("headache",)))
    return found


@pytest.mark.parametrize(
    ("day", "last", "following"),
    [(1, None, 56), (55, None, 56), (56, 56, 84), (167, 112, 168), (168, 168, 252), (252, 252, 336)],
)
def test_the_days_on_which_it_is_looked(day: int, last: int | None, following: int) -> None:
    assert checkpoints(day) == (last, following)


def test_nothing_is_said_before_day_56_and_then_in_counts() -> None:
    before, then = (look(diary(TOGETHER[:n], TOGETHER[:n]), {}) for n in (55, 56))
    assert (before.verdict, before.days_left) == ("too_early", 1)
    assert then.verdict == "seen"
    found = then.pattern("back_day")
    assert found is not None
    # 28 of 56: five of every ten days, and three of the last six ("x..xx.").
    assert (found.counts.headache_with, found.counts.days_with) == (28, 28)
    assert (found.counts.headache_without, found.counts.days_without) == (0, 28)


def test_what_does_not_go_together_is_not_found() -> None:
    together = look(diary("x..x...x" * 7, ".x.x..x" * 8), {})
    assert together.verdict == "nothing"
    pattern = together.pattern("back_day")
    assert pattern is not None
    # 21 of 56 days with, each of them once beside each day of the other's seven: 3 in 7, as on the other days.
    assert (pattern.counts.headache_with, pattern.counts.days_with) == (9, 21)
    assert (pattern.counts.headache_without, pattern.counts.days_without) == (15, 35)


def test_a_day_that_is_missing_changes_nothing_but_the_count() -> None:
    whole = look(diary(TOGETHER[:60], TOGETHER[:60]), {})
    longer = look(diary(TOGETHER[:60] + "?", TOGETHER[:60] + "?"), {})
    assert longer.day == whole.day + 1
    assert [(p.exposure, p.verdict, p.counts) for p in longer.patterns] == [
        (p.exposure, p.verdict, p.counts) for p in whole.patterns
    ]


def test_a_link_that_is_gone_is_called_faded_not_kept() -> None:
    # A rhythm of eight beside one of seven: in 56 days each day of the one meets each of the other once.
    lived = diary(TOGETHER[:56] + "x..x...x" * 25, TOGETHER[:56] + ".x.x..x" * 28 + "....")
    found = {n: look(lived[:n], {}).pattern("back_day") for n in (56, 251, 252)}
    assert [(n, pattern.verdict) for n, pattern in found.items() if pattern] == [
        (56, "seen"),
        (251, "seen"),
        (252, "faded"),
    ], "the looks of day 84 to 168 still have the first 56 days before them"
