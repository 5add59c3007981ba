"""Updates that wait for the bot: numbered, confirmed by offset, gone when they are too old."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from bot.clock import Clock
from bot.sandbox.bell import Bell
from bot.sandbox.refused import Refused
from bot.sandbox.rules import Json

KEPT = timedelta(hours=24)
TAPS_KEPT = timedelta(seconds=150)
ONLY_WHEN_NAMED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MOST = 100
LONGEST_POLL = 50
HASTE = 0.5
"""Who asks for the same updates again within these seconds gets one at a time."""

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(frozen=True)
class Waiting:
    update_id: int
    at: datetime
    body: Json


class Updates:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.queue: deque[Waiting] = deque()
        self.next_id = 1
        self.allowed: Sequence[str] = ()
        self.arrived = Bell()
        self.poll = 0
        self.webhook: Json = {}
        self.last_answer: tuple[int, float] | None = None

    def add(self, body: Json, *, filtered: bool = True) -> int:
        """Queue an update and return its id; kinds the bot did not ask for are never made."""
        kind = next(iter(body), "")
        if filtered and not (kind in self.allowed if self.allowed else kind not in ONLY_WHEN_NAMED):
            return 0
        update_id, self.next_id = self.next_id, self.next_id + 1
        self.queue.append(Waiting(update_id, self.clock.now(), body))
        self.arrived.ring()
        return update_id

    async def get(self, offset: int, limit: int, patience: float, allowed: Sequence[str] | None) -> list[Json]:
        """Answer getUpdates: confirm below `offset`, then wait up to `patience` seconds for the first update."""
        if self.webhook:
            raise Refused(409, WEBHOOK)
        self.poll += 1
        poll = self.poll
        self.arrived.ring()
        if allowed is not None:
            self.allowed = tuple(allowed)
        self.confirm(offset)
        until = self.clock.steady() + min(max(patience, 0), LONGEST_POLL)
        self.drop_old()
        while not self.queue and (left := until - self.clock.steady()) > 0:
            await self.arrived.wait(self.clock, left)
            if poll != self.poll:
                raise Refused(409, CONFLICT)
            self.drop_old()
        if self.asked_in_haste(offset):
            limit = 1
        batch = list(islice(self.queue, limit if 1 <= limit <= MOST else MOST))
        self.last_answer = (offset, self.clock.steady()) if batch else None
        return [{"update_id": update.update_id, **update.body} for update in batch]

    def confirm(self, offset: int) -> None:
        """Forget everything below `offset`; a negative one keeps only that many from the end."""
        if offset < 0:
            offset = self.queue[max(len(self.queue) + offset, 0)].update_id if self.queue else 0
        while self.queue and self.queue[0].update_id < offset:
            self.queue.popleft()

    def drop_old(self) -> None:
        now = self.clock.now()
        self.queue = deque(
            update
            for update in self.queue
            if now - update.at <= (TAPS_KEPT if "callback_query" in update.body else KEPT)
        )

    def asked_in_haste(self, offset: int) -> bool:
        if self.last_answer is None:
            return False
        last_offset, at = self.last_answer
        return offset == last_offset and self.clock.steady() - at < HASTE

    def set_webhook(self, webhook: Json, *, drop_pending: bool) -> None:
        """Switch between webhook and polling; a poll that waits is ended with a 409."""
        self.webhook = webhook
        if webhook.get("allowed_updates") is not None:
            self.allowed = tuple(webhook["allowed_updates"])
        if drop_pending:
            self.queue.clear()
        if webhook:
            self.poll += 1
            self.arrived.ring()
