"""Brings the database to this version's schema at start, and refuses one that is newer than this program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect


class SchemaTrouble(Exception):
    """The database cannot be used by this version; the message says what to do."""


def config() -> Config:
    """Return Alembic's settings; they live here, not in a file, so that they are inside the wheel."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings


def newest() -> str:
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise SchemaTrouble("this installation has no migrations; install HeadsUp again")
    return head


def revision(engine: Engine) -> str | None:
    """Return the revision the database is at; None where nothing was made yet."""
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(engine: Engine) -> bool:
    return not inspect(engine).get_table_names()


def must_know(at: str | None) -> None:
    """Raise SchemaTrouble for a revision that this version has never heard of."""
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if at is not None and at not in known:
        raise SchemaTrouble(
            f"[database] url: this database is at schema {at}, made by a newer HeadsUp; this one knows {newest()}. "
            "Install the newer version again."
        )


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run what is missing, all in one transaction. Raises SchemaTrouble for a database made by a newer HeadsUp."""
    at = revision(engine)
    must_know(at)
    if at == newest():
        return
    with rebuilding(engine) as connection:
        upgrade_in(connection, to)


def upgrade_in(connection: Connection, to: str = "head") -> None:
    """Run what is missing within an open transaction."""
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, to)


def downgrade(engine: Engine, to: str) -> None:
    """Undo revisions down to `to`: for tests of the way up, never run on a diary."""
    settings = config()
    with rebuilding(engine) as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, to)


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction in which any table may be built anew under the ones that refer to it.

    SQLite knows few ALTERs: a table is copied, dropped and replaced, and dropping it would delete what refers to it.
    So its foreign keys rest, and are checked before the COMMIT. Raises SchemaTrouble where one leads nowhere.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.detach()  # it is closed afterwards: no other work ever meets it without foreign keys
            # SQLite ignores this inside a transaction, and SQLAlchemy begins one with its first statement.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF").close()
        with connection.begin():
            yield connection
            if engine.dialect.name == "sqlite":
                lost = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
                if lost:
                    raise SchemaTrouble(
                        f"[database] url: rows in {', '.join(sorted(lost))} belong to nobody, so the tables were left "
                        "as they were; restore the last backup"
                    )
