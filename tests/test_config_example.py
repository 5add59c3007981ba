"""`config.example.toml` names every setting with its default, and nothing else."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

from bot.config import KEYS, KeyPath, Settings, load

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"

NO_DEFAULT = {
    ("telegram", "token"),
    ("telegram", "token_file"),
    ("telegram", "webhook", "url"),
    ("database", "password_file"),
    ("privacy", "contact"),
}
"""What has no default shows an example instead."""


def uncommented() -> str:
    return re.sub(r"^#(?=\w+ = )", "", EXAMPLE.read_text("utf-8"), flags=re.MULTILINE)


def leaves(tables: dict[str, object], path: KeyPath = ()) -> dict[KeyPath, object]:
    found: dict[KeyPath, object] = {}
    for key, value in tables.items():
        found |= leaves(value, (*path, key)) if isinstance(value, dict) else {(*path, key): value}
    return found


def test_as_it_is_it_changes_nothing() -> None:
    assert load(EXAMPLE, {}) == Settings()


def test_every_setting_is_named_and_no_other() -> None:
    assert set(leaves(tomllib.loads(uncommented()))) == set(KEYS)


def test_what_it_shows_is_what_holds(tmp_path: Path) -> None:
    shown = tmp_path / "config.toml"
    shown.write_text(
        re.sub(
            r"^(token|token_file|url|password_file|contact) = (?!.sqlite).*$", "", uncommented(), flags=re.MULTILINE
        ),
        "utf-8",
    )
    assert set(leaves(tomllib.loads(shown.read_text("utf-8")))) == set(KEYS) - NO_DEFAULT
    assert load(shown, {}) == Settings()


def test_its_examples_would_do(tmp_path: Path) -> None:
    token = tmp_path / "token"
    examples = leaves(tomllib.loads(uncommented()))
    token.write_text(str(examples["telegram", "token"]))
    token.chmod(0o600)
    settings = load(
        None,
        {
            "HEADSUP_TELEGRAM__TOKEN_FILE": str(token),
            "HEADSUP_TELEGRAM__WEBHOOK__URL": str(examples["telegram", "webhook", "url"]),
            "HEADSUP_TELEGRAM__MODE": "webhook",
            "HEADSUP_PRIVACY__CONTACT": str(examples["privacy", "contact"]),
        },
    )
    assert settings.telegram.secret_token() == examples["telegram", "token"]


def test_every_key_has_a_plain_line_above_it() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for above, line in pairwise(lines):
        if re.match(r"#\w+ = ", line):
            assert above.startswith("# "), line
