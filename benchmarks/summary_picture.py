"""The summary picture takes less CPU than Telegram's limit leaves for each message.

Telegram lets a bot send 30 messages a second, so one core has 33 ms for each. Figures are process CPU time, the median
of 50 different pictures once the fonts are loaded. Beside them, in the same run: Pillow only saving one of these
images as a plain PNG.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from statistics import median

from PIL import Image

from bot.domain.history import Day
from bot.domain.questions import BANDS, Answers
from bot.render.charts import PictureWords, week_picture

LIMIT = 25
ROUNDS = 50


def answers(chance: random.Random) -> Answers:
    if chance.random() < 0.15:
        return {}
    return {
        "headache": chance.choice([0, 0, 0, *range(11)]),
        "back": chance.choice([0, 0, *range(11)]),
        "sleep_hours": chance.choice(list(BANDS.values())),
        "posture": chance.randint(1, 5),
    }


def history(count: int, chance: random.Random) -> list[Day]:
    return [Day(date(2026, 8, 1) + timedelta(days=n), answers(chance)) for n in range(count)]


def words(count: int) -> PictureWords:
    return PictureWords(
        title="Your week, 17–23 November",
        headache="Headache",
        back="Back pain",
        sleep="Sleep",
        posture="Posture",
        weekdays=["Mon"] * count,
        dates=["17"] * count,
        missing="not answered",
        hours="h",
    )


def cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def picture_ms(count: int, chance: random.Random) -> float:
    said = words(count)
    for dark in (False, True):
        week_picture(history(count, chance), said, dark=dark)
    pictures = [partial(week_picture, history(count, chance), said, dark=n % 2 == 1) for n in range(ROUNDS)]
    return median(map(cpu_ms, pictures))


def plain_png_ms(chance: random.Random) -> float:
    drawn = Image.open(BytesIO(week_picture(history(7, chance), words(7)))).convert("RGB")
    return median(cpu_ms(lambda: drawn.save(BytesIO(), "PNG")) for _ in range(ROUNDS))


def main() -> int:
    chance = random.Random(17)
    figures = {count: picture_ms(count, chance) for count in (7, 28, 90)}
    for count, figure in figures.items():
        print(f"{count:3} days: {figure:.1f} ms CPU")
    print(f"only saving such an image as a plain PNG: {plain_png_ms(chance):.1f} ms CPU")
    slowest = max(figures.values())
    print(
        f"summary picture: {slowest:.1f} ms CPU (limit {LIMIT} ms; the slowest of 7, 28 and 90 days; "
        f"Telegram's 30 messages/s leave {1000 / 30:.0f} ms for each)"
    )
    return 0 if slowest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
