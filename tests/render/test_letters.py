"""Whatever somebody typed can be put on paper: nothing is lost in silence, Arabic and Hebrew stand as they are read."""

import unicodedata

import pytest
from bidi import get_display
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render.letters import fitted, in_fonts, unwritable, width, wrapped, written
from bot.render.paper import Sheet, pdf
from bot.render.right_to_left import PAIRS, joined, shown


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("a  line\n and\tmore ", "a line and more"),
        ("Привет, Γεια σου, Ünïcödé ươ", "Привет, Γεια σου, Ünïcödé ươ"),
        ("e\u0301", "é"),
        ("🤕", "[face with head-bandage]"),
        ("👍🏽", "[thumbs up sign]"),
        ("❤\ufe0f", "❤"),
        ("頭痛", "▯▯"),
        ("zero\u200bwidth\u202e", "zerowidth"),
        ("\ud83e", "▯"),
        ("\x00", ""),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_what_no_font_has_gets_a_stand_in(typed: str, stands: str) -> None:
    assert written(typed) == stands


def test_letters_that_cannot_be_written_are_named_once() -> None:
    assert unwritable("Ann 山田 山本") == "山田本"
    assert unwritable("Ann Дарья مريم שרה 🤕") == ""


@pytest.mark.parametrize(
    ("word", "shapes"),
    [
        ("بيت", "\ufe91\ufef4\ufe96"),  # initial, medial, final
        ("دار", "\ufea9\ufe8d\ufead"),  # none of them joins to the next
        ("لا", "\ufefb"),  # lam with alef
        ("كلا", "\ufedb\ufefc"),
        ("بَيت", "\ufe91\u064e\ufef4\ufe96"),  # a mark between two letters keeps nothing apart
        ("ب\u200cيت", "\ufe8f\ufef3\ufe96"),  # what was to be kept apart is
        ("پچ", "\ufb58\ufb7b"),  # Persian
        ("שלום abc", "שלום abc"),
    ],
)
def test_arabic_letters_join(word: str, shapes: str) -> None:
    assert joined(word) == shapes


@pytest.mark.parametrize(
    ("line", "stands"),
    [
        ("שלום (עולם) 12", "12 (םלוע) םולש"),
        ("6 Feb: שלום (7/10) today", "6 Feb: (7/10) םולש today"),
        ("abc (def)", "abc (def)"),
        ("«שלום»", "«םולש»"),
    ],
)
def test_a_line_stands_as_it_is_read(line: str, stands: str) -> None:
    assert shown(line) == stands


def unpaired(line: str) -> str:
    """Return a line in which no pair can be told apart: the second opinion turns none of them round."""
    return "".join(min(letter, PAIRS.get(letter, letter)) for letter in line)


@given(st.text("ab אבמרحب 12٣٤-+.,:/%$()[]{}!?"))
@example("a)(א](ב")
def test_the_order_is_that_of_the_unicode_crate(line: str) -> None:
    assert unpaired(shown(line.strip())) == unpaired(get_display(line.strip()))


@given(st.text(), st.floats(20, 500), st.integers(1, 4))
def test_lines_are_as_wide_as_there_is_room(text: str, room: float, most: int) -> None:
    lines = wrapped(written(text), 8, room, most=most)
    assert 1 <= len(lines) <= most
    assert all(width(line, 8) <= room for line in lines)
    whole = wrapped(written(text), 8, room)
    assert "".join(whole).replace(" ", "") == written(text).replace(" ", "")
    assert width(fitted(written(text), 8, room), 8) <= room


@given(st.text())
def test_every_letter_has_a_font(text: str) -> None:
    line = written(text)
    assert "".join(part for _, part in in_fonts(line, bold=True)) == line
    sheet = Sheet(8)
    sheet.tell(40, 40, text, 500)
    assert pdf([sheet], "any text", "en").startswith(b"%PDF")


def test_a_letter_is_missing_in_no_silence() -> None:
    """Letters, figures and signs of every script: each is itself, a name or a box; only what has no look is dropped."""
    every = (chr(code) for code in range(0x20, 0x20000) if unicodedata.category(chr(code))[0] in "LNPS")
    silent = [letter for letter in every if not letter.isspace() and not written(f"{letter}")]
    assert {unicodedata.category(letter) for letter in silent} <= {"Sk"}
