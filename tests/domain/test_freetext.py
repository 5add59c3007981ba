"""Typed answers: a table of lines per language, and what holds for any text: never a guess, never an error."""

import time as clock
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.freetext import (
    SCORE_OF,
    Contradiction,
    NotUnderstood,
    OffScale,
    OtherDay,
    Reading,
    Refusal,
    Understood,
    Unscored,
    read_answers,
    read_today_or_yesterday,
    read_value,
    unscored,
)
from bot.domain.freetext_words import WORDS
from bot.domain.questions import BY_KEY, QUESTIONS, Answers, Hours, Question, Value, allowed
from bot.texts.words import LANGUAGES

TABLES = {
    language: [
        (text.replace("⏎", "\n"), meant)
        for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for text, meant in [line.split("\t")]
    ]
    for language, name in (("en", "typed.tsv"), ("de", "typed_de.tsv"))
}
UNDERSTOOD = {
    language: [text for text, meant in table if not meant.startswith("?")] for language, table in TABLES.items()
}
languages = pytest.mark.parametrize("language", TABLES)


def said(reading: Reading) -> str:
    match reading:
        case Understood(answers, day, unkept):
            values = ", ".join(f"{key} {shown(value)}" for key, value in answers.items())
            return (f"{day}: " if day else "") + values + (f" (not kept: {unkept})" if unkept else "")
        case NotUnderstood(words):
            return f"? words: {words}".removesuffix(": ")
        case OtherDay(words):
            return f"? day: {words}"
        case OffScale(question):
            return f"? scale: {question}"
        case Contradiction(question):
            return f"? contradiction: {question}"
        case Unscored():
            raise AssertionError("a line alone cannot tell")


def shown(value: Value | None) -> str:
    if isinstance(value, Hours):
        return f"{value.low:g}h" if value.low == value.high else f"{value.low:g}-{value.high:g}h"
    return "+".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def test_every_language_has_a_table() -> None:
    assert set(TABLES) == set(WORDS) == LANGUAGES
    assert len(UNDERSTOOD["en"]) >= 200
    assert len(UNDERSTOOD["de"]) >= 100


@languages
def test_the_table(language: str) -> None:
    table = TABLES[language]
    assert [(text, got, meant) for text, meant in table if (got := said(read_answers(text, language))) != meant] == []
    assert len(table) - len(UNDERSTOOD[language]) >= 45
    assert len(table) == len({text for text, _ in table})


@languages
def test_the_table_knows_every_refusal(language: str) -> None:
    names = {meant.split(":")[0] for _, meant in TABLES[language] if meant.startswith("?")}
    assert names == {"? words", "? scale", "? contradiction", "? day"}
    assert len(names) == len(get_args(Refusal)) - 1, "whether a detail has its score is asked of the day"


def typed_otherwise(text: str) -> Iterator[str]:
    yield text.upper()
    yield text.title()
    yield f"  {text.replace(' ', '   ')} "
    yield text.replace(" ", "\N{NO-BREAK SPACE}")
    yield "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)  # full width


@languages
def test_case_blanks_and_width_do_not_matter(language: str) -> None:
    assert [
        other
        for text in UNDERSTOOD[language]
        for other in typed_otherwise(text)
        if said(read_answers(other, language)) != said(read_answers(text, language))
    ] == []


def test_who_has_no_umlauts_is_understood() -> None:
    plain = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
    for text in UNDERSTOOD["de"]:
        if "(not kept" not in said(read_answers(text, "de")):
            assert read_answers(text.translate(plain), "de") == read_answers(text, "de")


def test_the_order_does_not_matter() -> None:
    parts = ["headache 6 for 3 hours", "back 4 lower and upper", "slept 7h30", "sleep quality 2", "posture good"]
    first = read_answers(", ".join(parts))
    assert isinstance(first, Understood)
    for n in range(len(parts)):
        for between in (", ", " and ", "; ", "\n", " ", ". "):
            assert read_answers(between.join(parts[n:] + parts[:n])) == first


@languages
def test_one_strange_word_anywhere_refuses_the_whole_and_is_named(language: str) -> None:
    for text in UNDERSTOOD[language]:
        words = text.split(" ")
        for n in range(len(words) + 1):
            reading = read_answers(" ".join([*words[:n], "xyzzy", *words[n:]]), language)
            assert isinstance(reading, NotUnderstood)
            assert "xyzzy" in reading.words or not reading.words


FIGURES = ["0", "6", "10", "11", "7.5", "7,5", "7:30", "1/2", "½", "6/10", "6-7", "3.3.", "2026-03-01", "99999999"]
SIGNS = [",", ";", "-", ".", ":", "/", "&", "?", "\n", "xyzzy", "<b>", "²", "٣", "😩"]
NEAR = st.lists(st.sampled_from(sorted({*WORDS["en"], *WORDS["de"]})) | st.sampled_from(FIGURES + SIGNS), max_size=12)
LIKELY = ["headache", "back", "neck", "lower", "left", "slept", "posture", "no", "and", "h", "for", "yesterday", "good"]
NEARER = st.lists(st.sampled_from(LIKELY) | st.sampled_from(["6", "3", "7.5", "11", ",", ":"]), max_size=10)
A_TEXT = st.text() | NEAR.map(" ".join) | NEAR.map("".join) | NEARER.map(" ".join)


@settings(deadline=None)
@given(A_TEXT, st.sampled_from(sorted(TABLES)))
@example("headache ²", "en")
@example("1,2,3,4", "en")
@example("headache " + "9" * 5000, "en")
@example("shot down", "en")
@example("İ 6 headache", "en")
@example("zog in", "de")
def test_any_text_is_read_or_not_and_never_off_the_scale(text: str, language: str) -> None:
    reading = read_answers(text, language)
    if isinstance(reading, Understood):
        assert reading.answers
        assert reading.day in ("today", "yesterday", None)
        for key, value in reading.answers.items():
            assert value is not None
            assert allowed(BY_KEY[key], value)
        for detail, score in SCORE_OF.items():
            assert detail not in reading.answers or reading.answers.get(score) != 0
    else:
        assert isinstance(reading, Refusal)
        assert "\n" not in getattr(reading, "words", "")


@settings(deadline=None)
@given(
    st.sampled_from(QUESTIONS), A_TEXT | st.text(max_size=8) | st.floats(0, 30).map(str) | st.integers(-1, 30).map(str)
)
def test_any_single_value_is_on_its_scale_or_nothing(question: Question, text: str) -> None:
    value = read_value(question.key, text)
    assert value is None or allowed(question, value)


@settings(deadline=None)
@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 96), st.integers(1, 5))
def test_every_possible_day_in_numbers_and_in_words(head: int, back: int, quarters: int, posture: int) -> None:
    hours = quarters / 4
    day: Answers = {"headache": head, "back": back, "sleep_hours": Hours(hours, hours), "posture": posture}
    assert read_answers(f"{head} {back} {hours:g} {posture}") == Understood(day)
    in_words = f"posture {posture}, slept {hours:g} h, headache {head}, back {back}"
    assert read_answers(in_words) == Understood(day)
    clock_hours = f"{int(hours)}h{quarters % 4 * 15:02}"
    assert read_answers(f"yesterday: {head}/10 headache, slept {clock_hours}") == Understood(
        {"headache": head, "sleep_hours": Hours(hours, hours)}, "yesterday"
    )


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("headache", "6", 6),
        ("headache", "six", 6),
        ("headache", " 6/10. ", 6),
        ("headache", "6 out of 10", 6),
        ("headache", "no", 0),
        ("headache", "none", 0),
        ("headache", "6.5", None),
        ("headache", "7 hours", None),
        ("headache", "6 3", None),
        ("headache", "back 6", None),
        ("headache", "11", None),
        ("headache", "-1", None),
        ("headache", "6-7", None),
        ("headache", "", None),
        ("sleep_hours", "7,5", Hours(7.5, 7.5)),
        ("sleep_hours", "7h30", Hours(7.5, 7.5)),
        ("sleep_hours", "about 7 and a half hours", Hours(7.5, 7.5)),
        ("sleep_hours", "7-8", Hours(7, 8)),
        ("sleep_hours", "7.1", None),
        ("sleep_hours", "25", None),
        ("sleep_quality", "so-so", 3),
        ("sleep_quality", "very well", 5),
        ("sleep_quality", "0", None),
        ("posture", "4/5", 4),
        ("posture", "good", 4),
        ("posture", "4/10", None),
        ("duration", "3 hours", "2_4h"),
        ("duration", "for half an hour", "30m_2h"),
        ("duration", "still going on", "ongoing"),
        ("duration", "3", None),
        ("impact", "a bit", "1"),
        ("impact", "no", "0"),
        ("impact", "had to lie down", "2"),
        ("back_region", "neck and lower back", frozenset({"neck", "lower"})),
        ("back_region", "lower left", None),
        ("features", "none", None),
        ("aura_known", "usual", None),
    ],
)
def test_one_value_for_the_question_on_the_card(question: str, text: str, value: Value | None) -> None:
    assert read_value(question, text) == value


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("headache", "sechs", 6),
        ("headache", "6 von 10", 6),
        ("headache", "keine", 0),
        ("headache", "nein", 0),
        ("sleep_hours", "7,5", Hours(7.5, 7.5)),
        ("sleep_hours", "etwa siebeneinhalb Stunden", Hours(7.5, 7.5)),
        ("sleep_hours", "7 bis 8", Hours(7, 8)),
        ("sleep_quality", "so lala", 3),
        ("sleep_quality", "sehr gut", 5),
        ("posture", "nicht so gut", 2),
        ("duration", "3 Stunden", "2_4h"),
        ("duration", "eine halbe Stunde", "30m_2h"),
        ("duration", "dauert noch an", "ongoing"),
        ("impact", "nein", "0"),
        ("impact", "ein bisschen", "1"),
        ("impact", "musste mich hinlegen", "2"),
        ("back_region", "Nacken und unterer Rücken", frozenset({"neck", "lower"})),
        ("headache", "sehr schlecht", None),
    ],
)
def test_one_value_in_german(question: str, text: str, value: Value | None) -> None:
    assert read_value(question, text, "de") == value


def test_this_morning_is_today_and_morgen_alone_is_tomorrow() -> None:
    assert said(read_answers("heute Morgen Kopf 6", "de")) == "today: headache 6"
    assert said(read_answers("morgen Kopf 6", "de")) == "? day: morgen"
    assert [read_today_or_yesterday(each, "de") for each in ("Gestern", " heute ", "morgen", "")] == [
        "yesterday",
        "today",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("typed", "stored", "refused"),
    [
        ({"duration": "2_4h"}, {}, Unscored("duration")),
        ({"duration": "2_4h"}, {"headache": 0}, Unscored("duration")),
        ({"duration": "2_4h"}, {"headache": None}, Unscored("duration")),
        ({"duration": "2_4h"}, {"headache": 1}, None),
        ({"duration": "2_4h", "headache": 1}, {"headache": 0}, None),
        ({"back_region": frozenset({"leg"})}, {"headache": 3}, Unscored("back_region")),
        ({"headache": 0}, {"headache": 3, "duration": "2_4h"}, None),
    ],
)
def test_a_detail_needs_its_score(typed: Answers, stored: Answers, refused: Unscored | None) -> None:
    assert unscored(typed, stored) == refused


@pytest.mark.parametrize(
    "text",
    [
        "6 " * 500,
        "6-" * 500,
        "no " * 333,
        "neck " * 200,
        "neck and " * 111,
        "back 5 " + "lower the " * 100,
        "headache 6, " * 83,
        "slept 7 h " * 100,
        "7 and a half " * 76,
        "," * 1000,
        " " * 999 + "x",
        "a" * 1000,
        "9" * 1000,
        "xyzzy headache " * 66,
        "shot down my left " * 55,
        "the " * 250,
        "6/10/" * 200,
        ":" * 1000,
    ],
)
def test_a_long_line_is_read_quickly(text: str) -> None:
    began = clock.thread_time()
    read_answers(text)
    for question in QUESTIONS:
        read_value(question.key, text)
    assert clock.thread_time() - began < 0.3  # measured: at most 30 ms, for all of the questions together


def test_a_line_takes_less_than_a_millisecond() -> None:
    began = clock.thread_time()
    for text, _ in TABLES["en"]:
        read_answers(text)
    assert (clock.thread_time() - began) / len(TABLES["en"]) < 0.001  # measured: 0.04 ms
