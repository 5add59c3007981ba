"""Updates come twice, backwards, unreadable, for two bots at once: T17, T21, T22, T23."""

import sqlite3
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import Conflict

from bot.chat.intake import Intake
from bot.chat.receive import Receiver
from bot.sandbox.person import Person
from bot.store import inbox
from bot.store.database import Session
from tests.databases import Home
from tests.faults.household import CARD, shown, told
from tests.faults.promises import Figures
from tests.faults.virtual import play
from tests.faults.world import FarRequest, World, world

UNREADABLE: tuple[dict[str, Any], ...] = (
    {"message": {"message_id": 5, "chat": {"id": 1001, "type": "private"}, "from": {"id": 1001}}},  # no date
    {"message": {"message_id": 5, "date": 10**15, "chat": {"id": 1001, "type": "private"}}},
    {"message": {"message_id": 5, "date": 1, "chat": {"id": "a", "type": []}, "from": {"id": 1001, "is_bot": 0}}},
    {"message": "hello"},
    {"message": None},
    {"callback_query": {"id": "1", "from": {"id": 1001, "is_bot": False, "first_name": "A"}, "data": 7}},
    {"my_chat_member": {}},
    {"no_such_kind": {"from": {"id": 1001}}},
    {},
)


async def opened(all_is: World, one: Person) -> tuple[int, str]:
    """Open a card; returns its message and what its buttons begin with."""
    await one.says("/checkin")
    await all_is.passes(seconds=5)
    card = one.sees
    return card.message_id, card.data("7").removesuffix("headache:7")


async def kept(all_is: World, one: Person) -> dict[str, list[object]]:
    def read(session: Session) -> dict[str, list[object]]:
        return told(session, one.user_id)

    return await all_is.database.write(read)


def test_unreadable_updates_among_good_ones(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            calls = len(all_is.api.calls)
            for number, update in enumerate(UNREADABLE, start=1):
                all_is.api.push(update)
                tapped = await ann.taps_on(card, f"{prefix}headache:{number}")
                await all_is.passes(seconds=2)
                late = int(all_is.api.waiting_tap(tapped))
                promise.at_most("T21", "taps not answered within 2 s behind an unreadable update", 0, late)
            asked = sum(call.method == "getUpdates" for call in list(all_is.api.calls)[calls:])
            promise.at_most("T21", "getUpdates a second", 2, asked / (2 * len(UNREADABLE)))
            assert (await kept(all_is, ann))["headache"] == list(range(1, len(UNREADABLE) + 1))
            await all_is.stops()
            await all_is.starts()
            stuck = {state: count for state, count in (await all_is.states("inbox")).items() if state != "replied"}
            promise.at_most("T21", "rows stuck in the inbox", 0, sum(stuck.values()) - stuck.get("failed", 0))

    play(story())


def test_updates_again_and_backwards(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            for value in (1, 2, 3):
                await ann.taps_on(card, f"{prefix}headache:{value}")
            three = list(all_is.api.updates.queue)
            await all_is.passes(seconds=5)
            for again in (three, three[::-1]):
                all_is.api.updates.queue.extend(again)
                all_is.api.updates.arrived.ring()
                await all_is.passes(seconds=5)
            assert not all_is.api.updates.queue
            after_all = (await kept(all_is, ann))["headache"]
            promise.at_most("T22", "answers doubled by updates that come again", 0, len(after_all) - 3)
            assert after_all == [1, 2, 3]

    play(story())


def test_update_ids_that_begin_anew(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            all_is.api.updates.next_id = 900_000_000
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            await ann.taps_on(card, f"{prefix}headache:1")
            await all_is.passes(seconds=60)
            await all_is.stops()
            all_is.clock.jumps(timedelta(days=8))
            await all_is.starts()
            for value, update_id in ((2, 50), (3, 51), (4, 3), (5, 4)):
                all_is.api.updates.next_id = update_id
                await ann.taps_on(card, f"{prefix}headache:{value}")
                await all_is.passes(seconds=60)
            ignored = 5 - len((await kept(all_is, ann))["headache"])
            promise.at_most("T22", "taps ignored after update ids began anew", 0, ignored)

    play(story())


def test_one_tap_that_comes_under_two_ids(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            await ann.taps_on(card, f"{prefix}headache:6")
            tap = all_is.api.updates.queue[-1].body
            await all_is.passes(seconds=5)
            all_is.api.push(tap)
            await all_is.passes(seconds=5)
            promise.at_most("T23", "answers doubled", 0, len((await kept(all_is, ann))["headache"]) - 1)

    play(story())


def test_twenty_taps_in_a_second_on_two_devices(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            values = [1 + number % 2 * 5 for number in range(20)]
            for value in values:
                await ann.taps_on(card, f"{prefix}headache:{value}")
                await all_is.passes(seconds=0.05)
            await all_is.passes(seconds=10)
            found = (await kept(all_is, ann))["headache"]
            promise.at_most("T23", "taps not kept, or in another order", 0, int(found != values))
            promise.at_most("T23", "cards that do not show what is kept", 0, int("Headache 6" not in ann.sees.text))
            edits = len(all_is.sent("editMessageText", chat=ann.user_id))
            promise.at_most("T23", "edits for 20 taps in a second", 20, edits)
            assert len(ann.chat) == 2, "all of it on one card"

    play(story())


def test_a_disk_that_is_full_for_a_minute(home: Home, promise: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    full = False
    really = inbox.store

    def store(*words: Any) -> Any:
        if full:
            raise sqlite3.OperationalError("database or disk is full")
        return really(*words)

    async def story() -> None:
        nonlocal full
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            full = True
            for value in (1, 2, 3):
                await ann.taps_on(card, f"{prefix}headache:{value}")
                await all_is.passes(seconds=20)
            assert not shown(ann, "Headache"), "what is not on disk is not claimed to be saved"
            promise.at_most("T31", "words that nothing can be saved, an hour", 1, len(shown(ann, "I can’t save")))
            full = False
            healed = all_is.clock.steady()
            while not shown(ann, "Headache 3") and all_is.clock.steady() < healed + 60:
                await all_is.passes(seconds=0.5)
            promise.at_most("T31", "until taps are answered, disk free again", 20, all_is.clock.steady() - healed, "s")
            found = (await kept(all_is, ann))["headache"]
            promise.at_most("T31", "answers lost or doubled by a full disk", 0, int(found != [1, 2, 3]))

    monkeypatch.setattr(inbox, "store", store)
    play(story())


def test_a_second_bot_on_the_same_token(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            card, prefix = await opened(all_is, ann)
            other = Receiver(
                FarRequest(all_is.api, lambda _: None),
                f"https://sandbox.invalid/bot{all_is.api.token}",
                all_is.database,
                all_is.clock,
                Intake(all_is.database, all_is.clock, lambda raw: None, lambda sender, why: None).take_in,
                lambda since, until: None,
            )
            began, calls = all_is.clock.steady(), len(all_is.api.calls)
            for value in (1, 2, 3, 4, 5):
                await ann.taps_on(card, f"{prefix}headache:{value}")
                with suppress(Conflict):
                    await other.poll(0)
                await all_is.passes(seconds=20)
            asked = sum(call.method == "getUpdates" for call in list(all_is.api.calls)[calls:])
            promise.at_most("T17", "getUpdates a second with two bots", 2, asked / (all_is.clock.steady() - began))
            await all_is.stops()
            await all_is.starts()
            await all_is.passes(seconds=5)
            found = (await kept(all_is, ann))["headache"]
            promise.at_most("T17", "answers lost or doubled by two bots on one diary", 0, int(found != [1, 2, 3, 4, 5]))
            assert all_is.copies(ann, CARD) == 0

    play(story())
