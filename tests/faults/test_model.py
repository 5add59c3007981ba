"""Everything at once, at random: people, faults, crashes and time, against a model of what must come of it (T90).

    HEADSUP_WALK=17 python -m pytest -m "" tests/faults/test_model.py

walks walk 17 again. A walk that fails is cut down to the few steps that still fail in the same way, and these are told.
"""

import os
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from jobs import deliver
from tests.databases import Databases, Home
from tests.faults import line
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.walk import Walk
from tests.faults.world import world

Step = tuple[str, int]
"""What happens, and the seed of the chance that says how."""

WEIGHTS: Mapping[str, int] = {
    "wait": 16, "wait_long": 1, "wait_for_a_card": 5, "sleep": 1, "kill": 4, "start": 4, "worsen": 3, "clear": 2,
    "tap": 20, "say": 5, "type_a_number": 3, "open": 3, "forge": 2, "take_back": 2, "come_again": 3, "tap_again": 5,
    "set_time": 2, "move": 1, "pause": 1, "resume": 3, "switch": 2, "respond": 2, "remind": 2, "block": 1, "unblock": 2,
    "delete": 1, "come_back": 3, "rest": 10,
}  # fmt: skip
STARTS = (
    datetime(2026, 3, 2, 19, 55, tzinfo=UTC),
    datetime(2026, 3, 27, 12, tzinfo=UTC),
    datetime(2026, 10, 23, 6, tzinfo=UTC),
    datetime(2027, 12, 30, 22, tzinfo=UTC),
)
"""An ordinary evening, the days before the clocks change, and the end of a year."""

STEPS = 500
ONLY = os.environ.get("HEADSUP_WALK")
WALKS = [int(ONLY)] if ONLY else range(points(1, 40))
PATIENCE = 150
"""Walks that may be spent on cutting one down."""


def drawn(seed: int) -> Sequence[Step]:
    chance = random.Random(seed)
    names = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=STEPS)
    return [(name, chance.getrandbits(32)) for name in names]


def walked(databases: Databases, seed: int, steps: Sequence[Step]) -> tuple[int, str]:
    """Return how many cards were waited for, and what went wrong ("" = nothing; its kind stands before a colon)."""

    async def story(home: Home) -> int:
        with capture_logs() as logs:
            async with world(home, STARTS[seed % len(STARTS)]) as all_is:
                all_is.beat = 5
                walk = Walk(all_is, logs)
                await walk.goes(steps)
                return walk.cards_awaited

    with TemporaryDirectory() as folder, databases.diary(Path(folder)) as home:
        try:
            return play(story(home)), ""
        except Exception as wrong:  # noqa: BLE001 - whatever ends a walk is what it found
            return 0, str(wrong) or repr(wrong)


def cut_down(databases: Databases, seed: int, steps: Sequence[Step], wrong: str) -> tuple[Sequence[Step], str]:
    """Return the shortest walk found that goes wrong in the same way, and how it does."""
    tried, length = 0, len(steps)
    while length > 1 and tried < PATIENCE:
        length, at = (length + 1) // 2, 0
        while at < len(steps) and tried < PATIENCE:
            tried += 1
            shorter = [*steps[:at], *steps[at + length :]]
            found = walked(databases, seed, shorter)[1]
            if found and found.split(":")[0] == wrong.split(":")[0]:
                steps, wrong = shorter, found
            else:
                at += length
    return steps, wrong


@pytest.mark.parametrize("seed", WALKS)
def test_whatever_happens(databases: Databases, promise: Figures, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(deliver, "_send", line.send)
    steps = drawn(seed)
    awaited, wrong = walked(databases, seed, steps)
    if wrong:
        shortest, shortly = cut_down(databases, seed, steps, wrong)
        told = "\n".join(map(str, shortest))
        pytest.fail(f"walk {seed}: {wrong}\n{len(shortest)} of its steps do: {shortly}\n{told}", pytrace=False)
    promise.at_most("T90", "violations of the model of everything", 0, 0, tries=STEPS)
    promise.at_most("T90", "cards of the clock that never came", 0, 0, tries=awaited)
