"""What a person told about themselves and how their card asks. Sealed: it says what ails them and where they live."""

import json
from collections.abc import Collection
from dataclasses import asdict, replace

from sqlalchemy import bindparam, delete, insert, select

from bot.domain.profile import Profile
from bot.store.crypto import seal, unseal
from bot.store.database import Session
from bot.store.tables import profiles

BODY = select(profiles.c.body).where(profiles.c.user_id == bindparam("of"))
BODIES = select(profiles.c.user_id, profiles.c.body).where(
    profiles.c.user_id.in_(bindparam("user_ids", expanding=True))
)
"""Built once: every card is drawn by one of them."""


def of_user(session: Session, user_id: int) -> Profile:
    known: tuple[bytes | None] | None = session.ahead.of("profiles", user_id)
    sealed = known[0] if known else session.execute(BODY, {"of": user_id}).scalar_one_or_none()
    if sealed is None:
        return Profile()
    found = json.loads(unseal(session.keys, sealed, table="profiles", key=user_id, user=user_id))
    return Profile(**{**found, "followed": frozenset(found["followed"]), "care": frozenset(found["care"])})


def look_ahead(session: Session, user_ids: Collection[int]) -> None:
    """Read the profiles of many people at once, for when it is their turn."""
    bodies = {row.user_id: row.body for row in session.execute(BODIES, {"user_ids": sorted(user_ids)})}
    session.ahead.keep("profiles", {user_id: (bodies.get(user_id),) for user_id in user_ids})


def change(session: Session, user_id: int, **values: object) -> Profile:
    """Keep a person's profile with some values anew; returns it."""
    kept = replace(of_user(session, user_id), **values)  # type: ignore[arg-type]
    body = json.dumps({**asdict(kept), "followed": sorted(kept.followed), "care": sorted(kept.care)})
    sealed = seal(session.keys, body, table="profiles", key=user_id, user=user_id)
    session.execute(delete(profiles).where(profiles.c.user_id == user_id))
    session.execute(insert(profiles).values(user_id=user_id, body=sealed))
    return kept


def forget(session: Session, user_id: int) -> None:
    """Make a person's profile the one that nobody has changed."""
    session.execute(delete(profiles).where(profiles.c.user_id == user_id))
