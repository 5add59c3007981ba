"""What every picture is painted with: two themes, the letters, cells that are full, hatched or dotted, and the keys.

Full has a colour, hatched was asked and not answered, dotted was not asked: the same three in every picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom, pixels; right and bottom are just outside."""

WIDTH = 1080
"""Pixels; Telegram keeps photos up to 1280 either way, a phone shows them about 390 wide."""
MARGIN = 48
SMALL, LABEL, NUMBER, TITLE = 31, 34, 40, 44
"""Letter sizes in pixels; on a phone 31 is 11, the least that reads well."""
ROW = 50
"""One line of keys, pixels."""

Shape = Literal["full", "hatched", "dotted"]
Gap = Literal["hatched", "dotted"]
Ramp = tuple[Colour, ...]
"""11 colours of one hue, weakest first. Lightness alone carries the value, in even steps, so that it also reads in grey
and without colour vision: OKLCH 0.91 to 0.40, in the dark 0.38 to 0.88. The hues 60, 335, 250 and 160 are those that
stay furthest apart, of all fours, for who sees no green or no red (a test simulates both)."""


def _ramp(codes: str) -> Ramp:
    return tuple((rgb >> 16, rgb >> 8 & 255, rgb & 255) for rgb in (int(code, 16) for code in codes.split()))


@dataclass(frozen=True)
class Theme:
    """What one draws on and with: the ground, a cell without colour, the inks, a ramp for each of headache, back pain,
    sleep and posture."""

    ground: Colour
    calm: Colour
    ink: Colour
    muted: Colour
    hatch: Colour
    ramps: tuple[Ramp, Ramp, Ramp, Ramp]


ON_LIGHT = (
    _ramp("fddabf f9c59a f3b078 ea9c58 de8939 d07717 bd6900 a85c00 945000 7f4400 6c3900"),
    _ramp("f9d5ef f3bde6 eca6dc e191d0 d57dc2 c66bb4 b65aa5 a44c94 914082 7d3770 692e5e"),
    _ramp("cbe4ff add5ff 8fc5fe 6fb5fd 56a5f3 3e95e6 2985d7 1875c3 0c66ae 095896 0c4a7d"),
    _ramp("c4edd5 a1e2be 7fd6a9 5dc994 3bba82 07ab71 039964 058859 02774d 006641 005636"),
)
ON_DARK = (
    _ramp("573b24 70441b 884d0c 9e5701 b36300 c87003 da7e1e e98f3a f7a155 feb578 ffcca3"),
    _ramp("54374e 6b3d62 824475 974c88 ab579b be63ac cf71bd df82cc ed94da f9a8e7 ffc1f0"),
    _ramp("2c445e 29527b 266097 266fb1 2c7ec9 368dde 449df0 5aadfe 7dbdfe 9cccfe badbff"),
    _ramp("274b39 1c5d40 056f48 008053 01915f 00a36a 15b477 3ac387 5ad299 79e0ac 98edc0"),
)
LIGHT = Theme((253, 252, 250), (233, 232, 228), (28, 27, 31), (92, 90, 98), (142, 139, 148), ON_LIGHT)
DARK = Theme((20, 21, 26), (44, 46, 54), (240, 239, 243), (172, 171, 180), (108, 110, 123), ON_DARK)


def shade(ramp: Ramp, strength: float) -> Colour:
    """Return the colour for a strength of 0 to 1; what is off the scale takes the colour of the nearest end."""
    return ramp[min(max(round(strength * 10), 0), 10)]


@cache
def ink_on(colour: Colour) -> Colour:
    """Return black or white, whichever stands out more: at least 4.58 to 1 on any colour (WCAG 2.2, 1.4.3 asks 4.5)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return (0, 0, 0) if (luminance + 0.05) ** 2 > 1.05 * 0.05 else (255, 255, 255)


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    source = files("bot.render") / "fonts" / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(BytesIO(source.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


def number_face(labels: Sequence[str], room: int) -> ImageFont.FreeTypeFont:
    """Return the largest letters in which every number fits its cell, one size for the whole picture, at least 31."""
    bold = (font(size, bold=True) for size in range(NUMBER, SMALL, -1))
    return next((face for face in bold if all(face.getlength(label) < room for label in labels)), font(SMALL))


def write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, ink: Colour, room: int, *, bold: bool = False
) -> None:
    """Write one line; what is wider than `room` pixels becomes smaller, down to 31, then ends in an ellipsis."""
    while size > SMALL and font(size, bold=bold).getlength(text) > room:
        size -= 1
    face = font(size, bold=bold)
    while face.getlength(text) > room and len(text) > 1:
        text = text[:-2] + "…"
    pen.text(at, text, ink, face, "ls")


def write_over(
    pen: ImageDraw.ImageDraw, columns: Sequence[tuple[int, int]], labels: Sequence[str], baseline: int, ink: Colour
) -> None:
    """Write a row of labels over their columns, leaving out each that would touch the one before."""
    face = font(SMALL)
    taken = 0
    for (left, right), label in zip(columns, labels, strict=True):
        width = math.ceil(face.getlength(label))
        start = max((left + right - width) // 2, left if right - left < width else 0)
        start = min(start, WIDTH - MARGIN - width)
        if label and start >= taken:
            pen.text((start, baseline), label, ink, face, "ls")
            taken = start + width + 10


def patch(image: Image.Image, box: Box, colour: Colour, shape: Shape = "full") -> None:
    left, top, right, bottom = box
    image.paste(colour, box, _mask(right - left, bottom - top, shape))


def zero_mark(image: Image.Image, box: Box, theme: Theme) -> None:
    """Draw what only a zero has: a short dark line on the cell's base."""
    left, _, right, bottom = box
    inset = max((right - left - 44) // 2, 0)
    lift = 8 if inset else 0
    image.paste(theme.muted, (left + inset, bottom - lift - 6, right - inset, bottom - lift))


@lru_cache(maxsize=2000)
def _mask(width: int, height: int, shape: Shape) -> Image.Image:
    """Return a rounded cell as a mask, smooth at its edges: drawn four times as large and reduced."""
    large = (4 * width, 4 * height)
    radius = 4 * min(16, width // 3, height // 3)
    frame = (0, 0, large[0] - 1, large[1] - 1)
    whole = Image.new("L", large)
    ImageDraw.Draw(whole).rounded_rectangle(frame, radius, fill=255)
    if shape == "full":
        return whole.reduce(4)
    drawn = Image.new("L", large)
    pen = ImageDraw.Draw(drawn)
    if shape == "hatched":
        for x in range(-large[1], large[0], 64):
            pen.line((x, large[1], x + large[1], 0), fill=255, width=12)
        pen.rounded_rectangle(frame, radius, outline=255, width=8)
        return ImageChops.multiply(drawn, whole).reduce(4)
    for across, down in _around(*large):
        pen.ellipse((across - 8, down - 8, across + 8, down + 8), fill=255)
    return drawn.reduce(4)


def _around(width: int, height: int) -> Sequence[tuple[float, float]]:
    """Return points along a frame's edge, one in each corner and about 44 apart: 11 pixels once reduced."""
    across, down = width - 16, height - 16
    n, m = max(round(across / 44), 1), max(round(down / 44), 1)
    rows = [(8 + across * k / n, y) for k in range(n + 1) for y in (8, 8 + down)]
    return rows + [(x, 8 + down * k / m) for k in range(1, m) for x in (8, 8 + across)]


def name_and_scale(
    image: Image.Image, name: str, ends: tuple[str, str], colours: Sequence[Colour], baseline: int, theme: Theme
) -> None:
    """Write a strip's name and, at the right, its scale: the colours between the words for its two ends."""
    pen, face, right = ImageDraw.Draw(image), font(SMALL), WIDTH - MARGIN
    pen.text((right, baseline), ends[1], theme.muted, face, "rs")
    right -= math.ceil(face.getlength(ends[1])) + 12
    for colour in reversed(colours):
        box = (right - 26, baseline - 23, right, baseline + 1)
        patch(image, box, colour)
        if colour == theme.calm:
            image.paste(theme.muted, (box[0] + 5, box[3] - 8, box[2] - 5, box[3] - 4))
        right -= 30
    pen.text((right - 8, baseline), ends[0], theme.muted, face, "rs")
    right -= 8 + math.ceil(face.getlength(ends[0]))
    write(pen, (MARGIN, baseline), name, LABEL, theme.ink, right - 24 - MARGIN, bold=True)


@dataclass(frozen=True)
class Key:
    """What a sign means. `label` is the letter of a flag; without one the sign is a small cell of `shape`."""

    words: str
    shape: Shape = "full"
    label: str = ""


def key_rows(keys: Sequence[Key]) -> Sequence[Sequence[tuple[int, Key]]]:
    """Lay keys out in lines, each key with its left edge in pixels; a wide one has a line of its own."""
    rows: list[list[tuple[int, Key]]] = []
    left = WIDTH
    for key in keys:
        width = _sign_width(key) + 16 + math.ceil(font(SMALL).getlength(key.words))
        if left + width > WIDTH - MARGIN:
            rows.append([])
            left = MARGIN
        rows[-1].append((left, key))
        left += width + 40
    return rows


def _sign_width(key: Key) -> int:
    return flag_width(key.label) if key.label else 60


def draw_keys(image: Image.Image, rows: Sequence[Sequence[tuple[int, Key]]], top: int, theme: Theme) -> None:
    pen = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        baseline = top + number * ROW + 34
        for left, key in row:
            if key.label:
                draw_flag(image, left, baseline - 30, key.label, theme)
            else:
                colour = theme.calm if key.shape == "full" else theme.hatch
                patch(image, (left, baseline - 28, left + 60, baseline + 6), colour, key.shape)
            start = left + _sign_width(key) + 16
            write(pen, (start, baseline), key.words, SMALL, theme.muted, WIDTH - MARGIN - start)


def flag_width(label: str) -> int:
    return max(math.ceil(font(SMALL, bold=True).getlength(label)) + 16, 38)


def draw_flag(image: Image.Image, left: int, top: int, label: str, theme: Theme) -> None:
    """Draw letters on a small dark box, 38 pixels high."""
    width = flag_width(label)
    patch(image, (left, top, left + width, top + 38), theme.ink)
    ImageDraw.Draw(image).text((left + width / 2, top + 31), label, theme.ground, font(SMALL, bold=True), "ms")


def png(image: Image.Image, theme: Theme) -> bytes:
    """Return a picture in 256 colours: half the size of millions of colours and a third of the time, as PNG filters
    none of it."""
    out = BytesIO()
    image.quantize(palette=_palette(theme), dither=Image.Dither.NONE).save(out, "PNG", compress_level=3)
    return out.getvalue()


def shades(theme: Theme) -> Sequence[Colour]:
    """Return every colour a picture can have: the grounds, the inks, and what smooth edges between two of them need."""
    pairs = [(theme.ground, ink, 6) for ink in (theme.ink, theme.muted, theme.hatch)]
    pairs += [(theme.calm, theme.muted, 4), (theme.ground, theme.calm, 2)]
    pairs += [
        pair
        for ramp in theme.ramps
        for colour in ramp
        for pair in ((colour, ink_on(colour), 4), (theme.ground, colour, 2))
    ]
    return sorted(
        {
            tuple(round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True))  # type: ignore[misc]
            for start, end, steps in pairs
            for step in range(steps + 1)
        }
    )


@cache
def _palette(theme: Theme) -> Image.Image:
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in shades(theme) for channel in colour])
    return palette
