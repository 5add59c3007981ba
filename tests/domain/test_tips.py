"""The tips: what they say, what stands behind them, and whose turn it is."""

from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import tip_list
from bot.domain.tips import BY_KEY, KINDS, TIPS, TURNS, Tip, tip_for

KIND_KEYS = [kind.key for kind in KINDS]
MONDAY = date(2026, 6, 1)


def week(kind: str, start: date = MONDAY) -> list[Tip]:
    return [tip_for(kind, start + timedelta(days=n), 0, 1) for n in range(7)]


def test_there_are_62_different_texts_short_enough_to_read_at_a_glance():
    assert len(TIPS) == len({tip.text for tip in TIPS}) == len(BY_KEY) == 62
    assert max(len(tip.text) for tip in TIPS) <= 200


def test_a_tip_that_claims_evidence_names_its_source():
    assert [tip.key for tip in TIPS if tip.evidence != "common-sense" and not tip.source] == []
    assert [tip.key for tip in TIPS if tip.verified and not tip.source] == []
    assert [tip.key for tip in TIPS if "[" in tip.source] == []
    assert Counter(tip.evidence for tip in TIPS)["guideline"] == 10


def test_every_group_belongs_to_one_kind_and_every_kind_has_tips():
    drawn = [group for kind in KINDS for group in kind.groups]
    assert sorted(drawn) == sorted({tip.group for tip in TIPS})
    assert all(TURNS[key] for key in KIND_KEYS)


def test_babel_finds_every_text():
    source = BytesIO(Path(tip_list.__file__).read_bytes())
    found = [texts for _, name, texts, _ in extract_python(source, {"Tip": None}, [], {}) if name == "Tip"]
    assert [texts[0] for texts in found] == [tip.text for tip in TIPS]


def test_a_week_of_sleep_reminders_says_seven_different_things():
    assert len(set(week("sleep"))) == 7
    assert week("sleep") == week("sleep", MONDAY + timedelta(days=7))


def test_a_reminder_on_mondays_only_does_not_always_say_the_same():
    mondays = [MONDAY + timedelta(weeks=n) for n in range(7)]
    assert len({tip_for("sleep", day, 0, 1, weekdays=[0]) for day in mondays}) == 7


def test_the_period_tip_is_not_said_to_everybody():
    assert BY_KEY["tg06"].needs == "period"
    assert BY_KEY["tg06"] not in {tip_for("triggers", MONDAY, n, 50) for n in range(50)}


def test_another_kind_of_reminder_does_not_change_this_one():
    assert {tip.group for tip in week("neck")} == {"neck"}
    assert {tip.group for tip in week("water")} == {"hydration"}


def test_an_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        tip_for("yoga", MONDAY, 0, 1)


@given(
    kind=st.sampled_from(KIND_KEYS),
    start=st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    of=st.integers(1, 10),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
)
def test_no_tip_comes_back_before_the_others_had_their_turn(kind, start, of, weekdays):
    days = [day for n in range(400) if (day := start + timedelta(days=n)).weekday() in weekdays][:30]
    said = [{tip_for(kind, day, position, of, weekdays) for position in range(of)} for day in days]
    apart = min(14, len(TURNS[kind]) // of)
    for first in range(len(days)):
        for later in range(first + 1, min(first + apart, len(days))):
            assert not said[first] & said[later]
    assert all(len(tips) == min(of, len(TURNS[kind])) for tips in said)
