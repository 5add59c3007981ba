"""Erasing a person for good: every row goes, and a ledger beside the key remembers it, so that no restored backup
brings them back. The ledger holds keyed hashes: who has it, but not the key, learns nobody's number from it."""

import hmac
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bot.store import inbox, meta, shares, users
from bot.store.crypto import Keys
from bot.store.database import Session
from bot.store.tables import users as people

LINE = re.compile(rb"(\S+\+00:00) ([0-9a-f]{64})\n")


@dataclass(frozen=True)
class Erasure:
    """One line: somebody was erased at `at`. `end` is where it ends in the ledger, in bytes."""

    at: datetime
    digest: str
    end: int


def ledger_of(key_file: Path) -> Path:
    return key_file.with_name(key_file.name + ".erased")


def erase(session: Session, user_id: int, now: datetime, *, unread: bool = False) -> None:
    """Write the ledger, then delete the person and every row that names them, and end what others shared with them.
    OSError where the ledger cannot be written: then nothing is deleted.

    What they sent after asking for it waits in the inbox and is theirs to be answered: perhaps they agree again. It
    goes with the rest only where nobody is there to read it (`unread`).
    """
    note(session.settings.keys.file, session.keys, user_id, now)
    _delete(session, user_id, now, unread=unread)


def note(key_file: Path, keys: Keys, user_id: int, now: datetime) -> None:
    """Add a line for a person, on disk when this returns. A running bot carries it out within a few seconds."""
    _append(ledger_of(key_file), [f"{now.isoformat()} {_digest(keys.ring[keys.current], user_id)}"])


def merge(key_file: Path, lines: Collection[str]) -> None:
    """Add the lines of another copy of the ledger that this one does not have."""
    present = set(lines_of(key_file))
    missing = [line for line in lines if line not in present]
    if missing:
        _append(ledger_of(key_file), missing)


def lines_of(key_file: Path) -> Sequence[str]:
    path = ledger_of(key_file)
    return path.read_text("ascii").splitlines() if path.exists() else ()


def waiting(session: Session) -> Sequence[Erasure]:
    """Return the erasures that this diary has not carried out yet: it is older than they are, or its bot was running
    when the operator noted them."""
    path = ledger_of(session.settings.keys.file)
    done = int(meta.get(session, "erased_through") or 0)
    if not path.exists() or path.stat().st_size <= done:
        return ()
    found, end = [], done
    with path.open("rb") as file:
        file.seek(done)
        for line in file:
            end += len(line)
            if whole := LINE.fullmatch(line):  # a disk that filled up may have cut one short
                found.append(Erasure(datetime.fromisoformat(whole[1].decode()), whole[2].decode(), end))
    return found


def carry_out(session: Session, erasures: Sequence[Erasure], after: int, most: int) -> int | None:
    """Erase those among up to `most` people with numbers above `after` whom the ledger names and who have not come
    back since. Returns the last number looked at; None when there was nobody left to look at, and readers without a
    diary, who have no such number, were seen to."""
    latest: dict[str, datetime] = {}
    for erasure in erasures:
        latest[erasure.digest] = max(erasure.at, latest.get(erasure.digest, erasure.at))

    def erased_at(user_id: int) -> datetime | None:
        named = (latest.get(_digest(key, user_id)) for key in session.keys.ring.values())
        return max((at for at in named if at is not None), default=None)

    found = select(people.c.id, people.c.since).where(people.c.id > after).order_by(people.c.id).limit(most)
    rows = session.execute(found).all()
    for row in rows:
        at = erased_at(row.id)
        if at is not None and row.since < at:
            _delete(session, row.id, at, unread=True)
    if rows:
        return int(rows[-1].id)
    shares.forget_readers(session, max(latest.values()), lambda reader, opened: opened < (erased_at(reader) or opened))
    return None


def done(session: Session, erasures: Sequence[Erasure]) -> None:
    meta.put(session, "erased_through", str(erasures[-1].end))


def all_again(session: Session) -> None:
    """Let the whole ledger be carried out anew: this diary comes from a backup."""
    meta.forget(session, "erased_through")


def _append(path: Path, new: Sequence[str]) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab+") as file:
        length = file.seek(0, os.SEEK_END)
        if length:
            file.seek(length - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write("".join(f"{line}\n" for line in new).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def _delete(session: Session, user_id: int, at: datetime, *, unread: bool) -> None:
    shares.forget_readers(session, at, lambda reader, opened: reader == user_id)
    inbox.outlive(session, user_id)
    users.erase(session, user_id)
    inbox.forget_user(session, user_id, unread=unread)


def _digest(key: bytes, user_id: int) -> str:
    return hmac.digest(hmac.digest(key, b"headsup erasures", "sha256"), str(user_id).encode(), "sha256").hex()
