"""An attack while it lasts: noted with one tap, then silence, and the rest is asked when it is over or next morning."""

from datetime import datetime, time, timedelta

from bot.actions.buttons import event_of, number_of
from bot.actions.checkin import open_day
from bot.domain.attack import Said, read_attack
from bot.domain.quiet import from_text, quiet_until
from bot.domain.reminders import MORNING, policy
from bot.domain.schedule import day_of, instant, local
from bot.render import attack as render
from bot.render.message import Reply, Sorry
from bot.store import events, outbox, users
from bot.store.database import Session
from bot.store.events import Event
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for

ATTACK = "attack"
WAKING = time(8)
LONGEST = timedelta(days=3)
"""An attack that began longer ago was not ended by anybody; a new one is a new one (ICHD-3 1.1: 4 to 72 hours)."""


def start(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Note when it began and be silent until it is over, or until next morning.

    `words` may say since when, or that it is over. Whoever is in pain is not asked twice: what is not understood is
    said, and it counts from now.
    """
    t = texts_for(user.language)
    ongoing = present(session, user, now)
    said = read_attack(words, local(now, user.zone), user.language)
    at = _instant(user, now, said)
    if said is not None and said.what == "over":
        if ongoing is None:
            raise Sorry("No headache is noted as going on. /attack notes one, /log and /history what was.")
        return _end(session, user, now, ongoing, at)
    if ongoing is not None and (said is None or said.at is None):
        return Reply((render.still_noted(t, ongoing.id, local(_began(ongoing), user.zone)),))
    day = day_of(at, user.zone, user.day_start)
    if ongoing is None:
        attack = events.add(session, user.id, day, ATTACK, now, began=at.isoformat(), over=None)
    else:
        attack = events.change(session, events.move(session, ongoing, day), began=at.isoformat())
    _be_silent(session, user, now, attack)
    here = local(at, user.zone)
    odd = words if said is None else ""
    return Reply((render.noted(t, attack.id, here, today=local(now, user.zone).date(), not_understood=odd),))


def over(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    """Note when it was over and ask the rest, on the card of the day it began."""
    return _end(session, user, now, _mine(session, user, event_id), now)


def _end(session: Session, user: User, now: datetime, attack: Event, at: datetime) -> Reply:
    if at < _began(attack):
        raise Sorry("That is before it began. Please say when it was over, like /attack over 17:00.")
    if attack.details["over"] is None:
        attack = events.change(session, attack, over=at.isoformat())
        _end_silence(session, user)
    t = texts_for(user.language)
    ended = datetime.fromisoformat(attack.details["over"])
    said = render.over(t, local(_began(attack), user.zone), local(ended, user.zone))
    card = open_day(session, user, now, attack.day, t("When you like, here is the rest:"))
    return Reply((said, *card.messages))


def still(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    """It goes on: silence until the morning after."""
    attack = _mine(session, user, event_id)
    if attack.details["over"] is None:
        _be_silent(session, user, now, attack)
    return Reply((render.goes_on(texts_for(user.language), attack.id),))


def slip(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    """It was a slip of the thumb: nothing of it stays."""
    attack = _mine(session, user, event_id)
    events.remove(session, attack)
    _end_silence(session, user)
    return Reply((render.taken_back(texts_for(user.language)),))


def morning(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock asks on the morning after, unless it was ended since; below it, the card of the day it began."""
    number = number_of(owed.slot.partition("@")[0])
    attack = events.get(session, user.id, number) if number is not None else None
    if attack is None or attack.details["over"] is not None:
        return None
    t = texts_for(user.language)
    asked = render.good_morning(t, attack.id, local(_began(attack), user.zone), t.day(attack.day))
    card = open_day(session, user, now, attack.day, "")
    return Reply((asked, *card.messages))


def _be_silent(session: Session, user: User, now: datetime, attack: Event) -> None:
    until = _next_morning(user, now)
    users.change(session, user.id, silent_until=until)
    day = local(until, user.zone).date()
    outbox.owe(
        session,
        user.id,
        MORNING,
        f"{attack.id}@{day.isoformat()}",
        due_at=until,
        not_before=until,
        too_late_at=until + policy(MORNING).fresh_for,
    )


def _end_silence(session: Session, user: User) -> None:
    users.change(session, user.id, silent_until=None)
    outbox.withdraw(session, user.id, MORNING)


def _next_morning(user: User, now: datetime) -> datetime:
    """Return eight in the morning of the day after, or the end of the quiet hours that hold then."""
    day = day_of(now, user.zone, user.day_start) + timedelta(days=1)
    at = instant(day, WAKING, user.zone) or now + timedelta(hours=12)
    return quiet_until(from_text(user.quiet), at, user.zone) or at


def _instant(user: User, now: datetime, said: Said | None) -> datetime:
    """Return the instant that was said; now where none was, or where the zone never had it."""
    if said is None or said.at is None:
        return now
    day = local(now, user.zone).date() - timedelta(days=said.days_ago)
    return min(instant(day, said.at, user.zone) or now, now)


def present(session: Session, user: User, now: datetime) -> Event | None:
    """Return the attack that nobody has ended yet; None where there is none."""
    today = day_of(now, user.zone, user.day_start)
    lately = events.of_user(session, user.id, today - LONGEST, today, ATTACK)
    return next((attack for attack in reversed(lately) if attack.details["over"] is None), None)


def _began(attack: Event) -> datetime:
    return datetime.fromisoformat(attack.details["began"])


def _mine(session: Session, user: User, event_id: str) -> Event:
    found = event_of(session, user, event_id, (ATTACK,))
    if found is None:
        raise Sorry("That one is not kept here any more. /attack notes a new one.")
    return found
