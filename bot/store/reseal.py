"""After a new key: every value that an older one has sealed is opened and sealed again, a batch at a time."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
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

from bot.store.crypto import OWN, Keys, KeyTrouble, head, seal, unseal
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
    primary = tuple(table.primary_key.columns)
    found = select(table, owner_of(table)).where(_old(session, table)).order_by(*primary).limit(most)
    if after is not None:
        beyond = (literal(value, column.type) for value, column in zip(after, primary, strict=True))
        found = found.where(tuple_(*primary) > tuple_(*beyond))
    rows = session.execute(found).mappings().all()
    if not rows:
        return None
    sealed, unreadable, every = 0, 0, []
    for row in rows:
        changed, shut = anew(session.keys, table, row)
        sealed, unreadable = sealed + len(changed), unreadable + shut
        values = {column.name: row[column.name] for column in (*primary, *SEALED[table])} | changed
        every.append({f"the_{name}": value for name, value in values.items()})
    mine = (column == bindparam(f"the_{column.name}") for column in primary)
    theirs: Mapping[Any, Any] = {column: bindparam(f"the_{column.name}") for column in SEALED[table]}
    session.execute(update(table).where(*mine).values(theirs), every)
    return Batch([rows[-1][column] for column in primary], len(rows), sealed, unreadable)


def anew(keys: Keys, table: Table, row: RowMapping) -> tuple[dict[str, bytes], int]:
    """Return what of a row would be sealed otherwise now, sealed so, by its columns' names; and how many values did not
    open. The row comes with its owner (`owner_of`)."""
    changed, shut = {}, 0
    for column in SEALED.get(table, ()):
        value, place = row[column.name], _place_of(table, row)
        if value is not None and not value.startswith(head(keys, place["user"])):
            try:
                changed[column.name] = seal(keys, unseal(keys, value, **place), **place)
            except KeyTrouble:
                shut += 1
    return changed, shut


def opened(keys: Keys, table: Table, row: RowMapping) -> dict[str, Any]:
    """Return a row, which comes with its owner, with what is sealed in it opened; what does not open as it is."""
    values = dict(row)
    for column in SEALED.get(table, ()):
        if row[column.name] is not None:
            with suppress(KeyTrouble):
                values[column.name] = unseal(keys, row[column.name], **_place_of(table, row))
    return values


def owner_of(table: Table) -> ColumnElement[Any]:
    """Return the column `owner` of a table with sealed values: whose a row is; None where it is nobody's."""
    return _owner(table).label("owner")


def _place_of(table: Table, row: RowMapping) -> dict[str, Any]:
    """Return what the associated data of a row's values is made of."""
    key = (inbox.c.update_id,) if table is inbox else table.primary_key.columns
    return {"table": table.name, "key": ":".join(str(row[part.name]) for part in key), "user": row["owner"] or 0}


def _old(session: Session, table: Table) -> ColumnElement[bool]:
    """Pick the rows in which something does not begin as it would if it were sealed now (`crypto.head`)."""
    number = bytes([session.keys.current])
    if not session.keys.personal:
        return _begins_otherwise(table, number)
    owner = _owner(table)
    has_secret = exists().where(secrets.c.user_id == owner)
    return or_(
        and_(has_secret, _begins_otherwise(table, OWN + number)), and_(~has_secret, _begins_otherwise(table, number))
    )


def _begins_otherwise(table: Table, wanted: bytes) -> ColumnElement[bool]:
    begins = (func.substr(column, 1, len(wanted), type_=LargeBinary) for column in SEALED[table])
    return or_(*(each != literal(wanted, LargeBinary) for each in begins))


def _owner(table: Table) -> ColumnElement[Any]:
    if table is answers:
        owner = select(checkins.c.user_id).where(checkins.c.id == answers.c.checkin_id)
        return owner.correlate(answers).scalar_subquery()
    return table.c.user_id
