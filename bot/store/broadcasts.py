"""The broadcast that is going out: one at a time, its text sealed in `meta`, and who has not been told yet.

Beside a bot that has a SQLite file for itself a new one is handed over in a sealed file next to the key.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, insert, literal, select

from bot.domain.reminders import BROADCAST, policy
from bot.store import meta as known
from bot.store.crypto import Keys, seal, unseal
from bot.store.database import Session
from bot.store.outbox import OPEN
from bot.store.tables import meta, outbox, users
from bot.store.users import NEWEST, User

PIECE = 255
"""Letters that a value of `meta` holds."""

KEYS = meta.c.key.startswith("broadcast-", autoescape=True)


@dataclass(frozen=True)
class Broadcast:
    """`text` is what the operator wrote, plain; nobody is told after `until`."""

    text: str
    since: datetime

    @property
    def slot(self) -> str:
        return self.since.isoformat()

    @property
    def until(self) -> datetime:
        return self.since + policy(BROADCAST).fresh_for


def begin(session: Session, broadcast: Broadcast) -> bool:
    """Let it go out. Returns False where another one still does."""
    going_out = current(session)
    if going_out is not None:
        return going_out == broadcast
    text = b64encode(_sealed(session.keys, broadcast)).decode()
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    session.execute(insert(meta), [{"key": f"broadcast-{n:04}", "value": piece} for n, piece in enumerate(pieces)])
    return True


def current(session: Session) -> Broadcast | None:
    """Return the one that is going out. KeyTrouble where its text does not open."""
    pieces = session.execute(select(meta.c.value).where(KEYS).order_by(meta.c.key)).scalars().all()
    return _opened(session.keys, b64decode("".join(pieces))) if pieces else None


def end(session: Session) -> None:
    session.execute(delete(meta).where(KEYS))
    known.forget(session, "broadcast_after")


def untold(session: Session, broadcast: Broadcast, after: int, most: int) -> Sequence[User]:
    """Return up to `most` people with numbers above `after` who may hear from the clock and are not owed it yet."""
    owed = select(outbox.c.id).where(
        outbox.c.user_id == users.c.id, outbox.c.kind == BROADCAST, outbox.c.slot == broadcast.slot
    )
    found = select(users, literal("given").label("consent")).where(
        users.c.id > after, users.c.state == "active", NEWEST.scalar_subquery() == "given", ~owed.exists()
    )
    return [User(**row) for row in session.execute(found.order_by(users.c.id).limit(most)).mappings()]


def on_its_way(session: Session, broadcast: Broadcast) -> bool:
    """Tell whether it is owed to anybody and not yet sent."""
    return session.execute(select(outbox.c.id).where(OPEN, _its(broadcast)).limit(1)).first() is not None


def told(session: Session, broadcast: Broadcast) -> tuple[int, int]:
    """Return with how many people it is done, as it was sent, they did not want it or it could not be; and of these to
    how many it was sent."""
    found = select(outbox.c.state, func.count().label("many")).where(_its(broadcast)).group_by(outbox.c.state)
    many = {row.state: int(row.many) for row in session.execute(found)}
    return sum(many.values()) - many.get("due", 0) - many.get("sending", 0), many.get("sent", 0)


def _its(broadcast: Broadcast) -> ColumnElement[bool]:
    return (outbox.c.kind == BROADCAST) & (outbox.c.slot == broadcast.slot)


def file_of(key_file: Path) -> Path:
    """Return where one is handed to a running bot."""
    return key_file.with_name(f"{key_file.name}.broadcast")


def hand_over(key_file: Path, keys: Keys, broadcast: Broadcast) -> None:
    """Leave it for the running bot, whole or not at all. FileExistsError where one lies there. OSError."""
    file = file_of(key_file)
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(_sealed(keys, broadcast))
        out.flush()
        os.fsync(out.fileno())
    os.link(part, file)
    part.unlink()


def handed_over(key_file: Path, keys: Keys) -> Broadcast | None:
    """Return what lies there. KeyTrouble where it does not open; OSError."""
    file = file_of(key_file)
    return _opened(keys, file.read_bytes()) if file.exists() else None


def _sealed(keys: Keys, broadcast: Broadcast) -> bytes:
    body = json.dumps({"text": broadcast.text, "since": broadcast.since.astimezone(UTC).isoformat()})
    return seal(keys, body, table="meta", key=BROADCAST, user=0)


def _opened(keys: Keys, sealed: bytes) -> Broadcast:
    body = json.loads(unseal(keys, sealed, table="meta", key=BROADCAST, user=0))
    return Broadcast(body["text"], datetime.fromisoformat(body["since"]))
