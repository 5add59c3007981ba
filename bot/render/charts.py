"""The summary picture: one strip each for headache, back pain, sleep and posture, one cell a day.

Stronger colour means more, in every strip and without a verdict: more pain, more hours, better posture; the scale
stands beside each strip's name. What was not answered is hatched and has no colour; a zero is a plain, calm cell.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFont

from bot.domain.history import Day
from bot.domain.questions import WELL_SLEPT, Answers, Hours, Value

Colour = tuple[int, int, int]

WIDTH = 1080
"""Pixels; Telegram keeps photos up to 1280, a phone shows them about a third of this wide."""
MARGIN = 48
SMALL, LABEL, NUMBER, TITLE = 28, 32, 40, 44
"""Letter sizes in pixels; at a third of the width 28 is about 9, the least that reads well."""
STRIP, CELL = 168, 96
NUMBERED = 14
"""Up to this many days each cell bears its value and each column its day; beyond it every seventh day bears a date."""


@dataclass(frozen=True)
class PictureWords:
    """What the picture says, in the person's language; `weekdays` and `dates` have one short label a day.

    Beyond 14 days no weekdays are shown, and every seventh date: let dates name the month then. `hours` is the unit,
    as short as "h"; `point` the decimal mark.
    """

    title: str
    headache: str
    back: str
    sleep: str
    posture: str
    weekdays: Sequence[str]
    dates: Sequence[str]
    missing: str
    hours: str
    point: str = "."


Ramp = tuple[Colour, ...]
"""11 colours of one hue, weakest first. Lightness alone carries the value, in even steps, so that it also reads in grey
and without colour vision: OKLCH 0.91 to 0.40, in the dark 0.38 to 0.88; hues 55, 320, 255, 180."""


def _ramp(codes: str) -> Ramp:
    return tuple((rgb >> 16, rgb >> 8 & 255, rgb & 255) for rgb in (int(code, 16) for code in codes.split()))


@dataclass(frozen=True)
class Theme:
    """What one draws on and with: the ground, a cell without colour, the inks, a ramp for each strip in order."""

    ground: Colour
    calm: Colour
    ink: Colour
    muted: Colour
    hatch: Colour
    ramps: tuple[Ramp, Ramp, Ramp, Ramp]


ON_LIGHT = (
    _ramp("fdd9c2 fac4a0 f4af80 ea9b63 df8848 d0762e c06615 ac5908 974d07 824205 6e3704"),
    _ramp("f1d7f6 e8c1f1 deabe9 d297df c484d3 b672c5 a662b6 9554a4 844792 723c7e 5f3369"),
    _ramp("cfe3fe b3d4fe 95c3ff 7bb3fb 65a3f1 5192e4 4082d4 3273c2 2764ad 205695 1d487c"),
    _ramp("beede2 96e2d2 6ed6c3 41c9b3 08baa3 1aa793 0f9684 118575 0f7466 0b6457 015449"),
)
ON_DARK = (
    _ramp("573b28 704322 884c1c 9f5618 b4611b c86f25 da7d35 ea8e49 f89f60 ffb481 feccab"),
    _ramp("4e3a53 63416a 774981 8a5396 9c5eaa ae6bbd bf79ce ce89de dd9bec eaaef7 f3c4fe"),
    _ramp("30445d 31517a 335f96 376daf 3f7bc7 498bdc 579aee 68aafd 86bafe a2caff bedafe"),
    _ramp("204b43 095d51 036d5f 0c7d6e 098e7d 019f8c 12b09b 1ac2ab 32d2bb 60e0ca 88edda"),
)
LIGHT = Theme((253, 252, 250), (233, 232, 228), (28, 27, 31), (92, 90, 98), (150, 147, 155), ON_LIGHT)
DARK = Theme((20, 21, 26), (44, 46, 54), (240, 239, 243), (172, 171, 180), (98, 100, 112), ON_DARK)


@dataclass(frozen=True)
class Cell:
    """One answered day in a strip: what is printed, on which colour."""

    label: str
    fill: Colour


@dataclass(frozen=True)
class Strip:
    """One strip: its name, its scale as colours between the words for its ends, one cell a day; None = missing."""

    name: str
    least: str
    most: str
    scale: Sequence[Colour]
    cells: Sequence[Cell | None]


def week_picture(days: Sequence[Day], words: PictureWords, *, dark: bool = False) -> bytes:
    """Return the summary picture as PNG, 1080 pixels wide; `days` are 1 to 90, oldest first.

    A skipped answer looks like one never given: hatched. A value off its scale takes the colour of the nearest end.
    """
    theme = DARK if dark else LIGHT
    strips = strips_of(days, words, theme)
    columns = columns_for(len(days))
    missing = any(cell is None for strip in strips for cell in strip.cells)
    numbered = len(days) <= NUMBERED
    face = number_face([cell.label for strip in strips for cell in strip.cells if cell], columns[0][1] - columns[0][0])
    first = 204 if numbered else 164
    height = first + len(strips) * STRIP + (64 if missing else 0)
    image = Image.new("RGB", (WIDTH, height), theme.ground)
    pen = ImageDraw.Draw(image)
    write(pen, (MARGIN, 76), words.title, TITLE, theme.ink, WIDTH - 2 * MARGIN, bold=True)
    if numbered:
        _dates(pen, columns, words.weekdays, 138, theme.muted)
        _dates(pen, columns, words.dates, 176, theme.ink)
    else:
        weekly = ["" if (len(days) - n) % 7 else date for n, date in enumerate(words.dates)]
        _dates(pen, columns, weekly, 136, theme.ink)
    for number, strip in enumerate(strips):
        top = first + number * STRIP
        _name_and_scale(image, pen, strip, top + 28, theme)
        for (left, right), cell in zip(columns, strip.cells, strict=True):
            box = (left, top + 44, right, top + 44 + CELL)
            _patch(image, box, cell.fill if cell else theme.hatch, hatched=cell is None)
            if cell and numbered and face.getlength(cell.label) < right - left:
                ink = theme.muted if cell.fill == theme.calm else ink_on(cell.fill)
                pen.text(((left + right) / 2, top + 44 + CELL / 2), cell.label, ink, face, "mm")
    if missing:
        _patch(image, (MARGIN, height - 72, MARGIN + 60, height - 36), theme.hatch, hatched=True)
        write(pen, (MARGIN + 76, height - 44), words.missing, SMALL, theme.muted, WIDTH - 2 * MARGIN - 76)
    png = BytesIO()
    # 256 colours: half the size of millions of colours and a third of the time, as PNG filters none of it.
    image.quantize(palette=_palette(theme), dither=Image.Dither.NONE).save(png, "PNG", compress_level=3)
    return png.getvalue()


def strips_of(days: Sequence[Day], words: PictureWords, theme: Theme) -> Sequence[Strip]:
    def rated(key: str, most: int, ramp: Ramp) -> Sequence[Cell | None]:
        return [_rated(day.answers.get(key), most, ramp, theme.calm) for day in days]

    orange, purple, blue, green = theme.ramps
    nights = [_night(day.answers, words.point, blue, theme.calm) for day in days]
    return (
        Strip(words.headache, "0", "10", (theme.calm, *orange[2::2]), rated("headache", 10, orange)),
        Strip(words.back, "0", "10", (theme.calm, *purple[2::2]), rated("back", 10, purple)),
        Strip(words.sleep, "0–5", f"9+ {words.hours}", blue[::2], nights),
        Strip(words.posture, "1", "5", green[2::2], rated("posture", 5, green)),
    )


def _rated(value: Value | None, most: int, ramp: Ramp, calm: Colour) -> Cell | None:
    if not isinstance(value, int):
        return None
    return Cell(str(value), _shade(ramp, value / most) if value else calm)


def _night(answers: Answers, point: str, ramp: Ramp, calm: Colour) -> Cell | None:
    """Return the hours; where only the quality is known, that as "3/5", without the colour of any hours."""
    match answers.get("sleep_hours"), answers.get("sleep_quality"):
        case Hours() as hours, _:
            # "6 h or more" has no middle to average; its colour is that of an ordinary night.
            middle = 7.5 if hours == WELL_SLEPT else hours.middle or (hours.low + hours.high) / 2
            return Cell(_hours(hours).replace(".", point), _shade(ramp, (middle - 4.5) / 5))
        case _, int(quality):
            return Cell(f"{quality}/5", calm)
    return None


def _shade(ramp: Ramp, strength: float) -> Colour:
    return ramp[min(max(round(strength * 10), 0), 10)]


def _hours(hours: Hours) -> str:
    if hours.low == hours.high or hours.high >= 24:
        return f"{hours.low:g}" + "+" * (hours.low < hours.high)
    return f"{hours.low:g}–{hours.high:g}"


def columns_for(count: int) -> Sequence[tuple[int, int]]:
    """Return each day's left and right edge, pixels; beyond 14 days there is a wider gap after every week."""
    gap = min(12, max(2, 84 // count))
    breaks = (count - 1) // 7 if count > NUMBERED else 0
    room = WIDTH - 2 * MARGIN + gap
    pitch = min((room - 6 * breaks) // count, 200)
    apart = (room - pitch * count) // breaks if breaks else 0
    lefts = [MARGIN + pitch * n + apart * (breaks - (count - 1 - n) // 7 if breaks else 0) for n in range(count)]
    return [(left, left + pitch - gap) for left in lefts]


@cache
def ink_on(colour: Colour) -> Colour:
    """Return black or white, whichever stands out more: at least 4.58 to 1 on any colour (WCAG 2.2, 1.4.3 asks 4.5)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return (0, 0, 0) if (luminance + 0.05) ** 2 > 1.05 * 0.05 else (255, 255, 255)


@cache
def _palette(theme: Theme) -> Image.Image:
    """Return every colour a picture can have: the grounds, the inks, and what smooth edges between two of them need."""
    pairs = [(theme.ground, ink, 6) for ink in (theme.ink, theme.muted, theme.hatch)]
    pairs += [(theme.calm, theme.muted, 4), (theme.ground, theme.calm, 2)]
    pairs += [
        pair
        for ramp in theme.ramps
        for colour in ramp
        for pair in ((colour, ink_on(colour), 4), (theme.ground, colour, 2))
    ]
    colours = {
        tuple(round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True))
        for start, end, steps in pairs
        for step in range(steps + 1)
    }
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in sorted(colours) for channel in colour])
    return palette


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    source = files("bot.render") / "fonts" / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(BytesIO(source.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


def write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, ink: Colour, room: int, *, bold: bool = False
) -> None:
    """Write one line; what is wider than `room` pixels becomes smaller, down to 28, then ends in an ellipsis."""
    while size > SMALL and font(size, bold=bold).getlength(text) > room:
        size -= 2
    face = font(size, bold=bold)
    while face.getlength(text) > room and len(text) > 1:
        text = text[:-2] + "…"
    pen.text(at, text, ink, face, "ls")


def _dates(
    pen: ImageDraw.ImageDraw, columns: Sequence[tuple[int, int]], labels: Sequence[str], baseline: int, ink: Colour
) -> None:
    """Write a row of labels over their columns, leaving out each that would touch the one before or the edge."""
    face = font(SMALL)
    taken = 0
    for (left, right), label in zip(columns, labels, strict=True):
        width = math.ceil(face.getlength(label))
        start = max((left + right - width) // 2, left if right - left < width else 0)
        if label and start >= taken and start + width <= WIDTH - MARGIN // 2:
            pen.text((start, baseline), label, ink, face, "ls")
            taken = start + width + 8


def _name_and_scale(image: Image.Image, pen: ImageDraw.ImageDraw, strip: Strip, baseline: int, theme: Theme) -> None:
    face = font(SMALL)
    right = WIDTH - MARGIN
    pen.text((right, baseline), strip.most, theme.muted, face, "rs")
    right -= math.ceil(face.getlength(strip.most)) + 12
    for colour in reversed(strip.scale):
        _patch(image, (right - 26, baseline - 22, right, baseline + 2), colour)
        right -= 30
    pen.text((right - 8, baseline), strip.least, theme.muted, face, "rs")
    right -= 8 + math.ceil(face.getlength(strip.least))
    write(pen, (MARGIN, baseline), strip.name, LABEL, theme.ink, right - 24 - MARGIN, bold=True)


def _patch(image: Image.Image, box: tuple[int, int, int, int], colour: Colour, *, hatched: bool = False) -> None:
    left, top, right, bottom = box
    image.paste(colour, box, _shape(right - left, bottom - top, hatched=hatched))


def number_face(labels: Sequence[str], room: int) -> ImageFont.FreeTypeFont:
    """Return the largest letters in which every number fits its cell, one size for the whole picture, at least 28."""
    bold = (font(size, bold=True) for size in range(NUMBER, SMALL, -2))
    return next((face for face in bold if all(face.getlength(label) < room for label in labels)), font(SMALL))


@cache
def _shape(width: int, height: int, *, hatched: bool) -> Image.Image:
    """Return a rounded cell as a mask, smooth at its edges: drawn four times as large and reduced."""
    large = (4 * width, 4 * height)
    radius = 4 * min(16, width // 3, height // 3)
    frame = (0, 0, large[0] - 1, large[1] - 1)
    whole = Image.new("L", large)
    ImageDraw.Draw(whole).rounded_rectangle(frame, radius, fill=255)
    if not hatched:
        return whole.reduce(4)
    lines = Image.new("L", large)
    pen = ImageDraw.Draw(lines)
    for x in range(-large[1], large[0], 64):
        pen.line((x, large[1], x + large[1], 0), fill=255, width=12)
    pen.rounded_rectangle(frame, radius, outline=255, width=8)
    return ImageChops.multiply(lines, whole).reduce(4)
