"""Health and metrics over real HTTP: well while all beats, ill with the reason when something stops, nobody's words."""

import math
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.chat.send import Answer
from bot.render.message import Message, Reply
from bot.sandbox.person import Person
from bot.store import backup_folder
from bot.web.health import Health, Pulse
from jobs.enqueue import enqueue
from tests.conftest import NOON, Telegram, settled_in

Beats = dict[str, datetime | None]


@pytest.fixture
def beats() -> Beats:
    return {"poll": NOON, "tick": NOON}


@pytest.fixture
async def address(telegram: Telegram, beats: Beats) -> AsyncIterator[str]:
    def last(name: str) -> Callable[[], datetime | None]:
        return lambda: beats[name]

    pulses = [Pulse("poll", last("poll"), timedelta(seconds=120)), Pulse("tick", last("tick"), timedelta(seconds=30))]
    health = Health(telegram.database, telegram.clock, telegram.chat.metrics, pulses)
    port = await health.start("127.0.0.1", 0)
    yield f"http://127.0.0.1:{port}"
    await health.stop()


async def get(address: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"{address}{path}") as answer:
        return answer.status, await answer.text()


async def told(address: str) -> tuple[int, object]:
    async with aiohttp.ClientSession() as http, http.get(f"{address}/health") as answer:
        return answer.status, await answer.json()


async def measured(address: str) -> dict[str, float]:
    """Return every figure that has no label but `outcome`, by its name and that."""
    status, text = await get(address, "/metrics")
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for sample in samples
        if not set(sample.labels) - {"outcome"}
    }


async def test_it_is_well_while_all_beats(address: str, telegram: Telegram) -> None:
    telegram.clock.moves(29.5)
    assert await told(address) == (200, {"ok": True, "seconds": {"poll": 29.5, "tick": 29.5}})


async def test_what_has_stopped_is_told(address: str, telegram: Telegram, beats: Beats) -> None:
    telegram.clock.moves(31)
    status, said = await told(address)
    assert (status, said) == (
        503,
        {"ok": False, "seconds": {"poll": 31.0, "tick": 31.0}, "why": "tick: not for 31 s"},
    )
    telegram.clock.moves(100)
    assert (await told(address))[1] == {
        "ok": False,
        "seconds": {"poll": 131.0, "tick": 131.0},
        "why": "poll: not for 131 s; tick: not for 131 s",
    }
    beats["poll"] = beats["tick"] = telegram.clock.now()
    assert (await told(address))[0] == 200


async def test_before_the_first_beat_it_is_not_well_yet(address: str, beats: Beats) -> None:
    beats["poll"] = None
    assert await told(address) == (503, {"ok": False, "seconds": {"poll": None, "tick": 0.0}, "why": "poll: not yet"})


async def test_what_waits_to_be_sent_is_counted(address: str, telegram: Telegram, ann: Person, ben: Person) -> None:
    figures = await measured(address)
    assert (figures["headsup_outbox_due"], figures["headsup_outbox_oldest_due_seconds"]) == (0, 0)
    telegram.clock.moves(timedelta(hours=7).total_seconds())  # 20:00 in Berlin, where Ann lives
    await enqueue(telegram.database, telegram.clock.now())
    telegram.clock.moves(90)
    figures = await measured(address)
    assert (figures["headsup_outbox_due"], figures["headsup_outbox_oldest_due_seconds"]) == (1, 90)


async def test_updates_turns_and_messages_are_counted(address: str, telegram: Telegram, ann: Person) -> None:
    before = await measured(address)
    await ann.says("/help")
    await ann.says("/checkin")
    await ann.taps("7")
    after = await measured(address)
    grown = {name: after[name] - before[name] for name in after}
    assert grown["headsup_updates_total"] == 3
    assert grown["headsup_turn_seconds_count"] == 3
    assert grown["headsup_sends_total sent"] == 2, "the tap only edits the card"


async def test_a_message_that_nobody_gets_is_counted_apart(address: str, telegram: Telegram, ann: Person) -> None:
    sent = (await measured(address))["headsup_sends_total sent"]
    await ann.blocks()
    telegram.chat.sender.reply(Answer(ann.user_id, Reply((Message("Are you there?"),)), None))
    await telegram.settle()
    figures = await measured(address)
    assert figures["headsup_sends_total gone"] == 1
    assert figures["headsup_sends_total sent"] == sent


async def test_the_beats_are_told_as_instants(address: str, beats: Beats) -> None:
    beats["poll"] = None
    figures = await measured(address)
    assert figures["headsup_last_tick_timestamp_seconds"] == NOON.timestamp()
    assert figures["headsup_last_poll_timestamp_seconds"] == 0


async def test_the_age_of_the_newest_backup_and_the_room_left(
    address: str, telegram: Telegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert math.isnan((await measured(address))["headsup_backup_age_seconds"])
    folder = backup_folder.folder_of(telegram.settings)
    assert folder is not None
    folder.mkdir(parents=True)
    made = backup_folder.file_of(folder, NOON.date())
    made.touch()
    finished = backup_folder.finished_at(made)
    figures = await measured(address)
    assert figures["headsup_backup_age_seconds"] == (telegram.clock.now() - finished).total_seconds()
    disk = telegram.database.disk
    assert math.isnan(figures["headsup_disk_free_bytes"]) if disk is None else figures["headsup_disk_free_bytes"] > 0


async def test_a_database_that_has_gone_is_no_reason_to_say_nothing(address: str, telegram: Telegram) -> None:
    telegram.database.close()
    figures = await measured(address)
    assert math.isnan(figures["headsup_outbox_due"])
    assert figures["headsup_last_tick_timestamp_seconds"] == NOON.timestamp()
    await telegram.start_bot()


async def test_nobody_is_in_the_figures(address: str, telegram: Telegram) -> None:
    ann = await settled_in(telegram, 7_654_321_987, "Ann")
    await ann.says("headache 6, back 3")
    for path in ("/health", "/metrics"):
        _, text = await get(address, path)
        assert str(ann.user_id) not in text
        assert "Ann" not in text
        assert telegram.api.token not in text


async def test_nothing_else_is_there(address: str) -> None:
    assert (await get(address, "/"))[0] == 404
