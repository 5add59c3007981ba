"""`headsup check` on a set-up that is whole and on many that are broken: each fault is named, and what helps."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import update

import bot.diary
from bot import check
from bot.clock import SystemClock
from bot.config import load
from bot.diary import INSTALL
from bot.metrics import Metrics
from bot.sandbox.botapi import BotApi
from bot.sandbox.server import Server, serve
from bot.store.database import Database
from bot.store.tables import reminders
from bot.web.health import Health, Pulse
from tests import lived_in
from tests.broken import BROKEN, FAILED, MISCONFIGURED, old_backups, time_of
from tests.clock import HandClock
from tests.databases import Databases
from tests.faults.test_lock import NOT_ROOT
from tests.lived_in import ANN, CANARY, TOKEN, diary, files_in, headsup
from tests.pooler import pooled


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HEADSUP_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    lived_in.make(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to work in, and to break."""
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """A sandbox over HTTP, and settings that lead there."""
    running = await serve(BotApi(SystemClock()), port=0)
    monkeypatch.setenv("HEADSUP_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("HEADSUP_TELEGRAM__BASE_URL", f"{running.url}/bot")
    yield running
    await running.close()


async def test_a_set_up_that_is_whole(folder: Path, telegram: Server) -> None:
    before = files_in(folder)
    said = await asyncio.to_thread(headsup, "check")
    assert (said.exit_code, said.stderr) == (0, "")
    for line in (
        "settings   ok, access is by invite, polling",
        "token      ok, 1:…",
        "key        ok, headsup.key",
        ", of bot 1 (@HeadsUpSandboxBot), opens with the key, SQLite ",
        ", reminders are planned with it",
        " MB left, ",
        "backups    ok, the newest is headsup-",
        "people     1 active, 1 blocked",
        "next sends 2 within 24 h, the first at ",
        "; of the last 24 h, 1 failed, 0 came too late to be sent",
        "telegram   ok, this is @HeadsUpSandboxBot",
    ):
        assert line in said.stdout
    assert files_in(folder) == before, "a look changes nothing"
    for hidden in (TOKEN, CANARY, str(ANN)):
        assert hidden not in said.output


async def test_the_same_as_json(folder: Path, telegram: Server) -> None:
    shown = await asyncio.to_thread(headsup, "check")
    said = await asyncio.to_thread(headsup, "check", "--json")
    found = json.loads(said.stdout)
    assert (said.exit_code, found["ok"]) == (0, True)
    written = [f"{line['name']:10} {line['said']}" for line in found["findings"]]
    assert len(written) == 12
    assert sum(line in shown.stdout for line in written) >= 10, "all but how much room and time there is"

    (folder / "headsup.key").unlink()
    said = await asyncio.to_thread(headsup, "check", "--json")
    found = json.loads(said.stdout)
    assert (said.exit_code, found["ok"], said.stderr) == (MISCONFIGURED, False, "")
    assert [line["name"] for line in found["findings"] if not line["ok"]] == ["key"]

    said = headsup("check", "--json", HEADSUP_TELEGRAM__MODE="pooling")
    assert said.exit_code == MISCONFIGURED
    assert json.loads(said.stdout)["findings"][0]["said"].startswith("HEADSUP_TELEGRAM__MODE: must be")


async def test_beside_a_bot_that_is_writing(folder: Path, telegram: Server) -> None:
    with diary(folder) as session:
        session.execute(update(reminders).values(zone="UTC"))
        said = await asyncio.to_thread(headsup, "check")
    assert said.exit_code == 0, said.stderr


def test_offline_nobody_is_asked(folder: Path) -> None:
    nowhere = {"HEADSUP_TELEGRAM__TOKEN": TOKEN, "HEADSUP_TELEGRAM__BASE_URL": "http://127.0.0.1:9/bot"}
    assert headsup("check", **nowhere).exit_code == FAILED
    assert headsup("check", "--offline", **nowhere).exit_code == 0


def test_before_the_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = headsup("check", "--offline", HEADSUP_TELEGRAM__TOKEN=TOKEN)
    assert said.exit_code == 0, said.stderr
    assert "key        none yet; the first start makes it\n" in said.stdout
    assert list(tmp_path.iterdir()) == []


def test_there_are_many_of_them() -> None:
    assert len(BROKEN) >= 20


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_set_up(folder: Path, telegram: Server, name: str) -> None:
    broken = BROKEN[name]
    broken.harm(folder)
    before = files_in(folder)
    said = await asyncio.to_thread(headsup, "check", **broken.variables)
    assert isinstance(said.exception, SystemExit), "or else the operator reads a traceback"
    assert said.exit_code == broken.code, said.output
    [told] = said.stderr.splitlines()
    assert broken.fault in told
    assert broken.cure in told.partition(broken.fault)[2]
    assert files_in(folder) == before, "a look changes nothing"
    for hidden in (TOKEN, "sandbox:", "revoked", CANARY, str(ANN)):
        assert hidden not in said.output


@pytest.mark.parametrize(
    ("name", "mode", "told"),
    [
        ("data", 0o000, "database   [database] url: Permission denied; let the bot read and write data/headsup.db"),
        (
            "headsup.key",
            0o000,
            "key        [keys] file: cannot read headsup.key: Permission denied; let the bot read it",
        ),
    ],
    ids=["folder", "key"],
)
def test_what_the_bot_is_not_let_at(folder: Path, name: str, mode: int, told: str) -> None:
    root = os.geteuid() == 0
    if root and not shutil.which(NOT_ROOT[0]):
        pytest.skip("root may read anything, and there is no setpriv")
    (folder / name).chmod(mode)
    said = subprocess.run(
        [*(NOT_ROOT if root else ()), sys.executable, "-m", "bot", "check", "--offline"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "HEADSUP_TELEGRAM__TOKEN": TOKEN},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (folder / name).chmod(0o700)
    assert said.returncode in (FAILED, MISCONFIGURED)
    assert said.stderr == f"{told}\n"


async def test_several_faults_are_told_at_once(folder: Path, telegram: Server) -> None:
    old_backups(folder)
    time_of(hours=-3)(folder)
    (folder / "headsup.key").chmod(0o640)
    said = await asyncio.to_thread(headsup, "check")
    assert said.exit_code == MISCONFIGURED
    assert [line.split()[0] for line in said.stderr.splitlines()] == ["key", "backups", "next"]


async def test_a_disk_that_is_nearly_full(folder: Path, telegram: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LITTLE", 1 << 62)
    said = await asyncio.to_thread(headsup, "check")
    assert said.exit_code == FAILED
    assert said.stderr.startswith("disk       only ")
    assert said.stderr.endswith("; make room\n")


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (timedelta(minutes=-90), "this machine's clock is 90 min behind Telegram's; set it"),
        (timedelta(days=3), "this machine's clock is 3 days ahead of Telegram's; set it"),
        (timedelta(days=-30_000 // 2), "this machine says it is 19"),
    ],
)
async def test_a_clock_that_is_wrong(folder: Path, telegram: Server, off: timedelta, told: str) -> None:
    clock = HandClock(SystemClock().now() + off)
    found = await asyncio.to_thread(check.look, load(None, os.environ), clock)
    assert told in " ".join(finding.said for finding in found if finding.name == "clock")
    assert all(finding.code == FAILED for finding in found if finding.name == "clock"), "not ok as well"
    assert check.code_of(found) == FAILED


@pytest.fixture
def server(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a diary on PostgreSQL, as it is after the first start."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADSUP_TELEGRAM__TOKEN", TOKEN)
    with databases.empty(tmp_path) as home:
        monkeypatch.setenv("HEADSUP_DATABASE__URL", home.url)
        assert headsup("migrate").exit_code == 0
        yield home.url


@pytest.mark.postgres
def test_a_diary_on_a_server(server: str) -> None:
    said = headsup("check", "--offline")
    assert (said.exit_code, said.stderr) == (0, "")
    assert "database   ok, schema " in said.stdout


@pytest.mark.postgres
def test_a_server_that_is_too_old(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.diary, "OLDEST", 99)
    said = headsup("check", "--offline")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr.startswith("database   [database] url: the server is PostgreSQL ")
    assert said.stderr.endswith("; version 99 or newer is needed\n")


@pytest.mark.postgres
@pytest.mark.parametrize("refuses", [True, False], ids=["refuses", "ignores"])
async def test_a_pooler_before_the_server(server: str, refuses: bool) -> None:
    async with pooled(server, refuses=refuses) as address:
        said = await asyncio.to_thread(headsup, "check", "--offline", HEADSUP_DATABASE__URL=address)
    assert said.exit_code == MISCONFIGURED
    [told] = said.stderr.splitlines()
    assert told.startswith("database   [database] url: something in between, like PgBouncer, ")
    assert told.endswith("; give the address of PostgreSQL itself")


@pytest.mark.postgres
async def test_a_start_through_a_pooler_says_so_too(server: str) -> None:
    async with pooled(server, refuses=True) as address:
        said = await asyncio.to_thread(headsup, "migrate", HEADSUP_DATABASE__URL=address)
    assert said.exit_code == FAILED
    assert said.stderr.endswith("; give the address of PostgreSQL itself\n")


@pytest.mark.postgres
def test_half_of_what_postgresql_needs(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pgqueuer", None)
    said = headsup("check", "--offline")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == f"database   [database] url: headsup worker needs pgqueuer beside psycopg; {INSTALL}\n"


async def test_nothing_of_what_postgresql_needs(
    folder: Path, telegram: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    there = "postgresql+psycopg://ann:revoked@127.0.0.1:9/headsup"
    said = await asyncio.to_thread(headsup, "check", HEADSUP_DATABASE__URL=there)
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == f"database   [database] url: PostgreSQL needs psycopg; {INSTALL}\n"


async def test_the_port_of_health_is_free_or_the_bots_own(folder: Path, telegram: Server) -> None:
    health = Health(cast(Database, None), SystemClock(), Metrics(), [Pulse("poll", lambda: None, timedelta(seconds=1))])
    port = str(await health.start("127.0.0.1", 0))
    said = await asyncio.to_thread(headsup, "check", HEADSUP_HTTP__PORT=port)
    assert said.exit_code == 0, said.stderr
    assert f"http       ok, a HeadsUp answers at 127.0.0.1:{port}\n" in said.stdout, "and is not well, which it says"
    await health.stop()
    for _ in range(2):  # what looked lets go of it
        said = await asyncio.to_thread(headsup, "check", HEADSUP_HTTP__PORT=port)
        assert f"http       ok, 127.0.0.1:{port} is free for health and metrics\n" in said.stdout


async def test_the_port_of_health_is_another_programs(folder: Path, telegram: Server) -> None:
    async def hears(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        writer.close()

    mail = await asyncio.start_server(hears, "127.0.0.1", 0)
    for port in (telegram.port, mail.sockets[0].getsockname()[1]):
        said = await asyncio.to_thread(headsup, "check", HEADSUP_HTTP__PORT=str(port))
        assert said.exit_code == FAILED
        told = f"http       [http] port: 127.0.0.1:{port} is taken by another program; stop that one, or choose another"
        assert said.stderr == f"{told} port\n"
    mail.close()


async def test_health_at_an_address_of_another_machine(folder: Path, telegram: Server) -> None:
    there = {"HEADSUP_HTTP__LISTEN": "192.0.2.1", "HEADSUP_HTTP__PORT": "9090"}
    said = await asyncio.to_thread(headsup, "check", **there)
    assert said.exit_code == FAILED
    assert said.stderr.startswith("http       [http] listen: 192.0.2.1:9090: ")
    assert "; give an address of this machine, and a port above 1023" in said.stderr
