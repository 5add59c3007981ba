"""The words of a language: filled in, counted, dated; an unknown language reads English."""

from datetime import date, time

import pytest
from babel import Locale
from babel.messages.catalog import Catalog

from bot.texts.words import CHOICES, LANGUAGES, Texts, name_of, texts_for

T = texts_for("en")


@pytest.mark.parametrize("language", ["en", "en-GB", "EN", "xx", "", "zh-hans", "e\u0301", "../../en"])
def test_a_language_we_do_not_have_reads_english(language: str) -> None:
    assert texts_for(language).locale.language == "en"


def test_places_are_filled_in() -> None:
    assert T("Logged {n} of {days} days.", n=6, days=7) == "Logged 6 of 7 days."
    assert T("No places, no {braces} touched") == "No places, no {braces} touched"


def test_what_a_person_typed_is_never_a_template() -> None:
    assert T("I found “{place}”.", place="{0.__class__}") == "I found “{0.__class__}”."


@pytest.mark.parametrize(("n", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (21, "21 days")])
def test_plurals(n: int, words: str) -> None:
    assert T.many("{n} day", "{n} days", n) == words


def test_days_times_and_numbers() -> None:
    assert T.day(date(2026, 3, 2)) == "Mon 2 Mar"
    assert T.weekday(date(2026, 3, 8)) == "Sun"
    assert (T.clock_time(time(0, 5)), T.clock_time(time(20))) == ("00:05", "20:00")
    assert (T.number(7), T.number(7.5), T.number(7.25, 2), T.number(3.14159)) == ("7", "7.5", "7.25", "3.1")
    assert (T.zone("America/New_York"), T.zone("Europe/Vienna"), T.zone("UTC")) == ("New York", "Vienna", "UTC")


def test_german_days_times_numbers_and_cities() -> None:
    t = texts_for("de-AT")
    assert (t.day(date(2026, 3, 2)), t.dated(date(2026, 3, 2))) == ("Mo., 2. März", "2. März 2026")
    assert (t.day(date(2026, 2, 3)), t.short_day(date(2026, 2, 3))) == ("Di., 3. Feb", "3. Feb")
    assert (t.weekday(date(2026, 3, 8)), t.month(date(2026, 3, 1))) == ("So", "März 2026")
    assert (t.clock_time(time(0, 5)), t.clock_time(time(20))) == ("00:05", "20:00")
    assert (t.number(7), t.number(7.5), t.number(7.25, 2)) == ("7", "7,5", "7,25")
    assert (t.zone("Europe/Vienna"), t.zone("America/New_York")) == ("Wien", "New York")


def test_german_plurals() -> None:
    t = texts_for("de")
    assert [t.many("{n} day", "{n} days", n) for n in (0, 1, 2, 21)] == ["0 Tage", "1 Tag", "2 Tage", "21 Tage"]


def test_a_translation_of_what_has_changed_since_is_not_said() -> None:
    """What tools/texts.py marks "fuzzy" belongs to an earlier English text, and may say something else."""
    words = Catalog(locale="de")
    words.add("Call a doctor today.", "Ruf irgendwann an.", flags=["fuzzy"])
    assert Texts(Locale("de"), words)("Call a doctor today.") == "Call a doctor today."


def test_every_language_has_its_words() -> None:
    assert "en" in LANGUAGES
    assert all(texts_for(code).locale.language == code for code in LANGUAGES)


@pytest.mark.parametrize(
    ("language", "clock", "day"),
    [
        ("en", "20:05", "Mon 2 Mar"),
        ("en-GB", "20:05", "Mon 2 Mar"),
        ("en-US", "8:05 PM", "Mon, Mar 2"),
        ("en-us", "8:05 PM", "Mon, Mar 2"),
        ("en-XQ", "20:05", "Mon 2 Mar"),
        ("en-150", "20:05", "Mon 2 Mar"),
    ],
)
def test_the_clock_and_dates_are_the_regions(language: str, clock: str, day: str) -> None:
    t = texts_for(language)
    assert (t.clock_time(time(20, 5)), t.day(date(2026, 3, 2)).replace("Mon, 2", "Mon 2")) == (clock, day)


def test_every_choice_says_how_it_looks() -> None:
    names = [name_of(texts_for(language)) for language in CHOICES]
    assert names == ["Deutsch, 20:00", "English, 20:00", "English, 8:00 PM"]
