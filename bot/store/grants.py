"""Grants to send new messages, of all processes on one PostgreSQL: together never more than the rate in any second.

A grant counts from when it opens until one second after its last message has certainly arrived: whatever second
Telegram looks at, no more than `per_second` can lie in it. All times here are the database's: its clock is the one
that every process can read. What is lost with the table, when PostgreSQL crashes, are permissions.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
    true,
    update,
)

from bot.store.database import Session

GRANTS = -3
"""The lock under which grants are counted."""

A_SECOND = timedelta(seconds=1)
USED_WITHIN = timedelta(seconds=5)
"""What has not begun to be sent so long after its grant opened goes with another one."""

LONGEST = USED_WITHIN + timedelta(seconds=18)
"""No send takes longer (chat/transport): a grant that is still not over belonged to a process that is gone."""

LASTS = timedelta(seconds=1)
"""A grant that nobody has taken up so long after it opened is never used."""

own = MetaData()
grants = Table(
    "grants",
    own,
    Column("id", BigInteger, primary_key=True),
    Column("many", Integer, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("opens_at", DateTime(timezone=True)),
    Column("begun", Boolean, nullable=False),
    Column("over_at", DateTime(timezone=True)),
    prefixes=["UNLOGGED"],
)
NOW = func.clock_timestamp()


@dataclass(frozen=True)
class Grant:
    """Permission to send up to `many` messages."""

    id: int
    many: int


def prepare(session: Session) -> None:
    """Make the table where there is none; it holds nothing that a backup or another version needs."""
    session.hold(GRANTS)
    own.create_all(session.connection, checkfirst=True)


def grant(session: Session, per_second: int, most: int, opens_in: timedelta) -> Grant | None:
    """Grant up to `most` messages for a while that opens in so long; None where there is no room for one now.

    What replies wait for counts as taken: they go first.
    """
    _count_anew(session)
    counts = grants.c.over_at.is_(None) | (grants.c.over_at > NOW + opens_in - A_SECOND)
    many = min(most, per_second - _sum(session, counts))
    if many < 1:
        return None
    return Grant(_add(session, many, NOW + opens_in, begun=False), many)


def ask(session: Session, per_second: int, waiting: int | None = None) -> tuple[int, bool]:
    """Ask for room for one reply, at once. Returns the grant's number and whether it may go now; else ask again with
    this number as `waiting`: who has not for long is thought to be gone, and gets another number."""
    _count_anew(session)
    others = true() if waiting is None else grants.c.id != waiting
    opened = others & grants.c.opens_at.is_not(None)
    counts = opened & (grants.c.over_at.is_(None) | (grants.c.over_at > NOW - A_SECOND))
    goes = _sum(session, counts) < per_second
    opens_at = NOW if goes else None
    if waiting is not None:
        again = update(grants).where(grants.c.id == waiting).values(asked_at=NOW, opens_at=opens_at)
        if session.execute(again).rowcount == 1:
            return waiting, goes
    return _add(session, 1, opens_at, begun=True), goes


def waiting(session: Session) -> int:
    """Return how many messages are granted whose grants nobody has taken up yet, and still may."""
    return _sum(session, _open())


def begin(session: Session, number: int) -> tuple[int, float] | None:
    """Take a grant up, once. Returns for how many it is, and the seconds until it opens; None where its time is over or
    somebody has it."""
    seconds = func.extract("epoch", grants.c.opens_at - NOW).label("seconds")
    taken = update(grants).where(grants.c.id == number, _open()).values(begun=True).returning(grants.c.many, seconds)
    row = session.execute(taken).mappings().one_or_none()
    return None if row is None else (int(row["many"]), float(row["seconds"]))


def over(session: Session, number: int, ago: float, many: int) -> None:
    """Note that so many messages were sent with a grant, the last of which had arrived by `ago` seconds before now."""
    if not many:
        session.execute(delete(grants).where(grants.c.id == number))
        return
    then = NOW - timedelta(seconds=ago)
    session.execute(update(grants).where(grants.c.id == number).values(over_at=then, many=many))


def _open() -> ColumnElement[bool]:
    return grants.c.begun.is_(False) & grants.c.over_at.is_(None) & (grants.c.opens_at + LASTS > NOW)


def _count_anew(session: Session) -> None:
    """Let nobody else count until the transaction ends, and leave out what counts no more."""
    session.hold(GRANTS)
    since = func.coalesce(grants.c.opens_at, grants.c.asked_at)
    gone = grants.c.over_at.is_(None) & (since < NOW - LONGEST)
    missed = grants.c.begun.is_(False) & (since < NOW - LASTS)
    session.execute(delete(grants).where((grants.c.over_at < NOW - A_SECOND) | gone | missed))


def _sum(session: Session, counts: ColumnElement[bool]) -> int:
    found = select(func.coalesce(func.sum(grants.c.many), 0)).where(counts)
    return int(session.execute(found).scalar_one())


def _add(session: Session, many: int, opens_at: object, *, begun: bool) -> int:
    values = {"many": many, "asked_at": NOW, "opens_at": opens_at, "begun": begun}
    return int(session.execute(insert(grants).values(**values).returning(grants.c.id)).scalar_one())
