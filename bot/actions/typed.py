"""What people type for their card: a value, a whole day, a note; corrected in the chat, taken back by Undo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions.buttons import digits_of, instant_of, number_of
from bot.actions.checkin import below, help_for, of_person, show_card, today
from bot.domain.checkin import next_page
from bot.domain.freetext import Refusal, Understood, read_answers, read_value, unscored
from bot.domain.profile import questions_for
from bot.domain.questions import BY_KEY, LONGEST_NOTE, Answers
from bot.render import checkin as render
from bot.render.message import Reply, Sorry
from bot.store import checkins, profiles, users
from bot.store.checkins import CheckIn, Source
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """A typed line: the message it stands in, when it was sent, and the bot's message it replies to, with the check-in
    (a forged one, perhaps) that the buttons of that message are about."""

    text: str
    at: datetime | None = None
    message_id: int | None = None
    reply_to: int | None = None
    reply_about: str = ""


@dataclass(frozen=True)
class _Read:
    """What a line means: values for a check-in; `named` is its day where it was named, `unkept` what has no place."""

    checkin: CheckIn
    values: Answers
    named: str = ""
    unkept: str = ""


def say(session: Session, user: User, now: datetime, said: Said) -> Reply:
    """Read a typed line: one value for the question on the card, or a whole day; what was understood is echoed.

    It is about the day of the card it replies to, else the day it was said on, however late it gets here, or the one
    before where it names yesterday.
    """
    read = _read(session, user, now, said)
    if not isinstance(read, _Read):
        return Reply((render.not_understood(texts_for(user.language), read),))
    return _keep(session, user, now, said, read, "text")


def correct(session: Session, user: User, now: datetime, said: Said) -> Reply:
    """Read a message that was changed in the chat anew: what it had stored is corrected, earlier values are kept."""
    t = texts_for(user.language)
    found = checkins.typed_in(session, user.id, said.message_id) if said.message_id is not None else None
    if found is None:
        read = _read(session, user, now, said)
        if isinstance(read, _Read):
            return _keep(session, user, now, said, read, "edit")
        return Reply((render.change_not_read(t),))
    checkin, questions = found
    if list(questions) == ["note"]:
        return _keep_note(session, user, now, checkin, said, "edit")
    read = _read_for(session, user, now, checkin, said, questions)
    if not isinstance(read, _Read):
        return Reply((render.not_corrected(t, read),))
    stays = read.values if read.checkin.id == checkin.id else {}
    checkins.take_back(session, checkin, [key for key in questions if key not in stays])
    return _keep(session, user, now, said, read, "edit")


def undo(session: Session, user: User, now: datetime, checkin_id: str, stored_at: str) -> Reply:
    """Take back what one typed line stored, named by its instant in microseconds since 1970."""
    checkin = of_person(session, user, checkin_id)
    at = instant_of(stored_at)
    if at is None:
        raise Sorry("I can’t read that button any more. /checkin opens today’s card.")
    t = texts_for(user.language)
    taken_back = checkins.undo(session, checkin, at)
    toast = t("Taken back") if taken_back else t("That was changed already")
    return Reply((show_card(session, user, now, checkin, edit="tapped"),), toast)


def ask_note(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    checkin = of_person(session, user, checkin_id)
    users.wait_for_text(session, user.id, f"note:{checkin.id}")
    return Reply((render.ask_note(texts_for(user.language), checkin.day, today(user, now)),))


def type_note(session: Session, user: User, now: datetime, checkin_id: str, said: Said) -> Reply:
    users.wait_for_text(session, user.id, None)
    return _keep_note(session, user, now, of_person(session, user, checkin_id), said, "text")


def remove_note(session: Session, user: User, now: datetime, checkin_id: str) -> Reply:
    """Take the note off a card, with every earlier wording of it: whoever deletes words wants them gone."""
    checkin = of_person(session, user, checkin_id)
    checkins.forget(session, checkin, "note")
    return Reply((show_card(session, user, now, checkin, edit="tapped"),), texts_for(user.language)("Note deleted"))


def _keep_note(session: Session, user: User, now: datetime, checkin: CheckIn, said: Said, source: Source) -> Reply:
    words = said.text.strip()[:LONGEST_NOTE]
    if not words:
        return Reply((render.ask_note(texts_for(user.language), checkin.day, today(user, now)),))
    return _keep(session, user, now, said, _Read(checkin, {"note": words}), source)


def _keep(session: Session, user: User, now: datetime, said: Said, read: _Read, source: Source) -> Reply:
    t = texts_for(user.language)
    checkin = read.checkin
    answered_at = now if source == "edit" else min(said.at or now, now)
    late = checkin.day < today(user, answered_at)
    answers = checkins.answer(session, checkin, read.values, now, source=source, late=late, message_id=said.message_id)
    echo = render.note_kept(t) if "note" in read.values else render.understood(t, read.values, read.named, read.unkept)
    undo = f"undo:{checkin.id}:{digits_of(now)}"
    card = show_card(session, user, now, checkin, answers=answers, said=echo, undo=undo)
    help_ = help_for(session, user, now, checkin, answers)
    return Reply((card, *below(t, user, now, checkin), *help_))


def _read(session: Session, user: User, now: datetime, said: Said) -> _Read | Refusal:
    meant = _replied_to(session, user, said)
    if meant is not None:
        return _read_for(session, user, now, meant, said, [meant.page])
    day = today(user, min(said.at or now, now))
    todays = of_today = checkins.on_day(session, user.id, day)
    before = checkins.on_day(session, user.id, day - DAY)
    # Whoever opens another day's card below today's and then types means that one. Where nobody knows yet whether
    # today's has arrived, today is meant.
    newest = checkins.newest_shown(session, user.id)
    if todays and todays.message_id and newest and (newest.message_id or 0) > todays.message_id:
        todays = newest
    asking = todays or before
    single = read_value(asking.page, said.text, user.language) if asking and asking.page in BY_KEY else None
    if asking and single is not None:
        return _Read(asking, {asking.page: single})
    reading = read_answers(said.text, user.language)
    if not isinstance(reading, Understood):
        return reading
    chosen = {"today": of_today, "yesterday": before, None: todays}[reading.day]
    if refused := unscored(reading.answers, checkins.answers_of(session, chosen) if chosen else {}):
        return refused
    on = day - DAY if reading.day == "yesterday" else day
    first = next_page({}, questions_for(profiles.of_user(session, user.id)))
    checkin = chosen or checkins.open_(session, user.id, on, user.zone, first, now)
    named = render.day_name(texts_for(user.language), checkin.day, today(user, now))
    return _Read(checkin, reading.answers, named if reading.day or checkin.day != day else "", reading.unkept)


def _replied_to(session: Session, user: User, said: Said) -> CheckIn | None:
    """Return the check-in that a line replies to; of an older copy of a card only the buttons tell."""
    if said.reply_to is None:
        return None
    number = number_of(said.reply_about)
    found = checkins.by_message(session, user.id, said.reply_to)
    about = checkins.get(session, number) if found is None and number is not None else None
    return about if about is not None and about.user_id == user.id else found


def _read_for(
    session: Session, user: User, now: datetime, checkin: CheckIn, said: Said, asked: Sequence[str]
) -> _Read | Refusal:
    """Read a line that belongs to this check-in, because it replies to it or was kept on it; a day that it names all
    the same comes first."""
    named = render.day_name(texts_for(user.language), checkin.day, today(user, now))
    key = asked[0] if len(asked) == 1 else None
    single = read_value(key, said.text, user.language) if key in BY_KEY and key is not None else None
    if key is not None and single is not None:
        return _Read(checkin, {key: single}, named)
    reading = read_answers(said.text, user.language)
    if not isinstance(reading, Understood):
        return reading
    if reading.day is not None:
        return _read(session, user, now, replace(said, reply_to=None))
    if refused := unscored(reading.answers, checkins.answers_of(session, checkin)):
        return refused
    return _Read(checkin, reading.answers, named, reading.unkept)
