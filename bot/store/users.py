"""People who agreed to keep a diary here, what they agreed to, and whether that still holds."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from sqlalchemy import bindparam, delete, func, insert, literal, select, update

from bot.domain.quiet import DEFAULT, as_text
from bot.store.database import Session
from bot.store.tables import consents, users

State = Literal["stranger", "active", "blocked"]
Standing = Literal["given", "changed", "withdrawn"]
"""Of a consent: it holds, its text is not what it was, or the person has taken it back."""

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a pause that ends with /resume only."""


@dataclass(frozen=True)
class User:
    """A person. `state` is "stranger" before consent: then nothing about them is stored. `consent` is how their newest
    one stands; None before the first.

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
    consent: Standing | None = None

    @property
    def agreed(self) -> bool:
        """Tell whether anything may be stored about this person, and sent to them by the clock."""
        return self.consent == "given"

    def silent(self, now: datetime) -> bool:
        """Tell whether the clock should leave this person alone."""
        return self.state != "active" or self.paused(now)

    def paused(self, now: datetime) -> bool:
        """Tell whether the person asked for silence; a pause is over by itself, and outlives a block."""
        return self.paused_until is not None and now < self.paused_until


def stranger(user_id: int, language: str, zone: str, now: datetime) -> User:
    return User(user_id, language, zone, time(4), "stranger", now)


@dataclass(frozen=True)
class Consent:
    """The newest thing a person agreed to: the version of its text, and how it stands."""

    id: int
    version: str
    standing: Standing


STANDING = func.coalesce(consents.c.ended, literal("given")).label("standing")
NEWEST = select(STANDING).where(consents.c.user_id == users.c.id).order_by(consents.c.id.desc()).limit(1)
PEOPLE = select(users, NEWEST.scalar_subquery().label("consent"))
PERSON = PEOPLE.where(users.c.id == bindparam("user_id"))
MANY = PEOPLE.where(users.c.id.in_(bindparam("user_ids", expanding=True)))
"""Built once: every turn begins with one of them."""


def get(session: Session, user_id: int) -> User | None:
    known: User | None = session.ahead.of("users", user_id)
    if known is not None:
        return known
    row = session.execute(PERSON, {"user_id": user_id}).mappings().one_or_none()
    return None if row is None else User(**row)


def look_ahead(session: Session, user_ids: Collection[int]) -> None:
    """Read many people at once, for when it is their turn; nobody agrees, or takes that back, in such a one."""
    found = session.execute(MANY, {"user_ids": sorted(user_ids)}).mappings()
    session.ahead.keep("users", {row["id"]: User(**row) for row in found})


def add(session: Session, user: User, now: datetime) -> User:
    """Store a person who agrees in the same breath (`agree`): without that they are asked before anything else."""
    added = replace(user, state="active", since=now)
    columns = {name: value for name, value in asdict(added).items() if name != "consent"}
    session.execute(insert(users).values(**columns))
    if session.secrets.given:
        session.secrets.give(user.id)
    return added


def change(session: Session, user_id: int, **values: object) -> None:
    session.execute(update(users).where(users.c.id == user_id).values(**values))


def seen(session: Session, user: User, now: datetime) -> None:
    """Note a sign of life; to the hour, which is enough to know who has fallen silent."""
    if user.seen_at is None or now - user.seen_at >= timedelta(hours=1):
        change(session, user.id, seen_at=now)


def block(session: Session, user_id: int, now: datetime) -> None:
    """Leave somebody alone who blocked the bot, and note since when."""
    change(session, user_id, state="blocked", seen_at=now)


def note_blocks(session: Session, now: datetime) -> None:
    """Let the time of those who blocked the bot begin now where nobody knows when they did."""
    unknown = (users.c.state == "blocked") & users.c.seen_at.is_(None)
    session.execute(update(users).where(unknown).values(seen_at=now))


def blocked_before(session: Session, moment: datetime, most: int) -> Sequence[int]:
    """Return up to `most` people who blocked the bot before then and have not come back."""
    found = select(users.c.id).where(users.c.state == "blocked", users.c.seen_at < moment).order_by(users.c.id)
    # Locked on PostgreSQL: whoever comes back at this moment is seen to have, or is a stranger when they do.
    return session.execute(found.limit(most).with_for_update()).scalars().all()


def withdrawn_before(session: Session, moment: datetime, most: int) -> Sequence[int]:
    """Return up to `most` people who took their consent back before then and have not agreed again."""
    newest = select(func.max(consents.c.id)).group_by(consents.c.user_id)
    found = select(consents.c.user_id).where(
        consents.c.id.in_(newest), consents.c.ended == "withdrawn", consents.c.ended_at < moment
    )
    return session.execute(found.order_by(consents.c.user_id).limit(most)).scalars().all()


def wait_for_text(session: Session, user_id: int, awaiting: str | None) -> None:
    """Remember which typed answer is expected next; None = none."""
    change(session, user_id, awaiting=awaiting)


def agree(session: Session, user_id: int, version: str, text_hash: str, now: datetime) -> None:
    """Keep the proof of consent: which text, by version and SHA-256, and when."""
    session.execute(insert(consents).values(user_id=user_id, version=version, text_hash=text_hash, agreed_at=now))


def consent_of(session: Session, user_id: int) -> Consent | None:
    found = select(consents.c.id, consents.c.version, STANDING).where(consents.c.user_id == user_id)
    row = session.execute(found.order_by(consents.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Consent(row.id, row.version, row.standing)


def withdraw(session: Session, consent: Consent, now: datetime) -> None:
    session.execute(update(consents).where(consents.c.id == consent.id).values(ended="withdrawn", ended_at=now))


def follow_text(session: Session, text_hashes: Collection[str], now: datetime) -> None:
    """End each consent to a text that is none of these: it has changed since."""
    outdated = consents.c.ended.is_(None) & consents.c.text_hash.not_in(text_hashes)
    session.execute(update(consents).where(outdated).values(ended="changed", ended_at=now))


def erase(session: Session, user_id: int) -> None:
    """Delete the person and their secret; every table that names them follows by its foreign key."""
    session.secrets.destroy(user_id)
    session.execute(delete(users).where(users.c.id == user_id))


def count(session: Session) -> int:
    return int(session.execute(select(func.count()).select_from(users)).scalar_one())
