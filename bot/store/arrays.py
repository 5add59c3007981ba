"""Many rows in one statement: PostgreSQL takes each column of them as one array."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, TableValuedAlias, column, func, literal
from sqlalchemy.dialects.postgresql import ARRAY


def rows(columns: Sequence[Column[Any]], values: Iterable[Sequence[object]]) -> TableValuedAlias:
    """Return rows of `values` as a table that a statement can select from, with the names and types of `columns`."""
    arrays = [list(each) for each in zip(*values, strict=True)]
    given = [literal(array, ARRAY(of.type)) for of, array in zip(columns, arrays, strict=True)]
    return (
        func.unnest(*given).table_valued(*(column(of.name, of.type) for of in columns), name="given").render_derived()
    )
