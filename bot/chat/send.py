"""Messages on their way out: replies in order per chat, only a card's newest state, and what the clock owes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.chat.errors import (
    Gone,
    Refused,
    TelegramTrouble,
    TokenRefused,
    TryLater,
    Unknown,
    cannot_edit,
    is_harmless,
    trouble_of,
)
from bot.chat.limits import Lane, Limits
from bot.clock import Clock
from bot.metrics import Metrics
from bot.render import menu
from bot.render.message import Message, Reply
from bot.store import checkins, inbox, meta, outbox, users
from bot.store.database import Database, Session
from bot.store.disk import cannot_write
from bot.texts.words import texts_for
from bot.together import Together

log = structlog.get_logger()

CAPTION = 1024
AFTER_REFUSAL = 60.0
"""Seconds in which nothing is tried with a token that Telegram refuses."""

EDIT_FRESH = timedelta(hours=1)
FIRST_DOUBT, LONGEST_DOUBT = 2.0, 30.0
"""Seconds until an edit of unknown fate is shown again, twice as long each time."""

MOST_STRANGERS = 100
"""Strangers who wait for a word at a time; whoever comes when so many wait gets none, and may ask again."""

Markup = Mapping[str, Any]


@dataclass
class Answer:
    """What is owed to one person for one or more of their updates, until it is shown. `menu`: the language of a menu of
    commands for this chat alone, "" where it needs none of its own, None where it stays as it is."""

    chat_id: int
    reply: Reply
    tapped: int | None
    queries: list[str] = field(default_factory=list)
    updates: list[int] = field(default_factory=list)
    lane: Lane = Lane.REPLY
    menu: str | None = None

    def replaces(self, other: "Answer") -> bool:
        """Tell whether this makes `other` not worth showing: both only redraw the same card."""
        return self.tapped is not None and self.tapped == other.tapped and _redraws(self) and _redraws(other)


def _redraws(answer: Answer) -> bool:
    messages = answer.reply.messages
    return len(messages) == 1 and messages[0].edit == "tapped"


@dataclass(frozen=True)
class Note:
    """What became of an answer: (check-in, message) of each card that stands there now, and whether its person has
    gone."""

    answer: Answer
    shown: Sequence[tuple[int, int]]
    gone: bool


class Sender:
    """Sends through one Bot. A reply's `inbox.replied` is written when it has been shown."""

    def __init__(self, bot: Bot, database: Database, limits: Limits, clock: Clock, metrics: Metrics) -> None:
        self._bot = bot
        self._metrics = metrics
        self._database = database
        self._limits = limits
        self._clock = clock
        self._chats: dict[int, deque[Answer]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._strangers: set[int] = set()
        self._showing: set[int] = set()
        self._menus: dict[int, str] = {}
        self._notes = Together[Note](self._write_down)

    def reply(self, answer: Answer) -> None:
        """Show an answer as soon as the ones before it in this chat are shown; never waits itself."""
        self._showing.update(answer.updates)
        if answer.menu is not None:
            self._menus[answer.chat_id] = answer.menu
        lane = self._chats.get(answer.chat_id)
        if lane is None:
            if answer.lane is Lane.STRANGER:
                if len(self._strangers) >= MOST_STRANGERS:
                    self._showing.difference_update(answer.updates)
                    return
                self._strangers.add(answer.chat_id)
            self._chats[answer.chat_id] = deque([answer])
            task = asyncio.create_task(self._show_all(answer.chat_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif lane and answer.replaces(lane[-1]):
            before = lane.pop()
            answer.queries[:0], answer.updates[:0] = before.queries, before.updates
            lane.append(answer)
        else:
            lane.append(answer)

    def shows(self, update_id: int) -> bool:
        """Tell whether the answer to this update is still on its way."""
        return update_id in self._showing

    async def shown(self) -> None:
        """Return when every answer owed so far has been shown or given up."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Return when no answer is owed any more."""
        while self._tasks:
            await self.shown()

    async def recall_ban(self) -> None:
        """Keep the silence that Telegram asked an earlier process for."""
        until = await self._database.write(lambda session: meta.get_instant(session, "closed_until"))
        if until is not None and until > self._clock.now():
            self._limits.close_for((until - self._clock.now()).total_seconds())

    @property
    def limits(self) -> Limits:
        """Return what this process knows of Telegram's limits."""
        return self._limits

    @property
    def closed(self) -> bool:
        """Tell whether Telegram has asked for silence: nothing more should be composed until it is over."""
        return self._limits.closed

    async def deliver(
        self, chat_id: int, reply: Reply, may_go: Callable[[], bool], still_owed: Callable[[], Awaitable[bool]]
    ) -> int | None:
        """Send what is new of what the clock owes and return the last message's id. Raises Gone, TryLater, Refused or
        Unknown.

        TryLater(0) where it may not go any more when its turn comes: too late, or no longer ours. What
        follows the first message goes like a reply, as the clock has counted one. Between two messages the person may
        have deleted everything: then nothing more comes.
        """
        message_id = None
        for message in reply.messages:
            if message.edit is None:
                if message_id is not None and not await still_owed():
                    break
                lane = Lane.CLOCK if message_id is None else Lane.REPLY
                message_id = await self._new(chat_id, message, lane, may_go)
        return message_id

    async def set_right(self, chat_id: int, reply: Reply) -> None:
        """Change older messages as what the clock has sent wants it; that is worth one try."""
        for message in reply.messages:
            if message.edit is None:
                continue
            try:
                await self._edit(chat_id, message, tapped=None)
            except TelegramTrouble as trouble:
                log.info("edit.left_out", trouble=type(trouble).__name__)

    async def say_and_leave(self, chat_id: int, message: Message) -> None:
        """Say one line in a group and leave it."""
        for method, what in (("sendMessage", {"text": message.text}), ("leaveChat", {})):
            try:
                await self._ask(method, chat_id=chat_id, **what)
            except TelegramError as error:
                log.info("group.not_left", trouble=type(error).__name__)

    async def _show_all(self, chat_id: int) -> None:
        lane = self._chats[chat_id]
        try:
            while lane:
                answer = lane.popleft()
                try:
                    await self._show(answer)
                except Exception as trouble:
                    log.error("reply.failed", updates=answer.updates, trouble=type(trouble).__name__, exc_info=True)
                self._showing.difference_update(answer.updates)
        finally:
            del self._chats[chat_id]
            self._strangers.discard(chat_id)

    async def _show(self, answer: Answer) -> None:
        """Answer the taps, show the messages and set the menu, side by side; then note what was shown."""
        deeds = [self._answer_tap(query, answer.reply.toast) for query in answer.queries]
        if answer.chat_id in self._menus:
            deeds.append(self._set_menu(answer.chat_id))
        beside = asyncio.gather(*deeds)
        shown, gone = await self._show_messages(answer)
        await beside
        if shown or answer.updates or gone:
            await self._notes.add(Note(answer, shown, gone))

    async def _show_messages(self, answer: Answer) -> tuple[Sequence[tuple[int, int]], bool]:
        """Return (check-in, message) of each card that stands there now, and whether the person has gone."""
        shown: list[tuple[int, int]] = []
        for message in answer.reply.messages:
            try:
                message_id = await self._show_one(answer, message)
            except Gone:
                return shown, True
            except TelegramTrouble as trouble:
                log.warning("reply.not_shown", trouble=type(trouble).__name__, why=str(trouble))
                if message.card is not None:
                    break  # what follows says that the old card goes on below, and perhaps nothing is there
                continue
            if message.card is not None and message_id is not None:
                shown.append((message.card, message_id))
        return shown, False

    async def _write_down(self, notes: Sequence[Note]) -> None:
        """Write down what was shown, and that the updates behind it are done with."""
        write = partial(_write, notes, self._clock.now())
        try:
            await self._database.write(write)
        except DBAPIError as trouble:
            if not cannot_write(trouble):
                raise
            # The next word to this person, perhaps that nothing can be saved now, must not wait for the disk.
            task = asyncio.create_task(self._database.insist(write, self._clock))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _show_one(self, answer: Answer, message: Message) -> int | None:
        """Show one message, waiting out what passes; an edit is repeated freely, a new message is never sent twice."""
        give_up = self._clock.now() + EDIT_FRESH
        doubt = FIRST_DOUBT
        while True:
            try:
                if message.edit is None:
                    return await self._new(answer.chat_id, message, answer.lane)
                return await self._edit(answer.chat_id, message, answer.tapped)
            except TryLater as later:
                pause = later.seconds
            except Unknown:
                if message.edit is None:
                    raise
                pause, doubt = doubt, min(doubt * 2, LONGEST_DOUBT)
            if self._clock.now() + timedelta(seconds=pause) > give_up:
                raise Unknown("given up")
            await self._clock.sleep(pause)

    async def _answer_tap(self, query: str, toast: str | None) -> None:
        if self._limits.closed:
            return
        try:
            await self._ask("answerCallbackQuery", callback_query_id=query, text=toast)
        except Exception as error:  # noqa: BLE001 - the spinner on a button is all that hangs on it
            if not (isinstance(error, TelegramError) and is_harmless(error)):
                log.info("tap.not_answered", trouble=type(error).__name__)

    async def _set_menu(self, chat_id: int) -> None:
        """Set or take away a chat's own menu where that is owed; what does not succeed is owed with its next answer."""
        if self._limits.closed:
            return
        language = self._menus[chat_id]
        scope = {"type": "chat", "chat_id": chat_id}
        try:
            if language:
                named = [{"command": name, "description": text} for name, text in menu.commands(texts_for(language))]
                await self._ask("setMyCommands", commands=named, scope=scope)
            else:
                await self._ask("deleteMyCommands", scope=scope)
        except Exception as error:  # noqa: BLE001 - a menu is not worth a word that is not shown
            trouble = trouble_of(error) if isinstance(error, TelegramError) else error
            log.info("telegram.menu_not_set", trouble=type(trouble).__name__)
            if not isinstance(trouble, Gone | Refused):
                return
        if self._menus.get(chat_id) == language:
            del self._menus[chat_id]

    async def _new(self, chat_id: int, message: Message, lane: Lane, may_go: Callable[[], bool] | None = None) -> int:
        """Send a new message, or a picture and what does not fit below it; returns the last one's id."""
        drawn = await self._draw(message)
        shield = {"protect_content": True} if message.discreet else {}
        if self._limits.paid:
            shield["allow_paid_broadcast"] = True
        options = {
            "reply_markup": _markup(message),
            "parse_mode": "HTML",
            "disable_notification": message.quiet,
            **shield,
        }
        text = message.text if drawn is not None or message.file is None else message.file.otherwise

        def send(method: str, **what: Any) -> Awaitable[int]:
            return self._send(chat_id, lane, may_go, method, **what)

        if drawn is None:
            return await send("sendMessage", text=text, **options)
        kind = "photo" if message.file is None else "document"
        content: dict[str, Any] = {kind: InputFile(drawn, filename=message.file.name if message.file else None)}
        if message.file is None and message.discreet:
            content["has_spoiler"] = True
        bring = partial(send, f"send{kind.title()}", **content)
        if len(text) <= CAPTION:
            return await bring(caption=text, **options)
        await bring(**shield)
        if lane is Lane.CLOCK:
            lane = Lane.REPLY
        return await send("sendMessage", text=text, **options)

    async def _edit(self, chat_id: int, message: Message, tapped: int | None) -> int | None:
        message_id = tapped if message.edit == "tapped" else message.edit
        if message_id is None or (message.draw is not None and len(message.text) > CAPTION):
            return await self._new(chat_id, message, Lane.REPLY)
        picture = await self._draw(message)
        there: dict[str, Any] = {
            "chat_id": chat_id,
            "message_id": int(message_id),
            "reply_markup": _markup(message) if message.buttons else None,
        }
        await self._limits.open()
        try:
            if picture is not None:
                media = InputMediaPhoto(picture, caption=message.text, parse_mode="HTML")
                await self._ask("editMessageMedia", media=media, **there)
            else:
                await self._ask("editMessageText", text=message.text, parse_mode="HTML", **there)
        except TelegramError as error:
            if cannot_edit(error) and message.card is None and message.edit != "tapped":
                return None  # the person deleted the old card: a line about it would only stand below the new one
            if cannot_edit(error):
                return await self._new(chat_id, message, Lane.REPLY)
            if not is_harmless(error):
                raise await self._trouble(error) from error
        except Exception as odd:
            raise Unknown(type(odd).__name__) from odd
        return int(message_id)

    async def _send(self, chat_id: int, lane: Lane, may_go: Callable[[], bool] | None, method: str, **what: Any) -> int:
        """Send something new once it is its turn; returns its id."""
        async with self._limits.permit(chat_id, lane):
            if may_go is not None and not may_go():
                raise TryLater(0)
            outcome = "unknown"
            try:
                answer = await self._ask(method, chat_id=chat_id, **what)
                outcome = "sent"
                return int(answer["message_id"])
            except TelegramError as error:
                trouble = await self._trouble(error)
                outcome = trouble.outcome
                raise trouble from error
            except Exception as odd:
                # Not an answer of Telegram's: a captive portal, a broken proxy.
                raise Unknown(type(odd).__name__) from odd
            finally:
                self._metrics.sends.labels(outcome).inc()

    async def _ask(self, method: str, **parameters: Any) -> Any:
        """Call the Bot API and return the result as it came: objects that nobody looks at cost more than the call."""
        given = [RequestParameter.from_input(name, it) for name, it in parameters.items() if it is not None]
        return await self._bot.request.post(f"{self._bot.base_url}/{method}", RequestData(given))

    async def _trouble(self, error: TelegramError) -> TelegramTrouble:
        trouble = trouble_of(error)
        if isinstance(trouble, TryLater) and trouble.flood:
            self._limits.close_for(trouble.seconds)
            log.warning("telegram.flood", seconds=trouble.seconds)
            until = self._clock.now() + timedelta(seconds=trouble.seconds)
            await self._database.write(lambda session: meta.put_instant(session, "closed_until", until))
        if isinstance(trouble, TokenRefused):
            log.error("telegram.token_refused")
            self._limits.close_for(AFTER_REFUSAL)
        return trouble

    async def _draw(self, message: Message) -> bytes | None:
        if message.draw is None:
            return None
        try:
            return await asyncio.to_thread(message.draw)
        except Exception as error:  # noqa: BLE001 - the words say the same; a picture must not cost them
            log.error("picture.not_drawn", trouble=type(error).__name__, file=message.file is not None)
            return None


def _write(notes: Sequence[Note], now: datetime, session: Session) -> None:
    checkins.remember_messages(session, [card for note in notes for card in note.shown])
    inbox.replied(session, [update_id for note in notes for update_id in note.answer.updates], now)
    for note in notes:
        if note.gone:
            users.block(session, note.answer.chat_id, now)
            outbox.withdraw(session, note.answer.chat_id)


def _markup(message: Message) -> Markup | None:
    if message.buttons:
        return {
            "inline_keyboard": [[{"text": b.label, "callback_data": b.data} for b in row] for row in message.buttons]
        }
    if message.keys:
        keys: list[list[Any]] = [[{"text": key} for key in row] for row in message.keys]
        if message.ask_location:
            keys.insert(0, [{"text": message.ask_location, "request_location": True}])
        return {"keyboard": keys, "one_time_keyboard": True, "resize_keyboard": True}
    return {"remove_keyboard": True} if message.clear_keys else None
