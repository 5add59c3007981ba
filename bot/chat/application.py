"""The Telegram edge put together: receive, route, turn, send; started and stopped as one."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from telegram import BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, ExtBot
from telegram.request import BaseRequest

from bot.actions import checkin, checklist, consent, safety
from bot.chat.errors import Refused, TokenRefused, cause_of, trouble_of
from bot.chat.intake import Intake, Raw, Why, id_in, person_of
from bot.chat.limits import Lane, Limits
from bot.chat.receive import ALLOWED, LONGEST_PAUSE, Lanes, Receiver
from bot.chat.routes import handlers
from bot.chat.send import Answer, Sender
from bot.chat.shared_limits import SharedLimits
from bot.chat.turn import Turns
from bot.clock import Clock
from bot.domain.safety import Concern, heard
from bot.metrics import Metrics
from bot.render import consent as consent_words
from bot.render import menu
from bot.render import settings as words
from bot.render.message import Reply
from bot.store import checkins, inbox, meta, users
from bot.store.database import Database, Session
from bot.store.users import User
from bot.texts.words import LANGUAGES, texts_for

SIGN_TICKED = re.compile(r"sign:(\d+):\w+")
log = structlog.get_logger()

CARD_OPEN = timedelta(hours=36)
"""A card is thought to be in use so long after it was first shown: its day and the evening after."""

LEFT_FOR = timedelta(seconds=8)
PLAIN_LEFT_FOR = timedelta(minutes=1)
"""After so long another process is thought to have stopped before it handled an update, or before it showed the answer:
a card may be shown twice, "I was restarted" should not be said for nothing. Looked at every second."""

STOP_WITHIN = 20.0
"""Seconds a graceful stop waits for turns and sends under way."""


class Chat:
    """The bot on one Telegram. `request` sends, `polling` asks: a long poll must not take a sender's place."""

    def __init__(
        self, database: Database, clock: Clock, *, token: str, base_url: str, request: BaseRequest, polling: BaseRequest
    ) -> None:
        sending = database.settings.sending
        self._database = database
        self._clock = clock
        self._requests = (request, polling)
        files = f"{base_url.removesuffix('/bot')}/file/bot"
        bot: ExtBot[None] = ExtBot(
            token, base_url=base_url, base_file_url=files, request=request, get_updates_request=polling
        )
        self.application: Application = (  # type: ignore[type-arg]
            # No JobQueue: PTB would start one of its own as soon as APScheduler is installed.
            ApplicationBuilder().bot(bot).updater(None).job_queue(None).build()
        )
        limits = partial(SharedLimits, database) if database.shared else Limits
        paced = limits(clock, per_second=sending.per_second, per_chat_per_second=sending.per_chat_per_second)
        self.metrics = Metrics()
        self.sender = Sender(bot, database, paced, clock, self.metrics)
        self._turns = Turns(database, self.sender, clock, self._handle)
        self.application.add_handlers(list(handlers(self._turns)))
        self.application.add_error_handler(self._not_handled)
        self._lanes = Lanes(self._take)
        self._telling: set[asyncio.Task[None]] = set()
        self._shown_again: set[int] = set()
        self.intake = Intake(database, clock, self._accept, self._turn_away)
        self.receiver = Receiver(polling, f"{base_url}{token}", database, clock, self.intake.take_in, self._came_back)

    @property
    def username(self) -> str:
        return str(self.application.bot.username)

    async def start(self) -> None:
        """Connect, waiting for the network if need be, and finish what the last process left. Raises InvalidToken."""
        await self._database.insist(self._follow_consent, self._clock)
        await self._reach(self.application.initialize)
        await self._database.write(self._note_name)
        await self._introduce()
        await self.sender.recall_ban()
        if not self._database.shared:
            await self.take_up(timedelta(0), timedelta(0))

    def _note_name(self, session: Session) -> None:
        """Keep how the bot is called, for the links that lead to it; where nothing changed, nothing is written."""
        if meta.get(session, "bot_name") != self.username:
            meta.put(session, "bot_name", self.username)

    async def be_pushed(self, url: str, secret: str) -> None:
        """Ask Telegram to push updates to `url`, and be there until stopped. Raises what Telegram refuses."""
        bot = self.application.bot
        await self._reach(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=list(ALLOWED)))
        await self.receiver.listen()

    async def be_polled(self) -> None:
        """Ask for updates until stopped; an old webhook is taken away first, what waits there stays."""
        bot = self.application.bot
        try:
            await self._reach(lambda: bot.delete_webhook(drop_pending_updates=False))
        except TelegramError as error:  # then the polls are refused, and say so
            log.warning("telegram.webhook_not_removed", trouble=type(error).__name__)
        await self.receiver.run()

    async def _reach(self, call: Callable[[], Awaitable[object]]) -> None:
        """Make a call without which nothing goes on until Telegram answers it. Raises what Telegram itself refuses."""
        backoff = 1.0
        while True:
            began = self._clock.steady()
            try:
                await call()
                return
            except Exception as error:
                if isinstance(error, TelegramError) and isinstance(trouble_of(error), Refused | TokenRefused):
                    raise
                pause = max(1.0, backoff - (self._clock.steady() - began))
                log.warning("telegram.unreachable", trouble=cause_of(error), retry_in=round(pause, 1))
                await self._clock.sleep(pause)
                backoff = min(backoff * 2, LONGEST_PAUSE)

    async def settle(self) -> None:
        """Return when every update taken so far has been handled and its answer shown."""
        await self._lanes.idle()
        while self._telling:
            await asyncio.gather(*self._telling, return_exceptions=True)
        await self.sender.idle()

    async def stop(self) -> None:
        """Ask for no more updates, finish what is under way, let go of the network."""
        try:
            await self.receiver.stop()
        except Exception as trouble:  # noqa: BLE001 - a full disk must not keep the rest from stopping
            log.error("stop.not_noted", trouble=type(trouble).__name__)
        done = asyncio.ensure_future(self.settle())
        await asyncio.wait([done], timeout=STOP_WITHIN)
        done.cancel()
        await self.application.shutdown()
        # PTB closes nothing where it was never fully initialized.
        for request in self._requests:
            await request.shutdown()

    def _accept(self, raw: Raw) -> None:
        self.metrics.updates.inc()
        self._lanes.add(raw)

    async def _take(self, raw: Raw) -> None:
        with self.metrics.turns.time():
            await self._handle(raw)

    async def _handle(self, raw: Raw) -> None:
        update = await self._read(raw)
        if update is None:
            return
        try:
            await self.application.process_update(update)
        except Exception as trouble:  # noqa: BLE001 - an update bent so far that even PTB's own error path stumbles
            log.error("update.not_handled", update=raw["update_id"], trouble=type(trouble).__name__)
            await self._turns.set_aside(raw["update_id"], person_of(raw), trouble)

    async def _read(self, raw: Raw) -> Update | None:
        """Parse one update; what cannot be parsed, or is from somebody whose id is none, is set aside."""
        update_id = raw["update_id"]
        try:
            update = Update.de_json(dict(raw), self.application.bot)
            if update.effective_user is not None and id_in(update.effective_user.id) is None:
                raise ValueError("no person's id")
            return update
        except Exception as trouble:  # noqa: BLE001 - whatever the parser makes of a strange update, the others go on
            log.error("update.unreadable", update=update_id, trouble=type(trouble).__name__)
            await self._turns.set_aside(update_id, person_of(raw), trouble)
            return None

    async def _not_handled(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        """Set aside what a filter stumbled over; PTB's own words about it would quote the update."""
        trouble = context.error or RuntimeError()
        log.error("update.not_handled", trouble=type(trouble).__name__)
        if isinstance(update, Update):
            person = update.effective_user
            await self._turns.set_aside(update.update_id, id_in(person.id) if person else None, trouble)

    async def take_up(self, left_for: timedelta = LEFT_FOR, plain: timedelta = PLAIN_LEFT_FOR) -> None:
        """Go on with what was received but not handled for so long, and show again what was handled but perhaps not
        shown; `plain`: of an answer that is no card."""
        told: set[int | None] = set()
        now = self._clock.now()
        unfinished = await self._database.write(partial(inbox.unfinished, until=now - left_for))
        self._shown_again.intersection_update(left.update_id for left in unfinished)
        for left in unfinished:
            if self._lanes.has(left.update_id) or self.sender.shows(left.update_id):
                continue
            if left.state == "received":
                self._lanes.add(left.raw)
                continue
            update = await self._read(left.raw)
            too_soon = left.card is None and left.since > now - plain
            if update is None or too_soon or left.update_id in self._shown_again:
                continue
            self._shown_again.add(left.update_id)
            concern = heard(update.message.text or "") if update.message else None
            if left.card is not None:
                await self._turns.show_again(update, partial(self._card_again, card=left.card))
            elif concern is not None:  # help is worth being shown twice
                await self._turns.show_again(update, partial(self._help_again, concern=concern))
            elif ticked := SIGN_TICKED.fullmatch((update.callback_query and update.callback_query.data) or ""):
                await self._turns.show_again(update, partial(checklist.again, event_id=ticked[1]))
            else:
                first = left.user_id not in told
                told.add(left.user_id)
                await self._turns.show_again(update, _restarted if first else _nothing)

    def _follow_consent(self, session: Session) -> None:
        """Let whoever agreed to another text than today's be asked again, before anything else is stored or sent."""
        users.follow_text(session, consent_words.digests(), self._clock.now())

    def _turn_away(self, sender: Mapping[str, Any], why: Why) -> None:
        """Say to somebody, in their private chat, why what they sent was not taken in."""
        t = texts_for(str(sender.get("language_code") or self._database.settings.defaults.language))
        message = words.too_much(t) if why == "too much" else words.cannot_save(t)
        self.sender.reply(Answer(sender["id"], Reply((message,)), None, lane=Lane.STRANGER))

    def _card_again(self, session: Session, user: User, card: int) -> Reply:
        if not user.agreed:
            return consent.question(session, user, self._clock.now())
        return checkin.show_again(session, user, self._clock.now(), card)

    def _help_again(self, session: Session, user: User, concern: Concern) -> Reply:
        return safety.answer(session, user, self._clock.now(), concern)

    def _came_back(self, since: datetime, until: datetime) -> None:
        task = asyncio.create_task(self._tell_away(since, until))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_away(self, since: datetime, until: datetime) -> None:
        """Say on each card that was open while we were away that taps may have been lost."""
        # What did come through is on the cards first: a card that has just moved would else come alive where it was.
        await self._lanes.idle()
        await self.sender.shown()
        for checkin_id, user_id in await self._database.write(partial(checkins.shown_since, since=since - CARD_OPEN)):
            reply = await self._database.write(partial(self._away_card, user_id, checkin_id, since, until))
            if reply.messages:
                self.sender.reply(Answer(user_id, reply, None))

    def _away_card(self, user_id: int, checkin_id: int, since: datetime, until: datetime, session: Session) -> Reply:
        user = users.get(session, user_id)
        if user is None or user.state != "active" or not user.agreed:
            return Reply()
        return checkin.away(session, user, self._clock.now(), checkin_id, since, until)

    async def _introduce(self) -> None:
        """Tell Telegram the command menu and what the bot says about itself, in each language and for those who read
        none of them; not worth failing for."""
        bot = self.application.bot
        try:
            for code in (None, *sorted(LANGUAGES)):
                t = texts_for(code or self._database.settings.defaults.language)
                commands = [BotCommand(name, text) for name, text in menu.commands(t)]
                await bot.set_my_commands(commands, language_code=code)
                await bot.set_my_description(menu.description(t), language_code=code)
                await bot.set_my_short_description(menu.short_description(t), language_code=code)
        except Exception as error:  # noqa: BLE001 - a menu is not worth a start that fails
            log.info("telegram.menu_not_set", trouble=type(error).__name__)


def _restarted(session: Session, user: User) -> Reply:
    return Reply((words.restarted(texts_for(user.language)),), menu=user.language)


def _nothing(session: Session, user: User) -> Reply:
    return Reply()
