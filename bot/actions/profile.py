"""What the card asks, how things are shown, and what a person may tell about themselves; all optional, all by taps."""

from datetime import datetime, time

from bot.actions.checkin import today
from bot.domain.profile import CARE, INJURIES, Profile
from bot.domain.questions import FACTORS, MOST_FOLLOWED
from bot.domain.reminders import EVERY_DAY, NIGHT
from bot.domain.schedule import Schedule
from bot.render import profile as render
from bot.render.message import Reply, Sorry
from bot.store import outbox, profiles, reminders
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

MORNING_AT = time(8, 30)
STALE = "I can’t read that button any more. /settings shows what there is."


def show(session: Session, user: User, now: datetime) -> Reply:
    return _page(session, user, profiles.of_user(session, user.id))


def set_(session: Session, user: User, now: datetime, what: str, to: str) -> Reply:
    """Switch on or off: "short", "night", "first_days" of a period, a factor to follow, or a reason for extra care."""
    if to not in ("on", "off"):
        raise Sorry(STALE)
    on, profile = to == "on", profiles.of_user(session, user.id)
    if what == "night":
        _ask_in_the_morning(session, user, now, on=on)
    elif what == "short":
        profile = profiles.change(session, user.id, short=on)
    elif what == "first_days":
        profile = profiles.change(session, user.id, period=on)
    elif what in FACTORS:
        followed = profile.followed | {what} if on else profile.followed - {what}
        if len(followed) > MOST_FOLLOWED:
            raise Sorry("Five at most: each one more makes it harder to see anything. Take one away first.")
        return Reply((render.factors(texts_for(user.language), profiles.change(session, user.id, followed=followed)),))
    elif what in CARE:
        care = profile.care | {what} if on else profile.care - {what}
        return Reply((render.care(texts_for(user.language), profiles.change(session, user.id, care=care)),))
    else:
        raise Sorry(STALE)
    return _page(session, user, profile)


def choose_factors(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.factors(texts_for(user.language), profiles.of_user(session, user.id)),))


def choose_care(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.care(texts_for(user.language), profiles.of_user(session, user.id)),))


def ask_injury(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.ask_injury(texts_for(user.language)),))


def set_injury(session: Session, user: User, now: datetime, code: str = "") -> Reply:
    """Keep whether neck or head were ever hurt, or forget it; a recent injury is answered at once."""
    day = today(user, now)
    injury = code if code in INJURIES else None
    profile = profiles.change(session, user.id, injury=injury, injury_told=day.isoformat() if injury else None)
    page = render.care(texts_for(user.language), profile)
    if injury != "recent":
        return Reply((page,))
    return Reply((page, render.hurt_lately(texts_for(user.language), profile.country)))


def hurt_by_someone(session: Session, user: User, now: datetime) -> Reply:
    """Say where there is help; nothing of it is kept."""
    country = profiles.of_user(session, user.id).country
    return Reply((render.hurt_by_someone(texts_for(user.language), country),))


def choose_look(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.look(texts_for(user.language), profiles.of_user(session, user.id)),))


def set_look(session: Session, user: User, now: datetime, what: str, to: str) -> Reply:
    """Switch on or off how things are shown: pictures that are "dark", "words_only" without bars in texts."""
    if what not in ("dark", "words_only") or to not in ("on", "off"):
        raise Sorry(STALE)
    return Reply((render.look(texts_for(user.language), profiles.change(session, user.id, **{what: to == "on"})),))


def _ask_in_the_morning(session: Session, user: User, now: datetime, *, on: bool) -> None:
    theirs = reminders.of_user(session, user.id, NIGHT)
    for reminder in theirs:
        outbox.withdraw(session, user.id, reminder_id=reminder.id)
        reminders.change(session, reminder, now, on=on)
    if on and not theirs:
        reminders.add(session, user.id, NIGHT, Schedule(MORNING_AT, EVERY_DAY, user.zone), now)


def _page(session: Session, user: User, profile: Profile) -> Reply:
    mornings = [reminder.schedule.at for reminder in reminders.of_user(session, user.id, NIGHT) if reminder.on]
    return Reply((render.page(texts_for(user.language), profile, mornings[0] if mornings else None),))
