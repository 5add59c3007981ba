"""What the diary on disk says of a person, and whether it is sound."""

import json
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import func, select, text

from bot.domain.reminders import CHECKIN
from bot.sandbox.rules import Json
from bot.store import reminders
from bot.store.crypto import unseal
from bot.store.database import Session
from bot.store.tables import metadata, users
from bot.store.users import FOR_EVER, get

ANSWERS = """SELECT c.id, c.day, a.question, a.value, a.earlier FROM checkins c JOIN answers a ON a.checkin_id = c.id
WHERE c.user_id = :id ORDER BY c.day"""
OF_PEOPLE = (users.c.id, *(table.c.user_id for table in metadata.sorted_tables if "user_id" in table.c))


@dataclass(frozen=True)
class Stored:
    """Rows in all tables; day → question → values, the present one last; zone; when the card comes; paused for ever."""

    rows: int
    answers: dict[str, dict[str, list[Any]]]
    zone: str | None
    card: tuple[time, str, bool] | None
    rests: bool


def stored(session: Session, user_id: int, opened: dict[bytes, Any]) -> Stored:
    """Read everything about somebody; `opened` holds what was unsealed before."""
    counted = (select(func.count()).where(column == user_id) for column in OF_PEOPLE)
    rows = sum(session.execute(each).scalar_one() for each in counted)

    def unsealed(sealed: bytes, place: Json) -> Any:
        if sealed not in opened:
            opened[sealed] = json.loads(unseal(session.keys, sealed, **place))
        return opened[sealed]

    answers: dict[str, dict[str, list[Any]]] = {}
    for card, day, question, value, earlier in session.execute(text(ANSWERS), {"id": user_id}):
        place = {"table": "answers", "key": f"{card}:{question}", "user": user_id}
        values = [one for one, *_ in unsealed(earlier, place)] if earlier else []
        answers.setdefault(str(day), {})[question] = [*values, unsealed(value, place) if value else None]
    user = get(session, user_id)
    cards = [(each.schedule.at, each.schedule.zone, each.on) for each in reminders.of_user(session, user_id, CHECKIN)]
    rests = user is not None and user.paused_until == FOR_EVER
    return Stored(rows, answers, user.zone if user else None, cards[0] if cards else None, rests)


def must_be_sound(session: Session) -> None:
    ask = session.connection.exec_driver_sql
    if session.connection.dialect.name == "sqlite":
        assert ask("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert ask("PRAGMA foreign_key_check").all() == []
    assert ask("SELECT count(*) FROM inbox WHERE state = 'failed'").scalar_one() == 0, "failed: an update"


def is_quiet(session: Session) -> bool:
    """Tell whether every update is finished, and nothing is being sent."""
    ask = session.connection.exec_driver_sql
    open_ = "SELECT count(*) FROM inbox WHERE state IN ('received', 'handled') AND payload IS NOT NULL"
    unfinished = ask(open_).scalar_one()
    return not unfinished and not ask("SELECT count(*) FROM outbox WHERE state = 'sending'").scalar_one()


def differences(kept: Json, done: Json) -> str:
    """Return in words where the answers kept are not those that were given."""
    found = [
        f"{day} {question}: kept {kept.get(day, {}).get(question)}, done {done.get(day, {}).get(question)}"
        for day in sorted({*kept, *done})
        for question in {**kept.get(day, {}), **done.get(day, {})}
        if kept.get(day, {}).get(question) != done.get(day, {}).get(question)
    ]
    return "; ".join(found)
