"""/privacy says how long things are kept, in the numbers that hold where this bot runs."""

from datetime import date, timedelta

import pytest

from bot.config import Backup, Retention
from bot.domain.backups import surplus
from bot.sandbox.person import Person
from tests.conftest import Telegram


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
