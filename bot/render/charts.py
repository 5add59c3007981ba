"""The summary picture: one strip each for headache, back pain, sleep and posture, one column a day.

Stronger colour means more, in every strip and without a verdict: more pain, more hours, better posture; the scale
stands beside each strip's name. Up to 14 days a column is a cell with its number, beyond it a bar. A zero is a calm
cell with a line on its base; what was not answered is hatched, what was not asked is a dotted frame.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

from PIL import Image, ImageDraw

from bot.domain.history import Day
from bot.domain.questions import WELL_SLEPT, Hours, Value
from bot.render.chart_paint import (
    DARK,
    LIGHT,
    MARGIN,
    ROW,
    TITLE,
    WIDTH,
    Box,
    Colour,
    Gap,
    Key,
    Ramp,
    Theme,
    draw_flag,
    draw_keys,
    flag_width,
    ink_on,
    key_rows,
    name_and_scale,
    number_face,
    patch,
    png,
    shade,
    write,
    write_over,
    zero_mark,
)

STRIP, CELL = 172, 96
"""Heights in pixels, of a strip with its name and of its cells."""
LANE, LANES = 46, 3
"""The height of one line of flags, pixels, and how many lines there are at most."""
NUMBERED = 14
"""Up to this many days each cell bears its value and each column its day; beyond it every seventh day bears a date."""


@dataclass(frozen=True)
class PictureWords:
    """What the picture says, in the person's language; `weekdays` and `dates` have one short label a day.

    Beyond 14 days no weekdays are shown, and every seventh date: let dates name the month then. `missing` explains the
    hatching, `unasked` the dotted frames. `hours` is the unit, as short as "h"; `point` the decimal mark.
    """

    title: str
    headache: str
    back: str
    sleep: str
    posture: str
    weekdays: Sequence[str]
    dates: Sequence[str]
    missing: str
    unasked: str
    hours: str
    point: str = "."


@dataclass(frozen=True)
class Cell:
    """One answered day in a strip: what is printed, on which colour, and how high its bar is, 0 to 1.

    None: answered, but not with anything that has a height.
    """

    label: str
    fill: Colour
    level: float | None


@dataclass(frozen=True)
class Strip:
    """One strip: its name, its scale as colours between the words for its ends, one cell or gap a day."""

    name: str
    ends: tuple[str, str]
    scale: Sequence[Colour]
    cells: Sequence[Cell | Gap]


def days_picture(
    days: Sequence[Day], words: PictureWords, *, events: Sequence[tuple[date, str]] = (), dark: bool = False
) -> bytes:
    """Return the summary picture as PNG, 1080 pixels wide, at most 1280 high with up to five lines of keys.

    `days` are 1 to 91, oldest first. `events` are days with what was noted on them, as it is to be read; each kind
    gets a letter, explained below the strips, and those outside `days` are left out. A skipped answer looks like one
    never given: hatched. A value off its scale is drawn as the nearest end.
    """
    theme = DARK if dark else LIGHT
    strips = strips_of(days, words, theme)
    columns = columns_for(len(days))
    flags, kinds = flags_of(days, events)
    placed = lanes_of(flags, columns)
    rows = key_rows([*kinds, *gap_keys([cell for strip in strips for cell in strip.cells], words)])
    lanes = 1 + max((lane for _, lane, _ in placed), default=-1)
    above = 204 if len(days) <= NUMBERED else 164
    first = above + lanes * LANE
    keys = first + len(strips) * STRIP
    image = Image.new("RGB", (WIDTH, keys + len(rows) * ROW + (20 if rows else 0)), theme.ground)
    _head(ImageDraw.Draw(image), columns, words, theme)
    for left, lane, letters in placed:
        draw_flag(image, left, above + lane * LANE, letters, theme)
    for number, strip in enumerate(strips):
        top = first + number * STRIP
        name_and_scale(image, strip.name, strip.ends, strip.scale, top + 30, theme)
        _cells(image, strip.cells, columns, top + 50, theme)
        _ticks(image, [columns[column] for column in flags], top + 50, theme)
    draw_keys(image, rows, keys, theme)
    return png(image, theme)


def _head(pen: ImageDraw.ImageDraw, columns: Sequence[tuple[int, int]], words: PictureWords, theme: Theme) -> None:
    write(pen, (MARGIN, 76), words.title, TITLE, theme.ink, WIDTH - 2 * MARGIN, bold=True)
    if len(columns) <= NUMBERED:
        write_over(pen, columns, words.weekdays, 138, theme.muted)
        write_over(pen, columns, words.dates, 177, theme.ink)
    else:
        weekly = ["" if (len(columns) - n) % 7 else label for n, label in enumerate(words.dates)]
        write_over(pen, columns, weekly, 136, theme.ink)


def strips_of(days: Sequence[Day], words: PictureWords, theme: Theme) -> Sequence[Strip]:
    def cells(draw: Callable[[Day], Cell | None]) -> Sequence[Cell | Gap]:
        return [draw(day) or gap_of(day) for day in days]

    def rated(key: str, most: int, ramp: Ramp) -> Sequence[Cell | Gap]:
        return cells(lambda day: rated_cell(day.answers.get(key), most, ramp, theme.calm))

    orange, pink, blue, green = theme.ramps
    nights = cells(lambda day: _night(day, words.point, blue, theme.calm))
    return (
        Strip(words.headache, ("0", "10"), (theme.calm, *orange[2::2]), rated("headache", 10, orange)),
        Strip(words.back, ("0", "10"), (theme.calm, *pink[2::2]), rated("back", 10, pink)),
        Strip(words.sleep, ("0–5", f"9+ {words.hours}"), [_slept(blue, 4.5 + n) for n in range(6)], nights),
        Strip(words.posture, ("1", "5"), green[2::2], rated("posture", 5, green)),
    )


def gap_of(day: Day) -> Gap:
    """Tell why a day has no value: hatched where there was a card, dotted where nothing was ever asked."""
    return "hatched" if day.asked or day.answers else "dotted"


def gap_keys(cells: Sequence[Cell | Gap], words: PictureWords) -> Sequence[Key]:
    kinds: Sequence[tuple[str, Gap]] = ((words.missing, "hatched"), (words.unasked, "dotted"))
    return [Key(said, gap) for said, gap in kinds if gap in cells]


def rated_cell(value: Value | None, most: int, ramp: Ramp, calm: Colour) -> Cell | None:
    if not isinstance(value, int):
        return None
    level = min(max(value / most, 0), 1)
    return Cell(str(value), shade(ramp, level) if level else calm, level)


def _night(day: Day, point: str, ramp: Ramp, calm: Colour) -> Cell | None:
    """Return the hours; where only the quality is known, that as "3/5", without the colour of any hours."""
    match day.answers.get("sleep_hours"), day.answers.get("sleep_quality"):
        case Hours() as hours, _:
            # "6 h or more" has no middle to average; it is drawn like an ordinary night.
            middle = 7.5 if hours == WELL_SLEPT else hours.middle or (hours.low + hours.high) / 2
            return Cell(_hours(hours).replace(".", point), _slept(ramp, middle), min(middle / 10, 1))
        case _, int(quality):
            return Cell(f"{quality}/5", calm, None)
    return None


def _slept(ramp: Ramp, hours: float) -> Colour:
    """Return the colour for hours of sleep: up to 4.5 the palest that shows as a low bar, from 9.5 the strongest."""
    return shade(ramp, 0.2 + 0.16 * max(hours - 4.5, 0))


def _hours(hours: Hours) -> str:
    if hours.low == hours.high or hours.high >= 24:
        return f"{hours.low:g}" + "+" * (hours.low < hours.high)
    return f"{hours.low:g}–{hours.high:g}"


def _cells(
    image: Image.Image, cells: Sequence[Cell | Gap], columns: Sequence[tuple[int, int]], top: int, theme: Theme
) -> None:
    numbered = len(cells) <= NUMBERED
    face = number_face([cell.label for cell in cells if isinstance(cell, Cell)], columns[0][1] - columns[0][0] - 4)
    for first, last in runs(cells):
        box = (columns[first][0], top, columns[last][1], top + CELL)
        cell = cells[first]
        if not isinstance(cell, Cell):
            patch(image, box, theme.hatch, cell)
        elif not numbered:
            _bar(image, box, cell, theme)
        else:
            patch(image, box, cell.fill)
            if cell.level == 0:
                zero_mark(image, box, theme)
            # A typed "7.25" is wider than a fourteenth of the picture: then the colour has to do.
            if face.getlength(cell.label) < box[2] - box[0]:
                ink = theme.muted if cell.fill == theme.calm else ink_on(cell.fill)
                at = ((box[0] + box[2]) / 2, top + CELL / 2)
                ImageDraw.Draw(image).text(at, cell.label, ink, face, "mm")


def _bar(image: Image.Image, box: Box, cell: Cell, theme: Theme) -> None:
    left, _, right, bottom = box
    patch(image, box, theme.calm)
    if cell.level == 0:
        zero_mark(image, box, theme)
    elif cell.level:
        patch(image, (left, bottom - max(round(CELL * cell.level), 8), right, bottom), cell.fill)


def runs(cells: Sequence[Cell | Gap]) -> Sequence[tuple[int, int]]:
    """Return what is drawn as one, as first and last column: beyond 14 days, neighbouring gaps of a week."""
    found: list[tuple[int, int]] = []
    for n, cell in enumerate(cells):
        same = n > 0 and not isinstance(cell, Cell) and cell == cells[n - 1] and (len(cells) - n) % 7
        if same and len(cells) > NUMBERED:
            found[-1] = (found[-1][0], n)
        else:
            found.append((n, n))
    return found


def flags_of(days: Sequence[Day], events: Sequence[tuple[date, str]]) -> tuple[Mapping[int, str], Sequence[Key]]:
    """Return the letters over each column that has any, and what the letters mean, in the order they first occur."""
    columns = {day.day: n for n, day in enumerate(days)}
    shown = sorted({(columns[day], said) for day, said in events if day in columns})
    letters: dict[str, str] = {}
    flags: dict[int, str] = {}
    for column, said in shown:
        letter = letters.setdefault(said, ascii_uppercase[min(len(letters), 25)])
        flags[column] = flags.get(column, "") + letter
    return flags, [Key(said, label=letter) for said, letter in letters.items()]


def lanes_of(flags: Mapping[int, str], columns: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int, str]]:
    """Place the flags over their columns: left edge in pixels, lane from the top, letters.

    A flag moves down a lane where it would touch another; the same letters right beside the last ones are not repeated,
    and below the third lane there is only the mark on the strips.
    """
    placed: list[tuple[int, int, str]] = []
    ends = [0] * LANES
    for column, letters in sorted(flags.items()):
        width = flag_width(letters)
        middle = (columns[column][0] + columns[column][1]) // 2
        left = min(max(middle - width // 2, MARGIN // 2), WIDTH - MARGIN // 2 - width)
        lane = next((lane for lane in range(LANES) if ends[lane] <= left), None)
        if lane is None or (lane > 0 and placed[-1][2] == letters):
            continue
        placed.append((left, lane, letters))
        ends[lane] = left + width + 6
    return placed


def _ticks(image: Image.Image, columns: Sequence[tuple[int, int]], bottom: int, theme: Theme) -> None:
    """Point down at each of the columns; small enough for the narrowest."""
    pen = ImageDraw.Draw(image)
    for left, right in columns:
        middle = (left + right) // 2
        pen.polygon([(middle - 6, bottom - 9), (middle + 6, bottom - 9), (middle, bottom - 2)], theme.ink)


def columns_for(count: int) -> Sequence[tuple[int, int]]:
    """Return each day's left and right edge, pixels; beyond 14 days there is a wider gap after every week."""
    gap = min(12, max(2, 84 // count))
    breaks = (count - 1) // 7 if count > NUMBERED else 0
    room = WIDTH - 2 * MARGIN + gap
    pitch = min((room - 6 * breaks) // count, 200)
    apart = (room - pitch * count) // breaks if breaks else 0
    lefts = [MARGIN + pitch * n + apart * (breaks - (count - 1 - n) // 7 if breaks else 0) for n in range(count)]
    return [(left, left + pitch - gap) for left in lefts]
