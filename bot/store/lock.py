"""Who may use a database: one process per SQLite file, by a lock that the kernel lets go of when its holder dies,
however it dies; on PostgreSQL many, or one, by a lock that the server lets go of when it hears no more."""

import fcntl
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

USES, LEADS = -1, -2
"""Numbers of locks in a PostgreSQL database: who uses it, together or alone; and the one who plans and grants."""

SILENCE = 6
"""Seconds without a word after which PostgreSQL takes a lock from a process that was stopped or cut off."""

REFUSED = "unsupported startup parameter"
"""PgBouncer's words (`src/client.c`)."""


class Held(Exception):
    """Another process has the database; the message says which."""


def take(database: Path) -> IO[str]:
    """Lock `<database>.lock` for this process until the returned file is closed.

    However the database is named, by a relative path or a link, the lock lies beside the file itself. What the lock
    file holds is only for the message. Raises Held, or OSError with a sentence where there can be no lock.
    """
    real = database.resolve()
    path = real.with_name(real.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise
    except BlockingIOError:
        raise Held(f"{database} is in use by process {_holder(path)}; stop that one first") from None
    except OSError as trouble:
        why = f"cannot lock {path}: {trouble.strerror}; the bot has to be allowed to write there"
        raise OSError(trouble.errno, why) from None
    with suppress(OSError):  # on a full disk nobody's name can be written, and the lock holds all the same
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), f"{os.getpid()}\n".encode())
    return file


class Seat:
    """A lock of a PostgreSQL database, held by a connection of its own while it is asked about every few seconds."""

    def __init__(self, url: str, number: int, *, shared: bool = False) -> None:
        self._engine = _engine(url)
        self._take = select((func.pg_try_advisory_lock_shared if shared else func.pg_try_advisory_lock)(number))
        self._connection: Connection | None = None
        self._pen = threading.RLock()
        self._mine = False
        self.reached = False

    def held(self) -> bool:
        """Take it where it is free, and tell whether it is ours: for `SILENCE` seconds from the moment of asking.

        `reached` says then whether the database answered at all.
        """
        with self._pen:
            try:
                if self._connection is None:
                    self._connection = self._engine.connect()
                if not self._mine:
                    self._mine = bool(self._connection.execute(self._take).scalar_one())
                else:
                    self._connection.execute(text("SELECT 1"))
                self.reached = True
            except DBAPIError:
                self.close()
                self.reached = False
            return self._mine

    def close(self) -> None:
        """Let go of it, once whoever is just asking has their answer."""
        with self._pen:
            self._mine = False
            if self._connection is not None:
                with suppress(DBAPIError):
                    self._connection.close()
                self._connection = None
            self._engine.dispose()


def reaches_the_server(url: str) -> bool:
    """Tell whether what a seat asks for when it connects is what PostgreSQL then does. Raises DBAPIError.

    PgBouncer in between refuses the settings of a connection, or drops them where it is told to ignore them
    (`ignore_startup_parameters = options`); it may also give each transaction another connection, and a seat is one.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("SHOW idle_session_timeout")).scalar_one() == f"{SILENCE}s")
    except DBAPIError as trouble:
        if not is_refused(trouble):
            raise
        return False
    finally:
        engine.dispose()


def is_refused(trouble: Exception) -> bool:
    """Tell whether PgBouncer in between refused the settings of a connection."""
    return isinstance(trouble, DBAPIError) and REFUSED in str(trouble.orig).lower()


def _engine(url: str) -> Engine:
    """Open PostgreSQL for a seat: one connection, which the server ends when it hears nothing more."""
    waiting = {
        "options": f"-c idle_session_timeout={SILENCE}s",
        "connect_timeout": SILENCE,
        "tcp_user_timeout": SILENCE * 1000,
    }
    return create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args=waiting
    )


def others(connection: Connection) -> int:
    """Return how many other connections a PostgreSQL database has: there, no file is locked."""
    found = connection.execute(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"  # its own housekeeping runs under the database's name too
        )
    )
    return int(found.scalar_one())


def _holder(path: Path) -> str:
    return path.read_text("ascii", errors="replace").strip() or "unknown"
