"""What an operator does with the diary from outside: back it up, restore it, erase somebody, give it a new key."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy.exc import DBAPIError

from bot import diary
from bot.clock import Clock
from bot.config import Settings
from bot.store import backup, backup_folder, erasures, lock, reseal, schema, users
from bot.store.backup import Contents
from bot.store.crypto import Keys, KeyTrouble, add_key, forget_old
from bot.store.database import Database, Session, open_engine, open_to_read
from bot.store.schema import SchemaTrouble
from bot.store.sealed_lines import BackupTrouble, key_number
from bot.terminal import FAILED, IN_USE, MISCONFIGURED, progress, say, stop_with

T = TypeVar("T")

AT_ONCE = 1000
ALL_THE_SAME = "headsup rotate-key --forget-old --leave-unreadable"
TAKEN_UP_WITHIN = 30.0
"""Seconds in which a running bot, which looks every 5 s, has carried out what the operator asked for."""


def back_up(settings: Settings, file: Path, now: datetime) -> None:
    """Back up the diary beside a running bot, or without one."""
    keys = diary.key_ring(settings)
    at = diary.place_of(settings)
    if at is not None and file.resolve() in (at.resolve(), settings.keys.file.resolve()):
        stop_with(MISCONFIGURED, f"{file}: is the diary or its key; give the backup a name of its own")
    if diary.schema_of(settings) is None:
        stop_with(MISCONFIGURED, "[database] url: there is no diary there yet; start the bot once, it makes one")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        ledger = erasures.lines_of(settings.keys.file)
        reader = open_to_read(settings.database.url)
        with reader.connect() as connection, connection.begin():
            rows = backup.count_rows(connection)
        with progress("Backing up and reading back", 2 * rows) as count:
            made = backup.write(reader, keys, ledger, file, now, count)
    except BackupTrouble as trouble:
        stop_with(FAILED, str(trouble))
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"{file}: {diary.why(trouble)}")
    say(f"Backed up to {file}, read back and found whole: {_counted(made)}.")
    say(f"It can only be read with the key {settings.keys.file}. Keep a copy of that somewhere else.")


def restore(settings: Settings, file: Path, now: datetime) -> None:
    """Put a backup in the diary's place while the bot is stopped; what was there before is kept aside."""
    if not file.exists():
        stop_with(MISCONFIGURED, f"{file}: there is no such file")
    held = _locked(settings)
    keys = diary.key_ring(settings)
    try:
        with progress("Checking", None) as count:
            contents = backup.verify(file, keys, count)
        erasures.merge(settings.keys.file, contents.erased)
        at = diary.place_of(settings)
        aside = None
        if at is None:
            _fill(settings, file, contents)
        else:
            aside = _replace(settings, at, file, contents, now)
    except BackupTrouble as trouble:
        stop_with(FAILED, str(trouble))
    except SchemaTrouble:
        stop_with(MISCONFIGURED, f"{file}: was made by a newer HeadsUp; install that version, then restore")
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}")
    finally:
        if held is not None:
            held.close()
    say(f"Restored what was backed up on {contents.made_at:%Y-%m-%d %H:%M} UTC: {_counted(contents)}.")
    if aside is not None:
        say(f"The diary that was here before is now {aside}. Remove it, with what begins like it, when you are sure.")


def erase(settings: Settings, user_id: int, clock: Clock) -> None:
    """Delete a person and all that is theirs; a running bot does it, else this process."""
    keys = diary.key_ring(settings)
    if not _is_here(settings, user_id):
        stop_with(FAILED, f"Nobody with the id {user_id} keeps a diary here.")
    try:
        held = diary.lock_of(settings)
    except lock.Held:
        erasures.note(settings.keys.file, keys, user_id, clock.now())
        _wait_until_gone(settings, user_id, clock)
        return
    database = diary.open_diary(settings, held=held)
    try:
        database.submit(lambda session: erasures.erase(session, user_id, clock.now(), unread=True)).result()
    finally:
        database.close()
    say(f"Erased {user_id}. {LAST_WORDS}")


def rotate_key(settings: Settings) -> None:
    """Make a new key and seal the whole diary with it while the bot is stopped; or finish what was interrupted."""
    database = _opened_alone(settings)
    try:
        keys = database.keys
        if _in(database, keys, reseal.left):
            say(f"An older key is still in use; the newest in {settings.keys.file} takes its place.")
        _in(database, keys, lambda session: session.secrets.give_missing())
        sealed, unreadable = _seal_again(database, keys)
        if not sealed:
            keys = add_key(settings.keys.file, keys)
            sealed, unreadable = _seal_again(database, keys)
    except KeyTrouble as trouble:
        stop_with(FAILED, str(trouble))
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}; nothing is lost: run headsup rotate-key again")
    finally:
        database.close()
    say(f"Sealed with the new key in {settings.keys.file}: {sealed} {'value' if sealed == 1 else 'values'}.")
    say("Copy that file again, apart from the backups: a copy from before does not open the diary any more.")
    say("Backups made before still open: the old key stays in it for them. To let go of it, at once where somebody")
    say("else has it: headsup backup FILE, remove the older backups, headsup rotate-key --forget-old")
    _must_have_opened(settings, unreadable)


def forget_old_key(settings: Settings, *, leave_unreadable: bool = False) -> None:
    """Leave only the present key in the file, once nothing here needs an older one.

    `leave_unreadable`: what opens with no key holds nothing up; it stays in the diary as it is.
    """
    database = _opened_alone(settings)
    try:
        keys = database.keys
        if len(keys.ring) == 1:
            say(f"There is only one key in {settings.keys.file}.")
            return
        _, unreadable = _seal_again(database, keys)
        if not leave_unreadable:
            _must_have_opened(settings, unreadable, f" To let go all the same: {ALL_THE_SAME}")
        _in(database, keys, _carry_out_erasures)  # the ledger's older lines can be read with the older keys only
        folder = backup_folder.folder_of(settings)
        if folder and (needed := [file for file in backup_folder.files_in(folder) if key_number(file) != keys.current]):
            what = "backup in it opens" if len(needed) == 1 else "backups in it open"
            stop_with(
                FAILED, f"{folder}: {len(needed)} {what} with an old key only, {needed[0].name} for one; remove first"
            )
        forget_old(settings.keys.file, keys)
    except KeyTrouble as trouble:
        stop_with(FAILED, str(trouble))
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}; the keys are as they were")
    finally:
        database.close()
    say(f"Only the present key is left in {settings.keys.file}. Backups made with an older one cannot be read.")
    if unreadable:
        say(f"Left as before, since no key opened it: {_by_table(unreadable)}. A backup from before may have it; that")
        say("opens with an older copy of the key file, so keep one until you have looked.")
        return
    say("Copy that file again, apart from the backups, and remove its older copies.")


def _opened_alone(settings: Settings) -> Database:
    """Open the diary while no bot is running."""
    diary.key_ring(settings)
    held = _locked(settings)
    if held is None and (others := _connected(settings)):
        stop_with(IN_USE, f"[database] url: others are connected to it ({others}); stop every headsup first")
    return diary.open_diary(settings, held=held, begin=False)


def _connected(settings: Settings) -> int:
    """Return how many programs are connected to a database on a server."""
    engine = open_to_read(settings.database.url)
    try:
        with engine.connect() as connection:
            return lock.others(connection)
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}")
    finally:
        engine.dispose()


def _seal_again(database: Database, keys: Keys) -> tuple[int, Counter[str]]:
    """Seal everything with the present key. Returns how many values were, and table by table how many opened with no
    key."""
    sealed, unreadable = 0, Counter[str]()
    with progress("Sealing", _in(database, keys, reseal.left)) as count:
        for table in reseal.SEALED:
            last: Sequence[Any] | None = None
            while batch := _in(database, keys, partial(reseal.seal_again, table=table, after=last, most=AT_ONCE)):
                last, sealed = batch.last, sealed + batch.sealed
                if batch.unreadable:
                    unreadable[table.name] += batch.unreadable
                count(batch.rows)
    return sealed, unreadable


def _must_have_opened(settings: Settings, unreadable: Counter[str], or_else: str = "") -> None:
    if unreadable:
        what = "value opens" if unreadable.total() == 1 else "values open"
        stop_with(
            FAILED,
            f"[keys] file: {unreadable.total()} {what} with no key in {settings.keys.file} and stayed as before, as "
            f"did the older keys: {_by_table(unreadable)}; where they are damaged, a backup may have them.{or_else}",
        )


def _by_table(unreadable: Counter[str]) -> str:
    return ", ".join(f"{many} in {table}" for table, many in sorted(unreadable.items()))


def _in(database: Database, keys: Keys, work: Callable[[Session], T]) -> T:
    """Run `work` in a transaction with these keys."""
    with database.engine.begin() as connection:
        return work(Session(connection, keys, database.settings))


def _locked(settings: Settings) -> IO[str] | None:
    """Lock the diary for this process, or stop; None where it is on a server."""
    try:
        return diary.lock_of(settings)
    except lock.Held as other:
        stop_with(IN_USE, f"[database] url: {other}")
    except OSError as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}")


LAST_WORDS = "Older backups still hold them; restored, they leave them out. The chat in Telegram is theirs to clear."


def _replace(settings: Settings, at: Path, file: Path, contents: Contents, now: datetime) -> Path | None:
    """Build the restored diary beside the old one and put it in its place in one step. Returns where the old one is."""
    new = at.with_name(f"{at.name}.restoring")
    for leftover in _files(new):
        leftover.unlink(missing_ok=True)
    _fill(
        settings.model_copy(update={"database": settings.database.model_copy(update={"url": f"sqlite:///{new}"})}),
        file,
        contents,
    )
    aside = None
    if at.exists():
        aside = at.with_name(f"{at.name}.before-{now:%Y%m%dT%H%M%S}")
        os.link(at, aside)
        # Its log goes first: beside the new file, SQLite would take it for the new one's.
        for end in ("-wal", "-shm"):
            log = at.with_name(at.name + end)
            if log.exists():
                log.replace(aside.with_name(aside.name + end))
    new.replace(at)
    return aside


def _fill(settings: Settings, file: Path, contents: Contents) -> None:
    """Fill an empty database from a backup, bring it to this version and carry the erasure ledger out on it."""
    engine = open_engine(settings.database.url)
    try:
        if not schema.is_empty(engine):
            raise BackupTrouble("[database] url: the database is not empty; make a new one for the restored diary")
        keys = diary.key_ring(settings)
        with progress("Restoring and comparing", 2 * sum(contents.rows.values())) as count:
            backup.restore(file, keys, engine, count)
        schema.upgrade(engine)
        with engine.begin() as connection:
            session = Session(connection, keys, settings)
            erasures.all_again(session)
            _carry_out_erasures(session)
    finally:
        engine.dispose()  # the last connection folds the log into the file


def _carry_out_erasures(session: Session) -> None:
    if waiting := erasures.waiting(session):
        last: int | None = -1
        while last is not None:
            last = erasures.carry_out(session, waiting, last, AT_ONCE)
        erasures.done(session, waiting)


def _files(at: Path) -> tuple[Path, ...]:
    return tuple(at.with_name(at.name + end) for end in ("", "-wal", "-shm"))


def _is_here(settings: Settings, user_id: int) -> bool:
    if diary.schema_of(settings) is None:
        return False
    engine = open_to_read(settings.database.url)
    try:
        with engine.connect() as connection, connection.begin():
            return users.get(Session(connection, diary.key_ring(settings), settings), user_id) is not None
    except (DBAPIError, OSError) as trouble:
        stop_with(FAILED, f"[database] url: {diary.why(trouble)}")
    finally:
        engine.dispose()


def _wait_until_gone(settings: Settings, user_id: int, clock: Clock) -> None:
    until = clock.steady() + TAKEN_UP_WITHIN
    while clock.steady() < until:
        if not _is_here(settings, user_id):
            say(f"The running bot has erased {user_id}. {LAST_WORDS}")
            return
        time.sleep(0.2)
    stop_with(FAILED, f"The running bot has not erased {user_id} yet; it will, at the latest at its next start.")


def _counted(contents: Contents) -> str:
    people, days = contents.rows.get("users", 0), contents.rows.get("checkins", 0)
    return f"{people} {'person' if people == 1 else 'people'}, {days} {'day' if days == 1 else 'days'}"
