"""A planned try: drawn by lot, told beforehand, and counted when it is over."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.before_after import Count
from bot.domain.history import Day
from bot.domain.tries import (
    CHANGES,
    FEWEST_PAIRS,
    PAIR,
    WEEKS,
    Asked,
    Kept,
    Own,
    Result,
    Try,
    asked_on,
    chance,
    differences,
    done_on,
    interval_of,
    kept,
    on,
    own,
    p_of,
    result,
    weighed,
)

MONDAY = date(2026, 3, 2)
SEEDS = st.integers(0, 2**63 - 1)
HEADS = st.lists(st.sampled_from([True, False, False, None]), min_size=56, max_size=56)


def planned(change: str = "walk", weeks: int = 8, seed: int = 1) -> Try:
    return Try(change, MONDAY, weeks, seed)


def assigned(a_try: Try) -> list[tuple[date, bool]]:
    days = [a_try.start + timedelta(days=n) for n in range(a_try.weeks * 7)]
    return [(day, on(a_try, day) is True) for day in days]


def diary(heads: Mapping[date, bool | None]) -> list[Day]:
    """Return days with a score of 5, of 0, or without an answer."""
    return [Day(day, {} if head is None else {"headache": 5 * head}) for day, head in heads.items()]


def told(a_try: Try, days: list[Day], done: Mapping[date, bool] | None = None, ended: date | None = None) -> Result:
    over = replace(a_try, ended=ended)
    found = result(over, days, done or {}, over.due)
    assert found is not None
    return found


# The lot


def test_of_each_four_days_two_in_a_row_are_with_the_change() -> None:
    sides = [side for _, side in assigned(planned(weeks=24))]
    assert len(sides) == 168
    for begin in range(0, 168, PAIR):
        assert sides[begin : begin + PAIR] in ([True, True, False, False], [False, False, True, True])


def test_a_seed_says_the_same_for_ever() -> None:
    """Frozen: a running try must not change sides with a new version of Python, or of this bot."""
    sides = "".join("+-"[not side] for _, side in assigned(planned(seed=20261125)))
    assert sides == "++--++----++--++++----++++--++--++----++--++--++++--++--"


def test_a_longer_try_begins_like_a_shorter_one() -> None:
    assert assigned(planned(weeks=24))[:56] == assigned(planned(weeks=8))


def test_the_lot_is_fair() -> None:
    """1,000 seeds: 14,000 pairs half and half, and no pair knows of the one before (4 standard errors: 1.7 points)."""
    firsts = [[side for _, side in assigned(planned(seed=seed))][::PAIR] for seed in range(1000)]
    heads = sum(map(sum, firsts)) / 14_000
    same = sum(a == b for lots in firsts for a, b in pairwise(lots)) / 13_000
    assert abs(heads - 0.5) < 0.017
    assert abs(same - 0.5) < 0.018


def test_outside_of_it_a_day_is_on_no_side() -> None:
    a_try = planned()
    assert on(a_try, MONDAY - timedelta(days=1)) is None
    assert on(a_try, a_try.last) is not None
    assert on(a_try, a_try.last + timedelta(days=1)) is None
    assert a_try.last == date(2026, 4, 26)


def test_only_what_is_offered_can_be_tried() -> None:
    with pytest.raises(ValueError, match="no such"):
        Try("walk", MONDAY, 12, 1)
    with pytest.raises(ValueError, match="no such"):
        Try("something", MONDAY, 8, 1)


def test_nothing_offered_is_about_medicine() -> None:
    for change in CHANGES:
        assert not any(word in change.key for word in ("med", "pill", "drug", "dose", "stop", "skip", "fast"))


# The result


def test_a_walk_that_helps_stands_out() -> None:
    """14 pairs. A headache on both days without in 10 of them, none with: all 10 must lean one way, 2 · ½¹⁰ = 1/512."""
    a_try = planned()
    sides = assigned(a_try)
    heads = {day: not side and n // PAIR < 10 for n, (day, side) in enumerate(sides)}
    found = told(a_try, diary(heads))
    assert (found.with_change, found.without) == (Count(0, 28), Count(20, 28))
    assert found.p is not None
    assert found.p == 1 / 512
    assert (found.verdict, found.pairs, found.planned, found.early) == ("fewer", 14, 14, False)
    assert found.interval is not None
    low, high = found.interval
    assert low <= -71 <= high < 0


def test_a_change_that_makes_it_worse_is_told_as_plainly() -> None:
    a_try = planned()
    better = told(a_try, diary({day: not side and n < 40 for n, (day, side) in enumerate(assigned(a_try))}))
    worse = told(a_try, diary({day: side and n < 40 for n, (day, side) in enumerate(assigned(a_try))}))
    assert (better.verdict, worse.verdict) == ("fewer", "more")
    assert better.interval is not None
    assert worse.interval == pytest.approx((-better.interval[1], -better.interval[0]), abs=1)
    assert worse.p == better.p == 1 / 512


def test_the_same_on_both_sides_is_unclear_and_still_told() -> None:
    """One headache in each block of two days: on the first of it, so the counts are 14 of 28 and 14 of 28."""
    a_try = planned()
    found = told(a_try, diary({day: n % 2 == 0 for n, (day, _) in enumerate(assigned(a_try))}))
    assert (found.with_change, found.without, found.verdict) == (Count(14, 28), Count(14, 28), "unclear")
    assert found.interval is not None
    assert found.interval[0] <= 0 <= found.interval[1]


def test_six_pairs_by_hand() -> None:
    """Headaches without − with: 2, 2, 1, 1, 1 and −1, a sum of 6 or more away from 0.

    An outcome of the lot is as far out where the pairs it turns round sum to 0 or less: no pair; the last one, −1; the
    last with one of the three ones, 0. That makes 5 of 64 on this side, and as many on the other.
    """
    assert p_of([2, 2, 1, 1, 1, -1]) == 10 / 64
    assert p_of([-2, -2, -1, -1, -1, 1]) == 10 / 64
    assert p_of([1, 1, 1, 1, 1, 1]) == 2 / 64
    assert p_of([1, -1, 1, -1]) == 1
    assert p_of([]) == 1


@given(st.lists(st.integers(-6, 6), max_size=9))
def test_counting_all_at_once_is_counting_one_by_one(each: list[int]) -> None:
    far = abs(sum(each))
    turned = [
        abs(sum(sign * d for sign, d in zip(signs, each, strict=True))) for signs in product((1, -1), repeat=len(each))
    ]
    assert p_of(each) == sum(total >= far for total in turned) / 2 ** len(each)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([True, False, None]), min_size=32, max_size=32))
def test_of_all_outcomes_of_the_lot_at_most_one_in_twenty_stands_out(heads: list[bool | None]) -> None:
    """Whatever the days were, clustered or not: if the change does nothing, any of the 2⁸ lots was as likely."""
    false = 0
    for lots in product((True, False), repeat=8):
        sides = [lot == (place < PAIR // 2) for lot in lots for place in range(PAIR)]
        false += p_of(differences(weighed(list(zip(sides, heads, strict=True))))) <= 0.05
    assert false <= 0.05 * 2**8


@settings(max_examples=60, deadline=None)
@given(HEADS, SEEDS)
def test_interval_p_and_counts_agree(heads: list[bool | None], seed: int) -> None:
    a_try = planned(seed=seed)
    sides = assigned(a_try)
    found = told(a_try, diary({day: head for (day, _), head in zip(sides, heads, strict=True)}))
    both = list(zip(sides, heads, strict=True))
    for side, count in ((True, found.with_change), (False, found.without)):
        known = [head for (_, of), head in both if of is side and head is not None]
        assert count == Count(sum(known), len(known))
    if found.verdict == "too_few":
        assert found.p is None and found.interval is None
        return
    assert found.p is not None
    assert found.interval is not None
    low, high = found.interval
    assert (found.p <= 0.05) == (not low <= 0 <= high) == (found.verdict != "unclear")
    rates = [count.headache / count.known for count in (found.with_change, found.without)]
    assert low - 3 <= 100 * (rates[0] - rates[1]) <= high + 3  # later days weigh a trifle more


@settings(max_examples=40, deadline=None)
@given(HEADS, st.integers(-100, 100))
def test_the_interval_is_what_the_test_leaves_shift_by_shift(heads: list[bool | None], anywhere: int) -> None:
    pairs = weighed([(side, head) for (_, side), head in zip(assigned(planned()), heads, strict=True)])
    low, high = interval_of(pairs)
    for shift in {anywhere, low - 1, low, high, high + 1} & set(range(-100, 101)):
        assert (p_of(differences(pairs, shift)) > 0.05) == (low <= shift <= high)


@given(HEADS, st.integers(-100, 100))
def test_what_is_compared_are_the_rates_of_known_days(heads: list[bool | None], shift: int) -> None:
    """All pairs sum to 2 · K₁ · K₀ / (K₁ + K₀) · (difference of the rates − shift), but for rounding 14 times."""
    pairs = weighed([(side, head) for (_, side), head in zip(assigned(planned()), heads, strict=True)])
    known, known_without = sum(pair.known for pair in pairs), sum(pair.known_without for pair in pairs)
    if known and known_without:
        rate = sum(pair.headache for pair in pairs) / known
        rate_without = sum(pair.headache_without for pair in pairs) / known_without
        days = 2 * known * known_without / (known + known_without)
        taken = shift / 100 * 1027.5  # what the days of eight weeks weigh in the middle: 1000 to 1055
        assert sum(differences(pairs, shift)) == pytest.approx(days * (rate - rate_without - taken), abs=7)


def test_seven_of_eight_pairs_are_at_the_edge() -> None:
    """One headache a pair, seven of them without the change; ended after eight pairs.

    As far out are the outcomes of the lot that turn round no pair, the one that leans the other way, or that one with a
    single earlier, lighter pair. If it is the first: 2 of 256 on each side; the fifth: 6, p = .047; the sixth: 7, .055.
    """
    a_try = planned()
    for against, outcomes, verdict in ((0, 2, "fewer"), (4, 6, "fewer"), (5, 7, "unclear"), (7, 9, "unclear")):
        sides = enumerate(assigned(a_try)[:32])
        heads = {day: ((n // PAIR == against) == side) and n % 2 == 0 for n, (day, side) in sides}
        found = told(a_try, diary(heads), ended=MONDAY + timedelta(days=32))
        assert (found.with_change, found.without) == (Count(1, 16), Count(7, 16))
        assert (found.p, found.verdict) == (2 * outcomes / 256, verdict)


def test_a_day_without_an_answer_is_not_a_day_without_headache() -> None:
    a_try = planned()
    heads: dict[date, bool | None] = {day: not side and n % 3 == 0 for n, (day, side) in enumerate(assigned(a_try))}
    whole = told(a_try, diary(heads))
    gone = next(day for day, side in assigned(a_try) if side)
    without = told(a_try, diary({**heads, gone: None}))
    assert (without.with_change.known, whole.with_change.known) == (27, 28)
    assert without == told(a_try, [day for day in diary(heads) if day.day != gone])


def test_answering_more_often_on_one_side_is_no_finding() -> None:
    """A headache on every other day, but all days with and only every third without are known: about the same rate."""
    a_try = planned(weeks=24)
    heads = {day: n % 2 == 0 if side or n % 3 == 0 else None for n, (day, side) in enumerate(assigned(a_try))}
    found = told(a_try, diary(heads))
    assert found.with_change.known == 84
    assert found.without.known < 30
    assert found.verdict == "unclear"


def test_what_an_evening_does_is_looked_for_the_day_after() -> None:
    """Headaches exactly on the mornings after evenings without: one day late for a walk, right for the evening."""
    evening, walk = planned("evening_stretch"), planned("walk")
    heads = {day + timedelta(days=1): not side for day, side in assigned(evening)}
    assert told(evening, diary(heads)).without == Count(28, 28)
    assert told(evening, diary(heads)).with_change == Count(0, 28)
    assert told(walk, diary(heads)).with_change.headache > 0
    assert evening.due == walk.due + timedelta(days=1)


def test_days_count_by_the_lot_even_if_it_was_not_done() -> None:
    a_try = planned()
    heads = {day: not side and n < 40 for n, (day, side) in enumerate(assigned(a_try))}
    never = told(a_try, diary(heads), dict.fromkeys(heads, False))
    silent = told(a_try, diary(heads))
    assert (never.p, never.interval, never.verdict) == (silent.p, silent.interval, silent.verdict)
    assert (never.kept, never.kept_without) == (Kept(0, 28), Kept(0, 28))
    assert silent.kept == Kept(0, 0)
    half = told(a_try, diary(heads), {day: side for n, (day, side) in enumerate(assigned(a_try)) if n < 8})
    assert (half.kept, half.kept_without) == (Kept(4, 4), Kept(0, 4))


def test_nobody_looks_before_it_is_over() -> None:
    a_try = planned("screens_off")
    assert result(a_try, [], {}, a_try.due - timedelta(days=1)) is None
    assert result(a_try, [], {}, a_try.due) is not None


def test_ended_early_it_says_so_and_uses_whole_pairs() -> None:
    """Ended on day 31: seven pairs, 28 days, were over; the 29th and 30th day are in no count."""
    a_try = planned()
    heads = {day: not side for day, side in assigned(a_try)}
    found = told(a_try, diary(heads), ended=MONDAY + timedelta(days=30))
    assert (found.pairs, found.planned, found.early) == (7, 14, True)
    assert (found.with_change, found.without) == (Count(0, 14), Count(14, 14))
    assert found.p == 2 / 2**7
    assert found.verdict == "fewer"
    over = replace(a_try, ended=MONDAY + timedelta(days=30))
    later = result(over, diary(heads), {}, a_try.due + timedelta(days=90))
    assert later == found


def test_a_pair_is_over_when_the_morning_after_it_is() -> None:
    fifth = MONDAY + timedelta(days=PAIR)
    assert told(planned("walk"), [], ended=fifth).pairs == 1
    assert told(planned("screens_off"), [], ended=fifth).pairs == 0
    assert told(planned("screens_off"), [], ended=fifth + timedelta(days=1)).pairs == 1
    assert told(planned("screens_off"), [], ended=MONDAY - timedelta(days=9)).pairs == 0


@pytest.mark.parametrize("pairs", range(FEWEST_PAIRS + 2))
def test_under_six_pairs_there_are_only_counts(pairs: int) -> None:
    a_try = planned()
    heads = {day: not side for day, side in assigned(a_try)}
    found = told(a_try, diary(heads), ended=MONDAY + timedelta(days=PAIR * pairs))
    assert found.without == Count(2 * pairs, 2 * pairs)
    assert (found.verdict == "too_few") == (pairs < FEWEST_PAIRS) == (found.p is None) == (found.interval is None)


def test_four_headaches_in_all_are_too_few_and_so_are_four_days_free_of_them() -> None:
    """Otherwise answering more on one side could look like a finding where there is next to nothing to count."""
    a_try = planned(weeks=24)
    for rare in (True, False):
        for times, verdict in ((4, "too_few"), (5, "unclear")):
            heads = {day: rare == (n % 40 == 0 and n // 40 < times) for n, (day, _) in enumerate(assigned(a_try))}
            assert told(a_try, diary(heads)).verdict == verdict


# The chance told beforehand


def test_forty_percent_of_days_need_about_half_a_year() -> None:
    """About 1 in 3 in 8 weeks, 2 in 3 in 16, 4 in 5 in 24; in fewer headaches a halving is harder to see."""
    assert [round(100 * chance(0.4, weeks)) for weeks in WEEKS] == [30, 60, 78]
    assert [round(100 * chance(0.2, weeks)) for weeks in WEEKS] == [10, 27, 42]
    assert chance(0.0, 24) == 0


@given(st.floats(0.02, 0.98), st.floats(0.2, 1), st.sampled_from(WEEKS))
def test_more_headaches_weeks_and_answers_make_it_likelier(rate: float, answered: float, weeks: int) -> None:
    here = chance(rate, weeks, answered)
    assert 0 <= here <= 1
    assert here <= chance(rate + 0.02, weeks, answered)
    assert here <= chance(rate, 24, answered)
    assert here <= chance(rate, weeks, 1)


def test_the_chance_told_is_what_comes_of_400_tries() -> None:
    """Two standard errors of 400 are 5 points; a chance that is 10 off would show."""
    chances = random.Random(2611)
    for rate, weeks in ((0.4, 8), (0.4, 16), (0.6, 16)):
        seen = 0
        for _ in range(400):
            a_try = planned(weeks=weeks, seed=chances.getrandbits(63))
            days = [(side, chances.random() < rate * (0.5 if side else 1)) for _, side in assigned(a_try)]
            seen += p_of(differences(weighed(days))) <= 0.05
        assert abs(seen / 400 - chance(rate, weeks)) < 0.06


def test_headaches_in_waves_do_not_pass_for_a_finding() -> None:
    """1,500 people whose headaches last (memory .6) and a change that does nothing: at most 5 % and the noise of it."""
    chances = random.Random(1126)
    false = 0
    for _ in range(1500):
        a_try = planned(seed=chances.getrandbits(63))
        head, days = False, []
        for _, side in assigned(a_try):
            head = chances.random() < 0.3 + (0.42 if head else -0.18)
            days.append((side, head if chances.random() < 0.85 else None))
        false += p_of(differences(weighed(days))) <= 0.05
    assert 0.02 < false / 1500 < 0.062


def test_the_rate_is_ones_own() -> None:
    """From the first known day on, 40 days of diary: every other day answered, a headache on every fourth of these."""
    today = MONDAY
    kept = [Day(today - timedelta(days=n), {"headache": 3 if n % 8 == 2 else 0}) for n in range(2, 41, 2)]
    assert own(kept, today) == Own(rate=5 / 20, answered=20 / 40)
    assert own(kept[:19], today) is None
    old = Day(today - timedelta(days=57), {"headache": 9})
    assert own([*kept, old, Day(today, {"headache": 9})], today) == own(kept, today)
    assert own([], today) is None


# What the card asks


def test_a_card_asks_for_the_day_whose_headaches_are_looked_for_on_it() -> None:
    """Of an evening's change the evening before: at eight this evening is still ahead."""
    day = timedelta(days=1)
    walk, evening = planned("walk"), planned("evening_stretch")
    assert asked_on(walk, MONDAY - day) is asked_on(evening, MONDAY) is None
    assert asked_on(walk, MONDAY) == Asked("walk", MONDAY, with_it=on(walk, MONDAY) is True)
    assert asked_on(evening, MONDAY + day) == Asked("evening_stretch", MONDAY, with_it=on(evening, MONDAY) is True)
    assert asked_on(walk, walk.last) is not None
    assert asked_on(evening, evening.last + day) is not None
    assert asked_on(walk, walk.due) is asked_on(evening, evening.due) is None


def test_ended_it_asks_and_reminds_no_more() -> None:
    for change in ("walk", "evening_stretch"):
        over = replace(planned(change), ended=MONDAY + timedelta(days=9))
        assert over.due == over.ended
        assert asked_on(over, MONDAY + timedelta(days=8)) is not None
        assert asked_on(over, MONDAY + timedelta(days=9)) is None
        assert on(over, MONDAY + timedelta(days=8)) is not None
        assert on(over, MONDAY + timedelta(days=9)) is None


@given(st.sampled_from([change.key for change in CHANGES]), SEEDS, st.data())
def test_what_the_cards_say_is_counted_on_the_day_it_was_asked_for(change: str, seed: int, data: st.DataObject) -> None:
    a_try = planned(change, seed=seed)
    told = data.draw(st.lists(st.sampled_from(["done", "not", None, ""]), min_size=70, max_size=70))
    days = [Day(MONDAY + timedelta(days=n - 5), {"try": each} if each != "" else {}) for n, each in enumerate(told)]
    done = done_on(a_try, days)
    assert done.keys() <= {day for day, _ in assigned(a_try)}
    for day, side in assigned(a_try):
        answer = told[(day - MONDAY + a_try.lag).days + 5]
        assert done.get(day) == {"done": True, "not": False}.get(answer or "")
        asked = asked_on(a_try, day + a_try.lag)
        assert asked == Asked(change, day, side)
    with_it, without = kept(a_try, done, a_try.due)
    assert with_it.told + without.told == len(done)
    assert with_it.done + without.done == sum(done.values())
