"""An evening for benchmarks: a diary in which many people are owed today's card, and the bot as its own process."""

import os
import signal
import subprocess
import sys
import threading
import time as stopwatch
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path

from sqlalchemy import insert

from benchmarks.parts.telegram import TOKEN, Call, Telegram
from bot.clock import SystemClock
from bot.domain.reminders import CHECKIN, policy
from bot.domain.schedule import day_of
from bot.render import consent
from bot.store import schema
from bot.store.database import open_engine
from bot.store.tables import consents, outbox, users
from bot.texts.words import texts_for

ROOT = Path(__file__).parents[2]
AT_ONCE = 10_000
A_TURN = 0.02
"""Seconds: of so many each process that is held to a share runs its part."""

PATIENCE = 120.0
"""Seconds in which nothing comes after which a benchmark is given up."""


def owe_cards(url: str, people: int) -> None:
    """Make a diary at `url` in which so many people agreed a month ago and are owed their card since this minute."""
    engine = open_engine(url)
    schema.upgrade(engine)
    now = SystemClock().now()
    since, slot = now - timedelta(days=30), str(day_of(now, "UTC", time(4)))
    agreed = {"version": consent.VERSION, "text_hash": consent.digest(consent.text(texts_for("en")))}
    person = {"language": "en", "zone": "UTC", "day_start": time(4), "state": "active", "since": since, "quiet": "-"}
    owed = {"kind": CHECKIN, "slot": slot, "due_at": now, "not_before": now, "state": "due", "tries": 0}
    owed["too_late_at"] = now + policy(CHECKIN).fresh_for
    with engine.begin() as connection:
        for first in range(1, people + 1, AT_ONCE):
            some = range(first, min(first + AT_ONCE, people + 1))
            connection.execute(insert(users), [{"id": n, **person} for n in some])
            connection.execute(insert(consents), [{"user_id": n, "agreed_at": since, **agreed} for n in some])
            connection.execute(insert(outbox), [{"user_id": n, **owed} for n in some])
    engine.dispose()


@contextmanager
def bots(
    telegram: Telegram, folder: Path, url: str, per_second: int, *words: str, processes: int = 1
) -> Iterator[Sequence[int]]:
    """Run so many of `headsup` with these words (else `run`) until the end of the block; gives their numbers."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
    settings = {
        "HEADSUP_TELEGRAM__TOKEN": TOKEN,
        "HEADSUP_TELEGRAM__BASE_URL": f"{telegram.url}/bot",
        "HEADSUP_ACCESS__MODE": "open",
        "HEADSUP_DATABASE__URL": url,
        "HEADSUP_KEYS__FILE": str(folder / "headsup.key"),
        "HEADSUP_BACKUP__KEEP_DAILY": "0",
        "HEADSUP_SENDING__PER_SECOND": str(per_second),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bot", *(words or ("run",))],
            cwd=folder,
            env={**inherited, "PYTHONPATH": str(ROOT), **settings},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(processes)
    ]
    try:
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait()


@contextmanager
def held_to(share: float, pids: Sequence[int]) -> Iterator[None]:
    """Let each process run this share of the time only, by turns, until the end of the block: as if on machines of
    their own that are so much slower."""
    over = threading.Event()

    def take_turns() -> None:
        each = A_TURN / len(pids)
        steps = sorted(
            ((n * each + later) % A_TURN, what, pid)
            for n, pid in enumerate(pids)
            for later, what in ((0.0, signal.SIGCONT), (share * A_TURN, signal.SIGSTOP))
        )
        began = stopwatch.monotonic()
        while not over.is_set():
            for at, what, pid in steps:
                stopwatch.sleep(max(0.0, began + at - stopwatch.monotonic()))
                os.kill(pid, what)
            began = max(began + A_TURN, stopwatch.monotonic() - A_TURN)

    turns = threading.Thread(target=take_turns)
    turns.start()
    try:
        yield
    finally:
        over.set()
        turns.join()
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def cpu_of(pids: Sequence[int]) -> float:
    """Return the processor time that processes have used so far, in seconds (Linux)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def new_messages(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if call.method.startswith("send")]


def until_sent(telegram: Telegram, many: int, after: int = 0) -> list[Call]:
    """Wait until so many new messages have come since `after`; returns all of the calls."""
    calls: list[Call] = []
    heard = stopwatch.monotonic()
    while len(new_messages(calls)) < many:
        stopwatch.sleep(0.2)
        news = telegram.calls(after + len(calls))
        calls += news
        if new_messages(news):
            heard = stopwatch.monotonic()
        assert stopwatch.monotonic() - heard < PATIENCE, f"only {len(new_messages(calls))} of {many} came"
    return calls


def most_in_any_second(at: Sequence[float]) -> int:
    """Return the most instants within any one second; `at` in order."""
    most = start = 0
    for end, instant in enumerate(at):
        while instant - at[start] >= 1:
            start += 1
        most = max(most, end - start + 1)
    return most
