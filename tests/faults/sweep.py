"""The whole fault sweep: each file in a process of its own, one a core, and one table of all promises at the end.

    HEADSUP_SWEEP=full python tests/faults/sweep.py [words of a file's name]

What a file that fails has to say is printed as soon as it is over. Ends with 1 where a promise is not met, a file fails
or none was run.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.faults.promises import Figures

ROOT = Path(__file__).parents[2]

LONGEST_FIRST = ("test_kill_points", "test_mutations", "test_any_update", "test_killed_upgrades", "test_model")
"""Files that take minutes are begun first, so that no core is left with one of them at the end."""

AT_ONCE = os.cpu_count() or 1


def swept(file: Path, figures: Path) -> tuple[str, int, float, str]:
    """Run one file; returns its name, pytest's exit code, seconds and what it printed."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(file)],
        cwd=ROOT,
        env={**os.environ, "HEADSUP_FIGURES": str(figures)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return file.stem, done.returncode, time.monotonic() - began, done.stdout


def main(words: str) -> int:
    here = Path(__file__).parent
    files = sorted((file for file in here.glob("test_*.py") if words in file.stem), key=_when)
    every, failed = Figures(), 0
    with TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        kept = [Path(folder) / f"{file.stem}.json" for file in files]
        for each in as_completed(
            [pool.submit(swept, file, figures) for file, figures in zip(files, kept, strict=True)]
        ):
            name, code, seconds, said = each.result()
            tell(f"{name:<28} {'passed' if code == 0 else 'FAILED'} in {seconds:.0f} s")
            if code != 0:
                failed += 1
                tell(said)
        for figures in kept:
            if figures.exists():
                every.add(json.loads(figures.read_text("utf-8")))
    for line in (*every.table(), every.verdict(), f"{len(files) - failed} passed, {failed} failed"):
        tell(line)
    return int(failed > 0 or not files or not every.all_met)


def _when(file: Path) -> tuple[int, str]:
    place = LONGEST_FIRST.index(file.stem) if file.stem in LONGEST_FIRST else len(LONGEST_FIRST)
    return place, file.stem


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
