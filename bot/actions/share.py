"""Shares: somebody lets one other person, say their doctor, see their page and summaries for a while, nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions import report, summary
from bot.actions.buttons import digits_of, instant_of, number_of
from bot.actions.checkin import today
from bot.domain.reminders import OPENED, policy
from bot.domain.schedule import local
from bot.domain.summary import LENGTHS
from bot.render import share as render
from bot.render.message import Message, Reply, Sorry
from bot.render.report import Wish
from bot.store import meta, outbox, shares, users
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.shares import Share
from bot.store.users import User
from bot.texts.words import texts_for

DAYS = (7, 30, 90)
MOST = 5
"""Shares that can be open at a time."""

PAGE_WEEKS = 12
LONGEST_NAME = 64
CLOSED = "There is nothing to see behind this any more. Please ask whoever gave it to you for a new link."
STALE = "I can’t read that button any more. /share shows what there is."


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """List who may look and who has looked, and offer a new link."""
    return Reply((_listing(session, user, now),))


def make(session: Session, user: User, now: datetime, days: str, offered_at: str) -> Reply:
    """Make a link that one person can open, for 7, 30 or 90 days; one for each list that offers it (`offered_at`),
    since a tap that comes twice must not open two doors."""
    if number_of(days) not in DAYS or instant_of(offered_at) is None:
        raise Sorry(STALE)
    there = shares.of_owner(session, user.id)
    if any(share.offered_at == offered_at for share in there):
        raise Sorry("That link is made already. /share shows those there are.")
    if sum(share.open(now) for share in there) >= MOST:
        raise Sorry("Five links are open, that is as many as there can be. End one first.")
    until = now + timedelta(days=int(days))
    share, code = shares.make(session, user.id, today(user, now), now, until, offered_at)
    bot = meta.get(session, "bot_name") or ""
    return Reply((render.link(texts_for(user.language), share.id, bot, code, local(until, user.zone)),))


def end(session: Session, user: User, now: datetime, share_id: str) -> Reply:
    """End a share at once; ended twice it stays ended when it was."""
    share = _own(session, user, share_id)
    if share.ended is None:
        shares.keep(session, replace(share, ended=now))
    return Reply((render.in_place(_listing(session, user, now, said=render.ended(texts_for(user.language)))),))


def offer(session: Session, user: User, now: datetime, code: str) -> Reply:
    """Tell somebody who was sent a link what it is, before anything of theirs is kept."""
    share = shares.opened_by(session, code)
    t = texts_for(user.language)
    if share is not None and share.owner == user.id:
        return Reply((render.own_link(t),))
    if share is None or not _open(session, share, now) or share.reader not in (None, user.id):
        return Reply((render.closed(t),))
    if share.reader == user.id:
        return Reply((_menu(session, share, user),))
    return Reply((render.offer(t, code, _until(session, share, user)),))


def decline(session: Session, user: User, now: datetime) -> Reply:
    return Reply((render.not_opened(texts_for(user.language)),))


def open_(session: Session, user: User, now: datetime, name: str, code: str) -> Reply:
    """Open a share for whoever taps first; from then on it is theirs alone, and its owner is told."""
    share = shares.opened_by(session, code)
    if share is None or share.owner == user.id or share.reader not in (None, user.id):
        raise Sorry(CLOSED)
    if not _open(session, share, now):
        raise Sorry(CLOSED)
    if share.reader is None:
        share = replace(share, reader=user.id, name=" ".join(name.split())[:LONGEST_NAME], opened=now)
        shares.keep(session, share)
        outbox.owe(
            session,
            share.owner,
            OPENED,
            str(share.id),
            due_at=now,
            not_before=now,
            too_late_at=now + policy(OPENED).fresh_for,
        )
    return Reply((render.in_place(_menu(session, share, user)),))


def look(session: Session, user: User, now: datetime, share_id: str, what: str) -> Reply:
    """Show the reader the page, or the summary of so many days, in their own language; the owner can see that."""
    share = _given(session, user, now, share_id)
    owner = users.get(session, share.owner)
    if owner is None:
        raise Sorry(CLOSED)
    theirs = replace(owner, language=user.language)
    if what == "page":
        shown = report.paper(session, theirs, now, Wish(PAGE_WEEKS))
    elif number_of(what) in LENGTHS:
        shown = summary.of_length(session, theirs, now, int(what))
    else:
        raise Sorry("I can’t read that button any more. The link you were sent opens this anew.")
    shares.keep(session, shares.looked(share, now))
    # Whatever could be tapped below it is for the owner; the reader has their own way back.
    t = texts_for(user.language)
    said = f"<i>{render.shared(t)}</i>\n\n{shown.text}"
    return Reply((replace(shown, text=said, edit=None, card=None, buttons=render.choices(t, share.id)),))


def leave(session: Session, user: User, now: datetime, share_id: str) -> Reply:
    """Let the reader go: the share ends, and their name is forgotten, also where it has ended before."""
    share = _share(session, share_id)
    if share is None or share.reader != user.id:
        raise Sorry(CLOSED)
    shares.keep(session, replace(share, ended=share.ended or min(now, share.until), reader=None, name=""))
    return Reply((render.left(texts_for(user.language)),))


def tell_opened(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """The clock tells the owner that their link was opened, and by whom; nothing once it is over."""
    number = number_of(owed.slot)
    share = shares.get(session, number) if number is not None else None
    if share is None or not share.open(now):
        return None
    return Reply((render.opened(texts_for(user.language), share.name, share.id),))


def _menu(session: Session, share: Share, reader: User) -> Message:
    return render.menu(texts_for(reader.language), share.id, _until(session, share, reader))


def _until(session: Session, share: Share, reader: User) -> datetime:
    """Return the end by the reader's clock; by the owner's where the reader keeps no diary, so has told of none."""
    owner = users.get(session, share.owner) if reader.state == "stranger" else None
    return local(share.until, (owner or reader).zone)


def _listing(session: Session, user: User, now: datetime, said: str = "") -> Message:
    shares.tidy(session, user.id, now)
    lines = []
    for share in shares.of_owner(session, user.id):
        looks = tuple(local(look, user.zone) for look in share.looks)
        until, taken = local(share.until, user.zone), share.reader is not None
        lines.append(
            render.Line(share.id, share.name, until, looks, open=share.open(now), taken=taken, gone=share.gone)
        )
    return render.listing(texts_for(user.language), lines, digits_of(now), said)


def _own(session: Session, user: User, share_id: str) -> Share:
    share = _share(session, share_id)
    if share is None or share.owner != user.id:
        raise Sorry("That link is not kept here any more. /share shows those there are.")
    return share


def _given(session: Session, user: User, now: datetime, share_id: str) -> Share:
    share = _share(session, share_id)
    if share is None or share.reader != user.id or not _open(session, share, now):
        raise Sorry(CLOSED)
    return share


def _open(session: Session, share: Share, now: datetime) -> bool:
    """Tell whether anything can be seen: not while the owner's own consent does not hold."""
    owner = users.get(session, share.owner)
    return share.open(now) and owner is not None and owner.agreed


def _share(session: Session, share_id: str) -> Share | None:
    number = number_of(share_id)
    return shares.get(session, number) if number is not None else None
