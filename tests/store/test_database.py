"""Transactions: turns share a COMMIT and nothing else; a result is given only when it is on disk."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError

from bot.store.database import Database, Session, open_engine, open_to_read
from bot.store.disk import cannot_write
from bot.store.tables import invites

from .conftest import NOW


def add(code: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.execute(insert(invites).values(code_hash=code, redeemed_at=NOW))
        return code

    return work


def found(database: Database) -> list[str]:
    with database.engine.connect() as another:
        rows = another.execute(text("SELECT code_hash FROM invites ORDER BY 1")).all()
        another.rollback()
    return [row[0] for row in rows]


def together(
    database: Database, *pieces: Callable[[Session], Any], people: Sequence[int | None] = ()
) -> list[Future[Any]]:
    """Submit pieces of work so that they wait side by side and share one COMMIT."""
    gate = threading.Event()
    first = database.submit(lambda session: gate.wait(5))
    futures = [database.submit(piece, person) for piece, person in zip_longest(pieces, people)]
    gate.set()
    first.result(5)
    return futures


def fails(session: Session) -> None:
    session.execute(insert(invites).values(code_hash="half", redeemed_at=NOW))
    raise LookupError("in the middle")


def test_a_failing_turn_leaves_its_neighbours_alone(database: Database) -> None:
    before, failing, after = together(database, add("a"), fails, add("b"))
    assert before.result(5) == "a"
    assert after.result(5) == "b"
    with pytest.raises(LookupError):
        failing.result(5)
    assert found(database) == ["a", "b"]


def test_savepoints_are_made_only_where_one_has_failed(database: Database) -> None:
    made: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        made.extend(statement.split()[:1] if "SAVEPOINT" in statement else ())

    assert [future.result(5) for future in together(database, add("a"), add("b"))] == ["a", "b"]
    assert made.count("SAVEPOINT") <= 1, "the gate's, who is alone"
    made.clear()
    _, failing, _ = together(database, add("c"), fails, add("d"))
    assert isinstance(failing.exception(5), LookupError)
    assert made.count("SAVEPOINT") >= 3


def test_who_is_alone_and_fails_is_run_once(database: Database) -> None:
    runs: list[int] = []

    def stumbles(session: Session) -> None:
        runs.append(1)
        fails(session)

    assert isinstance(database.submit(stumbles).exception(5), LookupError)
    assert runs == [1]
    assert found(database) == []


def test_a_turn_that_breaks_a_constraint_leaves_its_neighbours_alone(database: Database) -> None:
    first, second, third = together(database, add("a"), add("a"), add("b"))
    assert (first.result(5), third.result(5)) == ("a", "b")
    with pytest.raises(DBAPIError):
        second.result(5)
    assert found(database) == ["a", "b"]


def test_a_result_comes_after_the_commit(database: Database) -> None:
    seen: Future[list[str]] = Future()
    future = database.submit(add("a"))
    future.add_done_callback(lambda _: seen.set_result(found(database)))
    assert seen.result(5) == ["a"]


@pytest.mark.sqlite  # PostgreSQL's keys are checked at once, so no COMMIT fails like this
def test_a_failing_commit_fails_only_the_one_who_caused_it(database: Database) -> None:
    def orphan(session: Session) -> None:
        session.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        session.connection.exec_driver_sql(
            "INSERT INTO consents (user_id, version, text_hash, agreed_at) VALUES (404, '1', '', 0)"
        )

    first, failing, second = together(database, add("a"), orphan, add("b"))
    assert (first.result(5), second.result(5)) == ("a", "b")
    with pytest.raises(DBAPIError):
        failing.result(5)
    assert found(database) == ["a", "b"]


@pytest.mark.sqlite  # it may roll the whole transaction back by itself
def test_a_full_disk_tells_nobody_a_lie(database: Database) -> None:
    def too_much(session: Session) -> None:
        session.connection.exec_driver_sql("PRAGMA max_page_count=1")
        session.execute(insert(invites).values(code_hash="x" * 3_000_000, redeemed_at=NOW))

    futures = together(database, add("a"), too_much, add("b"))
    told = [future.result() for future in futures if future.exception(5) is None]
    assert "a" in told
    assert futures[1].exception(5) is not None
    database.submit(lambda s: s.connection.exec_driver_sql("PRAGMA max_page_count=1000000")).result(5)
    assert found(database) == sorted(told)
    assert database.submit(add("c")).result(5) == "c"


def test_a_transaction_that_ends_by_itself_loses_nothing_silently(database: Database) -> None:
    """What SQLite does by itself on some I/O errors, and PostgreSQL when the connection breaks."""

    def rolled_back(session: Session) -> None:
        session.connection.exec_driver_sql("ROLLBACK")
        raise OSError("the disk has gone")

    futures = together(database, add("a"), rolled_back, add("b"))
    told = [future.result() for future in futures if future.exception(5) is None]
    assert found(database) == sorted(told)
    assert database.submit(add("c")).result(5) == "c", "and the writer goes on"


def test_who_keeps_an_error_to_itself_takes_nobody_along(database: Database) -> None:
    """On PostgreSQL the COMMIT after it would keep nothing, and say that all is well."""

    def keeps_quiet(session: Session) -> str:
        with suppress(DBAPIError):
            session.execute(text("SELECT nothing FROM nowhere"))
        return "well"

    before, _ = together(database, add("before"), keeps_quiet)
    assert before.result(5) == "before"
    assert found(database) == ["before"]


def test_work_can_be_withdrawn_before_it_begins(database: Database) -> None:
    gate = threading.Event()
    database.submit(lambda session: gate.wait(5))
    future = database.submit(add("a"))
    assert future.cancel()
    gate.set()
    assert database.submit(add("b")).result(5) == "b"
    assert found(database) == ["b"]


def test_closing_finishes_what_waits(database: Database, url: str) -> None:
    futures = [database.submit(add(str(number))) for number in range(10)]
    database.close()
    assert [future.result(0) for future in futures] == [str(number) for number in range(10)]
    engine = open_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM invites")).scalar_one() == 10
    engine.dispose()


@pytest.mark.postgres
def test_a_connection_that_breaks_is_told_as_such_and_replaced(database: Database) -> None:
    def breaks(session: Session) -> None:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    first, broken, last = together(database, add("a"), breaks, add("b"))
    assert (first.result(5), last.result(5)) == ("a", "b")
    trouble = broken.exception(5)
    assert isinstance(trouble, DBAPIError)
    assert cannot_write(trouble), "it is tried again"
    assert found(database) == ["a", "b"]


def test_a_writer_whom_the_database_did_not_let_in_tries_again(database: Database) -> None:
    engine = open_engine(database.settings.database.url)
    refusals = [1, 2]

    @event.listens_for(engine, "do_connect")
    def refuse(dialect: Any, *rest: object) -> None:
        if refusals:
            refusals.pop()
            raise dialect.loaded_dbapi.OperationalError("too many clients")

    other = Database(engine, database.keys, database.settings, writers=1)
    for _ in range(2):
        trouble = other.submit(add("a")).exception(5)
        assert isinstance(trouble, DBAPIError)
        assert cannot_write(trouble), "so that whoever insists tries again"
    assert other.submit(add("b")).result(5) == "b"
    other.close()
    assert found(database) == ["b"]


@pytest.mark.postgres
def test_a_turn_waits_for_who_holds_its_person_and_its_neighbours_do_not(database: Database, url: str) -> None:
    def held(session: Session) -> bool:
        session.hold(7)
        return session.patient

    def free(session: Session) -> bool:
        assert not session.try_to_hold(7)
        session.hold(8)
        return session.patient

    other = open_engine(url)
    with other.connect() as connection, connection.begin():
        Session(connection, database.keys, database.settings).hold(7)
        waits, goes = together(database, held, free)
        assert goes.result(5) is False, "it shared its transaction with the one who has to wait"
        assert not waits.done()
    assert waits.result(5) is True, "alone, when it was let go of"
    other.dispose()


@pytest.mark.postgres
def test_who_is_taken_elsewhere_is_left_out_and_the_others_are_run_once(database: Database, url: str) -> None:
    runs: list[int] = []

    def turn(person: int) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            session.hold(person)
            runs.append(person)

        return work

    other = open_engine(url)
    with other.connect() as connection, connection.begin():
        Session(connection, database.keys, database.settings).hold(7)
        waits, *go = together(database, turn(7), turn(8), turn(9), people=(7, 8, 9))
        for one in go:
            one.result(5)
        assert not waits.done()
    waits.result(5)
    assert runs == [8, 9, 7]
    other.dispose()


@pytest.mark.postgres
def test_who_is_met_is_held_though_a_savepoint_is_undone(database: Database, url: str) -> None:
    other = open_engine(url)

    def undone(session: Session) -> None:
        session.hold(7)
        raise LookupError("in the middle")

    def seen(session: Session) -> bool:
        with other.connect() as connection, connection.begin():
            return Session(connection, database.keys, database.settings).try_to_hold(7)

    failing, free = together(database, undone, seen, people=(7, 8))
    assert isinstance(failing.exception(5), LookupError)
    assert free.result(5) is False
    assert database.submit(seen).result(5) is True, "when the transaction has ended"
    other.dispose()


def test_whatever_a_commit_fails_with_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(connection: object) -> None:
        raise AttributeError("the driver has a bug")

    with monkeypatch.context() as patch:
        patch.setattr(database.engine.dialect, "do_commit", stumble)
        assert isinstance(database.submit(add("a")).exception(5), AttributeError)
    assert database.submit(add("b")).result(5) == "b"
    assert found(database) == ["b"]


@pytest.mark.sqlite
async def test_nobody_waits_until_a_reader_lets_the_log_be_folded_in(database: Database, url: str) -> None:
    reader = open_to_read(url)
    with reader.connect() as reading, reading.begin():
        assert reading.execute(text("SELECT count(*) FROM invites")).scalar_one() == 0
        await database.write(add("a"))
        began = time.monotonic()
        await database.checkpoint()
        assert time.monotonic() - began < 2, "SQLite itself would wait for five seconds, and everybody with it"
    reader.dispose()
    assert length_of_log(url) > 0
    await database.checkpoint()
    assert length_of_log(url) == 0, "next time it is"

    def patience(session: Session) -> object:
        return session.connection.exec_driver_sql("PRAGMA busy_timeout").scalar()

    assert await database.write(patience) == 5000


def length_of_log(url: str) -> int:
    return Path(url.removeprefix("sqlite:///") + "-wal").stat().st_size
