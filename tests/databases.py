"""Where tests keep a diary: SQLite in a file, or a database of their own on a real PostgreSQL from a wheel."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

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


class Postgres:
    """PostgreSQL, at this address."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)
        self._engine = open_engine(address).execution_options(isolation_level="AUTOCOMMIT")
        self._numbers = itertools.count(1)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._does(f"ALTER SYSTEM SET {setting} = off")  # no test pulls the plug of this machine
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

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _made(self, model: str) -> Iterator[str]:
        name = f"diary{next(self._numbers)}"
        self._does(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY file_copy")
        yield self._of(name)
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
