"""The daily card: short on a good day, follow-ups only where something hurts, nothing asked twice."""

from typing import Any

import pytest
from hypothesis import given

from bot.domain.checkin import (
    ALL_FINE,
    DONE,
    NO_PAIN,
    answered_keys,
    complete,
    next_page,
    next_question,
    progress,
    relevant,
    rest,
    value_of,
    with_choice,
    without_choice,
)
from bot.domain.questions import BANDS, BY_KEY, CORE, QUESTIONS, Answers, Value, allowed

from .conftest import A_DAY


def asked_in_order(say: dict[str, Value | None], default: Value | None = None) -> list[str]:
    """Answer whatever is asked until the day is done; return the questions in the order they came."""
    answers: dict[str, Value | None] = {}
    while (page := next_page(answers)) != DONE:
        answers[page] = say.get(page, default)
    return list(answers)


def test_an_ordinary_day_has_five_questions() -> None:
    assert asked_in_order({"headache": 0, "back": 0}) == ["headache", "back", "sleep_hours", "sleep_quality", "posture"]


def test_pain_brings_its_own_follow_ups_after_the_five() -> None:
    assert asked_in_order({"headache": 6, "back": 0})[5:] == ["duration", "features", "impact", "medicine"]
    assert asked_in_order({"headache": 0, "back": 2})[5:] == ["back_region", "medicine"]


def test_the_worst_day_is_at_most_fourteen_taps() -> None:
    worst = asked_in_order({"headache": 9, "back": 9, "features": frozenset({"aura_vision"})})
    several = [key for key in worst if BY_KEY[key].kind == "several"]
    assert len(worst) + len(several) <= 14, "one choice in each, and a Done where several may be ticked"


def test_all_fine_and_no_pain() -> None:
    assert next_page(ALL_FINE) == DONE
    assert complete(ALL_FINE)
    assert next_page(NO_PAIN) == "sleep_hours"
    assert all(value is not None and allowed(BY_KEY[key], value) for key, value in {**ALL_FINE, **NO_PAIN}.items())


@given(A_DAY)
def test_what_is_asked_next_is_open_and_applies(answers: Answers) -> None:
    question = next_question(QUESTIONS, answers)
    open_ = [q.key for q in QUESTIONS if q.key not in answers and q.asked_if(answers)]
    assert (question.key if question else None) == (open_[0] if open_ else None)


@given(A_DAY)
def test_every_day_comes_to_an_end(answers: Answers) -> None:
    skipped = rest(answers)
    assert next_page({**answers, **skipped}) == DONE
    assert not skipped.keys() & answers.keys(), "nothing said is overwritten"
    assert set(skipped.values()) <= {None}
    assert complete({**answers, **skipped})


@given(A_DAY)
def test_what_applies_is_a_part_of_what_was_said(answers: Answers) -> None:
    kept = relevant(answers)
    assert kept.items() <= dict(answers).items()
    assert {key for key in CORE if key in answers} <= kept.keys(), "the five are never dropped"
    assert relevant(kept).keys() <= kept.keys()
    if not answers.get("headache"):
        assert not kept.keys() & {"duration", "features", "impact", "aura_known"}
    if not answers.get("back"):
        assert "back_region" not in kept


def test_progress_counts_the_daily_five_and_nothing_else() -> None:
    assert [progress(question.key) for question in QUESTIONS if question.core] == [(n, 5) for n in range(1, 6)]
    assert {progress(question.key) for question in QUESTIONS if not question.core} == {None}


@given(A_DAY)
def test_answers_are_listed_in_the_cards_order(answers: Answers) -> None:
    keys = answered_keys(answers)
    assert set(keys) == set(answers)
    assert keys == sorted(keys, key=[question.key for question in QUESTIONS].index)


@pytest.mark.parametrize(
    ("key", "code", "value"),
    [
        ("headache", "0", 0),
        ("headache", "10", 10),
        ("headache", "11", None),
        ("headache", "-1", None),
        ("headache", "٣", None),
        ("headache", "1e1", None),
        ("posture", "0", None),
        ("posture", "5", 5),
        ("sleep_hours", "6-7", BANDS["6-7"]),
        ("sleep_hours", "6-8", None),
        ("impact", "2", "2"),
        ("impact", "3", None),
        ("features", "light", None),
        ("headache", "", None),
    ],
)
def test_what_a_button_stands_for(key: str, code: str, value: Value | None) -> None:
    assert value_of(BY_KEY[key], code) == value


def test_ticking() -> None:
    features = BY_KEY["features"]
    one = with_choice(features, None, "light")
    assert one == frozenset({"light"})
    two = with_choice(features, one, "sound")
    assert two == frozenset({"light", "sound"})
    assert without_choice(features, two, "light") == frozenset({"sound"})
    assert with_choice(features, two, "none") == frozenset({"none"})
    assert with_choice(features, frozenset({"none"}), "light") == frozenset({"light"})
    for choose in (with_choice, without_choice):
        assert choose(features, two, "thunder") is None
        assert choose(BY_KEY["sleep_hours"], None, "6-7") is None


@pytest.mark.parametrize("choose", [with_choice, without_choice])
@pytest.mark.parametrize("code", ["light", "none"])
@pytest.mark.parametrize("before", [None, frozenset(), frozenset({"light", "sound"}), frozenset({"none"})])
def test_ticking_twice_is_ticking_once(choose: Any, code: str, before: Value | None) -> None:
    once = choose(BY_KEY["features"], before, code)
    assert choose(BY_KEY["features"], once, code) == once
