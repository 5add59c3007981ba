"""Sending across machines: the worker that leads gives grants, PgQueuer carries them to the senders of all workers.

It carries permissions, nothing that can be lost: what is due stands in the outbox, what was granted in `store/grants`.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from pgqueuer import Job, PsycopgDriver, Queries, QueueManager
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.ports.driver import NotifyCallback
from psycopg import AsyncConnection, sql
from sqlalchemy.engine import make_url

from bot.chat.send import Sender
from bot.clock import Clock
from bot.store import grants, outbox
from bot.store.database import Database, Session
from jobs.carry import in_flight
from jobs.deliver import Claimed, Lease, claim, send

log = structlog.get_logger()

AHEAD = timedelta(seconds=0.15)
"""A grant opens so long after it was given: until then it is carried, and what goes out with it composed."""

LOOK_EVERY = 0.025
A_HANDFUL = 25
"""The most messages of one grant: with more, one worker would have all of them while the others are idle."""

WAITING = 4
"""So many times what one worker has in flight is granted before somebody takes it up."""

AT_ONCE = 8
"""Grants that one worker takes up side by side; further ones go to whoever is free."""

STOP_WITHIN = 20.0
STALLED = timedelta(seconds=10)
FORGET_EVERY = 600.0
"""Seconds after which PgQueuer's log is emptied: it writes three rows for each grant, and keeps them."""

AGAIN = 2.0
GRANT = "grant"
SETTINGS = DBSettings(db_schema="carry", durability=Durability.volatile)
TABLES, STATEMENTS = QueryBuilderEnvironment(SETTINGS), QueryQueueBuilder(SETTINGS)


class Driver(PsycopgDriver):
    """Listens on a connection of its own: psycopg lets nobody else use one that listens, for up to a second."""

    def __init__(self, asking: AsyncConnection, listening: AsyncConnection) -> None:
        super().__init__(asking)
        self._ears = PsycopgDriver(listening)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._ears.add_listener(channel, callback)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        await self._ears.remove_listener(channel, callback)

    async def __aexit__(self, *why: object) -> None:
        await super().__aexit__(*why)
        await self._ears.__aexit__(*why)


class AcrossMachines:
    """Takes up grants and sends; `send_due`, which only the leader calls, gives them."""

    def __init__(self, database: Database, sender: Sender, clock: Clock) -> None:
        self._database, self._sender, self._clock = database, sender, clock
        self._at_most = in_flight(database)
        self._room = asyncio.Semaphore(self._at_most)
        self._address = make_url(database.settings.database.url).set(drivername="postgresql")
        self._queries: Queries | None = None
        self._manager: QueueManager | None = None
        self._taking: asyncio.Task[None] | None = None
        self._stopping = False
        self._forgot_at = clock.steady()

    async def start(self) -> None:
        await self._database.write(grants.prepare)
        self._taking = asyncio.create_task(self._take_for_ever())

    async def stop(self) -> None:
        """Take up nothing new, and let what is under way end."""
        self._stopping = True
        if self._manager is not None:
            self._manager.shutdown.set()
        if self._taking is not None:
            await asyncio.wait([self._taking], timeout=STOP_WITHIN)
            self._taking.cancel()

    async def send_due(self, going_on: Callable[[], bool]) -> object:
        """Give grants for as long as something is due and the rate has room."""
        given = 0
        await self._sender.recall_ban()
        while going_on() and not self._sender.closed and self._queries is not None:
            due, granted = await self._database.write(self._grant)
            if granted:
                payloads: list[bytes | None] = [str(grant.id).encode() for grant in granted]
                await self._queries.enqueue([GRANT] * len(granted), payloads, [0] * len(granted))
                given += sum(grant.many for grant in granted)
                await self._forget(self._queries)
            if not due:
                break
            await self._clock.sleep(LOOK_EVERY)
        return given

    async def _forget(self, queries: Queries) -> None:
        now = self._clock.steady()
        if now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            await queries.clear_queue_log()

    def _grant(self, session: Session) -> tuple[int, list[grants.Grant]]:
        """Return how many are due that nobody has been granted yet, and what is granted of them."""
        wanted = outbox.count_due(session, self._clock.now(), WAITING * self._at_most) - grants.waiting(session)
        rate = self._sender.limits.allowed
        granted, left = [], wanted
        while left > 0:
            grant = grants.grant(session, rate, min(left, A_HANDFUL), AHEAD)
            if grant is None:
                break
            granted.append(grant)
            left -= grant.many
        return wanted, granted

    async def _take_for_ever(self) -> None:
        """Keep taking up grants; where a connection breaks, over new ones."""
        address = self._address.render_as_string(hide_password=False)
        while not self._stopping:
            try:
                async with (
                    await AsyncConnection.connect(address, autocommit=True) as asking,
                    await AsyncConnection.connect(address, autocommit=True) as listening,
                ):
                    # PgQueuer's first probe may come before it listens, and who misses it is thought to be deaf.
                    await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(SETTINGS.channel)))
                    await self._take(Queries(Driver(asking, listening), TABLES, STATEMENTS))
            except Exception as trouble:  # noqa: BLE001 - whatever became of it: what is due stays due
                log.warning("grants.not_carried", trouble=type(trouble).__name__)
            finally:
                self._queries = self._manager = None
            if not self._stopping:
                await self._clock.sleep(AGAIN)

    async def _take(self, queries: Queries) -> None:
        """Take up grants until the manager is shut down."""
        async with queries.schema_lock():
            if not await queries.schema_is_installed():
                await queries.install()
        manager = QueueManager(queries, SETTINGS.channel)
        manager.min_dequeue_poll_interval = timedelta(seconds=LOOK_EVERY)

        @manager.entrypoint(GRANT, accepts_context=False)
        async def take_up(job: Job) -> None:
            await self._use(int(job.payload or b"0"))

        self._queries, self._manager = queries, manager
        if self._stopping:
            return
        await manager.run(
            dequeue_timeout=timedelta(seconds=1),
            batch_size=1,
            max_concurrent_tasks=AT_ONCE,
            heartbeat_timeout=STALLED,
            shutdown_on_listener_failure=True,
        )

    async def _use(self, number: int) -> None:
        """Claim and compose as much as was granted, and send it as soon as the grant opens."""
        lease = Lease(self._database, self._clock, lambda: not self._stopping)

        def begin(session: Session) -> tuple[float, float, Claimed] | None:
            begun = grants.begin(session, number)
            if begun is None:
                return None
            many, opens_in = begun
            opens_at = self._clock.steady() + opens_in  # never before: the database has looked at its clock already
            return opens_in, opens_at, claim(session, self._clock.now(), many)

        begun = await self._database.write(begin)
        if begun is None:
            return
        opens_in, opens_at, batch = begun
        # What waits for a place in `room` until the others no longer count this grant goes with another one.
        lease.ends = lease.began + opens_in + grants.USED_WITHIN.total_seconds()
        await self._clock.sleep(max(0.0, opens_at - self._clock.steady()))
        await send(self._database, self._sender, self._clock, batch, lease, self._room)
        ago = self._clock.steady() - self._sender.limits.arrived_by if batch.ready else 0.0
        await self._database.insist(
            lambda session: grants.over(session, number, max(0.0, ago), len(batch.ready)), self._clock
        )
