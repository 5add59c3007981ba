"""Which tip a reminder says today: the texts of a kind take turns."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.tip_list import TIPS, Tip

__all__ = ["BY_KEY", "KINDS", "REST", "TIPS", "TURNS", "Kind", "Tip", "choose"]


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
    Kind(
        "mixed",
        (
            "posture_break",
            "stretch_move",
            "neck",
            "hydration",
            "meals",
            "sleep",
            "screen_light",
            "stress_relax",
            "activity",
        ),
    ),
)

BY_KEY: Mapping[str, Tip] = {tip.key: tip for tip in TIPS}

REST = timedelta(days=14)
"""For so long no text is said to the same person again."""

TURNS: Mapping[str, tuple[Tip, ...]] = {
    kind.key: tuple(tip for tip in TIPS if tip.group in kind.groups and tip.needs is None) for kind in KINDS
}
"""Kind → the tips it may say. What only some people need is left out."""


def choose(
    kind: str,
    said: Sequence[tuple[str, datetime]],
    at: datetime,
    *,
    helped: Collection[str] = (),
    unwanted: Collection[str] = (),
    first: Collection[str] = (),
) -> Tip | None:
    """Return the tip a reminder of this kind says at `at`; None where each was said within the last 14 days, or is
    unwanted. `said`: (tip, when) of what this person was told, of any kind.

    The group that was heard least in these days comes first, those in `first` before all others; in it what helped,
    then what was never said or longest ago. KeyError for a kind that is not in KINDS.
    """
    lately = [(BY_KEY[key], when) for key, when in said if key in BY_KEY and when > at - REST]
    resting = {tip.key for tip, _ in lately}
    heard = Counter(tip.group for tip, _ in lately)
    before = dict(said)
    free = [tip for tip in TURNS[kind] if tip.key not in resting and tip.key not in unwanted]

    def rank(tip: Tip) -> tuple[bool, int, bool, bool, float]:
        last = before.get(tip.key)
        return (
            tip.group not in first,
            heard[tip.group],
            tip.key not in helped,
            last is not None,
            last.timestamp() if last else 0,
        )

    return min(free, key=rank, default=None)
