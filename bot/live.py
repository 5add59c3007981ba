"""The parts put together, living until they are stopped: on Telegram, or on the sandbox."""

import asyncio
import errno
import gc
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from telegram.error import InvalidToken, TelegramError

from bot.backstage import SandboxStage
from bot.chat import me
from bot.chat.application import Chat
from bot.chat.transport import AiohttpRequest
from bot.clock import Clock, SystemClock
from bot.config import Access, Backup, KeyFile, Settings
from bot.config import Database as DatabaseSettings
from bot.diary import open_diary, place_of, why
from bot.sandbox.backstage import Backstage
from bot.sandbox.botapi import BotApi
from bot.sandbox.clock import TravellingClock
from bot.sandbox.server import serve
from bot.sandbox.transport import SandboxRequest
from bot.store import backup_folder, identity, invites, lock, roster, users
from bot.store.crypto import derived
from bot.store.database import Database
from bot.store.disk import DiaryGone
from bot.terminal import FAILED, IN_USE, MISCONFIGURED, say, say_code, stop_with
from bot.watchdog import Watchdog
from bot.web.health import Health, Pulse
from bot.web.webhook import Webhook
from jobs.carry import InProcess
from jobs.scheduler import Metronome
from jobs.travel import Travel, ahead_of

LOOK_EVERY = 2.0
HEARD_WITHIN = timedelta(seconds=120)
"""A long poll lasts 25 s; a broken connection is made anew after 90."""

TICKS_WITHIN = timedelta(seconds=30)
"""It ticks every second; ten thousand reminders that come due at once take one of them less than a second."""


class Part(Enum):
    """What a process does: everything, or its part beside others on one PostgreSQL."""

    RUN = "run"
    WEB = "web"
    WORKER = "worker"


def on_telegram(settings: Settings, token: str, part: Part = Part.RUN, *, new_bot: bool = False) -> None:
    """Run the bot, its clock, or both against Telegram, or whatever `[telegram] base_url` names, until stopped.

    `new_bot`: a diary of another bot is given to this one, once Telegram knows it.
    """
    clock = SystemClock()
    if new_bot:
        asyncio.run(who_am_i(settings, token))
    seat = _seat(settings, part)
    database = open_diary(settings, begin=False, shared=part is not Part.RUN)
    _claim(database, token, new_bot=new_bot)
    if part is not Part.WEB:
        _must_have_backups(database)
    chat = Chat(
        database,
        clock,
        token=token,
        base_url=settings.telegram.base_url,
        request=AiohttpRequest(max(16, settings.sending.per_second)),
        polling=AiohttpRequest(1),
    )
    asyncio.run(_until_stopped(_live(database, clock, chat, part, seat=seat, greet=_greet_operator)))


def _seat(settings: Settings, part: Part) -> lock.Seat | None:
    """Take a place at a PostgreSQL database: alone for the whole bot, beside others for a part of it; else stop."""
    if place_of(settings) is not None:
        return None
    try:
        seat = lock.Seat(settings.database.url, lock.USES, shared=part is not Part.RUN)
    except ModuleNotFoundError:
        return None  # whoever opens the diary says what is missing
    _must_be_ours(seat, part)
    return seat


def _must_be_ours(seat: lock.Seat, part: Part) -> None:
    """Stop where others have the place that this process needs."""
    if not seat.held() and seat.reached:
        others = "another headsup" if part is Part.RUN else "headsup run"
        stop_with(IN_USE, f"[database] url: {others} is running on this database; stop it first")


def in_sandbox(port: int, data: Path, *, with_bot: bool, fresh: bool = False) -> None:
    """Serve the chat page, with the real bot behind it or only the look-alike, until stopped."""
    clock = TravellingClock()
    if not with_bot:
        asyncio.run(_until_stopped(_show_page(BotApi(clock, first_id=_number(clock)), port)))
        return
    database = open_diary(
        Settings(
            database=DatabaseSettings(url=f"sqlite:///{data}/headsup.db"),
            keys=KeyFile(file=data / "headsup.key"),
            access=Access(mode="open"),
            backup=Backup(keep_daily=0),
        ),
        fresh=fresh,
    )
    clock.go(ahead_of(database))
    api = BotApi(clock, first_id=_number(clock))
    for person in database.submit(lambda session: roster.people(session, clock.now())).result():
        if person.standing != "blocked":
            api.opens(person.id)
    chat = Chat(
        database,
        clock,
        token=api.token,
        base_url="https://sandbox.invalid/bot",
        request=SandboxRequest(api),
        polling=SandboxRequest(api),
    )

    async def page(metronome: Metronome) -> None:
        travel = Travel(database, chat, metronome, clock, api.move)
        await _show_page(api, port, SandboxStage(database, clock, travel))

    asyncio.run(_until_stopped(_live(database, clock, chat, page=page)))


def _number(clock: Clock) -> int:
    """Return the first number of a look-alike's updates and messages: the diary outlives it, and knows earlier ones."""
    return int(clock.now().timestamp() * 1000)


def _claim(database: Database, token: str, *, new_bot: bool) -> None:
    """Stop where the diary is another bot's, or hand it over."""
    try:
        database.submit(lambda session: identity.must_belong_to(session, token)).result()
    except identity.OtherBot as other:
        if not new_bot:
            database.close()
            stop_with(MISCONFIGURED, str(other))
        database.submit(lambda session: identity.hand_over(session, token)).result()
        say("The diary is this bot's now. Everybody has to send it /start once before they hear from it.")
    except DBAPIError as trouble:
        database.close()
        stop_with(FAILED, f"[database] url: {why(trouble)}")


def _must_have_backups(database: Database) -> None:
    """Stop where the nightly backups cannot be put; a disk that is full today may have room tonight."""
    folder = backup_folder.folder_of(database.settings)
    if folder is None:
        return
    try:
        backup_folder.prepare(folder)
    except OSError as trouble:
        if trouble.errno != errno.ENOSPC:
            database.close()
            stop_with(
                MISCONFIGURED,
                f"[backup] folder: cannot write to {folder}: {trouble.strerror}; name another folder, or set "
                "[backup] keep_daily to 0 to make no backups",
            )


async def who_am_i(settings: Settings, token: str) -> str:
    """Return the bot's username, as Telegram tells it for this token."""
    try:
        return (await me.ask(settings.telegram.base_url, token)).username
    except me.UnknownToken as trouble:
        stop_with(MISCONFIGURED, str(trouble))
    except me.NoAnswer as trouble:
        stop_with(FAILED, str(trouble))


async def _live(
    database: Database,
    clock: Clock,
    chat: Chat,
    part: Part = Part.RUN,
    *,
    seat: lock.Seat | None = None,
    greet: Callable[[Database, Chat, Clock], Coroutine[Any, Any, None]] | None = None,
    page: Callable[[Metronome], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Live until cancelled, then stop gracefully: take nothing new, finish what is under way."""
    metronome = None if part is Part.WEB else _metronome(database, clock, chat)
    pushed = part is Part.WEB or database.settings.telegram.mode == "webhook"
    beside = [asyncio.create_task(page(metronome))] if page and metronome else []
    door: list[asyncio.Task[None]] = []
    watchdog = Watchdog()
    health = _health(database, clock, chat, metronome, part)
    started = False
    try:
        await _open(health, database.settings)
        await chat.start()
        if metronome is not None:
            await metronome.start()
        started = True
        gc.collect()
        gc.freeze()  # what has been made so far stays until the end, and need not be looked through again and again
        if greet:
            await greet(database, chat, clock)
        if part is not Part.WORKER:
            door.append(asyncio.create_task(_be_pushed(chat, database) if pushed else chat.be_polled()))
        beside.append(asyncio.create_task(_watch(database, clock, seat, part)))
        beside.append(asyncio.create_task(_tell_we_live(watchdog, database, clock)))
        await asyncio.gather(*door, *beside)
    except InvalidToken:
        stop_with(MISCONFIGURED, me.UNKNOWN)
    except DBAPIError as trouble:  # only while starting: whatever goes on later waits until it can be written again
        stop_with(FAILED, f"[database] url: {why(trouble)}")
    except DiaryGone as gone:
        stop_with(FAILED, f"[database] url: {gone} was taken away while the bot was running; put it back, then start")
    finally:
        watchdog.stops()
        database.hurry()
        # First: what came in while the rest stops would be stored, and its answer not be shown any more.
        for task in door:
            task.cancel()
        await asyncio.gather(*door, return_exceptions=True)
        if started and metronome is not None:
            await metronome.stop()
        await chat.stop()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await health.stop()
        database.close()
        if seat is not None:
            seat.close()


def _metronome(database: Database, clock: Clock, chat: Chat) -> Metronome:
    if not database.shared:
        return Metronome(database, InProcess(database, chat.sender, clock), clock, chat.take_up)
    from jobs.carry_across import AcrossMachines  # it needs the extra for PostgreSQL

    leads = lock.Seat(database.settings.database.url, lock.LEADS)
    carry = AcrossMachines(database, chat.sender, clock)
    return Metronome(database, carry, clock, chat.take_up, leads)


async def _be_pushed(chat: Chat, database: Database) -> None:
    """Listen for updates until cancelled, and tell Telegram where."""
    hook = database.settings.telegram.webhook
    # Every process behind one address must know the same secret, and the next one too.
    secret = hook.secret.get_secret_value() or derived(database.keys, "webhook")

    async def accept(raw: Mapping[str, Any]) -> None:
        await chat.intake.take_in_one(raw)

    webhook = Webhook(accept, url=hook.url, secret=secret, listen=hook.listen, port=hook.port)
    try:
        await webhook.start()
    except OSError as trouble:
        stop_with(FAILED, f"[telegram.webhook] port: {hook.listen}:{hook.port}: {trouble.strerror}")
    try:
        await chat.be_pushed(hook.url, secret)
    except TelegramError as trouble:
        stop_with(FAILED, f"[telegram.webhook] url: Telegram refused it: {trouble.message}")
    finally:
        await webhook.stop()


def _health(database: Database, clock: Clock, chat: Chat, metronome: Metronome | None, part: Part) -> Health:
    """Look at what this process is there for: `headsup worker` hears no Telegram, `headsup web` has no clock."""
    pulses = []
    if part is not Part.WORKER:
        pulses.append(Pulse("poll", lambda: chat.receiver.heard_at, HEARD_WITHIN))
    if metronome is not None:
        pulses.append(Pulse("tick", lambda: metronome.ticked_at, TICKS_WITHIN))
    return Health(database, clock, chat.metrics, pulses)


async def _open(health: Health, settings: Settings) -> None:
    """Answer from now on who asks how the bot is, where that is wanted."""
    http = settings.http
    if not http.port:
        return
    try:
        await health.start(http.listen, http.port)
    except OSError as trouble:
        stop_with(FAILED, f"[http] port: {http.listen}:{http.port}: {trouble.strerror}")


async def _tell_we_live(watchdog: Watchdog, database: Database, clock: Clock) -> None:
    """Tell systemd that we run, then now and then until cancelled that this loop and whoever writes are alive."""
    watchdog.runs()
    while watchdog.every is not None:
        with suppress(DBAPIError):  # it has answered; another start would find the same disk, or the same server gone
            await database.write(lambda session: None)
        watchdog.lives()
        await clock.sleep(watchdog.every)


async def _watch(database: Database, clock: Clock, seat: lock.Seat | None, part: Part) -> None:
    """Raise DiaryGone soon after the diary's file is removed: what is written to it then is lost. Stop where somebody
    has taken this process's place at the database, while it was cut off."""
    while database.disk is not None or seat is not None:
        if database.disk is not None:
            database.disk.must_be_there()
        if seat is not None:
            await asyncio.to_thread(_must_be_ours, seat, part)
        await clock.sleep(LOOK_EVERY)


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until SIGTERM or Ctrl-C; `work` is cancelled once and cleans up after itself."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        say("Stopped.")


async def _show_page(api: BotApi, port: int, backstage: Backstage | None = None) -> None:
    """Serve the chat page until cancelled."""
    try:
        server = await serve(api, port=port, backstage=backstage)
    except OSError as trouble:
        stop_with(FAILED, f"--port {port}: {trouble.strerror}; try --port 0 for a free one")
    say(f"The sandbox is open: {server.url}")
    try:
        await asyncio.Event().wait()
    finally:
        await server.close()


async def _greet_operator(database: Database, chat: Chat, clock: Clock) -> None:
    """Say where the bot is; while nobody is here yet and it is by invitation, print the operator's own link."""
    await database.write(lambda session: identity.belongs_to(session, chat.application.bot.token))
    say(f"Running as @{chat.username}. Stop with Ctrl-C.")
    people = await database.write(users.count)
    if not people and database.settings.access.mode == "invite":
        link = f"https://t.me/{chat.username}?start={invites.make(database.keys, clock.now())}"
        say(f"Your own invitation: {link}")
        say_code(link)
