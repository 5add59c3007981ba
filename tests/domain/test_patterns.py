"""What a diary shows on its checkpoints: counts first, nothing before day 56, nothing from days that say nothing."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from bot.domain.association import Counts
from bot.domain.history import Day
from bot.domain.patterns import Verdict, checkpoints, look, offered, skipped
from bot.domain.questions import Hours

from .diaries import ALSO_THE_DAY_AFTER, RHYTHMS, TOGETHER, WITH_BACK_PAIN, WITHOUT_BACK_PAIN, whole

FIRST = date(2026, 1, 5)
"""A Monday."""

WORKDAYS = [(back[:6] + "?", head[:6] + "?") for back, head in WITH_BACK_PAIN]
SPELL, SHIFTED = "xxxxxxx.......", "...xxxxxxx...."

BY_HAND: Sequence[tuple[str, tuple[str, str], Counts, float | None, Verdict]] = [
    ("the same days", (TOGETHER, TOGETHER), Counts(28, 28, 0, 28), 1.01664e-12, "seen"),
    ("two rhythms", RHYTHMS, Counts(9, 21, 15, 35), 1.0, "nothing"),
    ("more with back pain", whole(WITH_BACK_PAIN), Counts(14, 20, 6, 36), 0.000102216, "seen"),
    ("fewer with back pain", whole(WITHOUT_BACK_PAIN), Counts(3, 24, 20, 32), 0.000273249, "seen"),
    ("also the day after", whole(ALSO_THE_DAY_AFTER), Counts(24, 28, 13, 56), 9.77866e-08, "seen"),
    # On the eight Sundays there was back pain on 3, with a headache on 1, and a headache on 1 of the 5 others.
    ("no Sundays", whole(WORKDAYS), Counts(13, 17, 5, 31), 1.0798e-05, "seen"),
    ("the same spells", (SPELL * 4, SPELL * 4), Counts(28, 28, 0, 28), 1.37892e-09, "seen"),
    # In each two weeks 4 days of the spell have a headache, and 3 of the others.
    ("spells that overlap", (SPELL * 4, SHIFTED * 4), Counts(16, 28, 12, 28), 0.750023, "nothing"),
    # Both only at weekends: within weekends, and within workdays, nothing is left that they could share.
    ("both at weekends", (".....xx" * 8, ".....xx" * 8), Counts(16, 16, 0, 40), 1.0, "nothing"),
    ("three workdays, and Saturdays", ("xx.x..." * 8, "xx.x.x." * 8), Counts(24, 24, 8, 32), 0.000616307, "seen"),
    # Four Mondays: one too few, whatever they look like.
    ("too few", ("x......" * 4 + "......." * 4, "x..x..." * 8), Counts(4, 4, 12, 52), None, "too_early"),
]
"""Name, back pain and headache, counts, p by the reference code of the content notes (4.3; its own sums, not ours)."""


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
    assert (before.verdict, before.next - before.day) == ("too_early", 1)
    assert then.verdict == "seen"
    found = then.pattern("back_day")
    assert found is not None
    # 28 of 56: five of every ten days, and three of the last six ("x..xx.").
    assert (found.counts.headache_with, found.counts.days_with) == (28, 28)
    assert (found.counts.headache_without, found.counts.days_without) == (0, 28)


@pytest.mark.parametrize(
    ("lived", "counts", "p", "verdict"), [each[1:] for each in BY_HAND], ids=[n for n, *_ in BY_HAND]
)
def test_diaries_counted_by_hand(lived: tuple[str, str], counts: Counts, p: float | None, verdict: Verdict) -> None:
    found = look(diary(*lived), {}).pattern("back_day")
    assert found is not None
    assert found.counts == counts
    assert found.p == (None if p is None else pytest.approx(p, rel=1e-5))
    assert found.verdict == verdict


@pytest.mark.parametrize("lived", [each[1] for each in BY_HAND], ids=[n for n, *_ in BY_HAND])
@pytest.mark.parametrize("missing", [1, 20])
def test_missing_days_change_nothing_but_the_count(lived: tuple[str, str], missing: int) -> None:
    backs, heads = lived
    before, then = look(diary(backs, heads), {}), look(diary(backs + "?" * missing, heads + "?" * missing), {})
    assert then.patterns == before.patterns
    assert (then.logged, then.last, then.next) == (before.logged, before.last, before.next)
    assert then.day == before.day + missing
    # In the middle it moves what follows to another day of the week, but counts in nothing.
    moved = look(diary(f"{backs[:30]}?{backs[30:]}", f"{heads[:30]}?{heads[30:]}"), {})
    assert [pattern.counts for pattern in moved.patterns] == [pattern.counts for pattern in before.patterns]


def test_what_does_not_go_together_is_not_found() -> None:
    together = look(diary("x..x...x" * 7, ".x.x..x" * 8), {})
    assert together.verdict == "nothing"
    pattern = together.pattern("back_day")
    assert pattern is not None
    # 21 of 56 days with, each of them once beside each day of the other's seven: 3 in 7, as on the other days.
    assert (pattern.counts.headache_with, pattern.counts.days_with) == (9, 21)
    assert (pattern.counts.headache_without, pattern.counts.days_without) == (15, 35)


def test_a_link_that_is_gone_is_called_faded_not_kept() -> None:
    # A rhythm of eight beside one of seven: in 56 days each day of the one meets each of the other once.
    lived = diary(TOGETHER + "x..x...x" * 25, TOGETHER + ".x.x..x" * 28 + "....")
    found = {n: look(lived[:n], {}).pattern("back_day") for n in (56, 251, 252)}
    assert [(n, pattern.verdict) for n, pattern in found.items() if pattern] == [
        (56, "seen"),
        (251, "seen"),
        (252, "faded"),
    ], "the looks of day 84 to 168 still have the first 56 days before them"


def test_what_has_faded_is_told_for_about_a_year() -> None:
    gone = diary(TOGETHER + "x..x...x" * 70, TOGETHER + ".x.x..x" * 80)
    verdicts = [pattern.verdict for n in (587, 588) if (pattern := look(gone[:n], {}).pattern("back_day"))]
    assert verdicts == ["faded", "nothing"], "day 168, the last on which it passed, is the sixth look back on day 588"


def a_long_diary(length: int) -> Sequence[Day]:
    """Return days on which anything was answered, or nothing, with two factors on offer most of the time."""
    chance = random.Random(length)
    found = []
    for n in range(length):
        ill, day = chance.random() < 0.3, FIRST + timedelta(days=n)
        answers = {
            "headache": 5 if ill else 0,
            "back": 4 if chance.random() < (0.6 if ill else 0.2) else 0,
            "back_region": frozenset({"neck", "lower"}),
            "sleep_hours": Hours(*[chance.choice((5.0, 7.0, 7.5, 9.0))] * 2),
            "sleep_quality": chance.randint(1, 5),
            "factors": frozenset({chance.choice(("alcohol", "stress", "none"))}),
        }
        asked = ("headache", "factors", *(("factors:alcohol", "factors:stress") if chance.random() < 0.8 else ()))
        found.append(Day(day, answers if chance.random() < 0.85 else {}, asked))
    return found


@pytest.mark.parametrize(("day", "left_out"), [(0, 0), (30, 0), (503, 0), (588, 56), (671, 56), (672, 140)])
def test_what_lies_before_all_five_looks_is_not_read(day: int, left_out: int) -> None:
    """On day 588 the fifth look back was on day 252, over 168 days, the first of which has its 28 nights before it."""
    assert skipped(day) == left_out


@pytest.mark.parametrize("length", [30, 300, 430, 640, 1000])
def test_days_too_old_to_matter_may_be_left_out(length: int) -> None:
    days = a_long_diary(length)
    periods = [day.day for day in days[9::28]]
    before = skipped(length)
    left = days[before:]
    assert look(left, offered(left), periods, before) == look(days, offered(days), periods)
