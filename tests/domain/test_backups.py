"""Which backups are kept: seven days and four weeks before them, never fewer than there is reason for."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.backups import gone_after, night_of, surplus

SUNDAY = date(2026, 3, 1)
DAYS = some.dates(date(2025, 1, 1), date(2031, 1, 1))


def before(today: date, *ages: int) -> set[date]:
    return {today - timedelta(days=age) for age in ages}


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ((0,), (0,)),
        (range(7), range(7)),
        (range(8), range(8)),
        (range(100), (*range(7), 7, 14, 21, 28)),
        ((0, 30, 31, 60, 90, 120, 150), (0, 30, 31, 60, 90, 120, 150)),
        ((0, 1, 2, 3, 4, 5, 6, 30, 31, 60, 90, 120), (0, 1, 2, 3, 4, 5, 6, 30, 60, 90, 120)),
        ((0, 1, 2, 3, 4, 5, 6, 30, 31, 60, 90, 120, 150), (0, 1, 2, 3, 4, 5, 6, 30, 60, 90, 120)),
    ],
    ids=["first", "week", "eighth", "every night", "few", "two of a week", "months off"],
)
def test_seven_days_and_four_weeks(made: Collection[int], kept: Collection[int]) -> None:
    days = before(SUNDAY, *made)
    assert days - set(surplus(days, SUNDAY, 7, 4)) == before(SUNDAY, *kept)


def test_days_to_come_go_first() -> None:
    ahead = {date(2030, 1, 1) + timedelta(days=number) for number in range(9)}
    days = before(SUNDAY, *range(11)) | ahead
    kept = days - set(surplus(days, SUNDAY, 7, 4))
    assert before(SUNDAY, *range(7)) <= kept
    kept_later = days - set(surplus(days, SUNDAY, 20, 0))
    assert kept_later == days, "where there is room they stay: they are backups all the same"


@given(some.sets(DAYS, max_size=60), DAYS, some.integers(1, 20), some.integers(0, 20))
def test_the_one_just_made_stays_and_never_more_than_asked_for(
    days: set[date], today: date, daily: int, weekly: int
) -> None:
    days |= {today}
    gone = set(surplus(days, today, daily, weekly))
    kept = days - gone
    assert gone <= days
    assert today in kept
    assert len(kept) <= daily + weekly
    assert len(kept) >= min(len(days), daily)
    assert not surplus(kept, today, daily, weekly), "what is kept once is not dropped by looking again"


@given(some.integers(1, 10), some.integers(0, 6), some.integers(0, 6))
def test_made_every_night_the_oldest_is_as_old_as_people_are_told(daily: int, weekly: int, first: int) -> None:
    days: set[date] = set()
    oldest = 0
    for night in range(100):
        today = SUNDAY + timedelta(days=first + night)
        days.add(today)
        days -= set(surplus(days, today, daily, weekly))
        oldest = max(oldest, (today - min(days)).days)
        assert max(days) == today
    assert oldest == gone_after(daily, weekly) - 1, "the next night it goes"
    assert len(days) == daily + weekly


@given(some.lists(some.integers(-40, 40), min_size=1, max_size=80))
def test_clocks_that_step_lose_no_more_than_the_count_asks(steps: list[int]) -> None:
    days: set[date] = set()
    today = SUNDAY
    made = 0
    for step in steps:
        today += timedelta(days=step)
        made += today not in days
        days.add(today)
        days -= set(surplus(days, today, 7, 4))
        assert today in days
        assert min(made, 7) <= len(days) <= 11


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ((2026, 3, 28, 2, 29), None),
        ((2026, 3, 28, 2, 30), date(2026, 3, 28)),
        ((2026, 3, 28, 22, 59), date(2026, 3, 28)),
        ((2026, 3, 28, 23, 30), None),
        ((2026, 3, 29, 0, 59), None),
        ((2026, 3, 29, 1, 30), date(2026, 3, 29)),
        ((2026, 10, 25, 0, 30), None),
        ((2026, 10, 25, 1, 30), None),
        ((2026, 10, 25, 2, 30), date(2026, 10, 25)),
    ],
)
def test_the_night_goes_by_the_clock_of_the_zone(now: tuple[int, int, int, int, int], night: date | None) -> None:
    assert night_of(datetime(*now, tzinfo=UTC), time(3, 30), "Europe/Berlin") == night


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=["skipped", "twice"],
)
def test_a_time_that_the_clocks_skip_or_repeat_begins_its_night_once(day: date, first: datetime) -> None:
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
    minutes = [begins + timedelta(minutes=number) for number in range(26 * 60)]
    assert next(now for now in minutes if night_of(now, time(2, 30), "Europe/Berlin") == day) == first
