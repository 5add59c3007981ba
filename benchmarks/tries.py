"""Planned tries of simulated people: how often one without any effect stands out, and whether the chance told is true.

Null worlds: headaches that come independently, in Markov chains (memory .3 and .6), in long waves (latent memory .8),
twice as often at weekends, less and less over the weeks (1.5 to 0.5 times the rate), and from a person who answers on
95 % of the days with the change and on 60 % of those without. Power: the change halves the rate at once. Everything is
drawn with one seed, so the figures are the same on every run.

Limits: at most 5 % false in each world; the chance told within 5 points of the simulated one, and in the world of long
waves, where it is known to be too low, at most 5 points above it; at least 95 % of intervals hold the true difference.
The exact 5 % and 95 % get two standard errors of the simulation on top; the limit of 5 points gets none.
With a number as argument: so many people in each cell of power, half or a third of them in the others.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from math import erfc, sqrt
from statistics import median

from bot.domain.history import Day
from bot.domain.tries import (
    BLOCK,
    FEWEST_DAYS,
    PAIR,
    WEEKS,
    Try,
    chance,
    differences,
    interval_of,
    p_of,
    result,
    weighed,
)

PEOPLE = 1200
RATES = (0.2, 0.3, 0.4, 0.6)
LEVEL = 0.05
START = date(2026, 3, 2)
ANSWERED = 0.85
FIGURES: list[str] = []
"""What is printed last."""

Luck = Sequence[float]
"""For each day a number, uniform on 0–1 by itself: a headache comes where it is below the day's rate."""
Known = Sequence[tuple[bool, bool | None]]


def independent(rate: float, days: int, chances: random.Random) -> Luck:
    return [chances.random() for _ in range(days)]


def markov(memory: float) -> Callable[[float, int, random.Random], Luck]:
    """Headaches of a two-state chain at `rate`; what the change takes away it takes from each headache by itself."""

    def luck(rate: float, days: int, chances: random.Random) -> Luck:
        head, found = chances.random() < rate, []
        for _ in range(days):
            found.append(chances.random() * rate if head else rate + chances.random() * (1 - rate))
            head = chances.random() < rate + (memory * (1 - rate) if head else -memory * rate)
        return found

    return luck


def waves(memory: float) -> Callable[[float, int, random.Random], Luck]:
    def luck(rate: float, days: int, chances: random.Random) -> Luck:
        level, found = chances.gauss(0, 1), []
        for _ in range(days):
            found.append(erfc(level / sqrt(2)) / 2)
            level = memory * level + sqrt(1 - memory**2) * chances.gauss(0, 1)
        return found

    return luck


def weekends(rate: float, days: int, chances: random.Random) -> Luck:
    return [chances.random() / (7 / 9 if n % 7 < 5 else 14 / 9) for n in range(days)]


def trend(rate: float, days: int, chances: random.Random) -> Luck:
    return [chances.random() / (1.5 - n / days) for n in range(days)]


CLUSTERED: dict[str, Callable[[float, int, random.Random], Luck]] = {
    "independent": independent,
    "Markov .3": markov(0.3),
    "Markov .6": markov(0.6),
    "waves .8": waves(0.8),
}
WORLDS = {**CLUSTERED, "weekends": weekends, "trend": trend, "answers more with": independent}


def lived(
    world: str,
    rate: float,
    weeks: int,
    chances: random.Random,
    *,
    left: float = 1,
    answered: float = 1,
    carried: float = 0,
) -> Known:
    """Return (with the change?, headache?) of each day of a try in this world; with it `left` of the rate remains."""
    luck = WORLDS[world](rate, weeks * 7, chances)
    answers = (0.95, 0.6) if world == "answers more with" else (answered, answered)
    return sided(luck, rate, chances, left=left, answered=answers[0], answered_without=answers[1], carried=carried)


def sided(
    luck: Luck,
    rate: float,
    chances: random.Random,
    *,
    left: float,
    answered: float,
    answered_without: float | None = None,
    carried: float = 0,
) -> Known:
    """Draw the lot. `carried`: so much of a day's effect is that of the day before, whichever side it was on."""
    sides = [first == (n < BLOCK) for first in _lots(len(luck), chances) for n in range(PAIR)]
    days: list[tuple[bool, bool | None]] = []
    for n, side in enumerate(sides):
        effect = (1 - carried) * side + carried * (sides[n - 1] if n else False)
        known = chances.random() < (answered if side or answered_without is None else answered_without)
        days.append((side, luck[n] < rate * (1 - (1 - left) * effect) if known else None))
    return days


def _lots(days: int, chances: random.Random) -> list[bool]:
    return [chances.random() < 0.5 for _ in range(days // PAIR)]


def stands_out(days: Known) -> bool:
    heads = [head for _, head in days if head is not None]
    if min(sum(heads), len(heads) - sum(heads)) < FEWEST_DAYS:
        return False
    return p_of(differences(weighed(days))) <= LEVEL


def share(people: int, seed: str, live: Callable[..., Known]) -> float:
    """Return how many of so many lives stand out, 0–1."""
    chances = random.Random(seed)
    return sum(stands_out(live(chances=chances)) for _ in range(people)) / people


def chance_error(people: int) -> float:
    """Return the standard error of a share of 5 % of so many."""
    return sqrt(LEVEL * (1 - LEVEL) / people)


def false_alarms(people: int) -> bool:
    """Print how often nothing stands out as something; the share of a world is over all its rates and lengths."""
    worst = 0.0
    for world in WORLDS:
        cells = [
            share(people, f"none {world} {rate} {weeks}", partial(lived, world, rate, weeks, answered=ANSWERED))
            for rate in RATES
            for weeks in WEEKS
        ]
        mean = sum(cells) / len(cells)
        worst = max(worst, mean)
        print(f"no effect, {world:18} {100 * mean:.1f} % stand out (highest of {len(cells)}: {100 * max(cells):.1f} %)")
    noise = chance_error(people * len(RATES) * len(WEEKS))
    FIGURES.append(
        f"false alarms: at most {100 * worst:.1f} % in any of {len(WORLDS)} worlds "
        f"(limit 5 %, and {200 * noise:.1f} for the simulation's own noise)"
    )
    return worst <= LEVEL + 2 * noise


def chances_told(people: int) -> bool:
    """Print the chance that is told beside the simulated one."""
    worst, low, high = 0.0, 0.0, 0.0
    for world in CLUSTERED:
        for rate in RATES:
            told = [chance(rate, weeks) for weeks in WEEKS]
            true = [
                share(people, f"half {world} {rate} {weeks}", partial(lived, world, rate, weeks, left=0.5))
                for weeks in WEEKS
            ]
            off = [say - found for say, found in zip(told, true, strict=True)]
            if world == "waves .8":
                low, high = min(low, *off), max(high, *off)
            else:
                worst = max(worst, *map(abs, off))
            both = ", ".join(f"{100 * say:.0f} ({100 * found:.0f})" for say, found in zip(told, true, strict=True))
            print(f"halved, {world:12} {rate:.0%}: told (true) % in 8, 16, 24 weeks: {both}")
    at_40 = ", ".join(f"{100 * chance(0.4, weeks):.0f} % in {weeks} weeks" for weeks in WEEKS)
    FIGURES.append(f"told at 40 %: {at_40}")
    FIGURES.append(
        f"chance told: at most {100 * worst:.1f} points off (limit 5); in long waves {-100 * low:.1f} too low, "
        f"{100 * high:.1f} too high (limit 5)"
    )
    return max(worst, high) <= 0.05


def days_missing(people: int) -> bool:
    """Print the same where a person answers on 7 of 10 days."""
    worst = 0.0
    for rate in RATES:
        for weeks in WEEKS:
            few = partial(lived, "independent", rate, weeks, left=0.5, answered=0.7)
            worst = max(worst, abs(share(people, f"few {rate} {weeks}", few) - chance(rate, weeks, 0.7)))
    FIGURES.append(f"chance told with 7 of 10 days answered: at most {100 * worst:.1f} points off (limit 5)")
    return worst <= 0.05


def carried_over(people: int) -> None:
    """Print what a change costs that only half works on its first day, and half on the first day without it."""
    found = [
        share(people, f"carried {weeks}", partial(lived, "independent", 0.4, weeks, left=0.5, carried=0.5))
        for weeks in WEEKS
    ]
    print("halved, 40 %, half of it a day later: " + ", ".join(f"{100 * each:.0f} %" for each in found))


def intervals(people: int) -> bool:
    """Print how many intervals, in rounded points, hold what the change did on the days of the try, known or not."""
    fewest = 1.0
    for world in CLUSTERED:
        for left in (1.0, 0.5):
            held = 0
            chances = random.Random(f"interval {world} {left}")
            for n in range(people):
                rate, weeks = RATES[n % len(RATES)], WEEKS[n % len(WEEKS)]
                luck = WORLDS[world](rate, weeks * 7, chances)
                low, high = interval_of(weighed(sided(luck, rate, chances, left=left, answered=ANSWERED)))
                true = 100 * sum((each < rate * left) - (each < rate) for each in luck) / len(luck)
                held += low - 0.5 <= true <= high + 0.5
            fewest = min(fewest, held / people)
            print(f"interval, {world:12} {left:3.0%} left: holds the true difference in {100 * held / people:.1f} %")
    FIGURES.append(
        f"95 % interval: holds the true difference in at least {100 * fewest:.1f} % "
        f"(limit 95 %, less {200 * chance_error(people):.1f} for the simulation's own noise)"
    )
    return fewest >= 1 - LEVEL - 2 * chance_error(people)


def as_in_the_bot() -> bool:
    """Print what a whole result of 24 weeks takes, from a diary; the median of 20."""
    a_try = Try("screens_off", START, 24, 7)
    chances = random.Random(24)
    taken = []
    for _ in range(20):
        diary = [Day(START + timedelta(n), {"headache": chances.choice([0, 0, 0, 4, 7])}) for n in range(170)]
        begun = time.process_time()
        result(a_try, diary, {}, a_try.due)
        taken.append((time.process_time() - begun) * 1000)
    begun = time.process_time()
    for _ in range(1000):
        chance(0.4, 24)
    microseconds = (time.process_time() - begun) * 1000
    FIGURES.append(f"a result of 24 weeks {median(taken):.0f} ms CPU (limit 100 ms), a chance {microseconds:.0f} µs")
    return median(taken) <= 100


def main() -> int:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    kept = [
        false_alarms(people // 2),
        chances_told(people),
        days_missing(people),
        intervals(people // 3),
        as_in_the_bot(),
    ]
    carried_over(people // 2)
    print(*FIGURES, sep="\n")
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
