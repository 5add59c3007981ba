"""A person's days, gaps kept as gaps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from bot.domain.questions import Answers

State = Literal["value", "none", "skipped", "unanswered", "not_asked"]
"""What is known about one question on one day. "none" is an answer: a zero, or "none of these"."""


@dataclass(frozen=True)
class Day:
    """One local day. `answers` is empty where nothing was answered; a key with None was skipped.

    `asked` are the questions its card has shown, and "factors:<code>" for each factor on offer; empty where there is no
    card. `late`: something was filled in when the day was over; `changed`: an answer was changed after the day that
    followed it.
    """

    day: date
    answers: Answers
    # A day says the same however it came about.
    asked: Collection[str] = field(default=(), compare=False)
    late: bool = field(default=False, compare=False)
    changed: bool = field(default=False, compare=False)

    @property
    def logged(self) -> bool:
        return any(value is not None for value in self.answers.values())


def state(day: Day, key: str) -> State:
    """Tell what is known about a question on a day; what was answered unasked, in a typed line, was answered."""
    if key in day.answers:
        value = day.answers[key]
        if value is None:
            return "skipped"
        return "none" if value in (0, "0", frozenset({"none"})) else "value"
    return "unanswered" if key in day.asked else "not_asked"


def why_empty(day: Day) -> State:
    """Tell why a day has no answer: what was asked was skipped, not answered, or nothing was asked."""
    if day.answers:
        return "skipped"
    return "unanswered" if day.asked else "not_asked"


def days_ending(last: date, count: int, answers: Mapping[date, Answers]) -> Sequence[Day]:
    """Return `count` days up to and including `last`, oldest first; a day without a check-in has no answers."""
    first = last - timedelta(days=count - 1)
    return [
        Day(day, answers.get(day, {}), ("headache",) if day in answers else ())
        for day in (first + timedelta(days=n) for n in range(count))
    ]
