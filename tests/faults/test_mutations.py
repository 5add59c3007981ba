"""The tests are tested: each known bug, put back into a copy of the bot, is caught by one of them (T91)."""

from contextlib import suppress

from tests.faults.mutations import BUGS, MUTATIONS, ROOT, try_all
from tests.faults.promises import FULL, Figures

ONE = next(mutation for mutation in MUTATIONS if mutation.bug == "tick")


def test_every_known_bug_fits_the_code_as_it_is() -> None:
    assert {mutation.bug for mutation in MUTATIONS} == set(BUGS)
    assert [mutation.name for mutation in MUTATIONS if not mutation.fits(ROOT)] == []


def test_every_known_bug_is_caught(promise: Figures) -> None:
    verdicts = try_all(MUTATIONS if FULL else [ONE])
    for bug in BUGS:
        caught = [verdict.startswith("caught") for mutation, verdict in verdicts.items() if mutation.bug == bug]
        if caught:
            with suppress(AssertionError):  # the table shows them all, and then it fails
                promise.at_least("T91", f"{bug}, {BUGS[bug]}: put back, caught", len(caught), sum(caught))
    assert [f"{m.name}: {verdict}" for m, verdict in verdicts.items() if not verdict.startswith("caught")] == []
