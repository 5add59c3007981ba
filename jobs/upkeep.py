"""Housekeeping: what is done is forgotten after its time, erasures are carried out, new clock rules are followed."""

from datetime import datetime
from functools import partial

from bot.store import erasures, inbox, meta, outbox, reminders
from bot.store.database import Database, Session

AT_ONCE = 500


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
    total = last = 0

    def work(session: Session) -> tuple[int, int]:
        some = reminders.planned(session, last, now, AT_ONCE)
        reminders.plan_from(session, some, now)
        return len(some), some[-1].id if some else last

    while True:
        count, last = await database.write(work)
        total += count
        if count < AT_ONCE:
            break
    await database.write(lambda session: meta.put(session, "zone_data", version))
    return total
