"""Reminders from the first tap to the last: added, changed, switched off, deleted, snoozed, silenced."""

from bot.domain.tips import TURNS
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, arrived, berlin, sent, value

WATER = {tip.text for tip in TURNS["water"]}


async def adds(ann: Person, kind: str, at: str) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps(kind)
    await ann.says(at)


async def test_added_by_taps(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    assert "No short reminders yet" in ann.sees.text
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.taps("15")
    await ann.taps("15:30")
    assert "every day, 15:30" in ann.sees.text
    await telegram.waits(until=berlin(3, 15, 45), beat=QUARTER)
    tips = [at for at, seen in arrived(ann, berlin(2, 14)) if seen.text in WATER]
    assert tips == [berlin(2, 15, 30), berlin(3, 15, 30)]


async def test_added_by_a_typed_time(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Stretch", "3:30 pm")
    assert "Mon to Fri, 15:30" in ann.sees.text
    await telegram.waits(until=berlin(2, 15, 45), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15)) == [berlin(2, 15, 30)]


async def test_a_time_not_understood_is_asked_again(telegram: Telegram, ann: Person) -> None:
    before = telegram.rows("reminders")
    await adds(ann, "Water", "teatime")
    assert "did not understand that time" in ann.sees.text
    assert telegram.rows("reminders") == before
    await ann.says("16:00")
    assert "every day, 16:00" in ann.sees.text
    assert telegram.rows("reminders") == before + 1


async def test_time_and_days_are_changed(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await ann.taps("Change the time")
    await ann.taps("17")
    await ann.taps("17:45")
    assert "every day, 17:45" in ann.sees.text
    await ann.taps("Change the days")
    for day in ("✓ Mon", "✓ Sun"):
        await ann.taps(day)
    await ann.taps("Done")
    assert "Tue, Wed, Thu, Fri, Sat, 17:45" in ann.sees.text
    await telegram.waits(until=berlin(3, 18), beat=QUARTER)
    tips = [at for at, seen in arrived(ann, berlin(2, 14)) if seen.text in WATER]
    assert tips == [berlin(3, 17, 45)], "not at 15:00 any more, not on Monday"


async def test_a_day_tapped_twice_in_a_hurry_stays(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await ann.taps("Change the days")
    for label, days in (("✓ Mon", 0b1111110), ("✓ Sun", 0b0111110), ("Mon", 0b0111111)):
        page = ann.sees
        for _ in range(2):
            telegram.api.taps(ann.user_id, page.message_id, page.data(label))
        await telegram.settle()
        assert value(telegram, "SELECT weekdays FROM reminders WHERE kind = 'water'") == days


async def test_a_day_button_of_an_older_version_adds_its_day(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await ann.taps("Change the days")
    page = ann.sees
    await ann.taps("✓ Mon")
    number = value(telegram, "SELECT id FROM reminders WHERE kind = 'water'")
    for _ in range(2):
        await ann.taps_on(page.message_id, f"day:{number}:0")
        assert value(telegram, "SELECT weekdays FROM reminders WHERE kind = 'water'") == 0b1111111


async def test_one_day_has_to_stay(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await ann.taps("Change the days")
    for day in ("✓ Mon", "✓ Tue", "✓ Wed", "✓ Thu", "✓ Fri", "✓ Sat", "✓ Sun"):
        await ann.taps(day)
    assert ann.toast == "One day has to stay. To stop this reminder, switch it off."
    assert value(telegram, "SELECT weekdays FROM reminders WHERE kind = 'water'") == 1 << 6


async def test_off_and_on(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await ann.taps("Switch off")
    assert "(off)" in ann.sees.text
    await telegram.waits(until=berlin(2, 16), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15)) == []
    await ann.taps("Switch on")
    await telegram.waits(until=berlin(3, 15, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(3, 14)) == [berlin(3, 15)]


async def test_deleted_and_brought_back(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    before = telegram.rows("reminders")
    await ann.taps("Delete")
    assert "Deleted: Water, every day, 15:00." in ann.sees.text
    await ann.says("/reminders")
    assert "Water" not in ann.sees.text
    page = next(seen for seen in ann.chat if seen.text.startswith("Deleted"))
    await ann.taps_on(page.message_id, page.data("Undo"))
    await ann.says("/reminders")
    assert "Water: every day, 15:00" in ann.sees.text
    assert telegram.rows("reminders") == before
    await telegram.waits(until=berlin(2, 15, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15)) == [berlin(2, 15)]


async def test_undo_tapped_twice_brings_one_back(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    before = telegram.rows("reminders")
    await ann.taps("Delete")
    page = ann.sees
    for _ in range(2):
        telegram.api.taps(ann.user_id, page.message_id, page.data("Undo"))
    await telegram.settle()
    assert telegram.rows("reminders") == before


async def test_a_time_tapped_twice_adds_one(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.taps("15")
    page, before = ann.sees, telegram.rows("reminders")
    for _ in range(20):
        telegram.api.taps(ann.user_id, page.message_id, page.data("15:30"))
    await telegram.settle()
    assert telegram.rows("reminders") == before + 1


async def test_the_card_and_the_summary_can_only_be_switched_off(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Daily card")
    assert "Delete" not in ann.sees.labels
    number = value(telegram, "SELECT id FROM reminders WHERE kind = 'checkin'")
    await ann.taps_on(ann.sees.message_id, f"remove:{number}")
    assert ann.toast == "This one can be switched off, not deleted."


async def test_done(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    said = ann.sees.text
    await ann.taps("Done")
    assert ann.sees.text == f"{said}\n\nDone."
    assert not ann.sees.buttons


async def test_later_comes_back_after_an_hour_once(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    said, message_id = ann.sees.text, ann.sees.message_id
    await ann.taps("Later")
    data = ann.sees.data("In an hour")
    for _ in range(5):
        telegram.api.taps(ann.user_id, message_id, data)
    await telegram.settle()
    assert "I’ll ask again at 16:00." in ann.sees.text
    await telegram.restart_bot()
    await telegram.waits(until=berlin(2, 18), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15, 15)) == [berlin(2, 16)]
    assert ann.sees.text == said, "the same tip"


async def test_later_tapped_twice_over_a_full_minute_comes_back_once(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    await ann.taps("Later")
    message_id, data = ann.sees.message_id, ann.sees.data("In an hour")
    await ann.taps_on(message_id, data)
    telegram.clock.moves(70)
    await ann.taps_on(message_id, data)
    await telegram.waits(until=berlin(2, 18))
    assert sent(telegram, ann, berlin(2, 15, 15)) == [berlin(2, 16)]


async def test_later_many_times_in_a_row(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "8:00")
    await telegram.waits(until=berlin(3, 8), beat=QUARTER)
    for _ in range(10):
        await ann.taps("Later")
        await ann.taps("In an hour")
        await telegram.waits(hours=1, beat=QUARTER)
    longest = value(telegram, "SELECT max(length(slot)) FROM outbox")
    assert isinstance(longest, int)
    assert longest <= 64, "the column's width on PostgreSQL"
    assert berlin(3, 18) in sent(telegram, ann, berlin(3, 17, 50))


async def test_not_today_silences_the_kind_until_tomorrow(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "14:00")
    await adds(ann, "Water", "15:00")
    await adds(ann, "Relax", "15:30")
    await telegram.waits(until=berlin(2, 14), beat=QUARTER)
    await ann.taps("Not today")
    assert "No more of these today." in ann.sees.text
    await telegram.waits(until=berlin(3, 15, 15), beat=QUARTER)
    assert [at for at in sent(telegram, ann, berlin(2, 14, 15)) if at < berlin(2, 20)] == [berlin(2, 15, 30)]
    assert sent(telegram, ann, berlin(3, 13)) == [berlin(3, 14), berlin(3, 15)]


async def test_a_deleted_reminder_does_not_come(telegram: Telegram, ann: Person) -> None:
    await adds(ann, "Water", "15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    await ann.taps("Later")
    await ann.taps("In an hour")
    await ann.says("/reminders")
    await ann.taps("Water 15:00")
    await ann.taps("Delete")
    await telegram.waits(until=berlin(2, 19), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15, 15)) == []


async def test_there_is_an_end_to_it(telegram: Telegram, ann: Person) -> None:
    for minute in range(60):
        await adds(ann, "Water", f"9:{minute:02}")
        if telegram.rows("reminders") == 60:
            break
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    assert ann.toast == "You have 60 reminder times, that is as many as I can keep. Delete one first."
    assert telegram.rows("reminders") == 60


async def test_changing_the_cards_time_asks_once_a_day(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(2, 20), beat=QUARTER)
    await ann.says("/settings")
    await ann.taps("Change the card’s time")
    await ann.says("20:30")
    await telegram.waits(until=berlin(2, 21), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 20, 15)) == []
    await telegram.waits(until=berlin(3, 20, 30), beat=QUARTER)
    assert sent(telegram, ann, berlin(3, 12)) == [berlin(3, 20, 30)]
