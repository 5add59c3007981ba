"""A language is added as CONTRIBUTING says, in a copy of the tree: a catalogue is filled, translated, and greets."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECTION = re.compile(r"^## Adding a language\n(.*?)^## ", re.M | re.S)

STORY = """
import asyncio, sys
from pathlib import Path

import bot
from bot.sandbox.person import Person
from bot.texts.words import CHOICES
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settings_in
from tests.databases import file_in

async def story() -> None:
    telegram = Telegram(settings_in(file_in(Path(sys.argv[1]))), HandClock(NOON))
    await telegram.start_bot()
    zoe = telegram.person(1001, "Zoé", language="fr")
    await zoe.says("/start")
    assert zoe.sees.text.startswith("Bonjour ! Je suis HeadsUp."), zoe.sees.text
    assert "Once a day I ask how you were." in zoe.sees.text, "what is not translated is said in English"
    await zoe.taps("J’accepte")
    await zoe.says("Paris")
    await zoe.taps("20:00")
    await zoe.taps("No reminders")
    await zoe.says("/checkin")
    assert "lun. 2 mars" in zoe.sees.text, zoe.sees.text
    await zoe.says("/settings")
    await zoe.taps("Language and clock")
    assert "Français, 20:00" in zoe.sees.labels, zoe.sees.labels
    assert telegram.api.profile.menu("fr")[0]["description"] == "La carte du jour"
    await telegram.stop_bot()

assert Path(bot.__path__[0]).parent == Path(sys.argv[1]), bot.__path__
asyncio.run(story())
"""

FRENCH = {
    "Hello! I’m HeadsUp, a diary for your head, back, sleep and posture.": "Bonjour ! Je suis HeadsUp.",
    "I agree, and I am 16 or older": "J’accepte",
    "Today’s card": "La carte du jour",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("bot", "jobs", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{copy}:{ROOT}"
    return subprocess.run(
        words, cwd=copy, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )


def test_a_language_is_added_as_it_is_written(copy: Path) -> None:
    section = SECTION.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert section is not None
    for file in re.findall(r"`((?:bot|tests)/[\w/.]+)`", section[1]):
        assert (ROOT / file).exists() or "fr." in file or "_fr" in file, file
    touch, make = re.findall(r"^ {7}(.+)$", section[1], re.M)
    assert make == "make texts"
    assert run(copy, *touch.split()).returncode == 0
    filled = run(copy, sys.executable, "tools/texts.py")
    assert re.search(r"^fr: 0 of \d{4} texts are translated$", filled.stdout, re.M), filled.stdout[:500] + filled.stderr
    assert filled.returncode == 1, "there is something to do"

    catalogue = copy / "bot" / "texts" / "fr.po"
    text = catalogue.read_text(encoding="utf-8")
    assert "nplurals=2; plural=(n > 1);" in text, "the plurals of the language"
    for english, french in FRENCH.items():
        assert text.count(f'msgid "{english}"\nmsgstr ""\n') == 1, english
        text = text.replace(f'msgid "{english}"\nmsgstr ""\n', f'msgid "{english}"\nmsgstr "{french}"\n')
    catalogue.write_text(text, encoding="utf-8")
    again = run(copy, sys.executable, "tools/texts.py")
    assert f"fr: {len(FRENCH)} of " in again.stdout
    assert catalogue.read_text(encoding="utf-8") == text, "translations stay"

    story = run(copy, sys.executable, "-c", STORY, str(copy))
    assert story.returncode == 0, story.stderr
