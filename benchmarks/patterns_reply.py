"""How long /patterns holds up everybody behind the one writer: the whole action, eight weeks of diary to ten years.

Everything is read, unsealed and worked out anew, as on every call: six factors followed, a period every four weeks.
Target: at most 150 ms of CPU after three years, and no more after ten.

    python benchmarks/patterns_reply.py
"""

import random
import sys
import time as stopwatch
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from patterns import FACTORS, START, a_life, diary

from bot.actions import patterns
from bot.store import checkins, events, schema, users
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from tests.conftest import settings_in

DAYS = (56, 168, 365, 1095, 3650)
ZONE = "UTC"
TARGET = 150.0
TIMES = 9
JOINED = datetime.combine(START, time(8), UTC)
ASKED = ("headache", "back", "sleep_hours", "sleep_quality", "posture", *(f"factors:{code}" for code in FACTORS))


def lived(session: Session, user_id: int, length: int) -> None:
    chance = random.Random(length)
    users.add(session, users.stranger(user_id, "en", ZONE, JOINED), JOINED)
    for day in diary(chance, a_life(chance, length, 0.3), 0.5):
        then = datetime.combine(day.day, time(20), UTC)
        if (day.day - START).days % 28 == 9:
            events.add(session, user_id, day.day, "period", then)
        if day.answers:
            opened = checkins.open_(session, user_id, day.day, ZONE, "headache", then)
            card = checkins.turn_to(session, opened, "done", ASKED)
            checkins.answer(session, card, day.answers, then, source="tap", late=False)


def cpu_ms(session: Session, user_id: int, length: int) -> float:
    """Return the middle CPU time of the action, in ms."""
    user = users.get(session, user_id)
    assert user is not None
    times = []
    for _ in range(TIMES):
        began = stopwatch.thread_time()
        patterns.show(session, user, JOINED + timedelta(days=length))
        times.append(1000 * (stopwatch.thread_time() - began))
    return median(times)


def main(folder: Path) -> int:
    settings = settings_in(folder)
    engine = open_engine(settings.database.url)
    schema.upgrade(engine)
    database = Database(engine, make_keys(settings.keys.file), settings)
    longest = 0.0
    for user_id, length in enumerate(DAYS, 1):
        database.submit(lambda session, of=user_id, n=length: lived(session, of, n)).result()
        spent = database.submit(lambda session, of=user_id, n=length: cpu_ms(session, of, n)).result()
        print(f"{length:>5} days: {spent:6.1f} ms")
        longest = max(longest, spent)
    database.close()
    print(f"/patterns holds the writer for {longest:.0f} ms of CPU at most (target {TARGET:.0f})")
    return 0 if longest <= TARGET else 1


if __name__ == "__main__":
    with TemporaryDirectory() as there:
        sys.exit(main(Path(there)))
