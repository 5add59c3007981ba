"""The daily card: asked by the clock or opened by the person, answered by taps or a typed line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.actions import advice, checklist
from bot.actions.buttons import number_of
from bot.domain import checkin as domain
from bot.domain.log import PERIOD
from bot.domain.profile import Part, Profile, questions_for
from bot.domain.questions import BY_KEY, Answers, Question, Value, any_pain
from bot.domain.reminders import CHECKIN, NUDGE, NUDGE_AFTER, STILL_GOOD, TO_REST, policy
from bot.domain.schedule import day_of, local
from bot.domain.tries import Asked, asked_on
from bot.render import checkin as render
from bot.render.message import Message, Reply, Sorry
from bot.store import checkins, events, outbox, profiles, tries, users
from bot.store.checkins import CheckIn
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import Texts, texts_for

FURTHEST = timedelta(days=366)
"""How far back a day can be opened or noted: of more than a year ago nobody remembers how it was."""

FORTNIGHT = timedelta(days=14)
SHORT_CARD = "short_card"
"""What is remembered once a shorter card was offered."""

Choosing = Callable[[Question, Value | None, str], frozenset[str] | None]


def open_checkin(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show today's card as a new message; the one before it says that the card goes on below."""
    return _show_new(session, user, now, today(user, now))


def open_yesterday(session: Session, user: User, now: datetime) -> Reply:
    return _show_new(session, user, now, today(user, now) - timedelta(days=1))


def answer(session: Session, user: User, now: datetime, checkin_id: str, key: str, code: str) -> Reply:
    checkin, question = of_person(session, user, checkin_id), _question(key)
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
    checkin, question = of_person(session, user, checkin_id), _question(key)
    if question.kind != "several":
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    values = checkins.answers_of(session, checkin)
    return _store(session, user, now, checkin, {} if values.get(key) else {key: None})


def skip(session: Session, user: User, now: datetime, checkin_id: str, key: str) -> Reply:
    return _store(session, user, now, of_person(session, user, checkin_id), {_question(key).key: None})


def skip_rest(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    checkin = of_person(session, user, checkin_id)
    questions = questions_for(profiles.of_user(session, user.id), checkin.part)
    return _store(session, user, now, checkin, domain.rest(checkins.answers_of(session, checkin), questions))


def all_fine(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    return _store(session, user, now, of_person(session, user, checkin_id), domain.ALL_FINE)


def no_pain(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    return _store(session, user, now, of_person(session, user, checkin_id), domain.NO_PAIN)


def turn_page(session: Session, user: User, now: datetime, checkin_id: str, page: str) -> Reply:
    """Show another page of the card: a question to answer again, or the list of answers to change."""
    checkin = of_person(session, user, checkin_id)
    if page != domain.CHANGE and not _question(page).asked_if(checkins.answers_of(session, checkin)):
        return go_on(session, user, now, checkin_id)  # the score above it has been set to 0 since
    return Reply((show_card(session, user, now, checkin, page, edit="tapped"),))


def go_on(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    return Reply((show_card(session, user, now, of_person(session, user, checkin_id), edit="tapped"),))


def set_period(session: Session, user: User, now: datetime, checkin_id: str, to: str) -> Reply:
    """Note that a period began on the card's day, or take that back."""
    checkin = of_person(session, user, checkin_id)
    noted = events.of_user(session, user.id, checkin.day, checkin.day, PERIOD)
    if to == "on" and not noted:
        events.add(session, user.id, checkin.day, PERIOD, now)
    elif to == "off":
        for event in noted:
            events.remove(session, event)
    elif to != "on":
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    return go_on(session, user, now, checkin_id)


def open_day(session: Session, user: User, now: datetime, day: date, said: str) -> Reply:
    """Show the card of a day as a new message, with a line above it."""
    return _show_new(session, user, now, day, said)


def prompt(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock asks: the card of the day it was due on, unless that day is done; one nudge is owed after it."""
    day = date.fromisoformat(owed.slot)
    profile = profiles.of_user(session, user.id)
    checkin = checkins.on_day(session, user.id, day)
    if checkin and domain.complete(checkins.answers_of(session, checkin), questions_for(profile)):
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
    elif _asks_too_much(session, user, now, day):
        before = (render.offer_short(t),)
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
    reply = _show_new(session, user, now, day, profile=profile)
    return replace(reply, messages=(*before, *reply.messages))


def _asks_too_much(session: Session, user: User, now: datetime, day: date) -> bool:
    """Tell, every two weeks until it was said once, whether somebody leaves most of the card open."""
    days = (day - day_of(user.since, user.zone, user.day_start)).days
    if days <= 0 or days % FORTNIGHT.days or profiles.of_user(session, user.id).short:
        return False
    lately = checkins.days(session, user.id, day - FORTNIGHT, day - timedelta(days=1), user.day_start)
    if not domain.asks_too_much(lately) or advice.was_told(session, user, SHORT_CARD):
        return False
    advice.remember(session, user, now, day, SHORT_CARD)
    return True


def ask_night(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock asks in the morning how the night was, and nothing else; nothing once that is known."""
    day = date.fromisoformat(owed.slot)
    checkin = checkins.on_day(session, user.id, day)
    answers = checkins.answers_of(session, checkin) if checkin else {}
    if day != today(user, now) or domain.complete(answers, questions_for(Profile(), "night")):
        return None
    return _show_new(session, user, now, day, part="night")


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
    checkin = of_person(session, user, str(checkin_id))
    card = show_card(session, user, now, checkin, checkin.page, edit=checkin.message_id)
    return Reply((card, *checklist.unanswered(session, user, checkin.day)))


def away(session: Session, user: User, now: datetime, checkin_id: int, since: datetime, until: datetime) -> Reply:
    """Say on a card that is still open that taps between `since` and `until` may be lost; nothing on a finished one."""
    checkin = of_person(session, user, str(checkin_id))
    questions = questions_for(profiles.of_user(session, user.id), checkin.part)
    answers = checkins.answers_of(session, checkin)
    if checkin.message_id is None or domain.next_question(questions, answers) is None:
        return Reply()
    t = texts_for(user.language)
    said = render.was_away(t, local(since, user.zone), local(until, user.zone))
    return Reply((show_card(session, user, now, checkin, checkin.page, said=said, edit=checkin.message_id),))


def today(user: User, now: datetime) -> date:
    return day_of(now, user.zone, user.day_start)


def of_person(session: Session, user: User, checkin_id: str) -> CheckIn:
    known = number_of(checkin_id)
    found = checkins.get(session, known) if known is not None else None
    if found is None or found.user_id != user.id:
        raise Sorry("That card is not kept here any more. /checkin opens today’s.")
    return found


def _question(key: str) -> Question:
    if key not in BY_KEY or BY_KEY[key].kind == "text":
        raise Sorry("That question is not asked any more. /checkin opens today’s card.")
    return BY_KEY[key]


def _choose(
    session: Session, user: User, now: datetime, checkin_id: str, key: str, code: str, change: Choosing
) -> Reply:
    checkin, question = of_person(session, user, checkin_id), _question(key)
    chosen = change(question, checkins.answers_of(session, checkin).get(key), code)
    if chosen is None:
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    return _store(session, user, now, checkin, {key: chosen}, page=key)


def _store(
    session: Session, user: User, now: datetime, checkin: CheckIn, values: Answers, *, page: str | None = None
) -> Reply:
    late = today(user, now) > checkin.day
    answers = checkins.answer(session, checkin, values, now, source="tap", late=late)
    message = show_card(session, user, now, checkin, page, answers=answers, edit="tapped")
    t = texts_for(user.language)
    toast = t("Saved for {day}", day=t.day(checkin.day)) if late else t("Saved")
    # While several choices are being ticked nothing is said about them yet.
    if page:
        return Reply((message,), toast)
    return Reply((message, *help_for(session, user, now, checkin, answers)), toast)


def help_for(session: Session, user: User, now: datetime, checkin: CheckIn, given: Answers) -> tuple[Message, ...]:
    """Return what today's answers call for beside the card: the lists of signs first, else a word about a doctor."""
    answers = domain.relevant(given)
    if checkin.day != today(user, now) or not any_pain(answers):
        return ()
    profile = profiles.of_user(session, user.id)
    done = domain.next_question(questions_for(profile, checkin.part), answers) is None
    signs = checklist.look(session, user, now, checkin.day, answers)
    return signs or advice.after_card(session, user, now, checkin.day, answers, profile, done=done)


def _show_new(
    session: Session,
    user: User,
    now: datetime,
    day: date,
    said: str = "",
    part: Part = "day",
    profile: Profile | None = None,
) -> Reply:
    t = texts_for(user.language)
    profile = profile or profiles.of_user(session, user.id)
    page = domain.next_page({}, questions_for(profile, part))
    offer = part == "day" and day == today(user, now) and _yesterday_open(session, user, now, profile)
    checkin = checkins.open_(session, user.id, day, user.zone, page, now)
    card = show_card(session, user, now, checkin, said=said, yesterday_open=offer, part=part, profile=profile)
    return Reply((card, *below(t, user, now, checkin)))


def _yesterday_open(session: Session, user: User, now: datetime, profile: Profile) -> bool:
    yesterday = today(user, now) - timedelta(days=1)
    if day_of(user.since, user.zone, user.day_start) > yesterday:
        return False
    checkin = checkins.on_day(session, user.id, yesterday)
    return checkin is None or not domain.complete(checkins.answers_of(session, checkin), questions_for(profile))


def below(t: Texts, user: User, now: datetime, checkin: CheckIn) -> tuple[Message, ...]:
    """Return what the card's last message says once the card is shown anew."""
    if checkin.message_id is None:
        return ()
    return (replace(render.continued_below(t, checkin.id, checkin.day, today(user, now)), edit=checkin.message_id),)


def show_card(
    session: Session,
    user: User,
    now: datetime,
    checkin: CheckIn,
    page: str | None = None,
    *,
    answers: Answers | None = None,
    said: str = "",
    undo: str | None = None,
    edit: Literal["tapped"] | int | None = None,
    yesterday_open: bool = False,
    part: Part | None = None,
    profile: Profile | None = None,
) -> Message:
    """Draw a card at a page, by default at the next question, and remember what it shows; `answers` and `profile` where
    the caller has them."""
    part = part or checkin.part
    profile = profile or profiles.of_user(session, user.id)
    questions = questions_for(profile, part)
    if answers is None:
        answers = checkins.answers_of(session, checkin)
    page = page or domain.next_page(answers, questions)
    trying = _trying(session, user, profile, checkin.day) if part == "day" and "try" not in answers else None
    before = (*checkin.asked, "try") if trying and page == domain.DONE else checkin.asked
    asked = domain.asked_with(before, page, questions)
    checkin = checkins.turn_to(session, checkin, page, asked, part)
    card = render.Card(
        checkin.id,
        checkin.day,
        today(user, now),
        page,
        answers,
        yesterday_open,
        questions,
        part,
        late=checkin.late,
        period=_period(session, user, profile, checkin.day),
        trying=trying,
    )
    return replace(render.card(texts_for(user.language), card, said=said, undo=undo), edit=edit)


def _trying(session: Session, user: User, profile: Profile, day: date) -> Asked | None:
    """Return what the card of a day asks about the newest try; None where there is none, or it is over."""
    a_try = tries.newest(session, user.id, profile)
    return asked_on(a_try, day) if a_try else None


def _period(session: Session, user: User, profile: Profile, day: date) -> bool | None:
    """Tell whether a period began that day; None where the person does not note that."""
    return bool(events.of_user(session, user.id, day, day, PERIOD)) if profile.period else None
