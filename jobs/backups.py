"""The nightly backup: made beside the writer, read back, put on the shelf under its day; then the oldest go."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.config import Settings
from bot.domain.backups import night_of, surplus
from bot.store import backup, backup_folder, erasures
from bot.store.backup import Contents
from bot.store.crypto import Keys
from bot.store.database import Database, open_to_read
from bot.store.disk import UNREADABLE, must_have_room, name_of
from bot.store.sealed_lines import BackupTrouble

log = structlog.get_logger()

AGAIN_AFTER = 3600.0
"""Seconds until a backup that failed is tried again."""


class Backups:
    """Makes the backup of each night once: whether it was made is told by its file."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._failed_at: float | None = None

    async def take(self, now: datetime) -> None:
        """Make tonight's backup where it is time and there is none; what fails is told, and nothing older goes."""
        settings = self._database.settings
        folder = backup_folder.folder_of(settings)
        night = night_of(now, settings.backup.at, settings.defaults.timezone)
        if folder is None or night is None or self._has_just_failed() or backup_folder.file_of(folder, night).exists():
            return
        try:
            made = await _beside(lambda: _make(settings, self._database.keys, folder, night, now))
        except (BackupTrouble, DBAPIError, OSError, *UNREADABLE) as trouble:
            self._failed_at = self._clock.steady()
            log.error("backup.failed", why=_why(trouble), again_in_minutes=round(AGAIN_AFTER / 60))
            return
        self._failed_at = None
        gone = surplus(backup_folder.days_in(folder), night, settings.backup.keep_daily, settings.backup.keep_weekly)
        for day in gone:
            backup_folder.file_of(folder, day).unlink(missing_ok=True)
        log.info("backup.made", day=night.isoformat(), rows=sum(made.rows.values()), dropped=len(gone))

    def _has_just_failed(self) -> bool:
        return self._failed_at is not None and self._clock.steady() - self._failed_at < AGAIN_AFTER


def _make(settings: Settings, keys: Keys, folder: Path, night: date, now: datetime) -> Contents:
    backup_folder.prepare(folder)
    reader = open_to_read(settings.database.url)
    try:
        must_have_room(folder, backup_folder.largest(folder))
        ledger = erasures.lines_of(settings.keys.file)
        return backup.write(reader, keys, ledger, backup_folder.file_of(folder, night), now)
    finally:
        reader.dispose()


def _beside(work: Callable[[], Contents]) -> asyncio.Future[Contents]:
    """Run `work` on a thread of its own, for which a process that stops does not wait: half a backup is no loss."""
    future: Future[Contents] = Future()

    def run() -> None:
        try:
            made = work()
        except BaseException as trouble:  # noqa: BLE001 - handed to whoever asked
            if not future.cancelled():
                future.set_exception(trouble)
        else:
            if not future.cancelled():
                future.set_result(made)

    threading.Thread(target=run, name="backup", daemon=True).start()
    return asyncio.wrap_future(future)


def _why(trouble: Exception) -> str:
    """Return what went wrong, without what stands in the diary."""
    if isinstance(trouble, DBAPIError):
        return name_of(trouble)
    if isinstance(trouble, OSError) and trouble.strerror:
        return trouble.strerror
    return str(trouble) if isinstance(trouble, BackupTrouble) else type(trouble).__name__
