"""What went together with a person's headaches, looked for on a few set days only, and told with its counts.

Whoever looks every week at twelve things is shown a link that is not there within half a year: 80 % of people without
any, even with an honest test. So there are checkpoints, each with 2.8 % for a false find, half of it kept for back pain
(content notes 4.5). Everything is worked out from the days: nothing about an earlier look is kept.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from bot.domain.association import (
    Counts,
    Pair,
    benjamini_hochberg,
    counts_of,
    difference_interval,
    link_p,
    stratified_p,
    variance_inflation,
)
from bot.domain.history import Day
from bot.domain.questions import Answers, Hours
from bot.domain.rules import back_day, headache_day, neck_day
from bot.domain.summary import SHORT_NIGHT

PRIMARY = "back_day"
PERIOD = "period_window"
OWN: tuple[str, ...] = (PRIMARY, "neck_day", "short_night", "poor_sleep", "unusual_night", "poor_posture", PERIOD)
"""The exposures that come from the card and from noted periods; the others are codes of followed factors."""

CHECKPOINTS = (56, 84, 112, 168)
"""Diary days. 56 are the eight weeks of a diary in NICE CG150."""

LATER_EVERY = 84
WINDOW = 168
"""Days that a look counts; before diary day 168 that is all of them."""

REMEMBERED = 5
"""Looks that are held beside each other; what did not pass in any of them, about a year, is neither kept nor called
faded. So a diary of ten years takes no longer than one of two (the project's choice)."""

BUDGET_PRIMARY = BUDGET_REST = 0.014
"""The content notes have 0.015; measured with twelve things followed and days without memory that showed a link that is
not there to 5.07 % of 6,000 people in 26 weeks, 0.014 to 4.68 %."""

FEWEST_DAYS = 21
FEWEST_EACH = 5
"""Days in each margin: with and without the exposure, with and without headache. The cells have no minimum of their
own: that would bias the test."""

SMALLEST_DIFFERENCE = 0.15
FADES_ABOVE = 0.20
NEXT_DAY_FROM = 84
NEXT_DAY_ALPHA = 0.01

POOR = 2
UNUSUAL_HOURS = 1.5
USUAL_NIGHTS = 28
FEWEST_USUAL = 14
"""Numbered nights of the 28 before, or there is no usual (the project's choice)."""

MOST_UNTOLD = 1 / 3
"""Share of days that may lack what only worse days tell, or the exposure is left out: see `_told_enough`."""

BEFORE_PERIOD = AFTER_PERIOD = timedelta(days=2)
"""Days −2 to +3 with the first day as day 1 and no day 0, so five days (ICHD-3, appendix A1.1)."""

FEWEST_CYCLES = 3
SHORTEST_CYCLE, LONGEST_CYCLE = timedelta(days=21), timedelta(days=45)
"""Longer apart, a period in between was probably not noted, and the days are unknown (the project's choice)."""

Verdict = Literal["too_early", "nothing", "seen", "faded"]
Followed = Mapping[date, AbstractSet[str]]
"""The factors on offer, day by day; a factor that was not offered that day is unknown, never "no"."""

OFFER = "factors:"
"""What stands before a factor's code among what a day's card has asked."""

Known = Sequence[bool | None]
"""One value a day, None = unknown."""


@dataclass(frozen=True)
class Cycles:
    """Periods with an answered day in their window, and those of them with a headache in it."""

    with_headache: int
    known: int


@dataclass(frozen=True)
class Pattern:
    """One exposure beside the headaches.

    `verdict`, `p` (0 to 1; None where nothing was tested) and whether there is a `next_day` are those of the last
    checkpoint. `counts`, `inflation` (≥ 1), `interval` (95 %, of the difference of the two shares, −1 to 1), `cycles`
    (for the period alone) and the next day's counts are those of today's days.
    """

    exposure: str
    verdict: Verdict
    counts: Counts
    inflation: float
    interval: tuple[float, float] | None
    p: float | None = None
    next_day: Counts | None = None
    cycles: Cycles | None = None


@dataclass(frozen=True)
class Look:
    """What can be said on diary day `day`: the finds of the last checkpoint with today's counts.

    `last` and `next` are diary days; `last` is None before the first. Of the last 168 days, `logged` counts those that
    were answered and `late` those of them with something filled in when they were over.
    """

    day: int
    last: int | None
    next: int
    logged: int
    late: int
    patterns: Sequence[Pattern]

    @property
    def checked(self) -> int:
        """Return how many exposures the last checkpoint had enough days to test."""
        return sum(pattern.p is not None for pattern in self.patterns)

    @property
    def verdict(self) -> Verdict:
        """Return the most that can be said of any exposure."""
        found = {pattern.verdict for pattern in self.patterns}
        order: Sequence[Verdict] = ("seen", "faded", "nothing")
        return next((verdict for verdict in order if verdict in found), "too_early")

    def of(self, verdict: Verdict) -> Sequence[Pattern]:
        """Return the patterns with this verdict: back pain first, then the larger difference first."""
        mine = [pattern for pattern in self.patterns if pattern.verdict == verdict]
        return sorted(mine, key=lambda each: (each.exposure != PRIMARY, -abs(each.counts.difference or 0.0)))

    def pattern(self, exposure: str) -> Pattern | None:
        return next((pattern for pattern in self.patterns if pattern.exposure == exposure), None)


@dataclass(frozen=True)
class Tested:
    """One exposure at one checkpoint. `passes`: it stands out there; `rises`: more headaches with it than without."""

    p: float
    passes: bool
    rises: bool


def reached_by(day: int) -> Sequence[int]:
    """Return all checkpoints up to and including diary day `day`, in order."""
    return [*(c for c in CHECKPOINTS if c <= day), *range(CHECKPOINTS[-1] + LATER_EVERY, day + 1, LATER_EVERY)]


def checkpoints(day: int) -> tuple[int | None, int]:
    """Return the last checkpoint up to and including diary day `day`, and the first one after it."""
    reached = reached_by(day)
    following = next((c for c in CHECKPOINTS if c > day), None)
    return (reached[-1] if reached else None), following or reached[-1] + LATER_EVERY


def skipped(day: int) -> int:
    """Return how many of the diary's first days nothing is read of any more on diary day `day`."""
    first = next(iter(reached_by(day)[-REMEMBERED:]), 0)
    return max(0, first - WINDOW - USUAL_NIGHTS)


def offered(days: Iterable[Day]) -> Followed:
    """Return which factors each day's card had on offer."""
    return {day.day: frozenset(key.removeprefix(OFFER) for key in day.asked if key.startswith(OFFER)) for day in days}


def look(days: Sequence[Day], followed: Followed, periods: Collection[date] = (), before: int = 0) -> Look:
    """Return what can be said after `days`: from the diary's first day to the last one that is over, without gaps.

    The first ones may be left out: `before` says how many, `skipped` how many at most. `periods` are the first days of
    periods that were noted. Between checkpoints nothing is found and nothing fades. The same days give the same answer:
    `look(days[:84], …)` is what was said on day 84, unless one of them was filled in or changed since. An exposure
    without a single usable day is not among the patterns.
    """
    day = before + len(days)
    last, following = checkpoints(day)
    verdicts: dict[str, Verdict] = {}
    tested: Mapping[str, Tested] = {}
    rises: dict[str, bool] = {}
    for checkpoint in reached_by(day)[-REMEMBERED:]:
        tested = weigh(days[: checkpoint - before], followed, periods)
        verdicts = {
            name: _verdict(tested.get(name), verdicts.get(name), rises.get(name)) for name in {**verdicts, **tested}
        }
        rises |= {name: now.rises for name, now in tested.items() if now.passes}
    next_day = (
        last is not None
        and verdicts.get(PRIMARY) == "seen"
        and also_next_day(days[: last - before], rises[PRIMARY], last)
    )
    patterns = []
    for name, pairs in usable(days, followed, periods).items():
        inflation = variance_inflation(pairs)
        counts = counts_of(pairs)
        patterns.append(
            Pattern(
                exposure=name,
                verdict=verdicts.get(name, "too_early"),
                counts=counts,
                inflation=inflation,
                interval=difference_interval(counts, inflation),
                p=tested[name].p if name in tested else None,
                next_day=counts_of([pair for pair, _ in _next_days(days)]) if name == PRIMARY and next_day else None,
                cycles=cycles(days, periods) if name == PERIOD else None,
            )
        )
    recent = [day for day in days[-WINDOW:] if day.logged]
    return Look(day, last, following, len(recent), sum(day.late for day in recent), patterns)


def weigh(days: Sequence[Day], followed: Followed, periods: Collection[date] = ()) -> Mapping[str, Tested]:
    """Test every exposure that has enough days, as if the last of `days` were a checkpoint; earlier finds play no part.

    Enough: 21 usable days in the last 168, five in each margin. To pass, back pain needs p < .014, all others together
    Benjamini-Hochberg at .014, and both a difference of 15 points.
    """
    tried = {name: pairs for name, pairs in usable(days, followed, periods).items() if enough(counts_of(pairs))}
    ps = {name: link_p(pairs)[0] for name, pairs in tried.items()}
    passing = benjamini_hochberg({name: p for name, p in ps.items() if name != PRIMARY}, BUDGET_REST)
    if PRIMARY in ps and ps[PRIMARY] < BUDGET_PRIMARY:
        passing |= {PRIMARY}
    found = {}
    for name, pairs in tried.items():
        difference = counts_of(pairs).difference or 0.0
        found[name] = Tested(ps[name], name in passing and abs(difference) >= SMALLEST_DIFFERENCE, difference > 0)
    return found


def enough(counts: Counts) -> bool:
    return counts.days >= FEWEST_DAYS and counts.smallest_margin >= FEWEST_EACH


def _verdict(now: Tested | None, before: Verdict | None, rose: bool | None) -> Verdict:
    """Return the verdict at a checkpoint, after the verdict `before` at the one before it.

    What was seen stays until p > .20, and is no longer clear either where it has turned round or cannot be tested any
    more. What has faded is seen again only when it passes again.
    """
    if now is not None and now.passes:
        return "seen"
    if before == "seen":
        return "seen" if now is not None and now.p <= FADES_ABOVE and now.rises == rose else "faded"
    if before == "faded":
        return "faded"
    return "too_early" if now is None else "nothing"


def exposures(days: Sequence[Day], followed: Followed, periods: Collection[date] = ()) -> Mapping[str, Known]:
    """Return for each exposure whether it was there, one value for each of `days`; first our own, then the factors.

    Each is known or not for itself. Sleep is "last night", before the day's headache; all others have no direction.
    """
    own: dict[str, Known] = {
        PRIMARY: [back_day(day.answers) for day in days],
        "neck_day": _neck_days(days),
        "short_night": [_short(day.answers) for day in days],
        "poor_sleep": [_poor(day.answers, "sleep_quality") for day in days],
        "unusual_night": _unusual_nights(days),
        "poor_posture": [_poor(day.answers, "posture") for day in days],
        PERIOD: _period_window(days, periods),
    }
    codes = sorted({code for day in days for code in followed.get(day.day, ())})
    return own | {code: [_factor(day, code, followed) for day in days] for code in codes}


def cycles(days: Sequence[Day], periods: Collection[date]) -> Cycles:
    """Return how many of the periods in the last 168 days had a headache in their window, of those with any answer."""
    heads = {day.day: headache_day(day.answers) for day in days[-WINDOW:]}
    known = []
    for first in sorted(set(periods) & heads.keys()):
        window = [heads.get(first + timedelta(days=n)) for n in range(-BEFORE_PERIOD.days, AFTER_PERIOD.days + 1)]
        if any(value is not None for value in window):
            known.append(True in window)
    return Cycles(sum(known), len(known))


def also_next_day(days: Sequence[Day], rises: bool, day: int) -> bool:
    """Tell whether headaches also went with the back pain of the day before, on a checkpoint `day` from 84 on.

    A same-day link alone makes a naive look at the next day find one in 20–57 % of people in half a year; so both
    Cochran-Mantel-Haenszel within yesterday's headache and within that × today's back pain must be below .01 (content
    notes 4.7), with the data minimum, the smallest difference and the direction of the pattern itself.
    """
    rows = _next_days(days)
    counts = counts_of([pair for pair, _ in rows])
    if day < NEXT_DAY_FROM or not enough(counts):
        return False
    difference = counts.difference or 0.0
    if abs(difference) < SMALLEST_DIFFERENCE or (difference > 0) != rises:
        return False
    by_yesterday = _strata((yesterday, (x, y)) for (_, x, y), (yesterday, _) in rows)
    by_both = _strata((both, (x, y)) for (_, x, y), both in rows)
    return max(stratified_p(by_yesterday), stratified_p(by_both)) < NEXT_DAY_ALPHA


def _next_days(days: Sequence[Day]) -> Sequence[tuple[Pair, tuple[bool, bool]]]:
    """Return (day, back pain the day before, headache) with (headache the day before, back pain), all four known."""
    found = []
    for before, day in pairwise(days[-WINDOW:]):
        x, yesterday = back_day(before.answers), headache_day(before.answers)
        today, y = back_day(day.answers), headache_day(day.answers)
        if x is not None and yesterday is not None and today is not None and y is not None:
            found.append(((day.day, x, y), (yesterday, today)))
    return found


def _strata(rows: Iterable[tuple[object, tuple[bool, bool]]]) -> Collection[Sequence[tuple[bool, bool]]]:
    strata: dict[object, list[tuple[bool, bool]]] = {}
    for stratum, row in rows:
        strata.setdefault(stratum, []).append(row)
    return strata.values()


def usable(days: Sequence[Day], followed: Followed, periods: Collection[date] = ()) -> Mapping[str, Sequence[Pair]]:
    """Return the usable days of the last 168 for each exposure that has any."""
    recent = days[-WINDOW - USUAL_NIGHTS :]  # the first night of the window has its usual, too
    heads = [headache_day(day.answers) for day in recent]
    found = {}
    for name, values in exposures(recent, followed, periods).items():
        rows = list(zip(recent, values, heads, strict=True))[-WINDOW:]
        pairs = [(day.day, x, y) for day, x, y in rows if x is not None and y is not None]
        if pairs:
            found[name] = pairs
    return found


def _poor(answers: Answers, key: str) -> bool | None:
    value = answers.get(key)
    return value <= POOR if isinstance(value, int) else None


def _short(answers: Answers) -> bool | None:
    """Tell whether less than 6 hours were slept; "All fine today" says 6 or more, so it was not short."""
    night = answers.get("sleep_hours")
    if not isinstance(night, Hours):
        return None
    if night.low >= SHORT_NIGHT:
        return False
    return True if night.high <= SHORT_NIGHT else None


def _neck_days(days: Sequence[Day]) -> Known:
    scored = [day.answers for day in days[-WINDOW:] if isinstance(day.answers.get("back"), int)]
    untold = sum(neck_day(answers) is None for answers in scored)
    return [neck_day(day.answers) for day in days] if _told_enough(untold, len(scored)) else [None] * len(days)


def _unusual_nights(days: Sequence[Day]) -> Known:
    """Tell for each night whether it was 1.5 hours or more off the median of the 28 nights before it."""
    nights = [night if isinstance(night := day.answers.get("sleep_hours"), Hours) else None for day in days]
    hours = [night.middle if night else None for night in nights]
    window = [night for night in nights[-WINDOW:] if night]
    if not _told_enough(sum(night.middle is None for night in window), len(window)):
        return [None] * len(days)
    found: list[bool | None] = []
    for n, slept in enumerate(hours):
        before = [each for each in hours[max(0, n - USUAL_NIGHTS) : n] if each is not None]
        known = slept is not None and len(before) >= FEWEST_USUAL
        found.append(abs(slept - median(before)) >= UNUSUAL_HOURS if known and slept is not None else None)
    return found


def _told_enough(untold: int, of: int) -> bool:
    return untold <= MOST_UNTOLD * of


def _factor(day: Day, code: str, followed: Followed) -> bool | None:
    ticked = day.answers.get("factors")
    if code not in followed.get(day.day, ()) or not isinstance(ticked, frozenset) or not ticked:
        return None
    return code in ticked


def _period_window(days: Sequence[Day], periods: Collection[date]) -> Known:
    """Tell for each day whether it was in the window of a period, from the third noted one on.

    A day outside is known between two noted periods, and for the three weeks after the last one.
    """
    if not days:
        return []
    firsts = sorted(first for first in set(periods) if days[-WINDOW:][0].day <= first <= days[-1].day)
    if len(firsts) < FEWEST_CYCLES:
        return [None] * len(days)
    value: dict[date, bool] = {}
    for first, following in zip(firsts, [*firsts[1:], None], strict=True):
        apart = following - first if following and following - first <= LONGEST_CYCLE else SHORTEST_CYCLE
        value |= {first + timedelta(days=n): False for n in range(apart.days)}
    for first in firsts:
        whole = range(-BEFORE_PERIOD.days, AFTER_PERIOD.days + 1)
        value |= {first + timedelta(days=n): True for n in whole}
    return [value.get(day.day) for day in days]
