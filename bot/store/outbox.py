"""The outbox: one row is one message the bot owes, as an intent, never as text; composed when it is sent."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, String, any_, bindparam, delete, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.arrays import bound_rows, rows
from bot.store.database import Session
from bot.store.tables import outbox

State = Literal["due", "sending", "sent", "skipped", "stale", "failed"]
KEPT = timedelta(days=35)
OPEN = text("state IN ('due', 'sending')")
"""The words of the partial index: without them SQLite reads the whole table, every second."""


# Built once: every message needs them, and building one anew costs several times what it takes to execute.
AT = bindparam("at", type_=outbox.c.not_before.type)
READY = (
    select(outbox.c.id)
    .where(OPEN, outbox.c.state == "due", outbox.c.not_before <= AT)
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("ready")
)
TAKE = (
    update(outbox)
    .where(outbox.c.id.in_(select(READY.c.id)))
    .values(state="sending", claim=bindparam("by"), claimed_at=AT, tries=outbox.c.tries + 1)
    .returning(outbox)
)
ITS_CLAIM = (outbox.c.claim == bindparam("its_claim")) & (outbox.c.state == "sending")
MINE = (outbox.c.id == bindparam("its_id")) & ITS_CLAIM
MARK = update(outbox).where(MINE)
ARRIVED = bound_rows([outbox.c.id, outbox.c.message_id, outbox.c.sent_at])
MARK_ALL = (
    update(outbox)
    .where(
        outbox.c.id == ARRIVED.c.id,
        outbox.c.claim == any_(bindparam("claims", type_=postgresql.ARRAY(String))),
        outbox.c.state == "sending",
    )
    .values(state="sent", message_id=ARRIVED.c.message_id, sent_at=ARRIVED.c.sent_at)
)
CLAIMED = select(outbox.c.id).where(MINE)
SENT_BY = select(outbox.c.id).where(
    outbox.c.id.in_(bindparam("ids", expanding=True)),
    outbox.c.claim.in_(bindparam("claims", expanding=True)),
    outbox.c.state == "sent",
)
OF_KIND = (outbox.c.user_id == bindparam("user_id")) & (outbox.c.kind == bindparam("kind"))
RESPONSES = (
    select(outbox.c.response)
    .where(OF_KIND)
    .order_by(outbox.c.due_at.desc(), outbox.c.id.desc())
    .limit(bindparam("most"))
)
UNANSWERED = RESPONSES.where(outbox.c.state == "sent")
UNANSWERED_BEFORE = RESPONSES.where(outbox.c.state.in_(("sent", "sending")), outbox.c.id < bindparam("before"))
DONE = select(outbox.c.kind).where(
    outbox.c.user_id == bindparam("user_id"), outbox.c.response == "done", outbox.c.due_at >= bindparam("since")
)
SENT = (
    select(func.count())
    .select_from(outbox)
    .where(OF_KIND, outbox.c.state == "sent", outbox.c.due_at > bindparam("since"))
)
ALL_SENT = select(outbox.c.user_id, outbox.c.due_at).where(
    outbox.c.user_id.in_(bindparam("user_ids", expanding=True)),
    outbox.c.kind == bindparam("kind"),
    outbox.c.state == "sent",
)


@dataclass(frozen=True)
class Owed:
    """A message owed. `claim` is the fencing token: who does not hold it may not mark the row. `tip`: what it said."""

    id: int
    user_id: int
    kind: str
    slot: str
    reminder_id: int | None
    due_at: datetime
    too_late_at: datetime
    tries: int
    claim: str | None
    tip: str | None = None


class New(NamedTuple):
    """A message that begins to be owed, once per (user, kind, slot)."""

    user_id: int
    kind: str
    slot: str
    reminder_id: int | None
    due_at: datetime
    not_before: datetime
    too_late_at: datetime


def owe(
    session: Session,
    user_id: int,
    kind: str,
    slot: str,
    *,
    due_at: datetime,
    not_before: datetime,
    too_late_at: datetime,
    reminder_id: int | None = None,
) -> bool:
    """Owe a message once per (user, kind, slot). Returns False where it was owed before."""
    new = New(user_id, kind, slot, reminder_id, due_at, not_before, too_late_at)
    return session.execute(_told(session.connection.dialect.name), _values(new)).first() is not None


def owe_all(session: Session, many: Sequence[New]) -> None:
    """Owe many messages at once; those that were owed before are left alone."""
    if not many:
        return
    if session.connection.dialect.name == "sqlite":
        session.execute(_once("sqlite"), [_values(new) for new in many])
    else:
        given = rows([outbox.c[name] for name in New._fields], many)
        names = (*New._fields, "state", "tries")
        session.execute(_once("postgresql").from_select(names, select(given, literal("due"), literal(0))))


def _mine(owed: Owed) -> dict[str, object]:
    return {"its_id": owed.id, "its_claim": owed.claim}


@cache
def _once(database: str) -> Any:
    insert = sqlite.insert if database == "sqlite" else postgresql.insert
    return insert(outbox).on_conflict_do_nothing(index_elements=[outbox.c.user_id, outbox.c.kind, outbox.c.slot])


@cache
def _told(database: str) -> Any:
    return _once(database).returning(outbox.c.id)


def _values(new: New) -> dict[str, object]:
    return {**new._asdict(), "state": "due", "tries": 0}


def claim(session: Session, now: datetime, most: int) -> Sequence[Owed]:
    """Take up to `most` rows that may be sent now, oldest first; each is marked before anything is sent."""
    token = secrets.token_hex(16)
    taken = session.execute(TAKE, {"at": now, "most": most, "by": token})
    rows = sorted(taken.all(), key=lambda row: (row.not_before, row.id))
    return [_read(row, token, row.tries) for row in rows]


def renew(session: Session, claim: str, now: datetime) -> None:
    """Hold on to what is still being sent under this claim: its lease begins anew."""
    mine = (outbox.c.claim == claim) & (outbox.c.state == "sending")
    # What is just being marked needs no lease any more; to wait for it could be to wait for ever.
    held = select(outbox.c.id).where(OPEN, mine).with_for_update(skip_locked=True).cte("held")
    session.execute(update(outbox).where(outbox.c.id.in_(select(held.c.id))).values(claimed_at=now))


def count_due(session: Session, now: datetime, most: int) -> int:
    """Return how many may be sent now, up to `most`."""
    some = select(outbox.c.id).where(OPEN, outbox.c.state == "due", outbox.c.not_before <= now).limit(most)
    return int(session.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def mark(session: Session, owed: Owed, state: State, **values: object) -> bool:
    """Write the outcome of a claimed row. Returns False when the claim has passed to somebody else."""
    return session.execute(MARK, {**_mine(owed), "state": state, **values}).rowcount == 1


def mark_sent(session: Session, sent: Sequence[tuple[Owed, int | None, datetime]]) -> Collection[int]:
    """Write of claimed rows that they were sent, as which message and when. Returns the numbers of those whose claim
    had not passed to somebody else."""
    ids, claims = [owed.id for owed, _, _ in sent], sorted({owed.claim or "" for owed, _, _ in sent})
    if session.connection.dialect.name == "sqlite":
        rows = [{**_mine(owed), "state": "sent", "message_id": shown, "sent_at": at} for owed, shown, at in sent]
        session.execute(MARK, rows)
    else:
        shown_in, at = [shown for _, shown, _ in sent], [at for _, _, at in sent]
        session.execute(MARK_ALL, {"ids": ids, "message_ids": shown_in, "sent_ats": at, "claims": claims})
    return set(session.execute(SENT_BY, {"ids": ids, "claims": claims}).scalars())


def is_claimed(session: Session, owed: Owed) -> bool:
    """Tell whether this delivery is still ours to make: its person has not been erased, nobody else has taken it."""
    return session.execute(CLAIMED, _mine(owed)).first() is not None


def again(session: Session, owed: Owed, not_before: datetime, *, tries: int | None = None) -> bool:
    """Give a claimed row back, to be tried not before `not_before`; `tries`: so many, where this one was none."""
    return mark(session, owed, "due", not_before=not_before, claim=None, tries=owed.tries if tries is None else tries)


def let_go(session: Session, owed: Owed) -> None:
    """Drop a claimed row that is not to be sent. What was never tried before may be owed again."""
    if owed.tries == 1:
        session.execute(delete(outbox).where(outbox.c.id == owed.id, outbox.c.claim == owed.claim))
    else:
        mark(session, owed, "skipped")


def claimed_now(session: Session, now: datetime) -> None:
    """Count what is being sent as claimed at this moment, after the clock was set."""
    session.execute(update(outbox).where(OPEN, outbox.c.state == "sending").values(claimed_at=now))


def fresh_after_all(session: Session, now: datetime) -> None:
    """Owe again what was thought too late by a clock that was ahead, and never tried."""
    mistaken = (outbox.c.state == "stale") & (outbox.c.too_late_at > now) & (outbox.c.tries == 1)
    session.execute(update(outbox).where(mistaken).values(state="due", claim=None, tries=0))


def in_doubt(session: Session, claimed_until: datetime) -> Sequence[Owed]:
    """Return rows claimed by then and never marked: nobody knows whether they went out."""
    forgotten = (outbox.c.state == "sending") & (outbox.c.claimed_at <= claimed_until)
    found = select(outbox).where(OPEN, forgotten).order_by(outbox.c.id)
    return [_read(row, row.claim, row.tries) for row in session.execute(found)]


def get(session: Session, user_id: int, outbox_id: int) -> Owed | None:
    row = session.execute(select(outbox).where(outbox.c.id == outbox_id, outbox.c.user_id == user_id)).one_or_none()
    return None if row is None else _read(row, row.claim, row.tries)


def respond(session: Session, outbox_id: int, response: str) -> None:
    """Keep what the person tapped under a reminder: done, later or not_today."""
    session.execute(update(outbox).where(outbox.c.id == outbox_id).values(response=response))


def say_tip(session: Session, outbox_id: int, tip: str) -> None:
    """Keep which tip a reminder says, so that the same text does not come again too soon."""
    session.execute(update(outbox).where(outbox.c.id == outbox_id).values(tip=tip))


def said(session: Session, owed: Owed, tip: str) -> bool:
    """Tell whether another delivery to this person, one that arrived, said this."""
    mine = (outbox.c.user_id == owed.user_id) & (outbox.c.id != owed.id)
    found = select(outbox.c.id).where(mine, outbox.c.tip == tip, outbox.c.state == "sent").limit(1)
    return session.execute(found).first() is not None


def tips_since(session: Session, user_id: int, since: datetime) -> Sequence[tuple[str, datetime]]:
    """Return (tip, due at) of what a person was sent, oldest first."""
    found = select(outbox.c.tip, outbox.c.due_at).where(
        outbox.c.user_id == user_id, outbox.c.tip.is_not(None), outbox.c.due_at >= since
    )
    return [(row.tip, row.due_at) for row in session.execute(found.order_by(outbox.c.due_at))]


def unanswered(session: Session, user_id: int, kind: str, most: int, *, before: int | None = None) -> int:
    """Return how many of this kind were sent one after the other without a tap, up to `most`; `before`: the number of
    one of them, and only what was owed before it counts, also what is just being sent."""
    mine = {"user_id": user_id, "kind": kind, "most": most}
    if before is None:
        found = session.execute(UNANSWERED, mine)
    else:
        found = session.execute(UNANSWERED_BEFORE, {**mine, "before": before})
    count = 0
    for response in found.scalars():
        if response is not None:
            break
        count += 1
    return count


def done_since(session: Session, user_id: int, since: datetime) -> Collection[str]:
    """Return the kinds of which one was marked as done since then."""
    return set(session.execute(DONE, {"user_id": user_id, "since": since}).scalars())


def sent_since(session: Session, user_id: int, kind: str, since: datetime) -> int:
    """Return how many of this kind were due after `since` and sent."""
    known: Sequence[datetime] | None = session.ahead.of(f"outbox:{kind}", user_id)
    if known is not None:
        return sum(at > since for at in known)
    return int(session.execute(SENT, {"user_id": user_id, "kind": kind, "since": since}).scalar_one())


def look_ahead(session: Session, user_ids: Collection[int], kind: str) -> None:
    """Read when what was sent of this kind to many people was due, for when it is their turn."""
    due: dict[int, list[datetime]] = {user_id: [] for user_id in user_ids}
    for row in session.execute(ALL_SENT, {"user_ids": sorted(user_ids), "kind": kind}):
        due[row.user_id].append(row.due_at)
    session.ahead.keep(f"outbox:{kind}", due)


def waiting(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """Return how many messages may go out by now and have not, and since when the one that waits longest may."""
    found = select(func.count().label("many"), func.min(outbox.c.not_before).label("since")).where(
        OPEN, outbox.c.state == "due", outbox.c.not_before <= now
    )
    row = session.execute(found).one()
    return int(row.many), row.since


def owed_to(session: Session, user_id: int) -> Sequence[tuple[Owed, datetime]]:
    """Return what a person is owed and not yet sent, with when it may go out, soonest first."""
    found = select(outbox).where(outbox.c.user_id == user_id, outbox.c.state == "due").order_by(outbox.c.not_before)
    return [(_read(row, row.claim, row.tries), row.not_before) for row in session.execute(found)]


def slots(session: Session, user_id: int, since: datetime) -> Collection[tuple[str, str]]:
    """Return (kind, slot) of what was due since then and is or was owed: it is not owed again."""
    found = select(outbox.c.kind, outbox.c.slot).where(outbox.c.user_id == user_id, outbox.c.due_at >= since)
    return {(row.kind, row.slot) for row in session.execute(found)}


def withdraw(session: Session, user_id: int, kind: str | None = None, *, reminder_id: int | None = None) -> None:
    """Take back what is owed and not yet being sent. What nobody has tried to send may be owed again."""
    mine = (outbox.c.user_id == user_id) & (outbox.c.state == "due")
    if kind is not None:
        mine &= outbox.c.kind == kind
    if reminder_id is not None:
        mine &= outbox.c.reminder_id == reminder_id
    session.execute(delete(outbox).where(mine, outbox.c.tries == 0))
    session.execute(update(outbox).where(mine).values(state="skipped"))


def tidy(session: Session, now: datetime) -> None:
    """Forget what is done and old, but for the newest of it, person by person and kind by kind.

    Where the clock is years ahead for a moment, all is old; the newest still tells that today's card was owed.
    """
    old = outbox.c.state.in_(("sent", "skipped", "stale", "failed")) & (outbox.c.due_at < now - KEPT)
    newest = select(func.max(outbox.c.id)).where(old).group_by(outbox.c.user_id, outbox.c.kind)
    session.execute(delete(outbox).where(old, outbox.c.id.not_in(newest)))


def _read(row: Row[Any], claim_token: str | None, tries: int) -> Owed:
    return Owed(
        row.id,
        row.user_id,
        row.kind,
        row.slot,
        row.reminder_id,
        row.due_at,
        row.too_late_at,
        tries,
        claim_token,
        row.tip,
    )
