"""Typed words: understood as meant, or not at all; never a guess, never an error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.freetext import NotUnderstood, OffScale, Understood, read_answers, read_value
from bot.domain.questions import BY_KEY, QUESTIONS, Answers, Hours, Value, allowed

WORDS = ["headache", "back", "slept", "posture", "quality", "no", "and", "h", "6", "3", "7.5", "11", ",", ":", ";"]


@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
@example("headache ²")
@example("headache ٣")
@example("1,2,3,4")
def test_any_text_is_read_or_not_and_never_off_the_scale(text: str) -> None:
    reading = read_answers(text)
    if isinstance(reading, Understood):
        assert reading.answers
        for key, value in reading.answers.items():
            assert value is not None
            assert allowed(BY_KEY[key], value)
    else:
        assert isinstance(reading, OffScale | NotUnderstood)


@given(st.sampled_from(QUESTIONS), st.text(max_size=8) | st.floats(0, 30).map(str) | st.integers(-1, 30).map(str))
def test_any_single_value_is_on_its_scale_or_nothing(question: object, text: str) -> None:
    key = getattr(question, "key", "")
    value = read_value(key, text)
    assert value is None or allowed(BY_KEY[key], value)


@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 96), st.integers(1, 5))
def test_every_possible_day_in_numbers_and_in_words(head: int, back: int, quarters: int, posture: int) -> None:
    hours = quarters / 4
    day: Answers = {"headache": head, "back": back, "sleep_hours": Hours(hours, hours), "posture": posture}
    assert read_answers(f"{head} {back} {hours:g} {posture}") == Understood(day)
    in_words = f"posture {posture}, slept {hours:g} h, headache {head}, back {back}"
    assert read_answers(in_words) == Understood(day)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Headache: 6", {"headache": 6}),
        ("migraine 8, neck 2", {"headache": 8, "back": 2}),
        ("no headache and no back pain", {"headache": 0, "back": 0}),
        ("slept 7,5", {"sleep_hours": Hours(7.5, 7.5)}),
        ("sleep quality 3", {"sleep_quality": 3}),
        ("  ALL FINE.  ", {"headache": 0, "back": 0, "sleep_hours": Hours(6, 24), "sleep_quality": 4, "posture": 4}),
        ("no pain at all", {"headache": 0, "back": 0}),
        ("6 3 7.5 4 5", {"headache": 6, "back": 3, "sleep_hours": Hours(7.5, 7.5), "sleep_quality": 4, "posture": 5}),
    ],
)
def test_what_people_type(text: str, answers: dict[str, Value]) -> None:
    assert read_answers(text) == Understood(answers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", ""),
        ("", ""),
        ("6 3 7.5", ""),
        ("headache 6 or 7", ""),
        ("headache 6, something else", "something else"),
        ("headache 6, headache 7", "headache 7"),
        ("not headache 6", ""),
        ("I had no headache because back 5", ""),
    ],
)
def test_what_is_not_understood_is_named(text: str, words: str) -> None:
    assert read_answers(text) == NotUnderstood(words)


@pytest.mark.parametrize(
    ("text", "question"),
    [("headache 11", "headache"), ("6 3 7.5 0", "posture"), ("slept 7.1", "sleep_hours"), ("back 2.5", "back")],
)
def test_what_is_off_the_scale_is_named(text: str, question: str) -> None:
    assert read_answers(text) == OffScale(question)
