"""The Dockerfile's own steps, done in a folder instead of a container: a fresh environment, a tree nobody writes to."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from venv import EnvBuilder

ROOT = Path(__file__).parents[2]
HOME = {"PIP_NO_CACHE_DIR": "what was fetched once need not be fetched again"}
"""Variables of the image that only make sense in a container."""


def instructions() -> Iterator[tuple[str, str]]:
    """Yield what the Dockerfile says, as (instruction, the rest of it on one line)."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, " ".join(rest.split())


class Image:
    """The image as a folder. `run_as` begins a command that runs in it, as its user and with nothing of root's."""

    def __init__(self, root: Path) -> None:
        """Do every step of the Dockerfile. CalledProcessError where one fails, AttributeError where it is new."""
        self.root = root
        self.environment: dict[str, str] = {}
        self.folders: list[Path] = []
        self.user = 0
        self.command: dict[str, list[str]] = {}
        self._at = root
        for word, rest in instructions():
            getattr(self, f"_{word.lower()}")(rest)
        self._close()

    def variables(self) -> dict[str, str]:
        path = f"{self.root}/venv/bin{os.pathsep}{os.environ['PATH']}"
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return {**kept, "PATH": path, **self.environment}

    def begin(self, *words: str) -> list[str]:
        """Return the command line that runs this in the image."""
        return [*self.run_as(), shutil.which(words[0], path=self.variables()["PATH"]) or words[0], *words[1:]]

    def run_as(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        # Python itself may lie where only root can read; to read is all that is left of root's powers.
        only = "-all,+dac_read_search"
        ids = ("--reuid", str(self.user), "--regid", str(self.user), "--clear-groups")
        return ["setpriv", *ids, f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}"]

    def inside(self, text: str) -> str:
        """Return a text with the paths of the image as they are here."""
        return re.sub(r"(?<![\w.])/(?=(?:backups|config|data|keys|src)\b)", f"{self.root}/", text)

    def _from(self, image: str) -> None:
        (version,) = re.findall(r"^python:(\d+\.\d+)-slim", image)
        assert f'requires-python = ">={version}"' in (ROOT / "pyproject.toml").read_text("utf-8")
        EnvBuilder(with_pip=True).create(self.root / "venv")

    def _env(self, pairs: str) -> None:
        for pair in pairs.split():
            name, _, value = pair.partition("=")
            if name not in HOME:
                # An address of SQLite has a slash of its own before the path.
                self.environment[name] = self.inside(value.replace(":////", ":///\0/")).replace("\0", "")

    def _workdir(self, path: str) -> None:
        self._at = Path(self.inside(path))
        self._at.mkdir(exist_ok=True)

    def _copy(self, words: str) -> None:
        allowed = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        *sources, target = words.split()
        for source in sources:
            assert f"!{source}" in allowed
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, self._at / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, self._at / target)

    def _run(self, steps: str) -> None:
        for step in steps.split(" && "):
            if step.startswith("useradd "):
                self.user = int(re.findall(r"--uid (\d+)", step)[0])
                continue
            made = re.fullmatch(r"install -d -o headsup -g headsup -m 0700 (.+)", step)
            if made:
                self.folders = [Path(path) for path in self.inside(made[1]).split()]
                step = f"install -d -m 0700 {self.inside(made[1])}"
            subprocess.run(["sh", "-c", step], cwd=self._at, env=self.variables(), check=True, capture_output=True)

    def _volume(self, paths: str) -> None:
        assert {Path(self.inside(path)) for path in json.loads(paths)} <= set(self.folders)

    def _user(self, ids: str) -> None:
        assert ids == f"{self.user}:{self.user}"
        assert self.user

    def _stopsignal(self, name: str) -> None:
        assert name == "SIGTERM"

    def _entrypoint(self, words: str) -> None:
        self.command["entrypoint"] = json.loads(words)

    def _cmd(self, words: str) -> None:
        self.command["cmd"] = json.loads(words)

    def _healthcheck(self, words: str) -> None:
        self.command["healthcheck"] = json.loads(words.partition(" CMD ")[2])

    def _close(self) -> None:
        """Make everything read-only but the folders that are the user's own."""
        for path in self.root.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        for folder in self.folders:
            folder.chmod(0o700)
            if os.geteuid() == 0:
                os.chown(folder, self.user, self.user)
        self.root.chmod(0o555)
