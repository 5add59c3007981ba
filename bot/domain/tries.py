"""A planned try: one change, some days with it and some without, by lot; and what the days say when it is over.

A trial in one person. Days go in blocks of two; of each two blocks in a row the lot takes one for the change. Slow
drift, weekdays and spells of headache then meet both sides alike, and the lot itself is the yardstick: what the days
show is compared with what every other outcome of the lot would have shown on the same days (randomisation test of a
randomised block design: Edgington and Onghena, Randomization Tests, 4th ed. 2007). That holds for any series
of headaches, however they cluster. Days count by the side the lot gave them, whether or not the change was made: what
people leave out depends on how they feel, and that must not choose the sides (analysis by intention to treat).
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from hashlib import sha256
from math import sqrt
from statistics import NormalDist
from typing import Literal

from bot.domain.before_after import Count, count
from bot.domain.checkin import relevant
from bot.domain.history import Day
from bot.domain.rules import headache_day


@dataclass(frozen=True)
class Change:
    """What can be tried. Headaches are looked for `lag` days later: an evening's change can only show the day after.

    `at` is the local time of its reminder, unless the person sets another.
    """

    key: str
    lag: int
    at: time


# Nothing about medicine, and none in a person's own words: it could be about medicine.
CHANGES: tuple[Change, ...] = (
    Change("evening_stretch", 1, time(20, 30)),
    Change("screens_off", 1, time(20, 30)),
    Change("more_sleep", 1, time(20, 30)),
    Change("evening_calm", 1, time(20, 30)),
    Change("breaks", 0, time(9)),
    Change("neck_exercise", 0, time(10)),
    Change("walk", 0, time(10)),
    Change("water", 0, time(9)),
    Change("regular_meals", 0, time(8)),
)
BY_KEY: Mapping[str, Change] = {change.key: change for change in CHANGES}

WEEKS: tuple[int, ...] = (8, 16, 24)
"""How long a try can be."""

BLOCK = 2
"""Days in a block. Two blocks are four days, so that pairs move through the weekdays. Longer blocks would be easier to
live by and blur less where a change works on for a day, but eight weeks would have too few for the lot to say anything:
with seven-day blocks the smallest p of eight weeks is 1/8."""

PAIR = 2 * BLOCK
FEWEST_PAIRS = 6
"""With five pairs no result could stand out: the smallest p is 2/2⁵, over .05."""

FEWEST_DAYS = 5
"""Known days with the change, without it, with a headache and without one, each, below which nothing is said but the
counts (the project's choice, as for patterns)."""

LOOK_BACK = 56
FEWEST_KNOWN = 20
"""Days looked back on for a person's own rate, and how many of them have to be known (the project's choice)."""

LEVEL = 0.05
SCALE = 1000
"""What the first day of a try weighs; each later one weighs 1 more."""


@dataclass(frozen=True)
class Try:
    """A try of `weeks` from the local date `start` on. ValueError for a change or length that is not offered.

    `seed` is the instant of the tap that began it, in microseconds since 1970, and is kept: nobody aims that well, and
    the lot of every pair follows from it. `ended`: the local date on which it was ended by request.
    """

    change: str
    start: date
    weeks: int
    seed: int
    ended: date | None = None

    def __post_init__(self) -> None:
        if self.change not in BY_KEY or self.weeks not in WEEKS:
            raise ValueError("no such change or length")

    @property
    def lag(self) -> timedelta:
        return timedelta(days=BY_KEY[self.change].lag)

    @property
    def pairs(self) -> int:
        return self.weeks * 7 // PAIR

    @property
    def last(self) -> date:
        """The last day that is with or without the change."""
        return self.start + timedelta(days=self.weeks * 7 - 1)

    @property
    def due(self) -> date:
        """The first day on which all of it is over and the result can be told; the day it was ended on, if it was."""
        over = self.last + self.lag + timedelta(days=1)
        return min(self.ended or over, over)


Verdict = Literal["fewer", "more", "unclear", "too_few"]


@dataclass(frozen=True)
class Kept:
    """How often the change was made: on `done` of the `told` days for which the person said so or said no."""

    done: int
    told: int


@dataclass(frozen=True)
class Result:
    """What a try's whole pairs show, by the side the lot gave each day.

    `pairs` of `planned` were whole; `early`: it was ended before all were. `p` is two-sided; `interval` the difference
    in headache days, with − without, in percentage points (95 %). "fewer" and "more" mean p ≤ .05 and an interval
    without 0; "too_few": under six pairs, or five days of a sort (`FEWEST_DAYS`), then there is neither p nor interval.
    """

    with_change: Count
    without: Count
    kept: Kept
    kept_without: Kept
    pairs: int
    planned: int
    early: bool
    p: float | None
    interval: tuple[int, int] | None
    verdict: Verdict


def on(a_try: Try, day: date) -> bool | None:
    """Tell whether a local day is with the change (True) or without it (False); None outside the try.

    The lot is a bit of SHA-256, not of `random`: it must be the same in every version of Python.
    """
    n = (day - a_try.start).days
    if not 0 <= n < a_try.weeks * 7 or (a_try.ended is not None and day >= a_try.ended):
        return None
    pair, place = divmod(n, PAIR)
    first = sha256(f"{a_try.seed}:{pair}".encode()).digest()[0] & 1 == 1
    return first == (place < BLOCK)


@dataclass(frozen=True)
class Asked:
    """What a card asks: whether `change` was made on `day`, which the lot made one `with_it` or without."""

    change: str
    day: date
    with_it: bool


def asked_on(a_try: Try, day: date) -> Asked | None:
    """Return what the card of `day` asks; None where it asks nothing.

    Asked for is the day whose headaches are looked for on the card: of an evening's change the evening before, since
    the card comes when this one is still ahead.
    """
    about = day - a_try.lag
    side = on(a_try, about) if day < a_try.due else None
    return None if side is None else Asked(a_try.change, about, side)


def done_on(a_try: Try, days: Sequence[Day]) -> Mapping[date, bool]:
    """Return for the days that were asked for whether the change was made, where the card of `days` says so."""
    answers = {day.day - a_try.lag: day.answers.get("try") for day in days if asked_on(a_try, day.day)}
    return {day: answer == "done" for day, answer in answers.items() if answer is not None}


def kept(a_try: Try, done: Mapping[date, bool], until: date) -> tuple[Kept, Kept]:
    """Return how often the change was made on the days with it and on those without it that lie before `until`."""
    sides = [[done[day] for day in done if day < until and on(a_try, day) is wanted] for wanted in (True, False)]
    with_it, without = (Kept(sum(side), len(side)) for side in sides)
    return with_it, without


def result(a_try: Try, days: Sequence[Day], done: Mapping[date, bool], today: date) -> Result | None:
    """Return the result; None while the try is on, since looking now and then and stopping at will finds anything.

    `done`: local date → whether the change was made, where the person said so. Of a try that was ended, a pair counts
    when its last day, and the day its headaches are looked for, lay before that day. Days without an answer are
    unknown, on neither side's count.
    """
    if today < a_try.due:
        return None
    whole = max(0, (a_try.due - a_try.start - a_try.lag).days) // PAIR
    sides = [(day, on(a_try, day) is True) for day in (a_try.start + timedelta(days=n) for n in range(whole * PAIR))]
    heads = _heads(a_try, days)
    pairs = weighed([(side, heads.get(day)) for day, side in sides])
    counts = [_count([heads.get(day) for day, side in sides if side is wanted]) for wanted in (True, False)]
    with_it, without = kept(a_try, done, a_try.start + timedelta(days=whole * PAIR))
    enough = whole >= FEWEST_PAIRS and _enough(*counts)
    interval = interval_of(pairs) if enough else None
    return Result(
        with_change=counts[0],
        without=counts[1],
        kept=with_it,
        kept_without=without,
        pairs=whole,
        planned=a_try.pairs,
        early=whole < a_try.pairs,
        p=p_of(differences(pairs)) if enough else None,
        interval=interval,
        verdict=_verdict(interval),
    )


def _heads(a_try: Try, days: Sequence[Day]) -> Mapping[date, bool | None]:
    """Return for each day of the change whether a headache was noted on the day it is looked for; None: unknown."""
    return {day.day - a_try.lag: headache_day(relevant(day.answers)) for day in days}


def _count(heads: Sequence[bool | None]) -> Count:
    return Count(sum(head is True for head in heads), sum(head is not None for head in heads))


def _enough(with_change: Count, without: Count) -> bool:
    headache, known = with_change.headache + without.headache, with_change.known + without.known
    return min(with_change.known, without.known, headache, known - headache) >= FEWEST_DAYS


def _verdict(interval: tuple[int, int] | None) -> Verdict:
    if interval is None:
        return "too_few"
    low, high = interval
    return "fewer" if high < 0 else "more" if low > 0 else "unclear"


@dataclass(frozen=True)
class Pair:
    """Two blocks, with the change and without: known days, and the headache days among them by weight.

    Day n of a try, counted from 0, weighs 1000 + n. By bare counts many outcomes of the lot tie with the one that was
    drawn, and ties speak against a finding: in eight weeks 1 in 5 people would find a halving at 40 % rather than
    3 in 10. Later days weigh a trifle more since the change has had more time by then.
    """

    headache: int
    known: int
    headache_without: int
    known_without: int


def weighed(days: Sequence[tuple[bool, bool | None]]) -> Sequence[Pair]:
    """Sum up (with the change?, headache?) of the days of a try, from its first day on, pair by pair."""
    pairs = []
    for begin in range(0, len(days), PAIR):
        sums = {True: [0, 0], False: [0, 0]}
        for n, (side, head) in enumerate(days[begin : begin + PAIR], begin):
            if head is not None:
                sums[side][0] += head * (SCALE + n)
                sums[side][1] += 1
        pairs.append(Pair(*sums[True], *sums[False]))
    return pairs


def differences(pairs: Sequence[Pair], shift: int = 0) -> list[int]:
    """Return each pair's headaches with − without beyond what the known days let expect, by weight.

    `shift` percentage points are first taken off every known day with the change. The sum over all pairs is
    2 · K₁ · K₀ / (K₁ + K₀) · (rate with − rate without − shift), with K the known days of each side: a side on which
    more days were answered is not the worse for it. Were the lot of a pair the other one, its number would only change
    its sign; rounding keeps that.
    """
    known = sum(pair.known for pair in pairs)
    total = known + sum(pair.known_without for pair in pairs)
    if total == 0:
        return [0] * len(pairs)
    taken = shift / 100 * (SCALE + (len(pairs) * PAIR - 1) / 2)
    mean = (sum(pair.headache + pair.headache_without for pair in pairs) - taken * known) / total
    return [
        round(
            pair.headache - pair.headache_without - taken * pair.known - mean * (pair.known - pair.known_without),
        )
        for pair in pairs
    ]


def p_of(differences: Sequence[int]) -> float:
    """Return the exact two-sided p of the pairs' differences: how many of all 2ⁿ outcomes of the lot have a sum at
    least as far from 0. With no difference at all it is 1."""
    total = sum(differences)
    if total == 0:
        return 1.0
    return min(1.0, 2 * _as_far([each if total > 0 else -each for each in differences]))


def _as_far(differences: Sequence[int]) -> float:
    """Return the share of the lot's outcomes whose sum is not below the one drawn.

    Another outcome turns some pairs round and takes twice their sum away; so it counts where the pairs turned round sum
    to 0 or less. Subsets are counted by their sum, all at once: the number of those with sum s is the s-th digit of
    ∏(1 + B^|d|), with B over 2ⁿ so that digits never carry (a pair with a negative difference is turned by not being
    taken). The digits up to the sum wanted are added up as the remainder of division by B − 1.
    """
    bits = len(differences) + 1
    subsets = 1
    for each in differences:
        subsets += subsets << bits * abs(each)
    below = -sum(each for each in differences if each < 0)
    counted = subsets & (1 << bits * (below + 1)) - 1
    return (counted % ((1 << bits) - 1)) / (1 << len(differences))


def interval_of(pairs: Sequence[Pair]) -> tuple[int, int]:
    """Return the differences with − without, lowest and highest in whole percentage points, that p > .05 leaves.

    The test turned round (Edgington and Onghena 2007; Garthwaite 1996, Biometrics 52:1387): a shift of so many points
    is taken off the days with the change, and stays when the rest does not stand out. It is about these days, not those
    to come; that the shift is the same on every day is a simplification, whose cost `benchmarks/tries.py` measures. It
    leaves 0 out exactly where p is at most .05. Within −100 to 100; all of it where nothing is known.
    """

    def excluded(shift: int, sign: int) -> bool:
        moved = [sign * each for each in differences(pairs, shift)]
        return sum(moved) > 0 and 2 * _as_far(moved) <= LEVEL

    # What is excluded on one side stays so further out, since each pair's difference falls with the shift.
    low = bisect_left(range(-100, 100), 1, key=lambda shift: not excluded(shift, 1)) - 100
    high = bisect_left(range(-99, 101), 1, key=lambda shift: excluded(shift, -1)) - 100
    # Only where all of it lies between two whole points do the ends change places.
    return min(low, high), max(low, high)


@dataclass(frozen=True)
class Own:
    """A person's last weeks: the share of known days with a headache, and the share of all days that are known, 0–1."""

    rate: float
    answered: float


def own(days: Sequence[Day], today: date) -> Own | None:
    """Return what the 8 weeks before `today` show, from the first known day in them on; None under 20 known days."""
    since = today - timedelta(days=LOOK_BACK)
    first = min((day.day for day in days if count([day], since, today).known), default=today)
    seen = count(days, since, today)
    return Own(seen.headache / seen.known, seen.known / (today - first).days) if seen.known >= FEWEST_KNOWN else None


def chance(rate: float, weeks: int, answered: float = 1.0) -> float:
    """Return how likely a try of `weeks` stands out, 0–1, if the change truly halves the days with headache.

    `rate`: share of days with headache without the change; `answered`: share of days that get an answer. A normal
    approximation; its four figures are fitted to simulated tries (`benchmarks/tries.py`), whose truth it meets within
    5 points at rates from 20 to 60 %, for headaches that come independently or in Markov chains (memory .3 and .6).
    Where they come in long waves (latent memory .8) it is up to 13 points too low. It takes the change to work at once:
    where half of its effect comes a day later, and goes a day later, the chance is about half of this.
    """
    each_side = weeks * 7 / 2
    if rate <= 0 or answered <= 0:
        return 0.0
    half = rate / 2
    noise = sqrt((rate * (1 - rate) + half * (1 - half)) / (each_side * answered))
    return NormalDist().cdf(0.83 * half / noise - 1.51 - (3.8 + 3 / rate) / each_side)
