"""Faults that strike: what every sweep shares, and the table of promises at its end."""

from pathlib import Path

import pytest

from tests.e2e.conftest import api, bot, server
from tests.faults.promises import Figures

__all__ = ["api", "bot", "server"]

HERE = Path(__file__).parent
FIGURES = pytest.StashKey[Figures]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.faults)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Figures:
    """The figures measured so far; a test adds its own."""
    if FIGURES not in request.config.stash:
        request.config.stash[FIGURES] = Figures()
    return request.config.stash[FIGURES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash[FIGURES].table() if FIGURES in config.stash else ()
    if lines:
        terminalreporter.section("promises")
        for line in lines:
            terminalreporter.write_line(line)
