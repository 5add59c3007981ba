"""Diaries as released versions left them: one with rows in every table for each schema, made by tools/fixture.py."""

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Engine, MetaData, inspect, select

from bot.store import schema
from bot.store.tables import Instant

HERE = Path(__file__).parent
KEY = HERE / "test_key.txt"
REVISIONS = [script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()][::-1]
KEPT = [revision for revision in REVISIONS if (HERE / f"{revision}.sql").exists()]
"""Schemas that there is a diary of, oldest first; of the newest there may be none yet."""

NOT_OURS = {"alembic_version", "sqlite_sequence"}
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Table → its rows in the order of their keys, column → value as the database has it."""


def lay_out(revision: str, folder: Path) -> Path:
    """Make a diary at an older schema and its key where `headsup` looks for them; returns the path of the database."""
    database = folder / "data/headsup.db"
    database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript((HERE / f"{revision}.sql").read_text("utf-8"))
    shutil.copy(KEY, folder / "headsup.key")
    return database


def rows(engine: Engine) -> Rows:
    """Return everything in the database, whatever its schema."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in _tables(engine).sorted_tables
        }


def copy(there: Rows, engine: Engine) -> Rows:
    """Put rows from SQLite into an empty database of the same schema, instants in its own form; returns them so."""
    copied = {}
    with engine.begin() as connection:
        for table in _tables(engine).sorted_tables:
            instants = {column.name for column in table.c if isinstance(column.type, DateTime)}
            copied[table.name] = [
                {name: _instant(value, engine) if name in instants else value for name, value in row.items()}
                for row in there[table.name]
            ]
            connection.execute(table.insert(), copied[table.name])
    return copied


def changed(before: Rows, after: Rows) -> Sequence[str]:
    """Return what is not as it was: tables, columns and rows may have been added, nothing may be gone or different."""
    return [
        f"{table} {number}: {name} was {value!r}, is {now.get(name, 'gone')!r}"
        for table, were in before.items()
        for number, (was, now) in enumerate(zip(were, [*after.get(table, ()), *({} for _ in were)], strict=False))
        for name, value in was.items()
        if name not in now or now[name] != value
    ]


def shape(engine: Engine) -> Mapping[str, object]:
    """Return what the tables are like, however they came to be: columns, keys, indexes, numbers never given twice."""
    look = inspect(engine)
    shapes: dict[str, object] = {}
    for table in set(look.get_table_names()) - NOT_OURS:
        shapes[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"]) for column in look.get_columns(table)
            },
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "unique": {str(unique["name"]): unique["column_names"] for unique in look.get_unique_constraints(table)},
            "owners": {
                str(key["name"]): (key["referred_table"], key["options"]) for key in look.get_foreign_keys(table)
            },
            "indexes": {str(index["name"]): _words(index) for index in look.get_indexes(table)},
        }
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            made = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
            shapes["autoincrement"] = set(made.scalars())
    return shapes


def _tables(engine: Engine) -> MetaData:
    tables = MetaData()
    tables.reflect(engine)
    for name in NOT_OURS & set(tables.tables):
        tables.remove(tables.tables[name])
    return tables


def _instant(value: int | None, engine: Engine) -> object:
    return Instant().process_result_value(value, engine.dialect)


def _words(index: Any) -> object:
    return index["column_names"], index["unique"], {key: str(value) for key, value in index["dialect_options"].items()}
