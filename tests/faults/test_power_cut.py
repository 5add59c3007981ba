"""The power goes before every single transaction of a tap: after the next start it is stored, once, and shown (T01)."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from bot.sandbox.person import Person
from bot.store.database import Session
from tests.conftest import Telegram
from tests.faults.household import told
from tests.faults.promises import Figures


async def test_a_cut_before_every_transaction(telegram: Telegram, ann: Person, promise: Figures) -> None:
    await ann.says("/checkin")
    card, messages = ann.sees, len(ann.chat)
    tapped: list[int] = []
    for number in count():
        tapped.append(1 + number % 10)
        telegram.api.taps(ann.user_id, card.message_id, card.data("7").removesuffix("7") + str(tapped[-1]))
        was_cut = await cut(telegram, number)
        await telegram.settle()
        kept = await telegram.database.write(lambda session: told(session, ann.user_id))
        promise.at_most("T01", "power cut in a turn: answers lost or doubled", 0, int(kept["headache"] != tapped))
        assert f"Headache {tapped[-1]}" in ann.sees.text
        assert len(ann.chat) == messages, "on its card, nothing below"
        if not was_cut:
            break
    assert number >= 3, "received, handled, replied"


async def cut(telegram: Telegram, transactions: int) -> bool:
    """Let the bot work on for so many transactions, then start another in its place; False if it was done before."""
    write, left, dark = telegram.database.write, transactions, asyncio.Event()

    async def write_a_few(work: Callable[[Session], Any], person: int | None = None) -> Any:
        nonlocal left
        if left == 0:
            dark.set()
            await asyncio.Event().wait()  # for ever
        left -= 1
        return await write(work, person)

    telegram.database.write = write_a_few  # type: ignore[method-assign]
    others = asyncio.all_tasks()
    settling, waiting = asyncio.ensure_future(telegram.settle()), asyncio.ensure_future(dark.wait())
    await asyncio.wait((settling, waiting), return_when=asyncio.FIRST_COMPLETED)
    ended = asyncio.all_tasks() - others
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
    telegram.database.close()
    await telegram.start_bot()
    return dark.is_set()
