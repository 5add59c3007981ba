"""Quiet hours against a minute-by-minute oracle, over midnight, on chosen weekdays, across clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.domain.quiet import (
    DEFAULT,
    NEVER,
    QuietHours,
    Range,
    as_text,
    every_day,
    from_text,
    quiet_from,
    quiet_until,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "UTC")


def berlin(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (berlin(2, 21, 59), None),
        (berlin(2, 22, 0), berlin(3, 8)),
        (berlin(3, 3, 0), berlin(3, 8)),
        (berlin(3, 7, 59), berlin(3, 8)),
        (berlin(3, 8, 0), None),
    ],
)
def test_the_night(moment: datetime, until: datetime | None) -> None:
    assert quiet_until(DEFAULT, moment, "Europe/Berlin") == until


def test_a_weekday_of_its_own() -> None:
    night = Range(time(22), time(8))
    late = QuietHours((night, night, night, night, Range(time(23, 30), time(10)), Range(time(23, 30), time(10)), night))
    assert quiet_until(late, berlin(6, 22, 30), "Europe/Berlin") is None, "Friday begins later"
    assert quiet_until(late, berlin(7, 9), "Europe/Berlin") == berlin(7, 10), "and ends later, on Saturday"
    assert quiet_until(late, berlin(9, 9), "Europe/Berlin") is None


def test_ranges_that_touch_are_one() -> None:
    nights = [Range(time(22), time(8))] * 7
    nights[1] = Range(time(7), time(9, 30))  # Tuesday has a morning instead of a night
    hours = QuietHours(tuple(nights))
    assert quiet_until(hours, berlin(2, 23), "Europe/Berlin") == berlin(3, 9, 30)


def test_a_whole_day_and_a_whole_week() -> None:
    sunday = QuietHours((None,) * 6 + (Range(time(0), time(0)),))
    assert quiet_until(sunday, berlin(8, 12), "Europe/Berlin") == berlin(9, 0)
    always = every_day(time(0), time(0))
    assert quiet_until(always, berlin(2, 12), "Europe/Berlin") is not None, "it ends somewhere, or nobody could wait"


def test_when_the_quiet_comes() -> None:
    assert quiet_from(DEFAULT, berlin(2, 12), "Europe/Berlin") == berlin(2, 22)
    assert quiet_from(DEFAULT, berlin(2, 23), "Europe/Berlin") == berlin(2, 23)
    assert quiet_from(NEVER, berlin(2, 12), "Europe/Berlin") is None
    assert quiet_until(NEVER, berlin(2, 3), "Europe/Berlin") is None


def test_a_night_that_loses_its_hour_and_one_that_has_it_twice() -> None:
    early = every_day(time(1), time(2, 30))
    assert quiet_until(early, berlin(29, 1, 30), "Europe/Berlin") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert quiet_until(early, datetime(2026, 10, 25, 0, 29, tzinfo=UTC), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


times = some.builds(time, some.integers(0, 23), some.sampled_from((0, 15, 30, 59)))
ranges = some.none() | some.builds(Range, times, times)
quiet_hours = some.builds(lambda seven: QuietHours(tuple(seven)), some.lists(ranges, min_size=7, max_size=7))


@given(quiet_hours)
def test_what_is_kept_reads_the_same(hours: QuietHours) -> None:
    assert from_text(as_text(hours)) == hours


@pytest.mark.parametrize("text", ["", "22-8", "2200-0800 -", "9900-0800", "2200-0800 2200-0800", "x"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_text(text)


@settings(max_examples=200, deadline=None)
@given(quiet_hours, some.sampled_from(ZONES), some.integers(0, 365 * 24 * 60))
def test_as_the_wall_clock_says(hours: QuietHours, zone: str, minute: int) -> None:
    """On ordinary days the oracle looks at the wall clock alone; around a clock change it would not know which one."""
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    offsets = {(moment + timedelta(hours=h)).astimezone(ZoneInfo(zone)).utcoffset() for h in range(-30, 31, 3)}
    quiet = quiet_until(hours, moment, zone)
    if len(offsets) == 1:
        wall = moment.astimezone(ZoneInfo(zone))
        assert (quiet is not None) == _by_the_wall(hours, wall.date(), wall.time())
    if quiet is not None:
        assert quiet > moment
        assert quiet_from(hours, moment, zone) == moment
    elif (coming := quiet_from(hours, moment, zone)) is not None:
        assert coming > moment
        assert quiet_until(hours, coming, zone) is not None
        assert quiet_until(hours, coming - timedelta(minutes=1), zone) is None


def _by_the_wall(hours: QuietHours, day: date, at: time) -> bool:
    today, before = hours.on(day), hours.on(day - timedelta(days=1))
    if today and today.begin <= at and (at < today.end or today.end <= today.begin):
        return True
    return before is not None and before.end <= before.begin and at < before.end
