"""Telegram's limits: thirty new messages in any second, one a second in a chat, replies first, silence after a 429."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.errors import TryLater
from bot.chat.limits import BURST, Lane, Limits
from tests.clock import HandClock
from tests.faults.virtual import LoopClock, play

Ask = tuple[int, Lane]
Sent = tuple[float, int, Lane]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


async def send_all(limits: Limits, clock: HandClock, asks: Sequence[Ask], takes: float = 0) -> list[Sent]:
    """Ask for all of it at once and return (second, chat, lane) in the order of sending; each send `takes` seconds."""
    sent: list[Sent] = []

    async def send(chat_id: int, lane: Lane) -> None:
        async with limits.permit(chat_id, lane):
            sent.append((clock.steady(), chat_id, lane))
            if takes:
                await clock.sleep(takes)

    await asyncio.gather(*(send(*ask) for ask in asks))
    return sent


def busiest_second(sent: Sequence[Sent]) -> int:
    return max(sum(at <= other < at + 1 for other, _, _ in sent) for at, _, _ in sent)


async def test_never_more_than_thirty_in_any_second(clock: HandClock) -> None:
    sent = await send_all(Limits(clock), clock, [(chat, Lane.CLOCK) for chat in range(100)])
    assert len(sent) == 100
    assert busiest_second(sent) == 30
    assert sent[-1][0] - sent[0][0] <= 4, "and not much slower than allowed either"


@settings(max_examples=40, deadline=None)
@given(
    asks=st.lists(st.tuples(st.integers(1, 12), st.sampled_from(Lane)), max_size=60),
    per_second=st.integers(1, 30),
    takes=st.sampled_from([0, 0.01, 0.3]),
)
async def test_the_limits_hold_whatever_is_asked(asks: list[Ask], per_second: int, takes: float) -> None:
    clock = HandClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
    sent = await send_all(Limits(clock, per_second=per_second), clock, asks, takes)
    assert sorted((chat, lane) for _, chat, lane in sent) == sorted(asks), "everything goes out, once"
    if sent:
        assert busiest_second(sent) <= per_second
    for chat in {chat for _, chat, _ in sent}:
        mine = [at for at, other, _ in sent if other == chat]
        for number, at in enumerate(mine[BURST:], BURST):
            assert at - mine[number - BURST] >= 1 - 1e-6, "a burst, then one a second"


async def test_a_reply_never_waits_behind_a_broadcast(clock: HandClock) -> None:
    limits = Limits(clock, per_second=5)
    asks = [*((chat, Lane.CLOCK) for chat in range(50)), (900, Lane.REPLY), (901, Lane.REPLY)]
    sent = await send_all(limits, clock, asks)
    assert [chat for _, chat, _ in sent[:2]] == [900, 901]
    assert [chat for _, chat, lane in sent if lane is Lane.CLOCK] == list(range(50)), "and the rest in order"


async def test_one_chat_gets_a_burst_and_then_one_a_second(clock: HandClock) -> None:
    sent = await send_all(Limits(clock), clock, [(7, Lane.REPLY)] * (BURST + 3))
    waits = [round(at - sent[0][0]) for at, _, _ in sent]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 3]


async def test_a_slow_chat_does_not_hold_up_the_others(clock: HandClock) -> None:
    sent = await send_all(Limits(clock), clock, [*[(7, Lane.REPLY)] * (BURST + 1), (8, Lane.CLOCK)])
    assert [chat for _, chat, _ in sent][-2:] == [8, 7]


async def test_after_a_429_nothing_goes_out_until_it_is_over(clock: HandClock) -> None:
    limits = Limits(clock)
    limits.close_for(40)
    assert limits.closed
    limits.close_for(5)
    begun = clock.steady()
    with pytest.raises(TryLater) as turned_away:
        await send_all(limits, clock, [(2, Lane.CLOCK)])
    assert turned_away.value.seconds >= 40, "what the clock owes comes again; it does not wait here and go stale"
    sent = await send_all(limits, clock, [(1, Lane.REPLY)])
    assert min(at for at, _, _ in sent) - begun >= 40, "a shorter one does not end a longer one"
    assert not limits.closed


async def test_after_a_429_the_rate_comes_back_slowly(clock: HandClock) -> None:
    limits = Limits(clock)
    limits.close_for(10)
    sent = await send_all(limits, clock, [(chat, Lane.REPLY) for chat in range(300)])
    first = sent[0][0]
    assert sum(at < first + 1 for at, _, _ in sent) <= 6
    assert busiest_second(sent) <= 30


async def test_who_stops_waiting_takes_no_place(clock: HandClock) -> None:
    limits = Limits(clock, per_second=1)
    limits.close_for(10)
    waiting = asyncio.ensure_future(send_all(limits, clock, [(1, Lane.REPLY)]))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    sent = await send_all(limits, clock, [(2, Lane.REPLY), (3, Lane.REPLY)])
    assert [chat for _, chat, _ in sent] == [2, 3]


def arrivals(many: int, way: Callable[[], tuple[float, float]], *, at_once: int = 60) -> list[float]:
    """Send so many over a network whose way there and back takes what `way` draws; returns when each arrived."""
    arrived: list[float] = []

    async def story() -> None:
        clock = LoopClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        limits, waiting = Limits(clock), iter(range(many))

        async def send() -> None:
            for chat in waiting:
                async with limits.permit(chat, Lane.CLOCK):
                    there, back = way()
                    await clock.sleep(there)
                    arrived.append(clock.steady())
                    await clock.sleep(back)

        await asyncio.gather(*(send() for _ in range(at_once)))

    play(story())
    return sorted(arrived)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.005, 0.3), st.floats(0.005, 0.3), st.floats(0, 3))
def test_an_uneven_network_never_makes_a_second_too_full(seed: int, there: float, back: float, uneven: float) -> None:
    chance = Random(seed)

    def way() -> tuple[float, float]:
        delays = (chance.choice([0, 0, uneven]) * chance.random() for _ in range(2))
        return there + next(delays), back + next(delays)

    came = arrivals(400, way)
    assert all(later - earlier > 1 - 1e-6 for earlier, later in zip(came, came[30:], strict=False))


def test_a_steady_network_costs_half_of_its_own_time() -> None:
    came = arrivals(3000, lambda: (0.1, 0.1))
    assert came[-1] - came[0] <= 3000 / 30 * 1.1 + 1
    assert all(later - earlier > 1 for earlier, later in zip(came, came[30:], strict=False))


async def test_a_crowd_of_strangers_holds_up_nobody(clock: HandClock) -> None:
    limits = Limits(clock, per_second=30)
    crowd = [(chat, Lane.STRANGER) for chat in range(100, 140)]
    sent = await send_all(limits, clock, [*crowd, *((chat, Lane.CLOCK) for chat in range(60)), (7, Lane.REPLY)])
    assert sent[0][1] == 7
    assert busiest_second([one for one in sent if one[2] is Lane.STRANGER]) <= 5
    reminders = [at for at, _, lane in sent if lane is Lane.CLOCK]
    assert reminders[-1] - sent[0][0] <= 3, "five a second are theirs, the rest is everybody else's"


async def test_a_thousand_that_wait_are_not_looked_at_for_each_grant(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, tokens = 0, Limits._tokens

    def look(limits: Limits, chat_id: int, now: float) -> float:
        nonlocal looked
        looked += 1
        return tokens(limits, chat_id, now)

    monkeypatch.setattr(Limits, "_tokens", look)
    crowd = [*[(7, Lane.CLOCK)] * 200, *((chat, Lane.CLOCK) for chat in range(100, 900))]
    sent = await send_all(Limits(clock, per_second=1000), clock, crowd)
    assert len(sent) == 1000
    assert [chat for _, chat, _ in sent[:805]] == [*[7] * BURST, *range(100, 900)], "who must wait is overtaken"
    assert looked < 200 * 200
