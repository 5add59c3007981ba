"""A person's days, gaps kept as gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.domain.questions import Answers


@dataclass(frozen=True)
class Day:
    """One local day. `answers` is empty where nothing was answered; a key with None was skipped. `asked`: there is a
    card for it."""

    day: date
    answers: Answers
    asked: bool = field(default=False, compare=False)  # a day says the same, asked or not

    @property
    def logged(self) -> bool:
        return any(value is not None for value in self.answers.values())


def days_ending(last: date, count: int, answers: Mapping[date, Answers]) -> Sequence[Day]:
    """Return `count` days up to and including `last`, oldest first; a day without a check-in has no answers."""
    first = last - timedelta(days=count - 1)
    return [Day(day, answers.get(day, {}), day in answers) for day in (first + timedelta(days=n) for n in range(count))]
