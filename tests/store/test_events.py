"""Events and tastes come back as they were kept, sealed, on both databases; nobody else's are ever found."""

from datetime import date

from sqlalchemy import select

from bot.store import events, tastes
from bot.store.database import Database, Session
from bot.store.tables import events as table
from bot.store.tastes import Tastes
from bot.store.users import User

from .conftest import ANN, NOW

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_an_event_comes_back_and_can_be_changed(database: Database, ann: User) -> None:
    def story(session: Session) -> None:
        attack = events.add(session, ANN, MONDAY, "attack", NOW, began=NOW.isoformat(), over=None)
        events.add(session, ANN, TUESDAY, "massage", NOW, note="ünïcode")
        assert events.get(session, ANN, attack.id) == attack
        assert events.get(session, ANN + 1, attack.id) is None
        changed = events.change(session, attack, over="later")
        assert changed.details == {"began": NOW.isoformat(), "over": "later"}
        assert [event.kind for event in events.of_user(session, ANN, MONDAY, TUESDAY)] == ["attack", "massage"]
        assert events.of_user(session, ANN, MONDAY, TUESDAY, "attack") == [changed]
        assert [event.day for event in events.of_user(session, ANN, TUESDAY, TUESDAY)] == [TUESDAY]
        sealed = session.execute(select(table.c.body)).scalars().all()
        assert not any(b"attack" in body or b"massage" in body for body in sealed)
        events.remove(session, changed)
        assert events.get(session, ANN, attack.id) is None

    database.submit(story).result(5)


def test_tastes_come_back(database: Database, ann: User) -> None:
    def story(session: Session) -> None:
        assert tastes.of_user(session, ANN) == Tastes()
        for kept in (Tastes(frozenset({"pb01"}), frozenset({"sl02", "sl03"})), Tastes()):
            tastes.keep(session, ANN, kept)
            assert tastes.of_user(session, ANN) == kept

    database.submit(story).result(5)
