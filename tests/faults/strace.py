"""strace as an executioner: it lets a process die at its n-th system call of one kind."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

CALLS = ("pwrite64", "fdatasync", "sendto", "recvfrom")
"""What a bot does to the disk and to the network; each is counted for itself."""

STRACE = shutil.which("strace")


def counting(to: Path) -> Sequence[str]:
    """Return the words that run a program and note its calls in a file."""
    return STRACE or "", "-f", "-qq", "-o", str(to), "-e", f"trace={','.join(CALLS)}"


def killing(call: str, at: int, to: Path) -> Sequence[str]:
    """Return the words that run a program until it is killed at its `at`-th call of this kind, counted from 1."""
    when = f"inject={call}:signal=SIGKILL:when={at}"
    return STRACE or "", "-f", "-qq", "-o", str(to), "-e", f"trace={call}", "-e", when


def counted(noted: Path) -> Counter[str]:
    """Return how often each call was made; one that was interrupted counts once."""
    lines = (line.split(maxsplit=1)[1] for line in noted.read_text(errors="replace").splitlines() if " " in line)
    return Counter(name for line in lines if (name := line.partition("(")[0]) in CALLS)


def spread(made: Counter[str], most: int) -> Iterator[tuple[str, int]]:
    """Yield up to `most` points (call, number), evenly over all that were made."""
    every = [(call, at) for call in CALLS for at in range(1, made[call] + 1)]
    step = max(1.0, len(every) / most)
    for number in range(min(most, len(every))):
        yield every[int(number * step)]
