"""Updates in: on disk before they are confirmed, each once, each person's in order, different people side by side."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from telegram.error import TelegramError

from bot.chat.intake import person_of
from bot.chat.receive import Lanes
from bot.sandbox.person import Person
from tests.conftest import Telegram


def update(number: int, person: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"from": {"id": person}}}


async def test_one_persons_updates_keep_their_order_and_others_do_not_wait() -> None:
    done: list[int] = []
    gate = asyncio.Event()

    async def handle(raw: Mapping[str, Any]) -> None:
        if raw["update_id"] == 1:
            await gate.wait()
        done.append(raw["update_id"])

    lanes = Lanes(handle)
    for number, person in ((1, 5), (2, 5), (3, 6), (4, 5), (5, 6)):
        lanes.add(update(number, person))
    for _ in range(10):
        await asyncio.sleep(0)
    assert done == [3, 5], "the other person is served while the first one's turn takes long"
    gate.set()
    await lanes.idle()
    assert done == [3, 5, 1, 2, 4]


async def test_one_that_fails_does_not_hold_up_the_next() -> None:
    done: list[int] = []

    async def handle(raw: Mapping[str, Any]) -> None:
        if raw["update_id"] == 1:
            raise OSError("the disk is gone")
        done.append(raw["update_id"])

    lanes = Lanes(handle)
    for number in (1, 2, 3):
        lanes.add(update(number, 5))
    await lanes.idle()
    assert done == [2, 3]


@pytest.mark.parametrize(
    ("raw", "person"),
    [
        (update(1, 5), 5),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"from": {"id": 1}}}}, 6),
        ({"update_id": 1, "my_chat_member": {"from": {"id": 7}, "chat": {"id": 8}}}, 7),
        ({"update_id": 1, "channel_post": {"chat": {"id": 8}}}, None),
        ({"update_id": 1, "message": {"from": {"id": "5"}}}, None),
        ({"update_id": 1, "message": None}, None),
        ({"update_id": 1}, None),
    ],
)
def test_whose_update_it_is(raw: dict[str, Any], person: int | None) -> None:
    assert person_of(raw) == person


async def test_updates_are_stored_before_telegram_is_told(telegram: Telegram, ann: Person) -> None:
    telegram.api.says(ann.user_id, "/help")
    assert await telegram.chat.receiver.poll(0) == 1
    assert telegram.rows("inbox") >= 1
    assert len(telegram.api.updates.queue) == 1, "not confirmed yet"
    await telegram.chat.settle()
    telegram.clock.moves(1)
    assert await telegram.chat.receiver.poll(0) == 0
    assert len(telegram.api.updates.queue) == 0, "the next question confirms it"


async def test_a_batch_telegram_sends_again_is_taken_once(telegram: Telegram, ann: Person) -> None:
    telegram.api.says(ann.user_id, "/help")
    await telegram.chat.receiver.poll(0)
    await telegram.chat.settle()
    answered = len(ann.chat)
    await telegram.restart_bot()
    assert len(telegram.api.updates.queue) == 1, "the new process has confirmed nothing yet"
    assert await telegram.chat.receiver.poll(0) == 0
    await telegram.settle()
    assert len(ann.chat) == answered


async def test_a_failing_question_changes_nothing(telegram: Telegram, ann: Person) -> None:
    telegram.api.says(ann.user_id, "/help")
    telegram.api.fail("getUpdates", status=502)
    with pytest.raises(TelegramError):
        await telegram.chat.receiver.poll(0)
    await telegram.settle()
    assert "What I can do" in ann.sees.text


async def test_polling_is_patient_and_stops_when_asked(telegram: Telegram, ann: Person) -> None:
    telegram.api.fail("getUpdates", status=502, times=3)
    telegram.api.says(ann.user_id, "/help")
    begun = telegram.clock.steady()
    running = asyncio.ensure_future(telegram.chat.receiver.run())
    for _ in range(200):
        await asyncio.sleep(0.005)
        if ann.sees.text.startswith("What I can do"):
            break
    assert ann.sees.text.startswith("What I can do")
    assert telegram.clock.steady() - begun >= 1 + 2 + 4, "longer each time"
    await telegram.chat.receiver.stop()
    running.cancel()
