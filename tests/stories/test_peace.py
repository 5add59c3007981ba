"""Silence where it is wanted: quiet hours, pauses until a day, bad days, what is done, and what nobody answers."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import CARD, QUARTER, arrived, berlin, never_quiet, sent, value

HALF = timedelta(minutes=30)


async def reminds(ann: Person, words: str) -> None:
    await ann.says(f"/remind {words}")
    assert "Set." in ann.sees.text


async def test_a_reminder_in_the_quiet_hours_does_not_come_and_that_is_said(telegram: Telegram, ann: Person) -> None:
    await reminds(ann, "water daily 23:00")
    assert "23:00 is in your quiet hours" in ann.sees.text
    await telegram.waits(until=berlin(3, 7), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 22)) == []


async def test_the_card_comes_at_the_hour_one_chose_even_then(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Change the card’s time")
    await ann.says("22:45")
    await telegram.waits(until=berlin(2, 23, 45), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 22), CARD)] == [berlin(2, 22, 45)]
    await telegram.waits(until=berlin(3, 7), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 23)) == [], "and no nudge at midnight"


async def test_a_card_that_the_quiet_hours_kept_back_may_still_be_asked_for(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Change the card’s time")
    await ann.says("21:30")
    await telegram.waits(until=berlin(2, 21), beat=QUARTER)
    telegram.clock.moves(70 * 60)  # the bot was busy, or away
    await telegram.tick()
    assert arrived(ann, berlin(2, 21), CARD) == [], "too late for an evening"
    await ann.says("/settings")
    await ann.taps("Change the card’s time")
    await ann.says("23:00")
    await telegram.waits(until=berlin(2, 23, 30), beat=timedelta(minutes=10))
    assert [at for at, _ in arrived(ann, berlin(2, 21), CARD)] == [berlin(2, 23)]


async def test_the_summary_waits_for_the_morning(telegram: Telegram, ann: Person) -> None:
    await ann.says("6 3 7.5 4")
    await ann.says("/settings")
    await ann.taps("Change the weekly summary")
    await ann.taps("Change the time")
    await ann.says("sundays 23:00")
    await telegram.waits(until=berlin(9, 9), beat=HALF)
    weeks = [at for at, seen in arrived(ann, berlin(8, 20)) if "of 7 days" in seen.text or "too few" in seen.text]
    assert weeks == [berlin(9, 8)]


async def test_quiet_hours_of_ones_own(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Change the quiet hours")
    await ann.taps("Type others")
    await ann.says("weekdays 13-15, weekends 23:30-10")
    assert "Mon, Tue, Wed, Thu, Fri 13:00–15:00; Sat, Sun 23:30–10:00" in ann.sees.text
    await reminds(ann, "water daily 14:00 and 16:00")
    await telegram.waits(until=berlin(2, 16, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 13, 30)) == [berlin(2, 16)]


@pytest.mark.parametrize("words", ["soon", "22", "22-22", "25-8", "on a day 22-8", "22-8 and more"])
async def test_what_is_no_range_changes_nothing(telegram: Telegram, ann: Person, words: str) -> None:
    await ann.says("/settings")
    await ann.taps("Change the quiet hours")
    await ann.taps("Type others")
    await ann.says(words)
    assert "nothing was changed" in ann.sees.text
    assert value(telegram, "SELECT quiet FROM users") == "2200-0800"
    await ann.says("never")
    assert value(telegram, "SELECT quiet FROM users") == "-"


async def test_paused_until_a_day(telegram: Telegram, ann: Person) -> None:
    await ann.says("/pause until Friday")
    assert "Paused until Fri 6 Mar, 04:00" in ann.sees.text
    await telegram.waits(until=berlin(6, 20, 15), beat=HALF)
    assert sent(telegram, ann, berlin(2, 14)) == [berlin(6, 20)]
    await ann.says("/pause until last week")
    assert "Until when?" in ann.sees.text
    await ann.says("/pause 1 March 2026")
    assert "still to come" in ann.sees.text or "Until when?" in ann.sees.text


async def test_on_a_day_of_strong_headache_there_are_no_reminders(telegram: Telegram, ann: Person) -> None:
    await reminds(ann, "stretch daily 15:00 and 16:00")
    await ann.says("headache 7")
    await telegram.waits(until=berlin(2, 17), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 14)) == []
    await ann.says("headache 6")
    await telegram.waits(until=berlin(3, 15), beat=QUARTER)
    assert berlin(3, 15) in sent(telegram, ann, berlin(3, 14)), "the next day is another day"


async def test_an_exercise_that_is_done_is_not_asked_for_again_that_day(telegram: Telegram, ann: Person) -> None:
    await reminds(ann, "stretch daily 15:00 and 16:00")
    await reminds(ann, "water daily 15:30 and 16:30")
    for _ in range(2):
        await telegram.waits(until=telegram.clock.now() + HALF, beat=QUARTER)
    await telegram.waits(until=berlin(2, 15, 15), beat=QUARTER)
    await ann.taps("Done")
    await telegram.waits(until=berlin(2, 15, 30), beat=QUARTER)
    await ann.taps("Done")
    await telegram.waits(until=berlin(2, 17), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15, 45)) == [berlin(2, 16, 30)], "water again, no second stretch"


@pytest.mark.slow
async def test_who_never_taps_gets_half_and_then_none(telegram: Telegram, ann: Person) -> None:
    await reminds(ann, "water daily 15:00")
    await telegram.waits(until=berlin(8, 12), beat=HALF)
    assert not [seen for _, seen in arrived(ann, berlin(2, 14), "only half")]
    await ann.says("/help")
    await telegram.waits(until=berlin(31, 12), beat=HALF)
    said = arrived(ann, berlin(2, 14), "only half")
    assert len(said) == 1
    days = [at for at in sent(telegram, ann, berlin(2, 14)) if at.hour in (13, 14) and at.minute == 0]
    assert days[:5] == [berlin(day, 15) for day in range(2, 7)]
    gaps = [(later - earlier).days for earlier, later in pairwise(days[5:14])]
    assert set(gaps) <= {2, 3}, f"every second day, {gaps}"


@pytest.mark.slow
async def test_after_fourteen_they_stop_with_one_word_and_a_way_back(telegram: Telegram, ann: Person) -> None:
    await reminds(ann, "water daily 15:00")
    for _ in range(14):
        await telegram.waits(until=telegram.clock.now() + timedelta(days=2), beat=HALF)
        await ann.says("3 3 8 4")  # somebody who answers the card, but taps on no reminder
    await telegram.waits(until=telegram.clock.now() + timedelta(days=4), beat=HALF)
    ended = arrived(ann, berlin(2, 14), "I’ve stopped them")
    assert len(ended) == 1
    last = ended[0][0]
    assert not [seen for at, seen in arrived(ann, last + HALF) if "Water" in seen.text]
    await ann.taps_on(ended[0][1].message_id, ended[0][1].data("Start them again"))
    await ann.says("/next")
    assert "Water" in ann.sees.text


async def test_a_tap_brings_all_of_them_back(telegram: Telegram, ann: Person) -> None:
    await reminds(ann, "water daily 15:00")
    await telegram.waits(until=berlin(9, 12), beat=HALF)
    ((_, halved),) = arrived(ann, berlin(2, 14), "only half")
    await ann.taps_on(halved.message_id, halved.data("As before, please"))
    since = telegram.clock.now()
    await telegram.waits(until=since + timedelta(days=4), beat=HALF)
    assert len([at for at in sent(telegram, ann, since) if at.minute == 0 and at.hour == 14]) == 4


async def test_three_cards_without_an_answer_ask_for_a_better_hour(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(6, 12), beat=HALF)
    ((at, asked),) = arrived(ann, berlin(2, 14), "still a good time")
    assert at == berlin(5, 20)
    await ann.taps_on(asked.message_id, asked.data("18:00"))
    assert any("Daily card\nevery day, 18:00" in seen.text for seen in ann.chat)
    await telegram.waits(until=berlin(6, 18, 15), beat=QUARTER)
    assert arrived(ann, berlin(6, 17), CARD)[0][0] == berlin(6, 18)


@pytest.mark.slow
async def test_a_week_without_a_word_ends_in_rest(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(20, 12), beat=HALF)
    ((at, rest),) = arrived(ann, berlin(2, 14), "I’ll stop asking")
    assert at == berlin(9, 20)
    assert sent(telegram, ann, at + HALF) == [], "one kind word, then nothing"
    await ann.taps_on(rest.message_id, rest.data("Ask me again"))
    await telegram.waits(until=berlin(20, 20, 15), beat=QUARTER)
    assert arrived(ann, berlin(20, 19), CARD)


async def test_no_message_is_overtaken_by_the_quiet_hours(telegram: Telegram, ann: Person) -> None:
    """It is due a minute before them and Telegram asks for silence just then."""
    await reminds(ann, "water daily 21:58")
    await telegram.waits(until=berlin(2, 21, 57), beat=timedelta(minutes=19))
    telegram.api.fail("sendMessage", status=429, retry_after=150)
    await telegram.waits(until=berlin(2, 22, 30))
    assert [at for at in sent(telegram, ann, berlin(2, 21, 57)) if at >= berlin(2, 22)] == []
    never_quiet(telegram, ann)
