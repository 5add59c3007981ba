"""After a new key: every value that an older one has sealed is opened and sealed again, a batch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from bot.store.crypto import OWN, KeyTrouble, head, seal, unseal
from bot.store.database import Session
from bot.store.tables import answers, checkins, inbox, metadata, secrets

SEALED: Mapping[Table, Sequence[Column[Any]]] = {
    table: columns
    # The cards first: by the first of them it is told, at every start, whether the key is the right one.
    for table in sorted(metadata.sorted_tables, key=lambda table: table is not checkins)
    if table is not secrets
    and (columns := [column for column in table.columns if isinstance(column.type, LargeBinary)])
}
"""Every column of bytes is a sealed one, but for people's secrets, which open nothing without the key."""


@dataclass(frozen=True)
class Batch:
    """Rows that were looked at: the primary key of the last, how many, how many values were sealed and did not open."""

    last: Sequence[Any]
    rows: int
    sealed: int
    unreadable: int


def left(session: Session) -> int:
    """Return how many rows hold something that is sealed with another key than it would be now."""
    counts = (select(func.count()).select_from(table).where(_old(session, table)) for table in SEALED)
    return sum(session.execute(count).scalar_one() for count in counts)


def seal_again(session: Session, table: Table, after: Sequence[Any] | None, most: int) -> Batch | None:
    """Seal up to `most` rows beyond the primary key `after` anew; None where there are no more. What does not open is
    left as it is."""
    primary, (key, owner) = tuple(table.primary_key.columns), _place(table)
    found = select(table, owner.label("owner")).where(_old(session, table)).order_by(*primary).limit(most)
    if after is not None:
        beyond = (literal(value, column.type) for value, column in zip(after, primary, strict=True))
        found = found.where(tuple_(*primary) > tuple_(*beyond))
    rows = session.execute(found).mappings().all()
    if not rows:
        return None
    sealed, unreadable, anew = 0, 0, []
    for row in rows:
        place: dict[str, Any] = {"key": ":".join(str(row[part]) for part in key), "user": row["owner"] or 0}
        values = {column: row[column] for column in (*primary, *SEALED[table])}
        for column in SEALED[table]:
            if row[column] is None or row[column].startswith(head(session.keys, place["user"])):
                continue
            try:
                text = unseal(session.keys, row[column], table=table.name, **place)
                values[column] = seal(session.keys, text, table=table.name, **place)
                sealed += 1
            except KeyTrouble:
                unreadable += 1
        anew.append({f"the_{column.name}": value for column, value in values.items()})
    mine = (column == bindparam(f"the_{column.name}") for column in primary)
    theirs: Mapping[Any, Any] = {column: bindparam(f"the_{column.name}") for column in SEALED[table]}
    session.execute(update(table).where(*mine).values(theirs), anew)
    return Batch([rows[-1][column] for column in primary], len(rows), sealed, unreadable)


def _old(session: Session, table: Table) -> ColumnElement[bool]:
    """Pick the rows in which something does not begin as it would if it were sealed now (`crypto.head`)."""
    number = bytes([session.keys.current])
    if not session.keys.personal:
        return _begins_otherwise(table, number)
    _, owner = _place(table)
    has_secret = exists().where(secrets.c.user_id == owner)
    return or_(
        and_(has_secret, _begins_otherwise(table, OWN + number)), and_(~has_secret, _begins_otherwise(table, number))
    )


def _begins_otherwise(table: Table, wanted: bytes) -> ColumnElement[bool]:
    begins = (func.substr(column, 1, len(wanted), type_=LargeBinary) for column in SEALED[table])
    return or_(*(each != literal(wanted, LargeBinary) for each in begins))


def _place(table: Table) -> tuple[Sequence[Column[Any]], ColumnElement[Any]]:
    """Return what the associated data of a row's values is made of: the parts of its key, and whose it is."""
    if table is inbox:
        return (inbox.c.update_id,), inbox.c.user_id
    if table is answers:
        owner = select(checkins.c.user_id).where(checkins.c.id == answers.c.checkin_id)
        return tuple(table.primary_key.columns), owner.correlate(answers).scalar_subquery()
    return tuple(table.primary_key.columns), table.c.user_id
