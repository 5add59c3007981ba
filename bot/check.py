"""What `headsup check` looks at, a line each: it changes nothing, and every fault is told with its cure."""

import asyncio
import errno
import json
import os
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot import diary
from bot.chat import me
from bot.clock import EARLIEST_YEAR, Clock
from bot.config import Http, Settings
from bot.store import backup_folder, checkins, identity, lock, meta, roster, schema
from bot.store.crypto import KeyTrouble, load_keys
from bot.store.database import Session, open_to_read
from bot.store.disk import LITTLE, MEGABYTE, UNREADABLE, Disk, network_file_system
from bot.terminal import FAILED, MISCONFIGURED

A_DAY = timedelta(days=1)
OFF_BY = timedelta(minutes=1)
"""A clock that is off by more sends reminders noticeably early or late."""

OVERDUE = timedelta(minutes=5)
"""A running bot looks every few seconds for what is due, and waits for a while where Telegram asks it to."""

TOO_OLD = timedelta(hours=50)
"""Of the newest backup: one night may fail, and a night may be an hour longer."""

HEALTH_WITHIN = 5.0
LONGEST_HEALTH = 10_000
"""Seconds and bytes in which a HeadsUp says how it is."""

NO_QUEUE = f"[database] url: headsup worker needs pgqueuer beside psycopg; {diary.INSTALL}"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at and how it is. `code`: 0 where that is fine, else the exit code it calls for; then
    `said` names the fault and, after a semicolon, the cure."""

    name: str
    said: str
    code: int = 0


def code_of(findings: Sequence[Finding]) -> int:
    """Return the exit code: a wrong setting weighs more than what may pass by itself."""
    return max((finding.code for finding in findings), default=0)


def look(settings: Settings, clock: Clock, *, offline: bool = False) -> Sequence[Finding]:
    """Look at everything; `offline` leaves Telegram out, which is not asked with the token of another bot either."""
    now, token = clock.now(), settings.telegram.secret_token()
    found = [
        Finding("settings", f"ok, access is by {settings.access.mode}, {settings.telegram.mode}"),
        _token(token),
        _clock(now),
        *_diary(settings, now),
        *_http(settings.http),
    ]
    theirs = not any(finding.code for finding in found if finding.name == "token")
    if token is not None and theirs and not offline:
        found += asyncio.run(_telegram(settings, token, clock))
    wrong = {finding.name for finding in found if finding.code}
    return [finding for finding in found if finding.code or finding.name not in wrong]


def _token(token: str | None) -> Finding:
    if token is None:
        told = '[telegram] token: missing; put the one from @BotFather there, or try "headsup sandbox"'
        return Finding("token", told, MISCONFIGURED)
    return Finding("token", f"ok, {identity.bot_of(token)}:…")


def _clock(now: datetime) -> Finding:
    if now.year < EARLIEST_YEAR:
        return Finding("clock", f"this machine says it is {now:%Y-%m-%d}; set its clock first", FAILED)
    return Finding("clock", f"ok, {now:%Y-%m-%d %H:%M} UTC")


async def _telegram(settings: Settings, token: str, clock: Clock) -> Sequence[Finding]:
    try:
        found = await me.ask(settings.telegram.base_url, token)
    except me.UnknownToken as trouble:
        return [Finding("telegram", str(trouble), MISCONFIGURED)]
    except me.NoAnswer as trouble:
        return [Finding("telegram", str(trouble), FAILED)]
    answers = Finding("telegram", f"ok, this is @{found.username}")
    off = clock.now() - found.now if found.now else timedelta(0)
    if abs(off) <= OFF_BY:
        return [answers]
    told = f"this machine's clock is {_span(abs(off))} {'ahead of' if off > timedelta(0) else 'behind'} Telegram's"
    return [answers, Finding("clock", f"{told}; set it, or let it follow a time server", FAILED)]


def _diary(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at key and database as far as one gets."""
    try:
        url = make_url(settings.database.url)
        reader = open_to_read(settings.database.url)
    except (ArgumentError, ValueError):
        yield Finding("database", diary.NO_ADDRESS, MISCONFIGURED)
        return
    except ModuleNotFoundError:
        yield Finding("database", diary.NO_DRIVER, MISCONFIGURED)
        return
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    try:
        is_there = file is None or file.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        is_there = False
    except OSError as trouble:
        yield _unreadable(trouble, file)
        return
    try:
        if file is None and (fault := _server(settings.database.url, reader)):
            yield Finding("database", fault, MISCONFIGURED)
            return
        at = schema.revision(reader) if is_there else None
        if at is None and is_there and not schema.is_empty(reader):
            yield Finding("database", diary.FOREIGN.format(at=file or "the address"), MISCONFIGURED)
            return
        yield from _key_and_tables(settings, reader, file, at, now)
    except (DBAPIError, OSError, *UNREADABLE) as trouble:
        yield _unreadable(trouble, file)
    finally:
        reader.dispose()


def _server(url: str, reader: Engine) -> str | None:
    """Return what makes a PostgreSQL unfit, with the cure."""
    found = diary.version_of(reader)
    if found < diary.OLDEST:
        return diary.TOO_OLD.format(found=found, oldest=diary.OLDEST)
    if not lock.reaches_the_server(url):
        return diary.POOLED
    return None if find_spec("pgqueuer") else NO_QUEUE


def _unreadable(trouble: Exception, file: Path | None) -> Finding:
    said = diary.why(trouble)
    if said != diary.DAMAGED:
        said += (
            f"; let the bot read and write {file}" if file else "; start the database server, or correct the address"
        )
    return Finding("database", f"[database] url: {said}", FAILED)


def _key_and_tables(
    settings: Settings, reader: Engine, file: Path | None, at: str | None, now: datetime
) -> Iterator[Finding]:
    if at is None and not settings.keys.file.exists():
        yield Finding("key", "none yet; the first start makes it")
        yield Finding("database", "none yet; the first start makes the tables")
        return
    try:
        keys = load_keys(settings.keys.file)
    except KeyTrouble as trouble:
        yield Finding("key", str(trouble), MISCONFIGURED)
        return
    yield _key(settings.keys.file)
    try:
        schema.must_know(at)
    except schema.SchemaTrouble as trouble:
        yield Finding("database", str(trouble), MISCONFIGURED)
        return
    if at is None:
        yield Finding("database", diary.MISSING.format(at=file or "the address"), MISCONFIGURED)
    elif at != schema.newest():
        told = f"[database] url: it is at schema {at}, this version needs {schema.newest()}; stop the bot and start it"
        yield Finding("database", f"{told} again, it backs up the diary, then changes the tables", FAILED)
    else:
        with reader.begin() as connection:
            yield from _inside(Session(connection, keys, settings), file, at, now)


def _key(file: Path) -> Finding:
    if file.stat().st_mode & 0o077:
        told = f"[keys] file: others on this machine may read {file}; run chmod 600 {file}"
        return Finding("key", told, MISCONFIGURED)
    return Finding("key", f"ok, {file}")


def _inside(session: Session, file: Path | None, at: str, now: datetime) -> Iterator[Finding]:
    if file is not None and not diary.is_sound(session.connection):
        yield Finding("database", diary.DAMAGED, FAILED)
        return
    try:
        checkins.try_key(session)
    except KeyTrouble as trouble:
        yield Finding("key", str(trouble), MISCONFIGURED)
        return
    kind = f"SQLite {sqlite3.sqlite_version}" if file else "PostgreSQL"
    yield Finding("database", f"ok, schema {at}, of {roster.bot(session) or 'no bot yet'}, opens with the key, {kind}")
    try:
        identity.must_belong_to(session, session.settings.telegram.secret_token())
    except identity.OtherBot as other:
        yield Finding("token", str(other), MISCONFIGURED)
    yield from _past(session, now)
    yield _zone_data(session)
    if file is not None:
        yield _disk(session.settings, file)
    yield _backups(session, now)
    yield _people(session, now)
    yield _next_sends(session, now)
    yield _last_sends(session, now)


def _http(http: Http) -> Iterator[Finding]:
    """Look whether health and metrics can be told, or are by a bot that runs already."""
    if not http.port:
        return
    there = f"{http.listen}:{http.port}"
    try:
        family, kind, _, _, address = socket.getaddrinfo(http.listen, http.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the bot opens it
            door.bind(address)
        yield Finding("http", f"ok, {there} is free for health and metrics")
    except OSError as trouble:
        if trouble.errno != errno.EADDRINUSE:
            told = f"[http] listen: {there}: {trouble.strerror}; give an address of this machine, and a port above 1023"
            yield Finding("http", told, FAILED)
        elif _tells_health(http):
            yield Finding("http", f"ok, a HeadsUp answers at {there}")
        else:
            told = f"[http] port: {there} is taken by another program; stop that one, or choose another port"
            yield Finding("http", told, FAILED)


def _tells_health(http: Http) -> bool:
    """Tell whether who answers there is a HeadsUp: what it says in /health is known by its pulses."""
    asking = HTTPConnection(http.listen, http.port, timeout=HEALTH_WITHIN)
    try:
        asking.request("GET", "/health")
        return "seconds" in json.loads(asking.getresponse().read(LONGEST_HEALTH))
    except (OSError, HTTPException, ValueError, TypeError):
        return False
    finally:
        asking.close()


def _past(session: Session, now: datetime) -> Iterator[Finding]:
    """Tell where the diary was written at a time that is still to come."""
    heard = meta.get_instant(session, "heard_at")
    if heard is not None and heard > now + OFF_BY:
        told = f"this machine says {now:%Y-%m-%d %H:%M} UTC, but heard from Telegram at {heard:%Y-%m-%d %H:%M} UTC"
        yield Finding("clock", f"{told}; set its clock, or let it follow a time server", FAILED)


def _zone_data(session: Session) -> Finding:
    here, planned = version("tzdata"), meta.get(session, "zone_data")
    if planned not in (None, here):
        told = f"reminders were planned with {planned}, {here} is installed"
        return Finding("zone data", f"{told}; stop the bot and start it again, it plans them anew", FAILED)
    return Finding(
        "zone data", f"ok, {here}, {'nothing planned yet' if planned is None else 'reminders are planned with it'}"
    )


def _disk(settings: Settings, file: Path) -> Finding:
    disk, kind = Disk(file), network_file_system(file)
    room = disk.free()
    if room < LITTLE:
        told = f"only {room // MEGABYTE} MB are left, and nothing can be saved when it is full; make room"
        return Finding("disk", told, FAILED)
    if kind and settings.database.file_system != "any":
        return Finding("disk", diary.NETWORK.format(at=file, kind=kind), MISCONFIGURED)
    where = f"a network file system ({kind}), SQLite may lose data there" if kind else "local"
    held = "8 MB held back for deletions" if disk.has_ballast() else "nothing held back, the next start does it"
    return Finding("disk", f"ok, {where}, {room // MEGABYTE} MB left, {held}")


def _backups(session: Session, now: datetime) -> Finding:
    folder = backup_folder.folder_of(session.settings)
    if folder is None:
        return Finding("backups", "none are made, [backup] keep_daily is 0")
    other = "name another folder in [backup] folder, or set keep_daily to 0 to make none"
    if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return Finding("backups", f"[backup] folder: cannot write to {folder}; {other}", MISCONFIGURED)
    since = roster.first_since(session)
    is_new = since is None or now - since < TOO_OLD
    newest = backup_folder.newest(session.settings)
    if newest is None:
        if is_new:
            return Finding("backups", f"none yet, one is made each night in {folder}")
        told = f"there is none in {folder}; put the folder back, or see what backup.failed says in the log"
        return Finding("backups", told, FAILED)
    age = now - backup_folder.finished_at(newest)
    if age > TOO_OLD:
        told = f"the newest, {newest}, is {_span(age)} old; start the bot, or see what backup.failed says in the log"
        return Finding("backups", told, FAILED)
    return Finding("backups", f"ok, the newest is {newest.name}, {_span(age)} old")


def _people(session: Session, now: datetime) -> Finding:
    counts = roster.counts(session, now)
    said = ", ".join(f"{counts[standing]} {standing}" for standing in roster.STANDINGS if standing in counts)
    return Finding("people", said or "nobody yet")


def _next_sends(session: Session, now: datetime) -> Finding:
    earliest = roster.earliest(session)
    if earliest is not None and earliest < now - OVERDUE:
        told = f"overdue since {earliest:%Y-%m-%d %H:%M} UTC; start the bot: headsup run"
        return Finding("next sends", told, FAILED)
    coming = roster.sends(session, now, now + A_DAY)
    first = f", the first at {coming[0].at:%Y-%m-%d %H:%M} UTC" if coming else ""
    return Finding("next sends", f"{len(coming)} within 24 h{first}")


def _last_sends(session: Session, now: datetime) -> Finding:
    last = roster.last_send(session)
    failed, stale = (roster.count_since(session, state, now - A_DAY) for state in ("failed", "stale"))
    said = f"{last:%Y-%m-%d %H:%M} UTC" if last else "none yet"
    return Finding("last send", f"{said}; of the last 24 h, {failed} failed, {stale} came too late to be sent")


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // 1440} days"
