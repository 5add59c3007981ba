"""Where one can travel to in the sandbox's time: an hour, a week, the next card, tomorrow, the next clock change."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal

from bot.domain.schedule import DAY, instant, local

Stop = Literal["hour", "card", "tomorrow", "week", "change"]

MORNING = time(8)
BEFORE_CHANGE = timedelta(minutes=30)
"""So that one can see the clocks go over it."""

LOOKED_AHEAD = 400
"""Days; a zone whose clocks change at all changes them within a year."""

MINUTE = timedelta(minutes=1)


def stops(now: datetime, zone: str, card: datetime | None) -> Mapping[Stop, datetime]:
    """Return the instants (UTC) that are ahead of `now`; `card` is when the next card comes, None where none does."""
    there = local(now, zone)
    morning = instant(there.date() + DAY, MORNING, zone)
    change = next_change(now + BEFORE_CHANGE, zone)
    found: Mapping[Stop, datetime | None] = {
        "hour": now + timedelta(hours=1),
        "card": card,
        "tomorrow": morning,
        "week": now + 7 * DAY,
        "change": change and change - BEFORE_CHANGE,
    }
    return {stop: at for stop, at in found.items() if at is not None and at > now}


def next_change(after: datetime, zone: str) -> datetime | None:
    """Return the first minute (UTC) later than `after` at which the clocks in a zone show another offset."""

    def offset(moment: datetime) -> timedelta | None:
        return local(moment, zone).utcoffset()

    begin = after.replace(second=0, microsecond=0)
    changed = (begin + n * DAY for n in range(1, LOOKED_AHEAD) if offset(begin + n * DAY) != offset(begin))
    end = next(changed, None)
    if end is None:
        return None
    early, late = 0, int((end - begin) / MINUTE)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if offset(begin + middle * MINUTE) == offset(begin) else (early, middle)
    return begin + late * MINUTE
