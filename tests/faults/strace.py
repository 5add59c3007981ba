"""strace as an executioner: it lets a process die at its n-th system call of one kind.

    python -m tests.faults.strace -o FILE -e trace=fdatasync -- run

Between strace's words and `headsup`'s. The process lets itself be traced once all is imported: a start under strace
takes three times as long, and imports neither write nor send anything.
"""

import ctypes
import os
import runpy
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

CALLS = ("pwrite64", "fdatasync", "ftruncate", "unlink", "rename", "sendto", "recvfrom")
"""What a bot does to the disk and to the network; each is counted for itself."""

STRACE = shutil.which("strace") or ""
HERE = (sys.executable, "-m", "tests.faults.strace")
PR_SET_PTRACER = 0x59616D61
ANYBODY = ctypes.c_ulong(-1)
"""Where Linux lets only parents trace (Yama), a process may allow others to."""


@cache
def why_not() -> str | None:
    """Return why strace cannot be used here, None where it can."""
    if not STRACE:
        return "no strace"
    words = (STRACE, "-qq", "-o", os.devnull, "-e", "trace=fdatasync", "true")
    return "strace may not trace" if subprocess.run(words, capture_output=True).returncode else None


def counting(to: Path) -> Sequence[str]:
    """Return the words that run the bot and note its calls in a file."""
    return *HERE, "-o", str(to), "-e", "trace=" + ",".join(f"?{call}" for call in CALLS), "--", "run"


def killing(call: str, at: int) -> Sequence[str]:
    """Return the words that run the bot until a thread makes its `at`-th call of this kind, counted from 1."""
    when = f"inject={call}:signal=SIGKILL:when={at}"
    return *HERE, "-o", os.devnull, "-e", f"trace={call}", "-e", when, "--", "run"


def counted(noted: Path) -> Counter[str]:
    """Return how often each call was made by the thread that made it most often: strace counts them so."""
    made: Counter[tuple[str, str]] = Counter()
    for line in noted.read_text(errors="replace").splitlines():
        thread, _, rest = line.partition(" ")
        made[rest.strip().partition("(")[0], thread] += 1
    most: Counter[str] = Counter()
    for (call, _), many in made.items():
        if call in CALLS:  # not where an interrupted one goes on, which has another name
            most[call] = max(most[call], many)
    return most


def be_traced(words: Sequence[str]) -> None:
    """Start a strace of this process and return once it watches."""
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANYBODY, 0, 0, 0)
    tracer = subprocess.Popen((STRACE, "-f", "-qq", "-p", str(os.getpid()), *words))
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        if tracer.poll() is not None:
            sys.exit(f"strace ended with {tracer.returncode}")
        time.sleep(0.005)


if __name__ == "__main__":
    import_module("bot.live")
    between = sys.argv.index("--")
    be_traced(sys.argv[1:between])
    sys.argv[1:] = sys.argv[between + 1 :]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
