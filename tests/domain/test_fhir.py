"""The bundle for clinics: valid FHIR R4B whatever the diary, with the codes of the content notes and no diagnosis."""

import json
from collections.abc import Mapping
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings

from bot.domain import fhir
from bot.domain.fhir_questionnaire import IF, hours_code
from bot.domain.questions import AURA, BANDS, BY_KEY, WELL_SLEPT, Answers, Hours, Value
from bot.domain.takeout import Event, Takeout
from bot.render.export_words import labels
from bot.texts.words import CHOICES, texts_for
from tests.diaries import DAY, NOW, a_day, an_empty_diary, diaries

PATIENT = UUID("7f0c3a52-0d3c-4a7e-9a55-0d4a3b0b6f3e")
Json = dict[str, Any]


def bundled(diary: Takeout, language: str = "en") -> Json:
    """Return the bundle, which a library that is not ours has found valid."""
    content = fhir.bundle(diary, PATIENT, labels(texts_for(language)))
    Bundle.model_validate_json(content)
    return dict(json.loads(content))


def resources(found: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in found["entry"] if entry["resource"]["resourceType"] == kind]


def observed(diary: Takeout) -> Mapping[str, Json]:
    """Return the observations by their own code, LOINC's where they have no other."""
    return {each["code"]["coding"][-1]["code"]: each for each in resources(bundled(diary), "Observation")}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(diaries())
def test_any_diary_is_valid_and_every_reference_leads_somewhere(diary: Takeout) -> None:
    found = bundled(diary)
    urls = [entry["fullUrl"] for entry in found["entry"]]
    assert len(urls) == len(set(urls))
    for entry in found["entry"]:
        resource = entry["resource"]
        pointed = [resource.get("subject"), *resource.get("derivedFrom", ())]
        assert all(each["reference"] in urls for each in pointed if each)
    asked = {item["linkId"]: item for item in resources(found, "Questionnaire")[0]["item"]}
    for response in resources(found, "QuestionnaireResponse"):
        for item in response["item"]:
            options = [option.get("valueCoding") for option in asked[item["linkId"]].get("answerOption", ())]
            for answer in item.get("answer", ()):
                assert "valueCoding" not in answer or answer["valueCoding"] in options
    assert {entry["resource"]["resourceType"] for entry in found["entry"]} <= {
        "Patient",
        "Questionnaire",
        "QuestionnaireResponse",
        "Observation",
    }, "and no Condition"


@pytest.mark.parametrize("language", CHOICES)
def test_every_language_has_words_for_all_of_it(language: str) -> None:
    found = bundled(an_empty_diary(), language)
    for item in resources(found, "Questionnaire")[0]["item"]:
        assert item["text"]
        for option in item.get("answerOption", ()):
            assert option.get("valueCoding", {"display": "a number"})["display"]
    assert bundled(an_empty_diary())["entry"][0]["resource"] == {"resourceType": "Patient", "id": str(PATIENT)}


def test_the_scores_carry_loinc_and_where_it_hurts() -> None:
    found = observed(a_day({"headache": 7, "back": 2}))
    for key, score in (("headache", 7), ("back", 2)):
        assert found[key]["code"]["coding"][0]["code"] == "72514-3"
        assert found[key]["valueInteger"] == score
        assert found[key]["bodySite"]["coding"][0]["code"] == f"site_{key}"
        assert found[key]["effectiveDateTime"] == "2026-03-01"
        assert found[key]["category"][0]["coding"][0]["code"] == "survey"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (Hours(6.5, 6.5), {"valueQuantity": 6.5}),
        (BANDS["7-8"], {"low": 7, "high": 8}),
        (BANDS["9-24"], {"low": 9, "high": None}),
        (WELL_SLEPT, {"low": 6, "high": None}),
    ],
)
def test_sleep_is_a_number_or_a_range_of_hours_in_the_night(hours: Hours, said: Json) -> None:
    slept = observed(a_day({"sleep_hours": hours}))["sleep_hours"]
    assert slept["code"]["coding"][0]["code"] == "93832-4"
    assert slept["effectivePeriod"] == {"start": "2026-02-28", "end": "2026-03-01"}
    if "valueQuantity" in said:
        assert (slept["valueQuantity"]["value"], slept["valueQuantity"]["code"]) == (6.5, "h")
    else:
        assert slept["valueRange"]["low"]["value"] == said["low"]
        assert slept["valueRange"].get("high", {}).get("value") == said["high"]


def test_what_was_skipped_says_so_and_what_was_not_asked_is_not_there() -> None:
    found = bundled(a_day({"headache": None}))
    assert resources(found, "Observation") == []
    assert resources(found, "QuestionnaireResponse")[0]["item"] == [
        {"linkId": "headache", "extension": [{"url": fhir.ABSENT, "valueCode": "asked-declined"}]}
    ]


def test_a_migraine_like_day_is_an_observation_from_what_was_ticked() -> None:
    found = observed(a_day({"headache": 5, "features": frozenset({"aura_vision"}), "medicine": frozenset({"nsaid"})}))
    assert found["migraine_like_day"]["valueBoolean"] is True
    assert found["medicine_nsaid"]["valueBoolean"] is True
    assert found["migraine_like_day"]["derivedFrom"] == found["headache"]["derivedFrom"]


def test_a_visit_a_period_and_an_attack_are_there() -> None:
    at = NOW.isoformat()
    kinds = {
        "massage": {"note": "it\x00 helped"},
        "period": {},
        "attack": {"began": at, "over": None},
        "other": {"note": ""},
    }
    noted = [Event(day=DAY, kind=kind, created_at=NOW, details=details) for kind, details in kinds.items()]
    found = observed(a_day({}, *noted))
    assert found["noted_massage"]["note"] == [{"text": "it  helped"}]
    assert "note" not in found["noted_other"]
    assert found["8665-2"]["valueDateTime"] == "2026-03-01"
    assert found["attack"]["effectivePeriod"] == {"start": "2026-03-02T12:00:00.123Z"}


def test_follow_ups_are_asked_as_the_card_asks_them() -> None:
    ticked: list[Value | None] = [None, frozenset({"light"}), *(frozenset({code}) for code in AURA)]
    for headache, back, features in product((None, 0, 3), (None, 0, 3), ticked):
        answers: Answers = {"headache": headache, "back": back, "features": features if headache else None}
        for key, question in BY_KEY.items():
            asked = [_holds(answers.get(above), code) for above, code in IF.get(key, ())]
            assert question.asked_if(answers) == (not asked or any(asked)), (key, answers)


def _holds(value: Value | None, code: str) -> bool:
    if code:
        return isinstance(value, frozenset) and code in value
    return isinstance(value, int) and value > 0


def test_a_typed_number_is_no_band() -> None:
    assert hours_code(Hours(7, 7)) is None
    assert {hours_code(band) for band in (*BANDS.values(), WELL_SLEPT)} == {*BANDS, "6-24"}
