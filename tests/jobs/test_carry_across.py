"""Grants are carried to whoever sends: nothing goes before its grant opens, nor after its claim may have passed on."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pgqueuer import Queries, QueueManager
from pgqueuer.core import listeners
from sqlalchemy import select, text

from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.person import Person
from bot.store import grants, outbox, users
from bot.store.database import Session
from jobs import carry_across
from jobs.carry_across import FORGET_EVERY, AcrossMachines
from jobs.deliver import CLOCKS_APART, SHARED_LEASE, Lease, claim, recover
from tests.chat.test_replicas import Replica
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, moves_in

pytestmark = pytest.mark.postgres


class Worker(Replica):
    """A process that sends, by the clock of the machine."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__(telegram)
        self.telegram = telegram
        self.carry = AcrossMachines(self.database, self.chat.sender, telegram.clock)

    async def brings_a_card(self, user_id: int) -> None:
        """Go on as the leader does until somebody new has got a card that was due."""
        person = self.telegram.person(user_id, "Bea")
        await person.says("/start")  # else Telegram brings them nothing
        before = len(person.chat)
        await self.database.write(lambda s: owe(s, self.clock.now(), person))
        async with asyncio.timeout(30):
            while len(person.chat) <= before:
                await self.carry.send_due(lambda: True)
                await asyncio.sleep(0.02)


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    clock: Any = SystemClock()
    telegram = Telegram(settings, clock)
    await telegram.start_bot()
    worker = Worker(telegram)
    await worker.starts()
    await worker.carry.start()
    yield worker
    await worker.carry.stop()
    await worker.stops()
    await telegram.stop_bot()


def owe(session: Session, now: datetime, person: Person) -> None:
    """Owe somebody who agreed long ago today's card."""
    moves_in(session, users.stranger(person.user_id, "en", "UTC", NOON), NOON)
    late, slot = now + timedelta(hours=4), now.date().isoformat()
    outbox.owe(session, person.user_id, "checkin", slot, due_at=now, not_before=now, too_late_at=late)


async def test_what_is_due_is_granted_carried_and_sent_and_leaves_no_log(worker: Worker) -> None:
    async def number(query: str, **given: int) -> int:
        return await worker.database.write(lambda s: int(s.execute(text(query), given).scalar_one()))

    await worker.brings_a_card(2001)
    while await number("SELECT count(*) FROM carry.pgqueuer"):
        pass  # its last word is logged a moment after the card has come
    last = await number("SELECT max(id) FROM carry.pgqueuer_log")
    worker.carry._forgot_at -= FORGET_EVERY
    await worker.brings_a_card(2002)
    left = await number("SELECT count(*) FROM carry.pgqueuer_log WHERE id <= :last", last=last)
    assert not left, "only what came since"


async def test_nothing_goes_before_its_grant_opens(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the database takes to say when that is."""
    opens_in = timedelta(seconds=0.4)
    clock, went = SystemClock(), list[datetime]()

    async def send(*_: object) -> int:
        went.append(clock.now())
        return 0

    def slowly(session: Session, number: int) -> object:
        time.sleep(0.3)  # until it is this one's turn
        return begin(session, number)

    begin = grants.begin
    monkeypatch.setattr(carry_across, "send", send)
    monkeypatch.setattr(grants, "begin", slowly)
    grant = await worker.database.write(lambda s: grants.grant(s, 10, 1, opens_in))
    assert grant is not None
    found = select(grants.grants.c.opens_at).where(grants.grants.c.id == grant.id)
    opens_at = await worker.database.write(lambda s: s.execute(found).scalar_one())
    await worker.carry._use(grant.id)
    assert went[0] >= opens_at


async def test_what_waits_longer_than_its_grant_is_good_for_goes_with_another(
    settings: Settings, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the others, who think the sender gone by then, would send as much beside it."""
    worker, here = Replica(telegram), HandClock(NOON)
    held: list[float] = []

    async def wait(_database: object, _sender: object, _clock: object, _batch: object, lease: Lease, _: object) -> int:
        began = here.steady()
        while lease.holds and here.steady() < began + grants.LONGEST.total_seconds():
            held.append(here.steady() - began)
            here.moves(0.5)
            lease._until = here.steady() + 4  # as it is renewed
        return 0

    monkeypatch.setattr(carry_across, "send", wait)
    await worker.database.write(grants.prepare)
    grant = await worker.database.write(lambda s: grants.grant(s, 10, 1, timedelta(0)))
    assert grant is not None
    await AcrossMachines(worker.database, worker.chat.sender, here)._use(grant.id)
    assert 4 < held[-1] <= grants.USED_WITHIN.total_seconds()
    worker.database.close()


async def test_a_worker_that_has_not_sent_anything_yet_may_be_in_a_ban(settings: Settings, telegram: Telegram) -> None:
    worker = Replica(telegram)
    person = telegram.person(2001, "Bea")
    await worker.database.write(grants.prepare)
    await worker.database.write(lambda s: owe(s, NOON, person))
    grant = await worker.database.write(lambda s: grants.grant(s, 10, 1, timedelta(0)))
    assert grant is not None
    worker.chat.sender.limits.close_for(60)
    await AcrossMachines(worker.database, worker.chat.sender, worker.clock)._use(grant.id)
    found = select(grants.grants.c.over_at)
    assert await worker.database.write(lambda s: s.execute(found).scalar_one()) is not None
    worker.database.close()


async def test_a_claim_is_given_up_before_others_take_it_over(settings: Settings, telegram: Telegram) -> None:
    """Although the clock of the machine that takes over is ahead."""
    worker = Replica(telegram)
    here, apart = HandClock(NOON), CLOCKS_APART - timedelta(seconds=0.1)
    person = telegram.person(2001, "Bea")
    await worker.database.write(lambda s: owe(s, NOON, person))
    lease = Lease(worker.database, here)
    batch = await worker.database.write(lambda s: claim(s, here.now(), 1))
    (owed, _, _) = batch.ready[0]
    while lease.holds:
        await recover(worker.database, here.now() + apart, SHARED_LEASE, timedelta(0))
        assert await worker.database.write(lambda s: outbox.is_claimed(s, owed)), "sent, it would be doubled"
        here.moves(0.25)
    here.moves(SHARED_LEASE.total_seconds())
    await recover(worker.database, here.now(), SHARED_LEASE, timedelta(0))
    assert not await worker.database.write(lambda s: outbox.is_claimed(s, owed))
    worker.database.close()


async def test_a_probe_that_comes_before_pgqueuer_listens_is_heard(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a worker in three thought itself deaf after its first ten seconds, and took nothing for two."""
    probed, heard = asyncio.Event(), asyncio.Event()
    notify, listen = Queries.notify_health_check, listeners.initialize_notice_event_listener
    healthy = QueueManager.listener_healthy
    another = AcrossMachines(worker.database, worker.chat.sender, worker.telegram.clock)

    async def notify_first(queries: Queries, number: Any) -> None:
        await notify(queries, number)
        probed.set()

    async def listen_late(*words: Any) -> None:
        await probed.wait()
        await listen(*words)

    async def tell(manager: QueueManager, **within: timedelta) -> Any:
        event = await healthy(manager, **within)
        if manager is another._manager:
            heard.set()
        return event

    monkeypatch.setattr(Queries, "notify_health_check", notify_first)
    monkeypatch.setattr(listeners, "initialize_notice_event_listener", listen_late)
    monkeypatch.setattr(QueueManager, "listener_healthy", tell)
    await another.start()
    async with asyncio.timeout(8):
        await heard.wait()
    await another.stop()
