"""What is coming: the next messages of the clock's, as they will be sent if nothing changes until then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.peace import Peace, held_back
from bot.domain.reminders import DAILY, NUDGE, TO_OFF, number_of_occurrence, policy, slot_of
from bot.domain.schedule import Occurrence, Schedule, next_occurrence

AHEAD = timedelta(days=6)
"""Seven cards without a sign of life end in rest, so nobody can say what the seventh day brings."""


@dataclass(frozen=True)
class Planned:
    """One time of a reminder that is on: its row, its kind and schedule, where in the day of its kind it stands
    (`position` of `of`), and when it comes next."""

    id: int
    kind: str
    schedule: Schedule
    next_at: datetime
    position: int = 0
    of: int = 1
    words: str | None = None


@dataclass(frozen=True)
class Again:
    """A message that is owed already: somebody asked for it later, or the quiet hours put it off."""

    kind: str
    slot: str
    due_at: datetime
    not_before: datetime
    too_late_at: datetime
    planned: Planned | None = None


@dataclass(frozen=True)
class Coming:
    """One message to come, at `at` (UTC). `because`: the schedule behind it; None where it comes again. `put_off`: the
    quiet hours moved it to `at`."""

    at: datetime
    kind: str
    because: Planned | None
    again: bool = False
    put_off: bool = False


def coming(
    peace: Peace,
    planned: Sequence[Planned],
    owed: Sequence[Again],
    taken: Collection[tuple[str, str]],
    now: datetime,
) -> Sequence[Coming]:
    """Return what will be sent from `now` on, soonest first.

    `taken`: (kind, slot) of what is or was owed and is not owed again.
    A nudge is left out: it only comes where the card before it is not begun.
    """
    found: list[Coming] = []
    used = set(taken)
    for again in owed:
        if again.kind == NUDGE:
            continue
        held = held_back(peace, again.kind, again.slot, again.due_at, again.not_before)
        at = again.not_before if held is None else held.until
        if at is not None and at < again.too_late_at:
            found.append(Coming(at, again.kind, again.planned, again=True))
        elif held is not None and held.may_come_again:
            used.discard((again.kind, again.slot))
    ignored = dict(peace.ignored)
    off: set[str] = set()
    for at, occurrence, time in _occurrences(planned, now):
        slot = time.kind, slot_of(time.kind, time.id, occurrence, time.schedule.at, peace.day_start)
        if slot in used:
            continue
        untapped = ignored.get(time.kind, 0) + sum(
            each.again and each.kind == time.kind and each.at <= at for each in found
        )
        state = replace(peace, ignored={time.kind: untapped})
        number = number_of_occurrence(occurrence.day, time.position, time.of, time.schedule.weekdays)
        held = held_back(state, *slot, at, at, number)
        dropped = held and (held.until is None or held.until - at >= policy(time.kind).fresh_for)
        if not (held and dropped and held.may_come_again):
            used.add(slot)
        if time.kind in off or dropped:
            continue
        found.append(Coming(held.until if held and held.until else at, time.kind, time, put_off=held is not None))
        if time.kind not in DAILY:
            ignored[time.kind] = ignored.get(time.kind, 0) + 1
            if untapped >= TO_OFF:
                off.add(time.kind)
    return sorted(found, key=lambda each: each.at)


def _occurrences(planned: Sequence[Planned], now: datetime) -> Sequence[tuple[datetime, Occurrence, Planned]]:
    found = []
    for time in planned:
        occurrence = next_occurrence(time.schedule, max(now, time.next_at) - timedelta(microseconds=1))
        while occurrence is not None and occurrence.at < now + AHEAD:
            found.append((occurrence.at, occurrence, time))
            occurrence = next_occurrence(time.schedule, occurrence.at)
    return sorted(found, key=lambda each: (each[0], each[2].id))
