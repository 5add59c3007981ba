"""The command line: help with examples, one sentence per mistake, a key that is never made twice."""

import asyncio
import os
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve
from bot.store import invites, schema
from bot.store.crypto import load_keys, make_keys
from bot.store.database import Session, open_engine

COMMANDS = ("run", "sandbox", "check", "migrate", "invite")
READ_SETTINGS = ("run", "check", "migrate", "invite")
USE_THE_DIARY = ("run", "check", "migrate", "invite")
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
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml"}, "nothing was made"


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


async def test_check_on_a_new_and_on_a_living_set_up(headsup: Headsup, telegram: Server) -> None:
    said = await asyncio.to_thread(headsup, "check")
    assert said.exit_code == 0, said.stderr
    assert "the first start makes it" in said.stdout
    assert "token      ok, this is @HeadsUpSandboxBot" in said.stdout
    assert not Path("headsup.key").exists(), "a look changes nothing"
    assert not Path("data").exists()

    assert headsup("migrate").exit_code == 0
    said = await asyncio.to_thread(headsup, "check")
    assert said.exit_code == 0, said.stderr
    assert f"database   ok, schema {schema.newest()}, people: 0" in said.stdout
    assert "1:sandbox" not in said.stdout + said.stderr


def test_check_without_a_token(headsup: Headsup) -> None:
    said = headsup("check")
    assert (said.exit_code, said.stderr) == (1, "token      missing: [telegram] token\n")


async def test_check_with_a_token_that_telegram_does_not_know(headsup: Headsup, telegram: Server) -> None:
    said = await asyncio.to_thread(headsup, "check", HEADSUP_TELEGRAM__TOKEN="2:other")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == "[telegram] token: Telegram does not know this token; copy it again from @BotFather\n"


async def test_check_without_a_network(headsup: Headsup, telegram: Server) -> None:
    await telegram.close()
    said = await asyncio.to_thread(headsup, "check")
    assert said.exit_code == 1
    assert said.stderr.startswith("[telegram] base_url: Telegram does not answer")
    assert "1:sandbox" not in said.stdout + said.stderr


def a_person_moves_in(tmp_path: Path) -> None:
    """Put something sealed into the diary, so that a wrong key can be told from the right one."""
    engine = open_engine(f"sqlite:///{tmp_path}/data/headsup.db")
    with engine.begin() as connection:
        session = Session(connection, load_keys(tmp_path / "headsup.key"), Settings())
        now = SystemClock().now()
        ann = users.add(session, users.stranger(1001, "en", "Europe/Berlin", now), now)
        checkins.open_(session, ann.id, now.date(), ann.zone, "headache", now)
    engine.dispose()


@pytest.mark.parametrize("command", USE_THE_DIARY)
async def test_another_key_is_noticed(headsup: Headsup, telegram: Server, tmp_path: Path, command: str) -> None:
    headsup("migrate")
    a_person_moves_in(tmp_path)
    key = tmp_path / "headsup.key"
    key.unlink()
    make_keys(key)
