"""Typed answers and times, in their simplest forms; what is not understood is named, never guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.checkin import ALL_FINE, NO_PAIN
from bot.domain.questions import BY_KEY, Answers, Hours, Value, allowed


@dataclass(frozen=True)
class Understood:
    answers: Answers


@dataclass(frozen=True)
class OffScale:
    """A number that is not on its question's scale."""

    question: str


@dataclass(frozen=True)
class NotUnderstood:
    """The words that mean nothing here; empty when the whole text is something else."""

    words: str


Reading = Understood | OffScale | NotUnderstood

WHOLE: Mapping[str, Answers] = {
    "all fine": ALL_FINE,
    "all fine today": ALL_FINE,
    "all good": ALL_FINE,
    "no pain": NO_PAIN,
    "no pain at all": NO_PAIN,
    "no pain today": NO_PAIN,
    "no pain at all today": NO_PAIN,
}
NUMBER = r"(\d{1,2}(?:[.,]\d{1,2})?)"
NAMED = (
    ("headache", rf"(?:headache|head|migraine)\s*:?\s*{NUMBER}"),
    ("back", rf"(?:back(?:\s+pain)?|neck)\s*:?\s*{NUMBER}"),
    ("sleep_quality", rf"(?:sleep\s+)?quality\s*:?\s*{NUMBER}"),
    ("sleep_hours", rf"(?:slept|sleep)\s*:?\s*{NUMBER}\s*(?:h|hours?|hrs?)?"),
    ("posture", rf"posture\s*:?\s*{NUMBER}"),
)
NONE = (("headache", r"no\s+(?:headache|migraine)"), ("back", r"no\s+(?:back|neck)(?:\s+pain)?"))
ORDERS = {4: ("headache", "back", "sleep_hours", "posture"), 5: tuple(ALL_FINE)}
"""What bare numbers stand for: four leave out how well one slept, five are the card's own order."""


def read_answers(text: str) -> Reading:
    """Read a typed day: `6 3 7.5 4`, `headache 6, back 3, slept 7.5, posture 4` or `all fine`. All of it or nothing."""
    folded = " ".join(text.lower().strip(" .!").split())
    if folded in WHOLE:
        return Understood(WHOLE[folded])
    numbers = folded.replace(";", " ").split()
    if len(numbers) in ORDERS and all(re.fullmatch(NUMBER, number) for number in numbers):
        return _on_scale(dict(zip(ORDERS[len(numbers)], numbers, strict=True)))
    found: dict[str, str] = {}
    unknown = []
    for part in re.split(r"[;\n]|,(?!\d)|,(?=\s*[a-z])|\band\b", folded):
        if not part.strip():
            continue
        named = _named(part.strip())
        if named is None or named[0] in found:
            unknown.append(part.strip())
        else:
            found[named[0]] = named[1]
    if unknown:
        return NotUnderstood(", ".join(unknown) if found else "")
    return _on_scale(found) if found else NotUnderstood("")


def read_value(question: str, text: str) -> Value | None:
    """Read one number for one question; None where it is not a number on its scale."""
    if not re.fullmatch(NUMBER, text.strip()):
        return None
    number = float(text.strip().replace(",", "."))
    kind = BY_KEY[question].kind
    if kind == "hours":
        value: Value = Hours(number, number)
    elif number == int(number):
        value = int(number)
    else:
        return None
    return value if allowed(BY_KEY[question], value) else None


def _named(part: str) -> tuple[str, str] | None:
    for question, pattern in NONE:
        if re.fullmatch(pattern, part):
            return question, "0"
    for question, pattern in NAMED:
        if match := re.fullmatch(pattern, part):
            return question, match[1]
    return None


def _on_scale(found: Mapping[str, str]) -> Reading:
    values: dict[str, Value | None] = {}
    for question, number in found.items():
        value = read_value(question, number)
        if value is None:
            return OffScale(question)
        values[question] = value
    return Understood(values)
