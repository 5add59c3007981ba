"""Housekeeping: what is done is forgotten after its time, erasures are carried out, new clock rules are followed."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.reminders import POLICIES, policy
from bot.domain.schedule import known_zones, next_occurrence
from bot.store import erasures, inbox, meta, outbox, reminders
from bot.store.database import Database, Session
from bot.store.reminders import Reminder

log = structlog.get_logger()

AT_ONCE = 500
PUT_OFF = timedelta(hours=26)
"""As far as "Not today" puts a reminder off: to the person's next day, which the clocks may go back in."""


async def tidy(database: Database, now: datetime) -> None:
    def work(session: Session) -> None:
        inbox.tidy(session, now)
        outbox.tidy(session, now)
        reminders.tidy(session, now)

    await database.write(work)


async def carry_out_erasures(database: Database) -> None:
    """Erase whom the ledger names: after a restore, or when the operator erased somebody while the bot was running."""
    waiting = await database.write(erasures.waiting)
    if not waiting:
        return
    last: int | None = -1
    while last is not None:
        last = await database.write(partial(erasures.carry_out, erasures=waiting, after=last, most=AT_ONCE))
    await database.write(lambda session: erasures.done(session, waiting))
    await database.checkpoint()


async def follow_zone_data(database: Database, now: datetime, version: str) -> int:
    """Plan every coming reminder again when the zone data has changed since. Returns how many were planned.

    What has come due already stays due: it was planned for its hour by the rules of that hour.
    """
    if await database.write(lambda session: meta.get(session, "zone_data")) == version:
        return 0
    gone = await database.write(lambda session: reminders.leave_zones(session, known_zones()))
    if gone:
        log.warning("zone_data.zones_gone", reminders=gone)
    planned = await _plan(database, now, timedelta(0))
    await database.write(lambda session: meta.put(session, "zone_data", version))
    return planned


async def plan_again(database: Database, now: datetime) -> int:
    """Plan again whatever lies where it should not: the clock was wrong when it was planned. Returns how many came."""
    return await _plan(database, now, PUT_OFF)


async def _plan(database: Database, now: datetime, put_off: timedelta) -> int:
    total = last = 0

    def work(session: Session) -> tuple[int, int]:
        some = reminders.planned(session, last, now, AT_ONCE)
        right = [(reminder, _right(reminder, now, put_off)) for reminder in some]
        reminders.plan(session, [(reminder.id, then) for reminder, then in right if then != reminder.next_at])
        return len(some), some[-1].id if some else last

    while True:
        count, last = await database.write(work)
        if not count:
            return total
        total += count


def _right(reminder: Reminder, now: datetime, put_off: timedelta) -> datetime | None:
    """Return when a reminder has to come next: where it is planned, if it can be there.

    A card or summary that was planned wrongly may have come due meanwhile: it is then due at once, as long as it is
    fresh. One that was owed already is not owed twice.
    """
    soonest, planned = _next(reminder, now), reminder.next_at
    if soonest is None or planned is None or planned == soonest:
        return soonest
    if reminder.kind in POLICIES:
        return _next(reminder, now - policy(reminder.kind).fresh_for)
    furthest = _next(reminder, now + put_off)
    return planned if furthest and soonest < planned <= furthest else soonest


def _next(reminder: Reminder, after: datetime) -> datetime | None:
    coming = next_occurrence(reminder.schedule, after)
    return coming.at if coming else None
