"""7, 28 or 90 days in numbers: counts of answered days, gaps counted as gaps, beside as many days before."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.domain.checkin import relevant
from bot.domain.history import Day
from bot.domain.questions import Answers, Hours
from bot.domain.rules import MEDICINE_WINDOW, headache_day, medicine_day

WEEK = 7
LENGTHS = (WEEK, 28, 90)
"""Days that a summary can be about."""
MOST_WEEKS = 13

FEWEST = 3
"""Below this many answered days a summary has no numbers."""

SHORT_NIGHT = 6
"""Hours; a night is short where less than this was slept (content notes, rule `see_sleep`)."""

LONGEST_SAID = 366
ENGLISH: Mapping[str, int] = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
GERMAN: Mapping[str, int] = {"tag": 1, "woche": 7, "monat": 30, "quartal": 90, "jahr": 365}
UNITS: Mapping[str, int] = {**ENGLISH, **GERMAN}
"""How a word for a length begins → its days."""
NUMBERS: Mapping[str, int] = {"two": 2, "three": 3, "four": 4, "zwei": 2, "drei": 3, "vier": 4}
WORD = re.compile(r"\d+|[^\W\d]+")


@dataclass(frozen=True)
class Count:
    """`n` days of `known` ones; `before` is the same of as many days before, None where fewer than three were known."""

    n: int
    known: int
    before: tuple[int, int] | None


@dataclass(frozen=True)
class Summary:
    """Figures of some days. Counts are days; `sleep` is mean hours, `posture` a mean of 1–5, both None without data.

    `medicine` is any medicine for pain, `medicine_lately` its days among the last 30, whatever the length.
    `together` is (back-pain days with headache, back-pain days, other days with headache, other days), of the days
    on which both were answered.
    """

    days: Sequence[Day]
    logged: int
    headache: Count
    back: Count
    medicine: Count
    medicine_lately: int
    sleep: float | None
    nights: int
    short_nights: int
    posture: float | None
    together: tuple[int, int, int, int]


def sore_day(answers: Answers) -> bool | None:
    """Tell whether back or neck hurt at all (score ≥ 1); None = unknown."""
    score = answers.get("back")
    return score >= 1 if isinstance(score, int) else None


def looked_at(length: int) -> int:
    """Return how many days `sum_up` looks at for this length: as many before too, and 30 for medicine."""
    return max(2 * length, MEDICINE_WINDOW)


def sum_up(days: Sequence[Day], length: int) -> Summary:
    """Sum up the last `length` of `days` (oldest first) against as many before; a day not among them is unknown."""
    answers = [relevant(day.answers) for day in days]
    now, before = answers[-length:], answers[-2 * length : -length]
    nights = [value for each in now if isinstance(value := each.get("sleep_hours"), Hours)]
    hours = [middle for night in nights if (middle := night.middle) is not None]
    posture = [value for each in now if isinstance(value := each.get("posture"), int)]
    pairs = [(back, head) for a in now if (back := sore_day(a)) is not None and (head := headache_day(a)) is not None]
    return Summary(
        days=days[-length:],
        logged=sum(day.logged for day in days[-length:]),
        headache=_count(headache_day, now, before),
        back=_count(sore_day, now, before),
        medicine=_count(medicine_day, now, before),
        medicine_lately=sum(medicine_day(each) is True for each in answers[-MEDICINE_WINDOW:]),
        sleep=fmean(hours) if hours else None,
        nights=len(hours),
        short_nights=sum(night.high <= SHORT_NIGHT and night.low < SHORT_NIGHT for night in nights),
        posture=fmean(posture) if posture else None,
        together=(
            sum(back and head for back, head in pairs),
            sum(back for back, _ in pairs),
            sum(head and not back for back, head in pairs),
            sum(not back for back, _ in pairs),
        ),
    )


def weeks_of(days: Sequence[Day]) -> Sequence[Sequence[Day]]:
    """Cut the last 91 days into weeks that end with the last one; the first may be shorter."""
    kept = days[-WEEK * MOST_WEEKS :]
    short = len(kept) % WEEK
    return ([kept[:short]] if short else []) + [kept[n : n + WEEK] for n in range(short, len(kept), WEEK)]


def days_in(week: Sequence[Day], of: Callable[[Answers], bool | None]) -> int | None:
    """Return on how many days of a week it was so; None where fewer than three of them say."""
    n, known = _known(of, [relevant(day.answers) for day in week])
    return n if known >= FEWEST else None


def length_of(words: str) -> int | None:
    """Return the length nearest to a typed one: "28", "30 days", "last month", "three weeks"; None where it is none."""
    found = WORD.findall(words.lower())
    figures = [
        int(word) if word.isdecimal() else NUMBERS[word] for word in found if word.isdecimal() or word in NUMBERS
    ]
    units = [days for word in found for unit, days in UNITS.items() if word.startswith(unit)]
    if not figures and not units:
        return None
    said = (figures or [1])[0] * (units or [1])[0]
    return min(LENGTHS, key=lambda length: abs(length - said)) if said <= LONGEST_SAID else None


def _count(of: Callable[[Answers], bool | None], now: Sequence[Answers], before: Sequence[Answers]) -> Count:
    (n, known), earlier = _known(of, now), _known(of, before)
    return Count(n, known, earlier if earlier[1] >= FEWEST else None)


def _known(of: Callable[[Answers], bool | None], answers: Sequence[Answers]) -> tuple[int, int]:
    known = [is_one for each in answers if (is_one := of(each)) is not None]
    return sum(known), len(known)
