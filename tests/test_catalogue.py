"""The card grows by one line: a question more, its words beside the others, and the whole bot asks it."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAST = '    Question("posture", "quality"),\n'

LINES = {
    "bot/domain/questions.py": {LAST: LAST + '    Question("mood", "quality"),\n'},
    "bot/render/checkin_words.py": {
        '        "posture": t("Posture"),\n': '        "mood": t("Mood"),\n',
        '        "posture": t("How was your posture today?"),\n': '        "mood": t("How was your mood today?"),\n',
        '        "posture": {\n': '        "mood": {n: f"{n} · {w}" for n, w in enumerate(("low", "so", "ok"), 1)},\n',
    },
}
"""What has to be written, by file: a line that is there, and the one that is new."""

STORY = """
import asyncio, sys
from pathlib import Path

import bot
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settings_in, settled_in
from tests.databases import file_in
from tests.stories.conftest import answers

async def story() -> None:
    telegram = Telegram(settings_in(file_in(Path(sys.argv[1]))), HandClock(NOON))
    await telegram.start_bot()
    ann = await settled_in(telegram, 1001, "Ann")
    await ann.says("/checkin")
    assert "question 1 of 6" in ann.sees.text, ann.sees.text
    for label in ("0 · none", "0 · none", "7–8 h", "4 · well", "4 · good"):
        await ann.taps(label)
    assert "question 6 of 6" in ann.sees.text, ann.sees.text
    assert "How was your mood today?" in ann.sees.text
    await ann.taps("3 · ok")
    assert "Mood 3 of 5" in ann.sees.text, ann.sees.text
    assert answers(telegram, ann)[0][1]["mood"] == 3
    await telegram.restart_bot()
    await ann.says("/history")
    assert "2 ✓" in ann.sees.labels
    await ann.says("/summary")
    await telegram.stop_bot()

assert Path(bot.__path__[0]).parent == Path(sys.argv[1]), bot.__path__
asyncio.run(story())
"""


def test_a_question_is_one_line_and_its_words(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    for file, lines in LINES.items():
        source = (tmp_path / file).read_text(encoding="utf-8")
        for there, new in lines.items():
            assert source.count(there) == 1, (file, there)
            source = source.replace(there, new if there in new else new + there)
        (tmp_path / file).write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
