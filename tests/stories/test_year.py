"""A whole year for ten people in ten zones, through the bot and its Telegram: what came, when, and how often."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.domain.schedule import local
from bot.store.database import Session
from bot.store.tables import outbox, reminders
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settings_in, settled_in
from tests.databases import file_in
from tests.stories.conftest import side_by_side

ZONES = (
    *("Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca"),
    *("Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia"),
)
YEAR = timedelta(days=365)
FIRST = date(2026, 3, 4)
"""The first day that everybody lives whole."""

DAYS = [FIRST + timedelta(days=n) for n in range(360)]
WORLDS = 2
"""Lived side by side, each with half of the zones: in one, the year takes two minutes."""


@dataclass(frozen=True)
class Lived:
    """What came to somebody: how many of each kind, and at which instants."""

    kinds: Counter[str]
    came_at: Sequence[datetime]


def test_a_year_in_ten_zones() -> None:
    worlds = side_by_side(live, [ZONES[n::WORLDS] for n in range(WORLDS)])
    lived = {zone: one for world in worlds for zone, one in world.items()}
    assert lived.keys() == set(ZONES)
    wednesdays = sum(day.weekday() == 2 for day in DAYS)
    sundays = sum(day.weekday() == 6 for day in DAYS)
    for zone, one in lived.items():
        came = one.kinds
        assert (came["checkin"], came["posture"], came["summary"]) == (len(DAYS), wednesdays, sundays), zone
        assert abs(came["nudge"] - len(DAYS) / 3) <= 2, zone
        there = [local(at, zone) for at in one.came_at]
        hours = Counter(f"{at:%H:%M}" for at in there)
        assert set(hours) <= {"10:00", "18:00", "20:00", "21:30", "21:31"}, (zone, hours)
        assert max(Counter(at.date() for at in there if at.hour == 20).values()) == 1, f"{zone}: one card a day"
        assert all(at.tzinfo is UTC for at in one.came_at)


def live(zones: Sequence[str], folder: Path) -> dict[str, Lived]:
    """Let somebody live through the year in each of the zones."""
    return asyncio.run(lives(Telegram(settings_in(file_in(folder)), HandClock(NOON)), zones))


async def lives(telegram: Telegram, zones: Sequence[str]) -> dict[str, Lived]:
    await telegram.start_bot()
    telegram.api.calls = deque()
    people = {zone: await settled_in(telegram, 1001 + n, f"Person {n}", zone) for n, zone in enumerate(zones)}
    for person in people.values():
        await person.says("/remind posture wednesdays 10:00")
    came_at: dict[int, list[datetime]] = {person.user_id: [] for person in people.values()}
    end = telegram.clock.now() + YEAR
    while (moment := await next_moment(telegram)) < end:
        telegram.clock.moves(max(0.0, (moment - telegram.clock.now()).total_seconds()))
        telegram.api.calls.clear()
        await telegram.tick()
        new = [
            call for call in telegram.api.calls if call.method in ("sendMessage", "sendPhoto") and call.status == 200
        ]
        for call in new:
            came_at[call.chat_id or 0].append(call.at)
        tapped = [reacts(telegram, user_id) for user_id in {call.chat_id for call in new if call.chat_id}]
        if any(tapped):
            await telegram.settle()
    kinds = await telegram.database.write(sent)
    await telegram.stop_bot()
    return {zone: Lived(kinds[person.user_id], came_at[person.user_id]) for zone, person in people.items()}


async def next_moment(telegram: Telegram) -> datetime:
    """Return when the clock has something to do next."""

    def read(session: Session) -> datetime:
        planned = session.execute(select(func.min(reminders.c.next_at))).scalar_one()
        owed = session.execute(select(func.min(outbox.c.not_before)).where(outbox.c.state == "due")).scalar_one()
        return min(found for found in (planned, owed) if found is not None)

    return await telegram.database.write(read)


def reacts(telegram: Telegram, user_id: int) -> bool:
    """Fill the card on two days of three, and tap Done on every third reminder. Returns whether anything was tapped."""
    message = telegram.api.chat(user_id)[-1]
    keys = [key for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]
    labels = {key["text"]: key["callback_data"] for key in keys}
    day = telegram.clock.now().toordinal()
    tapped = labels.get("All fine today") if day % 3 else labels.get("Done") if "Not today" in labels else None
    if tapped:
        telegram.api.taps(user_id, message["message_id"], tapped)
    return tapped is not None


def sent(session: Session) -> dict[int, Counter[str]]:
    """Return how many of each kind were sent to each person, for the days that everybody lives whole."""
    found: dict[int, Counter[str]] = {}
    for row in session.execute(select(outbox.c.user_id, outbox.c.kind, outbox.c.slot).where(outbox.c.state == "sent")):
        day = date.fromisoformat(row.slot.partition("@")[2][:10] or row.slot)
        if FIRST <= day <= DAYS[-1]:
            found.setdefault(row.user_id, Counter())[row.kind] += 1
    return found
