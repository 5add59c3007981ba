"""Letters for paper: every line can be written, whatever it holds, and Arabic and Hebrew stand as they are read.

What no font here has is never left out in silence: a picture becomes its name in brackets, a letter an empty box.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import groupby

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from bot.render.right_to_left import NOT_JOINED, joined

REGULAR, BOLD, FURTHER = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Further"
NARROW = 0.9
"""How wide a letter is drawn: the proportion of DejaVu Sans Condensed."""

BOX = "▯"
SPACES = re.compile(r"[^\S\u00a0]+")
"""Whatever is space, but for the one at which no line may end."""


def _font(name: str) -> TTFont:
    face = TTFont(name, BytesIO((files("bot.render") / "fonts" / f"{name}.ttf").read_bytes()), shapable=False)
    registerFont(face)
    return face


FONTS: Mapping[str, TTFont] = {name: _font(name) for name in (REGULAR, BOLD, FURTHER)}
"""Read once, and never changed."""

LETTERS: Mapping[str, frozenset[str]] = {name: frozenset(map(chr, f.face.charToGlyph)) for name, f in FONTS.items()}

WIDTHS: Mapping[str, Mapping[str, float]] = {
    name: {letter: float(FONTS[name].face.getCharWidth(ord(letter))) for letter in letters}
    for name, letters in LETTERS.items()
}
"""Of each letter, in thousandths of its size."""


def written(text: str) -> str:
    """Return a text of one line as it can be written, still in the order in which it is thought."""
    said = "".join(map(_stand_in, unicodedata.normalize("NFC", SPACES.sub(" ", text).strip())))
    return joined(said)


def unwritable(text: str) -> str:
    """Return the letters of a text that no font here has, each once."""
    return "".join(dict.fromkeys(letter for letter in unicodedata.normalize("NFC", text) if _stand_in(letter) == BOX))


def width(line: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line is, in the unit of `size`."""
    return (
        NARROW / 1000 * size * sum(sum(map(WIDTHS[name].__getitem__, part)) for name, part in in_fonts(line, bold=bold))
    )


def wrapped(line: str, size: float, room: float, *, most: int = 100) -> Sequence[str]:
    """Break a line between words so that each part is at most `room` wide; the last of `most` ends in an ellipsis."""
    lines: list[str] = []
    rest = line
    while rest and width(rest, size) > room:
        if len(lines) == most - 1:
            rest = _cut(rest + "…", size, room, "…")
            break
        part = _cut(rest, size, room)
        end = part.rfind(" ") if " " in part.strip() and rest[len(part) : len(part) + 1] != " " else len(part)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest]


def fitted(line: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return as much of a line as is at most `room` wide, with an ellipsis where it had to end."""
    return line if width(line, size, bold=bold) <= room else _cut(line, size, room, "…", bold=bold)


def in_fonts(line: str, *, bold: bool = False) -> Sequence[tuple[str, str]]:
    """Return the parts of a line with the font that has their letters."""
    first = BOLD if bold else REGULAR
    if LETTERS[first].issuperset(line):
        return [(first, line)] if line else []

    def font(letter: str) -> str:
        return next((name for name in (first, REGULAR) if letter in LETTERS[name]), FURTHER)

    return [(name, "".join(letters)) for name, letters in groupby(line, font)]


def _cut(line: str, size: float, room: float, end: str = "", *, bold: bool = False) -> str:
    low, high = 1, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(line[:middle] + end, size, bold=bold) <= room else (low, middle - 1)
    return line[:low] + end


@lru_cache(maxsize=10_000)
def _stand_in(letter: str) -> str:
    """Return a letter that a font has as it is; nothing for what only steers the letters around it."""
    if _has(letter) or letter == NOT_JOINED:
        return letter
    match unicodedata.category(letter):
        case "So":
            return f"[{unicodedata.name(letter, 'sign').lower()}]"
        case "Cc" | "Cf" | "Mn" | "Me" | "Sk":
            return ""
    return BOX


def _has(letter: str) -> bool:
    return any(letter in letters for letters in LETTERS.values())
