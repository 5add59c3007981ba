"""The folder of the nightly backups: one file a day, under the day's name; other files in it are nobody's business."""

import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.config import Settings

NAME = "headsup-{day}.backup"
OURS = re.compile(r"headsup-(\d{4}-\d\d-\d\d)\.backup")
UNFINISHED = ".headsup-*.backup.part"


def folder_of(settings: Settings) -> Path | None:
    """Return where the backups go; None where none are made."""
    if not settings.backup.keep_daily:
        return None
    url = make_url(settings.database.url)
    beside = Path(url.database or "").parent if url.get_backend_name() == "sqlite" else Path("data")
    return beside / settings.backup.folder


def prepare(folder: Path) -> None:
    """Make the folder, and clear away what a process that was killed has left. Raises OSError where it cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(None, "the bot has to be allowed to write there", str(folder))
    for unfinished in folder.glob(UNFINISHED):
        unfinished.unlink(missing_ok=True)


def file_of(folder: Path, day: date) -> Path:
    return folder / NAME.format(day=day.isoformat())


def days_in(folder: Path) -> Collection[date]:
    """Return the days there are backups of."""
    days = set()
    for path in folder.glob(NAME.format(day="*")):
        if named := OURS.fullmatch(path.name):
            with suppress(ValueError):  # the 31st of February is nobody's backup
                days.add(date.fromisoformat(named[1]))
    return days


def files_in(folder: Path) -> Sequence[Path]:
    """Return the backups, oldest first."""
    return [file_of(folder, day) for day in sorted(days_in(folder))]


def largest(folder: Path) -> int:
    """Return the size of the largest backup, in bytes: the next will hardly need more room."""
    return max((file.stat().st_size for file in files_in(folder)), default=0)


def newest(settings: Settings) -> Path | None:
    """Return the newest nightly backup, by when it was finished; None where there is none."""
    folder = folder_of(settings)
    return max(files_in(folder), key=finished_at, default=None) if folder else None


def finished_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
