"""The `headsup` command: the only place where the parts are chosen and put together."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn

import typer
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from telegram.error import InvalidToken, TelegramError

from bot import logs
from bot.chat.application import Chat
from bot.chat.transport import AiohttpRequest
from bot.clock import Clock, SystemClock
from bot.config import Access, KeyFile, Mistakes, Settings, load
from bot.config import Database as DatabaseSettings
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve
from bot.sandbox.transport import SandboxRequest
from bot.store import checkins, invites, lock, reminders, schema, users
from bot.store.crypto import Keys, KeyTrouble, load_keys, make_keys
from bot.store.database import Database, Session, open_engine
from bot.web.webhook import Webhook
from jobs.scheduler import Metronome

MISCONFIGURED = 78
IN_USE = 75
FAILED = 1
EARLIEST_YEAR = 2025
"""A clock before this has not been set: a board without a battery starts in 1970."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
ConfigFile = Annotated[Path | None, typer.Option(help="The settings file; config.toml where there is one.")]


@app.callback(invoke_without_command=True)
def headsup(show: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """HeadsUp, a diary for head, back, sleep and posture on Telegram. Try it: headsup sandbox"""
    if show:
        say(f"headsup {version('headsup')}")
        raise typer.Exit


@app.command()
def run(
    config: ConfigFile = None,
    or_sandbox: Annotated[bool, typer.Option(help="Without a token, start the sandbox instead.")] = False,
) -> None:
    """Run the bot and its clock in one process. Example: headsup run --config config.toml"""
    settings = read_settings(config)
    token = settings.telegram.secret_token()
    if token is None and or_sandbox:
        say("No token in config.toml or HEADSUP_TELEGRAM__TOKEN, so this is the sandbox: nothing leaves this machine.")
        sandbox()
        return
    if token is None:
        stop_with(
            MISCONFIGURED, '[telegram] token: missing; put the one from @BotFather there, or try "headsup sandbox"'
        )
    logs.set_up(settings.logging.level, settings.logging.format)
    clock = SystemClock()
    in_flight = max(16, settings.sending.per_second)

    def connect(database: Database) -> Chat:
        return Chat(
            database,
            clock,
            token=token,
            base_url=settings.telegram.base_url,
            request=AiohttpRequest(in_flight),
            polling=AiohttpRequest(1),
        )

    asyncio.run(until_stopped(live(open_database(settings), clock, connect, greet=greet_operator)))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where the chat page listens on this machine; 0 takes a free port.")] = 8484,
    data: Annotated[Path, typer.Option(help="Where the sandbox keeps its diary.")] = Path("data/sandbox"),
    fresh: Annotated[bool, typer.Option(help="Begin with an empty diary.")] = False,
    without_bot: Annotated[bool, typer.Option(help="Only the look-alike, for a bot started with headsup run.")] = False,
) -> None:
    """Try HeadsUp in the browser, no token: a local Telegram look-alike and the bot. Example: headsup sandbox"""
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    logs.set_up("info", "text")
    clock = SystemClock()
    api = BotApi(clock)
    if without_bot:
        asyncio.run(until_stopped(show_page(api, port)))
        return
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{data}/headsup.db"),
        keys=KeyFile(file=data / "headsup.key"),
        access=Access(mode="open"),
    )
    database = open_database(settings)

    def connect(database: Database) -> Chat:
        base_url = "https://sandbox.invalid/bot"
        request, polling = SandboxRequest(api), SandboxRequest(api)
        return Chat(database, clock, token=api.token, base_url=base_url, request=request, polling=polling)

    asyncio.run(until_stopped(live(database, clock, connect, page=lambda: show_page(api, port))))


@app.command()
def check(config: ConfigFile = None) -> None:
    """Look at settings, key, database and token, and say what is wrong. Example: headsup check"""
    settings = read_settings(config)
    say(f"settings   ok, access is by {settings.access.mode}")
    at = schema_of(settings)
    if at is None and not settings.keys.file.exists():
        say("key        none yet; the first start makes it")
        say("database   none yet; the first start makes the tables")
    else:
        keys = key_ring(settings)
        say(f"key        ok, {settings.keys.file}")
        look_into(settings, keys, at)
    now = SystemClock().now()
    if now.year < EARLIEST_YEAR:
        stop_with(FAILED, f"clock      this machine says it is {now:%Y-%m-%d}; set its clock first")
    say(f"clock      ok, {now:%Y-%m-%d %H:%M} UTC, zone data {version('tzdata')}")
    token = settings.telegram.secret_token()
    if token is None:
        stop_with(FAILED, "token      missing: [telegram] token")
    name = asyncio.run(who_am_i(settings, token))
    say(f"token      ok, this is @{name}")


@app.command()
def migrate(config: ConfigFile = None) -> None:
    """Make the tables, or bring them to this version. Example: headsup migrate"""
    settings = read_settings(config)
    open_database(settings).close()
    say(f"The database is at schema {schema.newest()}.")


@app.command()
def invite(config: ConfigFile = None) -> None:
    """Make an invitation link for one person; it ends after seven days. Example: headsup invite"""
    settings = read_settings(config)
    keys = key_ring(settings)
    token = settings.telegram.secret_token()
    if token is None:
        stop_with(MISCONFIGURED, "[telegram] token: missing; the link needs the bot's name")
    say(f"https://t.me/{asyncio.run(who_am_i(settings, token))}?start={invites.make(keys, SystemClock().now())}")


def main() -> None:
    """Run the command line; a person's mistake is one sentence and an exit code, never a traceback."""
    os.umask(0o077)  # whatever is made, diary and key above all, is for its owner only
    app(prog_name="headsup")


def read_settings(config: Path | None) -> Settings:
    try:
        return load(config, os.environ)
    except Mistakes as mistakes:
        stop_with(MISCONFIGURED, *mistakes.lines)


def key_ring(settings: Settings) -> Keys:
    try:
        return load_keys(settings.keys.file)
    except KeyTrouble as trouble:
        stop_with(MISCONFIGURED, str(trouble))


def schema_of(settings: Settings) -> str | None:
    """Return the schema the database is at, without making one."""
    url = make_url(settings.database.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    try:
        engine = open_engine(settings.database.url)
        return schema.revision(engine)
    except OperationalError as trouble:
        stop_with(FAILED, f"database   [database] url: {trouble.orig}")


def look_into(settings: Settings, keys: Keys, at: str | None) -> None:
    """Say how the database is: its schema, whether the key fits, how many people, what comes next."""
    if at != schema.newest():
        say(f"database   ok, schema {at or 'none'}; the next start brings it to {schema.newest()}")
        return
    with open_engine(settings.database.url).begin() as connection:
        session = Session(connection, keys, settings)
        try:
            checkins.try_key(session)
        except KeyTrouble as trouble:
            stop_with(FAILED, f"key        {trouble}")
        soon = reminders.next_at(session)
        say(f"database   ok, schema {at}, people: {users.count(session)}")
    say(f"next send  {soon:%Y-%m-%d %H:%M} UTC" if soon else "next send  none planned")


def open_database(settings: Settings) -> Database:
    """Open the database with its key, both made at the first start, and bring the tables up to date."""
    try:
        held = _lock(settings)
        engine = open_engine(settings.database.url)
        keys = _keys_for(engine, settings)
        schema.upgrade(engine)
        with engine.begin() as connection:
            checkins.try_key(Session(connection, keys, settings))
    except ModuleNotFoundError:
        stop_with(
            MISCONFIGURED, '[database] url: PostgreSQL needs psycopg; install it with pip install "headsup[postgres]"'
        )
    except (KeyTrouble, schema.SchemaTrouble) as trouble:
        stop_with(MISCONFIGURED, str(trouble))
    except (OperationalError, OSError) as trouble:
        stop_with(
            FAILED, f"[database] url: {trouble.orig if isinstance(trouble, OperationalError) else trouble.strerror}"
        )
    return Database(engine, keys, settings, held)


def _lock(settings: Settings) -> IO[str] | None:
    url = make_url(settings.database.url)
    if url.get_backend_name() != "sqlite":
        return None
    try:
        return lock.take(Path(url.database or ""))
    except lock.Held as held:
        stop_with(IN_USE, f"[database] url: {held}")


def _keys_for(engine: Engine, settings: Settings) -> Keys:
    if settings.keys.file.exists() or not schema.is_empty(engine):
        return load_keys(settings.keys.file)
    say(f"Made the key {settings.keys.file}. Keep a copy of it apart from the backups: without it nothing can be read.")
    return make_keys(settings.keys.file)


async def live(
    database: Database,
    clock: Clock,
    connect: Callable[[Database], Chat],
    *,
    greet: Callable[[Database, Chat, Clock], Coroutine[Any, Any, None]] | None = None,
    page: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Live until cancelled, then stop gracefully: take nothing new, finish what is under way."""
    chat = connect(database)
    metronome = Metronome(database, chat.sender, clock)
    side = asyncio.create_task(page()) if page else None
    receiving: asyncio.Task[None] | None = None
    pushed = database.settings.telegram.mode == "webhook"
    started = False
    try:
        await chat.start()
        await metronome.start()
        started = True
        if greet:
            await greet(database, chat, clock)
        receiving = asyncio.create_task(be_pushed(chat, database.settings) if pushed else chat.be_polled())
        await asyncio.gather(receiving, *([side] if side else []))
    except InvalidToken:
        stop_with(MISCONFIGURED, "[telegram] token: Telegram does not know this token; copy it again from @BotFather")
    finally:
        if started:
            await metronome.stop()
        await chat.stop()
        for task in (side, receiving):
            if task:
                task.cancel()
        database.close()


async def be_pushed(chat: Chat, settings: Settings) -> None:
    """Listen for updates until cancelled, and tell Telegram where."""
    hook = settings.telegram.webhook
    secret = hook.secret.get_secret_value() or secrets.token_urlsafe(32)

    async def accept(raw: Mapping[str, Any]) -> None:
        await chat.receiver.take_in([raw])

    webhook = Webhook(accept, url=hook.url, secret=secret, listen=hook.listen, port=hook.port)
    try:
        await webhook.start()
    except OSError as trouble:
        stop_with(FAILED, f"[telegram.webhook] port: {hook.listen}:{hook.port}: {trouble.strerror}")
    try:
        await chat.be_pushed(hook.url, secret)
        await asyncio.Event().wait()
    except TelegramError as trouble:
        stop_with(FAILED, f"[telegram.webhook] url: Telegram refused it: {trouble.message}")
    finally:
        await webhook.stop()


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until SIGTERM or Ctrl-C; `work` is cancelled once and cleans up after itself."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        say("Stopped.")


async def show_page(api: BotApi, port: int) -> None:
    """Serve the chat page until cancelled."""
    server: Server
    try:
        server = await serve(api, port=port)
    except OSError as trouble:
        stop_with(FAILED, f"--port {port}: {trouble.strerror}; try --port 0 for a free one")
    say(f"The sandbox is open: {server.url}")
    try:
        await asyncio.Event().wait()
    finally:
        await server.close()


async def greet_operator(database: Database, chat: Chat, clock: Clock) -> None:
    """Say where the bot is; while nobody is here yet and it is by invitation, print the operator's own link."""
    say(f"Running as @{chat.username}. Stop with Ctrl-C.")
    people = await database.write(users.count)
    if not people and database.settings.access.mode == "invite":
        say(f"Your own invitation: https://t.me/{chat.username}?start={invites.make(database.keys, clock.now())}")


async def who_am_i(settings: Settings, token: str) -> str:
    request = AiohttpRequest(1)
    await request.initialize()
    try:
        me = await request.post(f"{settings.telegram.base_url}{token}/getMe")
    except InvalidToken:
        stop_with(MISCONFIGURED, "[telegram] token: Telegram does not know this token; copy it again from @BotFather")
    except Exception as trouble:  # noqa: BLE001 - whatever the network does, the operator reads one line
        stop_with(FAILED, f"[telegram] base_url: Telegram does not answer ({type(trouble).__name__})")
    finally:
        await request.shutdown()
    return str(me["username"]) if isinstance(me, dict) else ""


def say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def stop_with(code: int, *lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)
