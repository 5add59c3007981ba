"""The diary on disk: opened with its lock, its key and its tables, or one sentence that says why not."""

from pathlib import Path
from typing import IO

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.clock import Clock
from bot.config import Settings
from bot.store import checkins, lock, reminders, schema, users
from bot.store.crypto import Keys, KeyTrouble, load_keys, make_keys
from bot.store.database import Database, Session, open_engine
from bot.terminal import FAILED, IN_USE, MISCONFIGURED, say, stop_with

NO_DRIVER = '[database] url: PostgreSQL needs psycopg; install it with pip install "headsup[postgres]"'


def open_diary(settings: Settings) -> Database:
    """Open the database with its key, both made at the first start, and bring the tables up to date."""
    try:
        held = _lock(_url(settings))
        engine = open_engine(settings.database.url)
        keys = _keys_for(engine, settings)
        schema.upgrade(engine)
        with engine.begin() as connection:
            checkins.try_key(Session(connection, keys, settings))
    except ModuleNotFoundError:
        stop_with(MISCONFIGURED, NO_DRIVER)
    except (KeyTrouble, schema.SchemaTrouble) as trouble:
        stop_with(MISCONFIGURED, str(trouble))
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"[database] url: {_why(trouble)}")
    return Database(engine, keys, settings, held)


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
        return schema.revision(open_engine(settings.database.url))
    except ModuleNotFoundError:
        stop_with(MISCONFIGURED, NO_DRIVER)
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"database   [database] url: {_why(trouble)}")


def look_into(settings: Settings, clock: Clock) -> None:
    """Say how key and database are: schema, whether the key fits, how many people, what comes next."""
    at = schema_of(settings)
    if at is None and not settings.keys.file.exists():
        say("key        none yet; the first start makes it")
        say("database   none yet; the first start makes the tables")
        return
    keys = key_ring(settings)
    say(f"key        ok, {settings.keys.file}")
    try:
        schema.must_know(at)
    except schema.SchemaTrouble as trouble:
        stop_with(FAILED, f"database   {trouble}")
    if at != schema.newest():
        say(f"database   ok, schema {at or 'none'}; the next start brings it to {schema.newest()}")
        return
    with open_engine(settings.database.url).begin() as connection:
        session = Session(connection, keys, settings)
        try:
            checkins.try_key(session)
        except KeyTrouble as trouble:
            stop_with(FAILED, f"key        {trouble}")
        soon = reminders.next_at(session)
        say(f"database   ok, schema {at}, people: {users.count(session)}")
    late = ", that is past: is the bot running?" if soon and soon < clock.now() else ""
    say(f"next send  {soon:%Y-%m-%d %H:%M} UTC{late}" if soon else "next send  none planned")


def _url(settings: Settings) -> URL:
    try:
        return make_url(settings.database.url)
    except (ArgumentError, ValueError):
        # What could not be read may hold a password, so it is not repeated.
        stop_with(
            MISCONFIGURED,
            "[database] url: cannot be read as an address; special signs in a password are written %40 (@), %3A (:)",
        )


def _lock(url: URL) -> IO[str] | None:
    if url.get_backend_name() != "sqlite":
        return None
    try:
        return lock.take(Path(url.database or ""))
    except lock.Held as held:
        stop_with(IN_USE, f"[database] url: {held}")


def _keys_for(engine: Engine, settings: Settings) -> Keys:
    if settings.keys.file.exists() or not schema.is_empty(engine):
        return load_keys(settings.keys.file)
    keys = make_keys(settings.keys.file)
    say(f"Made the key {settings.keys.file}. Keep a copy of it apart from the backups: without it nothing can be read.")
    return keys


def _why(trouble: DBAPIError | OSError) -> str:
    why = str(trouble.orig) if isinstance(trouble, DBAPIError) else trouble.strerror or type(trouble).__name__
    return why.strip().splitlines()[0]
