"""A diary of any rows is the same in PostgreSQL, time and again; nothing that is newer there is ever written over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Engine,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Time,
    UniqueConstraint,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.domain.reminders import EVERY_DAY
from bot.domain.schedule import Schedule
from bot.store import backup, move, profiles, reminders, reseal, schema, users
from bot.store.crypto import Keys, KeyTrouble, make_keys
from bot.store.database import Database, Session, open_engine, open_to_read
from bot.store.lock import Held
from bot.store.tables import Instant, answers, metadata, secrets
from bot.store.tables import users as people
from bot.store.users import User
from tests.databases import Databases

from .conftest import ANN, NOW
from .test_backup import everything, live

pytestmark = pytest.mark.postgres

UNDONE = Exception("killed")
STEPS = 2 * len(metadata.sorted_tables) - 1
"""Each table is copied and compared, but for people's secrets, which are not compared."""

A_MICROSECOND_LATER = """
CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.created_at := NEW.created_at + interval '1 microsecond'; RETURN NEW; END $$
"""
Drawn = Mapping[str, Sequence[Mapping[str, Any]]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A diary in SQLite that is written, with something in every table."""
    url = f"sqlite:///{tmp_path}/headsup.db"
    key_file = tmp_path / "headsup.key"
    engine = open_engine(url)
    schema.upgrade(engine)
    settings_ = Settings(database=DatabaseSettings(url=url), keys=KeyFile(file=key_file))
    database = Database(engine, make_keys(key_file), settings_)
    database.submit(lambda session: users.add(session, User(ANN, "en", "UTC", time(4), "stranger", NOW), NOW)).result(5)
    database.submit(live).result(5)
    yield database
    database.close()


@pytest.fixture
def target(postgres: Databases, tmp_path: Path) -> Iterator[Engine]:
    """An empty PostgreSQL database."""
    with postgres.empty(tmp_path) as home:
        engine = open_engine(home.url)
        yield engine
        engine.dispose()


def make_empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def moved(database: Database, target: Engine, count: move.Count = lambda _: None) -> move.Rows:
    reader = open_to_read(database.settings.database.url)
    try:
        with reader.connect() as source, source.begin(), target.begin() as there:
            return move.copy(source, there, database.keys, count)
    finally:
        reader.dispose()


# Any rows there could be


def value(column: Column[Any], parents: Drawn) -> some.SearchStrategy[Any]:
    found: some.SearchStrategy[Any]
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return some.sampled_from([row[key.column.name] for row in parents[key.column.table.name]])
    match column.type:
        case Instant():
            found = some.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001
        case Date():
            found = some.dates()
        case Time():
            found = some.times()
        case Boolean():
            found = some.booleans()
        case LargeBinary():
            found = some.binary(max_size=40)
        case String() as letters:
            found = some.text(
                some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=letters.length
            )
        case SmallInteger():
            found = some.integers(-(2**15), 2**15 - 1)
        case _:
            found = some.integers(1, 2**52)
    return some.none() | found if column.nullable else found


def unique(table: Table) -> Iterator[Callable[[Mapping[str, Any]], object]]:
    for constraint in (table.primary_key, *table.constraints):
        if constraint is table.primary_key or isinstance(constraint, UniqueConstraint):
            names = [column.name for column in constraint.columns]
            yield lambda row, names=names: tuple(row[name] for name in names)


@some.composite
def rows_of_all(draw: some.DrawFn) -> Drawn:
    drawn: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        needed = {key.column.table.name for key in table.foreign_keys}
        drawn[table.name] = []
        if all(drawn[name] for name in needed):
            row = some.fixed_dictionaries({column.name: value(column, drawn) for column in table.columns})
            drawn[table.name] = draw(some.lists(row, max_size=4, unique_by=tuple(unique(table))))
    return drawn


def put(engine: Engine, drawn: Drawn) -> None:
    """Let these rows be all there are."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        for table in metadata.sorted_tables:
            if drawn[table.name]:
                connection.execute(insert(table), drawn[table.name])


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=rows_of_all(), then=rows_of_all())
def test_any_rows_arrive_and_so_do_those_that_follow(
    database: Database, target: Engine, first: Drawn, then: Drawn
) -> None:
    make_empty(target)
    for drawn in (first, then):
        put(database.engine, drawn)
        rows = moved(database, target)
        assert rows == {name: len(those) for name, those in drawn.items()}
        assert said_in(target, database.keys) == said_in(database.engine, database.keys)


def said_in(engine: Engine, keys: Keys) -> dict[str, list[Mapping[str, Any]]]:
    """Return every row of every table as the program reads it, with what is sealed opened, but people's secrets."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    with engine.connect() as connection:
        session = Session(connection, keys, Settings())
        for table in metadata.sorted_tables:
            found = select(table).order_by(*table.primary_key.columns)
            if table in reseal.SEALED:
                found = found.add_columns(reseal.owner_of(table))
            rows[table.name] = [reseal.opened(session.keys, table, row) for row in connection.execute(found).mappings()]
    return {name: those for name, those in rows.items() if name != "secrets"}


# A diary that is written meanwhile


def adds(session: Session) -> int:
    return reminders.add(session, ANN, "water", Schedule(time(9), EVERY_DAY, "UTC"), NOW).id


def test_every_table_arrives_and_opens_there(database: Database, target: Engine) -> None:
    before = said_in(database.engine, database.keys)
    assert all(before.values()), "something of every table, or else little would be proven"
    counted: list[int] = []
    rows = moved(database, target, counted.append)
    assert said_in(target, database.keys) == before
    assert rows == {"secrets": 1} | {name: len(those) for name, those in before.items()}
    assert sum(counted) == 2 * sum(rows.values()) - 1, "each row is copied and compared, but the secret"
    with target.begin() as connection:
        session = Session(connection, database.keys, database.settings)
        assert profiles.of_user(session, ANN).country == "NZ"


def test_all_of_theirs_is_sealed_with_a_secret_of_their_own(database: Database, target: Engine) -> None:
    database.submit(lambda session: session.secrets.destroy(ANN)).result(5)
    moved(database, target)
    with target.begin() as connection:
        session = Session(connection, database.keys, database.settings)
        assert reseal.left(session) == 0
        connection.execute(delete(secrets))
        with pytest.raises(KeyTrouble):
            profiles.of_user(session, ANN)


def test_there_and_back_and_there_again(database: Database, target: Engine, tmp_path: Path) -> None:
    moved(database, target)
    backup.write(target, database.keys, [], tmp_path / "monday", NOW)
    url = f"sqlite:///{tmp_path}/back.db"
    back = open_engine(url)
    backup.restore(tmp_path / "monday", database.keys, back)
    assert said_in(back, database.keys) == said_in(database.engine, database.keys)
    make_empty(target)
    database.settings = database.settings.model_copy(update={"database": DatabaseSettings(url=url)})
    moved(database, target)
    assert said_in(target, database.keys) == said_in(back, database.keys)
    assert everything(target)["secrets"] == everything(back)["secrets"]
    back.dispose()


def test_what_is_written_meanwhile_comes_with_the_next(database: Database, target: Engine) -> None:
    before = said_in(database.engine, database.keys)
    written: list[int] = []
    moved(database, target, lambda _: written.append(database.submit(adds).result(5)))
    assert len(written) == STEPS, "it wrote in the middle, all the way through"
    assert said_in(target, database.keys) == before, "one moment, however long it takes"
    moved(database, target)
    assert said_in(target, database.keys) == said_in(database.engine, database.keys)


def test_what_changed_or_went_does_so_there(database: Database, target: Engine) -> None:
    moved(database, target)
    with database.engine.begin() as connection:
        connection.execute(update(people).values(zone="Pacific/Apia"))
        connection.execute(delete(answers).where(answers.c.question == "sleep"))
    moved(database, target)
    assert said_in(target, database.keys) == said_in(database.engine, database.keys)
    database.submit(lambda session: users.erase(session, ANN)).result(5)
    moved(database, target)
    assert not everything(target)["events"]


def test_a_number_is_never_given_twice(database: Database, target: Engine) -> None:
    last = database.submit(adds).result(5)
    database.submit(lambda session: reminders.remove(session, last)).result(5)
    moved(database, target)
    with target.begin() as connection:
        assert adds(Session(connection, database.keys, database.settings)) == last + 1


def test_a_table_that_was_empty_when_it_was_built_anew(database: Database, target: Engine) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))
        connection.execute(text("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'events'"))
    moved(database, target)
    assert said_in(target, database.keys) == said_in(database.engine, database.keys)


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_cut_off_anywhere_it_leaves_what_was_there(database: Database, target: Engine, *, again: bool) -> None:
    if again:
        moved(database, target)
        database.submit(adds).result(5)
    before = holds(target)
    for last in range(0, STEPS, 5):
        left = iter(range(last))

        def count(_: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise UNDONE

        with pytest.raises(Exception, match="killed"):
            moved(database, target, count)
        assert holds(target) == before
    moved(database, target)
    assert said_in(target, database.keys) == said_in(database.engine, database.keys)


def holds(target: Engine) -> object:
    return None if schema.is_empty(target) else everything(target)


def test_what_does_not_arrive_as_it_was_sent_is_no_copy(database: Database, target: Engine) -> None:
    schema.upgrade(target)
    with target.begin() as connection:
        connection.execute(text(A_MICROSECOND_LATER))
        connection.execute(text("CREATE TRIGGER late BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION later()"))
    with pytest.raises(move.MoveTrouble, match=r"what arrived in events is not what was sent, first at \[1\]"):
        moved(database, target)
    assert not any(everything(target).values())


# What must never be written over


def written_to(target: Engine, *changes: str) -> dict[str, list[tuple[object, ...]]]:
    with target.begin() as connection:
        for change in changes:
            connection.execute(text(change))
    return everything(target)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET seen_at = seen_at + interval '1 microsecond', zone = zone",
        "UPDATE answers SET value = decode('00', 'hex') WHERE question = 'back'",
        "UPDATE checkins SET late = NOT late",
        "INSERT INTO meta VALUES ('tidied_at', '2026-03-02')",
        "DELETE FROM events",
        "UPDATE meta SET value = value || ' '",
    ],
)
def test_what_somebody_wrote_there_since_is_kept(database: Database, target: Engine, change: str) -> None:
    database.submit(lambda session: users.change(session, ANN, seen_at=NOW)).result(5)
    moved(database, target)
    there = written_to(target, change)
    assert there
    with pytest.raises(move.MoveTrouble, match="somebody has written there since it was copied"):
        moved(database, target)
    assert everything(target) == there


def test_a_diary_that_was_never_copied_is_kept(database: Database, target: Engine) -> None:
    schema.upgrade(target)
    there = written_to(target, "INSERT INTO meta VALUES ('bot_id', '2')")
    with pytest.raises(move.MoveTrouble, match="was not copied from this one"):
        moved(database, target)
    assert everything(target) == there


def test_the_copy_of_another_diary_is_kept(database: Database, target: Engine, tmp_path: Path) -> None:
    moved(database, target)
    there = everything(target)
    mine, database.keys = database.keys, make_keys(tmp_path / "other.key")
    with pytest.raises(move.MoveTrouble, match="was not copied from this one"):
        moved(database, target)
    assert everything(target) == there
    database.keys = Keys({**mine.ring, 2: database.keys.ring[1]}, 2)
    moved(database, target)
    database.keys = Keys({2: database.keys.ring[2]}, 2)
    moved(database, target)


def test_the_database_of_another_program_is_kept(database: Database, target: Engine) -> None:
    for made in ("CREATE TABLE holidays (day date)", "CREATE TABLE alembic_version (version_num varchar(32))"):
        with target.begin() as connection:
            connection.execute(text(made))
        with pytest.raises(move.MoveTrouble, match="is a database of another program"):
            moved(database, target)


def test_a_newer_version_s_is_kept(database: Database, target: Engine) -> None:
    moved(database, target)
    written_to(target, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(schema.SchemaTrouble):
        moved(database, target)


def test_an_older_version_s_copy_is_brought_up_to_date(database: Database, target: Engine) -> None:
    schema.upgrade(target, "0004")
    with target.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('heard_at', '2026-01-01')"))
        move.mark(connection, database.keys)
    moved(database, target)
    assert schema.revision(target) == schema.newest()
    assert said_in(target, database.keys) == said_in(database.engine, database.keys)


def test_nobody_is_at_it_meanwhile(database: Database, target: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    moved(database, target)
    monkeypatch.setattr(move, "PATIENCE", "50ms")
    other = open_engine(target.url.render_as_string(hide_password=False))
    with other.begin() as connection:
        connection.execute(text("SELECT count(*) FROM users"))
        with pytest.raises(Held, match="others are using that database"):
            moved(database, target)
    other.dispose()
    moved(database, target)


def test_letters_have_one_order_whatever_the_server_speaks() -> None:
    assert str(backup.in_order(postgresql.dialect(), answers)).endswith('checkin_id, answers.question COLLATE "C"')
    assert str(backup.in_order(sqlite.dialect(), answers)).endswith("checkin_id, answers.question")
