"""The whole suite, in three processes side by side: it is as long as the longest.

    python tests/whole.py [pytest's options]

The first part, faults, mostly waits, and is shown as it goes; the others once all are over. Ends with the gravest exit
code of the three.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[1]
FAULTS = ("tests/faults",)
WALKS = ("tests/e2e", "tests/stories")
"""Long ones, about as long as all the rest (store, browser, jobs, pages…), which a new folder of tests belongs to."""


def main(options: list[str]) -> int:
    def begin(*arguments: str, **where: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return subprocess.Popen(command, cwd=ROOT, **where)  # type: ignore[call-overload,no-any-return]

    with TemporaryFile() as walked, TemporaryFile() as rested:
        walks = begin(*WALKS, stdout=walked, stderr=subprocess.STDOUT)
        others = (f"--ignore={part}" for part in (*FAULTS, *WALKS))
        rest = begin(*others, "tests", stdout=rested, stderr=subprocess.STDOUT)
        codes = begin(*FAULTS).wait(), walks.wait(), rest.wait()
        for said in (walked, rested):
            said.seek(0)
            sys.stdout.buffer.write(said.read())
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
