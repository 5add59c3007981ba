"""headsup broadcast as an operator meets it: shown first, asked about, handed to the bot, running or not."""

import os
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.config import Settings
from bot.store import broadcasts, lock, users
from bot.store.broadcasts import Broadcast
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine
from tests.conftest import moves_in
from tests.lived_in import headsup
from tests.terminals import on_a_terminal

ANN = 7_654_321_987


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A diary with one person in it, and a message."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HEADSUP_")]:
        monkeypatch.delenv(name)
    assert headsup("migrate").exit_code == 0
    now = SystemClock().now()
    engine = open_engine(f"sqlite:///{tmp_path}/data/headsup.db")
    with engine.begin() as connection:
        session = Session(connection, load_keys(tmp_path / "headsup.key"), Settings())
        moves_in(session, users.stranger(ANN, "en", "UTC", now), now)
    engine.dispose()
    (tmp_path / "message.txt").write_text("Back at <six>.\n")
    return tmp_path


def going_out(folder: Path) -> Broadcast | None:
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        found = broadcasts.current(Session(connection, load_keys(folder / "headsup.key"), Settings()))
    engine.dispose()
    return found


def test_a_dry_run_shows_it_and_sends_nothing(folder: Path) -> None:
    said = headsup("broadcast", "message.txt", "--dry-run")
    assert said.exit_code == 0, said.stderr
    assert said.stdout == (
        "From whoever runs this bot:\n\nBack at <six>.\n\n"
        "To 1 person, once each; those who want no news are left out.\n"
    )
    assert going_out(folder) is None


def test_without_a_bot_it_waits_in_the_diary(folder: Path) -> None:
    said = headsup("broadcast", "message.txt", "--yes")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.endswith("It goes out as soon as the bot runs: headsup run\n")
    kept = going_out(folder)
    assert kept is not None and kept.text == "Back at <six>."
    again = headsup("broadcast", "message.txt", "--yes")
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)
    assert again.stderr.startswith("The last broadcast is still going out")
    assert going_out(folder) == kept


def test_beside_a_running_bot_it_is_handed_over_sealed(folder: Path) -> None:
    held = lock.take(folder / "data" / "headsup.db")
    said = headsup("broadcast", "message.txt", "--yes")
    again = headsup("broadcast", "message.txt", "--yes")
    held.close()
    assert said.exit_code == 0, said.stderr
    assert going_out(folder) is None, "there is one writer"
    file = broadcasts.file_of(folder / "headsup.key")
    assert file.stat().st_mode & 0o077 == 0
    assert b"six" not in file.read_bytes()
    handed = broadcasts.handed_over(folder / "headsup.key", load_keys(folder / "headsup.key"))
    assert handed is not None and handed.text == "Back at <six>."
    assert again.stderr.startswith("The last broadcast is still going out")


def test_nothing_goes_out_unasked(folder: Path) -> None:
    said = headsup("broadcast", "message.txt")
    assert said.exit_code == 78
    assert said.stderr == "--yes: say so where nobody can be asked; --dry-run only shows the message\n"
    assert going_out(folder) is None


@pytest.mark.parametrize(("typed", "goes_out"), [("y\n", True), ("n\n", False)], ids=["yes", "no"])
def test_a_person_at_a_terminal_is_asked(folder: Path, typed: str, goes_out: bool) -> None:
    shown = on_a_terminal(
        "-m", "bot", "broadcast", "message.txt", variables={}, folder=folder, typed=typed, ends=int(not goes_out)
    )
    assert "Send it? [y/N]" in shown
    assert (going_out(folder) is not None) == goes_out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b" \n", "message.txt: is empty\n"),
        (b"\xff", "message.txt: is not text in UTF-8\n"),
        (b"a\0b", "message.txt: is not text\n"),
        (b"x" * 3501, "message.txt: has 3501 letters; a message holds 3500\n"),
        (None, "message.txt: cannot be read: No such file or directory\n"),
    ],
    ids=["empty", "bytes", "nul", "long", "missing"],
)
def test_what_is_no_message_is_told(folder: Path, content: bytes | None, told: str) -> None:
    if content is None:
        (folder / "message.txt").unlink()
    else:
        (folder / "message.txt").write_bytes(content)
    said = headsup("broadcast", "message.txt", "--yes")
    assert (said.exit_code, said.stderr) == (78, told)
    assert going_out(folder) is None
