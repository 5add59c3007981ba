"""A whole year for ten people in ten zones, through the bot and its Telegram: what came, when, and how often."""

import os
from collections import Counter, deque
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from bot.domain.schedule import local
from bot.sandbox.botapi import Call
from bot.store.database import Session
from bot.store.tables import outbox, reminders
from tests.conftest import Telegram, settled_in

ZONES = (
    *("Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca"),
    *("Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia"),
)
WHOLE = os.environ.get("HEADSUP_SWEEP") == "full"
YEAR = timedelta(days=365 if WHOLE else 105)
"""The sample ends in June, when the clocks have changed wherever they do in spring or autumn."""

FIRST = date(2026, 3, 4)
"""The first day that everybody lives whole."""

DAYS = [FIRST + timedelta(days=n) for n in range(360 if WHOLE else 100)]


async def next_moment(telegram: Telegram) -> datetime:
    """Return when the clock has something to do next."""

    def read(session: Session) -> datetime:
        planned = session.execute(select(func.min(reminders.c.next_at))).scalar_one()
        owed = session.execute(select(func.min(outbox.c.not_before)).where(outbox.c.state == "due")).scalar_one()
        return min(found for found in (planned, owed) if found is not None)

    return await telegram.database.write(read)


def reacts(telegram: Telegram, user_id: int) -> None:
    """Fill the card on two days of three, and tap Done on every third reminder."""
    message = telegram.api.chat(user_id)[-1]
    keys = [key for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]
    labels = {key["text"]: key["callback_data"] for key in keys}
    day = telegram.clock.now().toordinal()
    tapped = labels.get("All fine today") if day % 3 else labels.get("Done") if "Not today" in labels else None
    if tapped:
        telegram.api.taps(user_id, message["message_id"], tapped)


async def test_a_year_in_ten_zones(telegram: Telegram) -> None:
    telegram.api.calls = deque()
    people = {zone: await settled_in(telegram, 1001 + n, f"Person {n}", zone) for n, zone in enumerate(ZONES)}
    for person in people.values():
        await person.says("/remind posture wednesdays 10:00")
    sent: list[Call] = []
    end = telegram.clock.now() + YEAR
    while (moment := await next_moment(telegram)) < end:
        telegram.clock.moves(max(0.0, (moment - telegram.clock.now()).total_seconds()))
        telegram.api.calls.clear()
        await telegram.tick()
        new = [
            call for call in telegram.api.calls if call.method in ("sendMessage", "sendPhoto") and call.status == 200
        ]
        sent += new
        for user_id in {call.chat_id for call in new if call.chat_id}:
            reacts(telegram, user_id)
        await telegram.settle()

    def kinds(session: Session) -> dict[int, Counter[str]]:
        rows = session.execute(select(outbox.c.user_id, outbox.c.kind, outbox.c.slot).where(outbox.c.state == "sent"))
        found: dict[int, Counter[str]] = {person.user_id: Counter() for person in people.values()}
        for row in rows:
            day = date.fromisoformat(row.slot.partition("@")[2][:10] or row.slot)
            if FIRST <= day <= DAYS[-1]:
                found[row.user_id][row.kind] += 1
        return found

    counted = await telegram.database.write(kinds)
    wednesdays = sum(day.weekday() == 2 for day in DAYS)
    sundays = sum(day.weekday() == 6 for day in DAYS)
    for zone, person in people.items():
        came = counted[person.user_id]
        assert (came["checkin"], came["posture"], came["summary"]) == (len(DAYS), wednesdays, sundays), zone
        assert abs(came["nudge"] - len(DAYS) / 3) <= 2, zone
        there = [local(call.at, zone) for call in sent if call.chat_id == person.user_id]
        hours = Counter(f"{at:%H:%M}" for at in there)
        assert set(hours) <= {"10:00", "18:00", "20:00", "21:30", "21:31"}, (zone, hours)
        assert max(Counter(at.date() for at in there if at.hour == 20).values()) == 1, f"{zone}: one card a day"
    assert all(call.at.tzinfo is UTC for call in sent)
