"""The inbox: an update is stored once, sealed, and wiped when it is answered."""

from datetime import datetime, timedelta

import pytest

from bot.store import inbox
from bot.store.database import Database, Session
from bot.store.tables import inbox as table

from .conftest import ANN, NOW


def raw(update_id: int, text: str = "hello") -> dict[str, object]:
    return {"update_id": update_id, "message": {"text": text, "from": {"id": ANN}}}


def store(database: Database, *update_ids: int) -> list[int]:
    return list(database.submit(lambda s: inbox.store(s, [(raw(n), ANN) for n in update_ids], NOW)).result(5))


def test_an_update_is_stored_once(database: Database) -> None:
    assert store(database, 10, 11) == [10, 11]
    assert store(database, 11, 12, 12) == [12]
    left = database.submit(lambda s: inbox.unfinished(s, NOW)).result(5)
    assert [(one.update_id, one.state, one.user_id) for one in left] == [
        (10, "received", ANN),
        (11, "received", ANN),
        (12, "received", ANN),
    ]
    assert left[0].raw == raw(10)


def test_the_order_is_that_of_arrival_not_of_the_numbers(database: Database) -> None:
    store(database, 99)
    store(database, 5, 3, 4)
    left = database.submit(lambda s: inbox.unfinished(s, NOW)).result(5)
    assert [one.update_id for one in left] == [99, 5, 3, 4]


def test_from_received_to_replied(database: Database) -> None:
    store(database, 10, 11, 12)

    def work(session: Session) -> None:
        inbox.handled(session, 10, NOW, card=7)
        inbox.handled(session, 11, NOW, card=None)
        inbox.replied(session, [11], NOW)
        inbox.set_aside(session, 12, "KeyError", NOW)

    database.submit(work).result(5)
    (left,) = database.submit(lambda s: inbox.unfinished(s, NOW)).result(5)
    assert (left.update_id, left.state, left.card) == (10, "handled", 7)
    rows = database.submit(lambda s: s.execute(table.select().order_by(table.c.update_id)).all()).result(5)
    assert [row.payload is None for row in rows] == [False, True, True], "what was answered or given up is wiped"
    assert rows[2].trouble == "KeyError"


@pytest.mark.parametrize(("days", "kept"), [(7, {10, 11, 12}), (9, {10})])
def test_ids_are_forgotten_after_their_time(database: Database, days: int, kept: set[int]) -> None:
    store(database, 10, 11, 12)

    def work(session: Session) -> set[int]:
        inbox.replied(session, [11], NOW)
        inbox.set_aside(session, 12, "KeyError", NOW)
        inbox.tidy(session, NOW + timedelta(days=days))
        return {row.update_id for row in session.execute(table.select())}

    assert database.submit(work).result(5) == kept, "what waits is never forgotten"


def test_a_persons_updates_can_be_forgotten(database: Database) -> None:
    store(database, 10, 11)
    database.submit(lambda s: inbox.store(s, [(raw(12), 5)], NOW)).result(5)
    database.submit(lambda s: inbox.handled(s, 10, NOW, card=None)).result(5)
    database.submit(lambda s: inbox.forget_user(s, ANN, unread=False)).result(5)
    assert waiting(database) == [11, 12], "what came after /delete is still to be answered"
    database.submit(lambda s: inbox.forget_user(s, ANN, unread=True)).result(5)
    assert waiting(database) == [12]


def test_of_a_strangers_update_only_the_id_stays_and_that_not_for_long(database: Database) -> None:
    store(database, 10, 11)
    database.submit(lambda s: inbox.forget(s, 10)).result(5)
    assert waiting(database) == [11]
    assert store(database, 10) == [], "sent again, it is known"

    def left(before: datetime | None) -> list[tuple[int, int | None]]:
        def work(session: Session) -> list[tuple[int, int | None]]:
            inbox.drop_forgotten(session, before)
            return [(row.update_id, row.user_id) for row in session.execute(table.select().order_by(table.c.id))]

        return database.submit(work).result(5)

    assert left(NOW) == [(10, None), (11, ANN)]
    assert left(NOW + timedelta(seconds=1)) == [(11, ANN)]
    database.submit(lambda s: inbox.forget(s, 11)).result(5)
    assert left(None) == []


def waiting(database: Database) -> list[int]:
    return [one.update_id for one in database.submit(lambda s: inbox.unfinished(s, NOW)).result(5)]
