"""The inbox: every update is stored before Telegram is told that we have it; received → handled → replied."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, bindparam, case, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.crypto import KeyTrouble, is_own, seal, unseal
from bot.store.database import Session
from bot.store.tables import inbox

log = structlog.get_logger()

KEPT = timedelta(days=8)
"""Update ids are kept a day longer than the week after which Telegram may draw new ones at random."""

FORGOTTEN = (inbox.c.state == "handled") & inbox.c.payload.is_(None)

Raw = Mapping[str, Any]


OPEN = text("state IN ('received', 'handled')")
"""The words of the partial index: with them only what is not finished is looked through."""


class Taken(Exception):
    """Somebody has handled this update before: another process, or we ourselves, and the word of it was lost."""


@dataclass(frozen=True)
class Waiting:
    """An update that is not finished: `card` is the check-in that its reply shows, where it was handled already.
    `since`: when it came, or was handled."""

    update_id: int
    user_id: int | None
    state: str
    card: int | None
    raw: Raw
    since: datetime


def _once(insert: Callable[..., Any]) -> Any:
    return (
        insert(inbox)
        .values(state="received")
        .on_conflict_do_nothing(index_elements=[inbox.c.update_id])
        .returning(inbox.c.update_id)
    )


ONCE = {"sqlite": _once(sqlite.insert), "postgresql": _once(postgresql.insert)}
FINISH = update(inbox).where(inbox.c.update_id == bindparam("of"), inbox.c.state == "received")
SHOWN = inbox.c.update_id.in_(bindparam("those", expanding=True)) & inbox.c.payload.is_not(None)
REPLIED = update(inbox).where(SHOWN, inbox.c.state != "failed").values(state="replied", payload=None)
"""Built once: every update goes through them."""


def store(session: Session, updates: Sequence[tuple[Raw, int | None]], now: datetime) -> Sequence[int]:
    """Store raw updates with the person each is from. Returns the ids that are new; one seen before is left alone."""
    if not updates:
        return []
    session.secrets.look_up({user_id or 0 for _, user_id in updates})
    rows = {
        int(raw["update_id"]): {
            "update_id": int(raw["update_id"]),
            "user_id": user_id,
            "payload": seal(session.keys, json.dumps(raw), table="inbox", key=int(raw["update_id"]), user=user_id or 0),
            "received_at": now,
        }
        for raw, user_id in updates
    }
    new = set(session.execute(ONCE[session.connection.dialect.name], list(rows.values())).scalars())
    return [update_id for update_id in rows if update_id in new]


def handled(session: Session, update_id: int, now: datetime, *, card: int | None) -> None:
    """Mark an update as done with, in the same transaction as what it did: once. Raises Taken."""
    _finish(session, update_id, {"state": "handled", "handled_at": now, "card": card})


def replied(session: Session, update_ids: Collection[int], now: datetime) -> None:
    """Mark answers as shown; what the person sent is wiped, only the id stays."""
    if update_ids:
        session.execute(REPLIED, {"those": list(update_ids), "replied_at": now})


def set_aside(session: Session, update_id: int, trouble: str, now: datetime) -> None:
    """Put away an update that cannot be handled, with the kind of trouble; others go on. What the person sent is wiped:
    it is never tried again, and may hold what was not to be kept."""
    failed = {"state": "failed", "handled_at": now, "trouble": trouble, "payload": None}
    session.execute(update(inbox).where(inbox.c.update_id == update_id).values(**failed))


def forget(session: Session, update_id: int) -> None:
    """Keep nothing of an update but its id: it came from a stranger, or from a person who has just been erased.
    Raises Taken.

    The id has to stay until Telegram knows that we have it: after a crash it sends again what it does not know of, and
    a stranger who has agreed meanwhile is one no more.
    """
    _finish(session, update_id, {"user_id": None, "payload": None, "state": "handled", "card": None})


def _finish(session: Session, update_id: int, values: Mapping[str, object]) -> None:
    if session.execute(FINISH, {"of": update_id, **values}).rowcount != 1:
        raise Taken


def drop_forgotten(session: Session, before: datetime | None = None) -> None:
    """Leave no row of what was forgotten: Telegram has been told that we have all that is here, or came `before`."""
    told = FORGOTTEN if before is None else FORGOTTEN & (inbox.c.received_at < before)
    rows = select(inbox.c.id).where(told).with_for_update(skip_locked=True).cte("told")  # several processes may do this
    session.execute(delete(inbox).where(inbox.c.id.in_(select(rows.c.id))))


def forget_user(session: Session, user_id: int, *, unread: bool) -> None:
    """Forget what somebody sent; `unread`: what nobody has handled yet too."""
    theirs = inbox.c.user_id == user_id
    session.execute(delete(inbox).where(theirs if unread else theirs & (inbox.c.state != "received")))


def outlive(session: Session, user_id: int) -> None:
    """Seal what somebody sent and nobody has handled yet like a stranger's: their own key is about to be destroyed."""
    unread = (inbox.c.user_id == user_id) & (inbox.c.state == "received") & inbox.c.payload.is_not(None)
    for row in session.execute(select(inbox.c.update_id, inbox.c.payload).where(unread)).all():
        place: dict[str, Any] = {"table": "inbox", "key": row.update_id, "user": user_id}
        if is_own(row.payload):
            with suppress(KeyTrouble):  # what is damaged is no reason to keep anybody
                payload = seal(session.ring, unseal(session.keys, row.payload, **place), **place)
                session.execute(update(inbox).where(inbox.c.update_id == row.update_id).values(payload=payload))


def unfinished(session: Session, until: datetime) -> Sequence[Waiting]:
    """Return what came or was handled by then and was not finished, in the order it came."""
    since = case((inbox.c.state == "received", inbox.c.received_at), else_=inbox.c.handled_at)
    return _opened(session, select(inbox).where(OPEN, inbox.c.payload.is_not(None), since <= until))


def earlier(session: Session, user_id: int, update_id: int, since: datetime) -> Sequence[Waiting]:
    """Return what this person sent before this update and nobody has handled, or shown the answer to since then."""
    this = select(inbox.c.id).where(inbox.c.update_id == update_id).scalar_subquery()
    unshown = (inbox.c.state == "received") | (inbox.c.handled_at > since)
    mine = (inbox.c.user_id == user_id) & (inbox.c.id < this) & inbox.c.payload.is_not(None)
    return _opened(session, select(inbox).where(OPEN, mine, unshown))


def _opened(session: Session, found: Select[Any]) -> Sequence[Waiting]:
    waiting = []
    for row in session.execute(found.order_by(inbox.c.id)).all():
        try:
            said = unseal(session.keys, row.payload, table="inbox", key=row.update_id, user=row.user_id or 0)
        except KeyTrouble:
            log.error("update.does_not_open", update=row.update_id)
            # It is kept as it is: another key may open it.
            failed = {"state": "failed", "handled_at": row.received_at, "trouble": KeyTrouble.__name__}
            session.execute(update(inbox).where(inbox.c.id == row.id).values(**failed))
            continue
        since = row.received_at if row.state == "received" else row.handled_at
        waiting.append(Waiting(row.update_id, row.user_id, row.state, row.card, json.loads(said), since))
    return waiting


def tidy(session: Session, now: datetime) -> None:
    session.execute(delete(inbox).where(inbox.c.state.in_(("replied", "failed")), inbox.c.received_at < now - KEPT))
