"""An executioner for where strace is not to be had: a bot that kills itself at the n-th thing it does.

    FAILPOINT=committed:12 python -m tests.faults.failpoints run

Nothing in the bot knows of it: sqlite3 and the sockets are wrapped before the bot is imported.
"""

import atexit
import json
import os
import runpy
import signal
import socket
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DONE = ("statement", "commit", "committed", "send", "sent", "received")
"""Before a statement, before and after a COMMIT, before and after bytes leave, after bytes came."""

BOT = (sys.executable, "-m", "tests.faults.failpoints", "run")


def why_not() -> None:
    """Failpoints can be used everywhere."""


def counting(to: Path) -> Sequence[str]:
    """Return the words that run the bot and note in a file what it did."""
    return "env", f"FAILPOINTS_NOTED={to}", *BOT


def killing(done: str, at: int) -> Sequence[str]:
    """Return the words that run the bot until it does this for the `at`-th time, counted from 1."""
    return "env", f"FAILPOINT={done}:{at}", *BOT


def counted(noted: Path) -> Counter[str]:
    return Counter(json.loads(noted.read_text()))


def install(failpoint: str, noted: str) -> None:
    """Count what this process does from now on; die at `failpoint`, or note all counts at the end."""
    made: Counter[str] = Counter()
    counting_up = threading.Lock()

    def passing(done: str) -> None:
        with counting_up:
            made[done] += 1
            if f"{done}:{made[done]}" == failpoint:
                os.kill(os.getpid(), signal.SIGKILL)

    class Cursor(sqlite3.Cursor):
        def execute(self, *words: Any) -> sqlite3.Cursor:
            passing("statement")
            return super().execute(*words)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def commit(self) -> None:
            passing("commit")
            super().commit()
            passing("committed")

    connect, send, recv = sqlite3.dbapi2.connect, socket.socket.send, socket.socket.recv
    sqlite3.dbapi2.connect = lambda *words, **options: connect(*words, factory=Connection, **options)
    socket.socket.send = _around(passing, send, "send", "sent")  # type: ignore[method-assign]
    socket.socket.recv = _around(passing, recv, None, "received")  # type: ignore[method-assign]
    if noted:
        atexit.register(lambda: Path(noted).write_text(json.dumps(made)))


def _around(passing: Callable[[str], None], call: Any, before: str | None, after: str) -> Any:
    def wrapped(self: socket.socket, *words: Any) -> Any:
        far = self.family != socket.AF_UNIX  # the event loop wakes itself through a pair of those
        if far and before:
            passing(before)
        answer = call(self, *words)
        if far:
            passing(after)
        return answer

    return wrapped


if __name__ == "__main__":
    install(os.environ.get("FAILPOINT", ""), os.environ.get("FAILPOINTS_NOTED", ""))
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
