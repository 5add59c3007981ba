"""The whole suite, in four processes side by side: it is as long as the longest.

    python tests/whole.py [pytest's options]

Each part waits now and then, for a process, a page or a second of Telegram's; meanwhile the others go on. The first one
is shown as it goes, the others once all are over. Ends with the gravest exit code.
"""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[1]
FAULTS, E2E, STORIES = "tests/faults", "tests/e2e", "tests/stories"
PARTS = (
    (FAULTS,),
    (E2E, STORIES, "-m", "not postgres"),
    (E2E, STORIES, "-m", "postgres"),
    ("tests", *(f"--ignore={part}" for part in (FAULTS, E2E, STORIES))),
)
"""About as long as each other; a new folder of tests belongs to the last."""


def main(options: list[str]) -> int:
    with ExitStack() as stack:
        said = [stack.enter_context(TemporaryFile()) for _ in PARTS[1:]]
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "pytest", *options, *part], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
            )
            for part, out in zip(PARTS, (None, *said), strict=True)
        ]
        codes = [run.wait() for run in runs]
        for each in said:
            each.seek(0)
            sys.stdout.buffer.write(each.read())
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
