"""Faults that strike: what every sweep shares, and the table of promises at its end."""

import json
import os
from pathlib import Path

import pytest

from tests.e2e.conftest import api, bot, folder, server
from tests.faults.promises import FULL, Figures

__all__ = ["api", "bot", "folder", "server"]

FIGURES = pytest.StashKey[Figures]()


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Figures:
    """The figures measured so far; a test adds its own."""
    return request.config.stash.setdefault(FIGURES, Figures())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(FIGURES, Figures())
    if kept := os.environ.get("HEADSUP_FIGURES"):
        Path(kept).write_text(json.dumps(figures.plain()), "utf-8")
    if lines := figures.table():
        size = "the full sweep" if FULL else "a sample; make faults is the full sweep"
        terminalreporter.section(f"promises: {size}")
        for line in (*lines, figures.verdict()):
            terminalreporter.write_line(line)
