"""What is said of a look: short, counts that can be heard, nothing that was not found, and how sure it is."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.association import Counts
from bot.domain.patterns import OWN, Look, Pattern
from bot.domain.questions import FACTORS
from bot.render import patterns as render
from bot.texts.words import CHOICES, Texts, texts_for
from tests.render.looks import looks

MONDAY = date(2026, 3, 2)
BACK = Pattern("back_day", "seen", Counts(19, 31, 14, 99), 1.2, (0.2, 0.6), 0.001)
T = texts_for("en")
languages = pytest.mark.parametrize("t", [texts_for(code) for code in CHOICES], ids=CHOICES)


def text(look: Look, t: Texts = T) -> str:
    return render.page(t, look, MONDAY, offer=False).text


def at(day: int, *patterns: Pattern) -> str:
    return text(Look(day, 168, 252, 150, 0, patterns))


@languages
def test_everything_beside_a_headache_has_words(t: Texts) -> None:
    assert set(render.names(t)) == {*OWN, *FACTORS}
    for name in (*OWN, *FACTORS):
        for verdict in ("seen", "nothing", "too_early", "faded"):
            assert text(Look(180, 168, 252, 150, 0, [replace(BACK, exposure=name, verdict=verdict)]), t)


@languages
def test_an_ordinary_look_at_everything_can_be_heard_in_a_minute(t: Texts) -> None:
    beside = [replace(BACK, exposure=name, verdict="nothing") for name in (*OWN[1:], *FACTORS[:5])]
    assert len(text(Look(180, 168, 252, 150, 12, [BACK, *beside]), t)) <= 1200


def test_a_doctor_is_named_only_where_something_stands_out() -> None:
    for look in looks():
        assert ("Worth showing to a doctor." in text(look)) == bool(look.of("seen"))


def test_a_link_is_told_only_after_a_look() -> None:
    for look in looks():
        if look.last is None:
            assert "chance" not in text(look)
            assert "stand" not in text(look)


def test_back_pain_comes_first_then_the_larger_difference() -> None:
    said = at(
        180,
        replace(BACK, exposure="neck_day", counts=Counts(10, 20, 10, 40)),
        replace(BACK, exposure="alcohol", counts=Counts(1, 20, 30, 40), interval=(-0.9, -0.4)),
        replace(BACK, exposure="back_day", counts=Counts(9, 20, 10, 40)),
    )
    assert said.index("with back pain") < said.index("with alcohol") < said.index("with neck pain")


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (Counts(3, 5, 1, 5), "That is about 3 times as often."),
        (Counts(12, 20, 10, 40), "That is about 2.4 times as often."),
        (Counts(10, 40, 12, 20), "On other days it came about 2.4 times as often."),
        (Counts(3, 4, 1, 50), None),  # four days are too few
        (Counts(9, 20, 0, 40), None),  # never is no number to multiply
    ],
)
def test_how_many_times_as_often_needs_five_days_of_each_and_no_zero(counts: Counts, told: str | None) -> None:
    said = at(180, replace(BACK, counts=counts))
    assert told in said if told else "times as often" not in said


@pytest.mark.parametrize(
    ("interval", "told"),
    [
        ((0.28, 0.51), "likely 2 to 6 more"),
        ((0.04, 0.58), "likely up to 6 more"),
        ((-0.51, -0.28), "likely 2 to 6 fewer"),
        ((-0.01, 0.58), "With the days since then it could be chance, too."),
    ],
)
def test_the_interval_is_rounded_outwards_and_left_out_where_it_says_nothing(
    interval: tuple[float, float], told: str
) -> None:
    said = at(180, replace(BACK, interval=interval))
    assert told in said
    assert ("likely" in said) == ("likely" in told)


def test_three_are_told_in_full_and_all_with_their_counts() -> None:
    said = at(180, *(replace(BACK, exposure=name) for name in OWN))
    assert said.count("times as often") == said.count("likely") == 3
    assert said.count("<b>19 of 31</b>") == len(OWN)
    assert "these 7 differences were larger than chance usually gives" in said


def test_numbers_shrink_only_while_they_are_early() -> None:
    early = text(Look(90, 84, 112, 80, 0, [BACK]))
    assert "Numbers this early tend to shrink." in early
    assert "tend to shrink" not in at(180, BACK)


def test_what_is_checked_is_counted_and_named() -> None:
    nothing = [replace(BACK, exposure=name, verdict="nothing") for name in ("back_day", "neck_day")]
    assert "I checked 2 things against your headaches. None stands out so far: Back pain, Neck pain." in at(
        180, *nothing
    )
    some = at(180, nothing[0], replace(BACK, exposure="alcohol"), replace(BACK, exposure="stress", verdict="faded"))
    assert "I checked 3 things in all. No link seen so far: Back pain." in some
    early = at(180, replace(BACK, exposure="stress", verdict="too_early", p=None))
    assert "Too early to tell: Stressful day. It takes 21 days, 5 of each kind." in early
    assert "I checked" not in early
