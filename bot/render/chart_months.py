"""Longer looks: a month as a calendar, and up to thirteen weeks as a trend of three figures a week."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from PIL import Image, ImageDraw

from bot.domain.history import Day
from bot.domain.questions import Answers, Hours
from bot.domain.rules import headache_day, medicine_day
from bot.domain.summary import FEWEST, weeks_of
from bot.render.chart_paint import (
    DARK,
    LABEL,
    LIGHT,
    MARGIN,
    NUMBER,
    ROW,
    SMALL,
    TITLE,
    WIDTH,
    Box,
    Colour,
    Gap,
    Key,
    Theme,
    draw_keys,
    font,
    ink_on,
    key_rows,
    name_and_scale,
    patch,
    png,
    write,
    write_over,
    zero_mark,
)
from bot.render.charts import Cell, columns_for, gap_of, rated_cell

WEEK, BARE, TILE, SLIM = 156, 54, 76, 20
"""Heights in the month, pixels: a week with its day numbers, one that has nothing else, a headache cell,
the bar of back pain below it."""
PANEL, BAR = 268, 150
"""Heights in the trend, pixels: a panel with its name and numbers, its bars."""
LONGEST_NIGHT = 10
"""Hours; the height of a bar of sleep is a share of this."""


@dataclass(frozen=True)
class MonthWords:
    """What the month says, in the person's language; `weekdays` are seven short labels, Monday first."""

    title: str
    headache: str
    back: str
    weekdays: Sequence[str]
    missing: str
    unasked: str


@dataclass(frozen=True)
class TrendWords:
    """What the trend says, in the person's language; `weeks` has one label for each of `weeks_of(days)`.

    `answered` explains the pale part of a column, the days answered; `too_few` the hatching of a week with fewer than
    three; `unasked` the dotted frames. `point` is the decimal mark.
    """

    title: str
    headache: str
    medicine: str
    sleep: str
    weeks: Sequence[str]
    answered: str
    too_few: str
    unasked: str
    point: str = "."


def month_picture(first: date, days: Sequence[Day], words: MonthWords, *, dark: bool = False) -> bytes:
    """Return a month as PNG, 1080 pixels wide: weeks as rows, Monday first, headache in colour and number, back pain
    as a bar below it.

    `first` is the first of the month; `days` are those to show, any of them. A day of the month that is not among them
    bears only its number, as a day to come does.
    """
    theme = DARK if dark else LIGHT
    known = {day.day: day for day in days if (day.day.year, day.day.month) == (first.year, first.month)}
    month = _month(first)
    rows = key_rows(_month_keys(list(known.values()), words))
    tops = _week_tops(first, known, month)
    scales = tops[-1] + 4
    image = Image.new("RGB", (WIDTH, scales + 2 * ROW + len(rows) * ROW + 16), theme.ground)
    pen = ImageDraw.Draw(image)
    columns = columns_for(7)
    write(pen, (MARGIN, 76), words.title, TITLE, theme.ink, WIDTH - 2 * MARGIN, bold=True)
    write_over(pen, columns, words.weekdays, 136, theme.muted)
    for day in month:
        week, weekday = divmod(first.weekday() + day.day - 1, 7)
        left, right = columns[weekday]
        top = tops[week]
        ink = theme.ink if day in known else theme.muted
        pen.text(((left + right) / 2, top + 32), str(day.day), ink, font(SMALL), "ms")
        if day in known:
            _month_day(image, known[day], (left, top + 42, right, top + 42 + TILE + 4 + SLIM), theme)
    orange, pink, _, _ = theme.ramps
    name_and_scale(image, words.headache, ("0", "10"), (theme.calm, *orange[2::2]), scales + 34, theme)
    name_and_scale(image, words.back, ("0", "10"), (theme.calm, *pink[2::2]), scales + 34 + ROW, theme)
    draw_keys(image, rows, scales + 2 * ROW, theme)
    return png(image, theme)


def _month(first: date) -> Sequence[date]:
    days = (first + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == first.month]


def _week_tops(first: date, known: Collection[date], month: Sequence[date]) -> Sequence[int]:
    """Return where each week begins, pixels, and behind them where the last one ends."""
    tops = [146]
    for week in range((first.weekday() + len(month) + 6) // 7):
        shown = any((first.weekday() + day.day - 1) // 7 == week and day in known for day in month)
        tops.append(tops[-1] + (WEEK if shown else BARE))
    return tops


def _pains(day: Day, theme: Theme) -> tuple[Cell | Gap, Cell | Gap]:
    orange, pink, _, _ = theme.ramps
    headache = rated_cell(day.answers.get("headache"), 10, orange, theme.calm)
    back = rated_cell(day.answers.get("back"), 10, pink, theme.calm)
    return headache or gap_of(day), back or gap_of(day)


def _month_keys(days: Sequence[Day], words: MonthWords) -> Sequence[Key]:
    gaps = {pain for day in days for pain in _pains(day, LIGHT) if not isinstance(pain, Cell)}
    kinds: Sequence[tuple[str, Gap]] = ((words.missing, "hatched"), (words.unasked, "dotted"))
    return [Key(said, gap) for said, gap in kinds if gap in gaps]


def _month_day(image: Image.Image, day: Day, box: Box, theme: Theme) -> None:
    left, top, right, bottom = box
    headache, back = _pains(day, theme)
    if not isinstance(headache, Cell) and not isinstance(back, Cell):
        patch(image, box, theme.hatch, headache)
        return
    tile = (left, top, right, top + TILE)
    if isinstance(headache, Cell):
        patch(image, tile, headache.fill)
        if headache.level == 0:
            zero_mark(image, tile, theme)
        ink = theme.muted if headache.fill == theme.calm else ink_on(headache.fill)
        at = ((left + right) / 2, top + TILE / 2 - (4 if headache.level == 0 else 0))
        ImageDraw.Draw(image).text(at, headache.label, ink, font(NUMBER, bold=True), "mm")
    else:
        patch(image, tile, theme.hatch, headache)
    slim = (left, bottom - SLIM, right, bottom)
    if isinstance(back, Cell):
        patch(image, slim, theme.calm)
        if back.level:
            patch(image, (left, slim[1], left + max(round((right - left) * back.level), 16), bottom), back.fill)
        else:
            zero_mark(image, slim, theme)
    else:
        patch(image, slim, theme.hatch, back)


@dataclass(frozen=True)
class Figure:
    """One week in one panel: what is printed, the height of its bar and of the pale column behind it, both 0 to 1."""

    label: str
    level: float
    known: float


@dataclass(frozen=True)
class Panel:
    name: str
    fill: Colour
    figures: Sequence[Figure | Gap]


def trend_picture(days: Sequence[Day], words: TrendWords, *, dark: bool = False) -> bytes:
    """Return the weeks of the last 91 days as PNG, 1080 pixels wide: headache days, days with medicine, mean hours.

    A week counts in a panel from three days on which it is known; with fewer it is hatched, with none asked dotted.
    """
    theme = DARK if dark else LIGHT
    panels = panels_of(weeks_of(days), words, theme)
    gaps = [figure for panel in panels for figure in panel.figures if not isinstance(figure, Figure)]
    kinds: Sequence[tuple[str, Gap]] = ((words.too_few, "hatched"), (words.unasked, "dotted"))
    rows = key_rows([Key(words.answered), *(Key(said, gap) for said, gap in kinds if gap in gaps)])
    keys = 104 + len(panels) * PANEL + 44
    image = Image.new("RGB", (WIDTH, keys + len(rows) * ROW + 20), theme.ground)
    pen = ImageDraw.Draw(image)
    columns = columns_for(len(words.weeks))
    write(pen, (MARGIN, 76), words.title, TITLE, theme.ink, WIDTH - 2 * MARGIN, bold=True)
    for number, panel in enumerate(panels):
        top = 104 + number * PANEL
        write(pen, (MARGIN, top + 34), panel.name, LABEL, theme.ink, WIDTH - 2 * MARGIN, bold=True)
        for (left, right), figure in zip(columns, panel.figures, strict=True):
            _figure(image, figure, (left, top + 90, right, top + 90 + BAR), panel.fill, theme)
    write_over(pen, columns, words.weeks, keys - 18, theme.muted)
    draw_keys(image, rows, keys, theme)
    return png(image, theme)


def panels_of(weeks: Sequence[Sequence[Day]], words: TrendWords, theme: Theme) -> Sequence[Panel]:
    def counted(of: Callable[[Answers], bool | None]) -> Sequence[Figure | Gap]:
        return [_count(week, of) for week in weeks]

    nights = [_nights(week, words.point) for week in weeks]
    orange, _, blue, _ = theme.ramps
    return (
        Panel(words.headache, orange[6], counted(headache_day)),
        # Medicine is neither of the pains nor sleep, so it has no hue.
        Panel(words.medicine, theme.muted, counted(medicine_day)),
        Panel(words.sleep, blue[6], nights),
    )


def _count(week: Sequence[Day], of: Callable[[Answers], bool | None]) -> Figure | Gap:
    known = [said for day in week if (said := of(day.answers)) is not None]
    if len(known) < FEWEST:
        return _gap(week)
    return Figure(str(sum(known)), sum(known) / len(week), len(known) / len(week))


def _nights(week: Sequence[Day], point: str) -> Figure | Gap:
    hours = [slept for day in week if (slept := _slept(day.answers)) is not None]
    if len(hours) < FEWEST:
        return _gap(week)
    mean = fmean(hours)
    return Figure(f"{mean:.1f}".replace(".", point), min(mean / LONGEST_NIGHT, 1), 0)


def _slept(answers: Answers) -> float | None:
    hours = answers.get("sleep_hours")
    return hours.middle if isinstance(hours, Hours) else None


def _gap(week: Sequence[Day]) -> Gap:
    return "hatched" if any(gap_of(day) == "hatched" for day in week) else "dotted"


def _figure(image: Image.Image, figure: Figure | Gap, box: Box, fill: Colour, theme: Theme) -> None:
    left, _, right, bottom = box
    if not isinstance(figure, Figure):
        patch(image, box, theme.hatch, figure)
        return
    if figure.known:
        patch(image, (left, bottom - round(BAR * figure.known), right, bottom), theme.calm)
    if figure.level:
        patch(image, (left, bottom - max(round(BAR * figure.level), 10), right, bottom), fill)
    else:
        zero_mark(image, box, theme)
    at = ((left + right) / 2, box[1] - 10)
    ImageDraw.Draw(image).text(at, figure.label, theme.ink, font(SMALL, bold=True), "ms")
