"""A new key whose making is killed at any moment: every answer can be read, and run again it comes to its end (T64)."""

import asyncio
import random
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from bot.domain.questions import Answers
from bot.store import checkins, crypto, reseal, users
from bot.store.tables import metadata
from tests.e2e.conftest import BotProcess, diary
from tests.faults.household import lay_out, must_be_sound
from tests.faults.promises import Figures, points

PEOPLE = range(1001, 1009)
FIRST = datetime(2026, 1, 1, 20, tzinfo=UTC)
DAYS = 150
NOWHERE = "http://127.0.0.1:9"
KILLS = points(8, 80)

Given = dict[tuple[int, date], Answers]


def live(folder: Path) -> Given:
    """Let people fill their cards for some months; returns what they answered."""
    lay_out(folder)
    chance = random.Random(64)
    with diary(folder) as session:
        for user_id in PEOPLE:
            users.add(session, users.stranger(user_id, "en", "UTC", FIRST), FIRST)
            for now in (FIRST + timedelta(days=number) for number in range(DAYS)):
                values = {"headache": chance.randint(0, 10), "posture": chance.randint(1, 5)}
                checkin = checkins.open_(session, user_id, now.date(), "UTC", "headache", now)
                checkins.answer(session, checkin, values, now, source="tap", late=False)
    return said(folder)


def said(folder: Path) -> Given:
    """Read every answer with the key file as it is now. Raises KeyTrouble where one does not open."""
    with diary(folder) as session:
        return {
            (user_id, day): answers
            for user_id in PEOPLE
            for day, answers in checkins.history(session, user_id, date.min, date.max).items()
        }


def numbers(folder: Path) -> set[int]:
    """Return the numbers of the keys that anything is sealed with."""
    with diary(folder) as session:
        return {
            value[0]
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
            for value in session.execute(select(column).where(column.is_not(None))).scalars()
        }


def until_it_begins(command: BotProcess, key_file: Path, before: bytes) -> None:
    """Wait until the new key is there or, where an earlier one is gone on with, the command says so."""
    for _ in range(30_000):
        if key_file.read_bytes() != before or command.output:
            return
        time.sleep(0.001)
    pytest.fail("no new key came")


@pytest.mark.slow
async def test_killed_at_any_moment(folder: Path, promise: Figures) -> None:
    given = await asyncio.to_thread(live, folder)
    assert len(given) == len(PEOPLE) * DAYS
    key_file, chance = folder / "headsup.key", random.Random(65)
    lost = between = finished = 0
    longest = 0.3
    for _ in range(KILLS):
        command = BotProcess(folder, NOWHERE)
        before = await asyncio.to_thread(key_file.read_bytes)
        await command.start("rotate-key")
        await asyncio.to_thread(until_it_begins, command, key_file, before)
        await asyncio.sleep(chance.uniform(0, longest))
        await command.clear_away()
        done = any("Sealed with" in line for line in command.output)
        longest *= 0.6 if done else 1.2  # so that most are struck while they seal, on a fast machine and on a slow one
        finished += done
        found = await asyncio.to_thread(said, folder)
        lost += sum(found.get(key) != answers for key, answers in given.items())
        between += len(numbers(folder)) > 1
    promise.at_most("T64", "answers that no key opens after a killed change of keys", 0, lost, tries=KILLS * len(given))
    promise.at_least("T64", "kills that left a diary with two keys", 1, between, tries=KILLS - finished)
    for _ in range(2):
        command = BotProcess(folder, NOWHERE)
        await command.start("rotate-key")
        assert await command.ends() == 0, command.output
    keys = crypto.load_keys(folder / "headsup.key")
    assert numbers(folder) == {keys.current}
    await command.start("rotate-key", "--forget-old")
    assert await command.ends() == 0, command.output
    assert crypto.load_keys(folder / "headsup.key").ring == {keys.current: keys.ring[keys.current]}
    assert said(folder) == given
    with diary(folder) as session:
        must_be_sound(session)
        assert reseal.left(session) == 0
