"""One process per SQLite file: a lock that the kernel lets go of when its holder dies, however it dies."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text


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


def others(connection: Connection) -> int:
    """Return how many other connections a PostgreSQL database has: there, no file is locked."""
    found = connection.execute(
        text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    )
    return int(found.scalar_one())


def _holder(path: Path) -> str:
    return path.read_text("ascii", errors="replace").strip() or "unknown"
