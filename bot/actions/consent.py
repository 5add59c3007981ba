"""Consent that does not hold: asked for again when its text has changed, taken back, given anew."""

from dataclasses import replace
from datetime import datetime

from bot.actions.privacy import held
from bot.domain.reminders import CHECKIN
from bot.render import consent as render
from bot.render.message import Reply, Sorry
from bot.store import outbox, reminders, shares, users
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from bot.texts.words import texts_for


def question(session: Session, user: User, now: datetime) -> Reply:
    """Answer a person whose consent does not hold, whatever they sent."""
    if user.consent == "withdrawn":
        return Reply((render.withdrawn(texts_for(user.language), held(session, user), _days(session)),))
    return ask(session, user, now)


def ask(session: Session, user: User, now: datetime) -> Reply:
    """Show the text as it is now, to be agreed to."""
    t = texts_for(user.language)
    before = users.consent_of(session, user.id)
    number, version = (before.id, before.version) if before else (None, "")
    if user.consent == "withdrawn":
        return Reply((render.ask_anew(t, number),))
    new = [words for since, words in render.changes(t).items() if _number(since) > _number(version)]
    return Reply((render.ask_again(t, number, new, held(session, user)),))


def by_clock(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """Ask for consent to the new text in a card's place: once a month at most, and nothing else comes meanwhile."""
    this = f"consent-{render.VERSION}"  # remembered with the delivery, where another has its tip
    if owed.kind != CHECKIN or outbox.said(session, owed, this):
        return None
    outbox.say_tip(session, owed.id, this)
    return ask(session, user, now)


def read(session: Session, user: User, shown: str, before: str) -> str | None:
    """Return the hash of the text that a button agrees to; None where it is from another time: the text was another
    one, or a consent has been given or taken back since."""
    newest = users.consent_of(session, user.id)
    if before != (str(newest.id) if newest else ""):
        return None
    return next((digest for digest in render.digests() if digest[:8] == shown), None)


def keep(session: Session, user_id: int, now: datetime, text_hash: str) -> None:
    """Store a consent; card and reminders that were put to rest come again."""
    users.agree(session, user_id, render.VERSION, text_hash, now)
    reminders.wake(session, user_id, now)


def ask_withdraw(session: Session, user: User, now: datetime) -> Reply:
    newest = users.consent_of(session, user.id)
    if newest is None or newest.standing == "withdrawn":
        return question(session, user, now)
    return Reply((render.ask_withdraw(texts_for(user.language), newest.id, held(session, user), _days(session)),))


def withdraw(session: Session, user: User, now: datetime, consent: str) -> Reply:
    """Take a consent back: nothing more is kept or sent, what is there stays until it is deleted or agreed to again."""
    newest = users.consent_of(session, user.id)
    if newest is None or str(newest.id) != consent:
        raise Sorry("That button is from another time. /privacy has one that works.")
    if newest.standing != "withdrawn":
        users.withdraw(session, newest, now)
        outbox.withdraw(session, user.id)
        reminders.rest(session, user.id)
        for mine in shares.of_owner(session, user.id):
            share = shares.get(session, mine.id)  # as it stands now: a reader may be opening it
            if share is not None and share.open(now):
                shares.keep(session, replace(share, ended=now))
    return Reply(
        (replace(render.withdrawn(texts_for(user.language), held(session, user), _days(session)), edit="tapped"),)
    )


def _number(version: str) -> int:
    return int(version) if version.isdigit() else 0


def _days(session: Session) -> int:
    """Return after how long the diary of somebody who took their consent back is deleted (`jobs/upkeep`)."""
    return session.settings.retention.blocked_days
