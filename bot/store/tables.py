"""The tables, as docs/design.md §4 describes them; `migrations/` makes them, a test holds the two together."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Time,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""Telegram's ids need 52 bits; SQLite gives its own numbers only to INTEGER keys, which are 64 bit there."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime: timestamptz on PostgreSQL, microseconds since 1970 on SQLite (ordered, exact)."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants are aware UTC")
        return (value - EPOCH) // MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        if isinstance(value, int):
            return EPOCH + value * MICROSECOND
        return value.astimezone(UTC) if isinstance(value, datetime) else None


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_user() -> Column[int]:
    return Column("user_id", BigId, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


users = Table(
    "users",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("language", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("day_start", Time, nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("paused_until", Instant),
    Column("awaiting", String(64)),
    Column("quiet", String(80), nullable=False),
    Column("silent_until", Instant),
    Column("seen_at", Instant),
)

consents = Table(
    "consents",
    metadata,
    Column("id", BigId, primary_key=True),
    _of_user(),
    Column("version", String(16), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("agreed_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended", String(16)),
    Index("ix_consents_user_id", "user_id"),
    sqlite_autoincrement=True,
)

invites = Table(
    "invites",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("redeemed_at", Instant, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("value", String(255), nullable=False),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", BigId, primary_key=True),
    _of_user(),
    Column("kind", String(32), nullable=False),
    Column("at", Time, nullable=False),
    Column("weekdays", SmallInteger, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("on", Boolean, nullable=False),
    Column("next_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("only_on", Date),
    Column("words", LargeBinary),
    Column("retired_at", Instant),
    Index(
        "ix_reminders_next_at",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
    Index("ix_reminders_user_id", "user_id"),
    sqlite_autoincrement=True,
)

checkins = Table(
    "checkins",
    metadata,
    Column("id", BigId, primary_key=True),
    _of_user(),
    Column("day", Date, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("late", Boolean, nullable=False),
    Column("message_id", BigInteger),
    Column("card", LargeBinary, nullable=False),
    UniqueConstraint("user_id", "day"),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("checkin_id", BigId, ForeignKey("checkins.id", ondelete="CASCADE"), primary_key=True),
    Column("question", String(32), primary_key=True),
    Column("value", LargeBinary),
    Column("answered_at", Instant, nullable=False),
    Column("source", String(8), nullable=False),
    Column("earlier", LargeBinary),
    Column("message_id", BigInteger),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("update_id", BigInteger, nullable=False),
    Column("user_id", BigInteger),
    Column("payload", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("card", BigInteger),
    Column("trouble", String(64)),
    Column("received_at", Instant, nullable=False),
    Column("handled_at", Instant),
    Column("replied_at", Instant),
    UniqueConstraint("update_id"),
    Index(
        "ix_inbox_open",
        "id",
        sqlite_where=text("state IN ('received', 'handled')"),
        postgresql_where=text("state IN ('received', 'handled')"),
    ),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    _of_user(),
    Column("kind", String(32), nullable=False),
    Column("slot", String(64), nullable=False),
    Column("reminder_id", BigInteger),
    Column("due_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("too_late_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("claim", String(32)),
    Column("claimed_at", Instant),
    Column("tries", SmallInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("sent_at", Instant),
    Column("response", String(16)),
    Column("tip", String(16)),
    UniqueConstraint("user_id", "kind", "slot"),
    Index(
        "ix_outbox_due",
        "not_before",
        sqlite_where=text("state IN ('due', 'sending')"),
        postgresql_where=text("state IN ('due', 'sending')"),
    ),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", BigId, primary_key=True),
    _of_user(),
    Column("day", Date, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_events_user_id", "user_id", "day"),
    sqlite_autoincrement=True,
)


shares = Table(
    "shares",
    metadata,
    Column("event_id", BigId, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
)
"""Which events are shares: what an event is stands in what is sealed, and a reader's are in other people's diaries."""


def _of_each(name: str, value: str = "body") -> Table:
    """Return a table of one value of bytes a person."""
    person = Column(
        "user_id",
        BigId,
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        nullable=False,
    )
    return Table(name, metadata, person, Column(value, LargeBinary, nullable=False))


tastes = _of_each("tastes")
profiles = _of_each("profiles")
secrets = _of_each("secrets", "secret")
