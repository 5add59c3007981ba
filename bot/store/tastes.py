"""Which tips a person found helpful, and which they do not want. Sealed: it says what ails them."""

import json
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from bot.store.crypto import seal, unseal
from bot.store.database import Session
from bot.store.tables import tastes


@dataclass(frozen=True)
class Tastes:
    """Keys of tips."""

    helped: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()


def of_user(session: Session, user_id: int) -> Tastes:
    sealed = session.execute(select(tastes.c.body).where(tastes.c.user_id == user_id)).scalar_one_or_none()
    if sealed is None:
        return Tastes()
    found = json.loads(unseal(session.keys, sealed, table="tastes", key=user_id, user=user_id))
    return Tastes(frozenset(found["helped"]), frozenset(found["unwanted"]))


def keep(session: Session, user_id: int, kept: Tastes) -> None:
    body = json.dumps({"helped": sorted(kept.helped), "unwanted": sorted(kept.unwanted)})
    sealed = seal(session.keys, body, table="tastes", key=user_id, user=user_id)
    session.execute(delete(tastes).where(tastes.c.user_id == user_id))
    session.execute(insert(tastes).values(user_id=user_id, body=sealed))
