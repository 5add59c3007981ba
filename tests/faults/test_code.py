"""No line of the bot turns data into code: nothing is unpickled or evaluated, no shell, no SQL glued together (T66)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.promises import Figures

ROOT = Path(__file__).parents[2]
PARTS = sorted(path for top in ("bot", "jobs") for path in (ROOT / top).rglob("*.py"))

MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "jsonpickle", "yaml", "commands"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "create_subprocess_shell", "getoutput"}
OF_MODULES = {"compile": {"re"}, "exec": set(), "eval": set()}
"""Where the same name means something harmless: module → not a finding."""

WORDS_OF_SQL = {"exec_driver_sql", "literal_column", "executescript"}
"""What takes SQL as words: a literal, nothing else. So does SQLAlchemy's `text`, where a file has imported it."""

SPELLED_OUT = {("text", "sqlalchemy"), ("text", "sa")}
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|PRAGMA|VACUUM|ATTACH|CREATE|ALTER|DROP|WITH)\b")

OF_OURS = "names of our own tables and columns, where SQL binds nothing"
ALLOWED = {
    (
        "bot/store/database.py",
        "f'PRAGMA {pragma}'",
    ): "the pragmas stand in the loop around it; SQLite binds nothing here",
    ("bot/store/move.py", "f\"ANALYZE {', '.join(rows)}\""): OF_OURS,
    ("bot/store/move.py", "f'TRUNCATE {names}'"): OF_OURS,
    ("bot/store/move.py", "f'LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE'"): OF_OURS,
    ("bot/store/move.py", "table.name"): OF_OURS,
    ("bot/store/move.py", "f\"{as_text}, set_config('bytea_output', 'hex', true)\""): OF_OURS,
    (
        "bot/store/move.py",
        "f\"COMMENT ON TABLE meta IS '{_whose(key)} {_seal(key, _contents(target))}'\"",
    ): "two digests in hexadecimal digits; a comment binds nothing",
}
"""File and words → why they cannot carry what somebody typed."""


def findings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of everything that could run data."""
    takes_sql = {*WORDS_OF_SQL, *from_sqlalchemy(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if any(name.name.partition(".")[0] in MODULES for name in names):
                yield node.lineno, ast.unparse(node)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in MODULES:
                yield node.lineno, ast.unparse(node)
            case ast.Call():
                yield from in_call(node, takes_sql)
            case ast.JoinedStr() | ast.BinOp(op=ast.Mod() | ast.Add()) if STATEMENT.match(first_words(node)):
                yield node.lineno, ast.unparse(node)


def from_sqlalchemy(tree: ast.AST) -> set[str]:
    """Return under which name this file knows `text`, if it does."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = (name for node in imports if (node.module or "").startswith("sqlalchemy") for name in node.names)
    return {name.asname or name.name for name in names if name.name == "text"}


def in_call(call: ast.Call, takes_sql: set[str]) -> Iterator[tuple[int, str]]:
    name, owner = named(call.func)
    if name in CALLS and owner not in OF_MODULES.get(name, ()):
        yield call.lineno, ast.unparse(call)
    if any(word.arg == "shell" and not is_false(word.value) for word in call.keywords):
        yield call.lineno, ast.unparse(call)
    if name == "format" and isinstance(call.func, ast.Attribute) and STATEMENT.match(first_words(call.func.value)):
        yield call.lineno, ast.unparse(call)
    if (name in takes_sql or (name, owner) in SPELLED_OUT) and call.args and not is_literal(call.args[0]):
        yield call.lineno, ast.unparse(call.args[0])


def named(function: ast.expr) -> tuple[str, str]:
    """Return what is called, and of what: `re.compile` is ("compile", "re")."""
    if isinstance(function, ast.Attribute):
        return function.attr, ast.unparse(function.value)
    return (function.id, "") if isinstance(function, ast.Name) else ("", "")


def first_words(node: ast.AST) -> str:
    """Return the constant text that words glued together begin with."""
    match node:
        case ast.Constant(value=str(words)):
            return words
        case ast.JoinedStr(values=[first, *rest]) if rest or not isinstance(first, ast.Constant):
            return first_words(first)
        case ast.BinOp(left=left):
            return first_words(left)
    return ""


def is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_nothing_of_the_kind_in_the_bot(promise: Figures) -> None:
    found = {
        (str(path.relative_to(ROOT)), words, line)
        for path in PARTS
        for line, words in findings(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {(file, words) for file, words, _ in found} >= set(ALLOWED), "an exception that is not needed any more"
    not_allowed = sorted(f"{file}:{line}: {words}" for file, words, line in found if (file, words) not in ALLOWED)
    assert len(PARTS) > 50
    try:
        promise.at_most("T66", "places where data could become code", 0, len(not_allowed), tries=len(PARTS))
    finally:
        assert not_allowed == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from marshal import loads",
        "import yaml",
        "eval(words)",
        "builtins.exec(words)",
        "os.system('ls')",
        "subprocess.run(words, shell=True)",
        "subprocess.run(words, shell=shell)",
        "await asyncio.create_subprocess_shell(words)",
        "from sqlalchemy import text; session.execute(text(f'SELECT {column} FROM users'))",
        "from sqlalchemy import text as words; words(typed)",
        "sqlalchemy.text(words)",
        "connection.exec_driver_sql('DELETE FROM users WHERE id = %s' % user_id)",
        "connection.exec_driver_sql('DELETE FROM users WHERE id = ' + user_id)",
        "cursor.execute('DELETE FROM users WHERE id = {}'.format(user_id))",
        "sql = f'VACUUM INTO {path!r}'",
        "sql = 'PRAGMA key = ' + key",
    ],
)
def test_whoever_tried_would_be_found(code: str) -> None:
    assert list(findings(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "re.compile('x')",
        "session.execute(select(users).where(users.c.id == user_id))",
        "from sqlalchemy import text; session.execute(text('SELECT 1'))",
        "draw.text(place, words)",
        "subprocess.run(['ls'], shell=False)",
        "said = f'Deleted {count} rows'",
    ],
)
def test_what_is_harmless_is_left_alone(code: str) -> None:
    assert not list(findings(ast.parse(code)))
