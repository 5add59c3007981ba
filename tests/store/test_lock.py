"""Two processes never share a SQLite file."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import lock

HOLDER = """
import sys
from pathlib import Path
from bot.store import lock
held = lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_has_it_and_a_killed_holder_leaves_nothing_behind(tmp_path: Path) -> None:
    database = tmp_path / "headsup.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(lock.Held, match=f"in use by process {holder.pid}; stop that one first"):
        lock.take(database)
    holder.kill()
    holder.wait()
    lock.take(database).close()


def test_it_is_free_again_when_it_is_closed(tmp_path: Path) -> None:
    first = lock.take(tmp_path / "headsup.db")
    first.close()
    lock.take(tmp_path / "headsup.db").close()
