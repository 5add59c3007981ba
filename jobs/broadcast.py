"""A broadcast goes out behind everything else: owed a few at a time, and only while nothing else waits to be sent.

So it is not a queue that a card would have to wait behind, and who is not to be disturbed now is asked again later.
"""

from datetime import datetime

import structlog

from bot.domain.quiet import from_text, quiet_until
from bot.domain.reminders import BROADCAST
from bot.store import broadcasts, meta, outbox
from bot.store.crypto import KeyTrouble
from bot.store.database import Database, Session
from bot.store.outbox import New
from bot.store.users import User

log = structlog.get_logger()

AT_ONCE = 500
"""People looked at in one go."""


async def broadcast(database: Database, now: datetime) -> None:
    """Take up what the operator has handed over, and owe it to some more people."""
    file = broadcasts.file_of(database.settings.keys.file)
    if file.exists() and await database.write(_take_up):
        file.unlink()
    await database.write(lambda session: _owe(session, now))


def _take_up(session: Session) -> bool:
    """Begin what was handed over. Returns whether its file is done with."""
    try:
        handed = broadcasts.handed_over(session.settings.keys.file, session.keys)
    except KeyTrouble:
        log.error("broadcast.unreadable")
        return True
    return handed is not None and broadcasts.begin(session, handed)


def _owe(session: Session, now: datetime) -> None:
    try:
        going_out = broadcasts.current(session)
    except KeyTrouble:
        log.error("broadcast.unreadable")
        broadcasts.end(session)
        return
    if going_out is None or outbox.count_due(session, now, 1):
        return
    after = int(meta.get(session, "broadcast_after") or 0)
    people = broadcasts.untold(session, going_out, after, AT_ONCE)
    if now >= going_out.until or not (people or after):
        if now >= going_out.until or not broadcasts.on_its_way(session, going_out):
            broadcasts.end(session)
        return
    most = max(1, session.settings.sending.per_second // 2)
    told = [user for user in people if _may_be_told(user, now)][:most]
    outbox.owe_all(
        session,
        [New(user.id, BROADCAST, going_out.slot, None, going_out.since, now, going_out.until) for user in told],
    )
    last = told[-1] if len(told) == most else people[-1] if len(people) == AT_ONCE else None
    meta.put(session, "broadcast_after", str(last.id if last else 0))


def _may_be_told(user: User, now: datetime) -> bool:
    """Tell whether this person may be disturbed; else they are asked about again in the next round."""
    in_attack = user.silent_until is not None and now < user.silent_until
    return not (user.silent(now) or in_attack or quiet_until(from_text(user.quiet), now, user.zone))
