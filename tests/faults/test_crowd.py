"""Many at once: ten thousand due in one minute, one who never stops sending, a crowd of strangers (T50, T51)."""

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox.person import Person
from tests.databases import Home
from tests.faults.household import CARD, shown
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.world import World, at_once, most_in_any_second, world

DUE = points(300, 10_000)
EVERY = 5
GLANCE = 0.2
"""Seconds between two looks at the telephone."""


class Telephone:
    """Everybody's: every fifth person taps on their card soon after it arrives, and waits until it shows."""

    def __init__(self, all_is: World) -> None:
        self.all_is = all_is
        self.tapped: dict[int, float] = {}
        self.looked_at = 0

    async def is_looked_at(self) -> None:
        while True:
            calls = list(self.all_is.api.calls)[self.looked_at :]
            self.looked_at += len(calls)
            for call in calls:
                chat = call.chat_id or 0
                if (
                    call.method == "sendMessage"
                    and call.status == 200
                    and chat % EVERY == 0
                    and chat not in self.tapped
                ):
                    card = self.all_is.api.chat(chat)[-1]
                    buttons = [button for row in card["reply_markup"]["inline_keyboard"] for button in row]
                    data = next(b["callback_data"] for b in buttons if b["callback_data"].endswith("headache:7"))
                    self.all_is.api.taps(chat, card["message_id"], data)
                    self.tapped[chat] = self.all_is.clock.now().timestamp()
            await self.all_is.clock.sleep(GLANCE)

    def waits(self) -> list[float]:
        edits = [
            call for call in self.all_is.api.calls if call.method == "editMessageText" and call.chat_id in self.tapped
        ]
        shown_at = {call.chat_id or 0: call.at.timestamp() for call in reversed(edits)}
        assert set(shown_at) == set(self.tapped), "every tap was answered"
        return sorted(shown_at[chat] - at for chat, at in self.tapped.items())


@pytest.mark.slow
def test_all_are_due_in_the_same_minute(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.keeps_every_call()
            all_is.people(range(1, DUE + 1))
            await all_is.starts()
            due = all_is.clock.now().replace(hour=20, minute=0, second=0, microsecond=0)
            telephone = Telephone(all_is)
            looking = asyncio.create_task(telephone.is_looked_at())
            while len(all_is.sent()) < DUE and all_is.clock.now() < due + timedelta(hours=1):
                await all_is.passes(seconds=5)
            await all_is.passes(seconds=10)
            looking.cancel()
            sent, waits = all_is.sent(), telephone.waits()
            promise.at_most("T50", "cards lost or doubled among many", 0, abs(len(sent) - DUE), tries=DUE)
            seconds = (sent[-1] - due).total_seconds() / DUE * 10_000
            promise.at_most("T50", "until 10,000 cards are sent, as far as tried", 350, seconds, "s", tries=DUE)
            promise.at_most("T50", "messages in any second, many due", 30, most_in_any_second(sent))
            p95, p99 = (waits[int(len(waits) * share)] for share in (0.95, 0.99))
            promise.at_most("T50", "p95 of the wait for a reply meanwhile", 1, p95, "s", tries=len(waits))
            promise.at_most("T50", "p99 of the wait for a reply meanwhile", 2, p99, "s", tries=len(waits))

    play(story())


def test_somebody_who_never_stops(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.keeps_every_call()
            noisy, *others = all_is.people(range(1001, 1012), at=None)
            await all_is.starts()
            waits = []
            for second in range(points(5, 30)):
                for number in range(1000):
                    await noisy.says(f"{second} {number} spam")
                one = others[second % len(others)]
                waits.append(await answered(all_is, one))
            rows = (await all_is.rows())["inbox"]
            promise.at_most(
                "T51", "wait of others beside 1,000 messages a second", 1, max(waits), "s", tries=len(waits)
            )
            promise.at_most("T51", "of these kept, a minute", 60 + len(waits) * 3, rows - len(waits))
            promise.at_most("T51", "words about it to who sends them", 1, len(shown(noisy, "That was a lot at once")))

    play(story())


def test_a_crowd_of_strangers(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.keeps_every_call()
            ann, *others = all_is.people(range(1001, 1012), at=None)
            await all_is.starts()
            await ann.says("/checkin")
            await all_is.passes(seconds=5)
            before = await all_is.rows()
            crowd = [
                Person(all_is.api, 5_000_000 + n, f"Stranger {n}", settle=at_once) for n in range(points(500, 5000))
            ]
            waits = []
            for start in range(0, len(crowd), 250):
                for stranger in crowd[start : start + 250]:
                    await stranger.says("/start")
                waits.append(await answered(all_is, others[len(waits) % len(others)]))
            await all_is.passes(minutes=2)
            after = await all_is.rows()
            grown = {name: after[name] - count for name, count in before.items() if name not in ("inbox", "meta")}
            strangers = after["inbox"] - before["inbox"] - len(waits)
            promise.at_most("T51", "rows about strangers", 0, strangers + sum(grown.values()), tries=len(crowd))
            promise.at_most("T51", "wait of others beside a crowd of strangers", 1, max(waits), "s", tries=len(waits))
            welcomed = sum(bool(shown(stranger, "diary, not a doctor")) for stranger in crowd)
            promise.at_least("T51", "strangers welcomed", 50, welcomed)
            assert len(shown(ann, CARD)) == 1

    play(story())


async def answered(all_is: World, one: Person) -> float:
    """Let somebody ask for help; returns the seconds until they have it."""
    before, began = len(shown(one, "What I can do")), all_is.clock.steady()
    await one.says("/help")
    while len(shown(one, "What I can do")) == before:
        await all_is.passes(seconds=0.05)
    return all_is.clock.steady() - began
