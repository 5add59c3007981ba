"""A month and a trend tell what was answered apart from what was not, and count no week on too little."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.questions import WELL_SLEPT, Answers, Hours
from bot.domain.summary import weeks_of
from bot.render.chart_months import Figure, MonthWords, TrendWords, month_picture, panels_of, trend_picture
from bot.render.chart_paint import DARK, LIGHT
from bot.render.charts import columns_for
from tests.render.test_charts import BAD, GOOD, TENS, answered, days, fill, lightness, opened, same, share

# The month

NOVEMBER = date(2026, 11, 1)
MONTH_WORDS = MonthWords("November 2026", "Headache", "Back pain", list("MTWTFSS"), "not answered", "not asked")


def november(*answers: Answers | None, dark: bool = False) -> Image.Image:
    return opened(month_picture(NOVEMBER, days(*answers, first=NOVEMBER), MONTH_WORDS, dark=dark))


def of_sunday_the_first(image: Image.Image) -> Image.Image:
    """Cut out the cell of 1 November 2026, a Sunday: the last of the first week."""
    left, right = columns_for(7)[6]
    return image.crop((left, 188, right, 288))


def test_a_month_tells_pain_zero_missing_and_unasked_apart():
    given: Sequence[Answers | None] = (GOOD, BAD, {}, None)
    cells = [of_sunday_the_first(november(first, {}, None, GOOD)) for first in given]
    zero, pain, missing, unasked = cells
    assert same(fill(zero), LIGHT.calm)
    assert fill(pain) == LIGHT.ramps[0][8]
    assert LIGHT.ramps[1][6] in {colour for _, colour in pain.getcolors(10_000)}
    assert fill(missing) == fill(unasked) == LIGHT.ground
    assert share(missing, LIGHT.ground, 2) > 0.1 > share(unasked, LIGHT.ground, 2) > 0
    assert share(unasked.crop((8, 8, 120, 90)), LIGHT.ground, 1.02) == 0


def test_days_to_come_are_empty():
    so_far = november(*[BAD] * 8)
    # The week of the 9th has day numbers and nothing else, so it is lower than one with cells.
    assert so_far.height < november(*[BAD] * 9).height
    columns = columns_for(7)
    saturday_before = so_far.crop((columns[5][0], 150, columns[5][1], 290))
    assert saturday_before.getcolors() == [(saturday_before.width * 140, LIGHT.ground)]


@pytest.mark.parametrize("first", [date(2026, 2, 1), date(2027, 2, 1), date(2026, 11, 1), date(2026, 8, 1)])
def test_every_month_fits(first: date):
    whole = days(*[BAD, {}, None, GOOD, TENS] * 6, first=first)
    image = opened(month_picture(first, whole, MONTH_WORDS))
    assert image.width == 1080
    assert 860 <= image.height <= 1280
    assert lightness(fill(opened(month_picture(first, whole, MONTH_WORDS, dark=True)))) < 15


# The trend


def trend_words(count: int) -> TrendWords:
    return TrendWords("Trend", "Headache", "Medicine", "Sleep", ["1 Sep"] * count, "answered", "too few", "not asked")


def panels(*answers: Answers | None) -> list[list[str]]:
    weeks = weeks_of(days(*answers))
    said = panels_of(weeks, trend_words(len(weeks)), LIGHT)
    return [[figure.label if isinstance(figure, Figure) else figure for figure in panel.figures] for panel in said]


def test_a_week_counts_from_three_days_on():
    taken: Answers = {"headache": 5, "back": 0, "medicine": frozenset({"triptan"}), "sleep_hours": Hours(6, 7)}
    three = [taken, taken, {"headache": 0, "back": 0, "sleep_hours": Hours(8, 8)}]
    two = [taken, taken]
    gap: Sequence[Answers | None] = [{}] * 4
    assert panels(*three, *gap, *two, {}, *gap, *[None] * 7) == [
        ["2", "hatched", "dotted"],
        ["2", "hatched", "dotted"],
        ["7.0", "hatched", "dotted"],
    ]


def test_nights_without_a_number_and_medicine_left_open_are_not_counted():
    fine: Answers = {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT}
    open_: Answers = {"headache": 4, "back": 0, "medicine": None}
    assert panels(*[fine] * 7) == [["0"], ["0"], ["hatched"]]
    assert panels(*[open_] * 7) == [["7"], ["hatched"], ["hatched"]]


def test_ninety_days_are_thirteen_weeks_that_end_today():
    weeks = weeks_of(days(*[GOOD] * 90))
    assert [len(week) for week in weeks] == [6, *[7] * 12]
    assert len(weeks_of(days(*[GOOD] * 365))) == 13
    aching = panels_of(weeks_of(days(*[{"headache": 5}] * 90)), trend_words(13), LIGHT)[0]
    shares = [(figure.level, figure.known) for figure in aching.figures if isinstance(figure, Figure)]
    assert shares == [(1, 1)] * 13, "six days of six are no dip"


@pytest.mark.parametrize("dark", [False, True])
def test_a_week_that_does_not_count_is_hatched_in_the_picture(dark):
    theme = DARK if dark else LIGHT
    answers: Sequence[Answers | None] = [*[{}] * 6, *[None] * 7, *[BAD] * 70, *[GOOD] * 7]
    image = opened(trend_picture(days(*answers), trend_words(13), dark=dark))
    hatched, dotted, bad, good = (
        image.crop((left, 194, right, 344)) for left, right in (columns_for(13)[n] for n in (0, 1, 2, 12))
    )
    assert image.width == 1080
    assert image.height <= 1280
    assert share(hatched, theme.ground, 2) > 0.1 > share(dotted, theme.ground, 2) > 0
    assert fill(bad) == theme.ramps[0][6]
    assert same(fill(good), theme.calm)
    assert theme.muted in {colour for _, colour in good.getcolors(10_000)}


@settings(max_examples=30, deadline=None)
@given(st.lists(answered, min_size=1, max_size=91), st.booleans())
def test_anything_a_person_can_answer_can_be_drawn(answers, dark):
    shown = days(*answers)
    weeks = trend_words(len(weeks_of(shown)))
    assert opened(trend_picture(shown, weeks, dark=dark)).width == 1080
    assert opened(month_picture(NOVEMBER, shown, MONTH_WORDS, dark=dark)).width == 1080
