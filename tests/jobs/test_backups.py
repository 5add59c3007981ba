"""The nightly backup as it is lived: made once a night, whole or not at all, and one day needed."""

import asyncio
import errno
import os
import shutil
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import keeping
from bot.config import Backup, Defaults, KeyFile, Settings
from bot.config import Database as DatabaseSettings
from bot.domain.questions import Answers
from bot.sandbox.person import Person
from bot.store import backup, backup_folder, checkins, erasures, users
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine
from bot.store.sealed_lines import SealedLines
from jobs import backups
from jobs.backups import AGAIN_AFTER, Backups
from tests.conftest import NOON, Telegram
from tests.stories.conftest import traces

NIGHT = date(2026, 3, 2)
HOUR = 3600


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every story, in a zone where 3:30 comes at 2:30 UTC."""
    return settings.model_copy(update={"defaults": Defaults(timezone="Europe/Berlin")})


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.backup.folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put(file: Path, content: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)


def nightly(telegram: Telegram) -> Backups:
    return Backups(telegram.database, telegram.clock)


async def night_after_night(telegram: Telegram, nights: int) -> None:
    """Let the job beat every hour for so many days."""
    made = nightly(telegram)
    for _ in range(nights * 24):
        await made.take(telegram.clock.now())
        telegram.clock.moves(HOUR)


async def test_one_a_night_seven_and_four_are_kept(telegram: Telegram, folder: Path) -> None:
    put(folder / "headsup-by-hand.backup", "mine")
    await night_after_night(telegram, 60)
    last = date(2026, 5, 1)
    days = [last - timedelta(days=age) for age in range(7)] + [date(2026, 4, day) for day in (24, 19, 12, 5)]
    expected = {f"headsup-{day}.backup" for day in days} | {"headsup-by-hand.backup"}
    assert set(names(folder)) == expected
    made = backup.verify(folder / f"headsup-{last}.backup", telegram.database.keys)
    assert made.made_at == datetime(2026, 5, 1, 2, 0, tzinfo=UTC), "the first beat after 3:30 in Berlin"
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in expected if "hand" not in name)


async def test_a_night_that_was_missed_is_made_up_for_once(telegram: Telegram, folder: Path) -> None:
    await nightly(telegram).take(NOON)
    assert names(folder) == [f"headsup-{NIGHT}.backup"]
    first = (folder / f"headsup-{NIGHT}.backup").read_bytes()
    for now in (NOON, NOON - timedelta(hours=5), NOON + timedelta(hours=10)):
        await nightly(telegram).take(now)
    assert (folder / f"headsup-{NIGHT}.backup").read_bytes() == first, "a restart, and a clock set back, make no second"
    await nightly(telegram).take(NOON + timedelta(hours=12))
    assert len(names(folder)) == 1, "after midnight it is not yet half past three"
    await nightly(telegram).take(NOON + timedelta(hours=15))
    assert len(names(folder)) == 2


async def test_people_are_answered_while_it_is_made(
    telegram: Telegram, ann: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, seen = threading.Event(), []
    end = SealedLines.end

    def not_before_the_answer(lines: SealedLines) -> None:
        seen.append(answered.wait(10))
        end(lines)

    monkeypatch.setattr(SealedLines, "end", not_before_the_answer)
    made = asyncio.ensure_future(nightly(telegram).take(NOON))
    await ann.says("6 3 7.5 4")
    assert "Headache 6" in ann.sees.text
    answered.set()
    await made
    assert seen == [True], "the diary was being read, and nobody had to wait for it"
    assert names(folder) == [f"headsup-{NIGHT}.backup"]


def no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_a_damaged_diary_is_told_without_its_words(
    telegram: Telegram, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise ValueError("Invalid isoformat string: 'what somebody wrote'")

    monkeypatch.setattr(backup, "verify", damaged)
    made = nightly(telegram)
    with capture_logs() as logged:
        for _ in range(3):
            await made.take(NOON)
    assert [(line["event"], line["why"]) for line in logged] == [("backup.failed", "ValueError")]
    assert names(folder) == []


@pytest.mark.parametrize("at", ["must_have_room", "verify"])
async def test_a_full_disk_is_told_and_the_older_ones_stay(
    telegram: Telegram, folder: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    await night_after_night(telegram, 20)
    before = names(folder)
    made, now = nightly(telegram), telegram.clock.now() + timedelta(days=1)
    with monkeypatch.context() as full, capture_logs() as logged:
        full.setattr(backups if at == "must_have_room" else backup, at, no_room)
        for _ in range(30):
            await made.take(now)
            telegram.clock.moves(60)
    assert [line["event"] for line in logged] == ["backup.failed"], "told once, and tried again in an hour"
    assert logged[0]["why"] == "No space left on device"
    assert names(folder) == before, "nothing half made, nothing older gone"
    telegram.clock.moves(AGAIN_AFTER)
    await made.take(now)
    assert len(set(names(folder)) - set(before)) == 1, "by itself, once there is room"


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path: Path) -> None:
    backups.must_have_room(tmp_path, 0)
    with pytest.raises(OSError, match=r"the disk is too full: [0-9]+ MB are left, it takes 1048640 MB") as told:
        backups.must_have_room(tmp_path, 2**40)
    assert told.value.errno == errno.ENOSPC


async def test_a_folder_that_is_taken_away_is_told(telegram: Telegram, folder: Path) -> None:
    put(folder, "a file")
    with capture_logs() as logged:
        await nightly(telegram).take(NOON)
    assert [(line["event"], line["why"]) for line in logged] == [("backup.failed", "File exists")]


async def test_what_a_killed_one_has_left_is_cleared_away(telegram: Telegram, folder: Path) -> None:
    put(folder / ".headsup-2026-02-27.backup.part", "half")
    await nightly(telegram).take(NOON)
    assert names(folder) == [f"headsup-{NIGHT}.backup"]


@pytest.mark.sqlite  # beside the diary, where nothing else is said
@pytest.mark.parametrize(
    ("given", "made"),
    [(Backup(keep_daily=0), None), (Backup(folder=Path("elsewhere")), "elsewhere"), (Backup(keep_daily=1), "backups")],
    ids=["off", "elsewhere", "one"],
)
async def test_where_and_whether(telegram: Telegram, tmp_path: Path, given: Backup, made: str | None) -> None:
    telegram.database.settings = telegram.settings.model_copy(update={"backup": given})
    await nightly(telegram).take(NOON)
    assert {"backups", "elsewhere"} & set(names(tmp_path)) == ({made} if made else set())
    newest = backup_folder.newest(telegram.database.settings)
    assert (newest and newest.parent.name) == made


async def test_how_old_the_newest_is(telegram: Telegram, folder: Path) -> None:
    assert backup_folder.newest(telegram.settings) is None, "the folder is not even there"
    await night_after_night(telegram, 3)
    os.utime(folder / "headsup-2026-03-03.backup", (NOON.timestamp(), NOON.timestamp() + 2**32))
    newest = backup_folder.newest(telegram.settings)
    assert newest == folder / "headsup-2026-03-03.backup", "by when it was finished, whatever day it is of"
    assert backup_folder.finished_at(newest) == NOON + timedelta(seconds=2**32)


def test_on_a_server_they_lie_in_the_data_folder() -> None:
    away = Settings(database=DatabaseSettings(url="postgresql+psycopg://ann:word@db/h"))
    assert backup_folder.folder_of(away) == Path("data/backups")
    away = away.model_copy(update={"backup": Backup(folder=Path("/mnt/backups"))})
    assert backup_folder.folder_of(away) == Path("/mnt/backups")


def answers_in(settings: Settings, user_id: int) -> dict[date, Answers] | None:
    """Return every answer of somebody in a diary; None where they are not in it."""
    engine = open_engine(settings.database.url)
    try:
        with engine.begin() as connection:
            session = Session(connection, load_keys(settings.keys.file), settings)
            if users.get(session, user_id) is None:
                return None
            return dict(checkins.history(session, user_id, date(2026, 1, 1), date(2026, 12, 31)))
    finally:
        engine.dispose()


def new_machine(old: Settings, folder: Path) -> Settings:
    """Bring the copy of the key, with the ledger beside it, to an empty place."""
    folder.mkdir()
    for copied in (old.keys.file, erasures.ledger_of(old.keys.file)):
        shutil.copy(copied, folder / copied.name)
    return Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/headsup.db"), keys=KeyFile(file=folder / "headsup.key")
    )


async def test_the_restore_drill(
    telegram: Telegram, ann: Person, ben: Person, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The machine burns down. What is left: a nightly backup, the copy of the key, and the ledger beside it."""
    for each in (ann, ben):
        await each.says("headache 6, back 3, slept 7.5, posture 4")
    telegram.clock.moves(24 * HOUR)
    await ben.says("1 0 8 5")
    await nightly(telegram).take(telegram.clock.now())
    await ann.says("/delete")
    await ann.taps("Yes, delete everything")
    assert traces(telegram, ann.user_id) == {}
    before = answers_in(telegram.settings, ben.user_id)
    assert before is not None
    assert len(before) == 2

    there = new_machine(telegram.settings, tmp_path / "new machine")
    keeping.restore(there, backup_folder.file_of(folder, date(2026, 3, 3)), telegram.clock.now())
    assert "Restored what was backed up on 2026-03-03 12:00 UTC: 2 people, 3 days." in capsys.readouterr().out
    assert answers_in(there, ben.user_id) == before, "every answer"
    assert answers_in(there, ann.user_id) is None, "who was erased does not come back"
