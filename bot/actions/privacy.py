"""What is stored about a person, and its removal."""

from datetime import date, datetime, timedelta

from bot.actions.buttons import digits_of, instant_of
from bot.config import Settings
from bot.domain.backups import gone_after
from bot.render import privacy as render
from bot.render.message import Reply, Sorry
from bot.store import checkins, erasures, events, reminders, shares
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

STILL_MEANT = timedelta(hours=1)
"""How long a "Yes, delete everything" is taken at its word."""


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Say what is kept; strangers may ask too, as nothing is kept of them."""
    settings = session.settings
    said = render.said(texts_for(user.language), settings.privacy.contact, times_of(settings))
    return Reply((render.policy(texts_for(user.language), said, known=user.state != "stranger"),))


def times_of(settings: Settings) -> render.Times:
    nightly = settings.backup.keep_daily and gone_after(settings.backup.keep_daily, settings.backup.keep_weekly)
    return render.Times(settings.retention.blocked_days, settings.retention.answers_days, nightly)


def ask_delete(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    if user.state == "stranger":
        _must_be_known(session, user)
        return Reply((render.ask_forget(texts_for(user.language), digits_of(now)),))
    return Reply((render.ask_delete(texts_for(user.language), held(session, user), digits_of(now)),))


def erase(session: Session, user: User, now: datetime, asked_at: str) -> Reply:
    """Delete the person and every row that names them, and say what is gone; where the question is old, or is from an
    earlier diary of theirs, it is asked again: a slip of the thumb on an old message must not cost a diary."""
    asked, stranger = instant_of(asked_at), user.state == "stranger"
    if asked is None or (asked < user.since and not stranger) or now - asked > STILL_MEANT:
        return Reply(tuple(render.in_place(message) for message in ask_delete(session, user, now).messages))
    gone = held(session, user)
    if stranger:
        _must_be_known(session, user)
    erasures.erase(session, user.id, now)
    if stranger:
        return Reply((render.forgotten(texts_for(user.language)),))
    return Reply((render.erased(texts_for(user.language), gone),), menu="")


def keep(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.kept(texts_for(user.language)),))


def _must_be_known(session: Session, user: User) -> None:
    """Raise Sorry where nothing is kept of somebody without a diary, not even as the reader of another's."""
    if not shares.read_by(session, user.id):
        raise Sorry("Nothing about you is kept here.")


def held(session: Session, user: User) -> render.Held:
    return render.Held(
        days=checkins.count(session, user.id),
        reminders=len(reminders.of_user(session, user.id)),
        events=len(events.of_user(session, user.id, date.min, date.max)),
    )
