"""One update in, one reply out: what it changes, that it was handled, and what is owed for it share one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from inspect import signature
from typing import TypeVar

import structlog
from telegram import Update
from telegram import User as Person

from bot.actions import consent
from bot.chat.intake import Raw
from bot.chat.limits import Lane
from bot.chat.send import Answer, Sender
from bot.clock import Clock
from bot.render import menu, onboarding, settings
from bot.render.message import Message, Reply, Sorry
from bot.store import inbox, users
from bot.store.database import Closed, Database, Session
from bot.store.disk import DiaryGone
from bot.store.users import User
from bot.texts.words import texts_for

log = structlog.get_logger()
T = TypeVar("T")

RETRIES = (1.0, 10.0, 60.0)
"""Seconds before a failed turn is tried again; this person's next updates wait, everybody else's do not."""

SHOWN_WITHIN = timedelta(seconds=10)
"""So long another process is given to show the answer to what a person sent before."""

GLANCE = 0.05

Action = Callable[..., Reply]
"""`def action(session, user, now, *args) -> Reply`; the arguments are what the person typed or the button carries."""


@dataclass(frozen=True)
class Route:
    """An action and who may call it besides those who have agreed: `strangers`, and whoever's consent does not hold,
    which is all of `strangers` and what they may do with their data (`theirs`). `named`: it is told first how Telegram
    calls the person, which nothing else keeps."""

    action: Action
    strangers: bool = False
    theirs: bool = False
    named: bool = False

    @property
    def stays(self) -> bool:
        """Tell whether whoever has agreed still has after it."""
        return not (self.strangers or self.theirs)

    def takes(self, arguments: int) -> bool:
        """Tell whether the action can be called with so many arguments: a forged button may carry any number."""
        fewest, most = _arguments_of(self.action)
        return fewest <= arguments + self.named <= most


@cache
def _arguments_of(action: Action) -> tuple[int, int]:
    """Return how many arguments an action needs, and takes, after `session, user, now`."""
    wanted = list(signature(action).parameters.values())[3:]
    return sum(parameter.default is parameter.empty for parameter in wanted), len(wanted)


class Turns:
    """Runs actions for updates. The only place that catches whatever an action raises."""

    def __init__(
        self, database: Database, sender: Sender, clock: Clock, handle: Callable[[Raw], Awaitable[None]]
    ) -> None:
        """`handle` takes up what another process has left."""
        self._database = database
        self._sender = sender
        self._clock = clock
        self._handle = handle

    async def take(self, update: Update, route: Route, *arguments: object) -> None:
        """Let the person behind this update take their turn."""
        person = update.effective_user
        if person is None:
            await self.ignore(update)
            return
        now = self._clock.now()
        name = (person.full_name,) if route.named else ()

        def work(session: Session, sorry: Sorry | None = None) -> tuple[Reply, Lane] | list[inbox.Waiting]:
            session.hold(person.id)
            if before := self._before(session, person.id, update.update_id):
                return before
            user = users.get(session, person.id) or _stranger(session, person, now)
            if user.awaiting is not None:
                # A tap or a command means the person has moved on; a typed line later must not answer the old question.
                users.wait_for_text(session, user.id, None)
            if user.state == "blocked":
                users.change(session, user.id, state="active")
            if user.agreed:
                users.seen(session, user, now)
            if sorry is None:
                reply = _act(session, user, now, route, arguments, name)
            else:
                reply = _sorry(user, sorry, tapped=update.callback_query is not None)
            left = user if user.agreed and route.stays else users.get(session, person.id)
            if left is None or not left.agreed:
                # Nothing is kept of a stranger, of who has just been erased, of who has taken their consent back.
                inbox.forget(session, update.update_id)
                return reply, Lane.STRANGER if left is None else Lane.REPLY
            card = next((message.card for message in reply.messages if message.card is not None), None)
            inbox.handled(session, update.update_id, now, card=card)
            return reply, Lane.REPLY

        try:
            done = await self._in_order(work, update.update_id, person.id)
        except inbox.Taken:
            log.info("update.taken", update=update.update_id)
            return
        reply, lane = done or (Reply((settings.not_saved(texts_for(person.language_code or "en")),)), Lane.REPLY)
        self._sender.reply(self._answer(update, person.id, reply, lane))

    def _before(self, session: Session, user_id: int, update_id: int) -> list[inbox.Waiting]:
        """Return what other processes got from this person earlier and have not finished: it comes first."""
        if not self._database.shared:
            return []
        found = inbox.earlier(session, user_id, update_id, self._clock.now() - SHOWN_WITHIN)
        return [left for left in found if not self._sender.shows(left.update_id)]

    async def _in_order(
        self, work: Callable[..., tuple[Reply, Lane] | list[inbox.Waiting]], update_id: int, person_id: int
    ) -> tuple[Reply, Lane] | None:
        """Run a turn once what comes before it is finished. Where it ends with Sorry, all it did is undone, and it is
        run again only to say so."""
        try:
            while isinstance(done := await self._patiently(work, update_id, person_id), list):
                await self._wait_for(done)
        except Sorry as sorry:
            return await self._in_order(partial(work, sorry=sorry), update_id, person_id)
        return done

    async def _wait_for(self, before: Sequence[inbox.Waiting]) -> None:
        """Handle what lies there; an answer that another process is just showing has to be seen before the next."""
        for left in before:
            if left.state == "received":
                await self._handle(left.raw)
        await self._clock.sleep(GLANCE)

    async def knows(self, update: Update) -> bool:
        """Tell whether the person behind this update has agreed."""
        person = update.effective_user
        user = await self._database.write(lambda s: users.get(s, person.id)) if person else None
        return user is not None and user.agreed

    async def show_again(self, update: Update, action: Callable[[Session, User], Reply]) -> None:
        """Show the reply of a turn that was done when the process stopped, as `action` draws it now."""
        person = update.effective_user
        if person is None:
            await self.ignore(update)
            return

        def work(session: Session) -> Reply:
            user = users.get(session, person.id)
            try:
                return action(session, user) if user else Reply()
            except Sorry:
                return Reply()

        reply = await self._database.write(work)
        self._sender.reply(self._answer(update, person.id, reply))

    async def ignore(self, update: Update) -> None:
        """Finish an update that is nobody's turn; nothing of it stays."""
        update_id = update.update_id
        try:
            await self._database.write(lambda session: inbox.forget(session, update_id))
        except inbox.Taken:
            log.info("update.taken", update=update_id)

    async def leave_group(self, update: Update) -> None:
        """Say one line in a group, then go; nothing of the group is kept."""
        await self.ignore(update)
        if update.effective_chat is not None:
            language = (update.effective_user.language_code if update.effective_user else None) or "en"
            await self._sender.say_and_leave(update.effective_chat.id, settings.in_group(texts_for(language)))

    async def _patiently(self, work: Callable[[Session], T], update_id: int, person_id: int) -> T | None:
        """Run a turn, again after 1 s, 10 s and 60 s if it fails; None when it was given up and set aside."""
        for pause in (*RETRIES, None):
            try:
                return await self._database.insist(work, self._clock, person_id)
            except (Closed, DiaryGone, inbox.Taken, Sorry):
                # The process ends, and the next one finds this update where it is now; or there is nothing to do again.
                raise
            except Exception as trouble:
                log.error(
                    "turn.failed", update=update_id, trouble=type(trouble).__name__, retry_in=pause, exc_info=True
                )
                if pause is None:
                    await self.set_aside(update_id, person_id, trouble)
                else:
                    await self._clock.sleep(pause)
        return None

    async def set_aside(self, update_id: int, person_id: int | None, trouble: Exception) -> None:
        """Put an update away that cannot be handled; of who has not agreed nothing is kept, not even a riddle."""
        now = self._clock.now()

        def work(session: Session) -> None:
            user = users.get(session, person_id) if person_id is not None else None
            if user is None or not user.agreed:
                inbox.forget(session, update_id)
            else:
                inbox.set_aside(session, update_id, type(trouble).__name__, now)

        try:
            await self._database.insist(work, self._clock)
        except Exception as again:  # noqa: BLE001 - the database itself is in trouble; the update stays for the next start
            log.error("turn.not_set_aside", update=update_id, trouble=type(again).__name__)

    def _answer(self, update: Update, chat_id: int, reply: Reply, lane: Lane = Lane.REPLY) -> Answer:
        query = update.callback_query
        shown = query.message if query else None
        # A button in a group has another chat's number; in their own chat that may be any message.
        mine = shown is not None and shown.chat.id == chat_id and isinstance(shown.message_id, int)
        tapped = shown.message_id if shown and mine else None
        answer = Answer(chat_id, reply, tapped, [query.id] if query else [], [update.update_id], lane)
        if reply.menu and update.effective_user:
            default = self._database.settings.defaults.language
            telegrams = update.effective_user.language_code or default
            return replace(answer, menu=menu.of_its_own(reply.menu, telegrams, default))
        return replace(answer, menu=reply.menu)


def _stranger(session: Session, person: Person, now: datetime) -> User:
    defaults = session.settings.defaults
    return users.stranger(person.id, (person.language_code or defaults.language)[:16], defaults.timezone, now)


def _act(
    session: Session, user: User, now: datetime, route: Route, arguments: tuple[object, ...], name: tuple[str, ...]
) -> Reply:
    if user.state == "stranger" and not route.strangers:
        return Reply((onboarding.start_first(texts_for(user.language)),))
    if user.state != "stranger" and not (user.agreed or route.strangers or route.theirs):
        return consent.question(session, user, now)
    if not route.takes(len(arguments)):
        raise Sorry("I can’t read that button any more. /help shows what I can do.")
    return route.action(session, user, now, *name, *arguments)


def _sorry(user: User, sorry: Sorry, *, tapped: bool) -> Reply:
    text = texts_for(user.language)(str(sorry))
    return Reply(toast=text) if tapped else Reply((Message(text),))
