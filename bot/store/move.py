"""Copies a diary from SQLite into PostgreSQL: all of it anew, in one transaction, compared row by row before it counts.

Each person gets a secret there, and what they said is sealed anew on the way, so that it is never there without. A copy
carries a mark that says whose it is and what is in it: only an empty database, and a copy that is still as it was left,
is ever written over.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    RowMapping,
    Table,
    Text,
    cast,
    func,
    inspect,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store import reseal, schema
from bot.store.backup import Count, in_order, last_numbers, set_last_numbers
from bot.store.crypto import Keys
from bot.store.lock import Held
from bot.store.secrets import Secrets
from bot.store.tables import metadata, secrets, users

AT_ONCE = 1000
"""Rows read in one go."""

PATIENCE = "10s"
"""How long others are waited for who use the database that is filled."""

TOLD = [table for table in metadata.sorted_tables if table not in (users, secrets)]
"""What comes after people and their secrets; whether those arrived is seen when it opens with them."""

LOCK_NOT_AVAILABLE = "55P03"

Rows = Mapping[str, int]
"""How many rows each table has."""


class MoveTrouble(Exception):
    """There must be no copy, or it is not as it should be; the message says why and what to do."""


def copy(source: Connection, target: Connection, keys: Keys, count: Count) -> Rows:
    """Put what `source` holds in the place of what `target` holds, in the open transaction of each. Each row is
    counted when it is copied and when it is compared.

    Whoever rolls back leaves `target` as it was. Raises MoveTrouble, Held where others are using `target`,
    SchemaTrouble where it is of a newer version.
    """
    _clear(target, keys)
    schema.upgrade_in(target)
    rows = {table.name: _fill(source, target, table, keys, count) for table in (users, secrets)}
    Secrets(target).give_missing()
    rows |= {table.name: _fill(source, target, table, keys, count) for table in TOLD}
    set_last_numbers(target, last_numbers(source))
    for table in (users, *TOLD):
        _compare(source, target, table, keys, count)
    # Or else the first minutes go by on guesses of how large the tables are.
    target.execute(text(f"ANALYZE {', '.join(rows)}"))
    mark(target, keys)
    return rows


def _clear(target: Connection, keys: Keys) -> None:
    """Empty what may be written over, with nobody else at it until the transaction ends."""
    there = set(inspect(target).get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in there]
    at = schema.revision_of(target)
    if there and not (at and tables):
        raise MoveTrouble("that is a database of another program; make an empty one for the diary")
    schema.must_know(at)
    if not tables:
        return
    names = ", ".join(table.name for table in tables)
    try:
        target.execute(text("SELECT set_config('lock_timeout', :patience, true)"), {"patience": PATIENCE})
        target.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
    except OperationalError as trouble:
        if getattr(trouble.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise Held("others are using that database; stop every headsup there, then try again") from None
    _must_be_as_it_was_left(target, keys)
    target.execute(text(f"TRUNCATE {names}"))


def _must_be_as_it_was_left(target: Connection, keys: Keys) -> None:
    holds = _contents(target)
    if not holds:
        return
    whose, _, held = (inspect(target).get_table_comment("meta")["text"] or "").partition(" ")
    key = next((key for key in keys.ring.values() if whose == _whose(key)), None)
    if key is None:
        raise MoveTrouble("a diary is there that was not copied from this one; make an empty database for it")
    if held != _seal(key, holds):
        raise MoveTrouble(
            "somebody has written there since it was copied, most likely the bot: what is there may be newer, so "
            "nothing was changed. If the bot runs there by now, all is done; if not, make an empty database and copy "
            "into that"
        )


def _fill(source: Connection, target: Connection, table: Table, keys: Keys, count: Count) -> int:
    columns = ", ".join(target.dialect.identifier_preparer.format_column(column) for column in table.columns)
    command, copied = f"COPY {table.name} ({columns}) FROM STDIN", 0
    for batch in _batches(source, table):
        theirs = _keys_of(target, keys, batch)
        rows = [{**row, **reseal.anew(theirs, table, row)[0]} for row in batch]
        try:
            with closing(target.connection.cursor()) as cursor, cursor.copy(command) as into:
                for row in rows:
                    into.write_row([_plain(row[column.name]) for column in table.columns])
        except target.dialect.loaded_dbapi.Error as trouble:
            raise DBAPIError(command, None, trouble) from None
        count(len(batch))
        copied += len(batch)
    return copied


def _plain(value: Any) -> Any:
    # psycopg needs six times as long to write an instant as Python does.
    return value.isoformat() if isinstance(value, datetime) else value


def _compare(source: Connection, target: Connection, table: Table, keys: Keys, count: Count) -> None:
    """Read both sides, each with its own people's secrets, and raise MoveTrouble at the first row that says another
    thing."""
    for here, there in zip_longest(_batches(source, table), _batches(target, table), fillvalue=()):
        mine, theirs = _keys_of(source, keys, here), _keys_of(target, keys, there)
        sent = [reseal.opened(mine, table, row) for row in here]
        arrived = [reseal.opened(theirs, table, row) for row in there]
        if sent != arrived:
            first = next(one or other for one, other in zip_longest(sent, arrived) if one != other)
            key = [first[column.name] for column in table.primary_key.columns]
            raise MoveTrouble(f"what arrived in {table.name} is not what was sent, first at {key}; try again")
        count(len(here))


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """Yield the rows; those of a table with sealed values with their owner."""
    found = in_order(connection.dialect, table)
    if table in reseal.SEALED:
        found = found.add_columns(reseal.owner_of(table))
    return connection.execute(found, execution_options={"yield_per": AT_ONCE}).mappings().partitions()


def _keys_of(connection: Connection, keys: Keys, rows: Sequence[RowMapping]) -> Keys:
    """Return the keys with the secrets, on this side, of those whose rows these are."""
    owners = {row.get("owner") for row in rows} - {None}
    found = select(secrets.c.user_id, secrets.c.secret).where(secrets.c.user_id.in_(owners))
    known = {row.user_id: row.secret for row in connection.execute(found)} if owners else {}
    return replace(keys, secret_of=known.get, personal=True)


# The mark


def mark(target: Connection, keys: Keys) -> None:
    """Write down whose copy this is, and what is in it: beside the rows, which stay the same on both sides."""
    key = keys.ring[keys.current]
    target.execute(text(f"COMMENT ON TABLE meta IS '{_whose(key)} {_seal(key, _contents(target))}'"))


def _whose(key: bytes) -> str:
    return _seal(key, "")


def _seal(key: bytes, said: str) -> str:
    return hmac.digest(hmac.digest(key, b"headsup move", "sha256"), said.encode(), "sha256").hex()


def _contents(target: Connection) -> str:
    """Return a line a table that has rows: how many, and the sum of their hashes, which the server reckons.

    A table that a newer version brings is empty, and so changes nothing.
    """
    as_text = "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)"
    target.execute(text(f"{as_text}, set_config('bytea_output', 'hex', true)"))
    there = set(inspect(target).get_table_names())
    lines = []
    for table in metadata.sorted_tables:
        if table.name in there:
            row = func.convert_to(cast(literal_column(table.name), Text), "UTF8")
            hashed = func.concat("x", func.encode(func.substr(func.sha256(row), 1, 8), "hex"))
            summed = func.sum(cast(cast(hashed, BIT(64)), BigInteger))
            rows, total = target.execute(select(func.count(), summed).select_from(table)).one()
            lines += [f"{table.name} {rows} {total}\n"] if rows else []
    return "".join(lines)
