"""People who agreed to keep a diary here, and what they agreed to."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from sqlalchemy import delete, insert, select, update

from bot.domain.quiet import DEFAULT, as_text
from bot.store.database import Session
from bot.store.tables import consents, users

State = Literal["stranger", "active", "blocked"]

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a pause that ends with /resume only."""


@dataclass(frozen=True)
class User:
    """A person. `state` is "stranger" before consent: then nothing about them is stored.

    `quiet` are their quiet hours as `domain.quiet.as_text` writes them; `silent_until` is the latest end of the silence
    in an attack; `seen_at` is when they last tapped or typed, to the hour, or were found to have blocked the bot.
    """

    id: int
    language: str
    zone: str
    day_start: time
    state: State
    since: datetime
    paused_until: datetime | None = None
    awaiting: str | None = None
    quiet: str = as_text(DEFAULT)
    silent_until: datetime | None = None
    seen_at: datetime | None = None

    def silent(self, now: datetime) -> bool:
        """Tell whether the clock should leave this person alone."""
        return self.state != "active" or self.paused(now)

    def paused(self, now: datetime) -> bool:
        """Tell whether the person asked for silence; a pause is over by itself, and outlives a block."""
        return self.paused_until is not None and now < self.paused_until


def stranger(user_id: int, language: str, zone: str, now: datetime) -> User:
    return User(user_id, language, zone, time(4), "stranger", now)


def get(session: Session, user_id: int) -> User | None:
    row = session.execute(select(users).where(users.c.id == user_id)).mappings().one_or_none()
    return None if row is None else User(**row)


def add(session: Session, user: User, now: datetime) -> User:
    """Store a person who has just agreed."""
    added = replace(user, state="active", since=now)
    session.execute(insert(users).values(**asdict(added)))
    return added


def change(session: Session, user_id: int, **values: object) -> None:
    session.execute(update(users).where(users.c.id == user_id).values(**values))


def seen(session: Session, user: User, now: datetime) -> None:
    """Note a sign of life; to the hour, which is enough to know who has fallen silent."""
    if user.seen_at is None or now - user.seen_at >= timedelta(hours=1):
        change(session, user.id, seen_at=now)


def note_blocks(session: Session, now: datetime) -> None:
    """Let the time of those who blocked the bot begin now where nobody knows when they did."""
    unknown = (users.c.state == "blocked") & users.c.seen_at.is_(None)
    session.execute(update(users).where(unknown).values(seen_at=now))


def blocked_before(session: Session, moment: datetime, most: int) -> Sequence[int]:
    """Return up to `most` people who blocked the bot before then and have not come back."""
    found = select(users.c.id).where(users.c.state == "blocked", users.c.seen_at < moment).order_by(users.c.id)
    return session.execute(found.limit(most)).scalars().all()


def wait_for_text(session: Session, user_id: int, awaiting: str | None) -> None:
    """Remember which typed answer is expected next; None = none."""
    change(session, user_id, awaiting=awaiting)


def agree(session: Session, user_id: int, version: str, text: str, now: datetime) -> None:
    """Keep the proof of consent: which text, by version and SHA-256, and when."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.execute(insert(consents).values(user_id=user_id, version=version, text_hash=digest, agreed_at=now))


def erase(session: Session, user_id: int) -> None:
    """Delete the person; every table that names them follows by its foreign key."""
    session.execute(delete(users).where(users.c.id == user_id))


def count(session: Session) -> int:
    return len(session.execute(select(users.c.id)).all())
