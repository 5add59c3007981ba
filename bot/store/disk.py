"""The disk under SQLite: what kind it is, how much room is left, and some kept for the day there is none."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError

MEGABYTE = 1024 * 1024
BALLAST = 8 * MEGABYTE
"""Bytes held back, so that on a full disk a person can still have everything about them deleted."""

LITTLE = 64 * MEGABYTE
"""Bytes below which the disk counts as nearly full."""

NETWORK = frozenset(
    ("9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs")
)
MOUNTS = Path("/proc/self/mountinfo")


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

    def release_ballast(self) -> None:
        self._ballast.unlink(missing_ok=True)


def network_file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Return the kind of file system `path` lies on where it is one over a network or in user space, on which SQLite's
    locks and shared memory do not hold (sqlite.org/faq.html#q5, wal.html); None for a disk of this machine."""
    kind = _file_system(path.resolve(), mounts)
    return kind if kind and (kind in NETWORK or kind.startswith("fuse")) else None


def is_full(trouble: BaseException) -> bool:
    """Tell whether a write failed because the disk is full."""
    cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


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
