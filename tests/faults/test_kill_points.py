"""The power goes at every single point while cards and reminders are due and answers arrive (T01)."""

import asyncio
import shutil
from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from tests.faults import failpoints, strace
from tests.faults.household import lay_out
from tests.faults.promises import Figures, points
from tests.faults.scene import IN_FLIGHT, Harm, Scene

SIDE_BY_SIDE = 3
"""Scenes at once: each waits half of its time, for the beat of a second."""

EVERY = 520
"""Kill points of a full sweep; the bot makes some 700 system calls of these kinds in a scene."""

STRUCK = {
    strace: points(6, EVERY),
    failpoints: points(3, EVERY if strace.why_not() else 60),
}
Kill = tuple[str, int]


@pytest.mark.parametrize("by", STRUCK, ids=lambda by: by.__name__.rpartition(".")[2])
async def test_a_kill_at_every_point(tmp_path: Path, promise: Figures, by: ModuleType) -> None:
    at = "at a system call" if by is strace else "at a failpoint"
    if (why := by.why_not()) is not None:
        promise.not_run("T01", f"killed {at}: answers lost", 0, f"{why}; failpoints instead")
        pytest.skip(why)
    empty = tmp_path / "empty"
    empty.mkdir()
    lay_out(empty)
    whole = Scene(tmp_path / "whole", empty)
    assert not await whole.play(*by.counting(tmp_path / "counts")), "nobody has killed it"
    assert whole.over()
    await whole.recover()
    assert whole.harm() == Harm(0, 0, 0, 0, 0)

    left = spread(by.counted(tmp_path / "counts"))
    struck = 0

    async def strike_on() -> None:
        nonlocal struck
        while struck < STRUCK[by] and (point := next(left, None)):
            struck += 1
            scene = Scene(tmp_path / "{}-{}".format(*point), empty)
            killed = await scene.play(*by.killing(*point))
            await scene.recover()
            try:
                note(promise, at, scene.harm(), killed)
            except AssertionError as error:
                error.add_note("{} number {}".format(*point))
                raise
            struck -= not killed
            shutil.rmtree(scene.folder)

    async with asyncio.TaskGroup() as side_by_side:
        for _ in range(SIDE_BY_SIDE):
            side_by_side.create_task(strike_on())
    promise.at_least("T01", f"killed {at}: points struck", min(500, STRUCK[by]), struck)


def note(promise: Figures, at: str, harm: Harm, killed: bool) -> None:
    """Note the figures of one point; one that the process never came to has to be without harm, and counts no try."""
    assert killed or harm == Harm(0, 0, 0, 0, 0)
    if killed:
        promise.at_most("T01", f"killed {at}: answers lost", 0, harm.answers_lost)
        promise.at_most("T01", f"killed {at}: answers doubled", 0, harm.answers_doubled)
        promise.at_most("T01", f"killed {at}: cards lost", 0, harm.cards_lost)
        promise.at_most("T01", f"killed {at}: extra cards per kill", IN_FLIGHT, harm.cards_extra)
        promise.at_most("T01", f"killed {at}: reminders doubled", 0, harm.reminders_doubled)


def spread(made: dict[str, int]) -> Iterator[Kill]:
    """Yield every point (call, number) once, a call of each kind in turn, so that a few are a fair sample of all."""
    chance = Random(1)
    each = [[(call, number) for number in chance.sample(range(1, many + 1), many)] for call, many in made.items()]
    return (kill for kill in chain.from_iterable(zip_longest(*each)) if kill is not None)
