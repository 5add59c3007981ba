"""When a schedule falls due: local wall times on weekdays in a zone become instants, and instants local days.

The rule for every clock change (RFC 5545 §3.3.10): a wall time that does not exist moves by the length of the gap, one
that happens twice counts once, the first time, and a date that the zone never had is skipped. The zones come from the
pinned `tzdata` package, never from the machine, so that two machines agree and an update is a decision.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

NEVER_EXISTED = timedelta(hours=12)
"""A wall time that would move by this much or more lies on a date the zone left out (Apia had no 30 December 2011)."""

DAY = timedelta(days=1)
DAY_START = time(4)
"""Whoever fills their card at two in the morning means the day before."""


@dataclass(frozen=True)
class Schedule:
    """This local wall time (to the minute) on these weekdays (0 = Monday … 6 = Sunday) in this IANA zone.

    `only_on`: once, on this local date, and never again. Raises ValueError where it could never fall due or is not one
    clock reading.
    """

    at: time
    weekdays: frozenset[int]
    zone: str
    only_on: date | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo or self.at.second or self.at.microsecond:
            raise ValueError(f"A schedule's time is a plain wall time to the minute, not {self.at.isoformat()}.")
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError(f"A schedule needs weekdays from 0 (Monday) to 6 (Sunday), not {sorted(self.weekdays)}.")
        rules(self.zone)


@dataclass(frozen=True)
class Occurrence:
    """One instant a schedule falls on: `at` in UTC, `day` its nominal local date.

    The instant itself may lie on the next date: 23:30 in a gap from 23:00 to midnight is 00:30, still for the old day.
    """

    day: date
    at: datetime


def next_occurrence(schedule: Schedule, after: datetime) -> Occurrence | None:
    """Return the first occurrence strictly later than `after` (aware); None where it came once and is over."""
    day = local(after, schedule.zone).date() - DAY  # a gap before midnight may have moved yesterday's into today
    if schedule.only_on is not None:
        once = occurrence_on(schedule.only_on, schedule)
        return once if once and once.at > after else None
    while True:
        found = occurrence_on(day, schedule)
        if found and found.at > after:
            return found
        day += DAY


def latest_occurrence(schedule: Schedule, until: datetime) -> Occurrence | None:
    """Return the last occurrence not later than `until` (aware); None if the 15 days up to it hold none."""
    newest = local(until, schedule.zone).date() + DAY  # a doubled midnight may have begun tomorrow already
    found = (occurrence_on(newest - n * DAY, schedule) for n in range(17))
    return next((occurrence for occurrence in found if occurrence and occurrence.at <= until), None)


def occurrence_on(day: date, schedule: Schedule) -> Occurrence | None:
    """Return the occurrence whose nominal date is `day`, or None: not one of its days, or never a date there."""
    if day.weekday() not in schedule.weekdays or schedule.only_on not in (None, day):
        return None
    at = instant(day, schedule.at, schedule.zone)
    return Occurrence(day, at) if at else None


def instant(day: date, at: time, zone: str) -> datetime | None:
    """Return the instant, in UTC, of a local date and wall time; None where the zone never had that date."""
    wall = datetime.combine(day, at.replace(fold=0), tzinfo=rules(zone))
    found = wall.astimezone(UTC)
    moved = local(found, zone) - wall  # within one zone Python subtracts clock readings, not instants
    return found if moved < NEVER_EXISTED else None


@lru_cache(maxsize=1024)  # thousands who live in one zone are asked at one moment
def day_of(moment: datetime, zone: str, day_start: time = DAY_START) -> date:
    """Return the local date an instant (aware) belongs to, where the day begins at the wall time `day_start`.

    A day that has begun stays begun when the clock is set back over its beginning.
    """
    wall = local(moment, zone).replace(tzinfo=None)

    def begun(day: date) -> bool:
        start = instant(day, day_start, zone)
        return start is not None and (start <= moment or datetime.combine(day, day_start) <= wall)

    return next(day for day in (wall.date() + n * DAY for n in (1, 0, -1, -2)) if begun(day))


def local(moment: datetime, zone: str) -> datetime:
    """Return an instant (aware) as the wall clock in `zone` shows it, aware; the one place local time is computed."""
    if moment.tzinfo is None:
        raise ValueError(f"An instant needs a zone; {moment.isoformat()} has none.")
    return moment.astimezone(rules(zone))


@cache
def rules(zone: str) -> ZoneInfo:
    """Return a zone's rules from the tzdata package. Raises ValueError for a name that is not in `known_zones()`."""
    if zone not in known_zones():
        raise ValueError(f"There is no time zone called {zone!r}.")
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=zone)


@cache
def known_zones() -> frozenset[str]:
    """Return the zone names of the tzdata package, without "Factory", which means that nobody has set a zone."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) - {"Factory"}
