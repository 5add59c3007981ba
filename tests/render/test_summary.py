"""A summary in words: one message whatever the days were, and no figures on too few of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.history import Day, days_ending
from bot.domain.log import KINDS, PERIOD
from bot.domain.profile import Profile
from bot.domain.questions import BANDS, Answers, Hours
from bot.domain.summary import LENGTHS, WEEK, sum_up
from bot.render.message import Message
from bot.render.summary import BARS, summary
from bot.texts.words import CHOICES, Texts, texts_for

MONDAY = date(2026, 3, 2)
CAPTION = 1024
"""Characters below a picture (Bot API)."""
BAD: Answers = {
    "headache": 10,
    "back": 10,
    "sleep_hours": Hours(4.5, 4.5),
    "posture": 1,
    "medicine": frozenset({"triptan"}),
}
languages = pytest.mark.parametrize("t", [texts_for(code) for code in CHOICES], ids=CHOICES)


def longest_summary(t: Texts) -> Message:
    """90 days in words only, every kind noted, one week that counts, and each way in which a day is empty."""
    wednesday = date(2026, 9, 30)
    every = [wednesday - timedelta(days=n) for n in range(180)]
    days = [
        Day(day, {"headache": None} if n % 3 == 0 else {}, ("headache", "medicine") if n % 2 else (), late=True)
        for n, day in enumerate(every)
    ]
    for n in (0, 1, 2, *range(8, 180, 4)):
        days[n] = Day(every[n], BAD, ("headache",), late=True)
    noted = [(day, kind) for day in every[:1] for kind in (*KINDS, PERIOD)]
    return summary(t, sum_up(days[::-1], 90), noted, Profile(words_only=True), daily=True)


@languages
def test_a_summary_is_one_message_below_its_picture(t: Texts) -> None:
    longest = longest_summary(t)
    assert longest.text.count(t("too few")) == 24
    assert len(longest.text) <= CAPTION, longest.text


@languages
def test_too_few_days_give_no_figures(t: Texts) -> None:
    two = {MONDAY: BAD, MONDAY - timedelta(days=1): BAD}
    text = summary(t, sum_up(days_ending(MONDAY, 14, two), WEEK), [], Profile()).text
    assert t("Logged {n} of {days} days.", n=2, days=7) in text
    assert t("Too few days to say more.") not in text
    assert t.number(4.5) not in text
    assert not set(text) & set(BARS)


HOURS = st.integers(0, 96).map(lambda n: Hours(n / 4, n / 4)) | st.sampled_from(list(BANDS.values()))
SCORE = st.integers(0, 10)
DAYS = st.fixed_dictionaries({}, optional={"headache": SCORE, "back": SCORE, "sleep_hours": HOURS})


@settings(max_examples=50, deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=14), st.sampled_from(LENGTHS), st.booleans())
def test_any_days_can_be_told(days: list[Answers], length: int, words_only: bool) -> None:
    history = {MONDAY - timedelta(days=n): days[n % len(days)] for n in range(180)}
    noted = [(MONDAY, kind) for kind in KINDS]
    summed = sum_up(days_ending(MONDAY, 180, history), length)
    message = summary(texts_for("en"), summed, noted, Profile(words_only=words_only))
    assert len(message.text) <= CAPTION, "it goes under its picture"
    assert "None" not in message.text
    assert "60 m" not in message.text
    assert "%" not in message.text
    assert not (words_only or length > WEEK) or not set(message.text) & set(BARS)
