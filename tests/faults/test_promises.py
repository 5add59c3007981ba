"""The table of promises tells the worst, counts the tries and never leaves one out."""

import json

import pytest

from tests.faults.promises import Figures


def test_the_worst_of_all_tries_stands_in_the_table() -> None:
    figures = Figures()
    figures.at_most("T1", "answers lost", 4, 1)
    figures.at_most("T1", "answers lost", 4, 3, tries=9)
    figures.at_most("T1", "answers lost", 4, 2)
    assert [line.split() for line in figures.table()][-1] == ["T1", "answers", "lost", "≤", "4", "3", "11", "yes"]


def test_a_promise_that_is_broken_is_told_twice() -> None:
    figures = Figures()
    with pytest.raises(AssertionError, match="T1 answers lost: 5"):
        figures.at_most("T1", "answers lost", 0, 5)
    with pytest.raises(AssertionError, match="promised ≥ 2"):
        figures.at_least("T1", "replies", 2, 1)
    assert [line.split()[-1] for line in figures.table()] == ["met", "NO", "NO"]
    assert figures.verdict() == "0 met, 2 not met, 0 not run"


def test_what_was_not_run_says_why() -> None:
    figures = Figures()
    assert list(figures.table()) == []
    figures.not_run("T1", "answers lost", 0, "no strace")
    assert "not run: no strace" in figures.table()[-1]
    assert figures.table()[-1].endswith("–")
    assert figures.verdict() == "0 met, 0 not met, 1 not run"


def test_figures_of_several_processes_become_one_table() -> None:
    first, second, every = Figures(), Figures(), Figures()
    first.at_most("T1", "answers lost", 4, 1, tries=2)
    second.at_most("T1", "answers lost", 4, 3, tries=5)
    second.not_run("T2", "kills", 0, "no strace")
    for figures in (first, second):
        every.add(json.loads(json.dumps(figures.plain())))
    assert every.all_met
    assert [line.split()[-2:] for line in every.table()][1] == ["7", "yes"]
    assert every.verdict() == "1 met, 0 not met, 1 not run"
    with pytest.raises(AssertionError):
        second.at_most("T1", "answers lost", 4, 5)
    every.add(second.plain())
    assert not every.all_met
