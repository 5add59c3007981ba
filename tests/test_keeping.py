"""Backup, restore, erase and a new key as an operator meets them: what is said, exit codes, and what is left alone."""

import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.config import Settings
from bot.store import checkins, erasures, lock, users
from bot.store.crypto import add_key, load_keys
from bot.store.database import Session, open_engine
from bot.store.schema import newest
from bot.store.tables import answers
from tests.terminals import on_a_terminal

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


def test_a_bar_shows_how_far_it_is_where_a_person_watches(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    for words, doing in (
        (("backup", "monday"), ["Backing up and reading back"]),
        (("restore", "monday"), ["Checking", "Restoring and comparing"]),
    ):
        shown = on_a_terminal("-m", "bot", *words, variables={}, folder=tmp_path)
        assert all(f"{what} " in shown for what in doing)
        assert "100%" in shown


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


def key_numbers(folder: Path) -> tuple[list[int], set[int]]:
    """Return the keys in the file, and those that the answers are sealed with."""
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        sealed = {value[0] for value in connection.execute(select(answers.c.value)).scalars()}
    engine.dispose()
    return sorted(load_keys(folder / "headsup.key").ring), sealed


def headache(folder: Path) -> object:
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        session = Session(connection, load_keys(folder / "headsup.key"), Settings())
        days = checkins.history(session, ANN, date.min, date.max)
    engine.dispose()
    return [values["headache"] for values in days.values()]


def test_a_new_key_and_later_the_old_one_goes(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    assert key_numbers(tmp_path) == ([1], {1})
    shutil.copy(tmp_path / "headsup.key", tmp_path / "copy.key")
    said = headsup("rotate-key")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("Sealed with the new key in headsup.key: 2 values.\nCopy that file again")
    assert "headsup rotate-key --forget-old" in said.stdout
    assert key_numbers(tmp_path) == ([1, 2], {2})
    assert headache(tmp_path) == [7]

    said = headsup("rotate-key", "--forget-old")
    assert said.exit_code == 0, said.stderr
    assert "Only the present key is left in headsup.key." in said.stdout
    assert key_numbers(tmp_path) == ([2], {2})
    assert headache(tmp_path) == [7]
    assert headsup("rotate-key", "--forget-old").stdout == "There is only one key in headsup.key.\n"

    shutil.copy(tmp_path / "copy.key", tmp_path / "headsup.key")
    for words in (("check", "--offline"), ("rotate-key",)):
        said = headsup(*words, HEADSUP_TELEGRAM__TOKEN="1:sandbox")
        assert said.exit_code in (1, 78)
        assert "does not open with this key; put the key of this database back" in said.stderr


def test_an_interrupted_one_is_finished_with_the_same_key(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    add_key(tmp_path / "headsup.key", load_keys(tmp_path / "headsup.key"))
    settle_in_more(tmp_path)
    assert key_numbers(tmp_path) == ([1, 2], {1, 2}), "whoever starts the bot meanwhile seals with the new one"
    said = headsup("rotate-key")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("An older key is still in use; the newest in headsup.key takes its place.")
    assert key_numbers(tmp_path) == ([1, 2], {2})
    assert headsup("rotate-key").exit_code == 0
    assert key_numbers(tmp_path) == ([1, 2, 3], {3}), "the next one is a new one again"
    assert headache(tmp_path) == [7, 7]


def settle_in_more(folder: Path) -> None:
    """Let Ann answer the day before as well."""
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    now = SystemClock().now() - timedelta(days=1)
    with engine.begin() as connection:
        session = Session(connection, load_keys(folder / "headsup.key"), Settings())
        checkin = checkins.open_(session, ANN, now.date(), "UTC", "headache", now)
        checkins.answer(session, checkin, {"headache": 7}, now, source="tap", late=False)
    engine.dispose()


def test_an_older_backup_still_opens_and_is_sealed_anew(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    headsup("backup", "before")
    headsup("rotate-key")
    said = headsup("restore", "before")
    assert said.exit_code == 0, said.stderr
    assert headache(tmp_path) == [7]
    assert key_numbers(tmp_path) == ([1, 2], {1})
    assert headsup("rotate-key").exit_code == 0
    assert key_numbers(tmp_path) == ([1, 2], {2})


def test_who_was_erased_under_the_new_key_stays_out_of_older_backups(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    headsup("backup", "before")
    headsup("rotate-key")
    headsup("erase", str(ANN))
    said = headsup("restore", "before")
    assert said.exit_code == 0, said.stderr
    assert people(tmp_path) == 0


def test_an_old_key_that_a_nightly_backup_needs_is_kept(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    headsup("backup", "data/backups/headsup-2026-03-01.backup")
    headsup("rotate-key")
    headsup("backup", "data/backups/headsup-2026-03-02.backup")
    said = headsup("rotate-key", "--forget-old")
    assert said.exit_code == 1
    assert said.stderr == (
        "data/backups: 1 backup in it opens with an old key only, headsup-2026-03-01.backup for one; remove first\n"
    )
    assert key_numbers(tmp_path) == ([1, 2], {2})
    (tmp_path / "data/backups/headsup-2026-03-01.backup").unlink()
    assert headsup("rotate-key", "--forget-old").exit_code == 0
    assert key_numbers(tmp_path) == ([2], {2})
    assert headsup("restore", "data/backups/headsup-2026-03-02.backup").exit_code == 0


def test_who_was_noted_to_be_erased_is_gone_before_the_old_key_is(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    keys = load_keys(tmp_path / "headsup.key")
    erasures.note(tmp_path / "headsup.key", keys, ANN, SystemClock().now() + timedelta(seconds=1))
    headsup("rotate-key")
    assert headsup("rotate-key", "--forget-old").exit_code == 0
    assert people(tmp_path) == 0


@pytest.mark.parametrize("more", [(), ("--forget-old",)], ids=["new", "forget"])
def test_no_new_key_under_a_running_bot(headsup: Headsup, tmp_path: Path, more: tuple[str, ...]) -> None:
    settle_in(tmp_path)
    held = lock.take(tmp_path / "data" / "headsup.db")
    said = headsup("rotate-key", *more)
    held.close()
    assert said.exit_code == 75
    assert said.stderr.endswith(f"is in use by process {os.getpid()}; stop that one first\n")
    assert key_numbers(tmp_path) == ([1], {1})


def test_a_value_that_is_damaged_is_told_and_keeps_the_old_key(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    settle_in_more(tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path}/data/headsup.db")
    with engine.begin() as connection:
        connection.execute(update(answers).where(answers.c.checkin_id == 2).values(value=b"\x01damaged"))
    engine.dispose()
    for more, keys in (((), [1, 2]), (("--forget-old",), [1, 2]), ((), [1, 2, 3])):
        said = headsup("rotate-key", *more)
        assert said.exit_code == 1
        assert said.stderr.startswith("[keys] file: 1 value opens with no key in headsup.key and stayed as before")
        assert said.stderr.count("\n") == 1
        assert ": 1 in answers; where they are damaged, a backup may have them." in said.stderr
        assert ("--leave-unreadable" in said.stderr) == bool(more)
        assert key_numbers(tmp_path) == (keys, {1, keys[-1]}), "the others have their new key all the same"
    said = headsup("rotate-key", "--leave-unreadable")
    assert (said.exit_code, said.stderr) == (78, "--leave-unreadable: goes with --forget-old only\n")
    said = headsup("rotate-key", "--forget-old", "--leave-unreadable")
    assert said.exit_code == 0, said.stderr
    assert "Left as before, since no key opened it: 1 in answers." in said.stdout
    assert "remove its older copies" not in said.stdout
    assert key_numbers(tmp_path) == ([3], {1, 3}), "what is damaged is still there"


def test_a_key_file_that_cannot_be_written_stays_as_it_is(headsup: Headsup, tmp_path: Path) -> None:
    settle_in(tmp_path)
    (tmp_path / ".headsup.key.part").mkdir()
    said = headsup("rotate-key")
    assert said.exit_code == 1
    assert said.stderr.startswith("[keys] file: cannot write headsup.key: ")
    assert said.stderr.count("\n") == 1
    assert key_numbers(tmp_path) == ([1], {1})


def test_a_backup_folder_that_is_none_is_told_at_the_start(headsup: Headsup, tmp_path: Path) -> None:
    (tmp_path / "data" / "shelf").write_text("")
    variables = {"HEADSUP_TELEGRAM__TOKEN": "1:sandbox", "HEADSUP_BACKUP__FOLDER": "shelf"}
    said = headsup("run", **variables, HEADSUP_TELEGRAM__BASE_URL="http://127.0.0.1:9/bot")
    assert said.exit_code == 78
    assert said.stderr == (
        "[backup] folder: cannot write to data/shelf: File exists; name another folder, or set [backup] keep_daily "
        "to 0 to make no backups\n"
    )
