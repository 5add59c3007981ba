"""The house rules that a machine can check: who imports whom, how long a file is, what it is called, how it begins."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = sorted(path for top in ("bot", "jobs", "tests") for path in (ROOT / top).rglob("*.py"))
PARTS = [path for path in OURS if path.stat().st_size]
LONGEST = 450
NO_NOUNS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "base"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_go_down_only() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_a_file_is_one_subject() -> None:
    long = [name(path) for path in PARTS if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST]
    assert long == []
    assert [name(path) for path in PARTS if path.stem in NO_NOUNS] == [], "find the noun"


def test_a_file_begins_with_a_sentence() -> None:
    said = {name(path): ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) for path in PARTS}
    assert [path for path, words in said.items() if not words] == []
    assert [
        path for path, words in said.items() if words and not words.split("\n\n")[0].endswith((".", ":", "?"))
    ] == []


def test_nothing_hides_in_an_init() -> None:
    inits = [path for path in OURS if path.name == "__init__.py"]
    assert inits
    assert [name(path) for path in inits if path.stat().st_size] == []


def test_no_error_is_hidden() -> None:
    """A bare `except:` catches even a stop; `pass` under `except Exception` hides what went wrong."""
    hidden = []
    for path in (path for path in PARTS if ROOT / "tests" not in path.parents):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                everything = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
                if node.type is None or (everything and all(isinstance(line, ast.Pass) for line in node.body)):
                    hidden.append(f"{name(path)}:{node.lineno}")
    assert hidden == []
