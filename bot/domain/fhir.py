"""The diary as a FHIR R4B bundle: a questionnaire, each day's answers, and what can be said of them as observations.

Codes come from the project’s content notes (§5.5): LOINC 72514-3, 93832-4 and 8665-2, all else from our own code
system. Never a Condition: what was ticked is no diagnosis. A missing day has no observation.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from bot.domain.checkin import complete, relevant
from bot.domain.fhir_questionnaire import SYSTEM, URL, Labels, coding, hours_code, questionnaire
from bot.domain.log import KINDS
from bot.domain.questions import BY_KEY, VERSION, Answers, Hours, Value
from bot.domain.rules import back_day, headache_day, medicine_day, migraine_like_day, moderate_day, neck_day
from bot.domain.takeout import Attack, CheckIn, Event, Takeout, value_of

Json = dict[str, Any]

LOINC = "http://loinc.org"
SCORE = {
    "system": LOINC,
    "code": "72514-3",
    "display": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
}
SLEEP = {"system": LOINC, "code": "93832-4", "display": "Sleep duration"}
PERIOD = {"system": LOINC, "code": "8665-2", "display": "Last menstrual period start date"}
SURVEY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey", "display": "Survey"}
UCUM = "http://unitsofmeasure.org"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
DAY_OF = "urn:headsup:diary-day"
WHOLE_DAY = 24

COUNTED = {
    "headache_day": headache_day,
    "moderate_severe_day": moderate_day,
    "migraine_like_day": migraine_like_day,
    "back_day": back_day,
    "neck_day": neck_day,
    "medicine_day": medicine_day,
}
"""What a day counts as, by `domain/rules`."""


@dataclass(frozen=True)
class _Bundle:
    """Whose bundle: every id in it follows from the one random id that stands for the person."""

    patient: UUID
    labels: Labels

    def urn(self, *name: object) -> str:
        return f"urn:uuid:{uuid5(self.patient, ':'.join(map(str, name)))}"

    @property
    def subject(self) -> Json:
        return {"reference": f"urn:uuid:{self.patient}"}

    def entry(self, resource: Json, *name: object) -> Json:
        return {"fullUrl": self.urn(*name), "resource": resource}


def bundle(diary: Takeout, patient: UUID, labels: Labels) -> bytes:
    """Return the diary as JSON. `patient` is a random id that says nothing about who it is, here or elsewhere."""
    of = _Bundle(patient, labels)
    entries = [
        {"fullUrl": f"urn:uuid:{patient}", "resource": {"resourceType": "Patient", "id": str(patient)}},
        of.entry(questionnaire(labels, diary.settings.language), "questionnaire"),
        *(entry for checkin in diary.checkins if checkin.answers for entry in _day(of, checkin)),
        *(entry for place, event in enumerate(diary.events) for entry in _event(of, place, event)),
    ]
    whole = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(diary.exported_at),
        "entry": entries,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def text_of(words: str) -> str:
    """Return words as a FHIR string may be: no control characters, not empty at its ends; "" where nothing is left."""
    return re.sub(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f]", " ", words).strip()


def _day(of: _Bundle, checkin: CheckIn) -> Iterator[Json]:
    every = {key: value_of(answer.value) for key, answer in checkin.answers.items() if key in BY_KEY}
    day = checkin.day
    answered = max(answer.answered_at for answer in checkin.answers.values())
    response = {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": DAY_OF, "value": day.isoformat()},
        "questionnaire": f"{URL}|{VERSION}",
        "status": "completed" if complete(every) else "in-progress",
        "subject": of.subject,
        "authored": _instant(checkin.answered_at or answered),
        "item": [item for key in BY_KEY if key in every for item in _items(key, every[key], of.labels)],
    }
    if not response["item"]:
        return
    yield of.entry(response, day, "answers")
    for name, observed in _observed(of, day, relevant(every)):
        from_it = {"derivedFrom": [{"reference": of.urn(day, "answers")}]}
        yield of.entry(_without_nothing({**_observation(of, day), **observed, **from_it}), day, name)


def _items(key: str, value: Value | None, labels: Labels) -> Iterator[Json]:
    """Yield what a response says to a question; one that was skipped says so."""
    if value is None:
        yield {"linkId": key, "extension": [{"url": ABSENT, "valueCode": "asked-declined"}]}
    elif isinstance(value, Hours):
        code = hours_code(value)
        if code is None:
            yield {"linkId": f"{key}_typed", "answer": [{"valueDecimal": value.low}]}
        else:
            yield {"linkId": key, "answer": [{"valueCoding": coding(key, code, labels)}]}
    elif isinstance(value, frozenset):
        ticked = [{"valueCoding": coding(key, code, labels)} for code in sorted(value)]
        if ticked:
            yield {"linkId": key, "answer": ticked}
    elif isinstance(value, int):
        yield {"linkId": key, "answer": [{"valueInteger": value}]}
    elif BY_KEY[key].kind == "choice":
        yield {"linkId": key, "answer": [{"valueCoding": coding(key, value, labels)}]}
    elif words := text_of(value):
        yield {"linkId": key, "answer": [{"valueString": words}]}


def _observed(of: _Bundle, day: date, answers: Answers) -> Iterator[tuple[str, Json]]:
    for key, value in answers.items():
        if key in ("headache", "back") and isinstance(value, int):
            where = {"bodySite": {"coding": [_own(f"site_{key}", of.labels.sites[key])]}}
            yield key, {"code": _code(SCORE, _own(key, of.labels.names[key])), "valueInteger": value, **where}
        elif isinstance(value, Hours):
            night = {"start": (day - timedelta(days=1)).isoformat(), "end": day.isoformat()}
            slept = {"code": _code(SLEEP, _own(key, of.labels.names[key])), "effectivePeriod": night, **_hours(value)}
            yield key, {"effectiveDateTime": None, **slept}
        elif key in ("sleep_quality", "posture") and isinstance(value, int):
            yield key, {"code": _code(_own(key, of.labels.names[key])), "valueInteger": value}
        elif key != "note" and isinstance(value, str):
            said = {"coding": [coding(key, value, of.labels)]}
            yield key, {"code": _code(_own(key, of.labels.names[key])), "valueCodeableConcept": said}
        elif isinstance(value, frozenset):
            for code in sorted(value - {"none"}):
                yield f"{key}:{code}", {"code": _code(coding(key, code, of.labels)), "valueBoolean": True}
    for name, rule in COUNTED.items():
        if (counts := rule(answers)) is not None:
            yield name, {"code": _code(_own(name, of.labels.counted[name])), "valueBoolean": counts}


def _hours(hours: Hours) -> Json:
    def quantity(value: float) -> Json:
        return {"value": value, "unit": "h", "system": UCUM, "code": "h"}

    if hours.low == hours.high:
        return {"valueQuantity": quantity(hours.low)}
    high = {} if hours.high == WHOLE_DAY else {"high": quantity(hours.high)}
    return {"valueRange": {"low": quantity(hours.low), **high}}


def _event(of: _Bundle, place: int, event: Event) -> Iterator[Json]:
    """Yield visits, remedies, changes, periods and attacks; lists of signs and what was said are in the JSON only."""
    observed: Json
    if event.kind in KINDS:
        words = text_of(str(event.details.get("note", "")))
        note = {"note": [{"text": words}]} if words else {}
        code = _code(_own(f"noted_{event.kind}", of.labels.noted[event.kind]))
        observed = {"code": code, "valueBoolean": True, **note}
    elif event.kind == "period":
        observed = {"code": _code(PERIOD), "valueDateTime": event.day.isoformat()}
    elif event.kind == "attack":
        attack = Attack.model_validate(event.details)
        end = {"end": _instant(datetime.fromisoformat(attack.over))} if attack.over else {}
        lasted = {"start": _instant(datetime.fromisoformat(attack.began)), **end}
        code = _code(_own("attack", of.labels.noted["attack"]))
        observed = {"code": code, "effectiveDateTime": None, "effectivePeriod": lasted, "valueBoolean": True}
    else:
        return
    yield of.entry(_without_nothing({**_observation(of, event.day), **observed}), "event", place)


def _observation(of: _Bundle, day: date) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [SURVEY]}],
        "subject": of.subject,
        "effectiveDateTime": day.isoformat(),
    }


def _without_nothing(resource: Json) -> Json:
    return {name: value for name, value in resource.items() if value is not None}


def _own(code: str, display: str) -> Mapping[str, str]:
    return {"system": SYSTEM, "code": code, "display": display}


def _code(*codings: Mapping[str, str]) -> Json:
    return {"coding": list(codings)}


def _instant(at: datetime) -> str:
    """Return an instant as FHIR has it; to the millisecond, which every reader knows."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
