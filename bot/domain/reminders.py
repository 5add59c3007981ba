"""Reminders: what kinds there are, how late each may come, how the preset schedules look."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.domain.schedule import DAY, DAY_START, Occurrence

CHECKIN = "checkin"
NUDGE = "nudge"
NIGHT = "night"
"""What asks in the morning how the night was, for those who want that apart from the rest."""

MORNING = "morning"
"""What comes on the morning after an attack that nobody ended."""

SUMMARY = "summary"
VISIT, AFTER_VISIT = "visit", "after_visit"
VISITS = (VISIT, AFTER_VISIT)
"""What comes before a doctor's visit and after it; /visit sets their times, not the person."""

OPENED = "opened"
"""What tells somebody that the link they shared was opened."""

TRY = "try"
"""What says that today is a day with the change that is being tried."""

TRIED = "tried"
"""What brings the result of a try once it is over."""

BROADCAST = "broadcast"
"""What the operator has to say to everybody."""

NOT_SET = frozenset({*VISITS, TRIED})
"""Kinds with times of their own, which /reminders does not show."""

NUDGE_AFTER = timedelta(minutes=90)
TO_HALF = 5
TO_OFF = 14
"""Reminders of one kind in a row that nobody tapped: then half of them are sent, then none."""

STILL_GOOD = 3
TO_REST = 7
"""Cards in a row that were not answered: then their hour is asked about, then the bot rests."""

OWN = "own"
"""Reminders in a person's own words are the kinds "own-1", "own-2" and so on."""

WORKING_KINDS = frozenset({"posture", "stretch", "neck", "screen"})
"""Kinds that belong to a working day: a new one comes Monday to Friday until the person says otherwise."""

ONCE_A_DAY = frozenset({"stretch", "neck", "relax", "activity"})
"""Kinds of which one that was done is enough for a day."""

EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))
MOST = 60
"""Times that one person's reminders may have in all; more would not be reminders any more."""


@dataclass(frozen=True)
class Policy:
    """How long after it was due a message is still worth sending, and how often it is tried when nobody knows
    whether it arrived (docs/design.md, Sending: 1 = at most once)."""

    fresh_for: timedelta
    tries: int


POLICIES: Mapping[str, Policy] = {
    CHECKIN: Policy(timedelta(hours=4), 2),
    NIGHT: Policy(timedelta(hours=4), 2),
    SUMMARY: Policy(timedelta(hours=48), 2),
    MORNING: Policy(timedelta(hours=6), 2),
    VISIT: Policy(timedelta(hours=24), 2),
    OPENED: Policy(timedelta(days=30), 2),
    AFTER_VISIT: Policy(timedelta(hours=48), 2),
    TRIED: Policy(timedelta(days=14), 2),
    BROADCAST: Policy(timedelta(hours=48), 2),
}
DAILY = frozenset({CHECKIN, NIGHT, SUMMARY, TRY})
"""Kinds that come once on a day of the person's, whatever their times."""

TIP_POLICY = Policy(timedelta(minutes=15), 1)


def policy(kind: str) -> Policy:
    return POLICIES.get(kind, TIP_POLICY)


def slot_of(kind: str, reminder_id: int, occurrence: Occurrence, at: time, day_start: time = DAY_START) -> str:
    """Return the name under which this occurrence is owed once: for the daily kinds the person's day that it is for,
    so that no change of the time, not even to the small hours that belong to the day before, can ask twice; the result
    of a try comes once, whenever it does."""
    if kind == TRIED:
        return str(reminder_id)
    if kind in DAILY:
        return (occurrence.day if at >= day_start else occurrence.day - DAY).isoformat()
    return f"{reminder_id}@{occurrence.day.isoformat()}T{at:%H:%M}"


def number_of_occurrence(day: date, position: int, of: int, weekdays: Collection[int]) -> int:
    """Count a reminder's occurrences: this is the one on `day` at the `position`-th (from 0) of `of` times a day.

    `weekdays` (Monday = 0) are those it comes on; only they are counted, or every second one would always fall on the
    same weekdays.
    """
    week, today = divmod(day.toordinal() - 1, 7)
    days_before = week * len(weekdays) + sum(weekday < today for weekday in weekdays)
    return days_before * of + position


@dataclass(frozen=True)
class Preset:
    """Reminders offered at the start: (kind, local time, weekdays)."""

    key: str
    reminders: tuple[tuple[str, time, frozenset[int]], ...]


PRESETS: tuple[Preset, ...] = (
    Preset("one", (("posture", time(14), WORKDAYS),)),
    Preset(
        "some",
        (("posture", time(10, 30), WORKDAYS), ("stretch", time(15), WORKDAYS), ("sleep", time(21, 30), EVERY_DAY)),
    ),
    Preset("none", ()),
)
