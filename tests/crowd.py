"""A great many people who settled in long ago, made by the database itself: what is slow among many of them shows."""

from datetime import datetime, time, timedelta

from sqlalchemy import CTE, ColumnElement, Engine, Table, insert, literal, select
from sqlalchemy.types import BigInteger

from bot.domain.schedule import local
from bot.render import consent
from bot.store.database import Session
from bot.store.tables import checkins, consents, outbox, reminders, users
from bot.texts.words import texts_for

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
"""Where they live, in turn."""


def move_in(session: Session, first: int, many: int, next_at: datetime) -> None:
    """Let so many people, numbered from `first`, have agreed and been asked the day before by a card, which comes again
    at `next_at`: at what the clock of each shows then."""
    before = next_at - timedelta(days=1)
    text_hash = consent.digest(consent.text(texts_for("en")))
    for at, zone in enumerate(ZONES):
        numbers = _numbers(first + at, first + many - 1)
        n, wall = numbers.c.n, local(next_at, zone)
        day = wall.date() - timedelta(days=1)
        person: dict[str, object] = {"user_id": n}
        _insert(
            session, users, numbers, id=n, language="en", zone=zone, day_start=time(4), state="active", since=before,
            quiet="2200-0800",
        )  # fmt: skip
        _insert(session, consents, numbers, **person, version=consent.VERSION, text_hash=text_hash, agreed_at=before)
        _insert(
            session, reminders, numbers, **person, kind="checkin", at=wall.time().replace(second=0), weekdays=127,
            zone=zone, on=True, next_at=next_at, created_at=before,
        )  # fmt: skip
        _insert(
            session, outbox, numbers, **person, kind="checkin", slot=day.isoformat(), due_at=before, not_before=before,
            too_late_at=before + timedelta(hours=4), state="sent", tries=1, sent_at=before,
        )  # fmt: skip
        _insert(session, checkins, numbers, **person, day=day, zone=zone, asked_at=before, late=False, card=b"")


def settle(engine: Engine) -> None:
    """Leave PostgreSQL's tables as its autovacuum does, which would else run into the measurement."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")


def _numbers(first: int, last: int) -> CTE:
    """Return every fifth number from `first` up to `last`."""
    begun = (
        select(literal(first, BigInteger).label("n")).where(literal(first) <= literal(last)).cte("n", recursive=True)
    )
    return begun.union_all(select(begun.c.n + len(ZONES)).where(begun.c.n + len(ZONES) <= last))


def _insert(session: Session, table: Table, numbers: CTE, **values: object) -> None:
    """Insert a row for each number; a value is the same in all of them, or a column of the numbers."""
    columns = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in values.items()
    ]
    session.execute(insert(table).from_select(list(values), select(*columns).select_from(numbers)))
