"""From a tap to the card that shows it saved: the bot's own time, on a year-old diary, with every follow-up.

The whole bot before the in-process sandbox, which answers at once; the tap is stored, answered, committed and the card
edited. Beside it, in the same run, the limit of the disk: one small write that is made safe (fsync). Two commits stand
behind every tap: what came in, and what became of it. Target: 95 of 100 taps within 50 ms.

    python benchmarks/card.py [days]
"""

import asyncio
import os
import sys
import time as stopwatch
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.domain.questions import Answers
from bot.store import checkins
from bot.store.database import Session
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settings_in, settled_in

DAYS = int(sys.argv[1]) if len(sys.argv) > 1 else 30
LIVED = 365
TARGET = 50.0
WORST = (
    *("9", "8", "0–5 h", "1 · very poorly", "2 · not great", "4 to 12 h", "Zigzags or blind spot", "Done"),
    *("No, this is new or different", "A lot, I had to stop", "It shot down a leg", "Done", "A triptan", "Done"),
)
BAD: Answers = {"headache": 8, "back": 8, "features": frozenset({"light"}), "medicine": frozenset({"triptan"})}


def lived(telegram: Telegram, user_id: int) -> None:
    def write(session: Session) -> None:
        for back in range(1, LIVED + 1):
            at = NOON - timedelta(days=back)
            card = checkins.open_(session, user_id, at.date(), "Europe/Berlin", "headache", at)
            checkins.answer(session, card, BAD, at, source="tap", late=False)

    telegram.database.submit(write).result()


def fsync_ms(folder: Path) -> float:
    """Return the middle time of a small safe write, in ms."""
    times = []
    with (folder / "safe").open("wb", buffering=0) as file:
        for _ in range(100):
            began = stopwatch.perf_counter()
            file.write(b"x" * 512)
            os.fsync(file.fileno())
            times.append(1000 * (stopwatch.perf_counter() - began))
    return median(times)


async def main(folder: Path) -> None:
    telegram = Telegram(settings_in(folder), HandClock(NOON))
    await telegram.start_bot()
    ann = await settled_in(telegram, 1001, "Ann")
    lived(telegram, ann.user_id)
    taps = []
    for _ in range(DAYS):
        await ann.says("/checkin")
        card = ann.sees.message_id
        for label in WORST:
            shown = next(seen for seen in ann.chat if seen.message_id == card)
            began = stopwatch.perf_counter()
            await ann.taps_on(card, shown.data(label))
            taps.append(1000 * (stopwatch.perf_counter() - began))
        done = next(seen for seen in ann.chat if seen.message_id == card)
        assert done.text.startswith("Saved for"), done.text
        telegram.clock.moves(86_400)
    await telegram.stop_bot()
    disk = fsync_ms(folder)
    p95 = quantiles(taps, n=20)[-1]
    print(f"{len(taps)} taps on the worst day's card, after {LIVED} bad days; a safe write {disk:.2f} ms")
    print(f"tap to saved card: p50 {median(taps):.1f} ms, p95 {p95:.1f} ms, slowest {max(taps):.1f}")
    print(f"p50 is {median(taps) / (2 * disk):.1f} times two safe writes")
    sys.exit(0 if p95 <= TARGET else 1)


if __name__ == "__main__":
    with TemporaryDirectory() as there:
        asyncio.run(main(Path(there)))
