"""Typed times: the table of phrases (times.tsv), and what holds for any text: never a guess, never an error."""

import time as clock
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.time_words import WORDS
from bot.domain.times import MOST, NotTimes, Slot, Times, Why, read_one_time, read_times

WEDNESDAY, NOON = date(2026, 5, 6), time(12)
EVERY_DAY = frozenset(range(7))
SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLURAL = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays")
TABLE = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "times.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
UNDERSTOOD = [(language, phrase) for language, phrase, meant in TABLE if not meant.startswith("?")]


def read(phrase: str, language: str = "en") -> Times | NotTimes:
    return read_times(phrase, WEDNESDAY, NOON, language=language)


def said(read: Times | NotTimes) -> str:
    """Say what was understood so that it names every slot and can itself be typed; or why not."""
    if isinstance(read, NotTimes):
        return f"? {read.why}: {read.word}".removesuffix(": ")
    of: dict[str, list[int]] = {}
    for day in range(7):
        hours = " ".join(f"{slot.at:%H:%M}" for slot in read.slots if day in slot.weekdays)
        of.setdefault(hours, []).append(day)
    of.pop("", None)
    if read.once_on:
        return f"{read.once_on} {next(iter(of))}"
    return ", ".join(f"{named(days)} {hours}" for hours, days in of.items())


def named(days: list[int]) -> str:
    if len(days) == 7:
        return "daily"
    if len(days) == 1:
        return PLURAL[days[0]]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{SHORT[days[0]]}-{SHORT[days[-1]]}"
    return " ".join(SHORT[day] for day in days)


def test_the_table() -> None:
    wrong = [
        (phrase, got, meant) for language, phrase, meant in TABLE if (got := said(read(phrase, language))) != meant
    ]
    assert wrong == []
    assert len(UNDERSTOOD) >= 150
    assert len(TABLE) - len(UNDERSTOOD) >= 40
    assert len(TABLE) == len({(language, phrase) for language, phrase, _ in TABLE})


def test_the_table_knows_every_reason() -> None:
    assert {meant.removeprefix("? ").partition(":")[0] for _, _, meant in TABLE if meant.startswith("?")} == set(
        get_args(Why)
    )


def typed_otherwise(phrase: str) -> Iterator[str]:
    yield phrase.upper()
    yield phrase.title()
    yield f"  {phrase.replace(' ', '   ')} "
    yield phrase.replace(" ", "\N{NO-BREAK SPACE}")
    yield phrase.replace(" ", "\N{NARROW NO-BREAK SPACE}")
    yield "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in phrase)  # full width


def test_case_blanks_and_width_do_not_matter() -> None:
    assert [
        other
        for language, phrase, _ in TABLE
        for other in typed_otherwise(phrase)
        if read(other, language) != read(phrase, language)
    ] == []


def test_please_does_not_matter() -> None:
    please = {"en": "please ", "de": "bitte "}
    assert [
        phrase for language, phrase, _ in TABLE if read(please[language] + phrase, language) != read(phrase, language)
    ] == []


def test_one_strange_word_anywhere_refuses_the_whole() -> None:
    for language, phrase in UNDERSTOOD:
        words = phrase.split(" ")
        for n in range(len(words) + 1):
            with_it = " ".join([*words[:n], "xyzzy", *words[n:]])
            assert said(read(with_it, language)).startswith("? leftover"), with_it


def test_lines_are_parts() -> None:
    assert read("weekdays 10:00\n\nweekends 11:30\n") == read("weekdays 10:00, weekends 11:30")


FIGURES = [
    "8",
    "08",
    "10",
    "15",
    "9:30",
    "8.05",
    "14.05",
    "14.5.",
    "20h",
    "2030",
    "830",
    "0",
    "31",
    "1.5",
    "2026-05-14",
]
SIGNS = [",", ";", "-", ".", ":", "/", "&", "\n", "5/6", "1st", "xyzzy"]
A_LANGUAGE = st.sampled_from(sorted(WORDS))


@st.composite
def some_text(draw: st.DrawFn, language: str) -> str:
    """Anything, and above all what is nearly a phrase: words, figures and signs in any order."""
    known = sorted(WORDS[language].words)
    near = st.lists(st.sampled_from(known) | st.sampled_from(FIGURES + SIGNS), max_size=12)
    return draw(st.text() | near.map(" ".join) | near.map("".join) | st.text("0123456789:.-/h ,apm", max_size=20))


A_TEXT = A_LANGUAGE.flatmap(lambda language: st.tuples(st.just(language), some_text(language)))


@settings(deadline=None)
@given(A_TEXT, st.dates(date(2020, 1, 1), date(2090, 12, 31)), st.times(), st.frozensets(st.integers(0, 6)))
@example(("en", "8" * 5000 + ".5.14"), WEDNESDAY, NOON, EVERY_DAY)
@example(("en", "8 at ²"), WEDNESDAY, NOON, EVERY_DAY)
@example(("en", "29 feb 9:00"), date(2023, 11, 1), NOON, EVERY_DAY)
def test_any_text_is_times_or_says_why_not(
    typed: tuple[str, str], today: date, now: time, weekdays: frozenset[int]
) -> None:
    language, text = typed
    read = read_times(text, today, now, default_weekdays=weekdays or None, language=language)
    if isinstance(read, NotTimes):
        assert read.why in get_args(Why)
        assert len(read.word) <= 60
        return
    hours = [slot.at for slot in read.slots]
    assert hours == sorted(set(hours))
    assert 1 <= len(hours) <= MOST
    for slot in read.slots:
        assert (slot.at.second, slot.at.microsecond, slot.at.tzinfo) == (0, 0, None)
        assert slot.weekdays
        assert slot.weekdays <= EVERY_DAY
    if read.once_on:
        assert {slot.weekdays for slot in read.slots} == {frozenset({read.once_on.weekday()})}
        assert read.once_on > today or (read.once_on == today and hours[0] > now)


SOME_SLOTS = st.dictionaries(
    st.integers(0, 1439).map(lambda minute: time(*divmod(minute, 60))),
    st.frozensets(st.integers(0, 6), min_size=1),
    min_size=1,
    max_size=MOST,
).map(lambda of: tuple(Slot(at, of[at]) for at in sorted(of)))


@settings(deadline=None)
@given(SOME_SLOTS)
def test_what_was_understood_can_be_typed_again(slots: tuple[Slot, ...]) -> None:
    assert read(said(Times(slots))) == Times(slots)


@settings(deadline=None)
@given(SOME_SLOTS, st.integers(1, 3000))
def test_what_was_understood_for_a_date_can_be_typed_again(slots: tuple[Slot, ...], ahead: int) -> None:
    on = WEDNESDAY + timedelta(ahead)
    once = Times(tuple(Slot(slot.at, frozenset({on.weekday()})) for slot in slots), on)
    assert read(said(once)) == once


@settings(deadline=None)
@given(A_TEXT)
def test_one_time_is_what_times_would_be(typed: tuple[str, str]) -> None:
    language, text = typed
    at = read_one_time(text, language)
    if at is not None:
        assert read_times(text, WEDNESDAY, NOON, language=language) == Times((Slot(at, EVERY_DAY),))


@pytest.mark.parametrize("phrase", ["weekdays 8", "8 and 9", "every day at 8", "tomorrow at 8", "hourly 9", "8 8", "3"])
def test_one_time_is_only_one_time(phrase: str) -> None:
    assert read_one_time(phrase) is None


@settings(deadline=None)
@given(st.integers(0, 1439).map(lambda minute: time(*divmod(minute, 60))))
def test_every_time_of_day_in_every_notation(at: time) -> None:
    hour = at.hour % 12 or 12
    assert {
        read_one_time(text)
        for text in (
            f"{at:%H:%M}",
            f"{at:%H.%M}",
            f"{at:%Hh%M}",
            f"{at:%H%M}",
            f"{at:%I:%M %p}",
            f"{hour}.{at:%M}{at:%p}",
            f"{hour}:{at:%M} {'a.m.' if at.hour < 12 else 'p.m.'}",
        )
    } == {at}
    assert read_one_time(f"{at:%H} Uhr {at:%M}", "de") == at


def test_days_that_are_not_named_are_the_default() -> None:
    weekends = frozenset({5, 6})
    assert read_times("10:00", WEDNESDAY, NOON, default_weekdays=weekends) == Times((Slot(time(10), weekends),))
    assert read_times("every day 10:00", WEDNESDAY, NOON, default_weekdays=weekends) == read("10:00")
    assert read_times("mondays 10:00", WEDNESDAY, NOON, default_weekdays=weekends) == read("mondays 10:00")
    assert read_times("10:00 except sundays", WEDNESDAY, NOON, default_weekdays=weekends) == read("mon-sat 10:00")


@pytest.mark.parametrize(
    ("today", "phrase", "on"),
    [
        (date(2026, 12, 20), "14 jan 9:00", date(2027, 1, 14)),
        (date(2026, 12, 31), "tomorrow 9:00", date(2027, 1, 1)),
        (date(2026, 5, 14), "14 may 9:00", None),
        (date(2026, 5, 14), "14 may 13:00", date(2026, 5, 14)),
        (date(2026, 5, 15), "14 may 9:00", None),
        (date(2028, 1, 1), "29 feb 9:00", date(2028, 2, 29)),
        (date(2026, 5, 8), "this friday 13:00", date(2026, 5, 8)),
        (date(2026, 5, 9), "this friday 13:00", date(2026, 5, 15)),
    ],
)
def test_dates_are_the_next_ones(today: date, phrase: str, on: date | None) -> None:
    read = read_times(phrase, today, NOON)
    if on is None:
        assert isinstance(read, NotTimes)
        assert read.why == "past"
    else:
        assert isinstance(read, Times)
        assert read.once_on == on


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("8:30", time(8, 30)),
        ("08.30", time(8, 30)),
        ("20h", time(20)),
        ("20h15", time(20, 15)),
        ("8 pm", time(20)),
        ("8:30 A.M.", time(8, 30)),
        ("12 am", time(0)),
        ("12 pm", time(12)),
        ("0:00", time(0)),
        ("24:00", None),
        ("13 pm", None),
        ("8:60", None),
        ("8:3", None),
        ("noon", time(12)),
        ("-1", None),
        ("", None),
    ],
)
def test_a_single_time(text: str, at: time | None) -> None:
    assert read_one_time(text) == at


@pytest.mark.parametrize(
    "text", ["1 " * 2048, "9-" * 2048, "mon 9 " * 682, "mon 9, " * 66, "8." * 2048, " " * 4095 + "x", "every " * 682]
)
def test_a_long_message_is_read_quickly(text: str) -> None:
    assert min(seconds(text) for _ in range(3)) < 0.2  # measured: 4 ms; a full garbage collection may fall into one


def seconds(text: str) -> float:
    began = clock.thread_time()
    read(text)
    return clock.thread_time() - began


def test_a_phrase_takes_less_than_a_millisecond() -> None:
    began = clock.thread_time()
    for language, phrase, _ in TABLE:
        read(phrase, language)
    assert (clock.thread_time() - began) / len(TABLE) < 0.001  # measured: 0.06 ms
