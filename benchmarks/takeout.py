"""A year's diary out and in again: what holds the writer, and so everybody, and what is done beside it.

Every day is the worst day, with every follow-up and a note. Out: all of it read in one transaction, then packed on a
thread of its own (JSON, table, FHIR, ZIP). In: the file read on a thread, brought in within one transaction, and taken
out again. Figures are CPU time. Target: nothing holds the writer for longer than half a second.

    python benchmarks/takeout.py [days]
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.domain.incoming import incoming
from bot.domain.takeout import Takeout
from bot.domain.upload import opened
from bot.render.export import archive
from bot.store import takeout
from bot.store.database import Session
from bot.texts.words import texts_for
from tests.diaries import DAY, NOW, a_day
from tests.store.test_takeout import ANN, an_empty_one, an_open_database
from tests.test_texts import LONG_DAY

DAYS = int(sys.argv[1]) if len(sys.argv) > 1 else 365
TARGET = 500.0
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return how long the CPU had to do with it, in ms, and what came of it."""
    began = process_time()
    found = work()
    return 1000 * (process_time() - began), found


def lived() -> Takeout:
    card = a_day({**LONG_DAY, "note": "a day like any other, " * 10}).checkins[0]
    cards = [card.model_copy(update={"day": DAY - timedelta(days=back)}) for back in reversed(range(DAYS))]
    return a_day({}).model_copy(update={"checkins": cards})


def main(folder: str) -> None:
    database, diary = an_open_database(folder), lived()
    user = database.submit(lambda session: an_empty_one(session, diary)).result()
    number = database.submit(lambda session: takeout.lay_aside(session, ANN, [diary], NOW)).result()

    def bring(session: Session) -> None:
        (waiting,) = takeout.laid_aside(session, ANN, number)
        takeout.bring_in(session, user, number, incoming(takeout.collect(session, user, NOW), waiting), NOW)

    brought, _ = timed(lambda: database.submit(bring).result())
    collected, found = timed(lambda: database.submit(lambda session: takeout.collect(session, user, NOW)).result())
    assert found == diary
    packed, content = timed(lambda: archive(texts_for("en"), found, DAY, UUID(int=0)))
    read, again = timed(lambda: opened("headsup.zip", content, NOW))
    assert again == diary
    out, _ = timed(lambda: database.submit(lambda session: takeout.take_out(session, user, number, NOW)).result())
    database.close()
    print(f"{DAYS} worst days, {len(content) / 1024:.0f} KB packed")
    print(f"beside the writer: packed in {packed:.0f} ms, read in {read:.0f} ms")
    print(f"in the writer: collected in {collected:.0f} ms, brought in {brought:.0f} ms, taken out in {out:.0f} ms")
    sys.exit(0 if max(collected, brought, out) <= TARGET else 1)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(folder)
