"""One backup for both databases: every row as a line, sealed with the key, and read back before it counts."""

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    MetaData,
    Select,
    String,
    Table,
    collate,
    func,
    insert,
    select,
    text,
)

from bot.store import schema
from bot.store.crypto import Keys
from bot.store.disk import sync_folder
from bot.store.sealed_lines import BackupTrouble, SealedLines, as_line, unsealed
from bot.store.tables import metadata

AT_ONCE = 1000
"""Rows read or written in one go."""

Line = TypeVar("Line")
Count = Callable[[int], object]
"""Is told how many rows more were dealt with."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds: `rows` per table, `erased` = the lines of the erasure ledger when it was made."""

    made_at: datetime
    schema: str
    dialect: str
    rows: Mapping[str, int]
    erased: Sequence[str]


def count_rows(connection: Connection) -> int:
    """Return how many rows a diary has, at whatever schema it is."""
    at = schema.revision_of(connection)
    counts = (select(func.count()).select_from(table) for table in (_tables(connection, at) if at else ()))
    return sum(connection.execute(count).scalar_one() for count in counts)


def write(
    engine: Engine, keys: Keys, erased: Sequence[str], file: Path, now: datetime, count: Count = lambda more: None
) -> Contents:
    """Back up what `engine` sees in one transaction. `file` appears, or is replaced, only when all of it is on disk
    and could be read back; each row counts twice. Raises OSError, BackupTrouble."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with engine.connect() as connection, connection.begin():
                sealed = SealedLines(out, keys)
                for line in _counted(_dump(connection, erased, now), count):
                    sealed.write(line)
                sealed.end()
            out.flush()
            os.fsync(out.fileno())
        contents = verify(part, keys, count)
        part.replace(file)
        sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)
    return contents


def verify(file: Path, keys: Keys, count: Count = lambda more: None) -> Contents:
    """Read a backup from end to end. Raises BackupTrouble where anything is missing or altered."""
    with file.open("rb") as source:
        head, lines = _opened(source, keys, file)
        for _ in _counted(lines, count):
            pass
        return _contents(head, lines.last)


def restore(file: Path, keys: Keys, engine: Engine, count: Count = lambda more: None) -> Contents:
    """Fill an empty database from a backup, as it was, at the schema it had; the caller brings it up to date.

    Raises BackupTrouble, and schema.SchemaTrouble for a backup of a newer version. All or nothing, in one transaction;
    what was written is read back and compared row by row with what the backup says, so each row counts twice.
    """
    with file.open("rb") as source:
        head, lines = _opened(source, keys, file)
        at, here = str(head["schema"]), engine.dialect.name
        schema.must_know(at)
        if at != schema.newest() and head["dialect"] != here:
            raise BackupTrouble(f"{file}: made by an older version on {head['dialect']}; restore it there first")
        schema.upgrade(engine, at)
        with engine.connect() as connection, connection.begin():
            tables = {table.name: table for table in _tables(connection, at)}
            table: Table | None = None
            batch: list[dict[str, Any]] = []
            for line in chain(_counted(lines, count), [None]):
                if line is None or isinstance(line, dict):
                    if table is not None and batch:
                        connection.execute(insert(table), batch)
                    batch, table = [], tables[line["table"]] if line else None
                elif table is not None:
                    batch.append(dict(zip(table.columns.keys(), map(_value, line), strict=True)))
                    if len(batch) == AT_ONCE:
                        connection.execute(insert(table), batch)
                        batch = []
            set_last_numbers(connection, lines.last["numbers"])
            written = {table.name: _sum(connection, table, count) for table in tables.values()}
            if written != {name: tuple(told) for name, told in lines.last["end"].items()}:
                raise BackupTrouble(f"{file}: what was restored is not what the backup holds")
        return _contents(head, lines.last)


class Lines:
    """Yields the lines of a backup but the last, which `last` holds afterwards; checks them against what it says."""

    def __init__(self, plain: Iterator[bytes], file: Path) -> None:
        self._plain = plain
        self._file = file
        self.last: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Any]:
        sums: dict[str, tuple[int, Any]] = {}
        table = ""
        for raw in self._plain:
            line = json.loads(raw)
            if isinstance(line, dict) and "end" in line:
                self.last = line
                break
            if isinstance(line, dict):
                table = line["table"]
                sums[table] = (0, hashlib.sha256())
            else:
                count, digest = sums[table]
                digest.update(raw)
                sums[table] = (count + 1, digest)
            yield line
        found = {name: [count, digest.hexdigest()] for name, (count, digest) in sums.items()}
        if not self.last or found != self.last["end"] or next(self._plain, None) is not None:
            raise BackupTrouble(f"{self._file}: rows are missing; take another backup")


def _opened(source: IO[bytes], keys: Keys, file: Path) -> tuple[dict[str, Any], Lines]:
    plain = unsealed(source, keys, file)
    try:
        head = json.loads(next(plain))
    except StopIteration:
        raise BackupTrouble(f"{file}: is empty") from None
    return head, Lines(plain, file)


def _contents(head: Mapping[str, Any], last: Mapping[str, Any]) -> Contents:
    rows = {name: count for name, (count, _) in last["end"].items()}
    return Contents(datetime.fromisoformat(head["made_at"]), head["schema"], head["dialect"], rows, last["erased"])


# Rows as lines


def _dump(connection: Connection, erased: Sequence[str], now: datetime) -> Iterator[object]:
    at = schema.revision_of(connection)
    if at is None:
        raise BackupTrouble("[database] url: there is no diary there yet")
    yield {"made_at": now.isoformat(), "schema": at, "dialect": connection.dialect.name}
    sums: dict[str, tuple[int, str]] = {}
    for table in _tables(connection, at):
        yield {"table": table.name}
        count, digest = 0, hashlib.sha256()
        for line in _rows(connection, table):
            count += 1
            digest.update(as_line(line))
            yield line
        sums[table.name] = count, digest.hexdigest()
    yield {"end": sums, "numbers": last_numbers(connection), "erased": list(erased)}


def _tables(connection: Connection, at: str) -> Sequence[Table]:
    """Return the tables of schema `at`, those that others refer to first: as declared here, or as found there."""
    if at == schema.newest():
        return metadata.sorted_tables
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    for row in connection.execution_options(yield_per=AT_ONCE).execute(in_order(connection.dialect, table)):
        yield [_plain(value) for value in row]


def in_order(dialect: Dialect, table: Table) -> Select[Any]:
    """Select a table's rows by their keys, in an order that is the same on both databases."""
    key: Iterable[ColumnElement[Any]] = table.primary_key.columns
    if dialect.name != "sqlite":  # it goes by the codes of letters, a server by its language
        key = [collate(column, "C") if isinstance(column.type, String) else column for column in key]
    return select(table).order_by(*key)


def _sum(connection: Connection, table: Table, count: Count) -> tuple[int, str]:
    rows, digest = 0, hashlib.sha256()
    for line in _counted(_rows(connection, table), count):
        rows += 1
        digest.update(as_line(line))
    return rows, digest.hexdigest()


def _counted(lines: Iterable[Line], count: Count) -> Iterator[Line]:
    """Yield every line, and tell `count` of the rows among them now and then."""
    since = 0
    for line in lines:
        yield line
        since += isinstance(line, list)
        if since == AT_ONCE:
            count(since)
            since = 0
    count(since)


def _plain(value: Any) -> Any:
    """Return a column's value as JSON holds it; what JSON has no word for becomes {"kind": text}."""
    match value:
        case datetime():
            return {"at": value.astimezone(UTC).isoformat()}
        case date():
            return {"day": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case bytes() | memoryview():
            return {"sealed": b64encode(value).decode()}
    return value


def _value(plain: Any) -> Any:
    match plain:
        case {"at": iso}:
            return datetime.fromisoformat(iso)
        case {"day": iso}:
            return date.fromisoformat(iso)
        case {"time": iso}:
            return time.fromisoformat(iso)
        case {"sealed": base64}:
            return b64decode(base64)
    return plain


def last_numbers(connection: Connection) -> dict[str, int]:
    """Return the last number each table gave to a row. It must not be given again: an old button may carry it."""
    if connection.dialect.name == "sqlite":
        # A table that was empty when it was built anew has the number 0, which a sequence cannot have.
        found = text("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")
        return {row.name: row.seq for row in connection.execute(found)}
    numbers = {}
    for table in metadata.sorted_tables:
        found = text("SELECT last_value FROM pg_sequences WHERE sequencename = :name AND schemaname = current_schema()")
        last = connection.execute(found, {"name": f"{table.name}_id_seq"}).scalar()
        if last is not None:
            numbers[table.name] = int(last)
    return numbers


def set_last_numbers(connection: Connection, numbers: Mapping[str, int]) -> None:
    for name, last in numbers.items():
        if connection.dialect.name != "sqlite":
            connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": f"{name}_id_seq", "last": last})
            continue
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), {"name": name, "last": last})
