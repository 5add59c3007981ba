"""What the stories share: when something arrived, and what the tables know about somebody."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, func, or_, select, text

from bot.sandbox.person import Person, Seen
from bot.store import checkins, users
from bot.store.database import Session
from bot.store.tables import checkins as table
from bot.store.tables import metadata
from tests.conftest import Telegram

MEMORY = Path("/dev/shm")  # noqa: S108
"""Long lives ask what the clock does, not how fast a disk is."""

T = TypeVar("T")
R = TypeVar("R")

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
CARD = "question 1 of 5"
"""Stands on every card that nobody has begun."""


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """Return this wall time in Berlin in 2026; the stories begin there on Monday 2 March at 13:00."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def arrived(person: Person, since: datetime, words: str = "") -> list[tuple[datetime, Seen]]:
    """Return what the bot has sent since then that is in the chat, with the minute; only with these words if asked."""
    dated = [(datetime.fromtimestamp(seen.body["date"], UTC), seen) for seen in person.chat if seen.from_bot]
    return [(to_the_minute(at), seen) for at, seen in dated if at >= since and words in seen.text]


def sent(telegram: Telegram, person: Person, since: datetime) -> list[datetime]:
    """Return the minutes in which the bot sent this person a new message, be it edited since or not."""
    calls = [call for call in telegram.api.calls if call.method in ("sendMessage", "sendPhoto") and call.status == 200]
    return [to_the_minute(call.at) for call in calls if call.chat_id == person.user_id and call.at >= since]


def to_the_minute(at: datetime) -> datetime:
    """Leave out the seconds a message waited for its turn."""
    return at.replace(second=0, microsecond=0)


def value(telegram: Telegram, sql: str) -> object:
    """Return the one value that a query finds."""

    def read(session: Session) -> object:
        return session.execute(text(sql)).scalar_one()

    return telegram.database.submit(read).result()


def answers(telegram: Telegram, person: Person) -> list[tuple[str, dict[str, object]]]:
    """Return this person's days that have a check-in, oldest first, with their answers."""

    def read(session: Session) -> list[tuple[str, dict[str, object]]]:
        mine = select(table.c.day).where(table.c.user_id == person.user_id).order_by(table.c.day)
        days = [row.day for row in session.execute(mine)]
        kept = checkins.history(session, person.user_id, days[0], days[-1]) if days else {}
        return [(day.isoformat(), dict(kept[day])) for day in days]

    return telegram.database.submit(read).result()


def traces(telegram: Telegram, user_id: int) -> dict[str, int]:
    """Return the tables in which any column of any row holds this id, with the number of rows."""

    def read(session: Session) -> dict[str, int]:
        found = {}
        for kept in metadata.sorted_tables:
            holds = or_(*(cast(column, String).contains(str(user_id)) for column in kept.columns))
            found[kept.name] = session.execute(select(func.count()).select_from(kept).where(holds)).scalar_one()
        return {name: count for name, count in found.items() if count}

    return telegram.database.submit(read).result()


def never_quiet(telegram: Telegram, person: Person) -> None:
    """Let this person have no quiet hours: what the story is about happens at night."""
    telegram.database.submit(lambda session: users.change(session, person.user_id, quiet="-")).result()


def side_by_side(live: Callable[[T, Path], R], parts: Sequence[T]) -> Sequence[R]:
    """Return what `live` makes of each part and a folder of its own, each in a process of its own."""
    memory = MEMORY if MEMORY.is_dir() else None
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(TemporaryDirectory(dir=memory))) for _ in parts]
        pool = stack.enter_context(ProcessPoolExecutor(len(parts), multiprocessing.get_context("spawn")))
        return list(pool.map(live, parts, folders))
