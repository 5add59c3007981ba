"""The terms of a line of times: days, clock readings, spans and steps; and why a line cannot be read."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from bot.domain.time_words import NIGHT, PARTS

Why = Literal[
    "nothing",  # no times in it at all
    "no_hour",  # days, but no hour
    "hour",  # no clock shows this: 25:00, 13 pm
    "unclear_hour",  # morning or evening? an hour or minutes?
    "weekday",  # the days contradict each other
    "unclear_day",  # every Friday or the coming one? the 5th of June or the 6th of May?
    "date",  # not in the calendar, or a second date
    "range",  # from when to when, and how often?
    "past",
    "too_many",
    "leftover",  # this word means nothing here
]


LONGEST_WORD = 60
"""Characters of what was not understood that an answer may repeat."""


class Refused(Exception):
    """The text cannot be read without guessing; `word` is what stands in the way."""

    def __init__(self, why: Why, word: str = "") -> None:
        super().__init__(why)
        self.why: Why = why
        self.word = word[:LONGEST_WORD]


Form = Literal["bare", "open", "full", "said"]
"""`8` or `half past 8`; `8:30`; `08:30`, `16:30` or `20h`; with am, pm, noon, midnight or a part of the day."""

Only = Literal["", "figure", "word", "sign"]
"""An hour without minutes, to which a figure behind it may belong: `8`, `eight`, `8h` or `8 Uhr`."""

After = Literal["and", "filler", "blank"]
"""What stands between a clock reading and the one before it."""


@dataclass(frozen=True)
class Moment:
    """A clock reading. `minute` is below 0 in "quarter to". `small_hours`: of which day may be unclear (midnight)."""

    hour: int
    minute: int
    form: Form
    raw: str
    small_hours: bool = False
    only: Only = ""
    after: After = "and"

    @property
    def minutes(self) -> int:
        return (self.hour * 60 + self.minute) % 1440

    @property
    def like_a_date(self) -> bool:
        return "." in self.raw and self.form != "said" and self.hour > 0 and 1 <= self.minute <= 12


@dataclass(frozen=True)
class Span:
    first: Moment
    last: Moment
    raw: str
    step: int = 0


@dataclass(frozen=True)
class Step:
    minutes: int
    raw: str


@dataclass(frozen=True)
class Days:
    """Days named: `weekdays`, or `on` one date, or `every` one; `lone`: a single weekday that may be only the next."""

    raw: str
    weekdays: frozenset[int] = frozenset()
    on: date | None = None
    every: bool = False
    lone: bool = False
    part: int | None = None


Term = Moment | Span | Step | Days


@dataclass
class Terms:
    """What a text says: its terms in order, the days left out, and whether it says "once" or "weekly"."""

    found: list[Term] = field(default_factory=list)
    without: set[int] = field(default_factory=set)
    once: bool = False
    weekly: bool = False


def in_part(moment: Moment, part: int) -> Moment:
    """Return a clock reading as it is meant in this part of the day; Refused where it does not belong there."""
    dial = PARTS[part]
    hour = moment.hour if moment.form == "said" else dial.get(moment.hour, moment.hour)
    if hour not in dial.values():
        raise Refused("unclear_hour", moment.raw)
    small_hours = moment.small_hours or (part == NIGHT and hour < 5)
    return replace(moment, hour=hour, form="said", small_hours=small_hours, only="")
