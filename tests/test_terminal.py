"""What the operator sees: an invitation as a code to scan, on a terminal that can show it."""

import subprocess
import sys

import pytest
import segno

from bot.terminal import AS_BEFORE, LIGHT_ON_DARK, QUIET_ZONE
from tests.terminals import ROOT, on_a_terminal

LINK = "https://t.me/HeadsUpSandboxBot?start=AbCdEfGhIjAbCdEfGhIjAbCdEfGhIjAbCdEfGh"
SAY_IT = ("-c", f"from bot.terminal import say_code; say_code({LINK!r})")
LIGHT = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
"""Of a letter: whether the module above and the one below are light."""


def test_the_code_on_a_terminal_is_the_link() -> None:
    lines = on_a_terminal(*SAY_IT, variables={}).splitlines()
    assert all(line.startswith(LIGHT_ON_DARK) and line.endswith(AS_BEFORE) for line in lines)
    letters = [line.removeprefix(LIGHT_ON_DARK).removesuffix(AS_BEFORE) for line in lines]
    rows = [[LIGHT[letter][half] for letter in line] for line in letters for half in (0, 1)]
    made = segno.make_qr(LINK, error="l")
    size = made.symbol_size(border=QUIET_ZONE)[1]
    assert rows[:size] == [[not dark for dark in row] for row in made.matrix_iter(border=QUIET_ZONE)]


@pytest.mark.parametrize("variables", [{"COLUMNS": "40"}, {"PYTHONIOENCODING": "ascii"}], ids=["narrow", "old"])
def test_a_terminal_that_would_tear_the_code_is_spared_it(variables: dict[str, str]) -> None:
    assert on_a_terminal(*SAY_IT, variables=variables) == ""


def test_a_file_or_a_log_gets_no_code() -> None:
    said = subprocess.run([sys.executable, *SAY_IT], cwd=ROOT, capture_output=True, check=True)
    assert said.stdout == b""
