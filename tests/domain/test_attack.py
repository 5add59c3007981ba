"""What is said behind /attack: since when, or that it is over."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attack import Said, read_attack

AFTERNOON = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Said("began")),
        ("since 14:00", Said("began", time(14))),
        ("14:30", Said("began", time(14, 30))),
        ("started at 2 pm", Said("began", time(14))),
        ("it began half past 9", Said("began", time(9, 30))),
        ("since 22:00", Said("began", time(22), 1)),
        ("yesterday at 9:00", Said("began", time(9), 1)),
        ("since yesterday 22:15", Said("began", time(22, 15), 1)),
        ("seit 14 Uhr", None),
        ("over", Said("over")),
        ("it’s over", Said("over")),
        ("it is gone", Said("over")),
        ("over since 13:00", Said("over", time(13))),
        ("over at 23:00", Said("over", time(23), 1)),
        ("overwhelming", None),
        ("on the left side", None),
        ("since Monday", None),
        ("yesterday", None),
    ],
)
def test_what_is_understood(text: str, said: Said | None) -> None:
    assert read_attack(text, AFTERNOON) == said


def test_german_hours_are_read_in_german() -> None:
    assert read_attack("seit 14 Uhr", AFTERNOON, "de") == Said("began", time(14))


@given(st.text(max_size=60))
def test_any_words_are_read_or_not(text: str) -> None:
    read_attack(text, AFTERNOON)
