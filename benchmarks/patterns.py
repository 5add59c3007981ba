"""How often a pattern is told that is not there, and how often one that is there is found.

Simulated people, own seeds, plain Python; 15 % of days missing in runs. Limits: in each world without a link at most
6 % of single tests below .05; of people without any pattern at most 5 % are told one within 26 weeks with 12 factors;
three times as many headaches with back pain (30 % of days each) are told by day 182 to at least 90 %.

    python benchmarks/patterns.py [people]

Of people who tap "All fine today" always, half of the time or never, too, each exposure stays within 6 %. A limit is
broken where it is passed by more than two standard errors of the simulation.
"""

import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import NormalDist

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.domain.association import Pair, counts_of, link_p
from bot.domain.checkin import ALL_FINE
from bot.domain.history import Day
from bot.domain.patterns import PRIMARY, enough, look, usable
from bot.domain.questions import Hours, Value

START = date(2026, 1, 1)
MOST_FALSE, MOST_TOLD, FEWEST_FOUND = 6.0, 5.0, 90.0
LEVEL = 0.05
HALF_A_YEAR = 182
RATES = ((0.2, 0.2), (0.3, 0.3), (0.4, 0.2), (0.2, 0.4))
LENGTHS = (56, 90, 180)
FACTORS = frozenset({"stress", "skipped_meal", "alcohol", "weather", "screen", "low_water"})
"""With back, neck, short, poor and unusual nights and posture they are twelve."""

Chance = random.Random
Series = list[bool]


def independent(chance: Chance, n: int, rate: float) -> Series:
    return [chance.random() < rate for _ in range(n)]


def markov(chance: Chance, n: int, rate: float, memory: float) -> Series:
    """A chain whose next day is like today with correlation `memory`."""
    found = [chance.random() < rate]
    while len(found) < n:
        found.append(chance.random() < rate + memory * (found[-1] - rate))
    return found


def latent(chance: Chance, n: int, rate: float, memory: float = 0.8) -> Series:
    """Days on which a hidden autoregressive level is above what it is on a share `rate` of days."""
    above, level, found = NormalDist().inv_cdf(1 - rate), chance.gauss(), []
    for _ in range(n):
        found.append(level > above)
        level = memory * level + (1 - memory**2) ** 0.5 * chance.gauss()
    return found


def episodes(chance: Chance, n: int, rate: float, mean_length: float) -> Series:
    """Spells of about `mean_length` days that together cover a share `rate` of days."""
    found: Series = []
    pause = mean_length * (1 - rate) / rate
    ill = chance.random() < rate
    while len(found) < n:
        length = mean_length if ill else pause
        found += [ill] * max(1, round(chance.expovariate(1 / length)))
        ill = not ill
    return found[:n]


def weekend(chance: Chance, n: int, rate: float) -> Series:
    """Twice as often at weekends."""
    low = rate * 7 / 9
    return [chance.random() < low * (2 if (START + timedelta(days=t)).weekday() >= 5 else 1) for t in range(n)]


def trend(chance: Chance, n: int, rate: float) -> Series:
    """Three times as often in the beginning as in the end, falling evenly."""
    return [chance.random() < rate * (1.5 - t / n) for t in range(n)]


World = Callable[[Chance, int, float, float], tuple[Series, Series]]
"""(chance, days, exposure's rate, headache's rate) → exposure and headache, that have nothing to do with each other."""

WORLDS: Mapping[str, World] = {
    "independent": lambda c, n, x, y: (independent(c, n, x), independent(c, n, y)),
    "Markov .3/.3": lambda c, n, x, y: (markov(c, n, x, 0.3), markov(c, n, y, 0.3)),
    "Markov .6/.3": lambda c, n, x, y: (markov(c, n, x, 0.6), markov(c, n, y, 0.3)),
    "Markov .6/.6": lambda c, n, x, y: (markov(c, n, x, 0.6), markov(c, n, y, 0.6)),
    "latent AR .8/.8": lambda c, n, x, y: (latent(c, n, x), latent(c, n, y)),
    "episodes": lambda c, n, x, y: (episodes(c, n, x, 5), episodes(c, n, y, 1.5)),
    "weekends": lambda c, n, x, y: (weekend(c, n, x), weekend(c, n, y)),
    "trend": lambda c, n, x, y: (trend(c, n, x), trend(c, n, y)),
}


def answered(chance: Chance, n: int) -> Series:
    """85 % of days, the others in runs of two or three."""
    return [not missing for missing in markov(chance, n, 0.15, 0.5)]


def linked(chance: Chance, back: Series, rate: float, times: float, memory: float) -> Series:
    """Headaches `times` as often on back-pain days (30 % of days), a share `rate` in all, with memory of their own."""
    low = rate / (1 + 0.3 * (times - 1))
    shares = [low * times if x else low for x in back]
    found: Series = []
    for t, share in enumerate(shares):
        lean = memory * (found[-1] - shares[t - 1]) if found else 0.0
        found.append(chance.random() < share + lean)
    return found


@dataclass(frozen=True)
class Life:
    """What really was, one value a day."""

    head: Series
    back: Series
    neck: Series
    hours: list[float]
    poor_sleep: Series
    poor_posture: Series
    factors: Mapping[str, Series]

    def fine(self, t: int) -> bool:
        return (
            not (self.head[t] or self.back[t] or self.neck[t] or self.hours[t] < 6 or self.poor_sleep[t])
            and not self.poor_posture[t]
        )


def a_life(chance: Chance, n: int, memory: float, usual: float = 7.5) -> Life:
    """Nobody's anything has to do with anybody's headache: all series are drawn apart."""

    def series(low: float = 0.1, high: float = 0.4) -> Series:
        return markov(chance, n, chance.uniform(low, high), memory)

    return Life(
        head=series(),
        back=series(),
        neck=series(0.05, 0.3),
        hours=[max(2.0, min(12.0, round(chance.gauss(usual, 1.2) * 4) / 4)) for _ in range(n)],
        poor_sleep=series(0.05, 0.4),
        poor_posture=series(0.05, 0.4),
        factors={code: series() for code in FACTORS},
    )


def answers(life: Life, t: int, all_fine: bool) -> dict[str, Value | None]:
    ticked = frozenset(code for code, series in life.factors.items() if series[t]) or frozenset({"none"})
    if all_fine:
        return {**ALL_FINE, "factors": ticked}
    regions = frozenset(name for name, there in (("neck", life.neck[t]), ("lower", life.back[t])) if there)
    found: dict[str, Value | None] = {
        "headache": 5 if life.head[t] else 0,
        "back": 4 if regions else 0,
        "sleep_hours": Hours(life.hours[t], life.hours[t]),
        "sleep_quality": 2 if life.poor_sleep[t] else 4,
        "posture": 2 if life.poor_posture[t] else 4,
        "factors": ticked,
    }
    return found | {"back_region": regions} if regions else found


def diary(chance: Chance, life: Life, tap: float) -> list[Day]:
    """Write down a life; `tap`: how often "All fine today" is tapped on a day that is fine."""
    kept = answered(chance, len(life.head))
    return [
        Day(START + timedelta(days=t), answers(life, t, life.fine(t) and chance.random() < tap) if there else {})
        for t, there in enumerate(kept)
    ]


def on_offer(n: int) -> Mapping[date, frozenset[str]]:
    return {START + timedelta(days=t): FACTORS for t in range(n)}


def percent(hits: Iterable[bool]) -> tuple[float, int]:
    counted = list(hits)
    return (100 * sum(counted) / len(counted) if counted else 0.0), len(counted)


def false_alarms(chance: Chance, world: World, people: int) -> tuple[float, int]:
    """Percent below .05 of the tests that had enough days."""
    hits = []
    for x_rate, y_rate in RATES:
        for n in LENGTHS:
            for _ in range(people // 2):
                x, y = world(chance, n, x_rate, y_rate)
                kept = answered(chance, n)
                pairs: Sequence[Pair] = [(START + timedelta(days=t), x[t], y[t]) for t in range(n) if kept[t]]
                if enough(counts_of(pairs)):
                    hits.append(link_p(pairs)[0] < LEVEL)
    return percent(hits)


def told(chance: Chance, people: int, memory: float, tap: float) -> tuple[float, int]:
    """Percent of people who are told anything at any of the checkpoints within half a year."""
    offered = on_offer(HALF_A_YEAR)
    hits = []
    for _ in range(people):
        days = diary(chance, a_life(chance, HALF_A_YEAR, memory), tap)
        hits.append(look(days, offered).verdict in ("seen", "faded"))
    return percent(hits)


def found(chance: Chance, people: int, times: float, memory: float) -> tuple[float, float, int]:
    """Percent who are told of their back by half a year, percent of these told of the next day too, people."""
    seen, next_day = [], []
    for _ in range(people):
        life = a_life(chance, HALF_A_YEAR, 0.3)
        back = markov(chance, HALF_A_YEAR, 0.3, memory)
        head = linked(chance, back, 0.3, times, 0.3)
        life = Life(head, back, life.neck, life.hours, life.poor_sleep, life.poor_posture, life.factors)
        pattern = look(diary(chance, life, 0), on_offer(HALF_A_YEAR)).pattern(PRIMARY)
        seen.append(pattern is not None and pattern.verdict == "seen")
        if seen[-1] and pattern is not None:
            next_day.append(pattern.next_day is not None)
    return percent(seen)[0], percent(next_day)[0], people


def fine_world(chance: Chance, people: int, tap: float, n: int) -> Mapping[str, tuple[float, int]]:
    """Percent below .05 for each exposure, of the people for whom it was tested."""
    hits: dict[str, list[bool]] = {}
    for _ in range(people):
        life = a_life(chance, n, 0.3, usual=chance.uniform(6.25, 8))
        for name, pairs in usable(diary(chance, life, tap), {}).items():
            if enough(counts_of(pairs)):
                hits.setdefault(name, []).append(link_p(pairs)[0] < LEVEL)
    return {name: percent(each) for name, each in hits.items()}


def broken(percent_: float, limit: float, tries: int) -> bool:
    """Tell whether a figure is above its limit by more than chance would put it there (two standard errors)."""
    return percent_ > limit + 200 * (limit / 100 * (1 - limit / 100) / max(tries, 1)) ** 0.5


def main(people: int) -> int:
    chance = random.Random(6)
    wrong = 0

    def line(name: str, figure: float, limit: float, tries: int) -> None:
        nonlocal wrong
        bad = broken(figure, limit, tries)
        wrong += bad
        said = "   BROKEN" if bad else ""
        print(f"{name:<52} {figure:5.1f} %   (at most {limit:.0f} %, {tries:,} tries){said}")

    for name, world in WORLDS.items():
        line(f"no link, {name}: single tests below .05", *_with_limit(false_alarms(chance, world, people), MOST_FALSE))
    for tap, often in ((0.0, "never"), (0.5, "half the time"), (1.0, "always")):
        for exposure, figure in sorted(fine_world(chance, people, tap, HALF_A_YEAR).items()):
            line(f"“All fine” {often}, {exposure}", *_with_limit(figure, MOST_FALSE))
    for memory in (0.0, 0.3, 0.6):
        figure = told(chance, people * 2, memory, 0.5)
        line(f"no pattern, memory {memory}: people told one in 26 weeks", *_with_limit(figure, MOST_TOLD))
    seen, next_day, tries = found(chance, people, 3, 0.3)
    missed = broken(100 - seen, 100 - FEWEST_FOUND, tries)
    print(f"three times as often, told by day {HALF_A_YEAR}: {seen:.1f} % (at least {FEWEST_FOUND:.0f} %)")
    print(f"of these told of the next day too: {next_day:.1f} %")
    print(f"{people} people a world, limits broken: {wrong + missed}")
    return 1 if wrong or missed else 0


def _with_limit(figure: tuple[float, int], limit: float) -> tuple[float, float, int]:
    return figure[0], limit, figure[1]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
