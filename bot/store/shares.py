"""What somebody lets one other person see for a time: a secret link, who opened it, and when; all of it sealed."""

import hmac
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select

from bot.store import events
from bot.store.crypto import KeyTrouble
from bot.store.database import Session
from bot.store.events import Event
from bot.store.tables import events as table
from bot.store.tables import shares as doors

SHARE = "share"
CODE = re.compile(r"s([0-9]{1,18})-([A-Za-z0-9_-]{22})")
MOST_LOOKS = 200
"""Looks that are remembered of one share, the last ones."""


KEPT = timedelta(days=30)
"""How long a share that is over is still listed, so that one can see who looked."""


@dataclass(frozen=True)
class Share:
    """A share of `owner`'s: read only, until `until` or until it was `ended`.

    `reader` is the Telegram id of whoever opened it first, `name` how Telegram calls them, `opened` when they did
    (where that was not kept, when it was made); `looks` are the instants at which they looked. `gone`: they had
    everything about them deleted, so who it was is forgotten.
    """

    id: int
    owner: int
    until: datetime
    offered_at: str
    ended: datetime | None = None
    reader: int | None = None
    name: str = ""
    looks: tuple[datetime, ...] = ()
    opened: datetime | None = None
    gone: bool = False

    def open(self, now: datetime) -> bool:
        return self.ended is None and now < self.until


def make(session: Session, owner: int, day: date, now: datetime, until: datetime, offered_at: str) -> tuple[Share, str]:
    """Make a share and the code that opens it, 128 random bits, of which only a hash is kept. `offered_at` is what the
    button carried that made it."""
    secret = secrets.token_urlsafe(16)
    event = events.add(
        session,
        owner,
        day,
        SHARE,
        now,
        until=until.isoformat(),
        digest=_digest(secret),
        offered_at=offered_at,
        **_plain(Share(0, owner, until, offered_at)),
    )
    session.execute(insert(doors).values(event_id=event.id))
    return _read(event), f"s{event.id}-{secret}"


def of_owner(session: Session, owner: int) -> Sequence[Share]:
    """Return all shares of a person's, oldest first."""
    return [_read(event) for event in events.of_user(session, owner, date.min, date.max, SHARE)]


def get(session: Session, share_id: int) -> Share | None:
    """Return a share, whoever asks: who may see what of it is for the caller to decide."""
    event = _find(session, share_id)
    return None if event is None else _read(event)


def opened_by(session: Session, code: str) -> Share | None:
    """Return the share that a code was made for; None for any other code."""
    found = CODE.fullmatch(code)
    event = _find(session, int(found[1])) if found else None
    if found is None or event is None or not hmac.compare_digest(str(event.details["digest"]), _digest(found[2])):
        return None
    return _read(event)


def keep(session: Session, share: Share) -> None:
    """Keep what has become of a share."""
    event = _find(session, share.id)
    if event is not None:
        events.change(session, event, **_plain(share))


def read_by(session: Session, reader: int) -> Sequence[Share]:
    """Return what this person has opened and nobody has forgotten, in whoever's diary it is."""
    return [share for share in _opened(session) if share.reader == reader]


def forget_readers(session: Session, now: datetime, erased: Callable[[int, datetime], bool]) -> None:
    """End the shares of readers who had everything about them deleted, and forget who they were. `erased` is asked
    about a reader and when they opened it."""
    for found in _opened(session):
        if found.reader is not None and found.opened is not None and erased(found.reader, found.opened):
            share = get(session, found.id)  # locked, and as it stands now
            if share is not None:
                ended = share.ended or min(now, share.until)
                keep(session, replace(share, ended=ended, reader=None, name="", gone=True))


def _opened(session: Session) -> Iterator[Share]:
    shared = select(table).join(doors, doors.c.event_id == table.c.id).order_by(table.c.id)
    for row in session.execute(shared).all():
        with suppress(KeyTrouble):  # what is damaged in one diary keeps nobody else in another
            share = _read(events.read(session, row))
            if share.reader is not None:
                yield share


def tidy(session: Session, owner: int, now: datetime) -> None:
    """Forget the shares that have been over for a month, and with them who looked."""
    for share in of_owner(session, owner):
        event = _find(session, share.id) if now >= (share.ended or share.until) + KEPT else None
        if event is not None:
            events.remove(session, event)


def _find(session: Session, share_id: int) -> Event | None:
    # A reader's turn changes a row of its owner's, so the row is locked: on PostgreSQL the owner may be ending it now.
    owner = session.execute(
        select(table.c.user_id).where(table.c.id == share_id).with_for_update()
    ).scalar_one_or_none()
    event = None if owner is None else events.get(session, owner, share_id)
    return event if event is not None and event.kind == SHARE else None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _plain(share: Share) -> dict[str, Any]:
    return {
        "ended": share.ended.isoformat() if share.ended else None,
        "reader": share.reader,
        "name": share.name,
        "looks": [look.isoformat() for look in share.looks[-MOST_LOOKS:]],
        "opened": share.opened.isoformat() if share.opened else None,
        "gone": share.gone,
    }


def _read(event: Event) -> Share:
    details = event.details
    opened = details.get("opened")
    return Share(
        event.id,
        event.user_id,
        datetime.fromisoformat(details["until"]),
        details["offered_at"],
        datetime.fromisoformat(details["ended"]) if details["ended"] else None,
        details["reader"],
        details["name"],
        tuple(datetime.fromisoformat(look) for look in details["looks"]),
        datetime.fromisoformat(opened) if opened else event.created_at,
        details.get("gone", False),
    )


def looked(share: Share, now: datetime) -> Share:
    """Return the share with one more look."""
    return replace(share, looks=(*share.looks, now))
