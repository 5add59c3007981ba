"""The line to Telegram with everything that may be wrong with it, and a list of what the clock sent over it."""

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from telegram.error import NetworkError, TimedOut

from bot.domain.reminders import CHECKIN, policy
from bot.sandbox.botapi import BotApi, Upload
from bot.sandbox.rules import Json
from bot.store.outbox import Owed
from jobs import deliver
from tests.faults.virtual import LoopClock
from tests.faults.world import LATENCY

TROUBLES = ("error", "lost", "broken", "banned", "hangs", "late", "slow")
"""A 502; an answer lost or unreadable; a ban; no answer for 20 s, before or after it was done; an answer after 3 s."""

PATIENCE = 20.0
OWED: ContextVar[tuple[Owed, datetime] | None] = ContextVar("owed", default=None)
"""The delivery that a call to Telegram is for, and when it was begun."""

_really_send = deliver._send


async def send(*words: Any) -> bool:
    """Stand in for the clock's way out, so that the line knows what is sent for which delivery."""
    (owed,) = (word for word in words if isinstance(word, Owed))
    (clock,) = (word for word in words if isinstance(word, LoopClock))
    OWED.set((owed, clock.now()))
    return await _really_send(*words)


@dataclass
class Sent:
    """A message that the clock sent and Telegram took; `told_at` = when the bot got to know, None = never.

    `doubtful`: the bot may not know; `unwanted`: nobody wanted it then.
    """

    user_id: int
    kind: str
    slot: str
    due_at: datetime
    at: datetime
    unwanted: bool
    told_at: datetime | None = None
    doubtful: bool = True

    @property
    def key(self) -> tuple[int, str, str]:
        return self.user_id, self.kind, self.slot


class Line:
    """Half of all calls meet with `trouble`, while there is any; `calm_since`: since when the clock could send.

    `handed` are the updates the bot has had, `lost` those that Telegram forgot before; `untold` are messages that
    arrived and the bot may not know of; `missed` counts sends of a delivery that the bot does not know the fate of.
    """

    def __init__(self, api: BotApi, wanted: Callable[[Owed, datetime, datetime], bool]) -> None:
        self.api = api
        self.wanted = wanted
        self.trouble = ""
        self.chance = random.Random(0)
        self.calm_since = api.clock.now()
        self.sent: list[Sent] = []
        self.untold: set[int] = set()
        self.missed: dict[tuple[int, str, str], int] = {}
        self.handed: set[int] = set()
        self.lost: set[int] = set()
        self._call, self._get, self._drop_old = api.call, api.updates.get, api.updates.drop_old
        api.call, api.updates.get, api.updates.drop_old = self.call, self.get, self.drop_old  # type: ignore[method-assign]

    def is_calm_from_now_on(self) -> None:
        self.calm_since = max(self.calm_since, self.api.clock.now())

    async def call(
        self, token: str, method: str, params: Mapping[str, object], files: Mapping[str, Upload]
    ) -> tuple[int, dict[str, Any]]:
        owed, began = (OWED.get() if method == "sendMessage" else None) or (None, None)
        strikes = self.chance.random() < 0.5
        if owed and strikes and self.trouble not in ("", "slow", "banned"):
            key = owed.user_id, owed.kind, owed.slot
            self.missed[key] = self.missed.get(key, 0) + 1
        match self.trouble if strikes else "":
            case "error":
                return 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}
            case "banned" if method != "getUpdates":
                return 429, self._ban(self.chance.randint(2, 40))
            case "hangs":
                await self.api.clock.sleep(PATIENCE)
                raise TimedOut
        status, answer = await self._call(token, method, params, files)
        message_id = answer["result"]["message_id"] if status == 200 and method == "sendMessage" else 0
        sent = self._note(owed, began, params) if message_id and owed and began else None
        self.untold.add(message_id)
        match self.trouble if strikes else "":
            case "lost":
                raise NetworkError("the answer was lost")
            case "broken":
                return 200, {"ok": True, "result": 7}
            case "late":
                await self.api.clock.sleep(PATIENCE)
                raise TimedOut
            case "slow":
                await self.api.clock.sleep(3)
        self.untold.discard(message_id)
        if sent:
            sent.told_at, sent.doubtful = self.api.clock.now(), False
        return status, answer

    async def get(self, *words: Any) -> list[Json]:
        batch = await self._get(*words)
        self.handed |= {update["update_id"] for update in batch}
        return batch

    def drop_old(self) -> None:
        """Forget what is too old, but never what the bot has had: whether it kept that could not be told."""
        updates = self.api.updates
        before = list(updates.queue)
        self._drop_old()
        kept = {update.update_id for update in updates.queue} | self.handed
        updates.queue = deque(update for update in before if update.update_id in kept)
        self.lost |= {update.update_id for update in before} - kept

    def is_cut(self) -> None:
        """Let the bot never get to know what Telegram has just answered."""
        just_now = self.api.clock.now() - timedelta(seconds=LATENCY)
        for sent in self.sent:
            sent.doubtful = sent.doubtful or sent.told_at is None or sent.told_at >= just_now

    def forgets(self, user_id: int) -> None:
        """Let whoever comes back be somebody new."""
        self.sent = [sent for sent in self.sent if sent.user_id != user_id]
        self.missed = {key: times for key, times in self.missed.items() if key[0] != user_id}

    def too_often(self) -> Iterator[str]:
        """Yield what was said too often: twice is right only where the first's fate was unknown, and where allowed."""
        said: dict[tuple[int, str, str], list[Sent]] = {}
        for one in self.sent:
            said.setdefault(one.key, []).append(one)
        for (user_id, kind, slot), copies in said.items():
            if len(copies) > 1 + (policy(kind).tries > 1 and copies[0].doubtful):
                yield f"{len(copies)} copies of {kind} {slot} for {user_id}"

    def _ban(self, seconds: int) -> dict[str, Any]:
        self.calm_since = max(self.calm_since, self.api.clock.now() + timedelta(seconds=seconds + 2))
        answer = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
        return {**answer, "parameters": {"retry_after": seconds}}

    def _note(self, owed: Owed, began: datetime, params: Mapping[str, object]) -> Sent | None:
        """Note what was sent; what goes with a card, above it or in its place, is no card."""
        if owed.kind == CHECKIN and "skip:" not in str(params.get("reply_markup")):
            return None
        now = self.api.clock.now()
        sent = Sent(owed.user_id, owed.kind, owed.slot, owed.due_at, now, unwanted=not self.wanted(owed, began, now))
        self.sent.append(sent)
        return sent
