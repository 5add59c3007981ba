"""The questions: keys and codes that fit their columns and buttons, scales with two ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.questions import BANDS, BY_KEY, CORE, EXTRAS, QUESTIONS, Hours, Question, Value, allowed

from .conftest import some_value


def test_the_card_begins_with_its_five() -> None:
    assert CORE == ("headache", "back", "sleep_hours", "sleep_quality", "posture")
    assert [question.key for question in QUESTIONS[: len(CORE)]] == list(CORE)
    assert len(BY_KEY) == len(QUESTIONS) + len(EXTRAS), "no key twice"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_keys_and_codes_fit(question: Question) -> None:
    assert question.key.isascii()
    assert ":" not in question.key
    assert len(question.key) <= 32, "the column's width"
    for code in question.choices:
        assert ":" not in code
        assert len(f"answer:9999999999:{question.key}:{code}".encode()) <= 64, "what a button can carry"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
@given(data=st.data())
def test_every_value_of_a_scale_is_allowed(question: Question, data: st.DataObject) -> None:
    assert allowed(question, data.draw(some_value(question)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("headache", 11),
        ("headache", -1),
        ("headache", True),
        ("headache", "6"),
        ("posture", 0),
        ("posture", 6),
        ("sleep_hours", 7),
        ("sleep_hours", Hours(7.1, 7.1)),
        ("sleep_hours", Hours(25, 25)),
        ("sleep_hours", Hours(-1, -1)),
        ("sleep_hours", Hours(6, 8)),
        ("impact", "3"),
        ("impact", 2),
        ("features", frozenset({"thunder"})),
        ("features", frozenset({"none", "light"})),
        ("features", "light"),
    ],
)
def test_what_is_off_a_scale_is_not(key: str, value: Value) -> None:
    assert not allowed(BY_KEY[key], value)


def test_the_bands_of_sleep_leave_no_gap() -> None:
    ends = [(band.low, band.high) for band in BANDS.values()]
    assert ends[0][0] == 0
    assert ends[-1][1] == 24
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert all(band.middle is not None and band.low <= band.middle <= band.high for band in BANDS.values())
    assert Hours(6, 24).middle is None, "too wide to stand for a number"
