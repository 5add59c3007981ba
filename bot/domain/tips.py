"""Which tip a reminder says today: the texts of a kind take turns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.tip_list import TIPS, Tip

__all__ = ["BY_KEY", "KINDS", "TIPS", "Kind", "Tip", "tip_for"]


@dataclass(frozen=True)
class Kind:
    """What a person picks as a reminder, and the groups of tips it draws from."""

    key: str
    groups: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("posture", ("posture_break",)),
    Kind("stretch", ("stretch_move",)),
    Kind("neck", ("neck",)),
    Kind("water", ("hydration",)),
    Kind("meals", ("meals",)),
    Kind("sleep", ("sleep",)),
    Kind("screen", ("screen_light",)),
    Kind("relax", ("stress_relax",)),
    Kind("activity", ("activity",)),
    Kind("triggers", ("triggers",)),
    Kind("medicine", ("medicine_remedy",)),
)

BY_KEY: Mapping[str, Tip] = {tip.key: tip for tip in TIPS}

TURNS: Mapping[str, tuple[Tip, ...]] = {
    kind.key: tuple(tip for tip in TIPS if tip.group in kind.groups and tip.needs is None) for kind in KINDS
}
"""Kind → its tips in turn. What only some people need is left out: the turn must be the same on every call."""


def tip_for(kind: str, day: date, position: int, of: int, weekdays: Collection[int] = range(7)) -> Tip:
    """Return the tip for the `position`-th (from 0) of `of` reminders of this kind on `day`.

    `weekdays` (Monday = 0) are those the reminders go out on; only they are counted, or a tip of seven would always
    fall on the same weekday. All texts of the kind come round before one comes back: with n texts not within
    n // of such days. Nothing is remembered; after a change of `of` or `weekdays` a text may come back early.
    KeyError for a kind that is not in KINDS.
    """
    week, today = divmod(day.toordinal() - 1, 7)
    days_before = week * len(weekdays) + sum(weekday < today for weekday in weekdays)
    turns = TURNS[kind]
    return turns[(days_before * of + position) % len(turns)]
