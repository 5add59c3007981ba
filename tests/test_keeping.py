"""Backup, restore and erase as an operator meets them: what they say, their exit codes, and what they leave alone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.config import Settings
from bot.store import checkins, lock, users
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine
from bot.store.schema import newest

Headsup = Callable[..., Result]
ANN = 7_654_321_987


@pytest.fixture
def headsup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Headsup:
    """The command in a folder with an empty diary."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HEADSUP_")]:
        monkeypatch.delenv(name)

    def run(*words: str, **variables: str) -> Result:
        return CliRunner().invoke(app, words, env=variables, prog_name="headsup")

    assert run("migrate").exit_code == 0
    return run


def settle_in(folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    now = SystemClock().now()
    with engine.begin() as connection:
        session = Session(connection, load_keys(folder / "headsup.key"), Settings())
        users.add(session, users.stranger(ANN, "en", "UTC", now), now)
        checkin = checkins.open_(session, ANN, now.date(), "UTC", "headache", now)
        checkins.answer(session, checkin, {"headache": 7}, now, source="tap", late=False)
    engine.dispose()


def people(folder: Path) -> int:
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        found = users.count(Session(connection, load_keys(folder / "headsup.key"), Settings()))
    engine.dispose()
    return found


def test_there_and_back(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    said = headsup("backup", "backups/monday")
    assert said.exit_code == 0, said.stderr
    assert "Backed up to backups/monday, read back and found whole: 1 person, 1 day." in said.stdout
    assert "the key headsup.key" in said.stdout
    headsup("erase", str(ANN))
    (tmp_path / "headsup.key.erased").unlink()  # as on another machine, where nobody was erased
    said = headsup("restore", "backups/monday")
    assert said.exit_code == 0, said.stderr
    assert "1 person, 1 day." in said.stdout
    assert "The diary that was here before is now data/headsup.db.before-" in said.stdout
    assert people(tmp_path) == 1


def test_where_there_is_nothing_to_back_up(tmp_path: Path, headsup: Headsup) -> None:
    (tmp_path / "data" / "headsup.db").unlink()
    said = headsup("backup", "monday")
    assert (said.exit_code, said.stderr.count("\n")) == (78, 1)
    assert "there is no diary there yet" in said.stderr
    assert not (tmp_path / "monday").exists()


@pytest.mark.parametrize("file", ["data/headsup.db", "headsup.key", "data/../headsup.key"])
def test_a_backup_never_replaces_diary_or_key(headsup: Headsup, tmp_path: Path, file: str) -> None:
    before = (tmp_path / file).read_bytes()
    said = headsup("backup", file)
    assert said.exit_code == 78
    assert "give the backup a name of its own" in said.stderr
    assert (tmp_path / file).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is no HeadsUp backup"), (b"SQLite format 3\0", "is no HeadsUp backup"), (None, "there is no such file")],
)
def test_what_is_no_backup_changes_nothing(headsup: Headsup, tmp_path: Path, content: bytes | None, told: str) -> None:
    settle_in(tmp_path)
    if content is not None:
        (tmp_path / "monday").write_bytes(content)
    said = headsup("restore", "monday")
    assert said.exit_code in (1, 78)
    assert told in said.stderr
    assert people(tmp_path) == 1


def test_the_key_of_another_diary_opens_nothing(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    headsup("backup", "monday")
    (tmp_path / "headsup.key").rename(tmp_path / "kept.key")
    (tmp_path / "data" / "headsup.db").rename(tmp_path / "kept.db")
    headsup("migrate")
    said = headsup("restore", "monday")
    assert said.exit_code == 1
    assert "was made with another key, or is damaged" in said.stderr
    assert people(tmp_path) == 0


def test_no_restore_under_a_running_bot(headsup: Headsup, tmp_path: Path) -> None:
    headsup("backup", "monday")
    held = lock.take(tmp_path / "data" / "headsup.db")
    said = headsup("restore", "monday")
    held.close()
    assert said.exit_code == 75
    assert str(os.getpid()) in said.stderr


def test_erasing_says_what_it_cannot_reach(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    said = headsup("erase", str(ANN))
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith(f"Erased {ANN}. Older backups still hold them; restored, they leave them out.")
    assert people(tmp_path) == 0
    said = headsup("erase", str(ANN))
    assert (said.exit_code, said.stderr) == (1, f"Nobody with the id {ANN} keeps a diary here.\n")


def test_a_key_without_its_diary_starts_no_empty_one(headsup: Headsup, tmp_path: Path) -> None:
    (tmp_path / "data" / "headsup.db").unlink()
    said = headsup("run", HEADSUP_TELEGRAM__TOKEN="1:sandbox", HEADSUP_TELEGRAM__BASE_URL="http://127.0.0.1:9/bot")
    assert said.exit_code == 78
    assert "no diary at data/headsup.db" in said.stderr
    assert "headsup restore FILE" in said.stderr
    assert not (tmp_path / "data" / "headsup.db").exists()
    assert headsup("migrate").exit_code == 0, "on purpose, it does"
    assert newest() in headsup("migrate").stdout
