"""The outbox: owed once per slot, claimed by one, marked only by who holds the claim."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.store import outbox
from bot.store.database import Database, Session
from bot.store.tables import outbox as table
from bot.store.users import User

from .conftest import ANN, NOW

MINUTE = timedelta(minutes=1)


def owe(session: Session, slot: str, after: timedelta = timedelta(0), kind: str = "checkin") -> bool:
    at = NOW + after
    return outbox.owe(session, ANN, kind, slot, due_at=at, not_before=at, too_late_at=at + timedelta(hours=4))


def test_a_slot_is_owed_once(database: Database, ann: User) -> None:
    def work(session: Session) -> list[bool]:
        return [owe(session, "2026-03-02"), owe(session, "2026-03-02"), owe(session, "2026-03-02", kind="summary")]

    assert database.submit(work).result(5) == [True, False, True]
    assert database.submit(lambda s: owe(s, "2026-03-02")).result(5) is False


def test_many_are_owed_at_once_and_none_of_them_twice(database: Database, ann: User) -> None:
    later = NOW + timedelta(hours=4)
    many = [outbox.New(ANN, "checkin", f"2026-03-0{day}", None, NOW, NOW, later) for day in (2, 3, 4)]
    for some in (many[:1], many, []):
        database.submit(partial(outbox.owe_all, many=some)).result(5)
    claimed = database.submit(lambda session: outbox.claim(session, NOW, 9)).result(5)
    assert [(owed.slot, owed.due_at, owed.too_late_at) for owed in claimed] == [(new.slot, NOW, later) for new in many]


def test_only_what_is_due_is_claimed_oldest_first_once(database: Database, ann: User) -> None:
    def work(session: Session) -> None:
        owe(session, "late", -MINUTE)
        owe(session, "early", -2 * MINUTE)
        owe(session, "now")
        owe(session, "tomorrow", MINUTE)

    database.submit(work).result(5)
    first = database.submit(lambda s: outbox.claim(s, NOW, 2)).result(5)
    second = database.submit(lambda s: outbox.claim(s, NOW, 2)).result(5)
    assert [[owed.slot for owed in batch] for batch in (first, second)] == [["early", "late"], ["now"]]
    assert {owed.tries for owed in (*first, *second)} == {1}
    assert first[0].due_at == NOW - 2 * MINUTE


def test_who_has_lost_the_claim_cannot_mark(database: Database, ann: User) -> None:
    database.submit(lambda s: owe(s, "a")).result(5)
    (slept,) = database.submit(lambda s: outbox.claim(s, NOW, 9)).result(5)
    assert database.submit(lambda s: outbox.again(s, slept, NOW + MINUTE)).result(5) is True
    (holds,) = database.submit(lambda s: outbox.claim(s, NOW + MINUTE, 9)).result(5)
    assert (holds.tries, holds.claim == slept.claim) == (2, False)
    assert database.submit(lambda s: outbox.mark(s, slept, "failed")).result(5) is False
    assert database.submit(lambda s: outbox.mark(s, replace(holds, claim="guessed"), "failed")).result(5) is False
    assert database.submit(lambda s: outbox.mark(s, holds, "sent", message_id=5, sent_at=NOW)).result(5) is True
    assert database.submit(lambda s: outbox.mark(s, holds, "failed")).result(5) is False, "sent stays sent"
    assert database.submit(lambda session: outbox.in_doubt(session, NOW)).result(5) == []


def test_what_was_being_sent_is_in_doubt_after_a_crash(database: Database, ann: User) -> None:
    database.submit(lambda s: owe(s, "a")).result(5)
    claimed = database.submit(lambda s: outbox.claim(s, NOW, 9)).result(5)
    assert database.submit(lambda session: outbox.in_doubt(session, NOW)).result(5) == claimed


def test_what_is_owed_can_be_withdrawn_but_not_what_is_on_its_way(database: Database, ann: User) -> None:
    def work(session: Session) -> list[tuple[str, str]]:
        owe(session, "on its way")
        outbox.claim(session, NOW, 1)
        owe(session, "owed")
        owe(session, "another", kind="water")
        outbox.withdraw(session, ANN, "checkin")
        outbox.withdraw(session, ANN + 1)
        return [(row.slot, row.state) for row in session.execute(table.select().order_by(table.c.id))]

    assert database.submit(work).result(5) == [("on its way", "sending"), ("another", "due")]


def test_only_ones_own_can_be_looked_up(database: Database, ann: User) -> None:
    database.submit(lambda s: owe(s, "a")).result(5)
    number = database.submit(lambda s: s.execute(table.select()).one().id).result(5)
    assert database.submit(lambda s: outbox.get(s, ANN, number)).result(5) is not None
    assert database.submit(lambda s: outbox.get(s, ANN + 1, number)).result(5) is None


def test_what_is_done_is_forgotten_after_its_time_but_for_the_newest(database: Database, ann: User) -> None:
    def work(session: Session) -> list[str]:
        for slot in ("sent", "sent last"):
            owe(session, slot)
            (owed,) = outbox.claim(session, NOW, 1)
            outbox.mark(session, owed, "sent")
        owe(session, "still owed")
        outbox.tidy(session, NOW + outbox.KEPT + MINUTE)
        return [row.slot for row in session.execute(table.select())]

    assert database.submit(work).result(5) == ["sent last", "still owed"]
