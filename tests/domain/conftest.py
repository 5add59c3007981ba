"""Any day a person could have: what the domain's tests draw from."""

from datetime import date, timedelta

from hypothesis import strategies as st

from bot.domain.history import Day
from bot.domain.questions import BANDS, QUESTIONS, WELL_SLEPT, Hours, Question, Value

MONDAY = date(2026, 3, 2)


def some_value(question: Question) -> st.SearchStrategy[Value]:
    """Any value on the question's scale."""
    quarters = st.integers(0, 96).map(lambda n: Hours(n / 4, n / 4))
    of: dict[str, st.SearchStrategy[Value]] = {
        "severity": st.integers(0, 10),
        "quality": st.integers(1, 5),
        "hours": st.one_of(st.sampled_from([*BANDS.values(), WELL_SLEPT]), quarters),
        "choice": st.sampled_from(question.choices or ("",)),
        "several": st.frozensets(st.sampled_from(question.choices or ("",))).map(
            lambda ticked: ticked if len(ticked) < 2 else ticked - {"none"}
        ),
    }
    return of[question.kind]


A_DAY = st.fixed_dictionaries({}, optional={q.key: st.none() | some_value(q) for q in QUESTIONS})
"""Answers in any combination, with skips and gaps, follow-ups that no longer apply among them."""

TWO_WEEKS = st.lists(st.just({}) | A_DAY, min_size=14, max_size=14).map(
    lambda days: [Day(MONDAY + timedelta(days=n), answers) for n, answers in enumerate(days)]
)
