"""Looks at a diary as they could be, for the tests of words: every verdict, odd counts, everything at once."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from typing import get_args

from bot.domain.association import Counts
from bot.domain.before_after import BeforeAfter, Count, State
from bot.domain.log import KINDS
from bot.domain.patterns import OWN, PERIOD, PRIMARY, Cycles, Look, Pattern, Verdict, checkpoints
from bot.domain.questions import FACTORS
from bot.render.before_after import Change

EVERY = (*OWN, *FACTORS)
"""More than one person can have beside their headaches; so what fits for it fits for everybody."""

VERDICTS: Sequence[Verdict] = get_args(Verdict)
COUNTS = (Counts(129, 149, 4, 19), Counts(2, 20, 11, 22), Counts(0, 5, 0, 1), Counts(0, 0, 0, 1), Counts(1, 2, 0, 0))
INTERVALS = (None, (0.03, 0.93), (-0.99, -0.21), (-0.1, 0.3))


def looks() -> Iterator[Look]:
    """Yield looks with one verdict for everything, or with all of them by turns."""
    by_turns = [VERDICTS[n % len(VERDICTS)] for n in range(len(EVERY))]
    for verdicts, counts, interval in product((*([v] * len(EVERY) for v in VERDICTS), by_turns), COUNTS, INTERVALS):
        found = [
            Pattern(
                name,
                verdict,
                counts,
                1.0,
                interval,
                p=None if verdict == "too_early" else 0.01,
                next_day=counts if name == PRIMARY and verdict == "seen" else None,
                cycles=Cycles(2, 3) if name == PERIOD else None,
            )
            for name, verdict in zip(EVERY, verdicts, strict=True)
        ]
        for day in (0, 1, 55, 56, 420):
            last, following = checkpoints(day)
            if last is None and {*verdicts} != {"too_early"}:
                continue  # nothing is found before the first look
            yield Look(day, last, following, min(day, 168), day // 9, found if day else [])


def changes(first: date) -> Sequence[Change]:
    """Return a change of every kind, with the states by turns and long words beside each."""
    states: Sequence[State] = get_args(State)
    return [
        Change(kind, "<&>" * 99, BeforeAfter(first, Count(9, 26), Count(0, 28), states[n % len(states)]))
        for n, kind in enumerate(KINDS)
    ]
