"""The few things the bot knows about itself across restarts."""

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Session
from bot.store.tables import meta

Key = Literal[
    "heard_at",
    "closed_until",
    "zone_data",
    "erased_through",
    "bot_id",
    "bot_name",
    "tidied_at",
    "shred",
    "ahead",
    "broadcast_after",
]
"""When Telegram last answered a poll; until when it asked for silence; which zone data reminders were planned with; up
to which byte of the erasure ledger everything is carried out; whose diary this is, and how that bot is called in links;
when it was last tidied; which destroyed secret is still in PostgreSQL's files (`store/secrets`); how many seconds a
sandbox has travelled ahead of the real time; up to which person a broadcast has come (`store/broadcasts`, which keeps
its text here too)."""


def get(session: Session, key: Key) -> str | None:
    return session.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def put(session: Session, key: Key, value: str) -> None:
    insert = sqlite.insert if session.connection.dialect.name == "sqlite" else postgresql.insert
    once = insert(meta).values(key=key, value=value)
    # In one statement: another process may put the same in at this very moment.
    session.execute(once.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": once.excluded.value}))


def forget(session: Session, key: Key) -> None:
    session.execute(delete(meta).where(meta.c.key == key))


def get_instant(session: Session, key: Key) -> datetime | None:
    value = get(session, key)
    return datetime.fromisoformat(value) if value else None


def put_instant(session: Session, key: Key, moment: datetime) -> None:
    put(session, key, moment.isoformat())
