"""Four weeks before and four weeks after a first visit or change: two counts side by side, and no verdict.

People seek help in their worst weeks, and bad weeks pass by themselves (regression to the mean: Barnett, van der Pols
and Dobson 2005, Int J Epidemiol 34:215). So there is no test here, no difference and no direction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.domain.checkin import relevant
from bot.domain.history import Day
from bot.domain.log import Kind
from bot.domain.rules import headache_day

WINDOW = 28
"""Days before and days after; the day itself is in neither, since its pain is often what the visit was for."""

FEWEST = 20
"""With fewer known days in one of the two windows nothing is put side by side (the project's choice)."""

State = Literal["whole", "too_early", "too_few"]


@dataclass(frozen=True)
class Count:
    """`headache` days of `known` ones; a day without an answer about the head is in neither."""

    headache: int
    known: int


@dataclass(frozen=True)
class BeforeAfter:
    """Headache days in the 28 days before and the 28 days after `first`.

    "too_early": the days after are not over yet; "too_few": fewer than 20 known days in one of the windows. The counts
    are those so far; only those of a "whole" one may stand side by side.
    """

    first: date
    before: Count
    after: Count
    state: State


def first_of(kind: Kind, events: Iterable[tuple[Kind, date]]) -> date | None:
    """Return the day of the earliest event of this kind; None where there is none."""
    return min((day for each, day in events if each == kind), default=None)


def before_after(days: Sequence[Day], first: date, today: date) -> BeforeAfter:
    """Count around `first`, the local date of the first visit or change; `today` itself is not over and not counted.

    `days` may be in any order and reach further than the windows; a day that is not among them is unknown.
    """
    before = count(days, first - timedelta(days=WINDOW), first)
    after = count(days, first + timedelta(days=1), min(first + timedelta(days=WINDOW + 1), today))
    if today <= first + timedelta(days=WINDOW):
        return BeforeAfter(first, before, after, "too_early")
    return BeforeAfter(first, before, after, "too_few" if min(before.known, after.known) < FEWEST else "whole")


def count(days: Iterable[Day], since: date, until: date) -> Count:
    """Count headache days and known days from `since` up to, not including, `until`."""
    known = [
        is_one
        for day in days
        if since <= day.day < until and (is_one := headache_day(relevant(day.answers))) is not None
    ]
    return Count(sum(known), len(known))
