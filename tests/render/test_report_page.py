"""The page for the doctor, read back from its PDF: one sheet, every block, the right figures, clean margins."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pypdfium2
import pytest
from babel import Locale

from bot.domain.before_after import WINDOW as AROUND
from bot.domain.checklists import SIGNS, Check
from bot.domain.history import Day
from bot.domain.log import KINDS
from bot.domain.questions import BANDS, BY_KEY, FACTORS, Answers, Hours
from bot.domain.report import Report
from bot.render import paper
from bot.render.report_page import Page, draw
from bot.texts.words import Texts, texts_for
from tests.reports import report_from

ENGLISH = texts_for("en")
FIRST = date(2025, 12, 8)
ASKED = ("headache", "back", "sleep_hours", "sleep_quality", "posture", "note")
FINE: Answers = {"headache": 0, "back": 0, "sleep_hours": Hours(7, 8), "sleep_quality": 4, "posture": 4}
NOTES = (
    "Был дождь, голова болела до вечера",
    "Ο πόνος ξεκίνησε το πρωί",
    "كان الصداع شديدا (7/10)",
    "כאב ראש אחרי העבודה",
    "bad 🤕 頭痛",
)
PIECES = (
    *("Headache and back diary", "Self-reported diary, made with HeadsUp. Not a diagnosis.", "Logged on"),
    *("Key numbers", "Day by day", "Back pain and headaches together", "What the headaches were like"),
    *("Visits and changes", "Signs asked about, and ticked", "Things to mention", "Notes I chose"),
    *("Headache day: worst score 1 or more", "Missing days are not counted as pain-free", "HeadsUp 0.1.0"),
)


def any_day(chance: random.Random, n: int) -> Answers:
    """Return a day with every follow-up answered."""

    def some(key: str) -> frozenset[str]:
        codes = [code for code in BY_KEY[key].choices if code != "none"]
        return frozenset(chance.sample(codes, chance.randint(1, len(codes))))

    head, back = chance.choice([0, 0, *range(11)]), chance.choice([0, 0, *range(11)])
    return {
        **FINE,
        "headache": head,
        "back": back,
        "sleep_hours": chance.choice(list(BANDS.values())),
        "duration": chance.choice(BY_KEY["duration"].choices),
        "features": some("features"),
        "impact": chance.choice("012"),
        "back_region": some("back_region"),
        "medicine": some("medicine"),
        "factors": some("factors"),
    }


def daily(chance: random.Random, n: int) -> Answers:
    return {**any_day(chance, n), "headache": 10, "back": 10}


def sparse(chance: random.Random, n: int) -> Answers:
    return any_day(chance, n) if chance.random() < 0.4 else {}


def painless(chance: random.Random, n: int) -> Answers:
    return FINE


def with_notes(chance: random.Random, n: int) -> Answers:
    return {**any_day(chance, n), "note": NOTES[n % len(NOTES)] + " 🤕 слово مرحبا" * 40 * (n % 2)}


def days_of(make: Any, count: int = 84) -> list[Day]:
    chance = random.Random(7)
    asked = (*ASKED, *(f"factors:{code}" for code in FACTORS[:5]))
    return [Day(FIRST + timedelta(days=n), make(chance, n), asked, late=n % 9 == 0) for n in range(count)]


@cache
def report(make: Any, *, busy: bool = False, weeks: int = 12) -> Report:
    """Return a report; a `busy` one has as much of everything as there can be."""
    days = days_of(make)
    if not busy:
        return report_from(days, weeks)
    events = [(kind, FIRST + timedelta(days=n)) for kind in KINDS for n in (AROUND + 1, 80)]
    checks = [Check("head", day.day, 10, SIGNS["head"].keys()) for day in days[-6:]]
    periods = [FIRST + timedelta(days=n) for n in (3, 31, 59)]
    return report_from(
        days,
        weeks,
        events,
        periods,
        checks=checks,
        chosen=[day.day for day in days],
        questions=["Why does it hurt so? " * 9] * 20,
        injury="recent",
    )


@dataclass(frozen=True)
class Longer(Texts):
    """A language whose words are half as long again as the English ones, and its plurals too."""

    def __call__(self, msgid: str, **values: object) -> str:
        grown = re.sub(r"(?<!\{)\b[A-Za-z]{4,}\b", lambda word: word[0] + word[0][: len(word[0]) // 2], msgid)
        return grown.format(**values) if values else grown

    def many(self, one: str, several: str, n: int, **values: object) -> str:
        return self(one if n == 1 else several, n=n, **values)


LONG = Longer(Locale("fi"), ENGLISH.catalogue)
LIVES = {
    "84 full days": report(any_day),
    "60 % missing": report(sparse),
    "a headache every day": report(daily),
    "no pain at all": report(painless),
    "notes in many letters": report(with_notes, busy=True),
    "all there can be": report(daily, busy=True),
    "four weeks": report(any_day, busy=True, weeks=4),
}
USUAL = ("84 full days", "60 % missing", "a headache every day", "no pain at all")
lives = pytest.mark.parametrize("life", LIVES)


@cache
def printed(life: str, t: Texts = ENGLISH) -> bytes:
    return draw(t, Page(LIVES[life], "0.1.0", "Ann Example, 3 May 1980", all_days=True))


def pages(pdf: bytes) -> Sequence[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(pdf))


def text(page: pypdfium2.PdfPage) -> str:
    return re.sub(r"\s+", " ", page.get_textpage().get_text_range())


def sizes(page: pypdfium2.PdfPage) -> list[float]:
    read = page.get_textpage()
    every = [pypdfium2.raw.FPDFText_GetFontSize(read.raw, n) for n in range(read.count_chars())]
    return [size for size in every if size > 1]  # what was made up between two lines has none


@lives
def test_one_page_and_one_more_on_request(life: str) -> None:
    assert len(pages(draw(ENGLISH, Page(LIVES[life], "0.1.0")))) == 1
    both = pages(printed(life))
    assert len(both) == 2
    assert all(tuple(map(round, page.get_size())) == (595, 842) for page in both), "A4"


@lives
def test_every_block_can_be_read_in_it(life: str) -> None:
    page = pages(printed(life))[0]
    assert [piece for piece in PIECES if piece not in text(page)] == []
    assert "Ann Example, 3 May 1980" in text(page)
    assert ("What I want to ask" in text(page)) == bool(LIVES[life].questions)


@lives
@pytest.mark.parametrize("t", [ENGLISH, LONG], ids=["English", "long words"])
def test_nothing_stands_in_the_margins(life: str, t: Texts) -> None:
    for page in pages(printed(life, t)):
        image = page.render(scale=1, grayscale=True).to_pil()
        width, height = image.size
        edge = int(paper.MARGIN) - 2
        inked = image.point(lambda grey: 255 * (grey < 250)).getbbox()
        assert inked is not None
        left, top, right, bottom = inked
        assert min(left, top) >= edge
        assert right <= width - edge
        assert bottom <= height - edge


@lives
@pytest.mark.parametrize("t", [ENGLISH, LONG], ids=["English", "long words"])
def test_it_can_be_read_without_a_glass(life: str, t: Texts) -> None:
    """The fullest page has letters of 5 points, any usual one of 7; legends are four fifths of that."""
    page = pages(printed(life, t))[0]
    least = 7 if life in USUAL else 5
    assert min(sizes(page)) >= paper.SMALL * least


def test_the_same_report_is_the_same_file() -> None:
    again = draw(ENGLISH, Page(LIVES["84 full days"], "0.1.0", "Ann Example, 3 May 1980", all_days=True))
    assert again == printed("84 full days")


def test_figures_of_a_hand_made_diary() -> None:
    bad = {**FINE, "headache": 8, "duration": "4_12h", "impact": "2", "medicine": frozenset({"triptan"})}
    answers = [*[FINE] * 28, *[bad] * 4, *[FINE] * 24, *[bad] * 11, *[FINE] * 14, {}, {}, {}]
    days = [Day(FIRST + timedelta(days=n), each, ASKED) for n, each in enumerate(answers)]
    (page,) = pages(draw(ENGLISH, Page(report_from(days, 12), "0.1.0")))
    said = text(page)
    assert "8 Dec 2025 to 1 Mar 2026, 12 weeks." in said
    assert "Logged on 81 of 84 days (96 %). Filled in later: 0. Changed later: 0. Longest gap: 3 days." in said
    assert "Last 28 days 28 before 28 before that Change" in said
    assert "Headache days 11 of 25 (about 12 per 28) 4 of 28 0 of 28 about 8 more" in said
    assert "Worst score on those days, mean 8.0, highest 8 8.0, highest 8 –" in said
    assert "Usual length of a headache 4 to 12 h 4 to 12 h –" in said
    assert "had to stop or lie down 11 of 11 4 of 4 –" in said
    assert "– A triptan (limit 10) 11 4 0" in said
    assert "Sleep, mean of nights with hours 7.5 h, 25 nights 7.5 h, 28 nights 7.5 h, 28 nights about the same" in said
    assert "81 days with an answer to both, since 8 Dec 2025." in said
    assert "No back pain 15 of 81 (19 %) 66 of 81 (81 %)" in said
    assert "On 15 headache days (ticked on 0)" in said
    assert "Length: 4 to 12 h 15." in said


def test_what_was_told_and_what_is_to_be_asked() -> None:
    days = [Day(FIRST + timedelta(days=n), FINE, ASKED) for n in range(28)]
    asked = [f"Question {n}?" for n in range(12)]
    (page,) = pages(draw(ENGLISH, Page(report_from(days, 4, questions=asked, injury="past"), "0.1.0")))
    assert "☐ neck or head injury: longer ago ☐ new medicines" in text(page)
    assert "What I want to ask – Question 0? – Question 1?" in text(page)
    assert "– Question 9? and 2 more Notes I chose" in text(page)
    (page,) = pages(draw(ENGLISH, Page(report_from(days, 4), "0.1.0")))
    assert "☐ neck or head injury ☐ new medicines" in text(page)
    assert "What I want to ask" not in text(page)


def test_what_is_of_headache_days_is_not_told_per_28_days() -> None:
    hurts = [{**FINE, "headache": 5, "impact": "2" if n < 10 else "1"} for n in range(25)]
    days = [Day(FIRST + timedelta(days=n), each, ASKED) for n, each in enumerate([*hurts, {}, {}, {}])]
    (page,) = pages(draw(ENGLISH, Page(report_from(days, 4), "0.1.0")))
    assert "Headache days 25 of 25 (about 28 per 28)" in text(page)
    assert "– had to stop or lie down 10 of 25 – got less done 15 of 25 Days with" in text(page)


def test_change_is_silent_about_thin_weeks() -> None:
    answers = [FINE if n % 3 == 0 else {} for n in range(56)]
    days = [Day(FIRST + timedelta(days=n), each, ASKED) for n, each in enumerate(answers)]
    (page,) = pages(draw(ENGLISH, Page(report_from(days, 8), "0.1.0")))
    said = text(page)
    assert "Headache days 0 of 9 0 of 10 – moderate" in said
    assert "per 28) 2 Feb" not in said
    assert "the same" not in said.split("Day by day")[0]


def test_the_strip_says_each_day() -> None:
    answers = [{}, FINE, {**FINE, "headache": 7, "medicine": frozenset({"triptan", "nsaid"})}, *[FINE] * 25]
    days = [Day(FIRST + timedelta(days=n), each, ASKED) for n, each in enumerate(answers)]
    begun = report_from([Day(FIRST - timedelta(days=1), FINE, ASKED), *days], 4, periods=[FIRST + timedelta(days=1)])
    (page,) = pages(draw(ENGLISH, Page(begun, "0.1.0")))
    assert "8 Dec 15 Dec 22 Dec 29 Dec Headache 7 Back, neck Medicine NT Period P Number" in text(page)


def test_days_before_the_diary_have_no_square_and_gaps_are_hatched() -> None:
    def paths(answers: Sequence[Answers]) -> int:
        days = [Day(FIRST + timedelta(days=n), each, ASKED) for n, each in enumerate(answers)]
        (page,) = pages(draw(ENGLISH, Page(report_from(days, 4), "0.1.0")))
        return sum(1 for _ in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_PATH]))

    full = paths([FINE] * 28)
    assert paths([*[{}] * 10, *[FINE] * 18]) == full - 30, "three squares less for each day"
    assert paths([FINE, *[{}] * 10, *[FINE] * 17]) > full + 30, "strokes through each square"


def test_patterns_are_told_in_counts_and_claim_nothing() -> None:
    chance = random.Random(3)
    hurts = [chance.random() < 0.4 for _ in range(84)]
    answers = [{**FINE, "headache": 6 * x, "back": 5 * x} for x in hurts]
    days = [Day(FIRST + timedelta(days=n), each, ASKED) for n, each in enumerate(answers)]
    (page,) = pages(draw(ENGLISH, Page(report_from(days, 12), "0.1.0")))
    block = text(page).split("Back pain and headaches together")[1].split("Visits and changes")[0]
    assert f"Back pain {sum(hurts)} of {sum(hurts)} (100 %) 0 of {sum(hurts)} (0 %)" in block
    assert "That is more than chance usually gives. It does not say which came first, or why." in block
    assert not re.search(r"\b(trigger|cause|risk|because|prove|significant)", block, re.I)


@pytest.mark.parametrize("note", NOTES)
def test_notes_in_any_letters_can_be_found(note: str) -> None:
    days = [Day(FIRST + timedelta(days=n), {**FINE, "note": note} if n == 5 else FINE, ASKED) for n in range(28)]
    report = report_from(days, 4, chosen=[days[5].day])
    (page,) = pages(draw(ENGLISH, Page(report, "0.1.0")))
    said = text(page)
    assert note.replace("🤕", "[face with head-bandage]").replace("頭痛", "▯▯") in said


def test_every_day_has_its_line() -> None:
    first, second = pages(printed("all there can be"))
    assert "Sun 1 Mar 10" in text(second)
    assert len(re.findall(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} \w{3} 10 ", text(second))) == 84
    assert "All days" not in text(first)
