"""The whole suite, in two processes side by side: it is as long as the longer half.

    python tests/whole.py [pytest's options]

The first half is shown as it goes, the second once both are over. Ends with the graver exit code of the two.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[1]
FIRST_HALF = tuple(f"tests/{part}" for part in ("actions", "chat", "domain", "e2e", "faults"))
"""About as long as all the rest (stories, store, sandbox, jobs, pages…), which a new folder of tests belongs to."""


def main(options: list[str]) -> int:
    def begin(*arguments: str, **where: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return subprocess.Popen(command, cwd=ROOT, **where)  # type: ignore[call-overload,no-any-return]

    with TemporaryFile() as said:
        rest = begin(*(f"--ignore={part}" for part in FIRST_HALF), "tests", stdout=said, stderr=subprocess.STDOUT)
        first = begin(*FIRST_HALF)
        codes = first.wait(), rest.wait()
        said.seek(0)
        sys.stdout.buffer.write(said.read())
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
