"""Reminders: what kinds there are, how late each may come, how the preset schedules look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from bot.domain.schedule import Occurrence

CHECKIN = "checkin"
NUDGE = "nudge"
SUMMARY = "summary"
NUDGE_AFTER = timedelta(minutes=90)
LATER = timedelta(hours=1)
EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))
MOST = 20
"""Reminders one person may have; more would not be reminders any more."""


@dataclass(frozen=True)
class Policy:
    """How long after it was due a message is still worth sending, and how often it is tried when nobody knows
    whether it arrived (docs/design.md, Sending: 1 = at most once)."""

    fresh_for: timedelta
    tries: int


POLICIES: Mapping[str, Policy] = {
    CHECKIN: Policy(timedelta(hours=4), 2),
    SUMMARY: Policy(timedelta(hours=48), 2),
}
TIP_POLICY = Policy(timedelta(minutes=15), 1)


def policy(kind: str) -> Policy:
    return POLICIES.get(kind, TIP_POLICY)


def slot_of(kind: str, reminder_id: int, occurrence: Occurrence, at: time) -> str:
    """Return the name under which this occurrence is owed once: the nominal date for the daily kinds, so that two
    changes of the time in one day cannot ask twice."""
    if kind in POLICIES:
        return occurrence.day.isoformat()
    return f"{reminder_id}@{occurrence.day.isoformat()}T{at:%H:%M}"


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
