"""What holds a message of the clock's back: decided here, for what is sent and for what /next says will be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.domain.quiet import NEVER, QuietHours, quiet_until
from bot.domain.reminders import (
    BROADCAST,
    CHECKIN,
    DAILY,
    MORNING,
    NIGHT,
    NUDGE,
    ONCE_A_DAY,
    OPENED,
    SUMMARY,
    TO_HALF,
    TRIED,
    TRY,
    VISITS,
)
from bot.domain.schedule import DAY_START, day_of
from bot.domain.tries import Try, on

STRONG = 7
"""A headache from here on is severe (NRS-11: 7 to 10); nobody wants to be told to stretch then."""

ON_TIME = timedelta(minutes=15)
"""A card this late is still the one the person chose the time of; 10,000 that are due at once take 6 minutes."""

Why = Literal["paused", "attack", "strong", "done", "answered", "quiet", "half", "without", "not_over"]


@dataclass(frozen=True)
class Held:
    """Why a message does not go out. `until`: it goes out then instead; None = never."""

    why: Why
    until: datetime | None = None

    @property
    def may_come_again(self) -> bool:
        """Tell whether it may be owed anew once it is dropped: a card that did not come may be asked for at another
        hour, and the result of a try waits for its day."""
        return self.why in ("paused", "quiet", "not_over")


@dataclass(frozen=True)
class Peace:
    """All that a person's silence depends on. `strong`: days whose card has a severe headache; `answered`: days
    whose card needs no prompt; `slept`: days whose night is known; `begun`: days whose card was begun; `done`: kinds
    marked done on `today`; `ignored`: how many of a kind were sent in a row without a tap; `a_try`: the newest one."""

    zone: str
    today: date
    day_start: time = DAY_START
    quiet: QuietHours = NEVER
    paused_until: datetime | None = None
    silent_until: datetime | None = None
    strong: Collection[date] = frozenset()
    answered: Collection[date] = frozenset()
    slept: Collection[date] = frozenset()
    begun: Collection[date] = frozenset()
    done: Collection[str] = frozenset()
    ignored: Mapping[str, int] = field(default_factory=dict)
    a_try: Try | None = None


def held_back(peace: Peace, kind: str, slot: str, due_at: datetime, at: datetime, number: int = 0) -> Held | None:
    """Tell what holds back a message of `kind` that was due at `due_at` and would go out at `at`; None = nothing.

    `slot` names the day a card or its nudge is for. `number` counts a reminder's occurrences: at half the rate, only
    the even ones are sent.
    """
    day = day_of(at, peace.zone, peace.day_start)
    if peace.paused_until is not None and at < peace.paused_until:
        return Held("paused", peace.paused_until if kind == OPENED else None)
    over = quiet_until(peace.quiet, at, peace.zone)
    if kind == MORNING:
        return Held("quiet", over) if over else None
    silent = peace.silent_until if peace.silent_until is not None and at < peace.silent_until else None
    if kind == TRIED:
        # Not on the first day that it could: until then the last card may be filled in.
        if silent or peace.a_try is None or day <= peace.a_try.due:
            return Held("not_over")
        return Held("quiet", over) if over else None
    if silent:
        return Held("attack", silent if kind in (OPENED, *VISITS) else None)
    if kind == CHECKIN:
        if date.fromisoformat(slot) in peace.answered:
            return Held("answered")
        return Held("quiet", over) if over and at - due_at > ON_TIME else None
    if kind == NIGHT:
        if date.fromisoformat(slot) in peace.slept:
            return Held("answered")
        return Held("quiet", over) if over and at - due_at > ON_TIME else None
    if kind in (SUMMARY, OPENED, *VISITS):
        return Held("quiet", over) if over else None
    if over:
        return Held("quiet")
    if kind == BROADCAST:
        return None
    if kind == NUDGE:
        asked = date.fromisoformat(slot)
        return Held("answered") if asked in peace.begun or asked != day else None
    if kind == TRY and (peace.a_try is None or not on(peace.a_try, day)):
        return Held("without")
    if day in peace.strong:
        return Held("strong")
    if kind in ONCE_A_DAY and kind in peace.done and day == peace.today:
        return Held("done")
    if kind not in DAILY and peace.ignored.get(kind, 0) >= TO_HALF and number % 2:
        return Held("half")
    return None
