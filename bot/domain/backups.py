"""Which night a backup is made for, and which of the older ones are kept: by their number, so that no clock can take
them all."""

from collections.abc import Collection
from datetime import date, datetime, time

from bot.domain.schedule import local


def night_of(now: datetime, at: time, zone: str) -> date | None:
    """Return the local date whose backup may be made by now; None before `at` on that date."""
    here = local(now, zone)
    return here.date() if here.time() >= at else None


def surplus(days: Collection[date], today: date, daily: int, weekly: int) -> Collection[date]:
    """Return which of the dated backups are no longer kept.

    Kept are those of the newest `daily` days (1 or more) there are and, of what is older, the newest of each of the
    newest `weekly` ISO weeks. A day after `today` is the work of a clock that was ahead: it counts as the oldest.
    """
    newest_first = sorted(set(days), key=lambda day: (day <= today, day), reverse=True)
    older = newest_first[daily:]
    of_week: dict[tuple[int, int], date] = {}
    for day in older:
        of_week.setdefault(day.isocalendar()[:2], day)
    return set(older) - set(list(of_week.values())[:weekly])


def gone_after(daily: int, weekly: int) -> int:
    """Return for how many days a backup is kept at most, as long as one is made every day."""
    return daily + max(0, 7 * weekly - 6)
