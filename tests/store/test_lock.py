"""Two processes never share a SQLite file, whatever they call it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import lock
from bot.store.database import open_to_read

HOLDER = """
import sys
from pathlib import Path
from bot.store import lock
held = lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


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
