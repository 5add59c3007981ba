"""Reminders: how late each may come, and under which name it is owed once."""

from datetime import UTC, date, datetime, time, timedelta

from bot.domain.reminders import CHECKIN, NUDGE, PRESETS, SUMMARY, policy, slot_of
from bot.domain.schedule import Occurrence, Schedule
from bot.domain.tips import KINDS

MONDAY = Occurrence(date(2026, 3, 2), datetime(2026, 3, 2, 19, tzinfo=UTC))


def test_how_late_is_too_late() -> None:
    assert policy(CHECKIN).fresh_for == timedelta(hours=4)
    assert policy(SUMMARY).fresh_for == timedelta(hours=48)
    assert {policy(kind).fresh_for for kind in (NUDGE, *(kind.key for kind in KINDS))} == {timedelta(minutes=15)}


def test_only_the_card_and_the_summary_are_tried_again() -> None:
    assert [policy(kind).tries for kind in (CHECKIN, SUMMARY, NUDGE, "water")] == [2, 2, 1, 1]


def test_the_daily_kinds_are_owed_once_a_day_whatever_their_time() -> None:
    assert slot_of(CHECKIN, 1, MONDAY, time(20)) == slot_of(CHECKIN, 2, MONDAY, time(21)) == "2026-03-02"


def test_other_reminders_are_owed_once_each_time() -> None:
    slots = {slot_of("water", number, MONDAY, at) for number in (1, 2) for at in (time(9), time(15))}
    assert len(slots) == 4
    assert "1@2026-03-02T09:00" in slots
    assert all(len(slot) <= 64 for slot in slots)


def test_the_presets_are_reminders_one_can_have() -> None:
    assert [preset.key for preset in PRESETS] == ["one", "some", "none"]
    for preset in PRESETS:
        for kind, at, weekdays in preset.reminders:
            assert kind in {known.key for known in KINDS}
            assert Schedule(at, weekdays, "UTC").at == at
