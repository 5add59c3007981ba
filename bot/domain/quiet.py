"""Quiet hours: from when to when, on each weekday, nothing of the clock's may arrive, midnight or not in between."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.schedule import instant, local

DAY = timedelta(days=1)
PLAIN = re.compile(r"(\d\d)(\d\d)-(\d\d)(\d\d)")


@dataclass(frozen=True)
class Range:
    """From `begin` to `end`, wall times to the minute; an `end` not after `begin` is on the next day."""

    begin: time
    end: time


@dataclass(frozen=True)
class QuietHours:
    """The range that begins on each weekday (0 = Monday); None = none begins that day."""

    ranges: tuple[Range | None, ...]

    def __post_init__(self) -> None:
        if len(self.ranges) != 7:
            raise ValueError("Quiet hours need a range, or None, for each of the seven weekdays.")

    def on(self, day: date) -> Range | None:
        return self.ranges[day.weekday()]

    @property
    def same_every_day(self) -> bool:
        return len(set(self.ranges)) == 1


def every_day(begin: time, end: time) -> QuietHours:
    return QuietHours((Range(begin, end),) * 7)


DEFAULT = every_day(time(22), time(8))
NEVER = QuietHours((None,) * 7)


def quiet_until(hours: QuietHours, moment: datetime, zone: str) -> datetime | None:
    """Return when the quiet that holds at `moment` (aware) is over, in UTC; None where it is not quiet then.

    Ranges that touch or overlap are one: with 22–8 and 7–10 it is quiet until 10.
    """
    end, at = None, moment
    # Each step goes on to the end of a range; a week of ranges that all touch would never end, so it stops there.
    for _ in range(8):
        found = max((over for begun, over in _around(hours, at, zone) if begun <= at < over), default=None)
        if found is None:
            break
        end = at = found
    return end


def quiet_from(hours: QuietHours, moment: datetime, zone: str) -> datetime | None:
    """Return the first instant not before `moment` at which it is quiet; None where none comes within nine days."""
    if quiet_until(hours, moment, zone):
        return moment
    day = local(moment, zone).date()
    coming = (_instants(hours, day + n * DAY, zone) for n in range(9))
    return min((found[0] for found in coming if found and found[0] >= moment), default=None)


def as_text(hours: QuietHours) -> str:
    """Return the ranges as they are kept: "2200-0800", or seven of these, "-" for none, with blanks in between."""
    ranges = [f"{r.begin:%H%M}-{r.end:%H%M}" if r else "-" for r in hours.ranges]
    return ranges[0] if hours.same_every_day else " ".join(ranges)


def from_text(text: str) -> QuietHours:
    """Read what `as_text` wrote. ValueError for anything else."""
    ranges = [_range(word) for word in text.split(" ")]
    return QuietHours(tuple(ranges * 7 if len(ranges) == 1 else ranges))


def _range(word: str) -> Range | None:
    if word == "-":
        return None
    found = PLAIN.fullmatch(word)
    if found is None:
        raise ValueError(f"No quiet hours: {word!r}.")
    hours = [int(number) for number in found.groups()]
    return Range(time(hours[0], hours[1]), time(hours[2], hours[3]))


def _around(hours: QuietHours, moment: datetime, zone: str) -> list[tuple[datetime, datetime]]:
    """Return the ranges that may hold `moment`: those that begin on the day before, on its day, or on the next."""
    day = local(moment, zone).date()
    return [found for n in (-1, 0, 1) if (found := _instants(hours, day + n * DAY, zone))]


def _instants(hours: QuietHours, day: date, zone: str) -> tuple[datetime, datetime] | None:
    """Return when the range that begins on `day` begins and ends; None where none does, or the zone never had it."""
    found = hours.on(day)
    if found is None:
        return None
    last = day if found.end > found.begin else day + DAY
    begun, over = instant(day, found.begin, zone), instant(last, found.end, zone)
    over = over or instant(last + DAY, found.end, zone)
    return (begun, over) if begun and over and begun < over else None
