"""The database: one writer thread with group commit on SQLite, and a session that actions and `store/` are handed."""

import asyncio
import errno
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import structlog
from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.clock import Clock
from bot.config import Settings
from bot.store.crypto import Keys
from bot.store.disk import DiaryGone, Disk, cannot_write, name_of

log = structlog.get_logger()
T = TypeVar("T")

TRY_AGAIN = 5.0
"""Seconds until it is tried again at the latest to write: a full disk is soon noticed to have room again."""

TELL_EVERY = 60.0

TOGETHER = 200
"""The most turns that share one COMMIT; more would only make the first of them wait."""


@dataclass(frozen=True)
class Session:
    """One turn's view of the world: the open transaction, the keys to what is sealed, the operator's settings."""

    connection: Connection
    keys: Keys
    settings: Settings

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self.connection.execute(statement, parameters)


Work = Callable[[Session], T]


def open_engine(url: str) -> Engine:
    """Open SQLite (WAL, synchronous=FULL, one immediate transaction at a time) or PostgreSQL; makes the data folder.

    Parameters never appear in errors: they hold what people said, if only sealed. OSError where WAL is not to be had.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 5, "isolation_level": None}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode not in ("wal", "memory"):
            raise OSError(errno.ENOTSUP, f"SQLite cannot keep its write-ahead log here (it says {mode})")
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "busy_timeout=5000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads first and writes later fails at once when somebody else writes.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def open_to_read(url: str) -> Engine:
    """Open a database beside the process that writes it: nothing is written, no lock is waited for, no log folded in.

    One transaction sees one state of it, however long it takes.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, hide_parameters=True, isolation_level="REPEATABLE READ")
    file = Path(parsed.database or "").resolve()

    def connect() -> sqlite3.Connection:
        address = f"{file.as_uri()}?mode=ro"
        return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=5)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


class Closed(Exception):
    """Work came after the database was closed, or could not be done before; nothing of it was done."""


class Database:
    """Runs work in transactions. A piece may run twice (when a shared COMMIT fails), so it only touches the session."""

    def __init__(self, engine: Engine, keys: Keys, settings: Settings, held: IO[str] | None = None) -> None:
        """Start the writer; `held` is the instance lock, let go of when the database is closed."""
        self._held = held
        self.engine = engine
        file = engine.url.database if engine.dialect.name == "sqlite" else None
        self.disk = Disk(Path(file)) if file and file != ":memory:" else None
        self.keys = keys
        self.settings = settings
        self._told_at: float | None = None
        self._hurried = False
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_for_ever, name="writer", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction and return its result once it is on disk."""
        return await asyncio.wrap_future(self.submit(work))

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue `work`; its future fails with Closed where the writer has gone."""
        future: Future[T] = Future()
        self._waiting.put((work, future))
        if not self._writer.is_alive():
            self._turn_away()
        return future

    async def insist(self, work: Work[T], clock: Clock) -> T:
        """Run `work` like `write`, again and again for as long as the database cannot be written."""
        pause = 0.0
        while True:
            try:
                return await self.write(work)
            except DBAPIError as trouble:
                if not cannot_write(trouble):
                    raise
                self.complain(trouble, clock)
                if self._hurried:
                    raise Closed("given up, the process stops") from None
                pause = min(max(1.0, pause * 2), TRY_AGAIN)
                await clock.sleep(pause)

    def hurry(self) -> None:
        """Let what is insisted on be tried once more and then given up with Closed: the process stops."""
        self._hurried = True

    def complain(self, trouble: DBAPIError, clock: Clock) -> None:
        """Log that the database cannot be written: once a minute, however many find out and how often."""
        now = clock.steady()
        if self._told_at is None or now - self._told_at >= TELL_EVERY:
            self._told_at = now
            log.error("diary.not_written", trouble=name_of(trouble))

    async def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log into the file and empty it, so that what was deleted is gone from both."""
        await asyncio.wrap_future(self.submit(_checkpoint))

    def close(self) -> None:
        """Finish what waits, then let go of the file."""
        self._waiting.put(None)
        self._writer.join()
        self._turn_away()
        self.engine.dispose()
        if self._held is not None:
            self._held.close()

    def _turn_away(self) -> None:
        while not self._waiting.empty():
            entry = self._waiting.get()
            if entry is not None and entry[1].set_running_or_notify_cancel():
                entry[1].set_exception(Closed("the database is closed"))

    def _write_for_ever(self) -> None:
        with self.engine.connect() as connection:
            session = Session(connection, self.keys, self.settings)
            last = False
            while not last:
                batch = [self._waiting.get()]
                while len(batch) < TOGETHER and not self._waiting.empty():
                    batch.append(self._waiting.get())
                last = None in batch
                asked = [entry for entry in batch if entry and entry[1].set_running_or_notify_cancel()]
                work = [entry for entry in asked if entry[0] is not _checkpoint]
                outside = [future for function, future in asked if function is _checkpoint]
                if work and not self._commit_together(session, work):
                    for entry in work:
                        self._commit_together(session, [entry], alone=True)
                for future in outside:
                    try:
                        _checkpoint(session)
                    except (SQLAlchemyError, OSError) as failed:
                        future.set_exception(failed)
                    else:
                        future.set_result(None)

    def _commit_together(
        self, session: Session, batch: list[tuple[Work[Any], Future[Any]]], *, alone: bool = False
    ) -> bool:
        """Run the batch, a savepoint each, one COMMIT. Returns False when that failed and nobody was told."""
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            with session.connection.begin():
                for work, future in batch:
                    savepoint = session.connection.begin_nested()
                    try:
                        result = work(session)
                    except Exception as trouble:  # noqa: BLE001 - handed to whoever asked
                        # This raises where the transaction has ended by itself (disk full, connection lost):
                        # then what the others did is gone too, and all are run again.
                        try:
                            savepoint.rollback()
                        except SQLAlchemyError as ended:
                            raise (trouble if isinstance(trouble, SQLAlchemyError) else ended) from None
                        outcomes.append((future, None, trouble))
                    else:
                        savepoint.commit()
                        outcomes.append((future, result, None))
                self._must_be_there()
            self._must_be_there()
        except DiaryGone as gone:
            outcomes = [(future, None, gone) for _, future in batch]
        except (SQLAlchemyError, OSError) as failed:
            # SQLite keeps a transaction open whose COMMIT failed; a new connection has none.
            session.connection.invalidate()
            if not alone:
                return False
            outcomes = [(future, None, failed) for _, future in batch]
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
        return True

    def _must_be_there(self) -> None:
        if self.disk is not None:
            self.disk.must_be_there()


FOLD = "PRAGMA wal_checkpoint(TRUNCATE)"


def _checkpoint(session: Session) -> None:
    # Between transactions, on the writer's own connection: a second one that checkpoints while the first writes can
    # lose data in SQLite before 3.51.3.
    if session.connection.dialect.name == "sqlite":
        cursor = session.connection.connection.cursor()
        try:
            # Somebody may be reading, for a backup: then the rest is folded in next time, and nobody waits for that.
            cursor.execute("PRAGMA busy_timeout=100")
            try:
                cursor.execute(FOLD)
            finally:
                cursor.execute("PRAGMA busy_timeout=5000")
                cursor.close()
        except sqlite3.Error as trouble:
            raise DBAPIError(FOLD, None, trouble) from None
