"""The schema: every step goes up, down and up again, and ends where the tables say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from bot.store import schema
from bot.store.schema import SchemaTrouble
from bot.store.tables import metadata

STEPS = [script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()][::-1]


def test_every_step_goes_up_down_and_up(engine: Engine) -> None:
    before = "base"
    for step in STEPS:
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
