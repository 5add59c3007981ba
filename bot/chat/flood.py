"""How much one person may send: what is far beyond any use is dropped before it costs anybody else anything."""

from collections import OrderedDict

TOLD_EVERY = 600.0
"""Seconds between two words about it to the same person; in between there is silence."""

MOST_PEOPLE = 10_000


class Flood:
    """A bucket a person: `per_minute` updates at once, refilled at that rate."""

    def __init__(self, per_minute: int) -> None:
        self._most = float(per_minute)
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()
        self._told: OrderedDict[int, float] = OrderedDict()

    def admits(self, person: int, at: float) -> bool:
        """Tell whether one more update of this person's may come in; `at` is when they sent it, in seconds.

        What waited at Telegram while we were away was sent over hours, and is judged by those hours.
        """
        left, since = self._left.pop(person, (self._most, at))
        left = min(self._most, left + max(0.0, at - since) * self._most / 60)
        admitted = left >= 1
        self._left[person] = (left - 1 if admitted else left, max(at, since))
        _forget_oldest(self._left)
        return admitted

    def give_back(self, person: int) -> None:
        """Count an admitted update as not sent: it could not be stored and will come again."""
        left, since = self._left.get(person, (self._most - 1, 0.0))
        self._left[person] = (min(self._most, left + 1), since)

    def tells(self, person: int, now: float) -> bool:
        """Tell whether it is time to say a word about it to this person; if so, it counts as said."""
        told = self._told.get(person)
        if told is not None and now - told < TOLD_EVERY:
            return False
        self._told[person] = now
        self._told.move_to_end(person)
        _forget_oldest(self._told)
        return True


def _forget_oldest(people: "OrderedDict[int, tuple[float, float]] | OrderedDict[int, float]") -> None:
    if len(people) > MOST_PEOPLE:
        people.popitem(last=False)
