"""A doctor's visit still to come: read as typed, written about two days before, asked about when it is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.spans import read_day
from bot.domain.times import read_one_time

WRITTEN_AT = time(18)
"""When the bot writes about a visit, two days before it; the evening before where that is over."""

DAYS_BEFORE = (2, 1)
ASKED_AT, ASKED_NEXT_DAY_AT = time(19), time(10)
LATEST_SAME_DAY = time(17)
"""After a visit later than this people are on their way home at 19:00: they are asked the next morning."""

MOST_WORDS = 6
"""Words that a day and a time can take: "Thursday 14 May 2026 at 10:30"."""

MOST_VISITS, MOST_QUESTIONS, LONGEST_QUESTION, LONGEST_WITH = 10, 20, 150, 100
"""Visits to come, questions for one of them, characters of a question and of what is said beside a visit."""

FURTHEST_AHEAD = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Visit:
    """A visit on a local day; `at` is its wall time, None where nobody knows it yet; `note` says to whom, or why."""

    day: date
    at: time | None
    note: str = ""


def read_visit(text: str, today: date, language: str = "en") -> Visit | None:
    """Read "14 May 10:30, neurologist" or "neurologist, Thursday at 9": a day, perhaps a time, and what else was said.

    None where no day can be read, or more than one. A weekday is the next one;
    what is said beside day and time must stand before or behind both.
    """
    words = text.replace(",", " ").split()
    for length in range(min(MOST_WORDS, len(words)), 0, -1):
        found = {
            Visit(day, at, " ".join((*words[:begin], *words[begin + length :])))
            for begin in (0, len(words) - length)
            for day, at in _readings(words[begin : begin + length], today, language)
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _readings(words: list[str], today: date, language: str) -> Iterator[tuple[date, time | None]]:
    """Yield what words can mean: a day before its time, a time before its day, a day alone."""
    for cut in range(1, len(words)):
        before, behind = " ".join(words[:cut]), " ".join(words[cut:])
        for dated, timed in ((before, behind), (behind, before)):
            # A bare figure beside a day is no hour: nobody can tell "14 May 10" from "14, May 10".
            at = None if timed.isdigit() else read_one_time(timed, language)
            day = read_day(dated, today, language) if at else None
            if day is not None:
                yield day, at
    day = read_day(" ".join(words), today, language)
    if day is not None:
        yield day, None


def written_on(visit: Visit, now: datetime) -> date | None:
    """Return the day on which the bot writes about a visit, from `now` (local) on; None where it is too close."""
    days = (visit.day - timedelta(days=before) for before in DAYS_BEFORE)
    return next((day for day in days if (day, WRITTEN_AT) > (now.date(), now.time())), None)


def asked_on(visit: Visit) -> tuple[date, time]:
    """Return the local day and time at which the bot asks how a visit was."""
    if visit.at is None or visit.at <= LATEST_SAME_DAY:
        return visit.day, ASKED_AT
    return visit.day + timedelta(days=1), ASKED_NEXT_DAY_AT
