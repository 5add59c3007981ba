"""A small disk of a test's own, which can be filled and made read-only, and what a bot says while it cannot write."""

import asyncio
import os
import re
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

SIZE = 96
"""Megabytes: enough that a bot holds room back for deletions."""

PAGE = 4096
EVENT = re.compile(r"\[(?:warning|error|critical) *\] (\S+)")


class Disk:
    """A disk on which a bot lives with all that is its."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self, all_but: int = 0) -> None:
        """Take what room there is, but for so many pages."""
        with self._filling.open("ab") as file:
            while (free := os.statvfs(self.folder).f_bavail) > all_but:
                with suppress(OSError):  # somebody else was faster
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), (free - all_but) * PAGE)

    def make_room(self) -> None:
        self._filling.unlink()

    @asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Stay full: whatever the bot frees, somebody else on the machine takes."""

        async def fill_on() -> None:
            while True:
                self.fill()
                await asyncio.sleep(0.01)

        filling = asyncio.create_task(fill_on())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            filling.cancel()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Be mounted read-only; nobody may have a file open to write."""
        subprocess.run(("mount", "-o", "remount,ro", self.folder), check=True)
        yield
        subprocess.run(("mount", "-o", "remount,rw", self.folder), check=True)


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a disk in memory."""
    folder.mkdir()
    subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "headsup", folder), check=True, capture_output=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(("umount", "--lazy", folder), check=True)


@cache
def why_no_disk() -> str | None:
    """Return why no disk can be mounted here, None where one can."""
    with TemporaryDirectory() as folder:
        try:
            with a_small_disk(Path(folder) / "disk"):
                return None
        except (OSError, subprocess.CalledProcessError):
            return "no disk can be mounted here: that takes root, and a kernel that lets root"


def lines_a_minute(output: Sequence[str], seconds: float) -> float:
    """Return how many lines of trouble a bot has logged in the worst minute's kind, for each minute that began."""
    kinds = Counter(found[1] for line in output if (found := EVENT.search(line)))
    return max(kinds.values(), default=0) / (1 + seconds // 60)
