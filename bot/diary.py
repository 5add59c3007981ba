"""The diary on disk: opened with its lock, its key and its tables, or one sentence that says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.clock import SystemClock
from bot.config import Settings
from bot.store import backup, checkins, erasures, lock, schema
from bot.store.crypto import Keys, KeyTrouble, load_keys, make_keys
from bot.store.database import Database, Session, open_engine, open_to_read
from bot.store.disk import UNREADABLE, cannot_open, is_damaged, is_full, network_file_system
from bot.store.sealed_lines import BackupTrouble
from bot.terminal import FAILED, IN_USE, MISCONFIGURED, say, stop_with

T = TypeVar("T")

CHECKED_AT_START = 64 * 1024 * 1024
"""Bytes of a file that is checked whole within a fraction of a second."""

DAMAGED = "the file is damaged, or no diary at all; put a backup in its place with headsup restore FILE"
MISSING = (
    "[database] url: there is a key, but no diary at {at}; put the diary back, or a backup with headsup restore FILE. "
    "To begin an empty one: headsup migrate"
)
FOREIGN = (
    "[database] url: {at} is a database of another program; choose another name for the diary, or put a backup in its "
    "place with headsup restore FILE"
)
ADDRESS = "cannot be read as an address; special signs in a password are written %40 (@), %3A (:)"
"""What could not be read may hold a password, so it is not repeated."""

NO_ADDRESS = f"[database] url: {ADDRESS}"

NETWORK = (
    "[database] url: {at} lies on a network file system ({kind}), on which SQLite loses data; choose a folder on a "
    'disk of this machine, or set [database] file_system to "any" and take the risk'
)
INSTALL = "install it with pip install --require-hashes -r requirements-postgres.lock"
DRIVER = f"PostgreSQL needs psycopg; {INSTALL}"
OLDEST = 14
"""The oldest PostgreSQL that ends a session which has fallen silent: by that one process follows another."""

TOO_OLD = "[database] url: the server is PostgreSQL {found}; version {oldest} or newer is needed"
POOLER = (
    "something in between, like PgBouncer, keeps PostgreSQL from ending a connection that has fallen silent; give the "
    "address of PostgreSQL itself"
)
POOLED = f"[database] url: {POOLER}"
NO_DRIVER = f"[database] url: {DRIVER}"


def open_diary(
    settings: Settings,
    held: IO[str] | None = None,
    *,
    begin: bool = True,
    fresh: bool = False,
    shared: bool = False,
) -> Database:
    """Open the database with its key, both made at the first start, and bring the tables up to date.

    `held` is its lock where the caller has it already. `begin`: a key whose diary is missing starts an empty one.
    `fresh`: the diary that is there is thrown away first, once it is known that nobody uses it. `shared`: other
    processes use it too.
    """
    try:
        at = place_of(settings)
        if settings.keys.file.exists() and not begin and schema_of(settings) is None:
            stop_with(MISCONFIGURED, MISSING.format(at=at or "the address"))
        held = held or lock_of(settings)
        if at is not None and fresh:
            for made in (at, *(at.with_name(at.name + end) for end in ("-wal", "-shm")), settings.keys.file):
                made.unlink(missing_ok=True)
        if at is not None:
            _must_be_local(at, settings)
        engine = open_engine(settings.database.url)
        if at is not None and at.exists():
            _must_be_sound(engine, at)
            _must_be_ours(engine, at)
        if at is None:
            _must_be_new_enough(engine)
        keys = _keys_for(engine, settings)
        _keep_before_upgrade(engine, keys, at, settings)
        schema.upgrade(engine)
        with engine.begin() as connection:
            checkins.try_key(Session(connection, keys, settings))
    except ModuleNotFoundError:
        stop_with(MISCONFIGURED, NO_DRIVER)
    except lock.Held as other:
        stop_with(IN_USE, f"[database] url: {other}")
    except (KeyTrouble, schema.SchemaTrouble) as trouble:
        stop_with(MISCONFIGURED, str(trouble))
    except (BackupTrouble, DBAPIError, OSError, *UNREADABLE) as trouble:
        stop_with(FAILED, f"[database] url: {why(trouble)}")
    database = Database(engine, keys, settings, held, shared=shared)
    if database.disk is not None:
        database.disk.keep_ballast()
    return database


def key_ring(settings: Settings) -> Keys:
    """Read the key file of a diary that is already there."""
    if not settings.keys.file.exists() and schema_of(settings) is None:
        stop_with(MISCONFIGURED, "[keys] file: there is no key yet; start the bot once, it makes one")
    try:
        return load_keys(settings.keys.file)
    except KeyTrouble as trouble:
        stop_with(MISCONFIGURED, str(trouble))


def schema_of(settings: Settings) -> str | None:
    """Return the schema the database is at, without making one; None where there is none yet."""
    url = _url(settings)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    try:
        return schema.revision(open_to_read(settings.database.url))
    except ModuleNotFoundError:
        stop_with(MISCONFIGURED, NO_DRIVER)
    except (DBAPIError, OSError, *UNREADABLE) as trouble:
        stop_with(FAILED, f"[database] url: {why(trouble)}")


def read(settings: Settings, work: Callable[[Session], T]) -> T:
    """Run `work` on the diary as it is at this moment, beside a running bot or without one."""
    at = schema_of(settings)
    keys = key_ring(settings)
    if at is None:
        stop_with(MISCONFIGURED, "[database] url: there is no diary there yet; start the bot once, it makes one")
    if at != schema.newest():
        stop_with(FAILED, f"[database] url: it is at schema {at}, not {schema.newest()}; headsup check says what to do")
    reader = open_to_read(settings.database.url)
    try:
        with reader.begin() as connection:
            return work(Session(connection, keys, settings))
    except (DBAPIError, OSError, *UNREADABLE) as trouble:
        stop_with(FAILED, f"[database] url: {why(trouble)}")
    finally:
        reader.dispose()


def _url(settings: Settings) -> URL:
    try:
        return make_url(settings.database.url)
    except (ArgumentError, ValueError):
        stop_with(MISCONFIGURED, NO_ADDRESS)


def place_of(settings: Settings) -> Path | None:
    """Return the diary's file; None where it is on a server."""
    url = _url(settings)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def lock_of(settings: Settings) -> IO[str] | None:
    """Lock the diary for this process. Raises Held, OSError."""
    at = place_of(settings)
    return None if at is None else lock.take(at)


def _must_be_local(at: Path, settings: Settings) -> None:
    kind = network_file_system(at)
    if kind and settings.database.file_system != "any":
        stop_with(MISCONFIGURED, NETWORK.format(at=at, kind=kind))


def _must_be_sound(engine: Engine, at: Path) -> None:
    """Stop where SQLite finds its file damaged; large files are checked by `headsup check`, not at every start."""
    if at.stat().st_size > CHECKED_AT_START:
        return
    with engine.connect() as connection:
        if not is_sound(connection):
            stop_with(FAILED, f"[database] url: {DAMAGED}")


def is_sound(connection: Connection) -> bool:
    """Read a SQLite file through and tell whether all of it is in order."""
    # quick_check would overlook that a row's day is not the one under which it is looked up.
    return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"


def _must_be_new_enough(engine: Engine) -> None:
    found = version_of(engine)
    if found < OLDEST:
        stop_with(MISCONFIGURED, TOO_OLD.format(found=found, oldest=OLDEST))


def version_of(engine: Engine) -> int:
    """Return the major version of a PostgreSQL server."""
    with engine.connect() as connection:
        return int((connection.dialect.server_version_info or (0,))[0])


def _must_be_ours(engine: Engine, at: Path) -> None:
    if schema.revision(engine) is None and not schema.is_empty(engine):
        stop_with(MISCONFIGURED, FOREIGN.format(at=at))


def _keep_before_upgrade(engine: Engine, keys: Keys, at: Path | None, settings: Settings) -> None:
    """Back up a diary of an older version before its tables are changed."""
    before = schema.revision(engine)
    if at is None or before in (None, schema.newest()):
        return
    schema.must_know(before)
    file = at.with_name(f"{at.name}.schema-{before}.backup")
    if not file.exists():
        backup.write(engine, keys, erasures.lines_of(settings.keys.file), file, SystemClock().now())
        say(f"Backed up to {file} before the tables change.")


def _keys_for(engine: Engine, settings: Settings) -> Keys:
    if settings.keys.file.exists() or not schema.is_empty(engine):
        return load_keys(settings.keys.file)
    keys = make_keys(settings.keys.file)
    try:
        schema.upgrade(engine)
    except BaseException:
        settings.keys.file.unlink()  # a key without tables would look like a diary that was lost
        raise
    say(f"Made the key {settings.keys.file}. Keep a copy of it apart from the backups: without it nothing can be read.")
    return keys


def why(trouble: Exception) -> str:
    """Return what went wrong as one line, in the words of the database or the system."""
    if is_damaged(trouble):
        said = DAMAGED
    elif is_full(trouble):
        said = "database or disk is full"
    elif cannot_open(trouble):
        said = "the file cannot be opened; the bot has to be allowed to write there"
    elif lock.is_refused(trouble):
        said = POOLER
    elif isinstance(trouble, DBAPIError):
        said = str(trouble.orig)
    else:
        said = (isinstance(trouble, OSError) and trouble.strerror) or str(trouble) or type(trouble).__name__
    return said.strip().splitlines()[0]
