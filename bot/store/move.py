"""Copies a diary from SQLite into PostgreSQL: all of it anew, in one transaction, compared row by row before it counts.

A copy carries a mark that says whose it is and what is in it. Only an empty database, and a copy that is still as it
was left, is ever written over.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Table, Text, cast, func, inspect, literal_column, select, text
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store import schema
from bot.store.backup import in_order, last_numbers, set_last_numbers
from bot.store.crypto import Keys
from bot.store.lock import Held
from bot.store.tables import metadata

AT_ONCE = 1000
"""Rows read in one go."""

PATIENCE = "10s"
"""How long others are waited for who use the database that is filled."""

LOCK_NOT_AVAILABLE = "55P03"

Count = Callable[[int], object]
Rows = Mapping[str, int]
"""How many rows each table has."""


class MoveTrouble(Exception):
    """There must be no copy, or it is not as it should be; the message says why and what to do."""


def count_rows(source: Connection) -> int:
    """Return how many rows there are to copy."""
    counts = (select(func.count()).select_from(table) for table in metadata.sorted_tables)
    return sum(source.execute(count).scalar_one() for count in counts)


def copy(source: Connection, target: Connection, keys: Keys, count: Count) -> Rows:
    """Put what `source` holds in the place of what `target` holds, in the open transaction of each. Each row is
    counted when it is copied and when it is compared.

    Whoever rolls back leaves `target` as it was. Raises MoveTrouble, Held where others are using `target`,
    SchemaTrouble where it is of a newer version.
    """
    _clear(target, keys)
    schema.upgrade_in(target)
    rows = {table.name: _fill(source, target, table, count) for table in metadata.sorted_tables}
    set_last_numbers(target, last_numbers(source))
    for table in metadata.sorted_tables:
        _compare(source, target, table, count)
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


def _fill(source: Connection, target: Connection, table: Table, count: Count) -> int:
    columns = ", ".join(target.dialect.identifier_preparer.format_column(column) for column in table.columns)
    command, copied = f"COPY {table.name} ({columns}) FROM STDIN", 0
    try:
        with closing(target.connection.cursor()) as cursor, cursor.copy(command) as into:
            for batch in _batches(source, table):
                for row in batch:
                    # psycopg needs six times as long to write an instant as Python does.
                    into.write_row([value.isoformat() if isinstance(value, datetime) else value for value in row])
                count(len(batch))
                copied += len(batch)
    except target.dialect.loaded_dbapi.Error as trouble:
        raise DBAPIError(command, None, trouble) from None
    return copied


def _compare(source: Connection, target: Connection, table: Table, count: Count) -> None:
    """Read both sides and raise MoveTrouble at the first row that is not the same."""
    for here, there in zip_longest(_batches(source, table), _batches(target, table), fillvalue=()):
        if here != there:
            pairs = zip_longest(here, there)
            row, other = next((row, other) for row, other in pairs if row != other)
            key = [getattr(row or other, column.name) for column in table.primary_key.columns]
            raise MoveTrouble(f"what arrived in {table.name} is not what was sent, first at {key}; try again")
        count(len(here))


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    found = connection.execute(in_order(connection.dialect, table), execution_options={"yield_per": AT_ONCE})
    return found.partitions()


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
