"""Check-ins and their answers: one row a person and local day, one a question; values sealed, earlier values kept."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import Row, delete, func, insert, select, update

from bot.domain.questions import Answers, Hours, Value
from bot.store.crypto import seal, unseal
from bot.store.database import Session
from bot.store.tables import answers, checkins

Source = Literal["tap", "text"]

MOST_EARLIER = 200
"""Earlier values kept of one answer; more would be somebody playing with a button."""


@dataclass(frozen=True)
class CheckIn:
    """One person's card for one local day. `page` is the question on the card now, or one of the card's other pages."""

    id: int
    user_id: int
    day: date
    zone: str
    asked_at: datetime
    answered_at: datetime | None
    late: bool
    message_id: int | None
    page: str
    asked: tuple[str, ...]


def open_(session: Session, user_id: int, day: date, zone: str, page: str, now: datetime) -> CheckIn:
    """Return the person's check-in for `day`, made on first need."""
    found = on_day(session, user_id, day)
    if found is not None:
        return found
    row = session.execute(
        insert(checkins)
        .values(user_id=user_id, day=day, zone=zone, asked_at=now, late=False, card=b"")
        .returning(checkins.c.id)
    ).scalar_one()
    session.execute(
        update(checkins).where(checkins.c.id == row).values(card=_seal_card(session, row, user_id, page, (page,)))
    )
    return CheckIn(row, user_id, day, zone, now, None, False, None, page, (page,))


def get(session: Session, checkin_id: int) -> CheckIn | None:
    return _read(session, session.execute(select(checkins).where(checkins.c.id == checkin_id)).one_or_none())


def on_day(session: Session, user_id: int, day: date) -> CheckIn | None:
    found = select(checkins).where(checkins.c.user_id == user_id, checkins.c.day == day)
    return _read(session, session.execute(found).one_or_none())


def turn_to(session: Session, checkin: CheckIn, page: str) -> None:
    """Remember what the card shows now, so that it can be drawn again after a crash."""
    asked = checkin.asked if page in checkin.asked else (*checkin.asked, page)
    card = _seal_card(session, checkin.id, checkin.user_id, page, asked)
    session.execute(update(checkins).where(checkins.c.id == checkin.id).values(card=card))


def last_answered(session: Session, user_id: int) -> datetime | None:
    """Return when a person last answered anything on any card."""
    found = select(func.max(checkins.c.answered_at)).where(checkins.c.user_id == user_id)
    return cast("datetime | None", session.execute(found).scalar_one())


def shown_since(session: Session, since: datetime) -> Sequence[tuple[int, int]]:
    """Return (check-in, user) of the cards in chats that were first asked after `since`, oldest first."""
    found = select(checkins.c.id, checkins.c.user_id).where(
        checkins.c.asked_at >= since, checkins.c.message_id.is_not(None)
    )
    return [(row.id, row.user_id) for row in session.execute(found.order_by(checkins.c.id))]


def remember_message(session: Session, checkin_id: int, message_id: int) -> None:
    session.execute(update(checkins).where(checkins.c.id == checkin_id).values(message_id=message_id))


def answer(session: Session, checkin: CheckIn, values: Answers, now: datetime, *, source: Source, late: bool) -> None:
    """Store values (None = skipped) for a check-in; a value that changes is kept among the earlier ones."""
    before = _rows(session, [checkin.id])
    for question, value in values.items():
        row = before.get((checkin.id, question))
        if row is None:
            earlier = None
        elif _value(session, checkin.user_id, row) == value:
            continue
        else:
            earlier = [
                *_earlier(session, checkin.user_id, row),
                [_plain(_value(session, checkin.user_id, row)), row.answered_at.isoformat(), row.source],
            ][-MOST_EARLIER:]
        _put(session, checkin, question, value, now, source, earlier, new=row is None)
    session.execute(
        update(checkins).where(checkins.c.id == checkin.id).values(answered_at=now, late=checkin.late or late)
    )


def undo(session: Session, checkin: CheckIn, at: datetime) -> bool:
    """Take back every value stored at `at`: the one before it returns, or the question is unanswered again."""
    found = False
    for (_, question), row in _rows(session, [checkin.id]).items():
        if row.answered_at != at:
            continue
        found = True
        earlier = _earlier(session, checkin.user_id, row)
        if earlier:
            value, answered_at, source = (*earlier[-1], row.source)[:3]  # at schema 0001 the source was not kept
            _put(
                session,
                checkin,
                question,
                _from_plain(value),
                datetime.fromisoformat(answered_at),
                source,
                earlier[:-1],
                new=False,
            )
        else:
            session.execute(delete(answers).where(answers.c.checkin_id == checkin.id, answers.c.question == question))
    return found


def answers_of(session: Session, checkin: CheckIn) -> Answers:
    return {
        question: _value(session, checkin.user_id, row) for (_, question), row in _rows(session, [checkin.id]).items()
    }


def history(session: Session, user_id: int, first: date, last: date) -> Mapping[date, Answers]:
    """Return the answers of every check-in from `first` to `last`, both included; days without one are absent."""
    found = select(checkins.c.id, checkins.c.day).where(
        checkins.c.user_id == user_id, checkins.c.day >= first, checkins.c.day <= last
    )
    days: dict[int, date] = {row.id: row.day for row in session.execute(found)}
    collected: dict[date, dict[str, Value | None]] = {day: {} for day in days.values()}
    for (checkin_id, question), row in _rows(session, list(days)).items():
        collected[days[checkin_id]][question] = _value(session, user_id, row)
    return collected


def count(session: Session, user_id: int) -> int:
    """Return on how many days the person answered or skipped anything; a card that was only shown is none."""
    answered = select(answers.c.checkin_id).join(checkins).where(checkins.c.user_id == user_id).distinct()
    return int(session.execute(select(func.count()).select_from(answered.subquery())).scalar_one())


def try_key(session: Session) -> None:
    """Open one card, if there is any. Raises KeyTrouble when the key is not the one this diary was sealed with."""
    _read(session, session.execute(select(checkins).limit(1)).one_or_none())


def _rows(session: Session, ids: list[int]) -> dict[tuple[int, str], Row[Any]]:
    found = session.execute(select(answers).where(answers.c.checkin_id.in_(ids)))
    return {(row.checkin_id, row.question): row for row in found}


def _put(
    session: Session,
    checkin: CheckIn,
    question: str,
    value: Value | None,
    now: datetime,
    source: str,
    earlier: list[Any] | None,
    *,
    new: bool,
) -> None:
    def sealed(content: object) -> bytes | None:
        place = {"table": "answers", "key": f"{checkin.id}:{question}", "user": checkin.user_id}
        return None if content is None else seal(session.keys, json.dumps(content), **place)  # type: ignore[arg-type]

    values = {"value": sealed(_plain(value)), "earlier": sealed(earlier or None), "answered_at": now, "source": source}
    if new:
        session.execute(insert(answers).values(checkin_id=checkin.id, question=question, **values))
    else:
        mine = (answers.c.checkin_id == checkin.id) & (answers.c.question == question)
        session.execute(update(answers).where(mine).values(**values))


def _value(session: Session, user_id: int, row: Row[Any]) -> Value | None:
    return None if row.value is None else _from_plain(json.loads(_open(session, user_id, row, row.value)))


def _earlier(session: Session, user_id: int, row: Row[Any]) -> list[Any]:
    return [] if row.earlier is None else list(json.loads(_open(session, user_id, row, row.earlier)))


def _open(session: Session, user_id: int, row: Row[Any], sealed: bytes) -> str:
    return unseal(session.keys, sealed, table="answers", key=f"{row.checkin_id}:{row.question}", user=user_id)


def _plain(value: Value | None) -> Any:
    """Return a value as JSON keeps it: hours as {"low", "high"}, several choices as a sorted list."""
    if isinstance(value, Hours):
        return {"low": value.low, "high": value.high}
    return sorted(value) if isinstance(value, frozenset) else value


def _from_plain(content: Any) -> Value | None:
    if isinstance(content, dict):
        return Hours(content["low"], content["high"])
    if isinstance(content, list):
        return frozenset(content)
    return content  # type: ignore[no-any-return]


def _seal_card(session: Session, checkin_id: int, user_id: int, page: str, asked: tuple[str, ...]) -> bytes:
    # Which follow-ups were asked gives away that something hurt, so it is sealed like an answer.
    card = json.dumps({"page": page, "asked": asked})
    return seal(session.keys, card, table="checkins", key=checkin_id, user=user_id)


def _read(session: Session, row: Row[Any] | None) -> CheckIn | None:
    if row is None:
        return None
    card = json.loads(unseal(session.keys, row.card, table="checkins", key=row.id, user=row.user_id))
    return CheckIn(
        row.id,
        row.user_id,
        row.day,
        row.zone,
        row.asked_at,
        row.answered_at,
        row.late,
        row.message_id,
        card["page"],
        tuple(card["asked"]),
    )
