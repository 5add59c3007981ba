"""What is sealed of a card and its answers: what it has asked, each value, and the values before it."""

import json
from typing import Any, Protocol

from sqlalchemy import Row

from bot.domain.profile import Part
from bot.domain.questions import Hours, Value
from bot.store.crypto import seal, unseal
from bot.store.database import Session


class Card(Protocol):
    """The card that an answer stands on, and whose it is."""

    @property
    def id(self) -> int: ...

    @property
    def user_id(self) -> int: ...


def seal_card(session: Session, checkin_id: int, user_id: int, page: str, asked: tuple[str, ...], part: Part) -> bytes:
    # Which follow-ups were asked gives away that something hurt, so it is sealed like an answer.
    card = json.dumps({"page": page, "asked": asked, "part": part})
    return seal(session.keys, card, table="checkins", key=checkin_id, user=user_id)


def card_in(session: Session, row: Row[Any]) -> Any:
    """Return what `seal_card` was given, by name; before schema 0004 without a part."""
    return json.loads(unseal(session.keys, row.card, table="checkins", key=row.id, user=row.user_id))


def sealed(session: Session, card: Card, question: str, content: object) -> bytes | None:
    place = {"table": "answers", "key": f"{card.id}:{question}", "user": card.user_id}
    return None if content is None else seal(session.keys, json.dumps(content), **place)  # type: ignore[arg-type]


def value_in(session: Session, user_id: int, row: Row[Any]) -> Value | None:
    return None if row.value is None else from_plain(json.loads(_open(session, user_id, row, row.value)))


def earlier_in(session: Session, user_id: int, row: Row[Any]) -> list[Any]:
    return [] if row.earlier is None else list(json.loads(_open(session, user_id, row, row.earlier)))


def _open(session: Session, user_id: int, row: Row[Any], content: bytes) -> str:
    return unseal(session.keys, content, table="answers", key=f"{row.checkin_id}:{row.question}", user=user_id)


def plain(value: Value | None) -> Any:
    """Return a value as JSON keeps it: hours as {"low", "high"}, several choices as a sorted list."""
    if isinstance(value, Hours):
        return {"low": value.low, "high": value.high}
    return sorted(value) if isinstance(value, frozenset) else value


def from_plain(content: Any) -> Value | None:
    if isinstance(content, dict):
        return Hours(content["low"], content["high"])
    if isinstance(content, list):
        return frozenset(content)
    return content  # type: ignore[no-any-return]
