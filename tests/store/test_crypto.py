"""Sealing: what is written opens again in its own place with its own key, and nowhere else."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.crypto import Keys, KeyTrouble, load_keys, make_keys, seal, unseal

RING = Keys({1: b"1" * 32}, 1)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again(text: str) -> None:
    sealed = seal(RING, text, table="answers", key="1:headache", user=5)
    assert unseal(RING, sealed, table="answers", key="1:headache", user=5) == text
    assert len(text) < 4 or text.encode() not in sealed


def test_the_same_words_never_look_the_same() -> None:
    assert seal(RING, "7", table="a", key=1, user=1) != seal(RING, "7", table="a", key=1, user=1)


@pytest.mark.parametrize(
    ("table", "key", "user"),
    [
        ("checkins", "1:headache", 5),
        ("answers", "2:headache", 5),
        ("answers", "1:back", 5),
        ("answers", "1:headache", 6),
    ],
    ids=["table", "row", "question", "person"],
)
def test_a_value_that_was_moved_is_refused(table: str, key: str, user: int) -> None:
    sealed = seal(RING, "7", table="answers", key="1:headache", user=5)
    with pytest.raises(KeyTrouble, match="does not open with this key"):
        unseal(RING, sealed, table=table, key=key, user=user)


def test_a_value_that_was_altered_is_refused() -> None:
    sealed = seal(RING, "7", table="a", key=1, user=1)
    for at in range(len(sealed)):
        altered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(KeyTrouble):
            unseal(RING, altered, table="a", key=1, user=1)
    for cut in (b"", sealed[:1], sealed[:12], sealed[:-1]):
        with pytest.raises(KeyTrouble):
            unseal(RING, cut, table="a", key=1, user=1)


def test_another_key_is_refused_and_an_older_one_still_opens() -> None:
    sealed = seal(RING, "7", table="a", key=1, user=1)
    with pytest.raises(KeyTrouble):
        unseal(Keys({1: b"2" * 32}, 1), sealed, table="a", key=1, user=1)
    newer = Keys({1: b"1" * 32, 2: b"2" * 32}, 2)
    assert unseal(newer, sealed, table="a", key=1, user=1) == "7"
    assert seal(newer, "7", table="a", key=1, user=1)[0] == 2


def test_the_key_file_is_for_its_owner_only_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "headsup.key"
    made = make_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(path) == made
    with pytest.raises(KeyTrouble, match="cannot write"):
        make_keys(path)
    assert load_keys(path) == made


def test_a_key_never_shows_itself(tmp_path: Path) -> None:
    made = make_keys(tmp_path / "headsup.key")
    assert made.ring[1] != replace(made, ring=RING.ring).ring[1]
    assert repr(made) == "Keys(current=1)"


@pytest.mark.parametrize("content", ["", "# nothing\n", "1 short\n", "x\n", "1 AAAA\n", "0 " + "A" * 43 + "=\n", "é"])
def test_a_file_that_is_no_key_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "headsup.key"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KeyTrouble, match=r"\[keys\] file: .* is not a HeadsUp key file"):
        load_keys(path)


def test_a_missing_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match="put the copy back"):
        load_keys(tmp_path / "headsup.key")
