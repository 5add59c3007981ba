"""The tips: what they say, what stands behind them, and whose turn it is."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import tip_list
from bot.domain.tips import BY_KEY, KINDS, REST, TIPS, TURNS, Tip, choose

KIND_KEYS = [kind.key for kind in KINDS]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def live(kind: str, moments: Sequence[datetime], **likes: Collection[str]) -> list[Tip | None]:
    """Say a tip at each of these moments to somebody who hears no others."""
    said: list[tuple[str, datetime]] = []
    found = []
    for at in moments:
        tip = choose(kind, said, at, **likes)
        found.append(tip)
        if tip:
            said.append((tip.key, at))
    return found


def test_there_are_at_least_62_different_texts_short_enough_to_read_at_a_glance():
    assert len(TIPS) == len({tip.text for tip in TIPS}) == len(BY_KEY) >= 62
    assert max(len(tip.text) for tip in TIPS) <= 200


def test_a_tip_that_claims_evidence_names_its_source():
    assert [tip.key for tip in TIPS if tip.evidence != "common-sense" and not tip.source] == []
    assert [tip.key for tip in TIPS if tip.verified and not tip.source] == []
    assert [tip.key for tip in TIPS if "[" in tip.source] == []
    assert Counter(tip.evidence for tip in TIPS)["guideline"] >= 10


def test_every_group_belongs_to_one_kind_and_every_kind_has_tips():
    drawn = [group for kind in KINDS if kind.key != "mixed" for group in kind.groups]
    assert sorted(drawn) == sorted({tip.group for tip in TIPS})
    assert all(TURNS[key] for key in KIND_KEYS)


def test_babel_finds_every_text():
    source = BytesIO(Path(tip_list.__file__).read_bytes())
    found = [texts for _, name, texts, _ in extract_python(source, {"Tip": None}, [], {}) if name == "Tip"]
    assert [texts[0] for texts in found] == [tip.text for tip in TIPS]


def test_a_week_of_sleep_reminders_says_seven_different_things():
    week = live("sleep", [NOW + n * DAY for n in range(7)])
    assert len({tip.key for tip in week if tip}) == 7


def test_when_everything_was_said_there_is_silence_about_it_for_two_weeks():
    many = live("water", [NOW + n * DAY for n in range(30)])
    texts = len(TURNS["water"])
    assert many[:texts] == [tip for tip in many[:14] if tip]
    assert not any(many[texts:14])
    assert many[14:] == (many[:14] * 2)[:16], "then they come round again"


def test_the_period_tip_is_not_said_to_everybody():
    assert BY_KEY["tg06"].needs == "period"
    assert BY_KEY["tg06"] not in live("triggers", [NOW + n * DAY for n in range(50)])


def test_another_kind_of_reminder_does_not_change_this_one():
    assert {tip.group for tip in live("neck", [NOW, NOW + DAY]) if tip} == {"neck"}


def test_the_group_heard_least_comes_first():
    found = live("mixed", [NOW + n * DAY for n in range(18)])
    groups = [tip.group for tip in found if tip]
    mixed = next(kind for kind in KINDS if kind.key == "mixed")
    assert sorted(groups[: len(mixed.groups)]) == sorted(mixed.groups), "each group once before one comes back"
    assert max(Counter(groups[:14]).values()) == 2


def test_what_follows_the_data_comes_before():
    (tip,) = live("mixed", [NOW], first={"sleep"})
    assert tip is not None
    assert tip.group == "sleep"


def test_what_helped_comes_sooner_and_what_is_unwanted_never():
    last = TURNS["posture"][-1].key
    (tip,) = live("posture", [NOW], helped={last})
    assert tip is not None
    assert tip.key == last
    unwanted = {tip.key for tip in TURNS["posture"][:-1]}
    found = live("posture", [NOW + n * DAY for n in range(40)], unwanted=unwanted)
    assert {tip.key for tip in found if tip} == {last}


def test_an_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        choose("yoga", [], NOW)


@given(
    kind=st.sampled_from(KIND_KEYS),
    hours=st.lists(st.integers(1, 80), min_size=1, max_size=60),
    helped=st.sets(st.sampled_from(sorted(BY_KEY))),
    unwanted=st.sets(st.sampled_from(sorted(BY_KEY))),
)
def test_no_text_comes_twice_within_fourteen_days(kind, hours, helped, unwanted):
    moments = [NOW + timedelta(hours=sum(hours[: n + 1])) for n in range(len(hours))]
    said: dict[str, datetime] = {}
    for at, tip in zip(moments, live(kind, moments, helped=helped, unwanted=unwanted), strict=True):
        if tip is None:
            free = [one.key for one in TURNS[kind] if one.key not in unwanted]
            assert all(key in said and at - said[key] < REST for key in free), "silent only when all were said"
            continue
        assert tip in TURNS[kind]
        assert tip.key not in unwanted
        assert tip.key not in said or at - said[tip.key] >= REST
        said[tip.key] = at
