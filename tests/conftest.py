"""A Telegram of our own, the whole bot behind it, and a clock that only moves when the story says so."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import pytest
from sqlalchemy import func, select

from bot.chat.application import Chat
from bot.config import Access, Backup, Defaults, KeyFile, Settings
from bot.config import Database as DatabaseSettings
from bot.render import consent
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person
from bot.sandbox.transport import SandboxRequest
from bot.store import schema, users
from bot.store.crypto import load_keys, make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.tables import metadata
from bot.store.users import User
from bot.texts.words import texts_for
from jobs.broadcast import broadcast
from jobs.deliver import deliver, recover
from jobs.enqueue import enqueue
from tests.clock import HandClock
from tests.databases import Databases, Home, Postgres, Server, Sqlite
from tests.faults.promises import FULL

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday in winter time, at noon in UTC."""


def settings_in(home: Home) -> Settings:
    return Settings(
        database=DatabaseSettings(url=home.url),
        keys=KeyFile(file=home.folder / "headsup.key"),
        access=Access(mode="open", updates_per_minute=100_000),
        defaults=Defaults(),
        backup=Backup(folder=home.folder / "backups"),
    )


class Telegram:
    """The sandbox, the bot and its clock edge, driven step by step."""

    def __init__(self, settings: Settings, clock: HandClock) -> None:
        self.settings = settings
        self.clock = clock
        self.api = BotApi(clock)
        self.database: Database
        self.chat: Chat

    async def start_bot(self) -> None:
        engine = open_engine(self.settings.database.url)
        schema.upgrade(engine)
        path = self.settings.keys.file
        self.database = Database(engine, load_keys(path) if path.exists() else make_keys(path), self.settings)
        self.chat = Chat(
            self.database,
            self.clock,
            token=self.api.token,
            base_url="https://sandbox.invalid/bot",
            request=SandboxRequest(self.api),
            polling=SandboxRequest(self.api),
        )
        await self.chat.start()
        await recover(self.database, self.clock.now())
        await self.chat.settle()

    async def stop_bot(self) -> None:
        if self.chat.receiver.heard_at is not None:
            self.chat.receiver.heard_at = self.clock.now()
        await self.chat.stop()
        self.database.close()

    async def restart_bot(self) -> None:
        await self.stop_bot()
        await self.start_bot()

    async def settle(self) -> None:
        """Let the bot take and answer everything there is; while it runs it has been polling all along."""
        if self.chat.receiver.heard_at is not None:
            self.chat.receiver.heard_at = self.clock.now()
        while await self.chat.receiver.poll(0):
            await self.chat.settle()
        await self.chat.settle()

    async def tick(self) -> None:
        """One beat of the metronome: due reminders are owed, a broadcast behind them, what is owed goes out."""
        await enqueue(self.database, self.clock.now())
        await broadcast(self.database, self.clock.now())
        await deliver(self.database, self.chat.sender, self.clock, 4)
        await self.settle()

    async def waits(
        self, *, until: datetime | None = None, beat: timedelta = timedelta(minutes=1), **span: int
    ) -> None:
        """Let time pass, beat by beat, with the metronome running."""
        end = until or self.clock.now() + timedelta(**span)
        while self.clock.now() < end:
            self.clock.moves(min(beat, end - self.clock.now()).total_seconds())
            await self.tick()

    def person(self, user_id: int, name: str, language: str = "en") -> Person:
        return Person(self.api, user_id, name, language=language, settle=self.settle)

    def rows(self, table: str) -> int:
        def count(session: Session) -> int:
            return int(session.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())

        return self.database.submit(count).result()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


ON_BOTH, SAMPLED = ("store", "jobs"), ("stories", "faults")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let every test of a diary run on both databases, but on PostgreSQL alone or on SQLite alone where it says so.

    In the full sweep only, what is `slow` runs on PostgreSQL too, and what looks at a layer above those of `ON_BOTH`;
    of stories and faults every day a quarter does, the same each day.
    """
    if "databases" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    kinds = ["sqlite"] if "postgres" not in marks else []
    folder, name = metafunc.definition.path.parent.name, metafunc.definition.name
    everyday = "slow" not in marks and (folder in ON_BOTH or (folder in SAMPLED and crc32(name.encode()) % 4 == 0))
    if "sqlite" not in marks and (FULL or everyday or "postgres" in marks):
        kinds.append(pytest.param("postgres", marks=pytest.mark.postgres))
    metafunc.parametrize("databases", kinds, indirect=True)


@pytest.fixture(scope="session")
def sqlite() -> Iterator[Databases]:
    with TemporaryDirectory(prefix="headsup-") as folder:
        yield Sqlite(Path(folder))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL of our own, for this run."""
    with TemporaryDirectory(prefix="headsup-pg-") as folder:
        server = Server(Path(folder))
        postgres = Postgres(server.address)
        yield postgres
        postgres.close()
        server.close()


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Databases:
    """The databases a test is about, one kind after the other."""
    kind: Databases = request.getfixturevalue(request.param)
    return kind


@pytest.fixture
def home(databases: Databases, tmp_path: Path) -> Iterator[Home]:
    """Where an empty diary lies that has its tables."""
    with databases.diary(tmp_path) as home:
        yield home


@pytest.fixture
def settings(home: Home) -> Settings:
    return settings_in(home)


@pytest.fixture
async def telegram(settings: Settings, clock: HandClock) -> AsyncIterator[Telegram]:
    telegram = Telegram(settings, clock)
    await telegram.start_bot()
    yield telegram
    await telegram.stop_bot()


def moves_in(session: Session, user: User, now: datetime) -> None:
    """Let somebody be here who agreed, at `now`, to the text as it is today."""
    users.add(session, user, now)
    users.agree(session, user.id, consent.VERSION, consent.digest(consent.text(texts_for("en"))), now)


async def settled_in(telegram: Telegram, user_id: int, name: str, zone: str = "Europe/Berlin") -> Person:
    """A person who has gone through the welcome: card at 20:00, no reminders."""
    person = telegram.person(user_id, name)
    await person.says("/start")
    await person.taps("I agree")
    await person.says(zone)
    await person.taps("20:00")
    await person.taps("No reminders")
    return person


@pytest.fixture
async def ann(telegram: Telegram) -> Person:
    return await settled_in(telegram, 1001, "Ann")


@pytest.fixture
async def ben(telegram: Telegram) -> Person:
    return await settled_in(telegram, 1002, "Ben", "America/New_York")
