"""Days for the stories about rules: one kind of day each, and histories made of runs of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import get_args

from bot.domain.history import Day, days_ending
from bot.domain.questions import BANDS, Answers
from bot.domain.rules import (
    AdviceKind,
)

LAST = date(2026, 3, 31)
KINDS: Sequence[AdviceKind] = get_args(AdviceKind)


def took(*kinds: str) -> Answers:
    return {"headache": 2, "back": 0, "medicine": frozenset(kinds)}


ACHE: Answers = {"headache": 2, "back": 0}
CALM: Answers = {"headache": 0, "back": 0}
SEVERE: Answers = {"headache": 7, "back": 0}
STOPPED: Answers = {"headache": 2, "back": 0, "impact": "2"}
SORE: Answers = {"headache": 0, "back": 1}
SHORT: Answers = {"sleep_hours": BANDS["5-6"]}
LONG: Answers = {"sleep_hours": BANDS["6-7"]}
SILENT: Answers = {}
SKIPPED: Answers = {"headache": None, "back": None, "sleep_hours": None}
ONLY_THE_NIGHT: Answers = {"sleep_quality": 4}


def history(*runs: tuple[int, Answers]) -> Sequence[Day]:
    """Days up to `LAST`, given as runs from the last day back; what lies before them is silent."""
    each = [answers for count, answers in runs for _ in range(count)]
    answered = {LAST - timedelta(days=ago): answers for ago, answers in enumerate(each) if answers}
    return days_ending(LAST, max(100, len(each)), answered)


def ago(kind: str, days: int) -> tuple[str, date]:
    return kind, LAST - timedelta(days=days)
