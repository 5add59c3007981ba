"""Typed days and typed quiet hours: read with the words of `times`, never by guess."""

import re
from datetime import date, time

from bot.domain.quiet import NEVER, QuietHours, Range
from bot.domain.time_words import this
from bot.domain.times import Times, read_times

CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:uhr|h)?"
SPAN = re.compile(rf"(?P<days>.*?)\s*(?:from|von)?\s*{CLOCK}\s*(?:-|–|—|to|till|until|bis)\s*{CLOCK}", re.IGNORECASE)
NO = frozenset({"none", "never", "no", "off", "nie", "keine", "aus"})
UNTIL = re.compile(r"^(?:until|till|to|bis(?: zum)?)\s+", re.IGNORECASE)


def read_day(text: str, today: date, language: str = "en") -> date | None:
    """Return the one day that is meant: "until Friday", "14 May", "2026-05-14"; None where that is not clear."""
    words = UNTIL.sub("", " ".join(text.split()))
    for phrase in (words, f"{this(language)} {words}", f"on {words}"):
        found = read_times(f"{phrase} 23:59", today, time(0), language=language)
        # With an hour among the words there are two: that is more than a day.
        if isinstance(found, Times) and found.once_on is not None and len(found.slots) == 1:
            return found.once_on
    return None


def read_quiet(text: str, now: QuietHours, today: date, language: str = "en") -> QuietHours | None:
    """Return quiet hours as typed: "22-8", "weekdays 22:00-7:00, weekends 23:30-10", "never"; None where unclear.

    Weekdays that are not named keep what they have in `now`.
    """
    if text.strip().lower() in NO:
        return NEVER
    ranges = list(now.ranges)
    for part in re.split(r"[,;]|\band\b|\bund\b", text):
        found = SPAN.fullmatch(part.strip())
        if found is None:
            return None
        begin, end = _clock(found[2], found[3]), _clock(found[4], found[5])
        days = _days(found["days"], today, language)
        if begin is None or end is None or begin == end or days is None:
            return None
        for day in days:
            ranges[day] = Range(begin, end)
    return QuietHours(tuple(ranges))


def _clock(hour: str, minute: str | None) -> time | None:
    """Return a time of the 24-hour clock; 24 is midnight."""
    hours, minutes = int(hour) % 24 if int(hour) <= 24 else 99, int(minute or 0)
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _days(words: str, today: date, language: str) -> frozenset[int] | None:
    if not words:
        return frozenset(range(7))
    found = read_times(f"{words} 12:00", today, time(0), language=language)
    if isinstance(found, Times) and found.once_on is None:
        return found.slots[0].weekdays
    once = read_times(f"{words}s 12:00", today, time(0), language=language)
    return once.slots[0].weekdays if isinstance(once, Times) and once.once_on is None else None
