"""An upgrade that is killed, runs out of disk or meets another one leaves the old diary or the new one, whole (T81)."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT

import pytest

from bot import diary
from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.store import lock, schema
from bot.store.database import open_engine
from bot.terminal import FAILED, IN_USE
from tests.e2e.conftest import ROOT
from tests.faults import strace
from tests.faults.promises import Figures, points
from tests.store.schemas.released import KEPT, Rows, changed, lay_out, rows

MIGRATE = (sys.executable, "-m", "bot", "migrate")
OLDEST = KEPT[0]
WATCH = (strace.STRACE, "-f", "-qq")
QUICK = (*WATCH, "--seccomp-bpf")
CALLS = ("pwrite64", "fdatasync", "ftruncate", "unlink", "fsync", "rename")
"""All that an upgrade does to what is on the disk, from the backup before it to the last file it takes away."""
DONE = f"The database is at schema {schema.newest()}."
KILLS = points(3, 1000)
FAULTS = points(1, 20)
RACES = points(1, 10)
LEFT_HALF = "upgrades left half done"
STUCK = "next starts that do not complete an upgrade"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a diary of the oldest released schema, as it was left after a clean stop; only copied."""
    folder = tmp_path_factory.mktemp("old") / "diary"
    lay_out(OLDEST, folder)
    return folder


@pytest.fixture(scope="module")
def before(old: Path) -> Rows:
    """Everything that is in the old diary."""
    return there(shutil.copytree(old, old.with_name("looked into")))[1]


@pytest.fixture(scope="module")
def made(old: Path) -> Counter[str]:
    """How often an upgrade that nothing disturbs makes each of the calls; nothing where there is no strace."""
    if strace.why_not():
        return Counter()
    noted = old.with_name("calls")
    words = ("-o", str(noted), "-e", "trace=" + ",".join(f"?{call}" for call in CALLS))
    assert ended(start(shutil.copytree(old, old.with_name("watched")), *QUICK, *words)) == (0, DONE)
    names = (line.split(maxsplit=1)[1].partition("(")[0] for line in noted.read_text().splitlines())
    return Counter(name for name in names if name in CALLS)


def there(folder: Path) -> tuple[str | None, Rows]:
    """Return schema and rows of the diary in a folder; what a crash left in the log is folded in by that."""
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    try:
        return schema.revision(engine), rows(engine)
    finally:
        engine.dispose()


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start `headsup migrate` on the diary in a folder, after words that run it under something."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")}
    variables = {**inherited, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [*words, *MIGRATE], cwd=folder, env=variables, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for its end; returns exit code and the last that it said."""
    said, _ = process.communicate(timeout=60)
    assert "Traceback" not in said
    return process.returncode, said.splitlines()[-1] if said else ""


def struck(folder: Path, old: Path, call: str, what: str) -> tuple[int, str]:
    """Upgrade a copy of the old diary under strace, which does something to a call, as strace(1) names it."""
    words = WATCH if "signal" in what else QUICK  # with the filter strace 6.1 forgets to pass the signal on
    inject = ("-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{what}")
    return ended(start(shutil.copytree(old, folder), *words, *inject))


def judge(folder: Path, before: Rows, promise: Figures, what: str) -> None:
    """Note whether a diary is old or new as a whole, and whether the next start makes it new."""
    copied = shutil.copytree(folder, folder.with_name("copy"))
    revision, now = there(copied)
    shutil.rmtree(copied)
    whole = now == before if revision == OLDEST else revision == schema.newest() and not changed(before, now)
    promise.at_most("T81", f"{LEFT_HALF}, {what}", 0, int(not whole))
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/data/headsup.db"), keys=KeyFile(file=folder / "headsup.key")
    )
    diary.open_diary(settings).close()  # takes the lock that the dead one had
    revision, now = there(folder)
    done = revision == schema.newest() and not changed(before, now)
    promise.at_most("T81", f"{STUCK}, {what}", 0, int(not done))
    shutil.rmtree(folder)


def spread(made: Counter[str], most: int, *only: str) -> Iterator[tuple[str, int]]:
    """Yield up to `most` points (call, number), evenly over all that were made."""
    every = [(call, at) for call in only or CALLS for at in range(1, made[call] + 1)]
    for number in range(min(most, len(every))):
        yield every[int((number + 0.5) * max(1.0, len(every) / most))]


def needs_strace(promise: Figures, what: str) -> None:
    """Skip where there is no strace, and say so in the table."""
    why = strace.why_not()
    if why:
        promise.not_run("T81", f"{LEFT_HALF}, {what}", 0, why)
        promise.not_run("T81", f"{STUCK}, {what}", 0, why)
        pytest.skip(why)


def test_a_kill_at_every_system_call(
    old: Path, before: Rows, made: Counter[str], tmp_path: Path, promise: Figures
) -> None:
    what = "kill at a system call"
    needs_strace(promise, what)
    killed = tries = 0
    for call, at in spread(made, KILLS):
        code, _ = struck(tmp_path / "struck", old, call, f"signal=SIGKILL:when={at}")
        killed, tries = killed + (code == -9), tries + 1
        judge(tmp_path / "struck", before, promise, what)
    promise.at_least("T81", "upgrades that were killed, of those struck", 0.9, killed / tries, tries=tries)


def test_a_disk_that_is_full_from_some_write_on(
    old: Path, before: Rows, made: Counter[str], tmp_path: Path, promise: Figures
) -> None:
    what = "disk full"
    needs_strace(promise, what)
    for call, at in spread(made, FAULTS, "pwrite64"):
        code, said = struck(tmp_path / "struck", old, f"{call},ftruncate", f"error=ENOSPC:when={at}+")
        assert (code, said) == (0, DONE) or (code == FAILED and said.startswith("[database] url: ")), said
        judge(tmp_path / "struck", before, promise, what)


def test_a_disk_that_breaks_at_some_sync(
    old: Path, before: Rows, made: Counter[str], tmp_path: Path, promise: Figures
) -> None:
    what = "disk broken"
    needs_strace(promise, what)
    for call, at in spread(made, FAULTS, "fdatasync", "fsync"):
        code, said = struck(tmp_path / "struck", old, call, f"error=EIO:when={at}")
        assert (code, said) == (0, DONE) or (code == FAILED and said.startswith("[database] url: ")), said
        judge(tmp_path / "struck", before, promise, what)


def test_two_upgrades_at_once(old: Path, before: Rows, tmp_path: Path, promise: Figures) -> None:
    for _ in range(RACES):
        folder = shutil.copytree(old, tmp_path / "raced")
        ends = sorted(ended(process) for process in [start(folder), start(folder)])
        assert ends[0] == (0, DONE)
        assert ends[1] == ends[0] or (ends[1][0] == IN_USE and "is in use by process" in ends[1][1])
        judge(folder, before, promise, "two at once")


def test_an_upgrade_is_not_joined_by_another(old: Path, before: Rows, tmp_path: Path, promise: Figures) -> None:
    folder = shutil.copytree(old, tmp_path / "half way")
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    held = lock.take(folder / "data/headsup.db")
    with schema.rebuilding(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE half_way (up TEXT)")
        code, said = ended(start(folder))
        assert f"is in use by process {os.getpid()}; stop that one first" in said
        promise.at_most("T81", "second upgrades let in beside the first", 0, int(code != IN_USE))
        connection.exec_driver_sql("DROP TABLE half_way")
    engine.dispose()
    held.close()
    judge(folder, before, promise, "two at once")
