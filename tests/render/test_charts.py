"""Pictures say what was answered, apart from what was not and what was never asked, to every eye and at phone size."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.domain.history import Day
from bot.domain.questions import BANDS, WELL_SLEPT, Answers, Hours
from bot.render.chart_paint import DARK, LIGHT, SMALL, Colour, Key, Theme, font, ink_on, key_rows, number_face, shades
from bot.render.charts import Cell, PictureWords, columns_for, days_picture, flags_of, lanes_of, runs, strips_of

MONDAY = date(2026, 11, 16)
GOOD: Answers = {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT, "posture": 4}
BAD: Answers = {"headache": 8, "back": 6, "sleep_hours": Hours(0, 5), "posture": 1}
TENS: Answers = {"headache": 10, "back": 10, "sleep_hours": Hours(9, 24), "posture": 5}
LONG = "Donaudampfschifffahrtsgesellschaftskapitänskopfschmerzen"
BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def days(*answers: Answers | None, first: date = MONDAY) -> Sequence[Day]:
    """Return days with these answers; {} was asked and not answered, None was never asked."""
    return [
        Day(first + timedelta(days=n), given or {}, () if given is None else ("headache",))
        for n, given in enumerate(answers)
    ]


def words(count: int, **other: str) -> PictureWords:
    english = {
        "title": "Your week",
        "headache": "Headache",
        "back": "Back pain",
        "sleep": "Sleep",
        "posture": "Posture",
        "missing": "not answered",
        "unasked": "not asked",
        "hours": "h",
    }
    dates = [str((MONDAY + timedelta(days=n)).day) for n in range(count)]
    return PictureWords(**{**english, **other}, weekdays=["Mon"] * count, dates=dates)


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    assert image.format == "PNG"
    return image.convert("RGB")


def picture(
    *answers: Answers | None, dark: bool = False, events: Sequence[tuple[date, str]] = (), **other: str
) -> Image.Image:
    return opened(days_picture(days(*answers), words(len(answers), **other), events=events, dark=dark))


REST: Sequence[Answers | None] = (GOOD, BAD, {}, GOOD, None, {})
"""Six days after the first that need every key, so that the picture's height is always the same."""


def first_headache(value: int | None, *, asked: bool = True, count: int = 7, dark: bool = False) -> Image.Image:
    """Cut the first day's headache cell out of a picture: it is where two with other values there differ."""

    def drawn(first: Answers | None) -> Image.Image:
        return picture(first, *REST, *[GOOD] * (count - 7), dark=dark)

    where = ImageChops.difference(drawn({"headache": None}), drawn({"headache": 9})).getbbox()
    assert where is not None
    return drawn({"headache": value} if asked else None).crop(where)


def fill(cell: Image.Image) -> Colour:
    return max(cell.getcolors(10_000))[1]


def same(one: Colour, other: Colour) -> bool:
    """Tell whether two colours are one to the eye: the palette's nearest is not always the very same."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 3


def linear(colour: Colour) -> list[float]:
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]


def contrast(one: Colour, other: Colour) -> float:
    """Return the WCAG 2.2 contrast ratio, 1 to 21."""

    def luminance(colour: Colour) -> float:
        red, green, blue = linear(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def lightness(colour: Colour) -> float:
    """Return CIE L*, 0 to 100, from the contrast with black."""
    luminance = contrast(colour, (0, 0, 0)) * 0.05 - 0.05
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def share(cell: Image.Image, ground: Colour, least: float) -> float:
    """Return the share of pixels that stand out from the ground by at least this contrast."""
    marked = sum(count for count, colour in cell.getcolors(10_000) if contrast(colour, ground) >= least)
    return marked / (cell.width * cell.height)


# Machado, Oliveira and Fernandes 2009, severity 1.0, in linear RGB.
EYES = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}


def seen(colour: Colour, eyes: str) -> tuple[float, float, float]:
    """Return a colour as these eyes see it, in OKLab times 100: two that are 2 apart can just be told apart."""
    rgb = linear(colour)
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, rgb, strict=True)), 0), 1) for row in EYES[eyes])
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        100 * (0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short),
        100 * (1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short),
        100 * (0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short),
    )


def apart(one: Colour, other: Colour, eyes: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, eyes), seen(other, eyes), strict=True)) ** 0.5


@pytest.mark.parametrize("count", [1, 3, 7, 8, 14, 15, 28, 90])
def test_it_is_as_wide_as_telegram_keeps_and_never_a_strip(count):
    image = picture(*[GOOD] * count)
    assert image.width == 1080
    assert 760 <= image.height <= 1000


def test_at_its_fullest_it_is_no_higher_than_telegram_keeps():
    kinds = ["massage", "chiropractor", "physio", "acupuncture", "doctor", "medicine changed", "new pillow", "new desk"]
    events = [(MONDAY + timedelta(days=day), kind) for day in range(40, 60) for kind in kinds]
    image = picture({}, None, *[GOOD] * 88, events=events)
    assert image.height <= 1280


def test_no_letter_is_smaller_than_a_phone_can_show():
    assert SMALL * 390 / 1080 >= 11
    assert number_face(["6–7", "10"], 130).size == 40
    assert number_face(["6–7", "7.25"], 64).size == SMALL


def test_only_a_picture_with_gaps_explains_them():
    whole = picture(*[GOOD] * 7)
    assert picture(*[GOOD] * 6, {}).height > whole.height
    assert picture(*[GOOD] * 6, None).height > whole.height
    longer = {"missing": "x" * 30, "unasked": "x" * 30}
    assert picture(*[GOOD] * 5, {}, None, **longer).height > picture(*[GOOD] * 5, {}, {}, **longer).height


@pytest.mark.parametrize("count", [7, 28])
@pytest.mark.parametrize("dark", [False, True])
def test_a_missing_answer_is_hatched(dark, count):
    ground = (DARK if dark else LIGHT).ground
    missing = first_headache(None, count=count, dark=dark)
    assert contrast(fill(missing), ground) < 1.02
    assert 0.1 < share(missing, ground, 2) < 0.5
    middle = missing.crop((missing.width // 4, missing.height // 4, 3 * missing.width // 4, 3 * missing.height // 4))
    assert share(middle, ground, 2) > 0.1


@pytest.mark.parametrize("count", [7, 28])
@pytest.mark.parametrize("dark", [False, True])
def test_what_was_not_asked_is_an_empty_frame_of_dots(dark, count):
    ground = (DARK if dark else LIGHT).ground
    unasked = first_headache(None, asked=False, count=count, dark=dark)
    assert 0 < share(unasked, ground, 2) < 0.1
    inside = unasked.crop((8, 8, unasked.width - 8, unasked.height - 8))
    assert share(inside, ground, 1.02) == 0


@pytest.mark.parametrize("count", [7, 28])
@pytest.mark.parametrize("dark", [False, True])
def test_a_zero_is_a_calm_cell_with_a_line_on_its_base(dark, count):
    theme = DARK if dark else LIGHT
    zero, one = first_headache(0, count=count, dark=dark), first_headache(1, count=count, dark=dark)
    assert same(fill(zero), theme.calm)
    base = [zero.getpixel((zero.width // 2, y)) for y in range(zero.height - 16, zero.height)]
    assert base.count(theme.muted) >= 5
    assert contrast(theme.muted, theme.calm) >= 3
    assert theme.muted not in [one.getpixel((one.width // 2, y)) for y in range(one.height - 16, one.height)]
    assert contrast(fill(zero), theme.ground) > 1.15


def test_a_skipped_answer_looks_like_one_never_given():
    assert picture(GOOD, {"headache": None}).tobytes() == picture(GOOD, {}).tobytes()


def test_what_was_answered_without_a_card_was_answered():
    typed = [Day(MONDAY, {"headache": 3})]
    headache, back, _, _ = strips_of(typed, words(1), LIGHT)
    assert isinstance(headache.cells[0], Cell)
    assert back.cells == ["hatched"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_score_has_its_own_colour_and_a_number_one_can_read(dark):
    cells = [first_headache(score, dark=dark) for score in range(11)]
    assert len({fill(cell) for cell in cells}) == 11
    for cell in cells:
        ink = max((colour for _, colour in cell.getcolors(10_000)), key=lambda colour: contrast(colour, fill(cell)))
        assert contrast(ink, fill(cell)) >= 4.5


def test_beyond_two_weeks_a_higher_score_is_a_higher_bar():
    def height(score: int) -> int:
        cell = first_headache(score, count=28)
        calm = [same(cell.getpixel((cell.width // 2, y)), LIGHT.calm) for y in range(cell.height)]
        return cell.height - sum(calm)

    heights = [height(score) for score in range(11)]
    assert all(low < high for low, high in pairwise(heights))
    assert heights[10] == 96
    assert heights[0] < 10


@BOTH
def test_every_ink_stands_out_from_what_it_is_written_on(theme: Theme):
    for ramp in theme.ramps:
        for colour in ramp:
            assert contrast(ink_on(colour), colour) >= 4.5
    for ink, on in ((theme.muted, theme.calm), (theme.muted, theme.ground), (theme.ink, theme.ground)):
        assert contrast(ink, on) >= 4.5
    # No text, but one has to see it (WCAG 2.2, 1.4.11).
    assert contrast(theme.hatch, theme.ground) >= 3


@BOTH
def test_a_ramp_reads_without_colour_because_each_step_is_darker_or_lighter_than_the_last(theme: Theme):
    away_from_the_ground = -1 if theme is LIGHT else 1
    for ramp in theme.ramps:
        steps = [lightness(b) - lightness(a) for a, b in pairwise(ramp)]
        assert len(ramp) == 11
        assert min(step * away_from_the_ground for step in steps) > 3
        assert max(map(abs, steps)) < 2 * min(map(abs, steps))


@pytest.mark.parametrize("eyes", EYES)
@BOTH
def test_four_hues_are_four_hues_to_every_eye(theme: Theme, eyes: str):
    for step in range(3, 8):
        colours = [ramp[step] for ramp in theme.ramps]
        assert min(apart(a, b, eyes) for a, b in combinations(colours, 2)) > 6
    assert min(apart(a[5], b[5], eyes) for a, b in combinations(theme.ramps, 2)) > 8


@pytest.mark.parametrize("eyes", EYES)
@BOTH
def test_every_step_stands_out_from_the_ground_and_from_a_zero_to_every_eye(theme: Theme, eyes: str):
    for ramp in theme.ramps:
        assert min(apart(colour, theme.ground, eyes) for colour in ramp) > 6
        assert min(apart(colour, theme.calm, eyes) for colour in ramp[1:]) > 4
        assert min(apart(a, b, eyes) for a, b in pairwise(ramp)) > 3


@BOTH
def test_a_picture_has_all_its_colours_in_one_palette(theme: Theme):
    assert len(shades(theme)) <= 256


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
    assert [isinstance(cell, Cell) and cell.label for cell in sleep.cells] == [label]


def test_more_sleep_is_a_stronger_colour_and_a_higher_bar():
    nights = days(*[{"sleep_hours": band} for band in BANDS.values()])
    sleep = strips_of(nights, words(len(nights)), LIGHT)[2]
    cells = [cell for cell in sleep.cells if isinstance(cell, Cell)]
    blue = LIGHT.ramps[2]
    assert [blue.index(cell.fill) for cell in cells] == [2, 4, 5, 7, 8, 10]
    assert [cell.fill for cell in cells] == list(sleep.scale)
    assert [cell.level for cell in cells] == [0.45, 0.55, 0.65, 0.75, 0.85, 0.95]


@pytest.mark.parametrize("count", range(1, 92))
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


def test_a_gap_of_several_days_is_one_but_never_crosses_a_week():
    cells = strips_of(days(*[None] * 10, *[{}] * 18), words(28), LIGHT)[0].cells
    assert runs(cells) == [(0, 6), (7, 9), (10, 13), (14, 20), (21, 27)]
    assert len(runs(cells[:7])) == 7


def test_an_event_is_a_letter_over_its_day_explained_below():
    week = days(*[GOOD] * 7)
    noted = [(MONDAY + timedelta(days=n), said) for n, said in ((4, "massage"), (1, "doctor"), (4, "doctor"))]
    flags, keys = flags_of(week, [*noted, (MONDAY - timedelta(days=1), "too early")])
    assert flags == {1: "A", 4: "AB"}
    assert keys == [Key("doctor", label="A"), Key("massage", label="B")]


@pytest.mark.parametrize("count", [7, 28, 90])
def test_events_change_the_columns_of_their_days_and_no_other(count):
    plain = picture(*[GOOD] * count)
    marked = picture(*[GOOD] * count, events=[(MONDAY + timedelta(days=3), "massage")])
    added = marked.height - plain.height
    shifted = ImageChops.difference(plain.crop((0, 210, 1080, 870)), marked.crop((0, 210 + 46, 1080, 870 + 46)))
    left, _, right, _ = shifted.crop((0, 0, 1080, 600)).getbbox()
    middle = sum(columns_for(count)[3]) / 2
    assert middle - 7 <= left < right <= middle + 8
    assert added > 46


def test_flags_never_touch_each_other_or_the_edge():
    columns = columns_for(90)
    flags = {n: "A" if n % 3 else "BCD" for n in (0, 1, 2, 3, 4, 5, 40, 41, 43, 88, 89)}
    placed = lanes_of(flags, columns)
    assert {lane for _, lane, _ in placed} == {0, 1, 2}
    for (left, lane, letters), (other, beside, _) in combinations(placed, 2):
        if lane == beside:
            assert left + font(SMALL, bold=True).getlength(letters) + 16 <= other
    assert all(24 <= left <= 1056 - 38 for left, _, _ in placed)


@pytest.mark.parametrize("count", [7, 90])
def test_long_words_stay_inside(count):
    names = dict.fromkeys(("title", "headache", "back", "sleep", "posture", "missing", "unasked"), LONG * 2)
    events = [(MONDAY + timedelta(days=n), LONG[n:] * 2) for n in range(4)]
    image = picture(GOOD, {}, None, BAD, *[GOOD] * (count - 4), events=events, **names)
    right = image.crop((1057, 0, 1080, image.height))
    assert right.getcolors() == [(23 * image.height, LIGHT.ground)]
    assert image.crop((0, 0, 23, image.height)).getcolors() == [(23 * image.height, LIGHT.ground)]


@pytest.mark.parametrize("size", [1, 12, 30, 60])
def test_keys_stand_beside_each_other_only_where_they_have_room(size):
    face = font(SMALL)
    rows = key_rows([Key("ABCDEFGHIJKL"[n] * size, label="ABCDEFGHIJKL"[n]) for n in range(12)])
    assert [key.label for row in rows for _, key in row] == list("ABCDEFGHIJKL")
    for row in rows:
        for (left, key), (other, _) in pairwise(row):
            assert left + 38 + 16 + face.getlength(key.words) + 20 <= other
        assert row[0][0] == 48
        assert len(row) == 1 or row[-1][0] + 54 + face.getlength(row[-1][1].words) <= 1032


@pytest.mark.parametrize("bold", [False, True])
def test_the_shipped_letters_cover_latin_greek_and_cyrillic(bold):
    face = font(28, bold=bold)
    unknown = bytes(face.getmask("\uffff"))
    assert [letter for letter in "äßÉŁøčőğșțžæñçåþΑπώЖїЁјқ–…+<0½€’„" if bytes(face.getmask(letter)) == unknown] == []


def test_pictures_drawn_side_by_side_are_the_same_as_alone():
    weeks = [days(GOOD, BAD, {}, None), days(BAD, BAD, GOOD, {})]
    alone = [days_picture(week, words(4), dark=dark) for week in weeks for dark in (False, True)]
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(days_picture, week, words(4), dark=dark)
            for _ in range(5)
            for week in weeks
            for dark in (False, True)
        ]
    assert [job.result() for job in jobs] == alone * 5


severities = st.none() | st.integers(-1, 12)
hours = (
    st.none() | st.sampled_from([*BANDS.values(), WELL_SLEPT]) | st.integers(0, 96).map(lambda q: Hours(q / 4, q / 4))
)
answered = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "headache": severities,
        "back": severities,
        "sleep_hours": hours,
        "sleep_quality": st.none() | st.integers(1, 5),
        "posture": st.none() | st.integers(1, 5),
        "medicine": st.none() | st.just(frozenset({"triptan"})),
    },
)
noted = st.lists(st.tuples(st.integers(-3, 100).map(lambda n: MONDAY + timedelta(days=n)), st.text("abß ", max_size=9)))


@settings(max_examples=40, deadline=None)
@given(st.lists(answered, min_size=1, max_size=91), st.text("aäßЖ…😀 m", max_size=60), noted, st.booleans())
def test_anything_a_person_can_answer_can_be_drawn(answers, name, events, dark):
    assert picture(*answers, title=name, back=name, events=events, dark=dark).width == 1080
