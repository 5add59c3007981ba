"""Headache days out of another diary's table: which column is which, and how its dates are written; never by guess."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from io import StringIO

from bot.domain.checkin import next_page
from bot.domain.profile import Profile
from bot.domain.quiet import DEFAULT, as_text
from bot.domain.takeout import (
    AHEAD,
    FIRST_DAY,
    FORMAT,
    VERSION,
    Answer,
    CheckIn,
    Mistake,
    Settings,
    Takeout,
    Tastes,
    plain_profile,
)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


DAY_WORDS = _listed("date datum fecha data dato paiva paivamaara дата ημερομηνια")
DAY_WORDS_TOO = _listed("day tag dia jour giorno dag den день start started begin began beginn debut inicio")
NOT_A_DAY = _listed("end ended ende fin fine fim until bis created updated modified erstellt birth")
SCORE_WORDS = _listed(
    "severity intensity nrs vas score level rating strength starke intensitat schmerzstarke schweregrad intensite "
    "severite intensidad gravedad intensita gravita intensidade intensiteit ernst styrka sila nasilenie сила "
    "интенсивность ενταση"
)
SCORE_WORDS_TOO = _listed(
    "pain headache migraine schmerz schmerzen kopfschmerz kopfschmerzen migrane douleur cephalee mal dolor cefalea "
    "jaqueca dolore emicrania dor enxaqueca pijn hoofdpijn smarta huvudvark bol боль πονος"
)
HEAD_WORDS = _listed(
    "head headache migraine kopf kopfschmerz kopfschmerzen migrane cephalee cefalea jaqueca emicrania enxaqueca "
    "hoofdpijn huvudvark"
)
"""Words of column names, without accents, in the languages of common diaries."""

YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[ T,].*)?")
YEAR_LAST = re.compile(r"(?P<a>\d{1,2})(?P<sign>[-/.])(?P<b>\d{1,2})(?P=sign)(?P<y>\d{4})(?:[ T,].*)?")
SCORE = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?(?:\s*/\s*10)?")
MOST_ROWS, SAMPLES = 50_000, 3
ENCODINGS = (("utf-8-sig", b""), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"), ("cp1252", b""))


@dataclass(frozen=True)
class Days:
    """One way to read the dates: day → score at its worst, and a few rows as they stand and as they are read."""

    scores: Mapping[date, int]
    samples: Sequence[tuple[str, date, int]]


@dataclass(frozen=True)
class Table:
    """What a table was understood as. `readings` are two where nobody can tell days from months; `unread` counts the
    rows without a score."""

    day_column: str
    score_column: str
    readings: Sequence[Days] = field(default_factory=list)
    unread: int = 0
    unclear: tuple[str, date, date] | None = None
    """The first date that the two readings read differently, as it stands and as each has it; None for one reading."""


Dated = Callable[[str], date | None]


def read_table(content: bytes, now: datetime) -> Table | Mistake:
    """Read a table of headache days: one column of dates, one of scores from 0 to 10."""
    lines = _lines(content)
    if not 2 <= len(lines) <= MOST_ROWS:
        return Mistake("columns" if len(lines) < 2 else "too_big")
    names, rows = lines[0], [[*line, *[""] * (len(lines[0]) - len(line))] for line in lines[1:]]

    def cells(column: int) -> list[str]:
        return [row[column].strip() for row in rows]

    days = _columns(names, (DAY_WORDS, DAY_WORDS_TOO), lambda column: any(map(_is_dated, cells(column))), NOT_A_DAY)
    scored = _columns(
        names, (SCORE_WORDS, SCORE_WORDS_TOO), lambda column: any(_score(cell) is not None for cell in cells(column))
    )
    heads = [column for column in scored if _words(names[column]) & HEAD_WORDS]
    scored = heads if len(scored) > 1 and len(heads) == 1 else scored
    if len(days) != 1 or len(scored) != 1 or days == scored:
        return Mistake("columns")
    pairs = [(day, score) for day, score in zip(cells(days[0]), cells(scored[0]), strict=True) if day and score]
    for day, score in pairs:
        if not _is_dated(day):
            return Mistake("dates", day)
        if _score(score) is None:
            return Mistake("scores", score)
    readings = [found for order in ORDERS if (found := _read(pairs, order, now)) is not None]
    if not pairs or not readings:
        return Mistake("dates", pairs[0][0] if pairs else "")
    if len(readings) > 1 and readings[0].scores == readings[1].scores:
        readings = readings[:1]
    unclear = _unclear([cell for cell, _ in pairs]) if len(readings) > 1 else None
    return Table(names[days[0]].strip(), names[scored[0]].strip(), readings, len(rows) - len(pairs), unclear)


def as_document(days: Days, zone: str, now: datetime) -> Takeout:
    """Return headache days as a diary of this kind: late, given all at once, and nothing else known of them."""
    return Takeout(
        format=FORMAT,
        version=VERSION,
        exported_at=now,
        settings=Settings(
            language="en",
            zone=zone,
            day_start=time(4),
            quiet=as_text(DEFAULT),
            since=now,
            paused_until=None,
            silent_until=None,
            seen_at=None,
        ),
        profile=plain_profile(Profile()),
        tastes=Tastes(helped=[], unwanted=[]),
        consents=[],
        reminders=[],
        checkins=[_checkin(day, score, zone, now) for day, score in sorted(days.scores.items())],
        events=[],
        responses=[],
    )


def _checkin(day: date, score: int, zone: str, now: datetime) -> CheckIn:
    return CheckIn(
        day=day,
        zone=zone,
        asked_at=now,
        answered_at=now,
        late=True,
        page=next_page({"headache": score}),
        part="day",
        asked=["headache"],
        answers={"headache": Answer(value=score, answered_at=now, source="import", earlier=[])},
    )


def _lines(content: bytes) -> list[list[str]]:
    """Return the rows of a table that is not empty; its sign is the one that makes the most of its first row."""
    text = next(filter(None, (_decoded(content, *each) for each in ENCODINGS)), "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    sign = max(",;\t|", key=first.count)
    try:
        found = csv.reader(StringIO(text, newline=""), delimiter=sign)
        return [row for row in found if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _decoded(content: bytes, encoding: str, mark: bytes) -> str | None:
    try:
        return content.decode(encoding) if content.startswith(mark) else None
    except UnicodeDecodeError:
        return None


def _columns(
    names: Sequence[str],
    words: Sequence[frozenset[str]],
    fits: Callable[[int], bool],
    but: frozenset[str] = frozenset(),
) -> list[int]:
    """Return the columns whose names have one of the first words, or where there is none, one of the next."""
    for some in words:
        found = [
            column
            for column, name in enumerate(names)
            if _words(name) & some and not _words(name) & but and fits(column)
        ]
        if found:
            return found
    return []


def _words(name: str) -> frozenset[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return frozenset(re.findall(r"[^\W_]+", plain.replace("ß", "ss")))


def _is_dated(cell: str) -> bool:
    return bool(YEAR_FIRST.fullmatch(cell) or YEAR_LAST.fullmatch(cell))


def _score(cell: str) -> int | None:
    """Return a score from 0 to 10, halves rounded up; None where it is none."""
    found = SCORE.fullmatch(cell)
    score = float(f"{found[1]}.{found[2] or 0}") if found else 11
    return int(score + 0.5) if score <= 10 else None


def _day_first(cell: str) -> date | None:
    return _dated(cell, day="a", month="b")


def _month_first(cell: str) -> date | None:
    found = YEAR_LAST.fullmatch(cell)
    # With dots between them the day comes first wherever dots are used.
    return None if found and found["sign"] == "." else _dated(cell, day="b", month="a")


ORDERS: Sequence[Dated] = (_day_first, _month_first)


def _dated(cell: str, *, day: str, month: str) -> date | None:
    found = YEAR_FIRST.fullmatch(cell)
    try:
        if found:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        other = YEAR_LAST.fullmatch(cell)
        return date(int(other["y"]), int(other[month]), int(other[day])) if other else None
    except ValueError:
        return None


def _unclear(cells: Sequence[str]) -> tuple[str, date, date] | None:
    both = ((cell, _day_first(cell), _month_first(cell)) for cell in cells)
    return next(((cell, one, other) for cell, one, other in both if one and other and one != other), None)


def _read(pairs: Sequence[tuple[str, str]], order: Dated, now: datetime) -> Days | None:
    """Return the days by one order of dates; None where one of them is no date by it, or not of our time."""
    last = (now.astimezone(UTC) + AHEAD).date()
    found = list(_scored(pairs, order))
    if any(day is None or not FIRST_DAY <= day <= last for _, day, _ in found):
        return None
    scores: dict[date, int] = {}
    for _, day, score in found:
        if day is not None:
            scores[day] = max(score, scores.get(day, 0))
    return Days(scores, [(cell, day, score) for cell, day, score in found[:SAMPLES] if day is not None])


def _scored(pairs: Sequence[tuple[str, str]], order: Dated) -> Iterator[tuple[str, date | None, int]]:
    for cell, score in pairs:
        yield cell, order(cell), _score(score) or 0
