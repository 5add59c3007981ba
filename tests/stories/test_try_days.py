"""The days of a try: what its reminder says and when, what the card asks, and that a good day stays one tap."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.reminders import TRY
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import answers, berlin, sent
from tests.stories.test_try import HALF, SIDES, begins, came, foretold

# The card


async def test_a_good_day_stays_one_tap(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(3, 20), beat=HALF)
    taps = ann.tap_count
    await ann.taps("All fine today")
    assert ann.tap_count == taps + 1
    assert "try" not in answers(telegram, ann)[-1][1], "it says nothing about the walk"
    assert "Your try, A walk: Tue 3 Mar is a day with it. Was it done?" in ann.sees.text
    assert ["Yes, it was done", "No, it was not"] in ann.sees.buttons
    since = telegram.clock.now()
    await telegram.waits(until=berlin(4, 8), beat=HALF)
    assert sent(telegram, ann, since + timedelta(minutes=1)) == [], "the day is done, so no nudge"


async def test_one_tap_answers_it_and_it_can_be_changed(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(3, 20), beat=HALF)
    await ann.taps("All fine today")
    shown = ann.sees
    await ann.taps("Yes, it was done")
    assert "Your try: done" in ann.sees.text
    assert "Yes, it was done" not in ann.sees.labels
    await ann.taps_on(shown.message_id, shown.data("Yes, it was done"))
    assert answers(telegram, ann)[-1][1]["try"] == "done"
    await ann.taps("Change an answer")
    await ann.taps("Your try: done")
    await ann.taps("No, it was not")
    assert "Your try: not done" in ann.sees.text
    assert answers(telegram, ann)[-1][1]["try"] == "not"
    await ann.says("yes")
    assert answers(telegram, ann)[-1][1]["try"] == "not"
    assert "did not understand" in ann.sees.text, "it is a question for taps"
    await ann.says("headache 4")
    assert "Your try: not done" in ann.sees.text


async def test_an_evening_is_asked_about_on_the_day_after(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "Evening stretch")
    await telegram.waits(until=berlin(3, 20), beat=HALF)
    await ann.taps("All fine today")
    assert "Your try" not in ann.sees.text, "this evening is still ahead"
    await telegram.waits(until=berlin(4, 20), beat=HALF)
    await ann.taps("All fine today")
    assert "the evening of Tue 3 Mar was one with it. Was it done?" in ann.sees.text
    await telegram.waits(until=berlin(6, 20), beat=HALF)
    await ann.taps("All fine today")
    assert "the evening of Thu 5 Mar was one without it. Was it done all the same?" in ann.sees.text


async def test_on_the_day_before_and_when_it_is_over_the_card_asks_nothing(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await ann.says("all fine")
    assert "Your try" not in ann.sees.text
    telegram.clock.moves(56 * 86_400)
    await ann.says("all fine")
    assert "Mon 27 Apr is a day without it" in ann.sees.text
    telegram.clock.moves(86_400)
    await ann.says("all fine")
    assert "Your try" not in ann.sees.text
    await ann.says("/history")
    await ann.taps("27 ✓")
    assert "Mon 27 Apr is a day without it" in ann.sees.text, "a day of it can still be filled in"


# Its reminder


async def test_the_reminder_says_what_today_is(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(3, 10), beat=HALF)
    assert ann.sees.text == "Today is a day with: A walk.\nHalf an hour of walking, in one go or in two."
    await ann.taps("Show the try")
    assert "Day 1 of 56. Today is a day with it. Tomorrow is a day with it." in ann.sees.text
    await telegram.waits(until=berlin(7, 9), beat=HALF)
    assert came(telegram, ann, TRY) == [berlin(3, 10), berlin(4, 10)]


@pytest.mark.slow
async def test_it_goes_on_though_nobody_taps_it(telegram: Telegram, ann: Person) -> None:
    """Other reminders become fewer after five that went by; of a try that would choose the days."""
    await begins(telegram, ann, "A walk")
    for day in range(3, 32):
        await telegram.waits(until=berlin(day, 9), beat=timedelta(hours=3))
        await telegram.waits(until=berlin(day, 12), beat=HALF)
        await ann.says("all fine")
        if day == 22:
            said = await foretold(telegram, ann, TRY)
    assert said
    assert set(said) == {at for at in came(telegram, ann, TRY) if berlin(22, 12) < at < berlin(28, 12)}
    assert len(came(telegram, ann, TRY)) == SIDES[:29].count("+")


async def test_its_time_can_be_changed_and_it_can_be_switched_off(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await ann.says("/reminders")
    assert "Your try: on days with it, 10:00" in ann.sees.text
    assert "What came of" not in ann.sees.text
    await ann.taps("Your try 10:00")
    assert ann.sees.labels == ["Change the time", "Switch off", "All reminders"]
    await ann.taps("Change the time")
    await ann.says("17:30")
    assert ann.sees.text.startswith("Set.\nYour try")
    await telegram.waits(until=berlin(3, 23), beat=HALF)
    assert came(telegram, ann, TRY) == [berlin(3, 17, 30)]
    await ann.says("/reminders")
    await ann.taps("Your try 17:30")
    await ann.taps("Switch off")
    await telegram.waits(until=berlin(4, 23), beat=HALF)
    assert came(telegram, ann, TRY) == [berlin(3, 17, 30)]
    await ann.says("/try")
    assert "Day 2 of 56." in ann.sees.text, "the days go on all the same"
    assert "I’ll remind you" not in ann.sees.text


@pytest.mark.parametrize(
    "before",
    [
        (),
        ("/pause until Thursday",),
        ("headache 9",),
        ("/attack",),
        ("/remind water daily 9:00",),
        ("/pause 1", "all fine"),
    ],
)
@pytest.mark.slow
async def test_next_foretells_it(telegram: Telegram, ann: Person, before: Sequence[str]) -> None:
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(3, 9), beat=HALF)
    for words in before:
        await ann.says(words)
    said = await foretold(telegram, ann, TRY)
    await telegram.waits(until=berlin(8, 21), beat=HALF)
    assert came(telegram, ann, TRY) == [at for at in said if at < berlin(8, 21)]
    assert said[-1] >= berlin(7, 10)


async def test_somewhere_else_the_days_are_those_there(telegram: Telegram, ann: Person) -> None:
    """After a move to Auckland its reminder comes at ten there, and the card there asks about the day there."""
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(4, 9), beat=HALF)
    await ann.says("/settings")
    await ann.taps("Change the time zone")
    await ann.says("Auckland")
    since = telegram.clock.now()
    said = await foretold(telegram, ann, TRY)
    await telegram.waits(until=berlin(9, 9), beat=HALF)
    there = [at for at in came(telegram, ann, TRY) if at >= since]
    # 5 and 6 March are without, 7 and 8 with it: at ten in Auckland it is 22:00 the evening before in Berlin.
    assert there == said[: len(there)] == [berlin(6, 22), berlin(7, 22)]
