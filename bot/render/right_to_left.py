"""Arabic and Hebrew on paper: letters joined as they are written, lines in the order in which they stand.

A PDF takes signs from left to right and joins none. Who writes more than a note in them should have a shaping engine;
this is Unicode's own data and algorithm, for one line without signs that steer its direction.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar

T = TypeVar("T")

NOT_JOINED = "\u200c"
"""The sign that keeps two Arabic letters apart; it has no look of its own."""

FORMS = range(0xFB50, 0xFEFD)
"""Where Unicode has the shapes of Arabic letters."""

LAM, ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"

PLACES = {(True, True): "medial", (True, False): "final", (False, True): "initial", (False, False): "isolated"}
"""What a shape is called, by whether it joins to the letter before and to the one after."""

PAIRS: Mapping[str, str] = dict(zip("([{<«‹)]}>»›", ")]}>»›([{<«‹", strict=True))
"""What turns round with the direction, and into what."""

BRACKETS: Mapping[str, str] = {"(": ")", "[": "]", "{": "}"}

STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
"""The direction that letters and figures give to what stands between them."""


def joined(text: str) -> str:
    """Return a text with its Arabic letters in the shapes that join them to their neighbours."""
    forms = _forms()
    if forms.keys().isdisjoint(text):
        return text.replace(NOT_JOINED, "")
    units = list(_units(text, forms))
    letters = [unit for unit in units if not _is_mark(unit)]
    shapes = iter(
        _shape(unit, before, after, forms)
        for unit, before, after in zip(letters, ["", *letters], [*letters[1:], ""], strict=False)
    )
    return "".join(unit if _is_mark(unit) else next(shapes) for unit in units).replace(NOT_JOINED, "")


def shown(line: str) -> str:
    """Return a line as it stands, left to right (UAX #9, of one paragraph without explicit directions)."""
    types = [unicodedata.bidirectional(letter) for letter in line]
    if not {"R", "AL", "AN"} & set(types):
        return line
    first = next((each for each in types if each in ("L", "R", "AL")), "L")
    ground = "L" if first == "L" else "R"
    resolved = _neutral(line, _weak(types, ground), ground)
    # Letters against the ground are one level up, figures two where the ground runs left to right.
    high = {"L": {"L": 0, "R": 1, "EN": 2, "AN": 2}, "R": {"L": 2, "R": 1, "EN": 2, "AN": 2}}[ground]
    levels = [high[each] for each in resolved]
    letters = [PAIRS.get(letter, letter) if level % 2 else letter for letter, level in zip(line, levels, strict=True)]
    for level in range(max(levels), 0, -1):
        letters = _turned(letters, [each >= level for each in levels])
        levels = _turned(levels, [each >= level for each in levels])
    return "".join(letters)


def _weak(types: Sequence[str], ground: str) -> list[str]:
    """Resolve marks and figures (rules W1 to W7)."""
    found, strong, before = list(types), ground, ground
    for n, each in enumerate(found):
        before = before if each == "NSM" else each
        if before in ("L", "R", "AL"):
            strong = before
        found[n] = "AN" if before == "EN" and strong == "AL" else "R" if before == "AL" else before
    for n in range(1, len(found) - 1):
        if found[n - 1] == found[n + 1] and (found[n], found[n - 1]) in (("ES", "EN"), ("CS", "EN"), ("CS", "AN")):
            found[n] = found[n - 1]
    for start, end in _runs([each == "ET" for each in found]):
        if "EN" in (found[start - 1] if start else "", found[end] if end < len(found) else ""):
            found[start:end] = ["EN"] * (end - start)
    strong = ground
    for n, each in enumerate(found):
        strong = each if each in ("L", "R") else strong
        if each == "EN" and strong == "L":
            found[n] = "L"
        elif each not in STRONG:
            found[n] = "ON"
    return found


def _neutral(line: str, types: Sequence[str], ground: str) -> list[str]:
    """Resolve brackets, then what else has no direction (rules N0 to N2)."""
    found = list(types)
    for start, end in _pairs(line, found):
        inside = {STRONG[each] for each in found[start + 1 : end] if each in STRONG}
        before = next((STRONG[each] for each in reversed(found[:start]) if each in STRONG), ground)
        if inside:
            found[start] = found[end] = ground if ground in inside or before == ground else before
    for start, end in _runs([each not in STRONG for each in found]):
        before = STRONG[found[start - 1]] if start else ground
        after = STRONG[found[end]] if end < len(found) else ground
        found[start:end] = [before if before == after else ground] * (end - start)
    return found


def _pairs(line: str, types: Sequence[str]) -> Sequence[tuple[int, int]]:
    """Return where brackets open and close, by where they open."""
    found, open_ = [], list[int]()
    for n, letter in enumerate(line):
        if types[n] != "ON":
            continue
        if letter in BRACKETS:
            open_.append(n)
        match = next((k for k in range(len(open_) - 1, -1, -1) if BRACKETS[line[open_[k]]] == letter), None)
        if match is not None:
            found.append((open_[match], n))
            del open_[match:]
    return sorted(found)


def _turned(letters: Sequence[T], which: Sequence[bool]) -> list[T]:
    turned = list(letters)
    for start, end in _runs(which):
        turned[start:end] = turned[start:end][::-1]
    return turned


def _runs(which: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """Yield the start and the end of each run that is true."""
    start = None
    for n, is_one in enumerate([*which, False]):
        if is_one and start is None:
            start = n
        elif not is_one and start is not None:
            yield start, n
            start = None


@cache
def _forms() -> Mapping[str, Mapping[str, str]]:
    """Return each Arabic letter's shapes by where in a word it stands, and those of lam with alef."""
    found: dict[str, dict[str, str]] = {}
    for letter in map(chr, FORMS):
        where, *codes = unicodedata.decomposition(letter).split() or [""]
        base = "".join(chr(int(code, 16)) for code in codes)
        one = len(base) == 1 or (len(base) == 2 and base[0] == LAM and base[1] in ALEFS)
        if one and where.strip("<>") in PLACES.values():
            found.setdefault(base, {})[where.strip("<>")] = letter
    return found


def _units(text: str, forms: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    place = 0
    while place < len(text):
        step = 2 if len(text) > place + 1 and text[place : place + 2] in forms else 1
        yield text[place : place + step]
        place += step


def _is_mark(unit: str) -> bool:
    return unicodedata.category(unit[0]) == "Mn"


def _shape(unit: str, before: str, after: str, forms: Mapping[str, Mapping[str, str]]) -> str:
    """Return a letter's shape: it joins where it and its neighbour both have a shape for that."""
    own = forms.get(unit, {})
    from_before = "initial" in forms.get(before, {}) and "final" in own
    to_after = "initial" in own and "final" in forms.get(after, {})
    return own.get(PLACES[from_before, to_after], unit)
