"""The summary picture says what was answered, apart from what was not, to every eye and at phone size."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.domain.history import Day
from bot.domain.questions import BANDS, WELL_SLEPT, Answers, Hours
from bot.render.charts import (
    DARK,
    LIGHT,
    Colour,
    PictureWords,
    Theme,
    columns_for,
    font,
    ink_on,
    number_face,
    strips_of,
    week_picture,
)

MONDAY = date(2026, 11, 16)
GOOD: Answers = {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT, "posture": 4}
BAD: Answers = {"headache": 8, "back": 6, "sleep_hours": Hours(0, 5), "posture": 1}


def days(*answers: Answers) -> Sequence[Day]:
    return [Day(MONDAY + timedelta(days=n), given) for n, given in enumerate(answers)]


def words(count: int, **other: str) -> PictureWords:
    english = {
        "title": "Your week",
        "headache": "Headache",
        "back": "Back pain",
        "sleep": "Sleep",
        "posture": "Posture",
        "missing": "not answered",
        "hours": "h",
    }
    dates = [str((MONDAY + timedelta(days=n)).day) for n in range(count)]
    return PictureWords(**{**english, **other}, weekdays=["Mon"] * count, dates=dates)


def picture(*answers: Answers, dark: bool = False, **other: str) -> Image.Image:
    png = Image.open(BytesIO(week_picture(days(*answers), words(len(answers), **other), dark=dark)))
    assert png.format == "PNG"
    return png.convert("RGB")


def first_headache(value: int | None, *, dark: bool = False) -> Image.Image:
    """Cut the first day's headache cell out of a week: it is where two weeks with other values there differ."""

    def week(headache: int | None) -> Image.Image:
        return picture({"headache": headache}, GOOD, BAD, {}, GOOD, BAD, {}, dark=dark)

    where = ImageChops.difference(week(None), week(9)).getbbox()
    assert where is not None
    return week(value).crop(where)


def fill(cell: Image.Image) -> Colour:
    return max(cell.getcolors(10_000))[1]


def contrast(one: Colour, other: Colour) -> float:
    """Return the WCAG 2.2 contrast ratio, 1 to 21."""

    def luminance(colour: Colour) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def lightness(colour: Colour) -> float:
    """Return CIE L*, 0 to 100, from the contrast with black."""
    luminance = contrast(colour, (0, 0, 0)) * 0.05 - 0.05
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("count", [1, 3, 7, 8, 14, 15, 28, 90])
def test_it_is_as_wide_as_telegram_keeps_and_never_a_strip(count):
    image = picture(*[GOOD] * count)
    assert image.width == 1080
    assert 760 <= image.height <= 1000


def test_only_a_week_with_gaps_explains_the_hatching():
    assert picture(*[GOOD] * 6, {}).height > picture(*[GOOD] * 7).height


@pytest.mark.parametrize("dark", [False, True])
def test_a_zero_is_a_calm_cell_and_a_missing_answer_is_hatched(dark):
    zero, missing = first_headache(0, dark=dark), first_headache(None, dark=dark)
    ground = (DARK if dark else LIGHT).ground
    assert contrast(fill(zero), ground) > 1.15
    assert max(fill(zero)) - min(fill(zero)) < 15
    assert max(fill(first_headache(1, dark=dark))) - min(fill(first_headache(1, dark=dark))) > 50
    assert contrast(fill(missing), ground) < 1.02
    strokes = sum(count for count, colour in missing.getcolors(10_000) if contrast(colour, ground) > 2)
    assert 0.1 < strokes / (missing.width * missing.height) < 0.5


def test_a_skipped_answer_looks_like_one_never_given():
    assert picture(GOOD, {"headache": None}).tobytes() == picture(GOOD, {}).tobytes()


@pytest.mark.parametrize("dark", [False, True])
def test_every_score_has_its_own_colour_and_a_number_one_can_read(dark):
    cells = [first_headache(score, dark=dark) for score in range(11)]
    assert len({fill(cell) for cell in cells}) == 11
    for cell in cells:
        ink = max((colour for _, colour in cell.getcolors(10_000)), key=lambda colour: contrast(colour, fill(cell)))
        assert contrast(ink, fill(cell)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_ink_stands_out_from_what_it_is_written_on(theme: Theme):
    for ramp in theme.ramps:
        for colour in ramp:
            assert contrast(ink_on(colour), colour) >= 4.5
    assert contrast(theme.muted, theme.calm) >= 4.5
    assert contrast(theme.muted, theme.ground) >= 4.5
    assert contrast(theme.ink, theme.ground) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_ramp_reads_without_colour_because_each_step_is_darker_or_lighter_than_the_last(theme: Theme):
    away_from_the_ground = -1 if theme is LIGHT else 1
    for ramp in theme.ramps:
        steps = [lightness(b) - lightness(a) for a, b in pairwise(ramp)]
        assert len(ramp) == 11
        assert min(step * away_from_the_ground for step in steps) > 3
        assert max(map(abs, steps)) < 2 * min(map(abs, steps))


def test_dark_is_dark():
    light, dark = picture(GOOD, BAD, {}), picture(GOOD, BAD, {}, dark=True)
    assert light.size == dark.size
    assert lightness(fill(light)) > 95
    assert lightness(fill(dark)) < 15


@pytest.mark.parametrize(
    ("answers", "label"),
    [
        ({"sleep_hours": Hours(6, 24)}, "6+"),
        ({"sleep_hours": Hours(6, 7)}, "6–7"),
        ({"sleep_hours": Hours(0, 5)}, "0–5"),
        ({"sleep_hours": Hours(9, 24)}, "9+"),
        ({"sleep_hours": Hours(7.5, 7.5)}, "7,5"),
        ({"sleep_hours": Hours(0, 0)}, "0"),
        ({"sleep_hours": Hours(8, 8), "sleep_quality": 2}, "8"),
        ({"sleep_hours": None, "sleep_quality": 2}, "2/5"),
    ],
)
def test_a_night_is_printed_as_it_was_answered(answers, label):
    _, _, sleep, _ = strips_of(days(answers), words(1, point=","), LIGHT)
    assert [cell and cell.label for cell in sleep.cells] == [label]


def test_more_sleep_is_a_stronger_colour():
    nights = days(*[{"sleep_hours": band} for band in BANDS.values()])
    fills = [cell.fill for cell in strips_of(nights, words(len(nights)), LIGHT)[2].cells if cell]
    assert fills == list(LIGHT.ramps[2][::2])


@pytest.mark.parametrize("count", range(1, 91))
def test_columns_stand_side_by_side_within_the_margins(count):
    columns = columns_for(count)
    assert len(columns) == count
    assert columns[0][0] == 48
    assert columns[-1][1] <= 1032
    assert all(left < right for left, right in columns)
    assert all(right < left for (_, right), (left, _) in pairwise(columns))


@pytest.mark.parametrize("count", [28, 90])
def test_longer_times_fall_into_weeks_that_end_today(count):
    columns = columns_for(count)
    gaps = [left - right for (_, right), (left, _) in pairwise(columns)]
    weekly = {n for n in range(1, count) if (count - n) % 7 == 0}
    assert {n for n, gap in enumerate(gaps, start=1) if gap > 2 * min(gaps)} == weekly


def test_no_letter_is_smaller_than_a_phone_can_show():
    assert number_face(["6–7", "10"], 130).size == 40
    assert number_face(["6–7", "7.25"], 64).size == 28


def test_long_words_stay_inside():
    long = "Donaudampfschifffahrtsgesellschaftskapitänskopfschmerzen"
    image = picture(GOOD, {}, title=long, headache=long, missing=long * 2)
    edge = image.crop((1050, 0, 1080, image.height))
    assert edge.getcolors() == [(30 * image.height, LIGHT.ground)]


@pytest.mark.parametrize("bold", [False, True])
def test_the_shipped_letters_cover_latin_greek_and_cyrillic(bold):
    face = font(28, bold=bold)
    unknown = bytes(face.getmask("\uffff"))
    assert [letter for letter in "äßÉŁøčőğșțžæñçåþΑπώЖїЁјқ–…+<0½€’„" if bytes(face.getmask(letter)) == unknown] == []


def test_pictures_drawn_side_by_side_are_the_same_as_alone():
    weeks = [days(GOOD, BAD, {}, GOOD), days(BAD, BAD, GOOD, {})]
    alone = [week_picture(week, words(4), dark=dark) for week in weeks for dark in (False, True)]
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(week_picture, week, words(4), dark=dark)
            for _ in range(5)
            for week in weeks
            for dark in (False, True)
        ]
    assert [job.result() for job in jobs] == alone * 5


severities = st.none() | st.integers(-1, 12)
hours = (
    st.none() | st.sampled_from([*BANDS.values(), WELL_SLEPT]) | st.integers(0, 96).map(lambda q: Hours(q / 4, q / 4))
)
answered = st.fixed_dictionaries(
    {},
    optional={
        "headache": severities,
        "back": severities,
        "sleep_hours": hours,
        "sleep_quality": st.none() | st.integers(1, 5),
        "posture": st.none() | st.integers(1, 5),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(answered, min_size=1, max_size=90), st.text("aäßЖ…😀 m", max_size=60), st.booleans())
def test_anything_a_person_can_answer_can_be_drawn(answers, name, dark):
    assert picture(*answers, title=name, back=name, dark=dark).width == 1080
