"""The database: writer threads with group commit, one on SQLite, and a session that actions and `store/` are handed."""

import asyncio
import errno
import queue
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import structlog
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    Engine,
    Executable,
    bindparam,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.clock import Clock
from bot.config import Settings
from bot.store.ahead import Ahead
from bot.store.crypto import Keys
from bot.store.disk import DiaryGone, Disk, cannot_write, fold_log, name_of
from bot.store.savepoints import goes_on, keep, mark, undo
from bot.store.secrets import Secrets, shred

log = structlog.get_logger()
T = TypeVar("T")

TRY_AGAIN = 5.0
"""Seconds until it is tried again at the latest to write: a full disk is soon noticed to have room again."""

TELL_EVERY = 60.0

TOGETHER = 200
"""The most turns that share one COMMIT; more would only make the first of them wait."""

WRITERS = 2
"""Threads that write to PostgreSQL: while one waits for a lock or the network, the other goes on. With more of them
fewer turns share a COMMIT, and each costs more (`benchmarks/answers.py`)."""

PATIENCE = {
    "idle_in_transaction_session_timeout": "8s",
    "lock_timeout": "15s",
}
"""What PostgreSQL ends by itself: the transaction of a process that was stopped in the middle of it, so that nobody
waits for what it held, and a wait that has become pointless."""

DEAD_LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""When a server that is cut off is given up: without the last, what was just sent to it would be waited for by the
kernel for a quarter of an hour."""


HOLD = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))
TRY_TO_HOLD = select(func.pg_try_advisory_xact_lock(bindparam("number", type_=BigInteger)))
NUMBERS = func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))).table_valued("number").render_derived()
TRY_TO_HOLD_ALL = select(NUMBERS.c.number).where(func.pg_try_advisory_xact_lock(NUMBERS.c.number))


class Busy(Exception):
    """Somebody else holds what this work needs; it is run again by itself, where it can wait."""


@dataclass(frozen=True)
class Session:
    """One turn's view of the world: the open transaction, the keys to what is sealed, the operator's settings.

    `patient`: this work has a transaction of its own, so waiting for a lock keeps nobody else waiting.
    """

    connection: Connection
    ring: Keys
    settings: Settings
    patient: bool = True
    ahead: Ahead = field(default_factory=Ahead)
    held: set[int] = field(default_factory=set)
    """Numbers that are held until the transaction ends, whatever is undone before."""

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(self.connection)

    @cached_property
    def keys(self) -> Keys:
        return replace(self.ring, secret_of=self.secrets.of, personal=self.secrets.given)

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        if statement.is_dml:
            self.ahead.written(statement.table.name)  # type: ignore[attr-defined]
        return self.connection.execute(statement, parameters)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what was done inside where it raises."""
        mark(self.connection)
        try:
            yield
        except BaseException:
            undo(self.connection)
            raise
        keep(self.connection)

    def hold(self, number: int) -> None:
        """Let nobody else do what begins with this until the transaction ends. Raises Busy where somebody does, and
        this work shares its transaction: two that wait for each other's would wait for ever.

        `number` is a person's id, or one below zero for what is nobody's. On SQLite one writes at a time anyway.
        """
        if not self.try_to_hold(number):
            if not self.patient:
                raise Busy
            self.execute(HOLD, {"number": number})

    def try_to_hold(self, number: int) -> bool:
        """Like `hold`, but return False instead of waiting."""
        if self.connection.dialect.name == "sqlite" or number in self.held:
            return True
        return bool(self.execute(TRY_TO_HOLD, {"number": number}).scalar_one())

    def try_to_hold_all(self, numbers: Collection[int]) -> Collection[int]:
        """Return those of the numbers that are held now, each like `try_to_hold`."""
        if self.connection.dialect.name == "sqlite":
            return numbers
        return set(self.execute(TRY_TO_HOLD_ALL, {"numbers": sorted(numbers)}).scalars())

    def meet(self, people: Collection[int]) -> Collection[int]:
        """Hold those of them whom nobody else holds, and look up their secrets, all in two statements. Returns the
        others."""
        self.held.update(self.try_to_hold_all(people))
        self.secrets.look_up(self.held)
        return set(people) - self.held


Work = Callable[[Session], T]


@dataclass(frozen=True)
class Asked(Generic[T]):
    """A piece of work that waits for a writer; `person`: whose turn it is, where it is anybody's."""

    work: Work[T]
    future: Future[T]
    person: int | None = None


def open_engine(url: str) -> Engine:
    """Open SQLite (WAL, synchronous=FULL, one immediate transaction at a time) or PostgreSQL; makes the data folder.

    Parameters never appear in errors: they hold what people said, if only sealed. OSError where WAL is not to be had.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        options = " ".join(f"-c {name}={value}" for name, value in PATIENCE.items())
        return create_engine(
            parsed, hide_parameters=True, pool_size=WRITERS, connect_args={"options": options, **DEAD_LINE}
        )
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
    """Runs work in transactions. A piece may run twice (when it shares a transaction that fails), so it only touches
    the session; what a statement raises it lets out, or has a savepoint around it."""

    def __init__(
        self,
        engine: Engine,
        keys: Keys,
        settings: Settings,
        held: IO[str] | None = None,
        *,
        shared: bool = False,
        writers: int | None = None,
    ) -> None:
        """Start the writers; `held` is the instance lock, let go of when the database is closed. `shared`: other
        processes take turns on it too."""
        self.shared = shared
        self._held = held
        self.engine = engine
        file = engine.url.database if engine.dialect.name == "sqlite" else None
        self.disk = Disk(Path(file)) if file and file != ":memory:" else None
        self.keys = keys
        self.settings = settings
        self._told_at: float | None = None
        self._hurried = False
        self._waiting: queue.SimpleQueue[Asked[Any] | None] = queue.SimpleQueue()
        many = 1 if engine.dialect.name == "sqlite" else writers or WRITERS
        self._writers = [
            threading.Thread(target=self._write_for_ever, name=f"writer-{number}", daemon=True)
            for number in range(1, many + 1)
        ]
        for writer in self._writers:
            writer.start()

    async def write(self, work: Work[T], person: int | None = None) -> T:
        """Run `work` in a transaction and return its result once it is on disk."""
        return await asyncio.wrap_future(self.submit(work, person))

    def submit(self, work: Work[T], person: int | None = None) -> Future[T]:
        """Queue `work`; its future fails with Closed where the writers have gone."""
        future: Future[T] = Future()
        self._waiting.put(Asked(work, future, person))
        if not any(writer.is_alive() for writer in self._writers):
            self._turn_away()
        return future

    async def insist(self, work: Work[T], clock: Clock, person: int | None = None) -> T:
        """Run `work` like `write`, again and again for as long as the database cannot be written."""
        pause = 0.0
        while True:
            try:
                return await self.write(work, person)
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
        """Fold SQLite's write-ahead log into the file and empty it, so that what was deleted is gone from both; on
        PostgreSQL write the table of secrets anew where one was destroyed."""
        await asyncio.wrap_future(self.submit(_checkpoint))

    def close(self) -> None:
        """Finish what waits, then let go of the file."""
        for _ in self._writers:
            self._waiting.put(None)
        for writer in self._writers:
            writer.join()
        self._turn_away()
        self.engine.dispose()
        if self._held is not None:
            self._held.close()

    def _turn_away(self) -> None:
        while not self._waiting.empty():
            entry = self._waiting.get()
            if entry is not None and entry.future.set_running_or_notify_cancel():
                entry.future.set_exception(Closed("the database is closed"))

    def _write_for_ever(self) -> None:
        """Write until closed. Where the database lets nobody in, who waits first is told, and it is tried again."""
        while True:
            try:
                with self.engine.connect() as connection:
                    self._write_over(connection)
                    return
            except DBAPIError as shut:
                entry = self._waiting.get()
                if entry is None:
                    return
                if entry.future.set_running_or_notify_cancel():
                    entry.future.set_exception(shut)

    def _write_over(self, connection: Connection) -> None:
        last = False
        while not last:
            batch = [self._waiting.get()]
            while batch[-1] is not None and len(batch) < TOGETHER and not self._waiting.empty():
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:  # another writer was faster
                    break
            last = batch[-1] is None
            asked = [entry for entry in batch if entry and entry.future.set_running_or_notify_cancel()]
            left: Sequence[Asked[Any]] = [entry for entry in asked if entry.work is not _checkpoint]
            left = self._commit_together(connection, left, marked=len(left) == 1)
            if len(left) > 1:
                left = self._commit_together(connection, left, marked=True)
            for entry in left:
                self._commit_together(connection, [entry], marked=True, alone=True)
            for future in [entry.future for entry in asked if entry.work is _checkpoint]:
                try:
                    _checkpoint(Session(connection, self.keys, self.settings))
                except (SQLAlchemyError, OSError) as failed:
                    future.set_exception(failed)
                else:
                    future.set_result(None)

    def _commit_together(
        self, connection: Connection, batch: Sequence[Asked[Any]], *, marked: bool = False, alone: bool = False
    ) -> Sequence[Asked[Any]]:
        """Run the batch with one COMMIT. Returns what has to be run again, of which nobody was told: all of it where
        the COMMIT failed, or where one failed and they were not `marked` by a savepoint each, which most can do
        without; else what somebody else's lock was in the way of, to be run alone."""
        if not batch:
            return []
        session = Session(connection, self.keys, self.settings, patient=alone)
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        busy: list[Asked[Any]] = []
        try:
            with connection.begin() as transaction:
                people = {entry.person for entry in batch if entry.person is not None}
                absent = session.meet(people) if len(people) > 1 else ()
                busy += [entry for entry in batch if entry.person in absent]
                for entry in [entry for entry in batch if entry.person not in absent]:
                    if marked:
                        mark(connection)
                    try:
                        result = entry.work(session)
                    except Exception as trouble:  # noqa: BLE001 - handed to whoever asked
                        if not marked:
                            transaction.rollback()
                            return batch
                        # This raises where the transaction has ended by itself (disk full, connection lost):
                        # then what the others did is gone too, and all are run again.
                        try:
                            undo(connection)
                        except SQLAlchemyError as ended:
                            raise (trouble if isinstance(trouble, SQLAlchemyError) else ended) from None
                        if isinstance(trouble, Busy):
                            busy.append(entry)
                        else:
                            outcomes.append((entry.future, None, trouble))
                    else:
                        if marked:
                            keep(connection)
                        elif not goes_on(connection):
                            transaction.rollback()
                            return batch
                        outcomes.append((entry.future, result, None))
                self._must_be_there()
            self._must_be_there()
        except DiaryGone as gone:
            busy, outcomes = [], [(entry.future, None, gone) for entry in batch]
        except Exception as failed:  # noqa: BLE001 - whatever it was, nobody is left waiting for a writer that has died
            # SQLite keeps a transaction open whose COMMIT failed; a new connection has none.
            connection.invalidate()
            if not alone:
                return batch
            outcomes = [(entry.future, None, failed) for entry in batch]
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
        return busy

    def _must_be_there(self) -> None:
        if self.disk is not None:
            self.disk.must_be_there()


def _checkpoint(session: Session) -> None:
    if session.connection.dialect.name != "sqlite":
        shred(session.connection.engine)
    else:
        # Between transactions, on the writer's own connection: a second one that checkpoints while the first writes can
        # lose data in SQLite before 3.51.3.
        fold_log(session.connection)
