"""The table of days: every calendar day has its row, empty is not answered, and no cell is a formula."""

import csv
import shutil
import subprocess
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.days_csv import as_csv, columns, rows
from bot.domain.questions import BANDS, Answers
from bot.domain.takeout import CheckIn, Event, Takeout
from bot.render.export_words import meaning
from bot.texts.words import CHOICES, texts_for
from tests.diaries import DAY, NOW, WORDS, a_day, an_empty_diary, diaries

Row = dict[str, str]
SPEC = """diary_date, tz, answered_at_utc, source, is_late, logged, headache_nrs, headache_day, headache_duration,
f_one_side, f_throbbing, f_worse_moving, f_nausea, f_light, f_sound, f_aura_vision, f_aura_sense_speech, aura_known,
headache_impact, moderate_severe_day, migraine_like_day, back_nrs, back_neck, back_upper, back_lower, back_leg,
back_day, neck_day, med_none, med_simple, med_nsaid, med_triptan, med_combo, med_opioid, med_ergot, med_other,
med_unsure, med_helped, sleep_hours, sleep_low, sleep_high, sleep_quality, posture,
safety_tier, questionnaire_version, note"""
"""The columns of the content notes, §5.4, without those of factors and remedies."""


def table(diary: Takeout, today: date = DAY) -> list[Row]:
    return list(csv.DictReader(StringIO(as_csv(columns(diary), rows(diary, today)).decode(), newline="")))


def day_with(answers: Answers) -> Row:
    return table(a_day(answers))[0]


def test_the_columns_are_those_of_the_content_notes() -> None:
    assert [*columns(an_empty_diary())] == SPEC.replace("\n", " ").replace(" ", "").split(",")


def test_one_column_for_each_factor_followed_and_remedy_noted() -> None:
    noted = Event(day=DAY, kind="massage", created_at=NOW, details={"note": ""})
    diary = a_day({"factors": frozenset({"alcohol"})}, noted)
    card = diary.checkins[0].model_copy(update={"asked": ["factors", "factors:alcohol", "factors:stress"]})
    row = table(diary.model_copy(update={"checkins": [card]}))[0]
    assert {name: value for name, value in row.items() if name.startswith(("factor_", "remedy_"))} == {
        "factor_stress": "0",
        "factor_alcohol": "1",
        "remedy_massage": "1",
    }


def test_missing_days_have_a_row_and_nothing_in_it() -> None:
    diary = a_day({"headache": 3, "back": 0})
    found = table(diary, DAY + timedelta(days=3))
    assert [row["diary_date"] for row in found] == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    for row in found[1:]:
        assert {name: value for name, value in row.items() if value} == {
            "diary_date": row["diary_date"],
            "logged": "0",
        }


@pytest.mark.parametrize(
    ("answers", "cells"),
    [
        ({"headache": 0, "back": 0}, {"headache_nrs": "0", "headache_day": "0", "back_day": "0", "f_light": ""}),
        ({"headache": None}, {"headache_nrs": "", "headache_day": "", "logged": "0"}),
        ({"headache": 3, "features": frozenset({"light"})}, {"f_light": "1", "f_sound": "0", "headache_day": "1"}),
        ({"headache": 3, "features": frozenset()}, {"f_light": "", "f_sound": ""}),
        ({"headache": 0, "features": frozenset({"light"})}, {"f_light": ""}),
        ({"headache": 3, "duration": "lt30m"}, {"headache_day": "0", "headache_duration": "lt30m"}),
        ({"back": 4, "back_region": frozenset({"neck"})}, {"back_neck": "1", "back_day": "0", "neck_day": "1"}),
        ({"sleep_hours": BANDS["7-8"]}, {"sleep_hours": "7.5", "sleep_low": "7", "sleep_high": "8"}),
        ({"headache": 1, "medicine": frozenset({"none"})}, {"med_none": "1", "med_nsaid": "0", "med_helped": ""}),
    ],
)
def test_a_cell_says_what_is_known(answers: Answers, cells: Row) -> None:
    row = day_with(answers)
    assert {name: row[name] for name in cells} == cells


@pytest.mark.parametrize(
    ("signs", "none", "tier"), [(["thunder"], False, "emergency"), ([], True, "none"), ([], False, "")]
)
def test_the_gravest_sign_of_a_day_is_in_its_row(signs: list[str], none: bool, tier: str) -> None:
    details: dict[str, Any] = {"list": "head", "score": 8, "signs": signs, "none": none, "new": False, "visit": None}
    checked = Event(day=DAY, kind="check", created_at=NOW, details=details)
    assert table(a_day({"headache": 8}, checked))[0]["safety_tier"] == tier


@settings(max_examples=300, deadline=None)
@given(WORDS)
def test_no_note_is_a_formula_and_none_is_cut(words: str) -> None:
    cell = day_with({"note": words})["note"]
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert words.replace("\0", "") in cell


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(diaries())
def test_any_diary_makes_a_table(diary: Takeout) -> None:
    found = table(diary)
    days = [date.fromisoformat(row["diary_date"]) for row in found]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))] if days else True
    assert {card.day for card in diary.checkins} <= set(days)
    for row in found:
        assert None not in row.values()
        assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row.values())


@pytest.mark.parametrize("language", CHOICES)
def test_every_column_is_explained(language: str) -> None:
    t = texts_for(language)
    noted = [Event(day=DAY, kind=kind, created_at=NOW, details={"note": ""}) for kind in ("massage", "other")]
    names = columns(a_day({"factors": frozenset({"alcohol"})}, *noted))
    explained = [meaning(t, name) for name in names]
    assert all(explained)
    assert len(set(explained)) == len(explained)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_finds_no_formula_in_it(tmp_path: Path) -> None:
    noted = a_day({"note": "=1+1"})
    (tmp_path / "days.csv").write_bytes(as_csv(columns(noted), rows(noted, DAY)))
    soffice = ["soffice", "--headless", "--convert-to", "fods", "days.csv"]
    subprocess.run(soffice, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    opened = (tmp_path / "days.fods").read_text(encoding="utf-8")
    assert "=1+1" in opened
    assert "table:formula" not in opened


def test_a_visit_to_come_adds_no_days() -> None:
    visit = Event(day=date(2027, 1, 1), kind="visit", created_at=NOW, details={})
    assert len(table(a_day({"headache": 1}, visit))) == 1
    assert table(an_empty_diary().model_copy(update={"events": [visit]})) == []


def test_a_card_that_nobody_answered_is_a_day_not_logged() -> None:
    empty: CheckIn = a_day({}).checkins[0]
    row = table(an_empty_diary().model_copy(update={"checkins": [empty]}))[0]
    assert (row["logged"], row["tz"], row["source"]) == ("0", "UTC", "")
