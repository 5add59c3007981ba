"""Updates in: stored before Telegram is told that we have them, then handled, each person's in order."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import structlog
from sqlalchemy.exc import DBAPIError
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.chat.errors import cause_of, is_telegrams, seconds_of
from bot.chat.intake import Raw, id_in, person_of
from bot.chat.silence import Silence
from bot.clock import Clock
from bot.store import inbox, meta
from bot.store.database import TRY_AGAIN, Database

log = structlog.get_logger()

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL = 25
LONGEST_PAUSE = 15.0
AFTER_REFUSAL = 60.0
TELL_EVERY = 60.0
TAP_LIVES = timedelta(seconds=150)
TOLD_LATEST = timedelta(hours=1)
"""Where Telegram pushes, it has been told by then that we have an update, or has sent it again."""

"""Telegram keeps an undelivered tap only so long (its server's source); messages 24 h."""

NOTE_EVERY = timedelta(seconds=10)


class Lanes:
    """Runs `handle` for raw updates: one at a time per person, in the order they came."""

    def __init__(self, handle: Callable[[Raw], Awaitable[None]]) -> None:
        self._handle = handle
        self._waiting: dict[int, deque[Raw]] = {}
        self._here: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, raw: Raw) -> None:
        key = person_of(raw) or 0
        self._here.add(raw["update_id"])
        lane = self._waiting.get(key)
        if lane is not None:
            lane.append(raw)
            return
        self._waiting[key] = deque([raw])
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def has(self, update_id: int) -> bool:
        """Tell whether this update waits here, or is being handled."""
        return update_id in self._here

    async def idle(self) -> None:
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: int) -> None:
        lane = self._waiting[key]
        try:
            while lane:
                raw = lane.popleft()
                try:
                    await self._handle(raw)
                except Exception as trouble:
                    log.error("update.failed", update=raw["update_id"], trouble=type(trouble).__name__, exc_info=True)
                self._here.discard(raw["update_id"])
        finally:
            del self._waiting[key]


class Receiver:
    """Asks Telegram for updates. `poll` is one request; `run` repeats it, patiently, until `stop`; `listen` is for
    where Telegram pushes instead.

    `came_back(since, until)` is told after a silence longer than Telegram keeps taps; `heard_at` is the last answer.
    """

    def __init__(
        self,
        request: BaseRequest,
        base: str,
        database: Database,
        clock: Clock,
        take_in: Callable[[Sequence[Raw]], Awaitable[int]],
        came_back: Callable[[datetime, datetime], None],
    ) -> None:
        self._request = request
        self._base = base
        self._database = database
        self._clock = clock
        self._take_in = take_in
        self._came_back = came_back
        self._offset: int | None = None
        self._untold = True
        self._stopping = False
        self.heard_at: datetime | None = None
        self._noted_at: datetime | None = None
        self._told_at: float | None = None

    async def poll(self, seconds: int) -> int:
        """Fetch, store and pass on one batch, waiting up to `seconds` for it. Returns how many updates were new.

        The next call confirms this batch to Telegram, so it is on disk before this one returns. Raises TelegramError.
        """
        query = {"timeout": seconds, "allowed_updates": json.dumps(ALLOWED)}
        if self._offset is not None:
            query["offset"] = self._offset
        try:
            url = f"{self._base}/getUpdates?{urlencode(query)}"
            answer: Any = await self._request.post(url, read_timeout=seconds + 10)
        except TelegramError as error:
            if is_telegrams(error):
                raise
            answer = None
        if not isinstance(answer, list):
            raise TelegramError("not an answer of Telegram's")
        if self._offset is not None and self._untold:
            await self._database.write(inbox.drop_forgotten)
            self._untold = False
        raws: Sequence[Raw] = [r for r in answer if isinstance(r, Mapping) and id_in(r.get("update_id")) is not None]
        new = 0
        if raws:
            new = await self._take_in(raws)
            self._offset = raws[-1]["update_id"] + 1
            self._untold = True
        await self._heard()
        return new

    async def _heard(self) -> None:
        """Note that Telegram answered; after a silence in which taps were lost, say so."""
        now = self._clock.now()
        before = self.heard_at or await self._database.write(lambda s: meta.get_instant(s, "heard_at"))
        if self._noted_at is None or now - self._noted_at >= NOTE_EVERY:
            await self._database.write(lambda s: meta.put_instant(s, "heard_at", now))
            self._noted_at = now
        self.heard_at = now
        if before is not None and now - before > TAP_LIVES:
            log.warning("telegram.away", seconds=int((now - before).total_seconds()))
            self._came_back(before, now)

    async def listen(self) -> None:
        """Note every few seconds until stopped that we are here: who is pushed knows of no silence but its own."""
        while not self._stopping:
            try:
                await self._heard()
                told = self._clock.now() - TOLD_LATEST
                await self._database.write(partial(inbox.drop_forgotten, before=told))
            except DBAPIError as error:
                self._database.complain(error, self._clock)
            await self._clock.sleep(NOTE_EVERY.total_seconds())

    async def run(self) -> None:
        silence = Silence(self._clock, self._renew)
        try:
            await self._poll_on(silence)
        finally:
            silence.watch_no_more()

    async def _poll_on(self, silence: Silence) -> None:
        pause, backoff, wait = 0.0, 0.0, LONG_POLL
        while not self._stopping:
            began = self._clock.steady()
            try:
                await self.poll(wait)
                silence.heard()
                pause, backoff, wait = 0.0, 0.0, LONG_POLL
            except InvalidToken:
                log.error("telegram.token_refused", retry_in=AFTER_REFUSAL)
                pause = AFTER_REFUSAL
            except Conflict:
                self._tell_conflict()
                pause = LONGEST_PAUSE
            except RetryAfter as error:
                pause = seconds_of(error)
            except DBAPIError as error:
                silence.heard()
                pause = min(max(1.0, pause * 2), TRY_AGAIN)
                self._database.complain(error, self._clock)
            except Exception as error:  # noqa: BLE001 - whatever answers in Telegram's place: ask again
                if not self._stopping:
                    backoff = min(max(1.0, backoff * 2), LONGEST_PAUSE)
                    # Short questions, soon given up, and no pause after one that hung: else it would take half a minute
                    # to notice that the network is back.
                    wait, pause = 0, max(1.0, backoff - (self._clock.steady() - began))
                    log.warning("poll.failed", trouble=cause_of(error), retry_in=round(pause, 1))
            if pause and not self._stopping:
                await self._clock.sleep(pause)

    async def _renew(self) -> None:
        """Begin anew on another session; a question under way ends with the old one."""
        if not self._stopping:
            await self._request.shutdown()
            await self._request.initialize()

    def _tell_conflict(self) -> None:
        """Say once a minute that somebody else polls with this token."""
        now = self._clock.steady()
        if self._told_at is None or now - self._told_at >= TELL_EVERY:
            self._told_at = now
            log.error("telegram.conflict", hint="another bot is running with this token; stop one of the two")

    async def stop(self) -> None:
        """Ask no more. Closing the session ends a waiting request; what it might have brought stays at Telegram."""
        self._stopping = True
        await self._request.shutdown()
        if (heard_at := self.heard_at) is not None:
            await self._database.write(lambda session: meta.put_instant(session, "heard_at", heard_at))
