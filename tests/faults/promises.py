"""What was promised and what was measured: every figure of a sweep, and the table at its end."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

FULL = os.environ.get("HEADSUP_SWEEP") == "full"


def points(sampled: int, full: int) -> int:
    """Return how many times a fault strikes: a sample, or all of it where HEADSUP_SWEEP=full."""
    return full if FULL else sampled


@dataclass(frozen=True)
class Figure:
    """One promise: the bound it keeps and the worst that was measured, out of so many tries.

    `bound` is "≤" or "≥"; `worst` is None where nothing could be measured, and `why` then says why.
    """

    case: str
    promise: str
    bound: str
    wanted: float
    worst: float | None = None
    unit: str = ""
    tries: int = 0
    why: str = ""

    @property
    def met(self) -> bool:
        if self.worst is None:
            return False
        return self.worst <= self.wanted if self.bound == "≤" else self.worst >= self.wanted

    def with_another(self, other: "Figure") -> "Figure":
        """Return the two put together: the worse of both, out of the tries of both."""
        if self.worst is None or other.worst is None:
            return self if other.worst is None else other
        worse = max if self.bound == "≤" else min
        return replace(self, worst=worse(self.worst, other.worst), tries=self.tries + other.tries)


class Figures:
    """The figures of one sweep, in the order in which they came."""

    def __init__(self) -> None:
        self._by_promise: dict[tuple[str, str], Figure] = {}

    def at_most(self, case: str, promise: str, wanted: float, measured: float, unit: str = "", tries: int = 1) -> None:
        """Note a figure that has to stay below a bound; AssertionError where it does not."""
        self._note(Figure(case, promise, "≤", wanted, measured, unit, tries))

    def at_least(self, case: str, promise: str, wanted: float, measured: float, unit: str = "", tries: int = 1) -> None:
        """Note a figure that has to reach a bound; AssertionError where it does not."""
        self._note(Figure(case, promise, "≥", wanted, measured, unit, tries))

    def not_run(self, case: str, promise: str, wanted: float, why: str) -> None:
        """Note that nothing was measured, and why: a promise is never left out silently."""
        self._note(Figure(case, promise, "≤", wanted, why=why))

    def _note(self, figure: Figure) -> None:
        self.add([asdict(figure)])
        assert figure.why or figure.met, (
            f"{figure.case} {figure.promise}: {figure.worst:g} {figure.unit}, promised {figure.bound} {figure.wanted:g}"
        )

    @property
    def all_met(self) -> bool:
        return all(figure.met or figure.why for figure in self._by_promise.values())

    def plain(self) -> list[dict[str, object]]:
        """Return the figures as JSON holds them; `add` takes them in again."""
        return [asdict(figure) for figure in self._by_promise.values()]

    def add(self, plain: Iterable[Mapping[str, Any]]) -> None:
        """Put figures of another process beside these."""
        for values in plain:
            figure = Figure(**values)
            key = figure.case, figure.promise
            before = self._by_promise.get(key)
            self._by_promise[key] = before.with_another(figure) if before else figure

    def table(self) -> Sequence[str]:
        """Return the lines of the table; none where nothing was measured."""
        if not self._by_promise:
            return []
        heads = ("", "promise", "figure", "measured", "tries", "met")
        rows = [heads, *(_row(figure) for figure in sorted(self._by_promise.values(), key=lambda f: f.case))]
        widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
        return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

    def verdict(self) -> str:
        """Return one line: how many promises were met, were not, and were not run."""
        every = self._by_promise.values()
        met, not_run = sum(figure.met for figure in every), sum(figure.worst is None for figure in every)
        return f"{met} met, {len(every) - met - not_run} not met, {not_run} not run"


def _row(figure: Figure) -> tuple[str, ...]:
    unit = f" {figure.unit}" if figure.unit else ""
    wanted = f"{figure.bound} {figure.wanted:,g}{unit}" if figure.wanted else f"0{unit}"
    if figure.worst is None:
        return figure.case, figure.promise, wanted, f"not run: {figure.why}", "0", "–"
    measured = f"{round(figure.worst, 2):,g}{unit}"
    return figure.case, figure.promise, wanted, measured, f"{figure.tries:,}", "yes" if figure.met else "NO"
