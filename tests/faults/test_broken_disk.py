"""One write, sync or cut of a file fails while six people answer: nothing false is shown, nothing is lost (T30)."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, zip_longest
from pathlib import Path
from random import Random

import pytest

from bot.sandbox.server import serve
from bot.terminal import FAILED
from tests.e2e.conftest import ROOT, diary
from tests.faults import strace
from tests.faults.household import comes_true, lay_out, shown, told
from tests.faults.promises import FULL, Figures, points
from tests.faults.scene import PATIENCE, Scene

SIDE_BY_SIDE = points(6, 3)
CALLS = {"pwrite64": ("EIO", "ENOSPC"), "fdatasync": ("EIO",), "ftruncate": ("EIO", "ENOSPC")}
"""What a bot does to a file, and how each may fail."""

STRUCK = points(6, 80)
SAMPLE = {"pwrite64": 60, "fdatasync": 20, "ftruncate": 2}
"""How often the busiest thread makes each call in a scene, about: counted anew only for the full sweep."""

SAYS = {"headache": ("Headache 7", 7), "back": ("Back 3", 3), "sleep_quality": ("Sleep quality 4", 4)}
Fault = tuple[str, int, str]


class Strained(Scene):
    """A scene on a disk on which one call fails."""

    async def live(self, *words: str) -> int:
        """Run the bot until everybody has everything, or it has ended by itself; returns its exit code."""
        server = await serve(self.api, port=0)
        with (self.folder / "output").open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *words,
                cwd=self.folder,
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")},
                    "PYTHONPATH": str(ROOT),
                    "HEADSUP_TELEGRAM__TOKEN": self.api.token,
                    "HEADSUP_TELEGRAM__BASE_URL": f"{server.url}/bot",
                    "HEADSUP_ACCESS__MODE": "open",
                },
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        answering = [asyncio.create_task(self._answers(one)) for one in self.answering]
        end = asyncio.create_task(process.wait())
        over = asyncio.create_task(comes_true(self.api, self.over))
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait((over, end), return_when=asyncio.FIRST_COMPLETED)
                if not end.done():
                    # Not process.terminate(): it looks whether the process has ended, and may take its exit code away.
                    with suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGTERM)
                return await asyncio.shield(end)
        except TimeoutError:
            raise AssertionError(f"{words}: neither ended nor done:\n" + "\n".join(self.said())) from None
        finally:
            for task in (*answering, over):
                task.cancel()
            await asyncio.gather(*answering, over, return_exceptions=True)
            if not end.done():
                os.killpg(process.pid, signal.SIGKILL)
            await end
            await server.close()

    def said(self) -> list[str]:
        return (self.folder / "output").read_text().splitlines()

    def claimed_falsely(self) -> int:
        """Return how many answers are on a card, but not in the diary that the process has left."""
        false = 0
        with diary(self.folder) as session:
            for one in self.answering:
                kept = told(session, one.user_id)
                false += sum(
                    bool(shown(one, words)) and kept.get(key) != [value] for key, (words, value) in SAYS.items()
                )
        return false


def failing(call: str, at: int, error: str) -> Sequence[str]:
    """Return the words that run the bot, in which a thread's `at`-th call of this kind fails."""
    what = f"inject={call}:error={error}:when={at}"
    return *strace.HERE, "-o", "struck", "-e", f"trace={call}", "-e", what, "--", "run"


async def test_a_call_to_the_disk_that_fails(tmp_path: Path, promise: Figures) -> None:
    if (why := strace.why_not()) is not None:
        promise.not_run("T30", "answers lost, a call to the disk fails", 0, why)
        pytest.skip(why)
    empty = tmp_path / "empty"
    empty.mkdir()
    lay_out(empty)
    made = SAMPLE
    if FULL:
        whole = Strained(tmp_path / "whole", empty)
        assert await whole.live(*strace.counting(tmp_path / "counts")) == 0
        made = strace.counted(tmp_path / "counts")
    left = spread(made)
    struck = 0

    async def strike_on() -> None:
        nonlocal struck
        while struck < STRUCK and (fault := next(left, None)):
            struck += 1
            scene = Strained(tmp_path / "{}-{}-{}".format(*fault), empty)
            code = await scene.live(*failing(*fault))
            hit = "INJECTED" in (scene.folder / "struck").read_text()
            await note(promise, scene, code, fault)
            struck -= not hit
            shutil.rmtree(scene.folder)

    async with asyncio.TaskGroup() as side_by_side:
        for _ in range(SIDE_BY_SIDE):
            side_by_side.create_task(strike_on())
    promise.at_least("T30", "calls to the disk that failed", STRUCK, struck)


async def note(promise: Figures, scene: Strained, code: int, fault: Fault) -> None:
    """Note what a fault has done, before the next start and after it."""
    said = scene.said()
    assert code == 0 or (code == FAILED and len(said) == 1), (fault, said)
    promise.at_most(
        "T30", "answers shown that are not in the diary, a call to the disk fails", 0, scene.claimed_falsely()
    )
    await scene.recover()
    harm = scene.harm()
    promise.at_most("T30", "answers lost, a call to the disk fails", 0, harm.answers_lost)
    promise.at_most("T30", "answers doubled, a call to the disk fails", 0, harm.answers_doubled)
    promise.at_most("T30", "cards lost, a call to the disk fails", 0, harm.cards_lost)
    promise.at_most("T30", "cards asked twice, a call to the disk fails", 0, harm.cards_extra)
    promise.at_most("T30", "reminders doubled, a call to the disk fails", 0, harm.reminders_doubled)


def spread(made: dict[str, int]) -> Iterator[Fault]:
    """Yield every fault (call, number, error) once, each kind in turn, so that a few are a fair sample of all."""
    chance = Random(1)
    each = [
        [(call, number, error) for number in chance.sample(range(1, made[call] + 1), made[call])]
        for call, errors in CALLS.items()
        for error in errors
    ]
    return (fault for fault in chain.from_iterable(zip_longest(*each)) if fault is not None)
