"""Whether one core keeps up with Telegram's limit when 10,000 people are owed their week on the same Sunday.

A summary is what the clock composes: 91 days read from SQLite and unsealed (the week, 30 days of medicine, the advice
below), the words, and the picture drawn. The figure is the mean processor time, all threads, over people with 91 full
days each; Telegram takes 30 messages a second, which leaves 33 ms for each. Beside it, in the same run: matplotlib
drawing such a week, where it is installed (it is no dependency).

    python benchmarks/weekly_summaries.py [people]
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.actions import summary
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.domain.history import Day
from bot.domain.questions import BANDS, QUESTIONS, Answers, Hours
from bot.domain.reminders import SUMMARY
from bot.render.message import Message
from bot.store import checkins, events, schema, users
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.outbox import Owed

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 100
ALL = 10_000
LIVED = 91
NOW = datetime(2026, 3, 8, 17, 0, 5, tzinfo=UTC)
A_SECOND = 30
"""Messages that Telegram takes in one."""
ZONE = "Europe/Berlin"
ASKED = tuple(question.key for question in QUESTIONS)


def answers(chance: random.Random) -> Answers:
    said: dict[str, object] = {
        "headache": chance.choice([0, 0, 0, *range(11)]),
        "back": chance.choice([0, 0, *range(11)]),
        "sleep_hours": chance.choice(list(BANDS.values())),
        "sleep_quality": chance.randint(1, 5),
        "posture": chance.randint(1, 5),
    }
    if said["headache"]:
        said |= {"duration": "2_4h", "features": frozenset({"light", "sound"}), "impact": chance.choice("012")}
    if said["headache"] or said["back"]:
        said["medicine"] = frozenset({chance.choice(["none", "none", "nsaid"])})
    return said


def settle_in(session: Session, user_id: int, chance: random.Random) -> None:
    """Let somebody have kept a diary for 91 days, with a visit every three weeks."""
    users.add(session, users.stranger(user_id, "en", ZONE, NOW), NOW)
    for back in range(1, LIVED + 1):
        at = NOW - timedelta(days=back)
        card = checkins.open_(session, user_id, at.date(), ZONE, "headache", at)
        checkins.turn_to(session, card, "done", ASKED)
        checkins.answer(session, card, answers(chance), at, source="tap", late=False)
        if back % 21 == 3:
            events.add(session, user_id, at.date(), "massage", NOW, note="")


def compose(database: Database, user_id: int) -> Sequence[Message]:
    slot = NOW.date().isoformat()
    owed = Owed(1, user_id, SUMMARY, slot, None, NOW, NOW + timedelta(days=2), 0, None)

    def weekly(session: Session) -> Sequence[Message]:
        user = users.get(session, user_id)
        reply = summary.weekly(session, user, NOW, owed) if user else None
        return reply.messages if reply else ()

    return database.submit(weekly).result()


def cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def matplotlib_ms(days: Sequence[Day]) -> float | None:
    """Return what one picture of these days takes matplotlib, the middle of ten; None where it is not installed."""
    try:
        import matplotlib
    except ImportError:
        return None
    matplotlib.use("agg")
    from matplotlib import pyplot

    def draw() -> None:
        figure, strips = pyplot.subplots(4, 1, figsize=(10.8, 8.4), dpi=100)
        for strip, key, ramp in zip(
            strips, ("headache", "back", "sleep_hours", "posture"), ("Oranges", "RdPu", "Blues", "Greens"), strict=True
        ):
            values = [day.answers.get(key) for day in days]
            levels = [value.middle if isinstance(value, Hours) else value for value in values]
            strip.imshow([[level or 0 for level in levels]], cmap=ramp, aspect="auto", vmin=0, vmax=10)
            strip.set_title(key, loc="left")
            strip.set_yticks([])
            strip.set_xticks(range(len(days)), [f"{day.day:%a %d}" for day in days])
            for column, level in enumerate(levels):
                strip.text(column, 0, f"{level}", ha="center", va="center")
        figure.savefig(BytesIO(), format="png")
        pyplot.close(figure)

    draw()
    return sorted(cpu_ms(draw) for _ in range(10))[5]


def main(folder: Path) -> int:
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/headsup.db"), keys=KeyFile(file=folder / "headsup.key")
    )
    engine = open_engine(settings.database.url)
    schema.upgrade(engine)
    database = Database(engine, make_keys(settings.keys.file), settings)
    chance = random.Random(17)
    everybody = range(1, PEOPLE + 1)
    for user_id in everybody:
        database.submit(lambda session, who=user_id: settle_in(session, who, chance)).result()
    for message in compose(database, 1):
        if message.draw:
            message.draw()  # the fonts are read once
    composing, drawing, pictures = 0.0, 0.0, 0
    for user_id in everybody:
        messages: list[Message] = []
        composing += cpu_ms(lambda who=user_id, to=messages: to.extend(compose(database, who)))
        draws = [message.draw for message in messages if message.draw]
        drawing += sum(map(cpu_ms, draws))
        pictures += len(draws)
    days = database.submit(
        lambda session: checkins.days(session, 1, NOW.date() - timedelta(days=7), NOW.date() - timedelta(days=1))
    ).result()
    database.close()
    assert pictures == PEOPLE, "everybody gets their week with a picture"
    print(f"read, counted and said: {composing / PEOPLE:.1f} ms CPU a person; drawn: {drawing / PEOPLE:.1f} ms")
    peer = matplotlib_ms(days)
    print("matplotlib is not installed" if peer is None else f"matplotlib, the picture alone: {peer:.1f} ms CPU")
    each, budget = (composing + drawing) / PEOPLE, 1000 / A_SECOND
    print(
        f"a weekly summary: {each:.1f} ms CPU a person of {budget:.0f} ms; {ALL:,} people keep one core busy for "
        f"{ALL * each / 1000:.0f} s of the {ALL / A_SECOND:.0f} s that Telegram takes for them"
    )
    return 0 if each <= budget else 1


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        sys.exit(main(Path(folder)))
