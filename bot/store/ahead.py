"""What was read about many people in one statement, for each of them when it is their turn."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Ahead:
    """Answers, in place of the database, what was looked up for everybody at once.

    Only about the person whose turn it is: their lock is held, so nobody else changes what is theirs. What is written
    in their turn is read from the database again, table by table.
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[int, Any]] = {}
        self._turn: int | None = None

    def keep(self, what: str, found: Mapping[int, Any]) -> None:
        """Keep what was found of each person; `what` begins with the table it stands in: "table" or "table:part"."""
        self._kept[what] = dict(found)

    @contextmanager
    def turn_of(self, user_id: int) -> Iterator[None]:
        """Answer for this person inside."""
        self._turn = user_id
        try:
            yield
        finally:
            self._turn = None

    def of(self, what: str, user_id: int) -> Any | None:
        """Return what is known of a person; None where the database has to be asked."""
        return self._kept.get(what, {}).get(user_id) if user_id == self._turn else None

    def written(self, table: str) -> None:
        """Forget what is known from a table of the person whose turn it is."""
        if self._turn is None:
            return
        for what, found in self._kept.items():
            if what.partition(":")[0] == table:
                found.pop(self._turn, None)
