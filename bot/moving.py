"""headsup move: the diary goes from its SQLite file into PostgreSQL, beside a running bot or without one."""

import sqlite3
from typing import IO, NoReturn

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot import diary
from bot.clock import Clock
from bot.config import Settings
from bot.store import backup, checkins, lock, move, schema
from bot.store.crypto import Keys, KeyTrouble
from bot.store.database import Session, open_engine, open_to_read
from bot.store.disk import UNREADABLE
from bot.terminal import FAILED, IN_USE, MISCONFIGURED, progress, say, stop_with

ADDRESS = "postgresql+psycopg://"
CHANGE_OVER = """The bot has gone on writing to {at}. To change over:
1. Stop the bot.
2. Run this command once more. It copies everything anew, in about as long.
3. Set [database] url to that address.
4. Start the bot."""
GO_ON_THERE = """No bot was running, so that is all of it. To go on there:
1. Set [database] url to that address.
2. Start the bot.
{at} stays as it is. When you are sure, remove it and the files beside it whose names begin like it."""


def move_to(settings: Settings, to: str, clock: Clock) -> None:
    """Copy the diary into the database `to`, and say what to do next."""
    at = diary.place_of(settings)
    if at is None:
        stop_with(MISCONFIGURED, "[database] url: is on PostgreSQL already; headsup move brings a SQLite file there")
    target = _opened(to)
    keys = diary.key_ring(settings)
    _must_be_up_to_date(settings)
    held = _held(settings)
    began = clock.steady()
    try:
        rows = _copy(settings, target, keys)
    finally:
        target.dispose()
        if held is not None:
            held.close()
    people, days, all_of_them = rows["users"], rows["checkins"], sum(rows.values())
    counted = f"{people} {'person' if people == 1 else 'people'}, {days} {'day' if days == 1 else 'days'}"
    say(f"Copied and compared row by row, in {clock.steady() - began:.0f} s: {counted}, {all_of_them} rows in all.")
    say((CHANGE_OVER if held is None else GO_ON_THERE).format(at=at))


def _opened(to: str) -> Engine:
    """Open the database that is to be filled. What is wrong with its address may hold a password: it is not shown."""
    if not to.startswith(ADDRESS):
        stop_with(MISCONFIGURED, f"--to: must begin with {ADDRESS}, as in {ADDRESS}headsup@localhost/headsup")
    try:
        engine = open_engine(to)
    except ModuleNotFoundError:
        stop_with(MISCONFIGURED, f"--to: {diary.DRIVER}")
    except (ArgumentError, ValueError):
        stop_with(MISCONFIGURED, f"--to: {diary.ADDRESS}")
    if not engine.url.database:
        stop_with(MISCONFIGURED, "--to: must end with the name of a database, as in …/headsup")
    return engine


def _must_be_up_to_date(settings: Settings) -> None:
    at = diary.schema_of(settings)
    if at is None:
        stop_with(MISCONFIGURED, "[database] url: there is no diary there yet; set it to the new address and start")
    try:
        schema.must_know(at)
    except schema.SchemaTrouble as trouble:
        stop_with(MISCONFIGURED, str(trouble))
    if at != schema.newest():
        stop_with(MISCONFIGURED, "[database] url: the diary is of an older version; start the bot once, then move it")


def _held(settings: Settings) -> IO[str] | None:
    """Keep every bot from starting on the file meanwhile; None where one runs."""
    try:
        return diary.lock_of(settings)
    except lock.Held:
        return None
    except OSError as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}")


def _copy(settings: Settings, target: Engine, keys: Keys) -> move.Rows:
    reader = open_to_read(settings.database.url)
    try:
        with reader.connect() as source, source.begin(), target.begin() as there:
            checkins.try_key(Session(source, keys, settings))
            with progress("Copying and comparing", 2 * backup.count_rows(source)) as count:
                return move.copy(source, there, keys, count)
    except lock.Held as others:
        stop_with(IN_USE, f"--to: {others}")
    except move.MoveTrouble as trouble:
        stop_with(FAILED, f"--to: {trouble}")
    except schema.SchemaTrouble:
        stop_with(MISCONFIGURED, "--to: a newer HeadsUp has made that database; install the newer version again")
    except KeyTrouble as trouble:
        stop_with(MISCONFIGURED, str(trouble))
    except (DBAPIError, OSError, *UNREADABLE) as trouble:
        _stop_over(trouble)
    finally:
        reader.dispose()


def _stop_over(trouble: Exception) -> NoReturn:
    here = not isinstance(trouble, DBAPIError) or isinstance(trouble.orig, sqlite3.Error)
    cure = "nothing is lost: put it right and run headsup move again"
    stop_with(FAILED, f"{'[database] url' if here else '--to'}: {diary.why(trouble)}; {cure}")
