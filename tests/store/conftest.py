"""An open diary on each database, and one person in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.store import schema, users
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.users import User
from tests.databases import Databases

NOW = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)
ANN = 7_654_321_987
"""Too large for 32 bits, as Telegram's ids are."""


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    with databases.empty(tmp_path) as home:
        yield home.url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine, url: str, tmp_path: Path) -> Iterator[Database]:
    schema.upgrade(engine)
    key_file = tmp_path / "headsup.key"
    settings = Settings(database=DatabaseSettings(url=url), keys=KeyFile(file=key_file))
    database = Database(engine, make_keys(key_file), settings, writers=1)
    yield database
    database.close()


@pytest.fixture
def ann(database: Database) -> User:
    """A person who has agreed."""

    def add(session: Session) -> User:
        return users.add(session, User(ANN, "en", "Europe/Berlin", time(4), "stranger", NOW), NOW)

    return database.submit(add).result(5)
