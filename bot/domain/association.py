"""Whether two things went together over one person's days, tested so that chance rarely passes for a link.

Days of one person are not independent: pain comes in spells, and weekends differ. Tests that ignore it call 12–20 % of
unrelated series linked. Here two tests must agree, each of which allows for what the other does not; this and the
figures are the content notes' (section 4.2). Nothing here is random: the same days give the same answer.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import mul

Pair = tuple[date, bool, bool]
"""A day on which both were known: the day, whether the exposure was there, whether the outcome was."""

MOST_LAGS = 14
"""Days; memory that reaches further back is not looked for (content notes 4.3)."""

SATURDAY = 5


@dataclass(frozen=True)
class Counts:
    """A two-by-two table of days: how many with the exposure and how many without, and the headache days of each."""

    headache_with: int = 0
    days_with: int = 0
    headache_without: int = 0
    days_without: int = 0

    @property
    def days(self) -> int:
        return self.days_with + self.days_without

    @property
    def smallest_margin(self) -> int:
        """Return the fewest days of: with the exposure, without it, with headache, without headache."""
        headache = self.headache_with + self.headache_without
        return min(self.days_with, self.days_without, headache, self.days - headache)

    @property
    def difference(self) -> float | None:
        """Return the share of headache days with the exposure minus the share without, −1 to 1; None without either."""
        if not self.days_with or not self.days_without:
            return None
        return self.headache_with / self.days_with - self.headache_without / self.days_without

    @property
    def times(self) -> float | None:
        """Return how many times as often the headache came with the exposure; None where that would be no number to
        tell: a group of fewer than 5 days, or a share of zero (content notes 4.9)."""
        if min(self.days_with, self.days_without) < 5 or not self.headache_with or not self.headache_without:
            return None
        return self.headache_with / self.days_with / (self.headache_without / self.days_without)


def counts_of(pairs: Sequence[Pair]) -> Counts:
    exposed = [y for _, x, y in pairs if x]
    other = [y for _, x, y in pairs if not x]
    return Counts(sum(exposed), len(exposed), sum(other), len(other))


def two_sided(z: float) -> float:
    """Return the chance of a standard normal value at least as far from 0 as `z`, 0 to 1."""
    return math.erfc(abs(z) / math.sqrt(2))


def variance_inflation(pairs: Sequence[Pair]) -> float:
    """Return how many days carry as much as one independent day would, ≥ 1: from the memory that both series have.

    `pairs` in the order of the calendar. Autocorrelations up to 14 days are multiplied and summed (Bartlett 1935;
    Pyper & Peterman 1998, Can J Fish Aquat Sci 55:2127). A series that never changes inflates nothing.
    """
    n = len(pairs)
    exposure, outcome = _centred([x for _, x, _ in pairs]), _centred([y for _, _, y in pairs])
    spread = sum(map(mul, exposure, exposure)) * sum(map(mul, outcome, outcome))
    if not spread:
        return 1.0
    lags = range(1, min(MOST_LAGS, n // 4) + 1)
    both = sum((1 - k / n) * _lagged(exposure, k) * _lagged(outcome, k) for k in lags)
    return float(max(1.0, 1 + 2 * both / spread))


def link_p(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Return the p of "no link", 0 to 1, and the variance inflation; `pairs` in the order of the calendar.

    The larger p of two tests, so that both must agree: the phi coefficient by Fisher's z (Fisher 1921) over the number
    of days divided by the inflation, and Cochran-Mantel-Haenszel within yesterday's headache × weekend. Alone the first
    is fooled by weekends, the second by long memory. Fewer than five effective days, or series that never change: 1.
    """
    inflation = variance_inflation(pairs)
    return max(_phi_p(pairs, len(pairs) / inflation), _within_yesterday_and_weekend(pairs)), inflation


def stratified_p(strata: Iterable[Sequence[tuple[bool, bool]]]) -> float:
    """Return the two-sided p of Cochran-Mantel-Haenszel over tables of (exposure, outcome), without continuity
    correction (Mantel & Haenszel 1959, JNCI 22:719); 1 where no stratum can tell anything."""
    off = variance = 0.0
    for stratum in strata:
        n = len(stratum)
        if n < 2:
            continue
        exposed, ill = sum(x for x, _ in stratum), sum(y for _, y in stratum)
        off += sum(x and y for x, y in stratum) - exposed * ill / n
        variance += exposed * (n - exposed) * ill * (n - ill) / (n * n * (n - 1))
    return two_sided(off / math.sqrt(variance)) if variance > 0 else 1.0


def wilson(k: float, n: float, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's score interval of k of n, within 0 to 1 (Wilson 1927, JASA 22:209); n > 0, fractions allowed."""
    p, d = k / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / d
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return max(0.0, centre - half), min(1.0, centre + half)


def difference_interval(counts: Counts, inflation: float) -> tuple[float, float] | None:
    """Return the 95 % interval of the difference of the two shares, −1 to 1; None where a group has no day.

    Newcombe's hybrid score interval (Newcombe 1998, Stat Med 17:873, method 10) with every count divided by the
    inflation: without that it covers 80–92 % instead of 95 % on days with memory (content notes 4.8).
    """
    if not counts.days_with or not counts.days_without:
        return None
    p1, p0 = counts.headache_with / counts.days_with, counts.headache_without / counts.days_without
    low1, high1 = wilson(counts.headache_with / inflation, counts.days_with / inflation)
    low0, high0 = wilson(counts.headache_without / inflation, counts.days_without / inflation)
    return p1 - p0 - math.hypot(p1 - low1, high0 - p0), p1 - p0 + math.hypot(high1 - p1, p0 - low0)


def benjamini_hochberg(ps: Mapping[str, float], q: float) -> frozenset[str]:
    """Return the names whose p holds when the share of false ones among them shall stay below q (Benjamini & Hochberg
    1995, J R Stat Soc B 57:289)."""
    order = sorted(ps, key=lambda name: ps[name])
    kept = max((rank for rank, name in enumerate(order, 1) if ps[name] <= q * rank / len(order)), default=0)
    return frozenset(order[:kept])


def _centred(series: Sequence[bool]) -> list[float]:
    mean = sum(series) / len(series) if series else 0.0
    return [value - mean for value in series]


def _lagged(series: Sequence[float], days: int) -> float:
    return float(sum(map(mul, series, series[days:])))


def _phi_p(pairs: Sequence[Pair], effective_days: float) -> float:
    if effective_days < 5:
        return 1.0
    exposure, outcome = _centred([x for _, x, _ in pairs]), _centred([y for _, _, y in pairs])
    spread = math.sqrt(sum(map(mul, exposure, exposure)) * sum(map(mul, outcome, outcome)))
    phi = sum(map(mul, exposure, outcome)) / spread if spread else 0.0
    return two_sided(math.atanh(max(-0.999, min(0.999, phi))) * math.sqrt(effective_days - 3))


def _within_yesterday_and_weekend(pairs: Sequence[Pair]) -> float:
    strata: dict[tuple[bool | None, bool], list[tuple[bool, bool]]] = {}
    before, then = None, 0
    for day, x, y in pairs:
        today = day.toordinal()
        yesterday = before if today == then + 1 else None
        strata.setdefault((yesterday, day.weekday() >= SATURDAY), []).append((x, y))
        before, then = y, today
    return stratified_p(strata.values())
