"""The card's questions as a FHIR R4B Questionnaire: what is asked, when, and what can be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.questions import AURA, BANDS, BY_KEY, VERSION, WELL_SLEPT, Hours, Question

Json = dict[str, Any]

URL = "urn:headsup:questionnaire:daily-checkin"
SYSTEM = "urn:headsup:daily-checkin"
"""The code system of our own; a choice of a question is `<question>_<code>` in it."""

WELL_SLEPT_CODE = "6-24"

IF: Mapping[str, Sequence[tuple[str, str]]] = {
    **dict.fromkeys(("duration", "features", "impact"), (("headache", ""),)),
    "aura_known": tuple(("features", code) for code in sorted(AURA)),
    "back_region": (("back", ""),),
    "medicine": (("headache", ""), ("back", "")),
}
"""Follow-up → any of these: a question with a score above 0, or with that choice ticked: `Question.asked_if`."""


@dataclass(frozen=True)
class Labels:
    """The words of a person's language: for questions what is asked and their short names, for choices, for what a day
    counts as, for where it hurts, and for what is noted beside the card."""

    title: str
    asks: Mapping[str, str]
    names: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]
    counted: Mapping[str, str]
    sites: Mapping[str, str]
    noted: Mapping[str, str]


def questionnaire(labels: Labels, language: str) -> Json:
    return {
        "resourceType": "Questionnaire",
        "language": language,
        "url": URL,
        "version": VERSION,
        "title": labels.title,
        "status": "active",
        "subjectType": ["Patient"],
        "item": [item for question in BY_KEY.values() for item in _items(question, labels)],
    }


def coding(key: str, code: str, labels: Labels) -> Mapping[str, str]:
    return {"system": SYSTEM, "code": f"{key}_{code}", "display": labels.codes.get(key, {}).get(code, code)}


def hours_code(hours: Hours) -> str | None:
    """Return the code of a band of hours; None for a number that was typed."""
    if hours == WELL_SLEPT:
        return WELL_SLEPT_CODE
    return next((code for code, band in BANDS.items() if band == hours), None)


def _items(question: Question, labels: Labels) -> Sequence[Json]:
    key = question.key
    item = {"linkId": key, "text": labels.asks.get(key, labels.names.get(key, key)), **_asked_if(key)}
    match question.kind:
        case "severity" | "quality":
            low, high = (0, 10) if question.kind == "severity" else (1, 5)
            options = [{"valueInteger": n} for n in range(low, high + 1)]
            return [{**item, "type": "integer", "answerOption": options}]
        case "hours":
            # A band was tapped or a number typed: a FHIR item has one type, so these are two.
            typed = {**item, "linkId": f"{key}_typed", "type": "decimal"}
            return [{**item, "type": "choice", "answerOption": _options(key, (*BANDS, WELL_SLEPT_CODE), labels)}, typed]
        case "choice" | "several":
            more = {"repeats": True} if question.kind == "several" else {}
            return [{**item, "type": "choice", **more, "answerOption": _options(key, question.choices, labels)}]
        case "text":
            return [{**item, "type": "text"}]


def _options(key: str, codes: Sequence[str], labels: Labels) -> list[Json]:
    return [{"valueCoding": coding(key, code, labels)} for code in codes]


def _asked_if(key: str) -> Json:
    conditions: list[Json] = [
        {"question": above, "operator": "=", "answerCoding": {"system": SYSTEM, "code": f"{above}_{code}"}}
        if code
        else {"question": above, "operator": ">", "answerInteger": 0}
        for above, code in IF.get(key, ())
    ]
    if not conditions:
        return {}
    return {"enableWhen": conditions, **({"enableBehavior": "any"} if len(conditions) > 1 else {})}
