"""When the rules send somebody to a doctor: the last history that says nothing, and beside it the first that does."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.history import Day, days_ending
from bot.domain.questions import BANDS, QUESTIONS, WELL_SLEPT, Answers, Hours, Value
from bot.domain.rules import (
    LIMITS,
    SOON,
    Advice,
    about_medicine,
    back_day,
    headache_day,
    migraine_like_day,
    moderate_day,
    neck_day,
    see_doctor,
)

from .conftest import A_DAY
from .histories import (
    ACHE,
    CALM,
    KINDS,
    LAST,
    LONG,
    ONLY_THE_NIGHT,
    SEVERE,
    SHORT,
    SILENT,
    SKIPPED,
    SORE,
    STOPPED,
    ago,
    history,
)

# --- see a doctor --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([(3, SEVERE), (25, CALM)], None),
        ([(4, SEVERE), (24, CALM)], Advice("see_prevent", 4)),
        ([(3, ACHE), (1, SEVERE), (24, CALM)], Advice("see_prevent", 4)),
        ([(3, ACHE), (1, {**SEVERE, "headache": 6}), (24, CALM)], None),
        ([(3, ACHE), (1, STOPPED), (24, CALM)], Advice("see_prevent", 4)),
        ([(3, ACHE), (1, {**STOPPED, "impact": "1"}), (24, CALM)], None),
        ([(4, ACHE), (24, CALM)], None),
        ([(14, ACHE), (14, CALM)], None),
        # the 28th day back, and the 29th
        ([(3, ACHE), (24, CALM), (1, SEVERE)], Advice("see_prevent", 4)),
        ([(3, ACHE), (25, CALM), (1, SEVERE)], None),
        ([(4, ACHE), (24, CALM), (1, SEVERE)], None),
        # answers enough, and one too few
        ([(4, SEVERE), (16, CALM)], Advice("see_prevent", 4)),
        ([(4, SEVERE), (15, CALM)], None),
        # an impact left over from a headache set to 0
        ([(4, ACHE), (1, {**CALM, "impact": "2"}), (23, CALM)], None),
        # under half an hour and nothing taken: no headache day
        ([(4, {**SEVERE, "duration": "lt30m"}), (24, CALM)], None),
        (
            [(4, {**SEVERE, "duration": "lt30m", "medicine": frozenset({"simple"})}), (24, CALM)],
            Advice("see_prevent", 4),
        ),
    ],
)
def test_prevention_from_four_days_of_which_one_was_bad(runs: list[tuple[int, Answers]], said: Advice | None) -> None:
    assert see_doctor(history(*runs), []) == said


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([(14, ACHE), (14, CALM)], None),
        ([(15, ACHE), (13, CALM)], Advice("see_daily", n=15, days=0, limit=0, medicine="")),
        ([(15, ACHE), (5, CALM)], Advice("see_daily", 15)),
        ([(15, ACHE), (4, CALM)], None),
        ([(14, ACHE), (13, CALM), (1, ACHE)], Advice("see_daily", 15)),
        ([(14, ACHE), (14, CALM), (1, ACHE)], None),
        ([(28, ACHE)], Advice("see_daily", 28)),
    ],
)
def test_every_second_day_is_a_reason(runs: list[tuple[int, Answers]], said: Advice | None) -> None:
    assert see_doctor(history(*runs), []) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (3, 0, None),
        (4, 0, Advice("see_change", 4, days=0)),
        (5, 2, None),
        (6, 2, Advice("see_change", 6, days=2)),
        (7, 4, None),
        (8, 4, Advice("see_change", 8, days=4)),
        (9, 5, None),
        (11, 6, None),
        (12, 6, Advice("see_change", 12, days=6)),
        (4, 8, None),
    ],
)
def test_a_change_is_twice_as_many_and_four_more(now: int, before: int, said: Advice | None) -> None:
    assert see_doctor(history((now, ACHE), (28 - now, CALM), (before, ACHE), (28 - before, CALM)), []) == said


@pytest.mark.parametrize(
    ("now", "before", "changed"), [(20, 20, True), (19, 20, False), (20, 19, False), (28, 28, True), (28, 0, False)]
)
def test_a_change_needs_answers_in_both_windows(now: int, before: int, changed: bool) -> None:
    days = history((8, ACHE), (now - 8, CALM), (28 - now, SILENT), (before, CALM))
    assert see_doctor(days, []) == (Advice("see_change", 8, days=0) if changed else None)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([(29, SORE), (13, CALM)], None),
        ([(30, SORE), (12, CALM)], Advice("see_back", 30)),
        # not yet six weeks of answers
        ([(30, SORE), (11, CALM)], None),
        ([(41, SORE)], None),
        ([(42, SORE)], Advice("see_back", 42)),
        # the 43rd answer back is too long ago
        ([(29, SORE), (12, CALM), (1, SORE)], Advice("see_back", 30)),
        ([(29, SORE), (13, CALM), (1, SORE)], None),
        # days without an answer are stepped over, as far as 90 days back
        ([(20, SORE), (40, SILENT), (10, SORE), (12, CALM)], Advice("see_back", 30)),
        ([(30, SORE), (48, SILENT), (12, CALM)], Advice("see_back", 30)),
        ([(30, SORE), (49, SILENT), (12, CALM)], None),
        # wherever it was
        ([(30, {**SORE, "back_region": frozenset({"neck"})}), (12, CALM)], Advice("see_back", 30)),
        ([(30, {**SORE, "back_region": frozenset({"leg"})}), (12, CALM)], Advice("see_back", 30)),
    ],
)
def test_a_back_that_hurts_on_most_days_for_six_weeks(runs: list[tuple[int, Answers]], said: Advice | None) -> None:
    assert see_doctor(history(*runs), []) == said


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([(14, SHORT), (14, LONG)], None),
        ([(15, SHORT), (13, LONG)], Advice("see_sleep", 15)),
        ([(15, SHORT), (5, LONG)], Advice("see_sleep", 15)),
        ([(15, SHORT), (4, LONG)], None),
        # four weeks of the calendar, not the last 28 answers
        ([(14, SHORT), (13, LONG), (1, SHORT)], Advice("see_sleep", 15)),
        ([(14, SHORT), (14, LONG), (1, SHORT)], None),
        ([(14, SHORT), (8, SILENT), (6, LONG), (1, SHORT)], None),
    ],
)
def test_most_nights_of_four_weeks_too_short(runs: list[tuple[int, Answers]], said: Advice | None) -> None:
    assert see_doctor(history(*runs), []) == said


@pytest.mark.parametrize(
    ("night", "short"),
    [
        (BANDS["0-5"], True),
        (BANDS["5-6"], True),
        (Hours(5.75, 5.75), True),
        (Hours(6, 6), False),
        (BANDS["6-7"], False),
        (WELL_SLEPT, False),
        (None, False),
    ],
)
def test_a_night_is_short_where_all_of_its_band_is_under_six_hours(night: Value | None, short: bool) -> None:
    said = see_doctor(history((28, {"sleep_hours": night})), [])
    assert said == (Advice("see_sleep", 28) if short else None)


@pytest.mark.parametrize("gap", [SILENT, SKIPPED, ONLY_THE_NIGHT])
def test_a_day_that_does_not_say_is_no_day_without_pain(gap: Answers) -> None:
    """With zeros in the place of the gaps each of these would speak, and about a change wrongly."""
    assert see_doctor(history((15, ACHE), (13, gap)), []) is None
    assert see_doctor(history((4, SEVERE), (24, gap)), []) is None
    assert see_doctor(history((8, ACHE), (20, CALM), (28, gap)), []) is None
    assert see_doctor(history((30, SORE), (60, gap)), []) is None
    assert see_doctor(history((15, SHORT), (13, gap)), []) is None
    assert see_doctor(history((15, ACHE), (13, CALM)), []) == Advice("see_daily", 15)
    assert see_doctor(history((4, SEVERE), (24, CALM)), []) == Advice("see_prevent", 4)
    assert see_doctor(history((8, ACHE), (20, CALM), (28, CALM)), []) == Advice("see_change", 8, days=0)
    assert see_doctor(history((30, SORE), (60, CALM)), []) == Advice("see_back", 30)
    assert see_doctor(history((15, SHORT), (13, LONG)), []) == Advice("see_sleep", 15)


ALL_AT_ONCE: Answers = {**SEVERE, "back": 1, **SHORT}
EVERYTHING = history((16, ALL_AT_ONCE), (12, {**CALM, "back": 1, **LONG}), (28, {**CALM, "back": 1}))


def test_the_gravest_that_was_not_said_yet_comes_first() -> None:
    order = ["see_daily", "see_change", "see_prevent", "see_back", "see_sleep"]
    for said_before, kind in enumerate(order):
        said = see_doctor(EVERYTHING, [ago(earlier, 7) for earlier in order[:said_before]])
        assert said is not None
        assert said.kind == kind
    assert see_doctor(EVERYTHING, [ago(kind, 7) for kind in order]) is None


@pytest.mark.parametrize("other", SOON)
def test_one_appointment_asked_for_a_week(other: str) -> None:
    days = history((28, SHORT))
    assert see_doctor(days, [ago(other, 6)]) is None
    assert see_doctor(days, [ago(other, -1)]) is None
    assert (see_doctor(days, [ago(other, 7)]) is None) == (other == "see_sleep")


def test_an_early_word_about_medicine_holds_nothing_back() -> None:
    assert see_doctor(history((28, SHORT)), [ago("med_early", 0)]) == Advice("see_sleep", 28)


@pytest.mark.parametrize(
    "days",
    [
        history((28, ACHE), (28, ACHE)),
        history((8, ACHE), (20, CALM), (28, CALM)),
        history((4, SEVERE), (24, CALM)),
        history((42, SORE)),
        history((28, SHORT)),
    ],
)
def test_the_same_once_in_28_days(days: Sequence[Day]) -> None:
    said = see_doctor(days, [])
    assert said is not None
    assert see_doctor(days, [ago(said.kind, 28)]) == said
    assert (again := see_doctor(days, [ago(said.kind, 27)])) is None or again.kind != said.kind


# --- whatever the history ------------------------------------------------------------------------

MUCH: Sequence[Answers] = (
    SILENT,
    SKIPPED,
    {**CALM, **LONG},
    {**SEVERE, **SHORT, "medicine": frozenset({"triptan"})},
    {**STOPPED, "back": 4, "medicine": frozenset({"simple", "nsaid"})},
    {**SORE, **SHORT, "medicine": frozenset({"opioid", "other"})},
)
DIARY = st.lists(st.tuples(st.integers(1, 20), st.sampled_from(MUCH) | A_DAY), max_size=12).map(
    lambda runs: [answers for count, answers in runs for _ in range(count)]
)
"""Runs of days that are alike: chance alone would hardly ever reach a limit."""

TOLD = st.lists(st.tuples(st.sampled_from([*KINDS, "gone"]), st.integers(-2, 60).map(lambda n: ago("", n)[1])))


@given(st.lists(A_DAY | st.just(SILENT), max_size=100) | DIARY, TOLD)
@example([], [])
def test_no_history_is_too_strange(answers: list[Answers], told: list[tuple[str, date]]) -> None:
    days = [Day(LAST - timedelta(days=len(answers) - 1 - n), a) for n, a in enumerate(answers)]
    medicine, doctor = about_medicine(days, told), see_doctor(days, told)
    assert medicine is None or medicine.kind in ("med_early", "med_limit")
    assert doctor is None or doctor.kind in SOON
    for said in (medicine, doctor):
        assert said is None or (said.kind, LAST) not in told
    for day in days[-1:]:
        for rule in (headache_day, moderate_day, migraine_like_day, back_day, neck_day):
            assert rule(day.answers) in (True, False, None)


@given(DIARY)
def test_the_figures_about_medicine_are_those_of_counting_on_ones_fingers(answers: list[Answers]) -> None:
    days = days_ending(LAST, 100, {LAST - timedelta(days=n): a for n, a in enumerate(answers)})
    counts = dict.fromkeys([*LIMITS, "any_mix"], 0)
    for a in answers[:30]:
        ticked = a.get("medicine")
        if (a.get("headache") or a.get("back")) and isinstance(ticked, frozenset):
            for kind in LIMITS:
                counts[kind] += kind in ticked
            counts["any_mix"] += any(kind in ticked for kind in LIMITS)
    tens = [counts[kind] for kind in ("triptan", "combo", "opioid", "ergot", "unsure")]
    fifteens = [counts["simple"], counts["nsaid"]]
    several = sum(n > 0 for n in (*tens, *fifteens)) > 1
    at_limit = max(tens) >= 10 or max(fifteens) >= 15 or (several and counts["any_mix"] >= 10)
    near = max(tens) >= 8 or max(fifteens) >= 12
    said = about_medicine(days, [])
    assert (said.kind if said else None) == ("med_limit" if at_limit else "med_early" if near else None)
    if said:
        assert said.n == counts[said.medicine]
        assert (said.kind == "med_limit") == (said.n >= said.limit)


@settings(max_examples=30, deadline=None)
@given(DIARY)
@example([MUCH[3]] * 100)
@example([MUCH[2]] * 30 + [MUCH[4]] * 60)
def test_living_with_it_day_by_day_nobody_is_nagged(answers: list[Answers]) -> None:
    """Each day is answered and what is due is said: no two appointments within a week, nothing twice in its time."""
    told: list[tuple[str, date]] = []
    diary: Mapping[date, Answers] = {LAST + timedelta(days=n): a for n, a in enumerate(answers[:100])}
    for day in (day for day, filled_in in diary.items() if filled_in):
        days = days_ending(day, 90, {d: a for d, a in diary.items() if d <= day})
        for rule in (about_medicine, see_doctor):
            if said := rule(days, told):
                told.append((said.kind, day))
    soon = [day for kind, day in told if kind in SOON]
    assert all((later - earlier).days >= 7 for earlier, later in pairwise(soon))
    for kind in KINDS:
        same = [day for name, day in told if name == kind]
        least = 30 if kind in ("med_early", "med_limit") else 28
        assert all((later - earlier).days >= least for earlier, later in pairwise(same))


def test_what_is_read_are_questions_that_are_asked() -> None:
    choices = {question.key: set(question.choices) for question in QUESTIONS}
    assert set(LIMITS) | {"none", "other"} == choices["medicine"]
    assert {"neck", "upper", "lower"} < choices["back_region"]
    assert {"one_side", "throbbing", "worse_moving", "nausea", "light", "sound"} < choices["features"]
    assert "lt30m" in choices["duration"]
    assert "2" in choices["impact"]
