"""A sheet of A4 in black, white and greys: what stands where on it, and the PDF that it becomes.

Points are 1/72 inch, from the top left corner. A sheet is only a list of marks until it is printed, so that a page can
be set in smaller letters until it fits. The text of the PDF can be searched and copied.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from bot.render.letters import NARROW, fitted, in_fonts, width, wrapped, written
from bot.render.right_to_left import shown

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 36.0
ROOM = WIDTH - 2 * MARGIN
FOOT = HEIGHT - MARGIN
LINE = 1.3
"""From one line to the next, in sizes of its letters."""

SMALL = 0.8
"""The size of legends, of that of the other letters."""

LARGEST, SMALLEST, STEP = 10.0, 4.5, 0.25
"""Sizes of letters that a page may have, points."""

EXACT = 0.01
"""What rounding may take from a room that is just as wide as its words, points."""

HAIR = 0.4
HATCH = 2.6
"""How thick a thin line is, and how far apart those of a hatching are."""


@dataclass(frozen=True)
class Words:
    """One line of words from `left` at a baseline; `grey` 0 is black, 1 white."""

    left: float
    baseline: float
    text: str
    size: float
    bold: bool
    grey: float


@dataclass(frozen=True)
class Square:
    """A frame, filled with a grey; None is not filled at all. Hatched: somebody was asked and did not answer."""

    left: float
    top: float
    width: float
    height: float
    grey: float | None = None
    hatched: bool = False


@dataclass(frozen=True)
class Rule:
    """A thin line across."""

    left: float
    right: float
    at: float
    grey: float


class Sheet:
    """One page while it is being set in letters of `size` points; `fits` until a line has to be cut for its width."""

    def __init__(self, size: float) -> None:
        self.size = size
        self.marks: list[Words | Square | Rule] = []
        self.fits = True

    @property
    def line(self) -> float:
        return self.size * LINE

    def width(self, text: str, *, bold: bool = False) -> float:
        return width(written(text), self.size, bold=bold)

    def say(
        self,
        left: float,
        top: float,
        text: str,
        room: float,
        *,
        size: float | None = None,
        bold: bool = False,
        grey: float = 0,
        align: float = 0,
    ) -> float:
        """Write one line, cut to `room`; `align` 0 is at the left of it, 0.5 in the middle, 1 at the right. Returns
        how far down it reaches."""
        size = size or self.size
        whole = written(text)
        line = fitted(whole, size, room, bold=bold)
        self.fits = self.fits and line == whole
        left += (room - width(line, size, bold=bold)) * align
        self.marks.append(Words(left, top + size, line, size, bold, grey))
        return top + size * LINE

    def tell(
        self, left: float, top: float, text: str, room: float, *, size: float | None = None, most: int = 100
    ) -> float:
        """Write words in as many lines as they need, `most` at the most. Returns how far down they reach."""
        size = size or self.size
        for line in wrapped(written(text), size, room, most=most):
            self.marks.append(Words(left, top + size, line, size, False, 0))
            top += size * LINE
        return top

    def head(self, left: float, top: float, text: str, room: float) -> float:
        """Write a heading with a thin line above it."""
        self.rule(left, left + room, top, grey=0.4)
        return self.say(left, top + 0.15 * self.size, text, room, bold=True) + 0.1 * self.size

    def table(
        self,
        left: float,
        top: float,
        rows: Sequence[Sequence[str]],
        room: float,
        *,
        heads: int = 1,
        last: float | None = None,
    ) -> float:
        """Write rows of cells, the first of them heads, each column as wide as it has to be; the columns behind the
        first share what is left over. With `last`, cells of the last column are cut where they are longer than that, in
        sizes of the letters. Returns how far down it reaches."""
        pad = 0.8 * self.size
        columns = list(zip(*rows, strict=True))
        needs = [max(self.width(cell, bold=n == 0) for n, cell in enumerate(column)) + pad for column in columns]
        if last is not None:
            needs[-1] = min(needs[-1], last * self.size)
            rows = [[*row[:-1], fitted(written(row[-1]), self.size, needs[-1] - pad)] for row in rows]
        spare = (room + pad - sum(needs)) / (len(columns) - 1)
        if spare < 0:  # no letters are small enough: the last column is cut
            self.fits = False
            needs[-1] += spare * (len(columns) - 1)
        for number, row in enumerate(rows):
            if number >= heads:
                self.rule(left, left + room, top, grey=0.85)
            at = left
            for n, (cell, need) in enumerate(zip(row, needs, strict=True)):
                self.say(at, top, cell, need - pad + EXACT, bold=number == 0)
                at += need + max(spare, 0) * (n > 0)
            top += self.line
        return top

    def square(
        self, left: float, top: float, width: float, height: float, *, grey: float | None = None, hatched: bool = False
    ) -> None:
        self.marks.append(Square(left, top, width, height, grey, hatched))

    def rule(self, left: float, right: float, at: float, *, grey: float = 0.75) -> None:
        self.marks.append(Rule(left, right, at, grey))


def largest(put: Callable[[Sheet], float]) -> Sheet:
    """Return a sheet in the largest letters in which it holds what `put` sets; that returns how far down it reaches."""

    def fits(size: float) -> bool:
        sheet = Sheet(size)
        return put(sheet) <= FOOT and sheet.fits

    sizes = [LARGEST - n * STEP for n in range(int((LARGEST - SMALLEST) / STEP) + 1)]
    sheet = Sheet(sizes[min(bisect_left(sizes, True, key=fits), len(sizes) - 1)])
    put(sheet)
    return sheet


def pdf(sheets: Sequence[Sheet], title: str, language: str) -> bytes:
    """Return the pages as a PDF; the same pages are the same bytes, no time of printing stands in it."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1, lang=language)
    canvas.setTitle(title)
    canvas.setCreator("HeadsUp")
    canvas.setAuthor("")
    canvas.setSubject("")
    for sheet in sheets:
        canvas.setLineWidth(HAIR)
        for mark in sheet.marks:
            match mark:
                case Words():
                    _write(canvas, mark)
                case Square():
                    _frame(canvas, mark)
                case Rule():
                    canvas.setStrokeGray(mark.grey)
                    canvas.line(mark.left, HEIGHT - mark.at, mark.right, HEIGHT - mark.at)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _write(canvas: Canvas, words: Words) -> None:
    left = words.left
    canvas.setFillGray(words.grey)
    for font, part in in_fonts(shown(words.text), bold=words.bold):
        pen = canvas.beginText(left, HEIGHT - words.baseline)
        pen.setFont(font, words.size)
        pen.setHorizScale(100 * NARROW)
        pen.textOut(part)
        canvas.drawText(pen)
        left += width(part, words.size, bold=words.bold)


def _frame(canvas: Canvas, square: Square) -> None:
    left, right, bottom = square.left, square.left + square.width, square.top + square.height
    canvas.setStrokeGray(0.5)
    if square.hatched:
        # Each stroke leans by the square's height; both ends stay on its edge.
        start = left - square.height + HATCH
        while start < right:
            low, high = max(start, left), min(start + square.height, right)
            canvas.line(low, HEIGHT - bottom + low - start, high, HEIGHT - bottom + high - start)
            start += HATCH
    if square.grey is not None:
        canvas.setFillGray(square.grey)
    canvas.rect(left, HEIGHT - bottom, square.width, square.height, fill=int(square.grey is not None))
