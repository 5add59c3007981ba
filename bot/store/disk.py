"""The disk under SQLite: what kind it is, how much room is left, and some kept for the day there is none."""

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

MEGABYTE = 1024 * 1024
BALLAST = 8 * MEGABYTE
"""Bytes held back, so that on a full disk a person can still have everything about them deleted."""

LITTLE = 64 * MEGABYTE
"""Bytes below which the disk counts as nearly full."""

FOLD = "PRAGMA wal_checkpoint(TRUNCATE)"

NETWORK = frozenset(
    ("9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs")
)
MOUNTS = Path("/proc/self/mountinfo")
UNREADABLE = (ValueError, OverflowError)
"""What the driver and SQLAlchemy raise over bytes that are no text, and text that is no date."""

PASSING = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    )
)


class DiaryGone(Exception):
    """The diary's file was taken away while it was open; what is written now goes nowhere."""


class Disk:
    """Where one diary lies. `file` exists when this is made."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._ballast = file.with_name(file.name + ".ballast")
        self._identity = _identity(file)

    def must_be_there(self) -> None:
        """Raise DiaryGone where the file was removed, or another one lies in its place."""
        if _identity(self.file) != self._identity:
            raise DiaryGone(str(self.file))

    def free(self) -> int:
        """Return the bytes that are left on this disk for us."""
        room = os.statvfs(self.file.parent)
        return room.f_bavail * room.f_frsize

    def keep_ballast(self) -> None:
        """Hold some room back, where there is plenty and none is held yet."""
        with suppress(OSError):
            if self._ballast.exists() or self.free() < LITTLE:
                return
            with self._ballast.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, BALLAST)

    def has_ballast(self) -> bool:
        return self._ballast.exists()

    def release_ballast(self) -> None:
        self._ballast.unlink(missing_ok=True)


def must_have_room(folder: Path, size: int) -> None:
    """Raise OSError where a file of so many bytes would leave little room on the disk."""
    room = os.statvfs(folder)
    left = room.f_bavail * room.f_frsize
    if left - size < LITTLE:
        need = (size + LITTLE) // MEGABYTE
        raise OSError(errno.ENOSPC, f"the disk is too full: {left // MEGABYTE} MB are left, it takes {need} MB")


def sync_folder(folder: Path) -> None:
    """Have what was renamed or removed in a folder on disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def network_file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Return the kind of file system `path` lies on where it is one over a network or in user space, on which SQLite's
    locks and shared memory do not hold (sqlite.org/faq.html#q5, wal.html); None for a disk of this machine."""
    kind = _file_system(path.resolve(), mounts)
    return kind if kind and (kind in NETWORK or kind.startswith("fuse")) else None


def is_full(trouble: BaseException) -> bool:
    """Tell whether a write failed because the disk is full; of its log's index SQLite says so in another way."""
    return _code(trouble) == sqlite3.SQLITE_FULL or _whole_code(trouble) == sqlite3.SQLITE_IOERR_SHMSIZE


def is_damaged(trouble: BaseException) -> bool:
    """Tell whether SQLite found its file broken, or no database at all, or what it read there is no text or date."""
    return isinstance(trouble, UNREADABLE) or _code(trouble) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def cannot_open(trouble: BaseException) -> bool:
    """Tell whether SQLite was not let at its file, or at what it has to write beside it."""
    return _code(trouble) == sqlite3.SQLITE_CANTOPEN


def cannot_write(trouble: DBAPIError) -> bool:
    """Tell whether nothing at all can be written for now: the disk is full or broken, the database locked or away.

    What PostgreSQL says of a connection, a lock or a deadlock is an OperationalError of its driver's; none of it is
    about what was to be written.
    """
    if _code(trouble) is not None:
        return _code(trouble) in PASSING
    return trouble.connection_invalidated or isinstance(trouble, OperationalError)


def name_of(trouble: DBAPIError) -> str:
    """Return what SQLite calls this trouble, else the driver's name for its kind; never what was to be written."""
    return str(getattr(trouble.orig, "sqlite_errorname", type(trouble.orig).__name__))


def _code(trouble: BaseException) -> int | None:
    """Return SQLite's primary result code (sqlite.org/rescode.html)."""
    code = _whole_code(trouble)
    return None if code is None else code & 0xFF


def _whole_code(trouble: BaseException) -> int | None:
    cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    code = getattr(cause, "sqlite_errorcode", None)
    return code if isinstance(code, int) else None


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _file_system(path: Path, mounts: Path) -> str | None:
    """Return the kind of file system that is mounted nearest above `path` (proc(5): field 5, and the first after -)."""
    nearest, kind = -1, None
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = Path(fields[4].replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= nearest:
            nearest, kind = len(point.parts), after.split()[0]
    return kind


def fold_log(connection: Connection) -> None:
    """Fold SQLite's write-ahead log into the file and empty it. Raises DBAPIError.

    Somebody may be reading, for a backup: then the rest is folded in next time, and nobody waits for that.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute("PRAGMA busy_timeout=100")
        try:
            cursor.execute(FOLD)
        finally:
            cursor.execute("PRAGMA busy_timeout=5000")
            cursor.close()
    except sqlite3.Error as trouble:
        raise DBAPIError(FOLD, None, trouble) from None
