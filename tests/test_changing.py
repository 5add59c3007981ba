"""A tip, a question and a command are added as CONTRIBUTING says, in a copy of the tree, and are there in the chat."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from babel.messages.pofile import read_po, write_po

from tools.texts import missing

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"^# ((?:bot|tests)/\S+?\.py)(?:, below (.+))?\n", re.M)
PARTS = ("bot", "jobs", "tests", "tools", "pyproject.toml", "Makefile")

BEGINNING = """
from bot.sandbox.person import Person
from bot.domain.tips import TURNS
from tests.conftest import Telegram

"""
TIP = """
def test_it_has_its_turn() -> None:
    assert "pb09" in {tip.key for turn in TURNS.values() for tip in turn}
"""
QUESTION = """
async def test_it_is_asked_where_the_back_hurts(ann: Person) -> None:
    await ann.says("/checkin")
    for label in ("0 · none", "3", "7–8 h", "4 · well", "4 · good"):
        await ann.taps(label)
    assert "Was your back stiff when you got up?" in ann.sees.text, ann.sees
    await ann.taps("Less than half an hour")
    await ann.taps("Skip the rest")
    assert "Stiff in the morning: Less than half an hour" in ann.sees.text, ann.sees

async def test_it_is_not_asked_where_nothing_hurts(ann: Person) -> None:
    await ann.says("/checkin")
    for label in ("0 · none", "0 · none", "7–8 h", "4 · well", "4 · good"):
        await ann.taps(label)
    assert "Saved for" in ann.sees.text, ann.sees
"""
COMMAND = """
async def test_it_answers(ann: Person) -> None:
    await ann.says("/clock")
    assert ann.sees.text == "For you it is Mon 2 Mar, 13:00.", ann.sees.text

async def test_it_is_in_the_menu(telegram: Telegram) -> None:
    shown = {line["command"] for line in telegram.api.profile.menu("en")}
    assert "clock" in shown
"""


def section(name: str) -> str:
    found = re.search(rf"^## {name}\n(.*?)^## ", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.M | re.S)
    assert found, name
    return found[1]


def additions(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (file, the line above, what is added) of each example; without a line above, it is a new file."""
    for block in re.findall(r"^ *```python\n(.*?)^ *```", text, re.M | re.S):
        pieces = PLACE.split(dedent(block))
        assert pieces[0] == "", block
        yield from zip(pieces[1::3], (below or "" for below in pieces[2::3]), pieces[3::3], strict=True)


def add(copy: Path, file: str, below: str, added: str) -> None:
    path = copy / file
    if not below:
        assert not path.exists(), file
        path.write_text(added, "utf-8")
        return
    lines = path.read_text("utf-8").splitlines(keepends=True)
    (at,) = [number for number, line in enumerate(lines) if below in line]
    path.write_text("".join((*lines[: at + 1], added, *lines[at + 1 :])), "utf-8")


def translate(copy: Path) -> int:
    """Give every text that lacks one a translation, which keeps its places; return how many did."""
    catalogue = copy / "bot" / "texts" / "de.po"
    with catalogue.open("rb") as po:
        german = read_po(po, locale="de")
    lacking = list(missing(german))
    for message in lacking:
        message.string = f"{message.id}"
        message.flags.discard("fuzzy")
    with catalogue.open("wb") as po:
        write_po(po, german, width=120, ignore_obsolete=True, include_lineno=False)
    return len(lacking)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, tmp_path / part)
    return tmp_path


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "texts", "story"),
    [
        ("Adding a tip", 1, TIP),
        ("Adding a question", 5, QUESTION),
        ("Adding a command", 2, COMMAND),
    ],
)
def test_it_is_added_as_it_is_written(copy: Path, name: str, texts: int, story: str) -> None:
    text = section(name)
    (copy / "tests" / "stories" / "test_added.py").write_text(BEGINNING + story, "utf-8")
    assert run(copy, "-m", "pytest", "-m", "not postgres", "tests/stories/test_added.py").returncode == 1, "not yet"
    for addition in additions(text):
        add(copy, *addition)
    assert "`make texts`" in text
    assert run(copy, "tools/texts.py").returncode == 1, "there is something to translate"
    assert translate(copy) == texts
    (named,) = re.findall(r"`python -m pytest (.+)`", text)
    tests = run(copy, "-m", "pytest", "-m", "not postgres", "tests/stories/test_added.py", *named.split())
    assert tests.returncode == 0, tests.stdout
