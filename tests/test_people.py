"""`headsup users` and `headsup next`: ids, states, counts and times, and not a word that somebody said."""

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.schedule import Schedule
from bot.store import outbox, reminders, users
from tests import lived_in
from tests.lived_in import ANN, BEN, CANARY, diary, files_in, headsup

FAILED, MISCONFIGURED = 1, 78


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


def test_who_is_here(folder: Path) -> None:
    said = headsup("users")
    now = SystemClock().now()
    assert said.exit_code == 0, said.stderr
    since, seen = (f"{now - timedelta(days=7):%Y-%m-%d}", f"{now:%Y-%m-%d}")
    assert [line.split() for line in said.stdout.splitlines()] == [
        ["id", "state", "since", "last", "seen", "days", "answered"],
        [str(BEN), "blocked", since, seen, "0"],
        [str(ANN), "active", since, seen, "2"],
    ]
    assert json.loads(headsup("users", "--json").stdout)[1] == {
        "id": ANN,
        "state": "active",
        "since": since,
        "last_seen": seen,
        "days_answered": 2,
    }


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"paused_until": users.FOR_EVER}, "paused"),
        ({"paused_until": datetime(2025, 1, 1, tzinfo=UTC)}, "active"),
        ({"silent_until": users.FOR_EVER}, "active"),
        ({"state": "blocked", "paused_until": users.FOR_EVER}, "blocked"),
    ],
)
def test_how_somebody_stands(folder: Path, values: Mapping[str, Any], state: str) -> None:
    with diary(folder) as session:
        users.change(session, ANN, **values)
    assert json.loads(headsup("users", "--json").stdout)[1]["state"] == state
    hears = state == "active"
    assert len(json.loads(headsup("next", "--json").stdout)) == (2 if hears else 0)


@pytest.mark.parametrize(("ended", "state"), [("withdrawn", "withdrawn"), ("changed", "to agree")])
def test_a_consent_that_has_ended(folder: Path, ended: str, state: str) -> None:
    with diary(folder) as session:
        session.connection.exec_driver_sql("UPDATE consents SET ended = ? WHERE user_id = ?", (ended, ANN))
    assert json.loads(headsup("users", "--json").stdout)[1]["state"] == state
    assert headsup("next").stdout == "Nothing is planned for the next 24 hours.\n"


def test_who_gets_what_next(folder: Path) -> None:
    with diary(folder) as session:
        soon = SystemClock().now() + timedelta(minutes=30)
        owed = {"due_at": soon, "not_before": soon, "too_late_at": soon + timedelta(hours=6)}
        outbox.owe(session, ANN, "morning", "after an attack", **owed)
        everyday = Schedule(time(12), frozenset(range(7)), "UTC")
        reminders.add(session, ANN, "summary", everyday, SystemClock().now() + timedelta(days=2))
    said = headsup("next")
    assert said.exit_code == 0, said.stderr
    head, *lines = [line.split() for line in said.stdout.splitlines()]
    assert head == ["local", "time", "what", "id", "zone"]
    assert [line[2:] for line in lines] == [
        ["message", str(ANN), "Europe/Berlin"],
        ["check-in", str(ANN), "Europe/Berlin"],
        ["message", str(ANN), "Europe/Berlin"],
    ], "nothing for Ben, nothing of the day after tomorrow, and no word of what it is about"
    found = json.loads(headsup("next", "--json").stdout)
    assert [(line["what"], line["id"]) for line in found] == [(line[2], ANN) for line in lines]
    assert datetime.fromisoformat(found[0]["at"]) == soon
    assert CANARY not in said.output


@pytest.mark.parametrize("command", ["users", "next"])
def test_a_list_changes_nothing_and_needs_a_diary_of_this_version(folder: Path, command: str) -> None:
    before = files_in(folder)
    assert headsup(command).exit_code == 0
    assert files_in(folder) == before
    with diary(folder) as session:
        session.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    said = headsup(command)
    assert (said.exit_code, said.stderr.count("\n")) == (FAILED, 1)
    assert "headsup check says what to do" in said.stderr
    (folder / "data" / "headsup.db").unlink()
    assert headsup(command).exit_code == MISCONFIGURED


@pytest.mark.parametrize(
    ("command", "told"),
    [("users", "Nobody keeps a diary here yet."), ("next", "Nothing is planned for the next 24 hours.")],
)
def test_an_empty_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, told: str) -> None:
    monkeypatch.chdir(tmp_path)
    headsup("migrate")
    assert headsup(command).stdout == f"{told}\n"
    assert json.loads(headsup(command, "--json").stdout) == []
