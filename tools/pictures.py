"""Makes the pictures of the README out of a walk through the sandbox in a browser (`make pictures`).

They are the screenshots that `tests/browser/test_sandbox.py` takes on its way, with fewer colours, so that they are
small. Needs Chromium, as these tests do.
"""

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
SHOWN = ("first-card-phone", "summary-phone", "patterns-desktop")
COLOURS = 128


def main() -> int:
    walk = [sys.executable, "-m", "pytest", "-q", "tests/browser/test_sandbox.py", "-k", "first_answered or twelve"]
    walked = subprocess.run(walk, cwd=ROOT, env=os.environ | {"HEADSUP_REQUIRE_BROWSER": "1"}, check=False)
    if walked.returncode == 0:
        for name in SHOWN:
            with Image.open(ROOT / f"artifacts/sandbox-{name}.png") as taken:
                small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(ROOT / f"docs/pictures/{name}.png", optimize=True)
    return walked.returncode


if __name__ == "__main__":
    sys.exit(main())
