"""No picture takes more CPU than Telegram's limit leaves for each message.

Telegram lets a bot send 30 messages a second, so one core has 33 ms for each. Figures are process CPU time, the median
of 50 different pictures once the fonts are loaded: the summary of 7, 28 and 90 days with a visit every week, the
month of `/history` and the trend of 90 days. Beside them, in the same run: Pillow only saving one of these
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
from bot.domain.summary import weeks_of
from bot.render.chart_months import MonthWords, TrendWords, month_picture, trend_picture
from bot.render.charts import PictureWords, days_picture

LIMIT = 25
ROUNDS = 50
FIRST = date(2026, 8, 1)


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
    return [Day(FIRST + timedelta(days=n), answers(chance), ("headache",)) for n in range(count)]


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
        unasked="not asked",
        hours="h",
    )


def summary(count: int, chance: random.Random, *, dark: bool) -> bytes:
    visits = [(FIRST + timedelta(days=n), chance.choice(["massage", "chiropractor"])) for n in range(2, count, 7)]
    return days_picture(history(count, chance), words(count), events=visits, dark=dark)


def month(chance: random.Random, *, dark: bool) -> bytes:
    said = MonthWords("August 2026", "Headache", "Back pain", ["Mo"] * 7, "not answered", "not asked")
    return month_picture(FIRST, history(31, chance), said, dark=dark)


def trend(chance: random.Random, *, dark: bool) -> bytes:
    days = history(90, chance)
    weeks = [f"{week[0].day:%d %b}" for week in weeks_of(days)]
    said = TrendWords("Trend", "Headache days", "Medicine", "Sleep", weeks, "answered", "too few", "not asked")
    return trend_picture(days, said, dark=dark)


def cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def picture_ms(draw: Callable[..., bytes]) -> float:
    for dark in (False, True):
        draw(dark=dark)
    return median(cpu_ms(partial(draw, dark=n % 2 == 1)) for n in range(ROUNDS))


def plain_png_ms(chance: random.Random) -> float:
    drawn = Image.open(BytesIO(summary(7, chance, dark=False))).convert("RGB")
    return median(cpu_ms(lambda: drawn.save(BytesIO(), "PNG")) for _ in range(ROUNDS))


def main() -> int:
    chance = random.Random(17)
    pictures: dict[str, Callable[..., bytes]] = {
        "7 days": partial(summary, 7, chance),
        "28 days": partial(summary, 28, chance),
        "90 days": partial(summary, 90, chance),
        "month": partial(month, chance),
        "trend": partial(trend, chance),
    }
    figures = {name: picture_ms(draw) for name, draw in pictures.items()}
    for name, figure in figures.items():
        print(f"{name:>7}: {figure:.1f} ms CPU")
    print(f"only saving such an image as a plain PNG: {plain_png_ms(chance):.1f} ms CPU")
    slowest = max(figures.values())
    print(
        f"summary picture: {slowest:.1f} ms CPU (limit {LIMIT} ms; the slowest of 7, 28 and 90 days, month and trend; "
        f"Telegram's 30 messages/s leave {1000 / 30:.0f} ms for each)"
    )
    return 0 if slowest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
