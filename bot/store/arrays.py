"""Many rows in one statement: PostgreSQL takes each column of them as one array."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, DateTime, TableValuedAlias, Text, cast, column, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store.tables import Instant


def rows(columns: Sequence[Column[Any]], values: Iterable[Sequence[object]]) -> TableValuedAlias:
    """Return rows of `values` as a table that a statement can select from, with the names and types of `columns`."""
    arrays = [_array(of, given) for of, given in zip(columns, zip(*values, strict=True), strict=True)]
    names = [column(of.name, of.type) for of in columns]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()


def _array(of: Column[Any], values: Sequence[object]) -> ColumnElement[Any]:
    if not isinstance(of.type, Instant):
        return literal(list(values), ARRAY(of.type))
    # psycopg needs six times as long to write an instant as Python does.
    written = [at.isoformat() if isinstance(at, datetime) else None for at in values]
    return cast(literal(written, ARRAY(Text)), ARRAY(DateTime(timezone=True)))
