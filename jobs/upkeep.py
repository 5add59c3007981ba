"""Housekeeping: update ids and deliveries that are done are forgotten after their time."""

from datetime import datetime

from bot.store import inbox, outbox
from bot.store.database import Database, Session


async def tidy(database: Database, now: datetime) -> None:
    def work(session: Session) -> None:
        inbox.tidy(session, now)
        outbox.tidy(session, now)

    await database.write(work)
