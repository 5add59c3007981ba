"""The days and the medicine that the rules count: the last history that says nothing, beside it the first that does."""

from datetime import date

import pytest

from bot.domain.questions import Answers
from bot.domain.rules import (
    Advice,
    AdviceKind,
    about_medicine,
    back_day,
    headache_day,
    medicine_day,
    medicine_kinds,
    migraine_like_day,
    moderate_day,
    neck_day,
)

from .histories import SILENT, ago, history, took

# --- one day -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "is_one"),
    [
        ({}, None),
        ({"headache": None}, None),
        ({"headache": 0}, False),
        ({"headache": 1}, True),
        ({"headache": 1, "duration": None}, True),
        ({"headache": 1, "duration": "30m_2h"}, True),
        ({"headache": 1, "duration": "ongoing"}, True),
        ({"headache": 9, "duration": "lt30m"}, False),
        ({"headache": 9, "duration": "lt30m", "medicine": None}, False),
        ({"headache": 9, "duration": "lt30m", "medicine": frozenset()}, False),
        ({"headache": 9, "duration": "lt30m", "medicine": frozenset({"none"})}, False),
        ({"headache": 9, "duration": "lt30m", "medicine": frozenset({"other"})}, True),
        ({"headache": 0, "duration": "ge12h", "medicine": frozenset({"triptan"})}, False),
    ],
)
def test_a_headache_day_lasted_half_an_hour_or_needed_something_or_its_length_is_unknown(
    answers: Answers, is_one: bool | None
) -> None:
    assert headache_day(answers) is is_one


@pytest.mark.parametrize(
    ("answers", "is_one"),
    [
        ({}, None),
        ({"headache": 0}, False),
        ({"headache": 3}, False),
        ({"headache": 4}, True),
        ({"headache": 9, "duration": "lt30m"}, False),
        ({"headache": 4, "duration": "lt30m", "medicine": frozenset({"simple"})}, True),
    ],
)
def test_a_moderate_day_is_a_headache_day_from_four(answers: Answers, is_one: bool | None) -> None:
    assert moderate_day(answers) is is_one


@pytest.mark.parametrize(
    ("answers", "back", "neck"),
    [
        ({}, None, None),
        ({"back": None}, None, None),
        ({"back": 0}, False, False),
        ({"back": 0, "back_region": frozenset({"neck", "lower"})}, False, False),
        ({"back": 1}, True, None),
        ({"back": 1, "back_region": None}, True, None),
        ({"back": 1, "back_region": frozenset()}, True, None),
        ({"back": 1, "back_region": frozenset({"upper"})}, True, False),
        ({"back": 1, "back_region": frozenset({"lower"})}, True, False),
        ({"back": 1, "back_region": frozenset({"neck"})}, False, True),
        ({"back": 1, "back_region": frozenset({"neck", "lower"})}, True, True),
        ({"back": 1, "back_region": frozenset({"leg"})}, False, False),
    ],
)
def test_back_and_neck_are_told_apart_by_where_it_hurt(answers: Answers, back: bool | None, neck: bool | None) -> None:
    assert (back_day(answers), neck_day(answers)) == (back, neck)


@pytest.mark.parametrize(
    ("answers", "kinds"),
    [
        ({}, None),
        ({"headache": 1}, None),
        ({"headache": 1, "medicine": None}, None),
        ({"headache": 1, "medicine": frozenset()}, None),
        ({"headache": 1, "medicine": frozenset({"none"})}, frozenset()),
        ({"headache": 1, "medicine": frozenset({"nsaid", "other"})}, {"nsaid", "other"}),
        ({"headache": 0, "back": 1, "medicine": frozenset({"nsaid"})}, {"nsaid"}),
        ({"headache": 0, "back": 0, "medicine": frozenset({"nsaid"})}, None),
    ],
)
def test_medicine_is_known_only_where_it_was_answered(answers: Answers, kinds: frozenset[str] | None) -> None:
    assert medicine_kinds(answers) == kinds


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"headache": 3, "medicine": frozenset({"nsaid"})}, True),
        ({"back": 3, "medicine": frozenset({"other"})}, True),
        ({"headache": 3, "medicine": frozenset({"none"})}, False),
        ({"headache": 0, "back": 0}, False),
        ({"headache": 0}, None),
        ({"headache": 0, "back": None}, None),
        ({"headache": 3}, None),
        ({"headache": 3, "medicine": None}, None),
        ({}, None),
    ],
)
def test_on_a_day_without_any_pain_nothing_was_taken(answers: Answers, taken: bool | None) -> None:
    assert medicine_day(answers) is taken


def felt(*features: str, score: int = 2, duration: str | None = "2_4h", took: str | None = "none") -> Answers:
    return {
        "headache": score,
        "duration": duration,
        "features": frozenset(features) if features else None,
        "medicine": frozenset({took}) if took else None,
    }


@pytest.mark.parametrize(
    ("answers", "is_one"),
    [
        ({}, None),
        ({"headache": 0, "features": frozenset({"aura_vision"})}, False),
        # (a) two of the pain's features ...
        (felt("one_side", "nausea"), False),
        (felt("one_side", "throbbing", "nausea"), True),
        (felt("worse_moving", "throbbing", "nausea"), True),
        (felt("one_side", "nausea", score=3), False),
        (felt("one_side", "nausea", score=4), True),
        # ... and nausea, or light and sound both ...
        (felt("one_side", "throbbing"), False),
        (felt("one_side", "throbbing", "light"), False),
        (felt("one_side", "throbbing", "sound"), False),
        (felt("one_side", "throbbing", "light", "sound"), True),
        # ... for half an hour or more.
        (felt("one_side", "throbbing", "nausea", duration="30m_2h"), True),
        (felt("one_side", "throbbing", "nausea", duration=None), True),
        (felt("one_side", "throbbing", "nausea", duration="lt30m"), False),
        (felt("one_side", "throbbing", "nausea", duration="lt30m", took="simple"), False),
        # (b) an aura
        (felt("aura_vision"), True),
        (felt("aura_sense_speech"), True),
        (felt("aura_vision", duration="lt30m"), False),
        (felt("aura_vision", duration="lt30m", took="simple"), True),
        # (c) what is taken for migraine alone
        (felt("none", took="triptan"), True),
        (felt("none", took="ergot"), True),
        (felt("none", took="combo"), False),
        (felt("none", duration="lt30m", took="triptan"), True),
        # What is missing is no "no".
        (felt(took="none"), None),
        (felt(took="triptan"), True),
        (felt("none", took=None), None),
        (felt("none"), False),
        (felt("aura_vision", took=None), True),
    ],
)
def test_a_migraine_like_day(answers: Answers, is_one: bool | None) -> None:
    assert migraine_like_day(answers) is is_one


# --- medicine ------------------------------------------------------------------------------------


@pytest.mark.parametrize("medicine", ["triptan", "combo", "opioid", "ergot", "unsure"])
@pytest.mark.parametrize(("n", "kind"), [(7, None), (8, "med_early"), (9, "med_early"), (10, "med_limit")])
def test_eight_days_of_a_ten_day_medicine_are_worth_a_word_and_ten_are_the_limit(
    medicine: str, n: int, kind: AdviceKind | None
) -> None:
    said = about_medicine(history((n, took(medicine))), [])
    assert said == (Advice(kind, n, limit=10, medicine=medicine) if kind else None)


@pytest.mark.parametrize("medicine", ["simple", "nsaid"])
@pytest.mark.parametrize(("n", "kind"), [(11, None), (12, "med_early"), (14, "med_early"), (15, "med_limit")])
def test_twelve_days_of_a_fifteen_day_medicine_are_worth_a_word_and_fifteen_are_the_limit(
    medicine: str, n: int, kind: AdviceKind | None
) -> None:
    said = about_medicine(history((n, took(medicine))), [])
    assert said == (Advice(kind, n, limit=15, medicine=medicine) if kind else None)


def test_something_else_has_no_limit() -> None:
    assert about_medicine(history((30, took("other"))), []) is None


@pytest.mark.parametrize(("silent", "kind"), [(20, "med_limit"), (21, "med_early")])
def test_thirty_days_are_thirty_days_of_the_calendar(silent: int, kind: AdviceKind) -> None:
    said = about_medicine(history((9, took("triptan")), (silent, SILENT), (1, took("triptan"))), [])
    assert said is not None
    assert said.kind == kind


def test_what_was_taken_for_the_back_counts_too() -> None:
    for_the_back: Answers = {"headache": 0, "back": 3, "medicine": frozenset({"nsaid"})}
    assert about_medicine(history((8, took("nsaid")), (7, for_the_back)), []) == Advice("med_limit", 15, 0, 15, "nsaid")


def test_what_is_left_over_from_pain_set_to_zero_does_not_count() -> None:
    taken_back: Answers = {"headache": 0, "back": 0, "medicine": frozenset({"triptan"})}
    assert about_medicine(history((7, took("triptan")), (5, taken_back)), []) is None


def test_one_kind_twice_in_a_day_is_one_day_and_two_kinds_are_a_day_of_each() -> None:
    said = about_medicine(history((10, took("triptan", "simple"))), [])
    assert said == Advice("med_limit", 10, limit=10, medicine="triptan")


@pytest.mark.parametrize(
    ("runs", "n"),
    [
        ([(5, took("simple")), (4, took("triptan"))], None),
        ([(5, took("simple")), (5, took("triptan"))], 10),
        ([(9, took("simple")), (1, took("unsure"))], 10),
        ([(10, took("simple"))], None),
        ([(9, took("simple")), (1, took("simple", "nsaid"))], 10),
        ([(9, took("simple", "nsaid"))], None),
        ([(9, took("simple")), (1, took("other"))], None),
        ([(9, took("simple")), (1, took("simple", "other"))], None),
        ([(14, took("simple")), (9, took("nsaid")), (7, took("triptan"))], 30),
    ],
)
def test_a_mix_counts_from_ten_days_of_at_least_two_kinds(runs: list[tuple[int, Answers]], n: int | None) -> None:
    said = about_medicine(history(*runs), [])
    assert said == (Advice("med_limit", n, limit=10, medicine="any_mix") if n else None)


def test_a_mix_has_no_early_word() -> None:
    assert about_medicine(history((5, took("simple")), (4, took("triptan"))), []) is None


def test_a_kind_at_its_own_limit_is_named_rather_than_the_mix() -> None:
    said = about_medicine(history((15, took("simple")), (9, took("triptan"))), [])
    assert said == Advice("med_limit", 15, limit=15, medicine="simple")


@pytest.mark.parametrize(
    ("runs", "medicine"),
    [
        ([(15, took("simple", "nsaid")), (1, took("nsaid"))], "nsaid"),
        ([(12, took("triptan", "simple")), (4, took("simple"))], "triptan"),
        ([(11, took("triptan", "simple")), (6, took("simple"))], "simple"),
        ([(10, took("triptan", "simple")), (5, took("simple"))], "triptan"),
        ([(10, took("ergot", "opioid")), (1, took("ergot"))], "ergot"),
        ([(13, took("simple")), (2, took("triptan", "simple")), (8, took("triptan"))], "triptan"),
    ],
)
def test_of_several_the_one_most_over_its_limit_is_named(runs: list[tuple[int, Answers]], medicine: str) -> None:
    said = about_medicine(history(*runs), [])
    assert said is not None
    assert (said.kind, said.medicine) == ("med_limit", medicine)


@pytest.mark.parametrize(
    ("runs", "medicine", "n"),
    [
        ([(9, took("triptan", "ergot"))], "triptan", 9),
        ([(8, took("triptan", "ergot")), (1, took("ergot"))], "ergot", 9),
    ],
)
def test_of_several_the_one_closest_to_its_limit_is_named(
    runs: list[tuple[int, Answers]], medicine: str, n: int
) -> None:
    assert about_medicine(history(*runs), []) == Advice("med_early", n, limit=10, medicine=medicine)


def test_the_limit_goes_before_the_early_word() -> None:
    said = about_medicine(history((9, took("triptan", "simple")), (6, took("simple"))), [])
    assert said == Advice("med_limit", 15, limit=15, medicine="simple")


@pytest.mark.parametrize(
    ("n", "told", "kind"),
    [
        (8, [ago("med_early", 29)], None),
        (8, [ago("med_early", 30)], "med_early"),
        (10, [ago("med_limit", 29)], None),
        (10, [ago("med_limit", 30)], "med_limit"),
        (10, [ago("med_early", 0)], "med_limit"),
        (10, [ago("med_early", 1), ago("med_limit", 30)], "med_limit"),
        # Better than ten, and still no early word: it was said more gravely.
        (9, [ago("med_limit", 29)], None),
        (9, [ago("med_limit", 30)], "med_early"),
        # Filled in late: what was said "tomorrow" was said.
        (10, [ago("med_limit", -1)], None),
        (8, [ago("med_early", -1)], None),
        # One appointment asked for a week.
        (10, [ago("see_prevent", 6)], None),
        (10, [ago("see_prevent", 7)], "med_limit"),
        (8, [ago("see_prevent", 0)], "med_early"),
        (10, [ago("a kind of long ago", 0)], "med_limit"),
    ],
)
def test_what_was_said_about_medicine_is_not_said_again_for_thirty_days(
    n: int, told: list[tuple[str, date]], kind: AdviceKind | None
) -> None:
    said = about_medicine(history((n, took("triptan"))), told)
    assert (said.kind if said else None) == kind


def test_while_the_limit_waits_for_its_week_no_early_word_stands_in() -> None:
    days = history((10, took("triptan", "simple")), (2, took("simple")))
    assert about_medicine(days, [ago("see_sleep", 3)]) is None
