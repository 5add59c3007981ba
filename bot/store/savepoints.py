"""Savepoints in plain SQL, and whether there is still a transaction around them.

SQLAlchemy gives each savepoint a name of its own and compiles it anew, which costs more than what is done in it.
"""

from typing import Any

from sqlalchemy import Connection


def mark(connection: Connection) -> None:
    connection.exec_driver_sql("SAVEPOINT here")


def undo(connection: Connection) -> None:
    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT here")
    keep(connection)


def keep(connection: Connection) -> None:
    connection.exec_driver_sql("RELEASE SAVEPOINT here")


def goes_on(connection: Connection) -> bool:
    """Tell whether the transaction is still the one that was begun, and would be kept: after an error that a piece of
    work kept to itself a COMMIT keeps nothing, and does not say so."""
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(raw.in_transaction)
    return bool(raw.info.transaction_status.name != "INERROR")
