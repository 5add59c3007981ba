"""Grants on the database's clock: what counts in a second, what is given up, and that replies go first."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from bot.store import grants
from bot.store.database import Database, Session
from bot.store.grants import NOW
from bot.store.grants import grants as table

pytestmark = pytest.mark.postgres

RATE = 5
SOON = timedelta(seconds=0.15)
LONG_AGO = grants.LONGEST.total_seconds() + 1


@pytest.fixture
def counted(database: Database) -> Database:
    """A database where grants are counted."""
    database.submit(grants.prepare).result(5)
    return database


def lay(
    session: Session,
    many: int = 1,
    *,
    asked: float = 0,
    opened: float | None = None,
    over: float | None = None,
    begun: bool = True,
) -> int:
    """Put in a grant that was asked for, opened and over so many seconds ago; returns its number."""

    def ago(seconds: float | None) -> object:
        return None if seconds is None else NOW - timedelta(seconds=seconds)

    values = {"many": many, "asked_at": ago(asked), "opens_at": ago(opened), "over_at": ago(over), "begun": begun}
    return session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()


def rows(session: Session) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_grant_is_taken_up_once_and_in_time(counted: Database) -> None:
    def work(session: Session) -> None:
        grant = grants.grant(session, RATE, 3, SOON)
        assert grant is not None
        assert (grant.many, grants.waiting(session)) == (3, 3)
        begun = grants.begin(session, grant.id)
        assert begun is not None
        assert begun[0] == 3
        assert 0 < begun[1] <= SOON.total_seconds()
        assert (grants.begin(session, grant.id), grants.waiting(session)) == (None, 0)
        assert grants.begin(session, lay(session, opened=1.1, begun=False)) is None, "too late"

    counted.submit(work).result(5)


def test_what_nobody_takes_up_is_not_waited_for(counted: Database) -> None:
    """Else what is due would never be granted again: nothing but another grant would take it away."""

    def work(session: Session) -> None:
        lay(session, RATE, opened=1.1, begun=False)
        assert grants.waiting(session) == 0
        grant = grants.grant(session, RATE, RATE, SOON)
        assert grant is not None
        assert (grant.many, rows(session)) == (RATE, 1)

    counted.submit(work).result(5)


Laid = tuple[int, str]
STATES = {
    "waits": ({"asked": 0.2}, True, False),
    "opens": ({"opened": -0.1, "begun": False}, True, True),
    "is under way": ({"opened": 12.0}, True, True),
    "has just arrived": ({"opened": 3.0, "over": 0.4}, True, True),
    "arrived a while ago": ({"opened": 3.0, "over": 1.3}, False, False),
    "was missed": ({"opened": 1.3, "begun": False}, False, False),
    "belongs to a dead process": ({"opened": LONG_AGO}, False, False),
    "waits for a dead process": ({"asked": LONG_AGO}, False, False),
}
"""What a grant is like → how it is laid, and whether it counts for the clock, and for a reply."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(laid=st.lists(st.tuples(st.integers(1, 4), st.sampled_from(sorted(STATES))), max_size=5))
def test_never_more_than_the_rate_in_a_second(counted: Database, laid: list[Laid]) -> None:
    def work(session: Session) -> None:
        session.execute(delete(table))
        for many, state in laid:
            lay(session, many, **STATES[state][0])  # type: ignore[arg-type]
        for_clock = sum(many for many, state in laid if STATES[state][1])
        for_reply = sum(many for many, state in laid if STATES[state][2])
        with session.savepoint():
            assert grants.ask(session, RATE)[1] == (for_reply < RATE)
        session.execute(delete(table))
        for many, state in laid:
            lay(session, many, **STATES[state][0])  # type: ignore[arg-type]
        grant = grants.grant(session, RATE, 100, SOON)
        assert (0 if grant is None else grant.many) == max(0, RATE - for_clock)

    counted.submit(work).result(10)


def test_what_a_killed_process_had_does_not_hold_up_replies_for_ever(counted: Database) -> None:
    def work(session: Session) -> tuple[int, bool]:
        lay(session, RATE, opened=LONG_AGO)
        return grants.ask(session, RATE)

    assert counted.submit(work).result(5)[1], "although nothing is due, so the clock asks for nothing"


def test_a_reply_that_has_waited_long_counts_when_it_goes(counted: Database) -> None:
    def work(session: Session) -> None:
        number = lay(session, asked=LONG_AGO)
        grants.grant(session, RATE, 1, SOON)  # it is thought to be gone, and is not
        number, goes = grants.ask(session, RATE, number)
        assert goes
        found = session.execute(select(table.c.opens_at).where(table.c.id == number)).scalar_one()
        assert found is not None

    counted.submit(work).result(5)


def test_a_reply_that_asks_again_does_not_stand_in_its_own_way(counted: Database) -> None:
    def work(session: Session) -> None:
        number, goes = grants.ask(session, 1)
        assert goes
        assert grants.ask(session, 1, number) == (number, True)
        other, goes = grants.ask(session, 1)
        assert not goes
        grants.over(session, number, 1.1, 1)
        assert grants.ask(session, 1, other) == (other, True)

    counted.submit(work).result(5)


def test_a_grant_with_which_nothing_was_sent_leaves_nothing(counted: Database) -> None:
    def work(session: Session) -> int:
        grants.over(session, lay(session, 4, opened=0), 0, 0)
        return rows(session)

    assert counted.submit(work).result(5) == 0
