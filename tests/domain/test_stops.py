"""Where one can travel to, worked out by hand for zones with and without a clock change."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.stops import BEFORE_CHANGE, next_change, stops

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "after", "change"),
    [
        ("Europe/Berlin", "2026-03-02 12:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29 01:00", "2026-10-25 01:00"),
        ("America/New_York", "2026-03-02 12:00", "2026-03-08 07:00"),
        ("Australia/Lord_Howe", "2026-03-02 12:00", "2026-04-04 15:00"),
        ("Asia/Kathmandu", "2026-03-02 12:00", None),
        ("UTC", "2026-03-02 12:00", None),
    ],
)
def test_the_next_clock_change(zone: str, after: str, change: str | None) -> None:
    found = next_change(datetime.fromisoformat(after).replace(tzinfo=UTC), zone)
    assert found == (datetime.fromisoformat(change).replace(tzinfo=UTC) if change else None)


def test_the_stops_of_a_monday_in_berlin() -> None:
    card = datetime(2026, 3, 2, 19, tzinfo=UTC)
    assert stops(NOON, "Europe/Berlin", card) == {
        "hour": NOON + timedelta(hours=1),
        "card": card,
        "tomorrow": datetime(2026, 3, 3, 7, tzinfo=UTC),
        "week": datetime(2026, 3, 9, 12, tzinfo=UTC),
        "change": datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    }


def test_where_no_card_comes_and_no_clock_changes_there_is_no_such_stop() -> None:
    assert set(stops(NOON, "Asia/Kathmandu", None)) == {"hour", "tomorrow", "week"}


def test_within_the_last_half_hour_the_change_after_is_next() -> None:
    """On the way through a change one must not be sent back to before it."""
    here = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert stops(here, "Europe/Berlin", None)["change"] == datetime(2026, 10, 25, 1, tzinfo=UTC) - BEFORE_CHANGE
