"""The `headsup` command. The parts are imported when a command needs them: a mistake is told within a moment."""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.clock import EARLIEST_YEAR, SystemClock
from bot.config import Mistakes, Settings, load
from bot.terminal import FAILED, MISCONFIGURED, say, say_code, say_json, stop_with

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
ConfigFile = Annotated[Path | None, typer.Option(help="The settings file; config.toml where there is one.")]

AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON, for programs.")]


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
    new_bot: Annotated[bool, typer.Option(help="Give the diary of another bot to the one of this token.")] = False,
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
    _must_know_the_time()
    from bot import live, logs

    logs.set_up(settings.logging.level, settings.logging.format)
    live.on_telegram(settings, token, new_bot=new_bot)


@app.command()
def web(config: ConfigFile = None) -> None:
    """Receive updates by webhook, one of any number beside headsup worker, on PostgreSQL. Example: headsup web"""
    _take_part("web", config)


@app.command()
def worker(config: ConfigFile = None) -> None:
    """Run the clock and the sending, one of any number beside headsup web, on PostgreSQL. Example: headsup worker"""
    _take_part("worker", config)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where the chat page listens on this machine; 0 takes a free port.")] = 8484,
    data: Annotated[Path, typer.Option(help="Where the sandbox keeps its diary.")] = Path("data/sandbox"),
    fresh: Annotated[bool, typer.Option(help="Begin with an empty diary.")] = False,
    without_bot: Annotated[bool, typer.Option(help="Only the look-alike, for a bot started with headsup run.")] = False,
) -> None:
    """Try HeadsUp in the browser, no token: a local Telegram look-alike and the bot. Example: headsup sandbox"""
    from bot import live, logs

    logs.set_up("info", "text")
    live.in_sandbox(port, data, with_bot=not without_bot, fresh=fresh)


@app.command()
def check(
    config: ConfigFile = None,
    offline: Annotated[bool, typer.Option(help="Leave Telegram out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with the set-up and what helps. Example: headsup check"""
    try:
        settings = load(config, os.environ)
    except Mistakes as mistakes:
        if as_json:
            say_json({"ok": False, "findings": [_as_found("settings", line, ok=False) for line in mistakes.lines]})
            raise typer.Exit(MISCONFIGURED) from None
        stop_with(MISCONFIGURED, *mistakes.lines)
    from bot.check import code_of, look

    found = look(settings, SystemClock(), offline=offline)
    code = code_of(found)
    if as_json:
        lines = [_as_found(finding.name, finding.said, ok=not finding.code) for finding in found]
        say_json({"ok": not code, "findings": lines})
        raise typer.Exit(code)
    for finding in found:
        if not finding.code:
            say(f"{finding.name:10} {finding.said}")
    if code:
        stop_with(code, *(f"{finding.name:10} {finding.said}" for finding in found if finding.code))


def _as_found(name: str, said: str, *, ok: bool) -> dict[str, object]:
    return {"name": name, "ok": ok, "said": said}


@app.command()
def users(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """List who keeps a diary: ids, states and counts. Example: headsup users"""
    settings = read_settings(config)
    from bot import people

    people.list_users(settings, SystemClock().now(), as_json=as_json)


@app.command("next")
def next_(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """List who is sent something within 24 hours. Example: headsup next"""
    settings = read_settings(config)
    from bot import people

    people.list_next(settings, SystemClock().now(), as_json=as_json)


@app.command()
def broadcast(
    message: Annotated[str, typer.Argument(help="A file with the message, plain text; - reads standard input.")],
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it, and how many people there are.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Tell everybody something, once each, behind all else. Example: headsup broadcast message.txt --dry-run"""
    settings = read_settings(config)
    from bot import broadcasting

    broadcasting.send(settings, message, SystemClock(), dry_run=dry_run, yes=yes)


@app.command()
def migrate(config: ConfigFile = None) -> None:
    """Make the tables, or bring them to this version. Example: headsup migrate"""
    settings = read_settings(config)
    from bot import diary
    from bot.store import schema

    diary.open_diary(settings).close()
    say(f"The database is at schema {schema.newest()}.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the backup goes; a backup of that name is replaced.")],
    config: ConfigFile = None,
) -> None:
    """Back up the diary, encrypted, while the bot runs or not. Example: headsup backup backups/monday.headsup"""
    settings = read_settings(config)
    from bot import keeping

    keeping.back_up(settings, file, SystemClock().now())


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that headsup backup made.")], config: ConfigFile = None
) -> None:
    """Put a backup in the diary's place, with the bot stopped. Example: headsup restore backups/monday.headsup"""
    settings = read_settings(config)
    from bot import keeping

    keeping.restore(settings, file, SystemClock().now())


@app.command()
def erase(
    user_id: Annotated[int, typer.Argument(help="The person's Telegram id.", min=1)], config: ConfigFile = None
) -> None:
    """Delete everything about one person, while the bot runs or not. Example: headsup erase 123456789"""
    settings = read_settings(config)
    if sys.stdin.isatty():
        typer.confirm(f"Delete everything about {user_id}? It can’t be brought back.", abort=True)
    from bot import keeping

    keeping.erase(settings, user_id, SystemClock())


@app.command("rotate-key")
def rotate_key(
    config: ConfigFile = None,
    forget_old: Annotated[bool, typer.Option(help="Make none, but let go of the older keys in the file.")] = False,
    leave_unreadable: Annotated[
        bool, typer.Option(help="With --forget-old: what no key opens stays as it is, and is told.")
    ] = False,
) -> None:
    """Make a new key and seal the diary with it, with the bot stopped. Example: headsup rotate-key"""
    if leave_unreadable and not forget_old:
        stop_with(MISCONFIGURED, "--leave-unreadable: goes with --forget-old only")
    settings = read_settings(config)
    from bot import keeping

    if forget_old:
        keeping.forget_old_key(settings, leave_unreadable=leave_unreadable)
    else:
        keeping.rotate_key(settings)


@app.command()
def move(
    to: Annotated[
        str, typer.Option(help="The address of an empty database: postgresql+psycopg://…", show_default=False)
    ],
    config: ConfigFile = None,
) -> None:
    """Copy the diary into PostgreSQL, while the bot runs or not. Example: headsup move --to postgresql+psycopg://db/me"""
    settings = read_settings(config)
    from bot import moving

    moving.move_to(settings, to, SystemClock())


@app.command()
def privacy(
    config: ConfigFile = None,
    name: Annotated[str, typer.Option(help="What people know the bot as.")] = "HeadsUp",
    language: Annotated[str | None, typer.Option(help="In which language; that of [defaults] without it.")] = None,
) -> None:
    """Print your bot's privacy policy, to be published. Example: headsup privacy --name "Jo's diary" > privacy.md"""
    settings = read_settings(config)
    from bot.actions.privacy import times_of
    from bot.render.privacy import page, said
    from bot.texts.words import LANGUAGES, texts_for

    language = language or settings.defaults.language
    if language not in LANGUAGES:
        stop_with(MISCONFIGURED, f"--language: must be {' or '.join(sorted(LANGUAGES))}, not {language}")
    if not settings.privacy.contact:
        typer.echo("[privacy] contact is empty: people would not learn whom to ask.", err=True)
    t = texts_for(language)
    typer.echo(page(t, name, said(t, settings.privacy.contact, times_of(settings))), nl=False)


@app.command()
def invite(
    config: ConfigFile = None,
    qr: Annotated[bool, typer.Option(help="Show it as a code to scan too, on a terminal.")] = True,
) -> None:
    """Make an invitation link for one person; it ends after seven days. Example: headsup invite"""
    settings = read_settings(config)
    from bot import diary
    from bot.store import invites

    keys = diary.key_ring(settings)
    token = settings.telegram.secret_token()
    if token is None:
        stop_with(MISCONFIGURED, "[telegram] token: missing; the link needs the bot's name")
    link = f"https://t.me/{bot_name(settings, token)}?start={invites.make(keys, SystemClock().now())}"
    say(link)
    if qr:
        say_code(link)


def _take_part(name: Literal["web", "worker"], config: Path | None) -> None:
    """Run one part of the bot beside others."""
    settings = read_settings(config)
    mistakes = (
        [] if settings.telegram.secret_token() else ["[telegram] token: missing; put the one from @BotFather there"]
    )
    if not settings.database.url.startswith("postgresql"):
        mistakes.append(
            f"[database] url: headsup {name} needs PostgreSQL; with SQLite there is one process: headsup run"
        )
    if name == "web" and not settings.telegram.webhook.url:
        mistakes.append("[telegram.webhook] url: missing; it is where Telegram reaches this machine, https://…")
    token = settings.telegram.secret_token()
    if mistakes or token is None:
        stop_with(MISCONFIGURED, *mistakes)
    _must_know_the_time()
    from bot import live, logs

    logs.set_up(settings.logging.level, settings.logging.format)
    live.on_telegram(settings, token, live.Part(name))


def _must_know_the_time() -> None:
    now = SystemClock().now()
    if now.year < EARLIEST_YEAR:
        stop_with(FAILED, f"This machine says it is {now:%Y-%m-%d}; set its clock first.")


def main() -> None:
    """Run the command line; a person's mistake is one sentence and an exit code, never a traceback."""
    os.umask(0o077)  # whatever is made, diary and key above all, is for its owner only
    app(prog_name="headsup")


def read_settings(config: Path | None) -> Settings:
    try:
        return load(config, os.environ)
    except Mistakes as mistakes:
        stop_with(MISCONFIGURED, *mistakes.lines)


def bot_name(settings: Settings, token: str) -> str:
    import asyncio

    from bot import live

    return asyncio.run(live.who_am_i(settings, token))
