"""Two processes never share a SQLite file, whatever they call it; at PostgreSQL they sit alone or together."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
import typer
from sqlalchemy import Engine, event, text

from bot import diary
from bot.store import lock
from bot.store.database import Database, open_to_read

HOLDER = """
import sys
from pathlib import Path
from bot import diary
from bot.store import lock
held = lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""

CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4294967296 + :number"
)
"""PostgreSQL shows the lower half of a lock's number in `objid`, as if it had no sign."""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the diary in `data`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "data/headsup.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_is_told_who_has_it_and_a_killed_holder_leaves_nothing_behind(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    database = tmp_path / "data/headsup.db"
    with pytest.raises(lock.Held, match=f"in use by process {holder.pid}; stop that one first"):
        lock.take(database)
    holder.kill()
    holder.wait()
    lock.take(database).close()


@pytest.mark.parametrize(
    "name",
    ["data/headsup.db", "data/../data/headsup.db", "../{here}/data/headsup.db", "link.db", "elsewhere/headsup.db"],
)
def test_however_the_file_is_named_it_is_the_same_file(
    tmp_path: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "link.db").symlink_to("data/headsup.db")
    (tmp_path / "elsewhere").symlink_to("data")
    monkeypatch.chdir(tmp_path)
    name = name.format(here=tmp_path.name)
    with pytest.raises(lock.Held, match=f"^{name} is in use by process {holder.pid};"):
        lock.take(Path(name))


def test_it_is_free_again_when_it_is_closed(tmp_path: Path) -> None:
    first = lock.take(tmp_path / "headsup.db")
    with pytest.raises(lock.Held, match=str(os.getpid())):
        lock.take(tmp_path / "headsup.db")
    first.close()
    lock.take(tmp_path / "headsup.db").close()


@pytest.mark.parametrize("left", ["1\n", "", "4194303\n" * 1000, "\0\xff nothing that anybody wrote"])
def test_what_a_dead_process_left_in_it_does_not_matter(tmp_path: Path, left: str) -> None:
    file = tmp_path / "headsup.db.lock"
    file.write_text(left, encoding="latin-1")
    held = lock.take(tmp_path / "headsup.db")
    assert file.read_text() == f"{os.getpid()}\n"
    held.close()


def test_one_that_cannot_say_who_it_is_holds_it_all_the_same(tmp_path: Path) -> None:
    held = lock.take(tmp_path / "headsup.db")
    (tmp_path / "headsup.db.lock").write_bytes(b"\xff")
    with pytest.raises(lock.Held, match="in use by process"):
        lock.take(tmp_path / "headsup.db")
    held.close()


def test_where_there_can_be_no_lock_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "headsup.db.lock").mkdir()
    with pytest.raises(OSError, match=r"cannot lock .*/headsup\.db\.lock: Is a directory; the bot has to be allowed"):
        lock.take(tmp_path / "headsup.db")


@pytest.mark.postgres
def test_on_a_server_the_others_are_counted(url: str) -> None:
    mine, other = open_to_read(url), open_to_read(url)
    with mine.connect() as connection:
        before = lock.others(connection)
        connection.rollback()  # one transaction sees one state of it
        with other.connect():
            assert lock.others(connection) == before + 1
    mine.dispose()
    other.dispose()


@pytest.fixture
def seat(url: str) -> Iterator[Callable[..., lock.Seat]]:
    """Makes seats at one database, each of a process of its own as it were."""
    made: list[lock.Seat] = []

    def make(*, shared: bool = False) -> lock.Seat:
        made.append(lock.Seat(url, lock.USES, shared=shared))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.postgres
def test_parts_sit_together_and_the_whole_bot_alone(seat: Callable[..., lock.Seat]) -> None:
    web, worker, alone = seat(shared=True), seat(shared=True), seat()
    assert web.held()
    assert worker.held()
    assert (alone.held(), alone.reached) == (False, True)
    web.close()
    assert not alone.held()
    worker.close()
    while not alone.held():  # the server lets go of it a moment later
        pass
    assert not web.held(), "it asks again, and the place is taken"


@pytest.mark.postgres
def test_a_seat_whose_connection_is_cut_is_lost_to_whoever_is_faster(
    seat: Callable[..., lock.Seat], engine: Engine
) -> None:
    first, second = seat(), seat()
    assert first.held()
    with engine.connect() as operator:
        operator.execute(CUT, {"number": lock.USES})
        while not second.held():
            pass
    assert (first.held(), first.reached) == (False, False), "it is told that the connection is gone"
    assert (first.held(), first.reached) == (False, True), "and then that somebody else sits there"


@pytest.mark.postgres
def test_a_seat_left_while_somebody_asks_about_it_is_left(seat: Callable[..., lock.Seat]) -> None:
    mine = seat()
    assert mine.held()
    closing = Thread(target=mine.close)

    def leaves(*_: object) -> None:
        closing.start()
        closing.join(0.2)

    event.listen(mine._engine, "before_cursor_execute", leaves, once=True)
    assert mine.held(), "whoever asks has their answer first"
    closing.join()
    assert mine._connection is None


@pytest.mark.postgres
def test_a_process_that_falls_silent_loses_its_seat(
    seat: Callable[..., lock.Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "SILENCE", 1)
    silent, other = seat(), seat()
    assert silent.held()
    began = time.monotonic()
    while not other.held():
        assert time.monotonic() - began < 10
    assert time.monotonic() - began > 0.5, "not at once"
    assert not silent.held()


@pytest.mark.postgres
def test_a_server_that_would_not_end_a_silent_session_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(diary, "OLDEST", 99)
    with pytest.raises(typer.Exit):
        diary.open_diary(database.settings)
    assert "version 99 or newer is needed" in capsys.readouterr().err
