"""/delete leaves nothing: no row in any table, and what was typed was never in the file in plain words."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Settings
from bot.sandbox.person import Person
from bot.store.database import Session
from bot.store.tables import metadata
from tests.conftest import Telegram, settled_in
from tests.stories.conftest import QUARTER, answers, berlin, sent, traces, value

DORA = 7_654_321_987


@pytest.fixture
async def dora(telegram: Telegram) -> Person:
    return await settled_in(telegram, DORA, "Dora")


async def live_a_little(telegram: Telegram, dora: Person) -> None:
    await dora.says("headache 6, back 3, slept 7.25, posture 4")
    await dora.says("/reminders")
    await dora.taps("Add a reminder")
    await dora.taps("Water")
    await dora.says("15:00")
    await telegram.waits(until=berlin(3, 15), beat=QUARTER)
    await dora.taps("Later")
    await dora.says("/log")
    await dora.taps("Massage")


async def test_no_row_in_any_table(telegram: Telegram, dora: Person, ann: Person) -> None:
    await live_a_little(telegram, dora)
    await ann.says("6 3 7.5 4")
    everywhere = {"users", "consents", "reminders", "checkins", "events", "inbox", "outbox"}
    assert set(traces(telegram, DORA)) - {"secrets"} == everywhere
    await dora.says("/delete")
    assert "1 thing noted beside them" in dora.sees.text
    assert "It can’t be brought back" in dora.sees.text
    await dora.taps("Yes, delete everything")
    assert dora.sees.text.startswith("Deleted. Gone: 1 day") or "Gone: 2 days of answers" in dora.sees.text
    assert traces(telegram, DORA) == {}
    assert value(telegram, "SELECT count(*) FROM answers WHERE checkin_id NOT IN (SELECT id FROM checkins)") == 0
    assert answers(telegram, ann), "Ann's diary is untouched"

    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(4, 12), beat=QUARTER)
    assert sent(telegram, dora, since) == []
    await dora.says("/checkin")
    assert "Send /start first" in dora.sees.text
    assert traces(telegram, DORA) == {}


async def test_second_thoughts_keep_everything(telegram: Telegram, dora: Person) -> None:
    await dora.says("6 3 7.5 4")
    before = traces(telegram, DORA)
    await dora.says("/delete")
    await dora.taps("No, keep it")
    assert dora.sees.text == "Nothing was changed."
    kept = traces(telegram, DORA)
    assert {name: kept[name] for name in ("users", "checkins", "reminders")} == {
        name: before[name] for name in ("users", "checkins", "reminders")
    }


async def test_deleted_twice_in_a_hurry(telegram: Telegram, dora: Person) -> None:
    await dora.says("/delete")
    asked = dora.sees
    for _ in range(3):
        telegram.api.taps(DORA, asked.message_id, asked.data("Yes, delete everything"))
    await telegram.settle()
    assert traces(telegram, DORA) == {}
    assert "Something went wrong" not in dora.sees.text


@pytest.mark.sqlite
async def test_the_file_holds_no_plain_words(telegram: Telegram, settings: Settings, dora: Person) -> None:
    await dora.says("headache 6, back 3, slept 7.25, posture 4")
    await dora.says("my neighbour Zebedee plays the trombone")
    telegram.database.submit(_to_the_file).result()
    path = Path(settings.database.url.removeprefix("sqlite:///"))
    content = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert str(DORA).encode() in content or DORA.to_bytes(6, "big") in content, "this is the file they are in"
    for words in (b"slept", b"7.25", b"Zebedee", b"trombone", b'"low"', b"Dora"):
        assert words not in content


def _to_the_file(session: Session) -> None:
    session.connection.exec_driver_sql("PRAGMA user_version")


@pytest.mark.sqlite
async def test_what_was_sealed_is_gone_from_the_files_too(telegram: Telegram, settings: Settings, dora: Person) -> None:
    await live_a_little(telegram, dora)
    sealed = await telegram.database.write(
        lambda session: [bytes(row[0]) for row in session.execute(select(metadata.tables["answers"].c.value))]
    )
    file = Path(settings.database.url.removeprefix("sqlite:///"))

    def found() -> int:
        parts = [part for part in (file, file.with_name(f"{file.name}-wal")) if part.exists()]
        return sum(blob in part.read_bytes() for part in parts for blob in sealed)

    assert found() >= len(sealed)
    await dora.says("/delete")
    await dora.taps("Yes, delete everything")
    await telegram.database.checkpoint()
    assert found() == 0


async def test_an_old_question_deletes_nothing_but_asks_again(telegram: Telegram, dora: Person) -> None:
    await live_a_little(telegram, dora)
    await dora.says("/delete")
    old = dora.sees
    telegram.clock.moves(3_601)
    await dora.taps_on(old.message_id, old.data("Yes, delete everything"))
    assert traces(telegram, DORA)
    assert dora.sees.text.startswith("Delete everything about you?")
    assert dora.sees.message_id == old.message_id, "in place of the old question"
    await dora.taps("Yes, delete everything")
    assert traces(telegram, DORA) == {}


async def test_the_question_of_an_earlier_diary_deletes_nothing_now(telegram: Telegram, dora: Person) -> None:
    await dora.says("/delete")
    await dora.says("/delete")
    first, second = dora.chat[-3], dora.sees
    await dora.taps("Yes, delete everything")
    await settled_in(telegram, DORA, "Dora")
    await dora.taps_on(first.message_id, first.data("Yes, delete everything"))
    await dora.taps_on(second.message_id, "erase:1")
    assert traces(telegram, DORA)


async def test_everything_can_be_had_before_it_goes(telegram: Telegram, dora: Person) -> None:
    await live_a_little(telegram, dora)
    await dora.says("/delete")
    await dora.taps("Send me everything first")
    await dora.taps("Send it")
    assert any(seen.document for seen in dora.chat[-3:])
