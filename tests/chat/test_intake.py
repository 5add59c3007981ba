"""What is taken in: pushed updates together, and of a tap no more than which button of which message it was."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from bot.chat.intake import Intake, Raw
from bot.store import inbox
from tests.conftest import Telegram

LATER = timedelta(seconds=1)


def tap(update_id: int) -> Raw:
    chat = {"id": 1001, "type": "private", "first_name": "Ann"}
    card = {"message_id": 7, "date": 1_795_000_000, "chat": chat, "text": "Headache 9", "reply_markup": {}}
    query = {"id": "1", "from": {"id": 1001, "first_name": "Ann"}, "data": "answer:1:back:2", "message": card}
    return {"update_id": update_id, "callback_query": query}


def intake(telegram: Telegram, taken: list[Raw]) -> Intake:
    return Intake(telegram.database, telegram.clock, taken.append, lambda sender, why: None)


async def test_what_is_pushed_while_others_are_being_stored_is_stored_together(telegram: Telegram) -> None:
    stored: list[object] = []

    @event.listens_for(telegram.database.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, given: object, _context: object, _many: bool) -> None:
        if statement.startswith("INSERT INTO inbox"):
            stored.append(given)

    taken: list[Raw] = []
    door = intake(telegram, taken)
    busy, go_on = threading.Event(), threading.Event()
    telegram.database.submit(lambda session: (busy.set(), go_on.wait(5)))
    await asyncio.to_thread(busy.wait, 5)
    arriving = [asyncio.create_task(door.take_in_one(tap(number))) for number in (11, 12, 13, 11)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not any(task.done() for task in arriving), "nothing is confirmed before it is on disk"
    arriving += [asyncio.create_task(door.take_in_one(tap(number))) for number in (14, 12)]
    go_on.set()
    await asyncio.gather(*arriving)
    assert [raw["update_id"] for raw in taken] == [11, 12, 13, 14]
    assert len(stored) == 2


async def test_what_cannot_be_stored_is_confirmed_to_nobody(telegram: Telegram) -> None:
    door = intake(telegram, [])
    telegram.database.close()
    arriving = [door.take_in_one(tap(number)) for number in (11, 12)]
    found = await asyncio.gather(*arriving, return_exceptions=True)
    await telegram.start_bot()
    assert [type(each).__name__ for each in found] == ["Closed", "Closed"]


async def test_what_stands_on_the_card_is_not_kept_with_a_tap(telegram: Telegram) -> None:
    taken: list[Raw] = []
    await intake(telegram, taken).take_in([tap(11)])
    now = datetime.max.replace(tzinfo=UTC) - LATER
    (left,) = await telegram.database.write(lambda session: inbox.unfinished(session, now))
    assert left.raw == taken[0]
    assert left.raw["callback_query"]["message"].keys() == {"message_id", "date", "chat"}
    assert left.raw["callback_query"]["data"] == "answer:1:back:2"
