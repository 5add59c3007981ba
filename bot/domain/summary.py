"""One week in numbers: counts of answered days, gaps counted as gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from bot.domain.checkin import relevant
from bot.domain.history import Day
from bot.domain.questions import Answers, Hours
from bot.domain.rules import headache_day

FEWEST = 3
"""Below this many answered days a week is not put in numbers."""

SHORT_NIGHT = 6
"""Hours; a night is short where less than this was slept (content notes, rule `see_sleep`)."""


@dataclass(frozen=True)
class Week:
    """Figures of 7 days. Counts are days; `sleep` is mean hours, `posture` a mean of 1–5, both None without data.

    `before` are the same counts of the 7 days before, None where fewer than three of them were answered.
    `together` is (back-pain days with headache, back-pain days, other days with headache, other days), of the days
    on which both were answered.
    """

    days: Sequence[Day]
    logged: int
    headache: int
    headache_known: int
    back: int
    back_known: int
    headache_before: int | None
    back_before: int | None
    sleep: float | None
    nights: int
    short_nights: int
    posture: float | None
    together: tuple[int, int, int, int]


def back_day(answers: Answers) -> bool | None:
    """Tell whether back or neck hurt at all (score ≥ 1); None = unknown."""
    score = answers.get("back")
    return score >= 1 if isinstance(score, int) else None


def week_of(days: Sequence[Day]) -> Week:
    """Sum up the last 7 of `days` (oldest first) against the 7 before; needs 14 days."""
    now = [relevant(day.answers) for day in days[-7:]]
    before = [relevant(day.answers) for day in days[-14:-7]]
    nights = [value for answers in now if isinstance(value := answers.get("sleep_hours"), Hours)]
    hours = [middle for night in nights if (middle := night.middle) is not None]
    posture = [value for answers in now if isinstance(value := answers.get("posture"), int)]
    enough = sum(day.logged for day in days[-14:-7]) >= FEWEST
    pairs = [(back, head) for a in now if (back := back_day(a)) is not None and (head := headache_day(a)) is not None]
    return Week(
        days=days[-7:],
        logged=sum(day.logged for day in days[-7:]),
        headache=sum(headache_day(answers) is True for answers in now),
        headache_known=sum(headache_day(answers) is not None for answers in now),
        back=sum(back_day(answers) is True for answers in now),
        back_known=sum(back_day(answers) is not None for answers in now),
        headache_before=sum(headache_day(answers) is True for answers in before) if enough else None,
        back_before=sum(back_day(answers) is True for answers in before) if enough else None,
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
