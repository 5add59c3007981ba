"""One process per SQLite file: a lock that the kernel lets go of when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import IO


class Held(Exception):
    """Another process has the database; the message says which."""


def take(database: Path) -> IO[str]:
    """Lock `<database>.lock` for this process until the returned file is closed. Raises Held; OSError if it cannot."""
    path = database.with_name(database.name + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise Held(f"{database} is in use by process {holder or 'unknown'}; stop that one first") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
