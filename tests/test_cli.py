"""The command line: help with examples, one sentence per mistake, a key that is never made twice."""

import asyncio
import os
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve
from bot.store import checkins, invites, lock, schema, users
from bot.store.crypto import load_keys, make_keys
from bot.store.database import Session, open_engine
from tests.terminals import on_a_terminal

COMMANDS = (
    "run",
    "sandbox",
    "check",
    "users",
    "next",
    "broadcast",
    "migrate",
    "backup",
    "restore",
    "erase",
    "move",
    "privacy",
    "invite",
    "rotate-key",
)
READ_SETTINGS = ("run", "check", "users", "next", "migrate", "invite", "rotate-key")
NEED_THE_KEY = tuple(command for command in READ_SETTINGS if command != "check")
OPEN_THE_DIARY = ("run", "migrate", "rotate-key")
MISCONFIGURED = 78
LONGEST = 2.0
"""Seconds of processor time until a mistake is told."""

Headsup = Callable[..., Result]


@pytest.fixture
def headsup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Headsup:
    """The command in an empty folder, with no settings but those a test gives."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("HEADSUP_"):
            monkeypatch.delenv(name)

    def run(*words: str, **variables: str) -> Result:
        return CliRunner().invoke(app, words, env=variables, prog_name="headsup")

    return run


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch, headsup: Headsup) -> AsyncIterator[Server]:
    """A sandbox over HTTP, and settings that lead there."""
    running = await serve(BotApi(SystemClock()), port=0)
    monkeypatch.setenv("HEADSUP_TELEGRAM__TOKEN", "1:sandbox")
    monkeypatch.setenv("HEADSUP_TELEGRAM__BASE_URL", f"{running.url}/bot")
    yield running
    await running.close()


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_version(headsup: Headsup) -> None:
    said = headsup("--version")
    assert (said.exit_code, said.stdout) == (0, f"headsup {version('headsup')}\n")


def test_help_lists_every_command(headsup: Headsup) -> None:
    said = headsup("--help")
    assert said.exit_code == 0
    assert all(f"\n  {command} " in said.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(headsup: Headsup, command: str) -> None:
    said = headsup(command, "--help")
    assert said.exit_code == 0
    assert f"Example: headsup {command}" in " ".join(said.stdout.split())


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ('[telegram]\nmode = "pooling"', '[telegram] mode: must be "polling" or "webhook", not "pooling"'),
        ('[telegram]\ntokn = "1:abc"', '[telegram] tokn: unknown key; did you mean "token"?'),
        ("[acces]", '[acces]: unknown section; did you mean "access"?'),
        ("[sending]\nper_second = 0", "[sending] per_second: must be a whole number from 1 to 1000, not 0"),
        ("[telegram\n", "not TOML"),
    ],
    ids=["value", "key", "section", "number", "syntax"],
)
@pytest.mark.parametrize("command", READ_SETTINGS)
def test_a_mistake_in_the_settings_stops_every_command(
    headsup: Headsup, tmp_path: Path, command: str, config: str, told: str
) -> None:
    (tmp_path / "config.toml").write_text(config)
    said = headsup(command)
    assert said.exit_code == MISCONFIGURED
    assert said.stderr.startswith("config.toml: ")
    assert told in said.stderr
    assert said.stderr.count("\n") == 1
    assert said.stdout == ""
    assert names_in(tmp_path) == {"config.toml"}, "nothing was made"


def test_all_mistakes_are_told_at_once(headsup: Headsup) -> None:
    said = headsup("run", HEADSUP_TELEGRAM__MODE="pooling", HEADSUP_LOGGING__LEVEL="loud", HEADSUP_TELEGRAM__TOKE="x")
    assert said.exit_code == MISCONFIGURED
    assert [line.partition(":")[0] for line in sorted(said.stderr.splitlines())] == [
        "HEADSUP_LOGGING__LEVEL",
        "HEADSUP_TELEGRAM__MODE",
        "HEADSUP_TELEGRAM__TOKE",
    ]


def test_a_settings_file_that_is_not_there(headsup: Headsup) -> None:
    said = headsup("check", "--config", "elsewhere.toml")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == "elsewhere.toml: cannot be read: No such file or directory\n"


@pytest.mark.parametrize("command", ["run", "invite"])
def test_without_a_token(headsup: Headsup, tmp_path: Path, command: str) -> None:
    make_keys(tmp_path / "headsup.key")
    said = headsup(command)
    assert said.exit_code == MISCONFIGURED
    assert said.stderr.startswith("[telegram] token: missing")


def test_as_a_process_a_mistake_is_told_soon_and_without_a_traceback(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(Path(__file__).parents[1]), "HEADSUP_TELEGRAM__MODE": "pooling"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert said.returncode == MISCONFIGURED
    assert said.stderr == 'HEADSUP_TELEGRAM__MODE: must be "polling" or "webhook", not "pooling"\n'
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= LONGEST


def test_the_tables_are_made_once(headsup: Headsup, tmp_path: Path) -> None:
    first = headsup("migrate")
    assert first.exit_code == 0
    assert f"The database is at schema {schema.newest()}." in first.stdout
    assert "Made the key headsup.key. Keep a copy of it apart from the backups" in first.stdout
    key = (tmp_path / "headsup.key").read_bytes()
    assert (tmp_path / "headsup.key").stat().st_mode & 0o777 == 0o600
    second = headsup("migrate")
    assert (second.exit_code, second.stdout) == (0, f"The database is at schema {schema.newest()}.\n")
    assert (tmp_path / "headsup.key").read_bytes() == key


@contextmanager
def diary(folder: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        yield Session(connection, load_keys(folder / "headsup.key"), Settings())
    engine.dispose()


@pytest.fixture
def lived_in(headsup: Headsup, tmp_path: Path) -> Path:
    """The folder of a bot with one person and a card, sealed like everything."""
    headsup("migrate")
    now = SystemClock().now()
    with diary(tmp_path) as session:
        ann = users.add(session, users.stranger(1001, "en", "Europe/Berlin", now), now)
        checkins.open_(session, ann.id, now.date(), ann.zone, "headache", now)
    return tmp_path


@pytest.mark.parametrize("command", NEED_THE_KEY)
def test_a_missing_key_is_asked_for_and_never_made_anew(headsup: Headsup, lived_in: Path, command: str) -> None:
    (lived_in / "headsup.key").unlink()
    said = headsup(command, HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == ("[keys] file: headsup.key is missing; put the copy back that was made with this database\n")
    assert not (lived_in / "headsup.key").exists()


@pytest.mark.parametrize("command", NEED_THE_KEY)
@pytest.mark.parametrize("content", ["", "# only words\n", "1 c2hvcnQ=\n", "one two three\n"])
def test_a_key_file_that_is_none(headsup: Headsup, lived_in: Path, command: str, content: str) -> None:
    (lived_in / "headsup.key").write_text(content)
    said = headsup(command, HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == "[keys] file: headsup.key is not a HeadsUp key file; put the right one back\n"
    assert (lived_in / "headsup.key").read_text() == content


@pytest.mark.parametrize("command", OPEN_THE_DIARY)
def test_the_key_of_another_diary(headsup: Headsup, lived_in: Path, command: str) -> None:
    (lived_in / "headsup.key").unlink()
    make_keys(lived_in / "headsup.key")
    said = headsup(command, HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert said.exit_code in (1, MISCONFIGURED)
    assert "does not open with this key; put the key of this database back" in said.stderr


@pytest.mark.parametrize("command", OPEN_THE_DIARY)
def test_a_diary_of_a_newer_headsup(headsup: Headsup, lived_in: Path, command: str) -> None:
    with diary(lived_in) as session:
        session.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = headsup(command, HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert said.exit_code in (1, MISCONFIGURED)
    assert "this database is at schema 9999, made by a newer HeadsUp" in said.stderr


@pytest.mark.parametrize("command", OPEN_THE_DIARY)
def test_a_database_that_is_none(headsup: Headsup, lived_in: Path, command: str) -> None:
    for left in (lived_in / "data").iterdir():
        left.unlink()
    (lived_in / "data" / "headsup.db").write_text("These are somebody's holiday notes, and no database at all.")
    said = headsup(command, HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert said.exit_code == 1
    assert isinstance(said.exception, SystemExit), "or else the operator reads a traceback"
    assert "the file is damaged, or no diary at all" in said.stderr


@pytest.mark.parametrize("command", OPEN_THE_DIARY)
@pytest.mark.parametrize("address", ["ann:p@ss:word@db/headsup", "ann:word@db:port/headsup"])
def test_a_database_address_that_cannot_be_read(headsup: Headsup, command: str, address: str) -> None:
    url = f"postgresql+psycopg://{address}"
    said = headsup(command, HEADSUP_TELEGRAM__TOKEN="1:sandbox", HEADSUP_DATABASE__URL=url)
    assert said.exit_code == MISCONFIGURED
    assert isinstance(said.exception, SystemExit), "or else a traceback shows a piece of the password"
    assert said.stderr.count("\n") == 1
    assert "HEADSUP_DATABASE__URL" in said.stderr or "[database] url" in said.stderr


async def test_a_folder_that_is_a_file(headsup: Headsup, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    said = headsup("migrate")
    assert said.exit_code == 1
    assert said.stderr.startswith("[database] url: ")


async def test_an_invitation(headsup: Headsup, telegram: Server, lived_in: Path) -> None:
    said = await asyncio.to_thread(headsup, "invite")
    assert said.exit_code == 0, said.stderr
    address, _, code = said.stdout.strip().partition("?start=")
    assert address == "https://t.me/HeadsUpSandboxBot"
    now = SystemClock().now()
    with diary(lived_in) as session:
        assert invites.welcome(session, code, now)
        assert not invites.welcome(session, code, now + invites.LASTS + invites.LASTS)


@pytest.mark.parametrize(("words", "drawn"), [((), True), (("--no-qr",), False)], ids=["with code", "without"])
async def test_an_invitation_on_a_terminal_is_a_code_to_scan_too(
    telegram: Server, lived_in: Path, words: tuple[str, ...], drawn: bool
) -> None:
    command = partial(on_a_terminal, "-m", "bot", "invite", *words, variables={}, folder=lived_in)
    link, *code = (await asyncio.to_thread(command)).splitlines()
    assert link.startswith("https://t.me/HeadsUpSandboxBot?start=")
    assert any("█▀▀" in line or "▄▄▄" in line for line in code) == bool(code) == drawn


def test_an_invitation_before_the_first_start(headsup: Headsup, tmp_path: Path) -> None:
    said = headsup("invite", HEADSUP_TELEGRAM__TOKEN="1:sandbox")
    assert said.exit_code == MISCONFIGURED
    assert "start the bot once" in said.stderr, "there is no copy that could be put back"
    assert not (tmp_path / "headsup.key").exists()


@pytest.mark.parametrize("more", [(), ("--without-bot",)], ids=["with bot", "without bot"])
def test_a_port_that_is_taken(headsup: Headsup, more: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = headsup("sandbox", "--port", str(port), *more)
    assert said.exit_code == 1
    assert f"--port {port}: " in said.stderr
    assert said.stderr.endswith("; try --port 0 for a free one\n")


def test_a_fresh_sandbox_leaves_a_diary_in_use_alone(headsup: Headsup, tmp_path: Path) -> None:
    for name in ("headsup.db", "headsup.key"):
        (tmp_path / name).write_bytes(b"somebody's")
    held = lock.take(tmp_path / "headsup.db")
    said = headsup("sandbox", "--fresh", "--data", str(tmp_path), "--port", "0")
    held.close()
    assert said.exit_code == 75
    assert "is in use by process" in said.stderr
    assert [(tmp_path / name).read_bytes() for name in ("headsup.db", "headsup.key")] == [b"somebody's"] * 2


def test_the_privacy_policy_is_printed_as_a_page_to_publish(headsup: Headsup, tmp_path: Path) -> None:
    contact = "Jo Doe & Söhne, jo@example.org"
    said = headsup("privacy", "--name", "Jo’s diary", HEADSUP_PRIVACY__CONTACT=contact)
    assert said.exit_code == 0
    assert said.stdout.startswith("# Privacy policy of Jo’s diary\n\nJo’s diary is a diary for head, back")
    assert f"Responsible for this bot, and there for your questions: {contact}\n" in said.stdout
    assert "/delete removes everything about you here" in said.stdout
    assert "<" not in said.stdout, "text, no markup"
    assert said.stderr == ""
    assert names_in(tmp_path) == set(), "it needs neither key nor diary"


def test_a_policy_without_a_contact_says_so_to_the_operator(headsup: Headsup) -> None:
    said = headsup("privacy")
    assert said.exit_code == 0
    assert said.stderr == "[privacy] contact is empty: people would not learn whom to ask.\n"
    assert headsup("privacy", "--language", "xx").exit_code == MISCONFIGURED
