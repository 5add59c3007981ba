"""The second page of a report: every day of the period in one line each, so that any of them can be looked up."""

from collections.abc import Mapping, Sequence

from bot.domain.history import Day
from bot.domain.log import Kind
from bot.domain.questions import Hours, Value
from bot.domain.report import Report
from bot.render.log import names
from bot.render.paper import MARGIN, ROOM, SMALL, Sheet, largest
from bot.render.report_words import MEDICINE_LETTERS, medicine_legend
from bot.texts.words import Texts

NOTED = 14.0
"""How wide the column of visits and changes may be, in sizes of letters: two of them fit."""


def days_sheet(t: Texts, report: Report) -> Sheet:
    """Return the page of all days, the oldest first."""
    rows = [_row(t, day, [kind for kind, on in report.noted if on == day.day]) for day in report.figures.days]
    heads = (
        t("Day"),
        t("Head"),
        t("Length"),
        t("Features"),
        t("Impact"),
        t("Back"),
        t("Where"),
        t("Medicine"),
        t("Sleep, h"),
        t("Quality"),
        t("Posture"),
        t("Noted"),
    )
    return largest(lambda sheet: _set(t, sheet, (heads, *rows)))


def _set(t: Texts, sheet: Sheet, table: Sequence[Sequence[str]]) -> float:
    top = sheet.table(MARGIN, sheet.head(MARGIN, MARGIN, t("All days"), ROOM), table, ROOM, last=NOTED)
    legend = (
        t("–: not answered. Impact 0: none, 1: got less done, 2: had to stop."),
        t(
            "Features: a one side, b throbbing, c worse when moving, d nausea, e light, f noise, g zigzags or blind "
            "spot, h tingling, numb, words; 0 none of these."
        ),
        medicine_legend(t),
    )
    return sheet.tell(MARGIN, top + 0.3 * sheet.size, " ".join(legend), ROOM, size=SMALL * sheet.size)


def _row(t: Texts, day: Day, noted: Sequence[Kind]) -> Sequence[str]:
    answers = day.answers
    half = t.number(0.5)
    lengths = {"lt30m": f"< {half} h", "30m_2h": f"{half}–2 h", "2_4h": "2–4 h", "4_12h": "4–12 h", "ge12h": "> 12 h"}
    regions = {"neck": t("neck"), "upper": t("upper"), "lower": t("lower"), "leg": t("leg")}
    features = dict(zip(FEATURES, "abcdefgh0", strict=True))
    return (
        t.day(day.day),
        _figure(answers.get("headache")),
        {**lengths, "ongoing": t("goes on")}.get(str(answers.get("duration")), ""),
        _letters(answers.get("features"), features),
        _figure(answers.get("impact")) if "impact" in answers else "",
        _figure(answers.get("back")),
        _letters(answers.get("back_region"), regions, ", "),
        _letters(answers.get("medicine"), {**MEDICINE_LETTERS, "none": "0"}),
        _night(t, answers.get("sleep_hours")),
        _figure(answers.get("sleep_quality")),
        _figure(answers.get("posture")),
        ", ".join(names(t)[kind] for kind in noted),
    )


FEATURES = (
    *("one_side", "throbbing", "worse_moving", "nausea", "light", "sound", "aura_vision", "aura_sense_speech"),
    "none",
)


def _figure(value: Value | None) -> str:
    return "–" if value is None else str(value)


def _letters(ticked: Value | None, letters: Mapping[str, str], between: str = "") -> str:
    return between.join(letter for code, letter in letters.items() if isinstance(ticked, frozenset) and code in ticked)


def _night(t: Texts, night: Value | None) -> str:
    if not isinstance(night, Hours):
        return "–"
    if night.low == night.high or night.high >= 24:
        return t.number(night.low, 2) + "+" * (night.low < night.high)
    return f"{t.number(night.low, 2)}–{t.number(night.high, 2)}"
