"""The page for the doctor takes no more CPU than a third of a second, whatever stands on it.

Process CPU time, the median of 20 different reports of 84 days once the fonts are read: figures, patterns and PDF. A
usual page, one with all days on a second page, one of a year-old diary, and the fullest there can be: every follow-up
on every day, five notes in five scripts, ten questions. Beside them, in the same run: the patterns alone, and the
first page after a start.

    python benchmarks/report.py
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.domain.checklists import Check
from bot.domain.history import Day
from bot.domain.log import KINDS
from bot.domain.patterns import look
from bot.domain.questions import BANDS, BY_KEY, FACTORS, Answers
from bot.render.report_page import Page, draw
from bot.texts.words import texts_for
from tests.reports import report_from

LIMIT = 300
ROUNDS = 20
LAST = date(2026, 3, 1)
ENGLISH = texts_for("en")
ASKED = ("headache", "back", "sleep_hours", "sleep_quality", "posture", *(f"factors:{code}" for code in FACTORS[:5]))
NOTES = (
    "Был дождь, голова болела до вечера " * 4,
    "Ο πόνος ξεκίνησε " * 7,
    "كان الصداع شديدا " * 7,
    "כאב ראש " * 15,
    "🤕 頭痛 " * 30,
)


def answers(chance: random.Random, often: float) -> Answers:
    if chance.random() > often:
        return {}
    several = {
        key: frozenset(chance.sample(BY_KEY[key].choices[:-1], 3)) for key in ("features", "back_region", "factors")
    }
    return {
        "headache": chance.choice([0, 0, *range(11)]),
        "back": chance.choice([0, 0, *range(11)]),
        "sleep_hours": chance.choice(list(BANDS.values())),
        "sleep_quality": chance.randint(1, 5),
        "posture": chance.randint(1, 5),
        "duration": chance.choice(BY_KEY["duration"].choices),
        "impact": chance.choice("012"),
        "medicine": frozenset(chance.sample(["simple", "nsaid", "triptan", "combo", "opioid", "ergot", "unsure"], 2)),
        **several,
    }


def history(count: int, chance: random.Random, often: float = 0.85) -> list[Day]:
    first = LAST - timedelta(days=count - 1)
    return [Day(first + timedelta(days=n), answers(chance, often), ASKED) for n in range(count)]


def usual(chance: random.Random, count: int = 84, *, all_days: bool = False) -> bytes:
    return draw(ENGLISH, Page(report_from(history(count, chance), 12), "0", all_days=all_days))


def fullest(chance: random.Random) -> bytes:
    days = [Day(d.day, {**d.answers, "note": NOTES[n % 5]}, d.asked) for n, d in enumerate(history(84, chance, 1))]
    events = [(kind, days[n].day) for kind in KINDS for n in (29, 80)]
    checks = [Check("head", day.day, 9, {"thunder", "vision", "fit_faint"}) for day in days[-6:]]
    periods = [days[n].day for n in (3, 31, 59)]
    asked = ["May I ask about it? " * 8] * 10
    chosen = [day.day for day in days]
    report = report_from(days, 12, events, periods, checks=checks, chosen=chosen, questions=asked, injury="past")
    return draw(ENGLISH, Page(report, "0", "Ann Example, 3 May 1980", all_days=True))


def patterns(chance: random.Random) -> object:
    return look(history(365, chance), {})


def cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def main() -> int:
    chance = random.Random(17)
    reports: dict[str, Callable[[], bytes]] = {
        "84 days": partial(usual, chance),
        "with all days, 2 pages": partial(usual, chance, all_days=True),
        "of a diary of a year": partial(usual, chance, 365),
        "the fullest, 2 pages": partial(fullest, chance),
    }
    print(f"the first page after a start: {cpu_ms(reports['84 days']):.0f} ms CPU")
    figures = {name: median(cpu_ms(make) for _ in range(ROUNDS)) for name, make in reports.items()}
    for name, figure in figures.items():
        print(f"{name:>23}: {figure:.0f} ms CPU, {len(reports[name]()) / 1000:.0f} kB")
    print(f"patterns of a year alone: {median(cpu_ms(partial(patterns, chance)) for _ in range(ROUNDS)):.0f} ms CPU")
    slowest = max(figures.values())
    print(f"page for the doctor: {slowest:.0f} ms CPU (limit {LIMIT} ms; the slowest of those above)")
    return 0 if slowest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
