"""The metronome on APScheduler itself: it beats, survives a clock set back, and stops without waiting for a ban."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import SystemClock
from bot.store import lock
from jobs import scheduler
from jobs.carry import InProcess
from jobs.scheduler import Metronome
from tests.conftest import Telegram


@pytest.fixture
def metronome(telegram: Telegram) -> Metronome:
    return Metronome(telegram.database, carry_of(telegram), telegram.clock)


def carry_of(telegram: Telegram) -> InProcess:
    return InProcess(telegram.database, telegram.chat.sender, telegram.clock)


def beats(metronome: Metronome) -> AsyncIOScheduler:
    return metronome._scheduler


async def test_every_job_beats_within_its_interval(metronome: Metronome) -> None:
    await metronome.start()
    names = {job.id: job.trigger.interval for job in beats(metronome).get_jobs()}
    assert names["enqueue"] <= timedelta(seconds=2)
    assert names["deliver"] <= timedelta(seconds=2)
    assert names["backup"] <= timedelta(minutes=1)
    assert names["tidy"] <= timedelta(hours=1), "it is due once a day, however often the bot is restarted"
    await metronome.stop()


async def test_a_clock_set_back_an_hour_costs_no_beat(metronome: Metronome, telegram: Telegram) -> None:
    await metronome.start()
    metronome.watch_over(datetime.now(UTC) - timedelta(hours=1))  # noqa: TID251 - APScheduler reads the real clock
    late = [job.id for job in beats(metronome).get_jobs() if job.next_run_time > datetime.now(UTC)]  # noqa: TID251
    assert late == [], "whatever lay an hour ahead is due now"
    await metronome.stop()


async def test_a_failing_job_does_not_end_the_beat(metronome: Metronome, monkeypatch: pytest.MonkeyPatch) -> None:
    called = asyncio.Event()

    async def broken() -> None:
        called.set()
        raise RuntimeError

    await metronome._run("broken", broken)
    assert called.is_set()


@pytest.mark.postgres
async def test_who_leads_makes_room_when_it_stops(telegram: Telegram) -> None:
    """Not only when the server has heard nothing from it for a while."""
    first, second = (lock.Seat(telegram.settings.database.url, lock.LEADS) for _ in range(2))
    metronome = Metronome(telegram.database, carry_of(telegram), telegram.clock, leads=first)
    await metronome.start()
    await metronome._follow(first)
    assert metronome._leads
    assert not second.held()
    await metronome.stop()
    clock = SystemClock()
    stopped = clock.steady()
    while not second.held():  # the server lets go of it a moment later
        assert clock.steady() - stopped < lock.SILENCE / 2
    second.close()


async def test_a_stop_begins_nothing_new(metronome: Metronome) -> None:
    await metronome.start()
    await metronome.stop()
    ran = []

    async def job() -> None:
        ran.append(1)

    await metronome._run("late", job)
    assert ran == []
    assert scheduler.TICK <= 2
