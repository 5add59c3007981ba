"""Many rows in one statement: PostgreSQL takes each column of them as one array."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, DateTime, TableValuedAlias, Text, bindparam, cast, column, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store.tables import Instant


def rows(columns: Sequence[Column[Any]], values: Iterable[Sequence[object]]) -> TableValuedAlias:
    """Return rows of `values` as a table that a statement can select from, with the names and types of `columns`."""
    return _table(columns, [_array(of, given) for of, given in zip(columns, zip(*values, strict=True), strict=True)])


def bound_rows(columns: Sequence[Column[Any]]) -> TableValuedAlias:
    """Return the same for a statement that is built once: it is given a list for each column, `ids` for `id`."""
    return _table(columns, [bindparam(f"{of.name}s", type_=ARRAY(of.type)) for of in columns])


def _table(columns: Sequence[Column[Any]], arrays: Sequence[ColumnElement[Any]]) -> TableValuedAlias:
    names = [column(of.name, of.type) for of in columns]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()


def _array(of: Column[Any], values: Sequence[object]) -> ColumnElement[Any]:
    if not isinstance(of.type, Instant):
        return literal(list(values), ARRAY(of.type))
    # psycopg needs six times as long to write an instant as Python does.
    written = [at.isoformat() if isinstance(at, datetime) else None for at in values]
    return cast(literal(written, ARRAY(Text)), ARRAY(DateTime(timezone=True)))
