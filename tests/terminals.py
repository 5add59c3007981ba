"""A terminal that a person would sit at: a command runs on it, and what it shows is returned."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def on_a_terminal(
    *words: str, variables: Mapping[str, str], folder: Path = ROOT, typed: str = "", ends: int = 0
) -> str:
    """Run `python WORDS` on a terminal of 80 columns, or as `variables` have it; whoever sits there types `typed`.
    It `ends` with this code."""
    ours, theirs = pty.openpty()
    env = {"COLUMNS": "80", "TERM": "xterm", **os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, *words]
    with subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        try:
            while more := os.read(ours, 4096):
                shown += more
        except OSError:
            pass  # EIO: whoever ran there has gone
        os.close(ours)
    assert process.returncode == ends, shown
    return shown.decode().replace("\r\n", "\n")
