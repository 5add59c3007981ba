"""The page for the doctor: one sheet of A4 that says the same in black and white, and on request one with every day.

The blocks and their order are those of the content notes, 5.3. It is set in the largest letters in which it fits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.association import Counts
from bot.domain.checklists import Check
from bot.domain.history import Day
from bot.domain.patterns import PRIMARY
from bot.domain.report import LONGEST_NOTE, MOST_CHECKS, MOST_QUESTIONS, WINDOW, Figures, Report
from bot.domain.rules import medicine_kinds
from bot.render import report_words as words
from bot.render.checklist import signs
from bot.render.paper import MARGIN, ROOM, SMALL, Sheet, largest, pdf
from bot.render.report_days import days_sheet
from bot.texts.words import Texts

APART = 12.0
"""Between two blocks that stand side by side, points."""

LEAD = 1.25
"""How high a line of letters is in a square, in sizes of theirs."""

Block = Callable[[Sheet, float, float, float], float]
"""Sets something at left, top and with so much room, and returns how far down it reaches."""


@dataclass(frozen=True)
class Page:
    """A report with what stands on it besides: `name` as the person typed it, the version it was made with."""

    report: Report
    version: str
    name: str = ""
    all_days: bool = False


def draw(t: Texts, page: Page) -> bytes:
    """Return the page as a PDF, with a second one where all days are wanted."""
    sheets = [largest(lambda sheet: _set(t, sheet, page))]
    if page.all_days:
        sheets.append(days_sheet(t, page.report))
    return pdf(sheets, f"HeadsUp, {words.period(t, page.report.figures)}", t.locale.language)


def _set(t: Texts, sheet: Sheet, page: Page) -> float:
    """Set the whole page; returns how far down it reaches."""
    report, gap = page.report, 0.5 * sheet.size
    top = _header(t, sheet, page) + gap
    top = _key_numbers(t, sheet, report.figures, top) + gap
    top = _calendar(t, sheet, report, top) + gap
    half = (ROOM - APART) / 2
    for pair in (
        (_together(t, report), _features(t, report)),
        (_remedies(t, report), _safety(t, report)),
    ):
        top = max(block(sheet, MARGIN + n * (half + APART), top, half) for n, block in enumerate(pair)) + gap
    for block in (_to_mention(t, report), *([_questions(t, report)] if report.questions else []), _notes(t, report)):
        top = block(sheet, MARGIN, top, ROOM) + gap
    sheet.rule(MARGIN, MARGIN + ROOM, top, grey=0.4)
    foot = " ".join(words.definitions(t, page.version))
    return sheet.tell(MARGIN, top + 0.2 * sheet.size, foot, ROOM, size=SMALL * sheet.size)


def _header(t: Texts, sheet: Sheet, page: Page) -> float:
    figures, size = page.report.figures, sheet.size
    top = sheet.say(MARGIN, MARGIN, t("Headache and back diary"), ROOM, size=1.4 * size, bold=True)
    if page.name:
        top = sheet.say(MARGIN, top, page.name, ROOM, size=1.1 * size, bold=True)
    weeks = t.many("{period}, {n} week", "{period}, {n} weeks", len(figures.days) // 7, period=words.period(t, figures))
    made = t("Self-reported diary, made with HeadsUp. Not a diagnosis.")
    top = sheet.tell(MARGIN, top, f"{weeks}. {made}", ROOM)
    return sheet.tell(MARGIN, top, words.complete(t, figures), ROOM)


def _key_numbers(t: Texts, sheet: Sheet, figures: Figures, top: float) -> float:
    heads = [t("Last 28 days"), t("28 before"), t("28 before that")][: len(figures.windows)]
    spans = [_span(t, window.first, window.last) for window in figures.windows]
    rows = [[row.name, *row.cells, row.change] for row in words.key_rows(t, figures.windows)]
    sheet.rule(MARGIN, MARGIN + ROOM, top, grey=0.4)
    table = [
        [t("Key numbers"), *heads, t("Change") if len(heads) > 1 else ""],
        [t("days of those with an answer (per 28)"), *spans, ""],
        *rows,
    ]
    return sheet.table(MARGIN, top + 0.15 * sheet.size, table, ROOM, heads=2)


def _span(t: Texts, first: date, last: date) -> str:
    return f"{t.short_day(first)} – {t.short_day(last)}"


def _calendar(t: Texts, sheet: Sheet, report: Report, top: float) -> float:
    """Set the strips: for each 28 days a lane each for headache, back pain, medicine and, where noted, periods."""
    lanes: list[tuple[str, Callable[[Day], tuple[str, float | None] | None]]] = [
        (t("Headache"), lambda day: _score(day, "headache")),
        (t("Back, neck"), lambda day: _score(day, "back")),
        (t("Medicine"), _medicine),
    ]
    figures = report.figures
    bleeding = any(_bleeds(day, report) for day in figures.days)
    if bleeding:
        lanes.append((t("Period"), lambda day: ("P" if _bleeds(day, report) else "", None)))
    left = MARGIN + max(sheet.width(name) for name, _ in lanes) + 0.6 * sheet.size
    wide, high = (MARGIN + ROOM - left) / WINDOW, 1.25 * sheet.size
    top = sheet.head(MARGIN, top, t("Day by day, the newest day at the lower right"), ROOM)
    for window in reversed(figures.windows):
        days = [day for day in figures.days if window.first <= day.day <= window.last]
        for n in range(0, WINDOW, 7):
            sheet.say(left + n * wide, top, t.short_day(days[n].day), 7 * wide, size=SMALL * sheet.size)
        top += SMALL * sheet.line
        for name, look in lanes:
            sheet.say(MARGIN, top, name, left - MARGIN)
            for n, day in enumerate(days):
                _day(sheet, left + n * wide, top, wide, high, look(day), day.day < figures.begun)
            top += high
        top += 0.35 * sheet.size
    legend = [
        t("Number: worst score of the day, darker is stronger. Hatched: not answered."),
        *([t("Empty: before the diary began.")] if figures.began_inside else []),
        words.medicine_legend(t),
        *([t("P: period.")] if bleeding else []),
    ]
    return sheet.tell(MARGIN, top, " ".join(legend), ROOM, size=SMALL * sheet.size)


def _day(
    sheet: Sheet, left: float, top: float, wide: float, high: float, seen: tuple[str, float | None] | None, empty: bool
) -> None:
    """Draw one day of a lane: what is printed on which grey, hatched where nothing is known."""
    if empty:
        return
    said, grey = seen or ("", None)
    sheet.square(left, top, wide, high, grey=grey, hatched=seen is None)
    if said:
        light = grey is not None and grey < 0.5
        size = sheet.size * min(0.95, 0.9 * wide / sheet.width(said, bold=True))
        sheet.say(left, top + (high - LEAD * size) / 2, said, wide, size=size, bold=True, grey=float(light), align=0.5)


def _score(day: Day, key: str) -> tuple[str, float | None] | None:
    score = day.answers.get(key)
    if not isinstance(score, int):
        return None
    return (str(score), 1 - 0.085 * score) if score else ("", None)


def _medicine(day: Day) -> tuple[str, float | None] | None:
    kinds = medicine_kinds(day.answers)
    if kinds is None:
        painless = day.answers.get("headache") == 0 and day.answers.get("back") == 0
        return ("", None) if painless else None
    taken = [letter for kind, letter in words.MEDICINE_LETTERS.items() if kind in kinds]
    return "".join(taken) if len(taken) <= 3 else f"{''.join(taken[:2])}+", None


def _bleeds(day: Day, report: Report) -> bool:
    factors = day.answers.get("factors")
    return day.day in report.periods or (isinstance(factors, frozenset) and "period" in factors)


def _together(t: Texts, report: Report) -> Block:
    """Set the two-by-two table of back pain and headaches, and below it what the last look at patterns found."""

    def block(sheet: Sheet, left: float, top: float, room: float) -> float:
        top = sheet.head(left, top, t("Back pain and headaches together"), room)
        back = report.look.pattern(PRIMARY) if report.look else None
        if report.look is None or report.looked_from is None or back is None:
            return sheet.tell(left, top, t("No days with an answer to both."), room)
        since = t.dated(report.looked_from)
        known = t("{n} days with an answer to both, since {day}.", n=back.counts.days, day=since)
        top = sheet.tell(left, top, known, room)
        top = sheet.table(left, top, _two_by_two(t, back.counts), room)
        for said in words.together(t, report.look, back):
            top = sheet.tell(left, top, said, room)
        return top

    return block


def _two_by_two(t: Texts, counts: Counts) -> Sequence[Sequence[str]]:
    def row(name: str, headache: int, days: int) -> Sequence[str]:
        return name, words.rate(t, headache, days), words.rate(t, days - headache, days)

    return (
        ("", t("Headache"), t("No headache")),
        row(t("Back pain"), counts.headache_with, counts.days_with),
        row(t("No back pain"), counts.headache_without, counts.days_without),
    )


def _features(t: Texts, report: Report) -> Block:
    return _listed(t("What the headaches were like"), words.features(t, report.features))


def _remedies(t: Texts, report: Report) -> Block:
    return _listed(t("Visits and changes"), words.remedies(t, report))


def _safety(t: Texts, report: Report) -> Block:
    def ticked(check: Check) -> str:
        said = [said for sign, said in signs(t)[check.checklist].items() if sign in check.signs]
        return f"{t.dated(check.day)}: {'; '.join(said)}"

    told = [ticked(check) for check in report.checks[-MOST_CHECKS:]]
    more = len(report.checks) - len(told)
    told += [t("and {n} earlier", n=more)] if more else []
    return _listed(t("Signs asked about, and ticked"), told or [t("None ticked.")])


def _to_mention(t: Texts, report: Report) -> Block:
    # No line may end between a box and its words.
    boxes = "  ".join(f"☐ {said}".replace(" ", "\u00a0") for said in words.to_mention(t, report.injury))
    return _listed(t("Things to mention"), [boxes])


def _questions(t: Texts, report: Report) -> Block:
    asked = [f"– {question}" for question in report.questions[:MOST_QUESTIONS]]
    more = len(report.questions) - len(asked)
    return _listed(t("What I want to ask"), [*asked, *([t("and {n} more", n=more)] if more else [])], most=2)


def _notes(t: Texts, report: Report) -> Block:
    notes = [f"{t.dated(day)}: {_short(note)}" for day, note in report.notes]
    return _listed(t("Notes I chose"), notes or [t("None chosen.")], most=2)


def _short(note: str) -> str:
    said = " ".join(note.split())
    return said if len(said) <= LONGEST_NOTE else f"{said[: LONGEST_NOTE - 1]}…"


def _listed(head: str, lines: Sequence[str], most: int = 100) -> Block:
    """Set a heading and lines below it, each in at most `most` lines of the page."""

    def block(sheet: Sheet, left: float, top: float, room: float) -> float:
        top = sheet.head(left, top, head, room)
        for line in lines:
            top = sheet.tell(left, top, line, room, most=most)
        return top

    return block
