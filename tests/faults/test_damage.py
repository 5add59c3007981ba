"""A diary whose file was damaged is refused, or shows nothing but what people have answered (T33)."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import typer

from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.diary import open_diary
from bot.domain.questions import Answers, Hours
from bot.store import checkins, lock, users
from bot.store.database import Database, Session
from bot.terminal import FAILED, MISCONFIGURED
from tests.conftest import moves_in
from tests.e2e.conftest import ROOT
from tests.faults.household import lay_out
from tests.faults.promises import FULL, Figures

PEOPLE = range(1001, 1005)
MONTH = [date(2026, 3, 1) + timedelta(days=number) for number in range(31)]
APRIL = [date(2026, 4, 1) + timedelta(days=number) for number in range(20)]
FLIPPED = range(200) if FULL else range(20, 45)
"""Seeds of flipped bits; the sample holds one that only a check of all indexes finds."""

FILE = "data/headsup.db"
Given = Mapping[tuple[int, date], Answers]
Harm = Callable[[Path], None]


def live(folder: Path, days: list[date], seed: int) -> Given:
    """Let people fill their cards for some days; returns what they answered."""
    chance = random.Random(seed)

    def fill(session: Session) -> Given:
        given = {}
        for user_id in PEOPLE:
            if users.get(session, user_id) is None:
                since = datetime(2026, 2, 1, tzinfo=UTC)
                moves_in(session, users.stranger(user_id, "en", "UTC", since), since)
            for day in days:
                given[user_id, day] = some_answers(chance)
                at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
                checkin = checkins.open_(session, user_id, day, "UTC", "headache", at)
                checkins.answer(session, checkin, given[user_id, day], at, source="tap", late=False)
        return given

    database = opened(folder)
    given = database.submit(fill).result()
    database.close()
    return given


def some_answers(chance: random.Random) -> Answers:
    return {
        "headache": chance.randint(0, 10),
        "back": chance.randint(0, 10),
        "back_region": frozenset(chance.sample(("neck", "upper", "lower"), chance.randint(1, 3))),
        "sleep_hours": Hours(chance.randint(4, 6), chance.randint(7, 9)),
        "posture": chance.choice((None, 1, 2, 3, 4, 5)),
    }


def opened(folder: Path, *, begin: bool = False) -> Database:
    """Open the diary in a folder as `headsup run` does; `begin`: as `headsup migrate` does."""
    at = folder / FILE
    settings = Settings(database=DatabaseSettings(url=f"sqlite:///{at}"), keys=KeyFile(file=folder / "headsup.key"))
    held = lock.take(at)
    try:
        return open_diary(settings, held, begin=begin)
    except typer.Exit:
        held.close()
        raise


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Given]:
    """A folder with the diary of a month, its key, and two logs that do not belong to it; and all that was answered."""
    folder, later, other = (tmp_path_factory.mktemp(name) for name in ("whole", "later", "other"))
    lay_out(folder)
    given = dict(live(folder, MONTH, seed=1))
    for name in (FILE, "headsup.key"):
        (later / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(folder / name, later / name)
    given.update(live(later, APRIL[:-1], seed=2))
    with log_kept(later, folder / "later.log"):
        given.update(live(later, APRIL[-1:], seed=3))
    lay_out(other)
    with log_kept(other, folder / "other.log"):
        live(other, MONTH[:5], seed=4)
    return folder, given


@contextmanager
def log_kept(folder: Path, to: Path) -> Iterator[None]:
    """Copy the write-ahead log of what is written meanwhile; somebody reads, so that it is not folded in at the end."""
    reader = sqlite3.connect(folder / FILE)
    reader.execute("SELECT count(*) FROM users").fetchone()
    yield
    shutil.copyfile(folder / f"{FILE}-wal", to)
    reader.close()


def flip(at: Path, seed: int) -> None:
    """Turn over one to three bits."""
    chance = random.Random(seed)
    content = bytearray(at.read_bytes())
    for _ in range(chance.randint(1, 3)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    at.write_bytes(content)


def cut(at: Path, part: float) -> None:
    os.truncate(at, int(at.stat().st_size * part))


def cut_one_page(at: Path) -> None:
    os.truncate(at, at.stat().st_size - 4096)


def zero(at: Path, much: int) -> None:
    with at.open("r+b") as file:
        file.write(bytes(much))


def no_letter(at: Path) -> None:
    """Put a byte into a word of SQLite's that is no letter, which its own complaint about it then holds."""
    at.write_bytes(at.read_bytes().replace(b"CREATE TABLE users", b"CREAT\xc5 TABLE users", 1))


def another_program(at: Path) -> None:
    at.unlink()
    other = sqlite3.connect(at)
    other.execute("CREATE TABLE bookmarks (address TEXT)")
    other.commit()
    other.close()


def words(at: Path) -> None:
    at.write_text("Dear diary, today my back hurt.\n" * 400, "utf-8")


def strange_log(at: Path, name: str) -> None:
    at.with_name(f"{at.name}-wal").write_bytes((at.parents[1] / name).read_bytes())


KINDS: Mapping[str, Harm] = {
    **{f"bits {seed}": partial(flip, seed=seed) for seed in FLIPPED},
    **{f"cut to {part}": partial(cut, part=part) for part in (0, 0.001, 0.03, 0.3, 0.5, 0.7, 0.95, 0.9999)},
    "cut by a page": cut_one_page,
    "no header": partial(zero, much=100),
    "no first page": partial(zero, much=4096),
    "a letter of the schema": no_letter,
    "another program's": another_program,
    "words": words,
    "log of another": partial(strange_log, name="other.log"),
    "log of a later day": partial(strange_log, name="later.log"),
}

CHECKED = [name for name in KINDS if "bits" not in name] if FULL else ["no header"]
"""What `headsup check` is shown, too."""


@dataclass
class Seen:
    """What came of one damaged diary."""

    refused: bool = False
    in_part: bool = False
    traceback: bool = False
    invented: int = 0
    gone: int = 0


def look(folder: Path, given: Given) -> Seen:
    """Open a damaged diary and read everything in it; a turn takes whatever reading raises for a refusal."""
    seen = Seen()
    try:
        database = opened(folder)
    except typer.Exit as stop:
        assert stop.exit_code in (FAILED, MISCONFIGURED)
        seen.refused = True
        return seen
    except Exception:  # noqa: BLE001 - this is what is counted
        seen.traceback = True
        return seen
    for user_id in PEOPLE:
        try:
            days = database.submit(partial(history, user_id=user_id)).result()
        except Exception:  # noqa: BLE001 - KeyTrouble mostly, and what SQLite finds when it comes there
            seen.in_part = True
            continue
        for day, answers in days.items():
            seen.invented += len(answers.items() - given.get((user_id, day), {}).items())
        seen.gone += sum(len(given[user_id, day].keys() - days.get(day, {}).keys()) for day in MONTH)
    database.close()
    return seen


def history(session: Session, user_id: int) -> Mapping[date, Answers]:
    return checkins.history(session, user_id, date.min, date.max)


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `headsup check` on the diary in a folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_damaged_diary(
    whole: tuple[Path, Given], tmp_path: Path, promise: Figures, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, given = whole
    noticed = []
    for name, harm in KINDS.items():
        damaged = tmp_path / "damaged"
        shutil.copytree(folder, damaged, ignore=shutil.ignore_patterns("*.ballast"))
        harm(damaged / FILE)
        checked = name in CHECKED and check(damaged)
        seen = look(damaged, given)
        said = capsys.readouterr().err
        assert not seen.refused or ("headsup restore FILE" in said and said.count("\n") == 1), (name, said)
        promise.at_most("T33", "answers shown that nobody gave, damaged file", 0, seen.invented)
        promise.at_most("T33", "answers gone without a word, damaged file", 0, seen.gone)
        promise.at_most("T33", "tracebacks, damaged file", 0, int(seen.traceback))
        if checked:
            promise.at_most("T33", "tracebacks of headsup check, damaged file", 0, int("Traceback" in checked.stderr))
            missed = seen.refused and "headsup restore FILE" not in checked.stderr
            promise.at_most("T33", "refused files that headsup check finds good", 0, int(missed))
        noticed.append(seen.refused or seen.in_part)
        shutil.rmtree(damaged)
    share = 100 * sum(noticed) / len(noticed)
    promise.at_least("T33", "damaged files refused, whole or in part", 0, share, "%", tries=len(noticed))


def test_another_programs_database_is_left_alone(whole: tuple[Path, Given], tmp_path: Path, promise: Figures) -> None:
    at = tmp_path / FILE
    at.parent.mkdir()
    shutil.copyfile(whole[0] / "headsup.key", tmp_path / "headsup.key")
    at.touch()
    another_program(at)
    with pytest.raises(typer.Exit) as stop:
        opened(tmp_path, begin=True)
    assert stop.value.exit_code == MISCONFIGURED
    promise.at_most("T33", "tables made in another program's database", 0, int(tables(at) != ["bookmarks"]))


def tables(at: Path) -> list[str]:
    connection = sqlite3.connect(at)
    found = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    return found
