"""The daily card: asked by the clock or opened by the person, answered by taps or a typed line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.actions.buttons import number_of
from bot.domain import checkin as domain
from bot.domain.freetext import Understood, read_answers, read_value, unscored
from bot.domain.questions import BY_KEY, QUESTIONS, Answers, Question, Value
from bot.domain.reminders import CHECKIN, NUDGE, NUDGE_AFTER, STILL_GOOD, TO_REST, policy
from bot.domain.schedule import day_of, local
from bot.render import checkin as render
from bot.render.message import Message, Reply, Sorry
from bot.store import checkins, outbox, users
from bot.store.checkins import CheckIn
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import Texts, texts_for

MICROSECOND = timedelta(microseconds=1)
FURTHEST = timedelta(days=366)
"""How far back a day can be opened or noted: of more than a year ago nobody remembers how it was."""

Choosing = Callable[[Question, Value | None, str], frozenset[str] | None]


def open_checkin(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show today's card as a new message; the one before it says that the card goes on below."""
    return _show_new(session, user, now, today(user, now))


def open_yesterday(session: Session, user: User, now: datetime) -> Reply:
    return _show_new(session, user, now, today(user, now) - timedelta(days=1))


def answer(session: Session, user: User, now: datetime, checkin_id: str, key: str, code: str) -> Reply:
    checkin, question = _mine(session, user, checkin_id), _question(key)
    value = domain.value_of(question, code)
    if value is None:
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    return _store(session, user, now, checkin, {key: value})


def tick(session: Session, user: User, now: datetime, checkin_id: str, key: str, code: str) -> Reply:
    """Add one of several choices; the card stays on the question until Done."""
    return _choose(session, user, now, checkin_id, key, code, domain.with_choice)


def untick(session: Session, user: User, now: datetime, checkin_id: str, key: str, code: str) -> Reply:
    """Take one of several choices away. That is a button of its own: a tap that comes twice must not undo itself."""
    return _choose(session, user, now, checkin_id, key, code, domain.without_choice)


def ticked(session: Session, user: User, now: datetime, checkin_id: str, key: str) -> Reply:
    """Done with a question of several choices; with nothing ticked it counts as skipped."""
    checkin, question = _mine(session, user, checkin_id), _question(key)
    if question.kind != "several":
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    values = checkins.answers_of(session, checkin)
    return _store(session, user, now, checkin, {} if values.get(key) else {key: None})


def skip(session: Session, user: User, now: datetime, checkin_id: str, key: str) -> Reply:
    return _store(session, user, now, _mine(session, user, checkin_id), {_question(key).key: None})


def skip_rest(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    checkin = _mine(session, user, checkin_id)
    return _store(session, user, now, checkin, domain.rest(checkins.answers_of(session, checkin)))


def all_fine(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    return _store(session, user, now, _mine(session, user, checkin_id), domain.ALL_FINE)


def no_pain(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    return _store(session, user, now, _mine(session, user, checkin_id), domain.NO_PAIN)


def turn_page(session: Session, user: User, now: datetime, checkin_id: str, page: str) -> Reply:
    """Show another page of the card: a question to answer again, or the list of answers to change."""
    if page not in BY_KEY and page != domain.CHANGE:
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    checkin = _mine(session, user, checkin_id)
    if page in BY_KEY and not BY_KEY[page].asked_if(checkins.answers_of(session, checkin)):
        return go_on(session, user, now, checkin_id)  # the score above it has been set to 0 since
    return Reply((_card(session, user, now, checkin, page, edit=True),))


def go_on(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    checkin = _mine(session, user, checkin_id)
    page = domain.next_page(checkins.answers_of(session, checkin))
    return Reply((_card(session, user, now, checkin, page, edit=True),))


def open_day(session: Session, user: User, now: datetime, day: date, said: str) -> Reply:
    """Show the card of a day as a new message, with a line above it."""
    return _show_new(session, user, now, day, said=said)


def undo(session: Session, user: User, now: datetime, checkin_id: str, stored_at: str) -> Reply:
    """Take back what one typed line stored, named by its instant in microseconds since 1970."""
    checkin = _mine(session, user, checkin_id)
    if not (stored_at.isascii() and stored_at.isdigit() and len(stored_at) <= 17):
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    t = texts_for(user.language)
    taken_back = checkins.undo(session, checkin, datetime(1970, 1, 1, tzinfo=UTC) + int(stored_at) * MICROSECOND)
    page = domain.next_page(checkins.answers_of(session, checkin))
    toast = t("Taken back") if taken_back else t("That was changed already")
    return Reply((_card(session, user, now, checkin, page, edit=True),), toast)


def say(session: Session, user: User, now: datetime, text: str, said_at: datetime | None = None) -> Reply:
    """Read a typed line: one value for the question on the card, or a whole day; what was understood is echoed.

    It is about the day it was said on, however late it gets here, or the one before where it names yesterday.
    """
    t = texts_for(user.language)
    day = today(user, min(said_at or now, now))
    values: Answers
    todays = of_today = checkins.on_day(session, user.id, day)
    before = checkins.on_day(session, user.id, day - timedelta(days=1))
    # Whoever opens yesterday's card, which is offered on today's, and then types means yesterday. Where nobody knows
    # yet whether today's has arrived, today is meant.
    if todays and todays.message_id and before and (before.message_id or 0) > todays.message_id:
        todays = before
    asking = todays or before
    single = read_value(asking.page, text, user.language) if asking and asking.page in BY_KEY else None
    named = unkept = ""
    if asking and single is not None:
        checkin, values = asking, {asking.page: single}
    else:
        reading = read_answers(text, user.language)
        if not isinstance(reading, Understood):
            return Reply((render.not_understood(t, reading),))
        values, unkept = reading.answers, reading.unkept
        meant = {"today": of_today, "yesterday": before, None: todays}[reading.day]
        if refused := unscored(values, checkins.answers_of(session, meant) if meant else {}):
            return Reply((render.not_understood(t, refused),))
        on = day - timedelta(days=1) if reading.day == "yesterday" else day
        checkin = meant or checkins.open_(session, user.id, on, user.zone, domain.next_page({}), now)
        named = render.day_name(t, checkin.day, today(user, now)) if reading.day or checkin.day != day else ""
    checkins.answer(session, checkin, values, now, source="text", late=checkin.day < day)
    page = domain.next_page(checkins.answers_of(session, checkin))
    stored_at = (now - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND
    said = render.understood(t, values, named, unkept)
    card = _card(session, user, now, checkin, page, said=said, undo=f"undo:{checkin.id}:{stored_at}")
    return Reply((card, *_below(t, user, now, checkin)))


def prompt(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock asks: the card of the day it was due on, unless that day is done; one nudge is owed after it."""
    day = date.fromisoformat(owed.slot)
    checkin = checkins.on_day(session, user.id, day)
    if checkin and domain.complete(checkins.answers_of(session, checkin)):
        return None
    t = texts_for(user.language)
    if outbox.sent_since(session, user.id, CHECKIN, user.seen_at or user.since) >= TO_REST:
        users.change(session, user.id, paused_until=users.FOR_EVER)
        return Reply((render.at_rest(t),))
    before: tuple[Message, ...] = ()
    if (
        outbox.sent_since(session, user.id, CHECKIN, checkins.last_answered(session, user.id) or user.since)
        == STILL_GOOD
    ):
        before = (render.still_good(t, local(owed.due_at, user.zone).time()),)
    nudge_at = now + NUDGE_AFTER
    outbox.owe(
        session,
        user.id,
        NUDGE,
        day.isoformat(),
        due_at=nudge_at,
        not_before=nudge_at,
        too_late_at=nudge_at + policy(NUDGE).fresh_for,
    )
    reply = _show_new(session, user, now, day)
    return replace(reply, messages=(*before, *reply.messages))


def nudge(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The one quiet reminder of an open card; nothing once the person has begun it, or their day is over."""
    day = date.fromisoformat(owed.slot)
    checkin = checkins.on_day(session, user.id, day)
    if day != today(user, now) or (checkin and checkins.answers_of(session, checkin)):
        return None
    t = texts_for(user.language)
    reply = _show_new(session, user, now, day, said=t("Your card is still open, if you have a moment."))
    return replace(reply, messages=tuple(replace(message, quiet=True) for message in reply.messages))


def show_again(session: Session, user: User, now: datetime, checkin_id: int) -> Reply:
    """Draw a card as it stands in place of its last message: what a restart owes to a tap it had stored."""
    checkin = _mine(session, user, str(checkin_id))
    return Reply((replace(_card(session, user, now, checkin, checkin.page), edit=checkin.message_id),))


def away(session: Session, user: User, now: datetime, checkin_id: int, since: datetime, until: datetime) -> Reply:
    """Say on a card that is still open that taps between `since` and `until` may be lost; nothing on a finished one."""
    checkin = _mine(session, user, str(checkin_id))
    if checkin.message_id is None or domain.next_question(QUESTIONS, checkins.answers_of(session, checkin)) is None:
        return Reply()
    t = texts_for(user.language)
    said = render.was_away(t, local(since, user.zone), local(until, user.zone))
    return Reply((replace(_card(session, user, now, checkin, checkin.page, said=said), edit=checkin.message_id),))


def today(user: User, now: datetime) -> date:
    return day_of(now, user.zone, user.day_start)


def _mine(session: Session, user: User, checkin_id: str) -> CheckIn:
    known = number_of(checkin_id)
    found = checkins.get(session, known) if known is not None else None
    if found is None or found.user_id != user.id:
        raise Sorry("That card is not kept here any more. /checkin opens today’s.")
    return found


def _question(key: str) -> Question:
    if key not in BY_KEY:
        raise Sorry("That question is not asked any more. /checkin opens today’s card.")
    return BY_KEY[key]


def _choose(
    session: Session, user: User, now: datetime, checkin_id: str, key: str, code: str, change: Choosing
) -> Reply:
    checkin, question = _mine(session, user, checkin_id), _question(key)
    chosen = change(question, checkins.answers_of(session, checkin).get(key), code)
    if chosen is None:
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    return _store(session, user, now, checkin, {key: chosen}, page=key)


def _store(
    session: Session, user: User, now: datetime, checkin: CheckIn, values: Answers, *, page: str | None = None
) -> Reply:
    late = today(user, now) > checkin.day
    checkins.answer(session, checkin, values, now, source="tap", late=late)
    page = page or domain.next_page(checkins.answers_of(session, checkin))
    message = _card(session, user, now, checkin, page, edit=True)
    t = texts_for(user.language)
    toast = t("Saved for {day}", day=t.day(checkin.day)) if late else t("Saved")
    return Reply((message,), toast)


def _show_new(session: Session, user: User, now: datetime, day: date, said: str = "") -> Reply:
    t = texts_for(user.language)
    checkin = checkins.open_(session, user.id, day, user.zone, domain.next_page({}), now)
    page = domain.next_page(checkins.answers_of(session, checkin))
    offer = day == today(user, now) and _yesterday_open(session, user, now)
    card = _card(session, user, now, checkin, page, said=said, yesterday_open=offer)
    return Reply((card, *_below(t, user, now, checkin)))


def _yesterday_open(session: Session, user: User, now: datetime) -> bool:
    yesterday = today(user, now) - timedelta(days=1)
    if day_of(user.since, user.zone, user.day_start) > yesterday:
        return False
    checkin = checkins.on_day(session, user.id, yesterday)
    return checkin is None or not domain.complete(checkins.answers_of(session, checkin))


def _below(t: Texts, user: User, now: datetime, checkin: CheckIn) -> tuple[Message, ...]:
    if checkin.message_id is None:
        return ()
    return (replace(render.continued_below(t, checkin.day, today(user, now)), edit=checkin.message_id),)


def _card(
    session: Session,
    user: User,
    now: datetime,
    checkin: CheckIn,
    page: str,
    *,
    said: str = "",
    undo: str | None = None,
    edit: bool = False,
    yesterday_open: bool = False,
) -> Message:
    if page != checkin.page:
        checkins.turn_to(session, checkin, page)
    answers = checkins.answers_of(session, checkin)
    card = render.Card(checkin.id, checkin.day, today(user, now), page, answers, yesterday_open)
    message = render.card(texts_for(user.language), card, said=said, undo=undo)
    return replace(message, edit="tapped") if edit else message
