"""What the bot owes goes out: composed at the moment of sending, marked before and after, stale things dropped."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil

import structlog
from sqlalchemy.exc import DBAPIError

from bot.actions import attack, broadcast, checkin, consent, discreet, peace, share, summary, tips, tries, visits
from bot.chat.errors import Gone, Refused, TelegramTrouble, TokenRefused, TryLater
from bot.chat.send import Sender
from bot.clock import Clock
from bot.domain.peace import Held
from bot.domain.reminders import (
    AFTER_VISIT,
    BROADCAST,
    CHECKIN,
    MORNING,
    NIGHT,
    NUDGE,
    OPENED,
    SUMMARY,
    TRIED,
    TRY,
    VISIT,
    policy,
)
from bot.render.message import Reply
from bot.store import checkins, outbox, profiles, users
from bot.store.database import Database, Session
from bot.store.disk import cannot_write
from bot.store.outbox import Owed
from bot.store.users import User
from bot.together import Together

log = structlog.get_logger()

COMPOSE: Mapping[str, Callable[[Session, User, datetime, Owed], Reply | None]] = {
    CHECKIN: checkin.prompt,
    NIGHT: checkin.ask_night,
    NUDGE: checkin.nudge,
    SUMMARY: summary.weekly,
    MORNING: attack.morning,
    VISIT: visits.write_before,
    OPENED: share.tell_opened,
    AFTER_VISIT: visits.ask_after,
    TRY: tries.remind,
    TRIED: tries.tell,
    BROADCAST: broadcast.tell,
}
"""Kind → the action that says it; every other kind is a reminder with a tip. None = nothing to say any more."""

LANES = 4
A_MOMENT = 2.0
"""Seconds after which it is asked again whether what was claimed is still owed, before it goes out."""

LOOKS_BACK = timedelta(days=4)
"""Of so many days the cards are read ahead: what is due today looks at those of the last two, wherever it is."""

IN_DOUBT_PAUSE = timedelta(seconds=60)
LEASE = timedelta(minutes=10)
"""No send takes longer: what is still claimed after it could not be marked, perhaps on a full disk."""

SHARED_LEASE = timedelta(seconds=6)
CLOCKS_APART = timedelta(seconds=2)
RENEW_EVERY = 1.5
"""Where others wait to take over, a claim is short and renewed: what a killed process had goes out within ten seconds,
and who was stopped for longer knows by the steady clock that it is not theirs any more, even where the clock of the
machine that takes over is so much ahead."""


class Lease:
    """How long a claim holds, by the steady clock, while `going_on`; renewed while it is used, where it is short. Never
    beyond `ends`: it is to be sent with a grant that is no longer good then."""

    def __init__(self, database: Database, clock: Clock, going_on: Callable[[], bool] = lambda: True) -> None:
        self._database = database
        self._clock = clock
        self._going_on = going_on
        self._lasts = (SHARED_LEASE - CLOCKS_APART if database.shared else LEASE).total_seconds()
        self.began = clock.steady()
        self.ends = float("inf")
        self._until = self.began + self._lasts

    @property
    def holds(self) -> bool:
        return self._going_on() and self._clock.steady() < min(self._until, self.ends)

    async def keep(self, claim: str) -> None:
        """Renew it until cancelled."""
        while self._database.shared:
            await self._clock.sleep(RENEW_EVERY)
            began = self._clock.steady()
            await self._database.insist(partial(outbox.renew, claim=claim, now=self._clock.now()), self._clock)
            if began < self._until:  # else somebody may have taken it meanwhile, and it stays lost
                self._until = began + self._lasts


class Broken(Exception):
    """A message could not be composed: all that was done for those around it is undone, and done again without it."""

    def __init__(self, delivery: int) -> None:
        super().__init__(delivery)
        self.delivery = delivery


@dataclass(frozen=True)
class Claimed:
    """What was claimed: how many, and of these what there is to say, with when it would be too late."""

    many: int
    ready: Sequence[tuple[Owed, Reply, datetime]]


@dataclass(frozen=True)
class Sent:
    """What arrived: as which message (None where there was nothing new in it), and when."""

    owed: Owed
    reply: Reply
    message_id: int | None
    at: datetime

    @property
    def card(self) -> int | None:
        return next((message.card for message in self.reply.messages if message.card is not None), None)


async def deliver(
    database: Database, sender: Sender, clock: Clock, at_most: int, going_on: Callable[[], bool] = lambda: True
) -> int:
    """Send everything that is due, at most `at_most` at a time, while `going_on`; in lanes, so that some compose while
    what the others have claimed is on its way. Returns how many were sent."""
    share, room = ceil(at_most / 2), asyncio.Semaphore(at_most)
    turn = asyncio.Lock()  # all that waits to be written shares a commit: claims would end, and go out, all at once

    async def lane() -> int:
        sent, claimed = 0, share
        while claimed == share and going_on() and not sender.closed:
            async with turn:
                lease = Lease(database, clock, going_on)
                batch = await database.write(lambda session: claim(session, clock.now(), share))
            claimed = batch.many
            sent += await send(database, sender, clock, batch, lease, room)
        return sent

    due = await database.write(lambda session: outbox.count_due(session, clock.now(), LANES * share))
    return sum(await asyncio.gather(*(lane() for _ in range(ceil(due / share)))))


async def send(
    database: Database,
    sender: Sender,
    clock: Clock,
    batch: Claimed,
    lease: Lease,
    room: asyncio.Semaphore,
) -> int:
    """Send what was claimed, while the lease holds, each from its beginning until it is marked with a place in `room`:
    so many a crash may double. Returns how many were sent."""
    if not batch.ready:
        return 0
    keeping = asyncio.create_task(lease.keep(batch.ready[0][0].claim or ""))
    record = Together[Sent](lambda sent: database.insist(partial(_record, sent=sent), clock))

    async def in_turn(owed: Owed, reply: Reply, deadline: datetime) -> bool:
        async with room:
            arrived = await _send(database, sender, clock, owed, reply, deadline, lease, record)
        if arrived:
            # Only now that it is known to be sent: an edit may hang, or wait out a ban, and nothing is in doubt then.
            await sender.set_right(owed.user_id, reply)
        return arrived

    try:
        return sum(await asyncio.gather(*(in_turn(*one) for one in batch.ready)))
    finally:
        keeping.cancel()


async def recover(
    database: Database, now: datetime, lease: timedelta = timedelta(0), pause: timedelta = IN_DOUBT_PAUSE
) -> None:
    """Decide what was claimed over a lease ago and never marked: once more after a pause where the kind allows it, else
    given up.

    At a start that is everything the last process was sending.
    """

    def work(session: Session) -> None:
        for owed in outbox.in_doubt(session, now - lease):
            _in_doubt(session, owed, now, pause)

    await database.write(work)


def claim(session: Session, now: datetime, at_most: int) -> Claimed:
    """Claim what is due and compose it; what is stale, or said by now, is marked so."""
    owed_now = outbox.claim(session, now, at_most)
    if not owed_now:
        return Claimed(0, ())
    ours = session.try_to_hold_all({owed.user_id for owed in owed_now})
    _look_ahead(session, now, ours)
    broken: set[int] = set()
    while True:
        try:
            with session.savepoint():
                ready = [(owed, *said) for owed in owed_now if (said := _said(session, now, owed, ours, broken))]
            return Claimed(len(owed_now), ready)
        except Broken as trouble:
            broken.add(trouble.delivery)


def _look_ahead(session: Session, now: datetime, people: Collection[int]) -> None:
    """Read what most messages are composed of, for everybody at once; where it cannot be read what somebody's row says,
    the rest is read of each when it is their turn."""
    try:
        session.secrets.look_up(people)
        users.look_ahead(session, people)
        profiles.look_ahead(session, people)
        checkins.look_ahead(session, people, now.date() - LOOKS_BACK)
        outbox.look_ahead(session, people, CHECKIN)
    except (TypeError, ValueError) as trouble:
        log.error("deliveries.not_read_ahead", trouble=type(trouble).__name__)


def _said(
    session: Session, now: datetime, owed: Owed, ours: Collection[int], broken: Collection[int]
) -> tuple[Reply, datetime] | None:
    """Return what there is to say and when it would be too late; None where nothing is, and it was marked so."""
    if owed.user_id not in ours:
        outbox.again(session, owed, now, tries=owed.tries - 1)  # this person is just taking a turn
    elif owed.id in broken:
        outbox.mark(session, owed, "failed")
    elif now >= owed.too_late_at:
        outbox.mark(session, owed, "stale")
    else:
        try:
            with session.ahead.turn_of(owed.user_id):
                return _composed(session, now, owed)
        except Exception as trouble:
            if isinstance(trouble, DBAPIError) and cannot_write(trouble):
                raise  # the claim goes with it, and the next beat takes it again
            log.error("delivery.failed", delivery=owed.id, trouble=type(trouble).__name__, exc_info=True)
            raise Broken(owed.id) from trouble
    return None


def _composed(session: Session, now: datetime, owed: Owed) -> tuple[Reply, datetime] | None:
    user = users.get(session, owed.user_id)
    if user is None or user.state != "active" or user.consent not in ("given", "changed"):
        # Who comes back may be told later what comes only once.
        outbox.let_go(session, owed) if owed.kind == TRIED else outbox.mark(session, owed, "skipped")
        return None
    held = peace.held(session, user, now, owed)
    if held is not None:
        _hold(session, owed, held)
        return None
    compose = COMPOSE.get(owed.kind, tips.remind) if user.agreed else consent.by_clock
    reply = discreet.veil(session, user, owed, compose(session, user, now, owed))
    if reply is None:
        outbox.mark(session, owed, "skipped")
        return None
    return reply, peace.deadline(user, now, owed)


def _hold(session: Session, owed: Owed, held: Held) -> None:
    """Give back what goes out later, drop the rest."""
    if held.until is not None and held.until < owed.too_late_at:
        outbox.again(session, owed, held.until, tries=owed.tries - 1)
    elif held.may_come_again:
        outbox.let_go(session, owed)
    else:
        outbox.mark(session, owed, "skipped")


async def _send(
    database: Database,
    sender: Sender,
    clock: Clock,
    owed: Owed,
    reply: Reply,
    deadline: datetime,
    lease: Lease,
    record: Together[Sent],
) -> bool:
    def may_go() -> bool:
        return lease.holds and clock.now() < deadline

    async def still_owed() -> bool:
        return await database.insist(lambda session: outbox.is_claimed(session, owed), clock)

    try:
        if clock.steady() - lease.began > A_MOMENT and not await still_owed():
            raise TryLater(0)  # they have deleted everything while this waited for its place
        message_id = await sender.deliver(owed.user_id, reply, may_go, still_owed)
    except Exception as error:
        if isinstance(error, TelegramTrouble):
            log.warning("delivery.not_sent", delivery=owed.id, trouble=type(error).__name__)
        else:
            log.error("delivery.failed", delivery=owed.id, trouble=type(error).__name__, exc_info=True)
        await database.insist(partial(_not_sent, owed=owed, trouble=error, now=clock.now()), clock)
        return False
    await record.add(Sent(owed, reply, message_id, clock.now()))
    return True


def _record(session: Session, sent: Sequence[Sent]) -> None:
    """Mark what was sent, and remember which messages show cards; but not of those that were no longer ours."""
    mine = outbox.mark_sent(session, [(one.owed, one.message_id, one.at) for one in sent])
    checkins.remember_messages(
        session, [(one.card, one.message_id) for one in sent if one.card and one.message_id and one.owed.id in mine]
    )


def _not_sent(session: Session, owed: Owed, trouble: Exception, now: datetime) -> None:
    match trouble:
        case TryLater() | TokenRefused():
            pause = trouble.seconds if isinstance(trouble, TryLater) else IN_DOUBT_PAUSE.total_seconds()
            outbox.mark(session, owed, "due", not_before=now + timedelta(seconds=pause), tries=owed.tries - 1)
        case Gone():
            outbox.mark(session, owed, "failed")
            users.block(session, owed.user_id, now)
            outbox.withdraw(session, owed.user_id)
        case Refused():
            outbox.mark(session, owed, "failed")
        case _:
            _in_doubt(session, owed, now, IN_DOUBT_PAUSE)


def _in_doubt(session: Session, owed: Owed, now: datetime, pause: timedelta) -> None:
    if owed.tries < policy(owed.kind).tries and now + pause < owed.too_late_at:
        outbox.again(session, owed, now + pause)
    else:
        outbox.mark(session, owed, "failed")
