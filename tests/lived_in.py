"""A folder in which a bot has run for a week: with two people, a key, and the backup of last night."""

from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import update
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.schedule import Schedule
from bot.store import checkins, meta, outbox, reminders, users
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine
from bot.store.tables import outbox as outbox_table
from tests.conftest import moves_in

TOKEN = "1:sandbox"
ANN, BEN = 7_654_321_987, 1002
CANARY = "thunderstorm"


@contextmanager
def diary(folder: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        yield Session(connection, load_keys(folder / "headsup.key"), Settings())
    engine.dispose()


def headsup(*words: str, **variables: str) -> Result:
    return CliRunner().invoke(app, words, env=variables, prog_name="headsup")


def make(folder: Path) -> None:
    """Let a bot have lived in this folder."""
    now = SystemClock().now()
    with chdir(folder):
        assert headsup("migrate").exit_code == 0
        with diary(folder) as session:
            live_in(session, now)
        made = headsup("backup", f"data/backups/headsup-{now:%Y-%m-%d}.backup")
        assert made.exit_code == 0, made.stderr


def live_in(session: Session, now: datetime) -> None:
    """Ann answers, has a card and a reminder in her own words to come; Ben has blocked the bot."""
    week_ago = now - timedelta(days=7)
    for person, zone in ((ANN, "Europe/Berlin"), (BEN, "UTC")):
        moves_in(session, users.stranger(person, "en", zone, week_ago), week_ago)
    users.change(session, ANN, seen_at=now)
    users.change(session, BEN, state="blocked", seen_at=now)
    for days in (1, 2):
        day = (now - timedelta(days=days)).date()
        checkin = checkins.open_(session, ANN, day, "Europe/Berlin", "headache", now)
        checkins.answer(session, checkin, {"headache": 7}, now, source="tap", late=False)
    in_an_hour = (now + timedelta(hours=1)).time().replace(second=0, microsecond=0)
    every_day = Schedule(in_an_hour, frozenset(range(7)), "UTC")
    reminders.add(session, ANN, "checkin", every_day, now)
    reminders.add(session, ANN, "own-1", every_day, now, CANARY)
    reminders.add(session, BEN, "checkin", every_day, now)
    for number, (state, sent_at) in enumerate((("sent", now - timedelta(hours=2)), ("failed", None))):
        due = now - timedelta(hours=2)
        outbox.owe(session, ANN, "posture", f"{number}", due_at=due, not_before=due, too_late_at=due)
        session.execute(
            update(outbox_table).where(outbox_table.c.slot == f"{number}").values(state=state, sent_at=sent_at)
        )
    meta.put(session, "bot_id", "1")
    meta.put(session, "bot_name", "HeadsUpSandboxBot")
    meta.put(session, "zone_data", version("tzdata"))
    meta.put_instant(session, "heard_at", now)


def files_in(folder: Path) -> Mapping[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }
