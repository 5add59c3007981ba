"""A consent stands until it is taken back or its text is another one; the newest one counts, on both databases."""

from datetime import time, timedelta

from bot.domain.reminders import EVERY_DAY
from bot.domain.schedule import Schedule
from bot.store import reminders, users
from bot.store.database import Database, Session
from bot.store.users import User
from tests.store.conftest import ANN, NOW

LATER = NOW + timedelta(hours=1)


def standing(session: Session) -> str | None:
    found, newest = users.get(session, ANN), users.consent_of(session, ANN)
    assert found is not None
    assert found.consent == (newest and newest.standing)
    assert found.agreed == (found.consent == "given")
    return found.consent


def test_a_consent_from_its_beginning_to_its_end(database: Database, ann: User) -> None:
    def work(session: Session) -> list[str | None]:
        seen = [standing(session)]
        users.agree(session, ANN, "1", "old", NOW)
        seen.append(standing(session))
        users.follow_text(session, ["old", "alt"], LATER)
        seen.append(standing(session))
        users.follow_text(session, ["new", "neu"], LATER)
        seen.append(standing(session))
        users.agree(session, ANN, "2", "neu", LATER)
        seen.append(standing(session))
        newest = users.consent_of(session, ANN)
        assert newest is not None
        assert newest.version == "2"
        users.withdraw(session, newest, LATER)
        users.follow_text(session, ["newer"], LATER)
        return [*seen, standing(session)]

    assert database.submit(work).result(5) == [None, "given", "given", "changed", "given", "withdrawn"]


def test_a_strangers_user_has_no_consent() -> None:
    assert not users.stranger(ANN, "en", "UTC", NOW).agreed


def test_reminders_at_rest_come_again_unless_switched_off(database: Database, ann: User) -> None:
    daily = Schedule(time(20), EVERY_DAY, "UTC")

    def work(session: Session) -> tuple[set[str], set[str]]:
        kept = [reminders.add(session, ANN, kind, daily, NOW) for kind in ("water", "relax", "eyes")]
        reminders.change(session, kept[1], NOW, on=False)
        reminders.retire(session, kept[2], NOW)
        reminders.rest(session, ANN)
        resting = {each.kind for each in reminders.ever(session, ANN, "") if each.next_at is None}
        reminders.wake(session, ANN, LATER)
        return resting, {each.kind for each in reminders.ever(session, ANN, "") if each.next_at is None}

    assert database.submit(work).result(5) == ({"water", "relax", "eyes"}, {"relax", "eyes"})
