"""Check-ins and their answers: one row a person and local day, one a question; values sealed, earlier values kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from bot.domain.history import Day
from bot.domain.profile import Part
from bot.domain.questions import Answers, Value
from bot.domain.schedule import DAY_START, day_of
from bot.store.arrays import bound_rows
from bot.store.database import Session
from bot.store.sealed_cards import card_in, earlier_in, from_plain, plain, seal_card, sealed, value_in
from bot.store.tables import answers, checkins

Source = Literal["tap", "text", "edit", "import"]
"""How an answer came: by a button, in a typed line, by changing such a line in the chat, or out of another diary."""

MOST_EARLIER = 200
"""Earlier values kept of one answer; more would be somebody playing with a button."""


@dataclass(frozen=True)
class CheckIn:
    """One person's card for one local day. `page` is the question on the card now, or one of the card's other pages;
    `asked` what it has shown so far, `part` what it is asking for."""

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
    part: Part = "day"


class Recent(NamedTuple):
    """The rows of a person's cards from a day on, oldest first."""

    since: date
    rows: list[Row[Any]]


CARD = select(checkins).where(checkins.c.id == bindparam("of"))
ON_DAY = select(checkins).where(checkins.c.user_id == bindparam("of"), checkins.c.day == bindparam("on"))
OPENED = insert(checkins).values(late=False, card=b"").returning(checkins.c.id)
FROM_TO = select(checkins.c.id, checkins.c.day).where(
    checkins.c.user_id == bindparam("of"), checkins.c.day.between(bindparam("first"), bindparam("last"))
)
LAST_ANSWERED = select(func.max(checkins.c.answered_at)).where(checkins.c.user_id == bindparam("of"))
OF_MANY = checkins.c.user_id.in_(bindparam("user_ids", expanding=True))
SINCE = select(checkins).where(OF_MANY, checkins.c.day >= bindparam("since")).order_by(checkins.c.day)
ALL_LAST_ANSWERED = (
    select(checkins.c.user_id, func.max(checkins.c.answered_at).label("at")).where(OF_MANY).group_by(checkins.c.user_id)
)
CHANGE = update(checkins).where(checkins.c.id == bindparam("of"))
MOVED = bound_rows([checkins.c.id, checkins.c.message_id])
REMEMBER, REMEMBER_ALL = (
    update(checkins).where(checkins.c.id == card, checkins.c.message_id.is_distinct_from(now)).values(message_id=now)
    for card, now in ((bindparam("of"), bindparam("shown")), (MOVED.c.id, MOVED.c.message_id))
)
GIVEN = select(answers).where(answers.c.checkin_id == bindparam("of"))
NEW_ANSWER = insert(answers)
CHANGE_ANSWER = update(answers).where(answers.c.checkin_id == bindparam("of"), answers.c.question == bindparam("to"))
"""Built once: every tap and every card goes through them."""


@dataclass(frozen=True)
class Given:
    """One answer and how it came; `earlier` are the values before it with the same about each, oldest first."""

    value: Value | None
    answered_at: datetime
    source: str
    earlier: tuple[tuple[Value | None, datetime, str], ...] = ()


def open_(session: Session, user_id: int, day: date, zone: str, page: str, now: datetime) -> CheckIn:
    """Return the person's check-in for `day`, made on first need."""
    found = on_day(session, user_id, day)
    if found is not None:
        return found
    row = session.execute(OPENED, {"user_id": user_id, "day": day, "zone": zone, "asked_at": now}).scalar_one()
    session.execute(CHANGE, {"of": row, "card": seal_card(session, row, user_id, page, (page,), "day")})
    known = session.ahead.of("answers", user_id)
    if known is not None:
        known[row] = {}
    return CheckIn(row, user_id, day, zone, now, None, False, None, page, (page,))


def get(session: Session, checkin_id: int) -> CheckIn | None:
    return _read(session, session.execute(CARD, {"of": checkin_id}).one_or_none())


def look_ahead(session: Session, user_ids: Collection[int], since: date) -> None:
    """Read the cards of many people from a day on, their answers, and when each last answered, for their turns."""
    cards: dict[int, Recent] = {user_id: Recent(since, []) for user_id in user_ids}
    for row in session.execute(SINCE, {"user_ids": sorted(user_ids), "since": since}):
        cards[row.user_id].rows.append(row)
    found: dict[int, dict[int, dict[str, Row[Any]]]] = {
        user_id: {row.id: {} for row in recent.rows} for user_id, recent in cards.items()
    }
    whose = {row.id: row.user_id for recent in cards.values() for row in recent.rows}
    for (checkin_id, question), row in _rows(session, list(whose)).items():
        found[whose[checkin_id]][checkin_id][question] = row
    at = {row.user_id: row.at for row in session.execute(ALL_LAST_ANSWERED, {"user_ids": sorted(user_ids)})}
    session.ahead.keep("checkins:recent", cards)
    session.ahead.keep("checkins:answered", {user_id: (at.get(user_id),) for user_id in user_ids})
    session.ahead.keep("answers", found)


def on_day(session: Session, user_id: int, day: date) -> CheckIn | None:
    recent: Recent | None = session.ahead.of("checkins:recent", user_id)
    if recent and recent.since <= day:
        return _read(session, next((row for row in recent.rows if row.day == day), None))
    return _read(session, session.execute(ON_DAY, {"of": user_id, "on": day}).one_or_none())


def turn_to(session: Session, checkin: CheckIn, page: str, asked: Sequence[str], part: Part = "day") -> CheckIn:
    """Remember what the card shows now, so that it can be drawn again after a crash, and what it has asked."""
    turned = replace(checkin, page=page, asked=tuple(asked), part=part)
    if turned != checkin:
        card = seal_card(session, checkin.id, checkin.user_id, page, turned.asked, part)
        session.execute(CHANGE, {"of": checkin.id, "card": card})
    return turned


def last_answered(session: Session, user_id: int) -> datetime | None:
    """Return when a person last answered anything on any card."""
    known: tuple[datetime | None] | None = session.ahead.of("checkins:answered", user_id)
    if known:
        return known[0]
    return cast("datetime | None", session.execute(LAST_ANSWERED, {"of": user_id}).scalar_one())


def shown_since(session: Session, since: datetime) -> Sequence[tuple[int, int]]:
    """Return (check-in, user) of the cards in chats that were first asked after `since`, oldest first."""
    found = select(checkins.c.id, checkins.c.user_id).where(
        checkins.c.asked_at >= since, checkins.c.message_id.is_not(None)
    )
    return [(row.id, row.user_id) for row in session.execute(found.order_by(checkins.c.id))]


def by_message(session: Session, user_id: int, message_id: int) -> CheckIn | None:
    """Return the check-in that a message of the bot's shows, as far as it is the newest one for that day."""
    found = select(checkins).where(checkins.c.user_id == user_id, checkins.c.message_id == message_id)
    return _read(session, session.execute(found.order_by(checkins.c.day.desc()).limit(1)).one_or_none())


def newest_shown(session: Session, user_id: int) -> CheckIn | None:
    """Return the check-in whose card is the lowest one in the chat, as far as its message is known."""
    found = select(checkins).where(checkins.c.user_id == user_id, checkins.c.message_id.is_not(None))
    return _read(session, session.execute(found.order_by(checkins.c.message_id.desc()).limit(1)).one_or_none())


def typed_in(session: Session, user_id: int, message_id: int) -> tuple[CheckIn, Sequence[str]] | None:
    """Return the check-in and the questions whose answers stand in a message of the person's; None where none do."""
    mine = answers.join(checkins)
    found = (
        select(answers.c.checkin_id, answers.c.question)
        .select_from(mine)
        .where(checkins.c.user_id == user_id, answers.c.message_id == message_id)
    )
    rows = session.execute(found).all()
    checkin = get(session, rows[0].checkin_id) if rows else None
    return None if checkin is None else (checkin, [row.question for row in rows if row.checkin_id == checkin.id])


def remember_messages(session: Session, shown: Sequence[tuple[int, int]]) -> None:
    """Keep which message shows a card now: (check-in, message). Where it is known nothing is written, so that nobody
    waits for a person's turn who has not moved their card."""
    newest = dict(sorted(shown))
    if newest and session.connection.dialect.name != "sqlite":
        session.execute(REMEMBER_ALL, {"ids": list(newest), "message_ids": list(newest.values())})
    elif newest:
        session.execute(REMEMBER, [{"of": checkin_id, "shown": shown_in} for checkin_id, shown_in in newest.items()])


def answer(
    session: Session,
    checkin: CheckIn,
    values: Answers,
    now: datetime,
    *,
    source: Source,
    late: bool,
    message_id: int | None = None,
) -> Answers:
    """Store values (None = skipped) for a check-in; a value that changes is kept among the earlier ones. Returns all
    its answers as they are now.

    `message_id` is the person's message in which they stand, so that they can be corrected there.
    """
    before = _rows_of(session, checkin)
    kept = _values(session, checkin, before)
    for question, value in values.items():
        row = before.get(question)
        if row is None:
            earlier = None
        elif kept[question] == value:
            continue
        else:
            earlier = [
                *earlier_in(session, checkin.user_id, row),
                [plain(kept[question]), row.answered_at.isoformat(), row.source],
            ][-MOST_EARLIER:]
        _put(session, checkin, question, value, now, source, earlier, message_id, new=row is None)
    session.execute(CHANGE, {"of": checkin.id, "answered_at": now, "late": checkin.late or late})
    return {**kept, **values}


def undo(session: Session, checkin: CheckIn, at: datetime) -> bool:
    """Take back every value stored at `at`: the one before it returns, or the question is unanswered again."""
    taken = [row for row in _rows_of(session, checkin).values() if row.answered_at == at]
    for row in taken:
        _take_back(session, checkin, row)
    return bool(taken)


def take_back(session: Session, checkin: CheckIn, questions: Sequence[str]) -> None:
    """Take back the values of these questions: what was there before returns."""
    for question, row in _rows_of(session, checkin).items():
        if question in questions:
            _take_back(session, checkin, row)


def forget(session: Session, checkin: CheckIn, question: str) -> None:
    """Remove a question's answer with all that it was before."""
    session.execute(delete(answers).where(answers.c.checkin_id == checkin.id, answers.c.question == question))


def _take_back(session: Session, checkin: CheckIn, row: Row[Any]) -> None:
    earlier = earlier_in(session, checkin.user_id, row)
    if not earlier:
        forget(session, checkin, row.question)
        return
    value, answered_at, source = (*earlier[-1], row.source)[:3]  # at schema 0001 the source was not kept
    then = datetime.fromisoformat(answered_at)
    _put(session, checkin, row.question, from_plain(value), then, source, earlier[:-1], None, new=False)


def answers_of(session: Session, checkin: CheckIn) -> Answers:
    return _values(session, checkin, _rows_of(session, checkin))


def history(session: Session, user_id: int, first: date, last: date) -> Mapping[date, Answers]:
    """Return the answers of every check-in from `first` to `last`, both included; days without one are absent."""
    recent: Recent | None = session.ahead.of("checkins:recent", user_id)
    if recent and recent.since <= first:
        days: dict[int, date] = {row.id: row.day for row in recent.rows if first <= row.day <= last}
    else:
        found = session.execute(FROM_TO, {"of": user_id, "first": first, "last": last})
        days = {row.id: row.day for row in found}
    collected: dict[date, dict[str, Value | None]] = {day: {} for day in days.values()}
    for (checkin_id, question), row in _rows(session, list(days), user_id).items():
        collected[days[checkin_id]][question] = value_in(session, user_id, row)
    return collected


def days(session: Session, user_id: int, first: date, last: date, day_start: time = DAY_START) -> Sequence[Day]:
    """Return every day from `first` to `last`, both included, oldest first; one without a card has asked nothing."""
    found = select(checkins).where(checkins.c.user_id == user_id, checkins.c.day >= first, checkins.c.day <= last)
    cards = {card.day: card for row in session.execute(found) if (card := _read(session, row))}
    rows: dict[int, dict[str, Row[Any]]] = {card.id: {} for card in cards.values()}
    for (checkin_id, question), row in _rows(session, list(rows)).items():
        rows[checkin_id][question] = row

    def read(day: date) -> Day:
        card = cards.get(day)
        if card is None:
            return Day(day, {})
        theirs = rows[card.id].values()
        values = {row.question: value_in(session, user_id, row) for row in theirs}
        changed = any(
            row.earlier is not None and day_of(row.answered_at, card.zone, day_start) > day + timedelta(days=1)
            for row in theirs
        )
        return Day(day, values, card.asked, late=card.late, changed=changed)

    return [read(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def first_answered(session: Session, user_id: int, since: date) -> date | None:
    """Return the first day from `since` on with an answer that is no skip; None where there is none."""
    mine = (checkins.c.user_id == user_id) & (checkins.c.day >= since) & answers.c.value.is_not(None)
    found = select(checkins.c.day).join(answers).where(mine).order_by(checkins.c.day).limit(1)
    return cast("date | None", session.execute(found).scalar_one_or_none())


def everything(session: Session, user_id: int) -> Sequence[tuple[CheckIn, Mapping[str, Given]]]:
    """Return every check-in of a person with all that is known of its answers, by question; oldest day first."""
    mine = select(checkins).where(checkins.c.user_id == user_id).order_by(checkins.c.day)
    cards = [card for row in session.execute(mine) if (card := _read(session, row))]
    found: dict[int, dict[str, Given]] = {card.id: {} for card in cards}
    theirs = session.execute(select(answers).join(checkins).where(checkins.c.user_id == user_id)).all()
    for row in sorted(theirs, key=lambda row: row.question):  # each database has an order of its own for words
        # At schema 0001 the source of an earlier value was not kept.
        past = ((*entry, row.source)[:3] for entry in earlier_in(session, user_id, row))
        earlier = tuple((from_plain(value), datetime.fromisoformat(at), source) for value, at, source in past)
        found[row.checkin_id][row.question] = Given(
            value_in(session, user_id, row), row.answered_at, row.source, earlier
        )
    return [(card, found[card.id]) for card in cards]


def bring_in(session: Session, checkin: CheckIn, given: Mapping[str, Given]) -> None:
    """Store answers as they were given elsewhere, for a check-in that has none to these questions.

    One without a number (0) is made, as it says of itself.
    """
    kept = checkin if checkin.id else replace(checkin, id=_bring_card_in(session, checkin))
    rows = [
        {
            "checkin_id": kept.id,
            "question": question,
            "value": sealed(session, kept, question, plain(one.value)),
            "earlier": sealed(
                session, kept, question, [[plain(v), at.isoformat(), source] for v, at, source in one.earlier] or None
            ),
            "answered_at": one.answered_at,
            "source": one.source,
        }
        for question, one in given.items()
    ]
    if rows:
        session.execute(insert(answers), rows)
    card = seal_card(session, kept.id, kept.user_id, kept.page, kept.asked, kept.part)
    session.execute(update(checkins).where(checkins.c.id == kept.id).values(card=card, answered_at=checkin.answered_at))


def stamps(session: Session, user_id: int) -> Sequence[tuple[CheckIn, Mapping[str, datetime]]]:
    """Return every check-in of a person with when each of its answers was given; no value is opened for it."""
    mine = select(checkins).where(checkins.c.user_id == user_id).order_by(checkins.c.day)
    cards = [card for row in session.execute(mine) if (card := _read(session, row))]
    found: dict[int, dict[str, datetime]] = {card.id: {} for card in cards}
    given = select(answers.c.checkin_id, answers.c.question, answers.c.answered_at)
    for row in session.execute(given.join(checkins).where(checkins.c.user_id == user_id)):
        found[row.checkin_id][row.question] = row.answered_at
    return [(card, found[card.id]) for card in cards]


def take_out(session: Session, checkin: CheckIn, questions: Collection[str]) -> None:
    """Take out answers with all that they were before."""
    mine = (answers.c.checkin_id == checkin.id) & answers.c.question.in_(questions)
    session.execute(delete(answers).where(mine))


def unanswered(session: Session, checkin: CheckIn) -> None:
    """Let a card whose last answer was taken out be one that nobody has answered."""
    session.execute(update(checkins).where(checkins.c.id == checkin.id).values(answered_at=None))


def remove(session: Session, checkin: CheckIn) -> None:
    session.execute(delete(checkins).where(checkins.c.id == checkin.id))


def _bring_card_in(session: Session, checkin: CheckIn) -> int:
    names = ("user_id", "day", "zone", "asked_at", "answered_at", "late")
    values = {name: getattr(checkin, name) for name in names}
    return int(session.execute(insert(checkins).values(**values, card=b"").returning(checkins.c.id)).scalar_one())


def count(session: Session, user_id: int) -> int:
    """Return on how many days the person answered or skipped anything; a card that was only shown is none."""
    answered = select(answers.c.checkin_id).join(checkins).where(checkins.c.user_id == user_id).distinct()
    return int(session.execute(select(func.count()).select_from(answered.subquery())).scalar_one())


def forget_before(session: Session, day: date, most: int) -> int:
    """Delete up to `most` days older than this one, with their answers. Returns how many."""
    old = select(checkins.c.id).where(checkins.c.day < day).limit(most)
    return session.execute(delete(checkins).where(checkins.c.id.in_(old))).rowcount


def try_key(session: Session) -> None:
    """Open the first card, if there is any. Raises KeyTrouble when the key is not the one the diary was sealed with."""
    _read(session, session.execute(select(checkins).order_by(checkins.c.id).limit(1)).one_or_none())


def _rows(session: Session, ids: list[int], user_id: int | None = None) -> dict[tuple[int, str], Row[Any]]:
    """Return the rows of the answers on these cards, all of this person where one is named, by card and question."""
    known: Mapping[int, Mapping[str, Row[Any]]] | None = session.ahead.of("answers", user_id) if user_id else None
    if known is not None and known.keys() >= set(ids):
        return {(of, question): row for of in ids for question, row in known[of].items()}
    found = session.execute(select(answers).where(answers.c.checkin_id.in_(ids))) if ids else ()
    return {(row.checkin_id, row.question): row for row in found}


def _rows_of(session: Session, checkin: CheckIn) -> Mapping[str, Row[Any]]:
    known: Mapping[int, Mapping[str, Row[Any]]] | None = session.ahead.of("answers", checkin.user_id)
    if known is not None and checkin.id in known:
        return known[checkin.id]
    return {row.question: row for row in session.execute(GIVEN, {"of": checkin.id})}


def _values(session: Session, checkin: CheckIn, rows: Mapping[str, Row[Any]]) -> Answers:
    return {question: value_in(session, checkin.user_id, row) for question, row in rows.items()}


def _put(
    session: Session,
    checkin: CheckIn,
    question: str,
    value: Value | None,
    now: datetime,
    source: str,
    earlier: list[Any] | None,
    message_id: int | None,
    *,
    new: bool,
) -> None:
    values = {
        "value": sealed(session, checkin, question, plain(value)),
        "earlier": sealed(session, checkin, question, earlier or None),
        "answered_at": now,
        "source": source,
        "message_id": message_id,
    }
    if new:
        session.execute(NEW_ANSWER, {"checkin_id": checkin.id, "question": question, **values})
    else:
        session.execute(CHANGE_ANSWER, {"of": checkin.id, "to": question, **values})


def _read(session: Session, row: Row[Any] | None) -> CheckIn | None:
    if row is None:
        return None
    card = card_in(session, row)
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
        card.get("part", "day"),  # before schema 0004 a card always asked for all
    )
