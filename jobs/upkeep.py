"""Housekeeping: what is done is forgotten after its time, erasures are carried out, new clock rules are followed."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.reminders import POLICIES, policy
from bot.domain.schedule import known_zones, next_occurrence
from bot.store import checkins, erasures, events, inbox, meta, outbox, reminders, users
from bot.store.database import Database, Session
from bot.store.reminders import Reminder

log = structlog.get_logger()

AT_ONCE = 500
ERASED_AT_ONCE = 20
"""Each is a line of the ledger that has to be on disk, and everybody waits for it."""

PUT_OFF = timedelta(hours=26)
"""As far as "Not today" puts a reminder off: to the person's next day, which the clocks may go back in."""


A_DAY = timedelta(days=1)


async def tidy(database: Database, now: datetime) -> None:
    """Once a day, forget what is done and old, and what is past the time it is kept."""

    def begin(session: Session) -> datetime | None:
        before = meta.get_instant(session, "tidied_at")
        if before is not None and before <= now < before + A_DAY:
            return None
        meta.put_instant(session, "tidied_at", now)
        inbox.tidy(session, now)
        outbox.tidy(session, now)
        reminders.tidy(session, now)
        events.clear_shelf(session, now - 2 * A_DAY)
        return before

    before = await database.write(begin)
    if before is not None:
        # A clock that is years ahead for a moment must not erase anybody: what is past its time was so a day ago.
        await keep_no_longer(database, min(before, now))


async def keep_no_longer(database: Database, now: datetime) -> None:
    """Erase whoever blocked the bot or took their consent back, and forget the answers that are older, than
    `[retention]` allows at `now`."""
    kept = database.settings.retention
    await database.write(lambda session: users.note_blocks(session, now))
    if kept.blocked_days:
        before = now - timedelta(days=kept.blocked_days)
        for gone_before in (users.blocked_before, users.withdrawn_before):
            await _erase(database, partial(gone_before, moment=before, most=ERASED_AT_ONCE), now)
    if kept.answers_days:
        first = now.date() - timedelta(days=kept.answers_days)
        for forget in (checkins.forget_before, events.forget_before):
            while await database.write(partial(forget, day=first, most=AT_ONCE)):
                pass


async def _erase(database: Database, find: Callable[[Session], Sequence[int]], now: datetime) -> None:
    def work(session: Session) -> int:
        gone = find(session)
        for user_id in gone:
            erasures.erase(session, user_id, now, unread=True)
        return len(gone)

    while erased := await database.write(work):
        log.info("retention.erased", people=erased)


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
