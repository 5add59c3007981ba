"""Two series of days held beside each other: published examples, and what no link looks like."""

from datetime import date, timedelta

import pytest

from bot.domain.association import (
    Counts,
    benjamini_hochberg,
    counts_of,
    difference_interval,
    link_p,
    stratified_p,
    two_sided,
    variance_inflation,
    wilson,
)

MONDAY = date(2026, 3, 2)


def paired(exposed: str, ill: str) -> list[tuple[date, bool, bool]]:
    """Return days from a Monday on, "x" where there was the exposure and where there was the headache."""
    days = enumerate(zip(exposed, ill, strict=True))
    return [(MONDAY + timedelta(days=n), x == "x", y == "x") for n, (x, y) in days]


def test_newcombes_own_example() -> None:
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, Stat Med 17:873, table II a, method 10)."""
    interval = difference_interval(Counts(56, 70, 48, 80), 1.0)
    assert interval == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_memory_makes_the_interval_wider() -> None:
    plain, wide = (difference_interval(Counts(9, 11, 4, 40), inflation) for inflation in (1.0, 2.0))
    assert plain is not None
    assert wide is not None
    assert wide[0] < plain[0] < plain[1] < wide[1] or (wide[0] < plain[0] and wide[1] >= plain[1])
    assert difference_interval(Counts(0, 0, 4, 40), 1.0) is None


def test_wilsons_interval_of_half() -> None:
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-5)
    assert wilson(0, 10)[0] == 0.0


def test_one_stratum_by_hand() -> None:
    """8 of 10 with, 2 of 10 without: 3 more than expected, variance 10·10·10·10 / (400·19), so z = 2.615."""
    stratum = [(True, n < 8) for n in range(10)] + [(False, n < 2) for n in range(10)]
    assert stratified_p([stratum]) == pytest.approx(two_sided(2.6153), abs=1e-5)
    assert stratified_p([]) == stratified_p([[(True, True)]]) == 1.0


def test_benjamini_and_hochberg_keep_what_their_step_lets_through() -> None:
    ps = {"a": 0.001, "b": 0.019, "c": 0.02, "d": 0.5}
    assert benjamini_hochberg(ps, 0.03) == {"a", "b", "c"}, "0.02 ≤ 0.03 · 3/4, and b comes with it"
    assert benjamini_hochberg(ps, 0.02) == {"a"}


def test_days_that_go_together_are_seen_and_days_that_do_not_are_not() -> None:
    week = "x..xx.." * 8
    p, inflation = link_p(paired(week, week))
    assert p < 0.001
    assert inflation >= 1
    other = ".x.x..x" * 8
    assert link_p(paired("x" * 56, other))[0] == 1.0, "what is always there tells nothing"
    assert link_p(paired("xx.", "x.x"))[0] == 1.0, "three days tell nothing"


def test_spells_count_for_less_than_as_many_single_days() -> None:
    spells, single = ("x" * 7 + "." * 7) * 4, "x." * 28
    assert variance_inflation(paired(spells, spells)) > 2
    assert counts_of(paired(spells, single)).days_with == 28
