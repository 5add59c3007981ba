"""Stories about local time: what people see on their own clock on the days when clocks change, and on all others."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.schedule import (
    Occurrence,
    Schedule,
    day_of,
    instant,
    known_zones,
    latest_occurrence,
    local,
    next_occurrence,
)

DAILY = frozenset(range(7))
SUNDAY = frozenset({6})


def utc(text: str) -> datetime:
    """Read "2026-03-29 01:30" as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def seen(day: str, at: str, zone: str) -> str | None:
    """Return what the person's clock shows when the reminder for `day` at `at` comes; None if that day never was."""
    found = instant(date.fromisoformat(day), time.fromisoformat(at), zone)
    return found and local(found, zone).strftime("%Y-%m-%d %H:%M %z")


def following(schedule: Schedule, after: str, count: int) -> list[Occurrence]:
    found = [next_occurrence(schedule, utc(after))]
    while len(found) < count:
        found.append(next_occurrence(schedule, found[-1].at))
    return found


# The same clock time all year


def test_eight_in_the_evening_stays_eight_over_both_changes():
    evening = Schedule(time(20), DAILY, "Europe/Berlin")
    spring = following(evening, "2026-03-28 00:00", 3)
    autumn = following(evening, "2026-10-24 00:00", 3)
    assert [o.at for o in spring] == [utc("2026-03-28 19:00"), utc("2026-03-29 18:00"), utc("2026-03-30 18:00")]
    assert [o.at for o in autumn] == [utc("2026-10-24 18:00"), utc("2026-10-25 19:00"), utc("2026-10-26 19:00")]
    assert {local(o.at, "Europe/Berlin").time() for o in spring + autumn} == {time(20)}


def test_a_year_of_evenings_in_ten_zones_misses_no_day_and_doubles_none():
    europe, america = (
        ["Europe/Berlin", "Antarctica/Troll", "Africa/Casablanca"],
        ["America/New_York", "America/St_Johns"],
    )
    east = ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati"]
    for zone in europe + america + east:
        year = following(Schedule(time(20), DAILY, zone), "2027-12-31 23:00", 367)
        days = [o.day for o in year]
        assert days == [days[0] + timedelta(days=n) for n in range(367)]
        assert {local(o.at, zone).time() for o in year} == {time(20)}


@pytest.mark.parametrize(
    ("zone", "in_utc"),
    [
        ("Asia/Kathmandu", "2026-06-01 01:30"),  # +05:45
        ("Asia/Kolkata", "2026-06-01 01:45"),  # +05:30
        ("America/St_Johns", "2026-06-01 09:45"),  # −02:30 in summer
        ("Pacific/Chatham", "2026-05-31 18:30"),  # +12:45
    ],
)
def test_a_quarter_past_seven_is_a_quarter_past_seven_where_offsets_are_odd(zone, in_utc):
    assert instant(date(2026, 6, 1), time(7, 15), zone) == utc(in_utc)


# Times that do not exist, or exist twice


def test_a_time_in_the_missing_hour_comes_once_an_hour_later():
    night = Schedule(time(2, 30), DAILY, "Europe/Berlin")
    assert seen("2026-03-29", "02:30", "Europe/Berlin") == "2026-03-29 03:30 +0200"
    assert [o.at for o in following(night, "2026-03-28 12:00", 2)] == [utc("2026-03-29 01:30"), utc("2026-03-30 00:30")]


def test_a_time_in_the_doubled_hour_comes_once_the_first_time():
    night = Schedule(time(2, 30), DAILY, "Europe/Berlin")
    assert seen("2026-10-25", "02:30", "Europe/Berlin") == "2026-10-25 02:30 +0200"
    assert [o.at for o in following(night, "2026-10-24 12:00", 2)] == [utc("2026-10-25 00:30"), utc("2026-10-26 01:30")]


def test_asked_between_the_two_half_past_twos_the_next_is_tomorrow():
    night = Schedule(time(2, 30), DAILY, "Europe/Berlin")
    assert next_occurrence(night, utc("2026-10-25 01:00")).day == date(2026, 10, 26)
    assert latest_occurrence(night, utc("2026-10-25 01:30")) == Occurrence(date(2026, 10, 25), utc("2026-10-25 00:30"))


@pytest.mark.parametrize(
    ("zone", "day", "at", "sees"),
    [
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04 02:45 +1100"),  # half an hour
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-05 01:45 +1100"),
        ("Antarctica/Troll", "2026-03-29", "01:30", "2026-03-29 03:30 +0200"),  # two hours
        ("Antarctica/Troll", "2026-10-25", "01:30", "2026-10-25 01:30 +0200"),
        ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15 02:30 +0100"),  # back for Ramadan …
        ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22 03:30 +0100"),  # … and forward after it
        ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-24 01:30 +0300"),  # midnight itself is missing
        ("Asia/Beirut", "2026-03-29", "00:00", "2026-03-29 01:00 +0300"),
        ("America/Havana", "2026-03-08", "00:15", "2026-03-08 01:15 -0400"),
    ],
)
def test_clocks_that_change_in_their_own_way(zone, day, at, sees):
    assert seen(day, at, zone) == sees


@pytest.mark.parametrize("zone", ["America/Nuuk", "America/Scoresbysund"])
def test_an_evening_moved_past_midnight_keeps_its_own_date(zone):
    """Greenland's clocks go from 23:00 to midnight: 23:30 that Saturday is 00:30 on Sunday's clock."""
    late = Schedule(time(23, 30), DAILY, zone)
    saturday, sunday = following(late, "2026-03-28 12:00", 2)
    assert saturday == Occurrence(date(2026, 3, 28), utc("2026-03-29 01:30"))
    assert local(saturday.at, zone).date() == date(2026, 3, 29)
    assert sunday == Occurrence(date(2026, 3, 29), utc("2026-03-30 00:30"))
    assert next_occurrence(late, utc("2026-03-29 01:10")) == saturday, "at ten past midnight it is still to come"
    assert latest_occurrence(late, saturday.at) == saturday
    assert day_of(saturday.at, zone) == date(2026, 3, 28)


def test_a_midnight_that_came_twice_opened_the_new_day_once():
    """In St John's in 2010 one minute past midnight became 23:01 of the evening before."""
    midnight = Schedule(time(0), DAILY, "America/St_Johns")
    first = Occurrence(date(2010, 11, 7), utc("2010-11-07 02:30"))
    again_half_past_eleven = utc("2010-11-07 03:00")
    assert next_occurrence(midnight, utc("2010-11-06 12:00")) == first
    assert latest_occurrence(midnight, again_half_past_eleven) == first
    assert next_occurrence(midnight, again_half_past_eleven).day == date(2010, 11, 8)
    assert day_of(again_half_past_eleven, "America/St_Johns", time(0)) == date(2010, 11, 7)


# Days that never were, and days at the edge of the calendar


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Fakaofo", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Pacific/Kiritimati", "1994-12-31"),
    ],
)
def test_a_date_that_the_islands_left_out_has_no_occurrence(zone, day):
    missing = date.fromisoformat(day)
    assert [seen(day, at, zone) for at in ("00:00", "09:00", "23:59")] == [None, None, None]
    around = following(Schedule(time(9), DAILY, zone), f"{missing - timedelta(days=2)} 00:00", 4)
    days = [o.day for o in around]
    assert missing - timedelta(days=1) in days and missing + timedelta(days=1) in days and missing not in days


def test_a_weekly_schedule_steps_over_a_week_whose_day_never_was():
    fridays = Schedule(time(9), frozenset({4}), "Pacific/Apia")
    assert [o.day for o in following(fridays, "2011-12-20 00:00", 2)] == [date(2011, 12, 23), date(2012, 1, 6)]
    before = latest_occurrence(fridays, utc("2012-01-05 18:59"))
    assert before is not None and before.day == date(2011, 12, 23)


def test_weekly_on_sunday_comes_every_sunday_over_both_changes():
    weekly = following(Schedule(time(18), SUNDAY, "Europe/Berlin"), "2026-01-01 00:00", 52)
    assert {o.day.weekday() for o in weekly} == {6}
    assert [b.day - a.day for a, b in pairwise(weekly)] == [timedelta(days=7)] * 51
    assert {local(o.at, "Europe/Berlin").time() for o in weekly} == {time(18)}


def test_weekdays_are_those_of_the_local_date_not_of_utc():
    monday_morning = Schedule(time(7), frozenset({0}), "Pacific/Auckland")
    assert next_occurrence(monday_morning, utc("2026-06-06 00:00")).at == utc("2026-06-07 19:00"), "Sunday in UTC"


def test_leap_day_and_year_end_are_days_like_others():
    daily = Schedule(time(20), DAILY, "America/New_York")
    assert [str(o.day) for o in following(daily, "2028-02-28 12:00", 3)] == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert [str(o.day) for o in following(daily, "2026-12-31 12:00", 2)] == ["2026-12-31", "2027-01-01"]


# Asking for the next and the latest


def test_the_next_is_strictly_later_and_the_latest_may_be_now():
    evening = Schedule(time(20), DAILY, "UTC")
    due = utc("2026-05-05 20:00")
    assert next_occurrence(evening, due).at == due + timedelta(days=1)
    assert next_occurrence(evening, due - timedelta(microseconds=1)).at == due
    assert latest_occurrence(evening, due) == Occurrence(date(2026, 5, 5), due)


def test_after_a_long_downtime_the_latest_is_only_the_newest_one():
    summary = Schedule(time(18), SUNDAY, "Europe/Berlin")
    assert latest_occurrence(summary, utc("2026-04-05 15:59")) == Occurrence(date(2026, 3, 29), utc("2026-03-29 16:00"))
    assert latest_occurrence(summary, utc("2026-04-05 16:00")) == Occurrence(date(2026, 4, 5), utc("2026-04-05 16:00"))


# The day a moment belongs to


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-06-01 22:30", "Europe/Berlin", "2026-06-01"),  # 00:30 in bed: still yesterday's card
        ("2026-06-02 01:59", "Europe/Berlin", "2026-06-01"),
        ("2026-06-02 02:00", "Europe/Berlin", "2026-06-02"),  # four in the morning
        ("2026-06-01 15:00", "Pacific/Auckland", "2026-06-01"),  # 03:00 on the 2nd
        ("2026-06-01 16:00", "Pacific/Auckland", "2026-06-02"),
        ("2026-03-29 01:59", "Europe/Berlin", "2026-03-28"),  # 03:59 on the short night
        ("2026-03-29 02:00", "Europe/Berlin", "2026-03-29"),
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-29"),  # 02:00 on the 31st; there was no 30th
        ("2024-01-01 03:00", "UTC", "2023-12-31"),
    ],
)
def test_the_day_begins_at_four_in_the_morning(moment, zone, day):
    assert str(day_of(utc(moment), zone)) == day


def test_a_person_who_rises_at_noon_may_begin_the_day_then():
    assert day_of(utc("2026-06-02 11:59"), "UTC", time(12)) == date(2026, 6, 1)
    assert day_of(utc("2026-06-02 12:00"), "UTC", time(12)) == date(2026, 6, 2)


def test_a_day_begun_stays_begun_when_the_clock_goes_back_over_its_start():
    halves = [utc("2026-10-25 00:29"), utc("2026-10-25 00:30"), utc("2026-10-25 01:15")]  # 02:29, 02:30, again 02:15
    assert [day_of(m, "Europe/Berlin", time(2, 30)).day for m in halves] == [24, 25, 25]


def test_a_day_whose_start_is_missing_begins_with_the_gap():
    assert day_of(utc("2026-03-29 00:59"), "Europe/Berlin", time(2, 30)) == date(2026, 3, 28)  # 01:59
    assert day_of(utc("2026-03-29 01:00"), "Europe/Berlin", time(2, 30)) == date(2026, 3, 29)  # 03:00, past 02:30


# Refusals, and where the zones come from


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "Factory", "localtime", "posixrules", "../zones", "europe/berlin"]
)
def test_an_unknown_zone_is_refused_by_name(zone):
    with pytest.raises(ValueError, match="no time zone called") as refusal:
        Schedule(time(20), DAILY, zone)
    assert repr(zone) in str(refusal.value)
    with pytest.raises(ValueError, match="no time zone called"):
        local(utc("2026-01-01 00:00"), zone)


@pytest.mark.parametrize("at", [time(20, 0, 1), time(20, 0, 0, 1), time(20, tzinfo=UTC)])
def test_a_time_that_is_not_a_plain_minute_is_refused(at):
    with pytest.raises(ValueError, match="plain wall time"):
        Schedule(at, DAILY, "UTC")


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_weekdays_that_could_never_come_are_refused(weekdays):
    with pytest.raises(ValueError, match="weekdays"):
        Schedule(time(20), weekdays, "UTC")


def test_a_moment_without_a_zone_is_refused_rather_than_guessed():
    naive = utc("2026-01-01 00:00").replace(tzinfo=None)
    for ask in (lambda: local(naive, "UTC"), lambda: day_of(naive, "UTC")):
        with pytest.raises(ValueError, match="needs a zone"):
            ask()


def test_the_zones_are_those_of_the_tzdata_package_and_all_can_be_read():
    assert {"Europe/Berlin", "America/Argentina/Ushuaia", "UTC", "Asia/Calcutta"} <= known_zones()
    assert not known_zones() & {"Factory", "localtime", "posixrules"}
    assert len(known_zones()) > 590
    for zone in known_zones():
        assert seen("2026-06-01", "12:00", zone).startswith("2026-06-01 12:00")


def test_a_machine_with_other_zone_files_tells_the_same_time(tmp_path):
    """A machine where Berlin's file is really Tokyo's: the standard library believes it, we do not."""
    (tmp_path / "Europe").mkdir()
    tokyo = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "Europe" / "Berlin").write_bytes(tokyo)
    asked = """
from datetime import date, datetime, time, UTC
from zoneinfo import ZoneInfo
from bot.domain.schedule import instant
print(datetime(2026, 6, 1, 20, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC).hour)
print(instant(date(2026, 6, 1), time(20), "Europe/Berlin").hour)
"""
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["11", "18"]


# What holds for every schedule and every moment

zones = st.sampled_from(sorted(known_zones()))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
moments = st.integers(0, 48 * 365 * 86400).map(lambda seconds: utc("1990-01-01 00:00") + timedelta(seconds=seconds))
schedules = st.builds(Schedule, minutes, st.frozensets(st.integers(0, 6), min_size=1), zones)


@settings(max_examples=400, deadline=None)
@given(schedules, moments)
def test_the_latest_and_the_next_enclose_every_moment(schedule, moment):
    latest, coming = latest_occurrence(schedule, moment), next_occurrence(schedule, moment)
    assert latest is not None
    assert latest.at <= moment < coming.at
    assert latest.day < coming.day
    assert next_occurrence(schedule, latest.at) == coming, "nothing lies between them"
    assert next_occurrence(schedule, latest.at - timedelta(microseconds=1)) == latest
    assert latest_occurrence(schedule, coming.at) == coming


@settings(max_examples=400, deadline=None)
@given(schedules, moments)
def test_an_occurrence_belongs_to_its_day_or_by_night_to_the_day_before(schedule, moment):
    found = next_occurrence(schedule, moment)
    day = day_of(found.at, schedule.zone)
    by_night = schedule.at < time(4) and local(found.at, schedule.zone).time() < time(4)
    assert day < found.day if by_night else day == found.day


@settings(max_examples=400, deadline=None)
@given(zones, minutes, moments, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_days_never_go_back(zone, day_start, moment, later):
    assert day_of(moment, zone, day_start) <= day_of(moment + later, zone, day_start)
