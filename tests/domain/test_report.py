"""The figures of a report, counted by hand on diaries small enough to see."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checklists import Check
from bot.domain.history import Day
from bot.domain.questions import BANDS, Answers, Hours
from bot.domain.report import Counted, change, figures_of, medicine_day, weeks_for, window_of
from tests.reports import report_from

FIRST = date(2026, 1, 5)
FINE: Answers = {"headache": 0, "back": 0}


def diary(*days: Answers, first: date = FIRST) -> list[Day]:
    return [Day(first + timedelta(days=n), answers, ("headache",)) for n, answers in enumerate(days)]


def head(score: int, **more: object) -> Answers:
    return {"headache": score, "back": 0, **more}  # type: ignore[dict-item]


def test_headache_days_of_the_days_with_an_answer() -> None:
    brief = head(5, duration="lt30m", medicine=frozenset({"none"}))
    treated = head(3, duration="lt30m", medicine=frozenset({"simple"}))
    window = window_of(diary(head(7), brief, treated, FINE, {}, {"headache": None, "back": 2}))
    assert window.logged == 5
    assert window.headache == Counted(2, 4), "brief pain without medicine is none, a skipped score is not known"
    assert window.moderate == Counted(1, 4)
    assert (window.worst, window.highest) == (5.0, 7), "of headache days: 7 and 3"


def test_medicine_by_kind_and_on_any_pain() -> None:
    both, back = frozenset({"triptan", "nsaid"}), frozenset({"nsaid"})
    window = window_of(
        diary(
            head(6, medicine=both),
            {"headache": 0, "back": 4, "medicine": back},
            head(2, medicine=frozenset({"none"})),
            head(2),
            FINE,
            FINE,
        )
    )
    assert window.medicine == Counted(2, 5), "the day on which it was not answered is not known"
    assert window.kinds == {"nsaid": 2, "triptan": 1}


def test_who_is_never_asked_about_medicine_has_no_count_of_it() -> None:
    window = window_of(diary(head(6), head(3), FINE, FINE))
    assert window.medicine == Counted(0, 0)
    assert window.migraine_like == Counted(0, 0)
    assert window.neck == Counted(0, 4), "nothing hurt there that could have been told"
    assert window_of(diary({"headache": 0, "back": 5}, FINE)).neck == Counted(0, 0)


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        (FINE, False),
        ({"headache": 0}, None),
        (head(3), None),
        (head(3, medicine=None), None),
        (head(3, medicine=frozenset({"none"})), False),
        (head(3, medicine=frozenset({"unsure"})), True),
    ],
)
def test_a_medicine_day(answers: Answers, taken: bool | None) -> None:
    assert medicine_day(answers) is taken


def test_length_impact_sleep_and_posture() -> None:
    window = window_of(
        diary(
            head(5, duration="2_4h", impact="2", sleep_hours=Hours(5, 6), posture=2),
            head(5, duration="4_12h", impact="1", sleep_hours=Hours(7, 7), posture=4),
            head(5, duration="4_12h", impact="0", sleep_hours=Hours(6, 24)),
            head(5, duration="2_4h"),
            FINE,
        )
    )
    assert window.length == "4_12h", "as many as shorter ones: the longer band"
    assert (window.stopped, window.reduced) == (Counted(1, 3), Counted(1, 3))
    assert (window.sleep, window.nights) == (6.25, 2), "“6 or more” is no number"
    assert window.short_nights == Counted(1, 3)
    assert window.posture == 3.0


def test_back_and_neck_apart() -> None:
    where = [{"neck"}, {"lower"}, {"neck", "upper"}, {"leg"}]
    window = window_of(diary(*({"headache": 0, "back": 3, "back_region": frozenset(each)} for each in where), FINE))
    assert (window.back, window.neck) == (Counted(2, 5), Counted(2, 5))


@pytest.mark.parametrize(("n", "known", "per"), [(11, 25, 12), (10, 20, 14), (10, 19, None), (0, 20, 0), (28, 28, 28)])
def test_per_28_days_from_20_known_ones_on(n: int, known: int, per: int | None) -> None:
    assert Counted(n, known).per_window == per


@pytest.mark.parametrize(
    ("now", "before", "more"),
    [
        (Counted(11, 25), Counted(4, 28), 8),
        (Counted(4, 28), Counted(11, 25), -8),
        (Counted(4, 19), Counted(4, 28), None),
        (Counted(4, 28), Counted(4, 19), None),
    ],
)
def test_change_is_told_between_two_full_windows_only(now: Counted, before: Counted, more: int | None) -> None:
    assert change(now, before) == more


def test_windows_are_28_days_the_newest_first() -> None:
    days = diary(*[head(5)] * 28, *[FINE] * 28, *[{}] * 28)
    report = report_from(days, 12)
    assert [window.headache for window in report.figures.windows] == [Counted(0, 0), Counted(0, 28), Counted(28, 28)]
    assert [window.first for window in report.figures.windows] == [days[56].day, days[28].day, days[0].day]
    assert len(report_from(days, 4).figures.windows) == 1
    assert report_from(days, 4).figures.days == report.figures.days[56:]


def test_completeness_begins_with_the_diary() -> None:
    days = [*diary(*[{}] * 20, FINE, {}, {}, {}, FINE, FINE, {}, FINE)]
    days[24] = Day(days[24].day, FINE, ("headache",), late=True, changed=True)
    figures = report_from(days, 4).figures
    assert (figures.begun, figures.began_inside) == (days[20].day, True)
    assert (figures.logged, figures.possible) == (4, 8)
    assert (figures.longest_gap, figures.late, figures.changed) == (3, 1, 1)
    earlier = figures_of(days, FIRST - timedelta(days=100))
    assert (earlier.began_inside, earlier.possible, earlier.longest_gap) == (False, 28, 20)


def test_features_of_headache_days_that_have_some_ticked() -> None:
    features = report_from(
        diary(
            head(5, features=frozenset({"light", "sound", "nausea"}), duration="2_4h"),
            head(5, features=frozenset({"light"}), duration="2_4h"),
            head(5, features=frozenset({"none"})),
            head(5, duration="ge12h"),
            *[FINE] * 24,
        ),
        4,
    ).features
    assert (features.headaches, features.ticked) == (4, 3)
    assert {code: n for code, n in features.by_feature.items() if n} == {"nausea": 1, "light_and_sound": 1}
    assert features.by_length == {"2_4h": 2, "ge12h": 1}


def test_a_comparison_reaches_back_before_the_period() -> None:
    days = diary(*[head(5)] * 14, *[FINE] * 14, FINE, *[head(5)] * 7, *[FINE] * 49)
    visit, unfinished = days[28].day, days[-5].day
    report = report_from(days, 4, [("physio", visit), ("physio", visit + timedelta(days=30)), ("massage", unfinished)])
    ((kind, around),) = report.compared
    assert (kind, around.first) == ("physio", visit)
    assert (around.before.headache, around.before.known) == (14, 28)
    assert (around.after.headache, around.after.known) == (7, 28)
    assert report.visits == {"physio": [1], "massage": [1]}, "only those of the period are counted"


def test_what_is_shown_of_what_was_noted() -> None:
    noted = {n: {**FINE, "note": f"note {n}"} for n in range(28)}
    days = diary(*noted.values())
    chosen = [day.day for day in days[:9]]
    checks = [Check("head", days[3].day, 9, {"thunder"}), Check("head", days[4].day, 9, (), none=True)]
    report = report_from(days, 4, checks=checks, periods=[days[2].day, FIRST - timedelta(days=9)], chosen=chosen)
    assert [note for _, note in report.notes] == ["note 4", "note 5", "note 6", "note 7", "note 8"]
    assert report.checks == checks[:1]
    assert report.periods == {days[2].day}


@pytest.mark.parametrize(("days", "weeks"), [(0, 4), (28, 4), (29, 8), (56, 8), (57, 12), (900, 12)])
def test_as_many_weeks_as_the_diary_has(days: int, weeks: int) -> None:
    assert weeks_for(days) == weeks


ANY = st.fixed_dictionaries(
    {},
    optional={
        "headache": st.none() | st.integers(0, 10),
        "back": st.none() | st.integers(0, 10),
        "sleep_hours": st.sampled_from(list(BANDS.values())),
        "posture": st.integers(1, 5),
        "medicine": st.frozensets(st.sampled_from(["simple", "triptan", "unsure"]), max_size=2),
        "duration": st.sampled_from(["lt30m", "ge12h"]),
    },
)


@given(st.lists(ANY, min_size=28, max_size=28))
def test_no_count_is_more_than_its_days(days: list[Answers]) -> None:
    window = report_from(diary(*days), 4).figures.windows[0]
    counts = (window.headache, window.moderate, window.migraine_like, window.medicine, window.back, window.neck)
    assert all(0 <= counted.n <= counted.known <= window.logged for counted in (*counts, window.short_nights))
    assert window.moderate.n <= window.headache.n
    assert sum(window.kinds.values()) >= window.medicine.n
