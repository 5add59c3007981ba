"""/privacy says what is kept, why, for how long and who answers for it; what the clock sends can be discreet."""

from datetime import date, timedelta

import pytest

from bot.config import Backup, Privacy, Retention, Settings
from bot.domain.backups import surplus
from bot.sandbox.person import Person, Seen
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, arrived, berlin, value

HEALTH = (
    "head",
    "back",
    "pain",
    "hurt",
    "sleep",
    "slept",
    "posture",
    "question",
    "stretch",
    "water",
    "drink",
    "doctor",
)
"""Words that nobody else needs to read on somebody's locked screen."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"privacy": Privacy(contact="Jo <jo@example.org>")})


async def test_anybody_may_ask_and_nothing_is_kept_of_a_stranger(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("/privacy")
    for words in (
        "encrypted",
        "Telegram carries our messages",
        "Why:",
        "kept until you delete it",
        "Your rights:",
    ):
        assert words in zoe.sees.text
    assert "Responsible for this bot, and there for your questions: Jo <jo@example.org>" in zoe.sees.text
    assert zoe.sees.labels == []
    assert value(telegram, "SELECT count(*) FROM users") == 0


async def test_whoever_is_here_finds_the_way_out_below(telegram: Telegram, ann: Person) -> None:
    await ann.says("/privacy")
    assert ann.sees.labels == ["Take my consent back", "Delete everything"]
    await ann.taps("Delete everything")
    assert "Delete everything about you?" in ann.sees.text


async def with_times(telegram: Telegram, retention: Retention, backup: Backup) -> None:
    telegram.settings = telegram.settings.model_copy(update={"retention": retention, "backup": backup})
    await telegram.restart_bot()


async def test_the_times_that_hold_as_it_comes(telegram: Telegram, ann: Person) -> None:
    await ann.says("/privacy")
    assert "All of it is kept until you delete it." in ann.sees.text
    assert "I stop writing; 90 days later everything about you is deleted, unless you come back." in ann.sees.text
    assert "Nightly backups still hold it for up to 29 days." in ann.sees.text
    day, nights = date(2026, 3, 2), {date(2026, 3, 2)}
    for later in range(1, 30):
        nights |= {day + timedelta(days=later)}
        nights -= set(surplus(nights, day + timedelta(days=later), 7, 4))
    assert day not in nights, "after 29 days it is gone"


@pytest.mark.parametrize(
    ("retention", "backup", "said"),
    [
        (Retention(blocked_days=1), Backup(), "1 day later everything about you is deleted"),
        (Retention(answers_days=400), Backup(), "Answers and notes are kept for 400 days"),
        (Retention(), Backup(keep_daily=1, keep_weekly=0), "still hold it for up to 1 day."),
        (Retention(), Backup(keep_daily=30, keep_weekly=0), "still hold it for up to 30 days."),
        (Retention(), Backup(keep_daily=0), "Copies in backups last until"),
    ],
)
async def test_what_was_set_is_what_is_said(
    telegram: Telegram, ann: Person, retention: Retention, backup: Backup, said: str
) -> None:
    await with_times(telegram, retention, backup)
    await ann.says("/privacy")
    assert said in ann.sees.text


async def test_what_is_off_is_not_promised(telegram: Telegram, ann: Person) -> None:
    await with_times(telegram, Retention(blocked_days=0), Backup(keep_daily=0))
    await ann.says("/privacy")
    assert "If you block me" not in ann.sees.text
    assert "Nightly" not in ann.sees.text


@pytest.mark.slow
async def test_discreet_messages_say_nothing_on_a_locked_screen(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind water 15:00")
    await ann.says("6 3 7.5 4")
    await ann.says("/settings")
    await ann.taps("Discreet messages")
    assert "They are off." in ann.sees.text
    await ann.taps("Switch them on")
    assert "They are on." in ann.sees.text
    since = telegram.clock.now()
    await telegram.waits(until=berlin(8, 20), beat=QUARTER)
    came = [seen for at, seen in arrived(ann, since) if at > since]
    assert {shown(seen) for seen in came} >= {"A message for you", "Your card for Tue 3 Mar", "Your week"}
    for seen in came:
        assert not any(word in shown(seen).lower() for word in HEALTH), seen.text
        assert seen.body.get("has_protected_content") is True

    await ann.says("/summary")
    assert "has_protected_content" not in ann.sees.body, "what one asks for may be forwarded"
    assert "Your card" not in ann.sees.text


async def test_a_discreet_card_is_filled_like_any_other(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Discreet messages")
    await ann.taps("Switch them on")
    await telegram.waits(until=berlin(2, 20, 1), beat=QUARTER)
    assert shown(ann.sees) == "Your card for Mon 2 Mar"
    await ann.taps("6")
    assert "spoiler" not in str(ann.sees.body.get("entities", ""))
    assert "question 2 of" in ann.sees.text


async def test_without_it_nothing_is_veiled(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Discreet messages")
    await ann.taps("Switch them on")
    await ann.taps("Switch them off")
    await telegram.waits(until=berlin(2, 20, 1), beat=QUARTER)
    assert "question 1 of 5" in shown(ann.sees)
    assert "has_protected_content" not in ann.sees.body


def shown(seen: Seen) -> str:
    """Return what a notification shows of a message: all but its spoilers."""
    units = seen.text.encode("utf-16-le")
    for entity in seen.body.get("entities") or seen.body.get("caption_entities") or []:
        if entity["type"] == "spoiler":
            begin, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            units = units[:begin] + b" \0" * ((end - begin) // 2) + units[end:]
    return units.decode("utf-16-le").strip()
