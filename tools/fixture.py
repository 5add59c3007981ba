"""Keep a diary at the present schema, with rows in every table, as tests/store/schemas/<revision>.sql.

Run it before you add a migration, with the code that people have: PYTHONPATH=. python tools/fixture.py
"""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.config import Settings
from bot.domain.questions import Hours
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import Schedule
from bot.store import checkins, events, inbox, invites, meta, outbox, profiles, reminders, schema, shares, tastes, users
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine

SCHEMAS = Path("tests/store/schemas")
ANN, BEN = 7_654_321_987, 1002
DAY, NOW, THEN = date(2026, 3, 2), datetime(2026, 3, 2, 19, 0, 0, 123_456, UTC), datetime(2026, 3, 2, 20, tzinfo=UTC)
DAILY = Schedule(time(20), EVERY_DAY, "Europe/Berlin")
FIRST = {"headache": 7, "back": None}
CHANGED = {"headache": 3, "sleep_hours": Hours(6, 7), "features": frozenset({"light", "sound"})}
UPDATES = [{"update_id": number, "message": {"text": f"Headache {number}, “bad”"}} for number in range(41, 45)]


def fill(session: Session) -> None:
    """Put a row into every table. Add rows, change none: the tests know these, and older schemas hold them."""
    for user_id in (ANN, BEN):
        users.add(session, users.stranger(user_id, "en", DAILY.zone, NOW), NOW)
        users.agree(session, user_id, "1", "I agree", NOW)
        card = reminders.add(session, user_id, CHECKIN, DAILY, NOW)
        checkin = checkins.open_(session, user_id, DAY, DAILY.zone, "headache", NOW)
        checkins.turn_to(session, checkin, "back", ("headache", "back"))
        checkins.remember_messages(session, [(checkin.id, 5_000_000_000)])
        checkins.answer(session, checkin, FIRST, NOW, source="tap", late=False)
        checkins.answer(session, checkin, CHANGED, THEN, source="text", late=True, message_id=4_000_000_000)
        when = {"due_at": NOW, "not_before": NOW, "too_late_at": NOW + timedelta(hours=4)}
        outbox.owe(session, user_id, CHECKIN, "2026-03-02", reminder_id=card.id, **when)
    reminders.change(session, card, NOW, on=False)
    users.change(session, BEN, paused_until=users.FOR_EVER, awaiting="zone")
    invites.redeem(session, invites.make(session.keys, NOW), NOW)
    [owed] = outbox.claim(session, NOW, 1)
    outbox.mark(session, owed, "sent", message_id=5_000_000_001, sent_at=NOW)
    outbox.respond(session, owed.id, "done")
    inbox.store(session, [(raw, ANN) for raw in UPDATES], NOW)
    inbox.handled(session, 42, NOW, card=1)
    inbox.set_aside(session, 43, "ValueError", NOW)
    inbox.replied(session, [44], NOW)
    meta.put_instant(session, "heard_at", NOW)
    once = replace(DAILY, weekdays=frozenset({DAY.weekday()}), only_on=DAY)
    own = reminders.add(session, ANN, "own:1", once, NOW, words="Take the stairs")
    reminders.retire(session, own, NOW)
    users.change(session, BEN, silent_until=THEN, seen_at=NOW)
    outbox.say_tip(session, owed.id, "pb01")
    events.add(session, ANN, DAY, "attack", NOW, began=NOW.isoformat(), over=None)
    profiles.change(session, ANN, short=True, followed=frozenset({"alcohol"}), country="NZ")
    tastes.keep(session, ANN, tastes.Tastes(frozenset({"pb01"}), frozenset({"sl02"})))
    session.secrets.give(ANN)
    shares.make(session, ANN, DAY, NOW, THEN, "1")
    if agreed := users.consent_of(session, BEN):
        users.withdraw(session, agreed, THEN)


if __name__ == "__main__":
    kept = SCHEMAS / f"{schema.newest()}.sql"
    if kept.exists():
        raise SystemExit(f"{kept} is there already, made by the code of its time")
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/headsup.db")
        schema.upgrade(engine)
        with engine.begin() as connection:
            fill(Session(connection, load_keys(SCHEMAS / "test_key.txt"), Settings()))
        engine.dispose()
        with sqlite3.connect(f"{folder}/headsup.db") as diary:
            kept.write_text("\n".join(diary.iterdump()) + "\n", encoding="utf-8")
