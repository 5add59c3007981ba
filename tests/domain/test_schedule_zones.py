"""Every zone against a slow second way of counting, which walks through UTC and reads the clock on the wall.

By default every course of offsets that any zone takes in 2024–2030 is walked in steps of five minutes around each of
its changes. With HEADSUP_SWEEP=full every day of those years is walked, each half hour of it (five to ten minutes).
"""

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import whenever

from bot.domain.schedule import Occurrence, Schedule, day_of, known_zones, latest_occurrence, next_occurrence

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
DAY, HOUR, MINUTE, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
DAILY = frozenset(range(7))
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]


@cache
def rules(name: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", name).open("rb") as data:
        return ZoneInfo.from_file(data)


@cache
def changes(name: str) -> tuple[tuple[datetime, timedelta], ...]:
    """Return the first minute, in UTC, of every new offset in 2024–2030, and that offset."""
    found = []
    for n in range((LAST - FIRST) // (12 * HOUR)):
        before, after = FIRST + n * 12 * HOUR, FIRST + (n + 1) * 12 * HOUR
        old = before.astimezone(rules(name)).utcoffset()
        if after.astimezone(rules(name)).utcoffset() != old:
            while after - before > MINUTE:
                middle = before + (after - before) // 2 // MINUTE * MINUTE
                is_old = middle.astimezone(rules(name)).utcoffset() == old
                before, after = (middle, after) if is_old else (before, middle)
            found.append((after, after.astimezone(rules(name)).utcoffset()))
    return tuple(found)


@cache
def one_of_each() -> tuple[str, ...]:
    """Return one zone for each different course of clock changes and offsets in 2024–2030."""
    courses = {(FIRST.astimezone(rules(name)).utcoffset(), changes(name)): name for name in sorted(known_zones())}
    return tuple(courses.values())


@dataclass
class Walk:
    """What a person would note who looks at the clock at every step from `start` to `end` (UTC)."""

    first_seen: dict[datetime, datetime]
    """Wall time → the first instant it was seen."""
    gaps: list[tuple[datetime, datetime]]
    """The first wall time that was missing, and the one seen instead."""

    @classmethod
    def through(cls, zone: str, start: datetime, end: datetime, step: timedelta) -> "Walk":
        walk, expected, moment = cls({}, []), None, start
        while moment <= end:
            wall = moment.astimezone(rules(zone)).replace(tzinfo=None)
            if expected is not None and wall > expected:
                walk.gaps.append((expected, wall))
            walk.first_seen.setdefault(wall, moment)
            expected = wall + step
            moment += step
        return walk

    def occurrences(self, at: time) -> Iterator[Occurrence]:
        """Yield what a daily reminder at `at` should do on the dates that were seen whole."""
        first, last = next(iter(self.first_seen)).date(), next(reversed(self.first_seen)).date()
        for day in (first + n * DAY for n in range(1, (last - first).days)):
            wall = datetime.combine(day, at)
            if wall in self.first_seen:
                yield Occurrence(day, self.first_seen[wall])
                continue
            ((left, right),) = [gap for gap in self.gaps if gap[0] <= wall < gap[1]]
            if right - left < 12 * HOUR:
                yield Occurrence(day, self.first_seen[wall + (right - left)])


def around(moment: datetime) -> tuple[datetime, datetime]:
    return moment - 36 * HOUR, moment + 36 * HOUR


def agree(zone: str, walk: Walk, times: Iterable[time]) -> int:
    """Compare the schedule with the walk, both ways through time, and return how many occurrences were compared."""
    compared = 0
    for at in times:
        expected = list(walk.occurrences(at))
        schedule = Schedule(at, DAILY, zone)
        moment = expected[0].at - INSTANT
        for occurrence in expected:
            assert next_occurrence(schedule, moment) == occurrence, f"{zone} {at}"
            moment = occurrence.at
        for earlier, later in pairwise(expected):
            assert earlier.at < later.at, f"{zone} {at}"
            assert latest_occurrence(schedule, later.at - INSTANT) == earlier, f"{zone} {at}"
        assert latest_occurrence(schedule, moment) == expected[-1], f"{zone} {at}"
        compared += len(expected)
    return compared


def test_around_every_clock_change_each_half_hour_comes_once_and_right():
    compared = missing = 0
    for zone in one_of_each():
        for change, _ in changes(zone):
            walk = Walk.through(zone, *around(change), 5 * MINUTE)
            missing += len(walk.gaps)
            compared += agree(zone, walk, HALF_HOURS)
    assert missing > 200, "clocks went forward"
    assert compared > 40_000, "two or three dates around each change"


def test_every_zone_is_right_over_a_leap_day_and_a_year_end():
    for zone in known_zones():
        for moment in (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)):
            walk = Walk.through(zone, *around(moment), 15 * MINUTE)
            assert agree(zone, walk, [time(0), time(7, 15), time(12, 30), time(23, 45)]) >= 8


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Fakaofo", datetime(2011, 12, 30, 11, tzinfo=UTC)),
        ("Pacific/Kwajalein", datetime(1993, 8, 21, 12, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(1994, 12, 31, 10, 40, tzinfo=UTC)),
    ],
)
def test_where_a_date_was_left_out_the_dates_around_it_are_right(zone, change):
    walk = Walk.through(zone, *around(change), 5 * MINUTE)
    assert [right - left for left, right in walk.gaps] == [DAY]
    assert agree(zone, walk, HALF_HOURS) >= 48


def test_no_day_is_entered_twice_around_any_clock_change():
    for zone in one_of_each():
        for change, _ in changes(zone):
            start, end = around(change)
            for day_start in (time(0), time(2, 30), time(4)):
                days = [day_of(start + n * 30 * MINUTE, zone, day_start) for n in range((end - start) // (30 * MINUTE))]
                assert all(b - a in (timedelta(0), DAY) for a, b in pairwise(days)), f"{zone} {change} {day_start}"


@pytest.fixture
def same_zone_data():
    whenever.reset_tzpath([])
    whenever.clear_tzcache()
    yield
    whenever.reset_tzpath()
    whenever.clear_tzcache()


@pytest.mark.usefixtures("same_zone_data")
def test_another_library_agrees():
    """`whenever` reads the same rules with its own code; its "compatible" is our rule for missing and doubled times."""
    chance = random.Random(1997)
    nights = [(zone, change) for zone in one_of_each() for change, _ in changes(zone)]
    for zone, change in chance.sample(nights, 400):
        day = change.astimezone(rules(zone)).date() + chance.randint(-1, 1) * DAY
        for at in chance.sample(HALF_HOURS[:12], 4) + chance.sample(HALF_HOURS, 4):
            theirs = whenever.PlainDateTime(datetime.combine(day, at)).assume_tz(zone, disambiguation="compatible")
            due = theirs.to_instant().to_stdlib()
            assert next_occurrence(Schedule(at, DAILY, zone), due - INSTANT) == Occurrence(day, due)


@pytest.mark.skipif(
    os.environ.get("HEADSUP_SWEEP") != "full", reason="takes five to ten minutes; ask with HEADSUP_SWEEP=full"
)
def test_each_half_hour_of_every_day_comes_once_and_right():
    compared = 0
    for zone in one_of_each():
        walk = Walk.through(zone, FIRST, LAST, 15 * MINUTE)
        compared += agree(zone, walk, HALF_HOURS)
    assert compared > 8_000_000
