"""The whole bot as it lives, long poll and metronome included, before a sandbox that breaks, on virtual time."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select, true
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.chat.application import Chat
from bot.config import Access, Backup, KeyFile, Retention, Settings
from bot.config import Database as DatabaseSettings
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import Schedule
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person
from bot.sandbox.transport import SandboxRequest
from bot.store import reminders, users
from bot.store.crypto import load_keys, make_keys
from bot.store.database import Session, open_engine
from bot.store.inbox import FORGOTTEN
from bot.store.tables import inbox, metadata, outbox
from jobs.deliver import deliver, recover
from jobs.enqueue import enqueue
from tests.conftest import moves_in
from tests.databases import Home
from tests.faults.virtual import DatabaseOutOfTime, LoopClock

EVENING = datetime(2026, 3, 2, 19, 59, 30, tzinfo=UTC)
"""Half a minute before the cards are due, on a Monday."""

LATENCY = 0.05
NEW = ("sendMessage", "sendPhoto", "sendDocument")
IN_FLIGHT = 4


@dataclass(frozen=True)
class Broken:
    """An answer that a server in trouble gives, after or instead of doing what it was asked."""

    body: bytes
    status: int = 200
    done: bool = True


class FarRequest(SandboxRequest):
    """The way to a Telegram 50 ms away; `breaks` may say, call by call, that an answer comes broken."""

    __slots__ = ("breaks", "cut", "latency")

    def __init__(self, api: BotApi, breaks: Callable[[str], Broken | None], latency: float = LATENCY) -> None:
        super().__init__(api)
        self.breaks = breaks
        self.latency = latency
        self.cut = False

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        await self.api.clock.sleep(self.latency / 2)
        if self.cut:
            raise NetworkError("the process is gone")
        broken = self.breaks(url.partition("?")[0].rpartition("/")[2])
        if broken is None or broken.done:
            answer = await super().do_request(url, method, request_data)
        await self.api.clock.sleep(self.latency / 2)
        return answer if broken is None else (broken.status, broken.body)


class World:
    """People, their Telegram and the bot. `beat` are the metronome's seconds; long stories may have a slower one."""

    def __init__(self, home: Home, start: datetime = EVENING, *, latency: float = LATENCY) -> None:
        self.clock = LoopClock(start)
        self.api = BotApi(self.clock)
        self.settings = Settings(
            database=DatabaseSettings(url=home.url),
            keys=KeyFile(file=home.folder / "headsup.key"),
            access=Access(mode="open"),
            backup=Backup(folder=home.folder / "backups"),
            retention=Retention(blocked_days=0),  # people here may stay away for as long as they like
        )
        self.latency = latency
        self.beat = 1.0
        self.breaks: Callable[[str], Broken | None] = lambda _method: None
        self.chance = random.Random(7)
        self._living: list[asyncio.Task[None]] = []
        make_keys(self.settings.keys.file)

    async def starts(self) -> None:
        keys = load_keys(self.settings.keys.file)
        self.database = DatabaseOutOfTime(open_engine(self.settings.database.url), keys, self.settings)
        request, polling = (FarRequest(self.api, lambda method: self.breaks(method), self.latency) for _ in range(2))
        self._requests = request, polling
        self.chat = Chat(
            self.database,
            self.clock,
            token=self.api.token,
            base_url="https://sandbox.invalid/bot",
            request=request,
            polling=polling,
        )
        await self.chat.start()
        await recover(self.database, self.clock.now())
        self._living = [asyncio.create_task(self.chat.be_polled()), asyncio.create_task(self._beat())]

    async def stops(self) -> None:
        """Stop at once, as in a crash: what is under way never reaches Telegram, and its outcome never the diary."""
        for request in self._requests:
            request.cut = True
        for task in self._living:
            task.cancel()
        await asyncio.gather(*self._living, return_exceptions=True)
        await self.chat.receiver.stop()
        await self.chat.application.shutdown()
        self.database.close()

    @property
    def lives(self) -> bool:
        """Tell whether polling and metronome both still run."""
        return not any(task.done() for task in self._living)

    async def passes(self, **span: float) -> None:
        """Let time pass; whatever has ended the bot in the meantime is raised."""
        await self.clock.sleep(timedelta(**span).total_seconds())
        for task in self._living:
            if task.done():
                task.result()
        assert self.lives

    async def passes_without_bot(self, **span: float) -> None:
        """Let time pass while nothing runs."""
        await self.clock.sleep(timedelta(**span).total_seconds())

    def people(
        self, ids: Sequence[int], *, at: time | None = time(20), kinds: Sequence[str] = (CHECKIN,)
    ) -> list[Person]:
        """Let people have settled in a month ago; these kinds of message come every day at `at` UTC, if any."""
        since = self.clock.now() - timedelta(days=30)

        def move_in(session: Session) -> None:
            for user_id in ids:
                moves_in(session, replace(users.stranger(user_id, "en", "UTC", since), quiet="-"), since)
                if at is None:
                    continue
                for kind in kinds:
                    reminders.add(session, user_id, kind, Schedule(at, EVERY_DAY, "UTC"), self.clock.now())

        self._write(move_in)
        household = [Person(self.api, user_id, f"Person {user_id}", settle=at_once) for user_id in ids]
        for user_id in ids:
            self.api.chats.by_id[user_id].standing = "open"
        return household

    def _write(self, work: Callable[[Session], None]) -> None:
        engine = open_engine(self.settings.database.url)
        with engine.begin() as connection:
            work(Session(connection, load_keys(self.settings.keys.file), self.settings))
        engine.dispose()

    async def _beat(self) -> None:
        while True:
            await enqueue(self.database, self.clock.now())
            await deliver(self.database, self.chat.sender, self.clock, IN_FLIGHT)
            await self.clock.sleep(self.beat)

    def keeps_every_call(self) -> None:
        """Let the sandbox remember all that was called, not the last ten thousand only."""
        self.api.calls = deque(self.api.calls)

    # What can be told afterwards

    def sent(self, *methods: str, status: int | None = 200, chat: int | None = None) -> list[datetime]:
        """Return when messages were accepted (or answered with `status`; None = any), oldest first."""
        return [
            call.at
            for call in self.api.calls
            if call.method in (methods or NEW) and status in (call.status, None) and chat in (call.chat_id, None)
        ]

    def copies(self, one: Person, words: str) -> int:
        return sum(seen.from_bot and words in seen.text for seen in one.chat)

    def tips(self, one: Person) -> int:
        """Return how many messages this person has from the bot that are no cards."""
        return sum(seen.from_bot and "question " not in seen.text for seen in one.chat)

    async def states(self, table: str) -> dict[str, int]:
        """Return how many rows of inbox or outbox are in each state, without what is forgotten all but its id."""
        of = {"inbox": inbox, "outbox": outbox}[table]

        def read(session: Session) -> dict[str, int]:
            shown = ~FORGOTTEN if of is inbox else true()
            rows = session.execute(select(of.c.state, func.count().label("many")).where(shown).group_by(of.c.state))
            return {row.state: row.many for row in rows}

        return await self.database.write(read)

    async def rows(self) -> dict[str, int]:
        """Return how many rows each table has."""

        def read(session: Session) -> dict[str, int]:
            counts = {
                table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }
            return {name: int(count) for name, count in counts.items()}

        return await self.database.write(read)


async def at_once() -> None:
    """Nobody waits for the bot after an act."""


@asynccontextmanager
async def world(home: Home, start: datetime = EVENING, *, latency: float = LATENCY) -> AsyncIterator[World]:
    """A world at its beginning, the bot not yet started; it is stopped at the end."""
    made = World(home, start, latency=latency)
    try:
        yield made
    finally:
        if made._living:
            await made.stops()


def most_in_any_second(moments: Sequence[datetime]) -> int:
    """Return the most moments that lie within less than one second of each other."""
    most = first = 0
    for last, moment in enumerate(moments):
        while (moment - moments[first]).total_seconds() >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most
