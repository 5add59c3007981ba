"""The schema: every step goes up, down and up again, ends where the tables say, and was tried on a diary before it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from bot.config import Settings
from bot.store import schema, users
from bot.store.crypto import load_keys
from bot.store.database import Database, Session, open_engine
from bot.store.schema import SchemaTrouble
from bot.store.tables import metadata
from tests.store.schemas.released import KEPT, KEY, REVISIONS, Rows, changed, lay_out, rows, shape
from tools.fixture import ANN, fill

MADE_UP = """
from alembic import op
import sqlalchemy as sa

revision, down_revision = "made_up", "{newest}"

def upgrade():
    with op.batch_alter_table("users") as users:
        users.alter_column("zone", type_=sa.String(99))
    {more}
"""


def test_every_step_goes_up_down_and_up(engine: Engine) -> None:
    before = "base"
    for step in REVISIONS:
        schema.upgrade(engine, step)
        schema.downgrade(engine, before)
        assert schema.revision(engine) == (None if before == "base" else before)
        schema.upgrade(engine, step)
        assert schema.revision(engine) == step
        before = step
    assert schema.revision(engine) == schema.newest()


def test_all_the_way_down_leaves_no_table(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}


def test_the_migrations_make_the_tables_as_they_are_declared(engine: Engine) -> None:
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_going_up_twice_is_no_trouble(engine: Engine) -> None:
    assert schema.is_empty(engine)
    schema.upgrade(engine)
    schema.upgrade(engine)
    assert schema.revision(engine) == schema.newest()
    assert not schema.is_empty(engine)


def test_a_newer_diary_is_refused_with_what_to_do(engine: Engine) -> None:
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_next_year'"))
    with pytest.raises(SchemaTrouble, match=r"\[database\] url: .*made by a newer HeadsUp.*Install the newer version"):
        schema.upgrade(engine)
    assert schema.revision(engine) == "from_next_year"


def test_a_step_that_fails_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE outbox (mine TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(engine)
    assert [name for name in inspect(engine).get_table_names() if name != "alembic_version"] == ["outbox"]


def holes(there: Rows) -> list[str]:
    """Return the tables without a row and the columns without a value."""
    return [table for table, every in there.items() if not every] + [
        f"{table}.{name}"
        for table, every in there.items()
        if every
        for name in every[0]
        if all(row[name] is None for row in every)
    ]


def test_every_schema_before_this_one_was_kept() -> None:
    assert set(REVISIONS[:-1]) <= set(KEPT), "tools/fixture.py keeps the schema there is, before a migration is added"


def test_this_schema_can_be_kept(database: Database) -> None:
    database.submit(fill).result(5)
    assert holes(rows(database.engine)) == [], "what is new needs a row in tools/fixture.py too"


@pytest.fixture(params=KEPT)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A diary as an older version left it."""
    engine = open_engine(f"sqlite:///{lay_out(request.param, tmp_path)}")
    yield engine
    engine.dispose()


def test_a_diary_that_was_kept_has_something_everywhere(kept: Engine) -> None:
    assert holes(rows(kept)) == []


def test_a_migration_that_people_have_run_is_left_as_it_is(kept: Engine, tmp_path: Path) -> None:
    again = open_engine(f"sqlite:///{tmp_path}/again.db")
    schema.upgrade(again, schema.revision(kept) or "")
    assert shape(kept) == shape(again)
    again.dispose()


@pytest.fixture
def makes_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Add a revision after the newest, which builds `users` anew; SQLite has no other way to change a column."""

    def make_up(more: str = "pass") -> None:
        (tmp_path / "made_up.py").write_text(MADE_UP.format(newest=schema.newest(), more=more))
        settings = schema.config()
        settings.set_main_option("path_separator", "os")
        ours = Path(settings.get_main_option("script_location") or "") / "versions"
        settings.set_main_option("version_locations", os.pathsep.join((str(ours), str(tmp_path))))
        monkeypatch.setattr(schema, "config", lambda: settings)

    return make_up


def test_a_table_is_built_anew_under_the_rows_that_refer_to_it(
    database: Database, makes_up: Callable[..., None]
) -> None:
    database.submit(fill).result(5)
    before = rows(database.engine)
    makes_up()
    schema.upgrade(database.engine)
    assert schema.revision(database.engine) == "made_up"
    assert changed(before, rows(database.engine)) == []
    database.submit(lambda session: users.erase(session, ANN)).result(5)
    owned = {table: every for table, every in rows(database.engine).items() if table != "inbox"}
    assert [table for table, every in owned.items() if any(ANN in row.values() for row in every)] == []


def test_a_step_that_leaves_rows_without_their_owner_is_taken_back(
    tmp_path: Path, makes_up: Callable[..., None]
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/headsup.db")
    schema.upgrade(engine)
    with engine.begin() as connection:
        fill(Session(connection, load_keys(KEY), Settings()))
    before, shaped = rows(engine), shape(engine)
    makes_up('op.execute("DELETE FROM users")')
    with pytest.raises(SchemaTrouble, match=r"rows in checkins, .* belong to nobody, so the tables were left as"):
        schema.upgrade(engine)
    assert (rows(engine), shape(engine)) == (before, shaped)
    assert schema.revision(engine) == REVISIONS[-1]
    engine.dispose()
