"""/remind: what and when in one line, said back with Undo; what is not understood sets nothing."""

import pytest

from bot.domain.tips import TIPS
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, arrived, berlin, sent, value


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("posture weekdays 10:00 13:00 16:30", "Posture break\nMon to Fri, 10:00, 13:00 and 16:30"),
        ("water every 2 hours 9-17", "Water\nevery day, 09:00, 11:00, 13:00, 15:00 and 17:00"),
        ("Posture break at half past 10", "Posture break\nMon to Fri, 10:30"),
        ("stretch mon-fri 10 and sat 11", "Stretch\nMon to Fri, 10:00; Sat, 11:00"),
        ("take the stairs at 15:00", "take the stairs\nevery day, 15:00"),
        ("drink 2 glasses weekdays 9:30", "drink 2 glasses\nMon to Fri, 09:30"),
        ("call the physio tomorrow only 9:00", "call the physio\nonce, Tue 3 Mar, 09:00"),
        ("sleep 9.30 pm", "Sleep\nevery day, 21:30"),
    ],
)
async def test_understood_and_said_back(telegram: Telegram, ann: Person, words: str, said: str) -> None:
    await ann.says(f"/remind {words}")
    assert said in ann.sees.text
    assert ann.sees.text.startswith("Set. Next: ")
    assert "Undo" in ann.sees.labels
    before = value(telegram, "SELECT count(*) FROM reminders WHERE next_at IS NOT NULL")
    await ann.taps("Undo")
    after = value(telegram, "SELECT count(*) FROM reminders WHERE next_at IS NOT NULL")
    assert (before, after) == (before, 2), "only the card and the summary are left"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("posture at 25:00", "No clock shows"),
        ("posture fridayish 10:00", "did not understand"),
        ("posture friday 10:00", "each week or once"),
        ("water at 3", "in the morning or in the evening"),
        ("water every 2 hours", "From when to when"),
        ("take the stairs", "did not understand"),
        ("posture today 8:00", "over already"),
        ("posture mondays", "At what time?"),
    ],
)
async def test_not_understood_sets_nothing_and_shows_an_example(
    telegram: Telegram, ann: Person, words: str, why: str
) -> None:
    await ann.says(f"/remind {words}")
    assert why in ann.sees.text
    assert "Nothing was set. For example:" in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM reminders") == 2


async def test_without_words_it_shows_how(ann: Person) -> None:
    await ann.says("/remind")
    assert "/remind posture weekdays 10:00 13:00 16:30" in ann.sees.text


async def test_ones_own_words_come_as_they_were_typed(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind take <the> stairs & smile at 15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    assert ann.sees.text == "take <the> stairs & smile"
    await ann.taps("Later")
    await ann.taps("In 15 minutes")
    await telegram.waits(until=berlin(2, 15, 15))
    assert ann.sees.text == "take <the> stairs & smile"
    kept = value(telegram, "SELECT words FROM reminders WHERE words IS NOT NULL")
    assert isinstance(kept, bytes)
    assert b"stairs" not in kept


async def test_the_same_words_are_one_reminder(telegram: Telegram, ann: Person) -> None:
    for at in ("15:00", "16:00"):
        await ann.says(f"/remind take the stairs at {at}")
    assert "every day, 15:00 and 16:00" in ann.sees.text
    await ann.says("/remind look far away at 15:00")
    assert value(telegram, "SELECT count(DISTINCT kind) FROM reminders WHERE kind LIKE 'own%'") == 2


async def test_once_comes_once(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind call the physio tomorrow only 9:00")
    await telegram.waits(until=berlin(6, 12), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 14), "call the physio")][-1] == berlin(3, 9)
    assert len([at for at in sent(telegram, ann, berlin(3, 8, 30)) if at == berlin(3, 9)]) == 1


async def test_the_cards_time_in_words_too(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind card weekdays 20:30, weekends 21:30")
    assert "Mon to Fri, 20:30; Sat, Sun, 21:30" in ann.sees.text
    await ann.says("/remind card 20:30 and 21:30")
    assert "one time for each day, please" in ann.sees.text
    await telegram.waits(until=berlin(2, 20, 30), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 20)) == [berlin(2, 20, 30)]


async def test_typed_for_a_button_too(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Posture break")
    await ann.says("weekdays 10, 13:00 and 16:30")
    assert "Mon to Fri, 10:00, 13:00 and 16:30" in ann.sees.text
    await ann.taps("Change the times")
    await ann.says("tuesdays 11:00")
    assert "Tue, 11:00" in ann.sees.text
    await ann.taps("Undo")
    assert "Mon to Fri, 10:00, 13:00 and 16:30" in ann.sees.text


async def test_stopped_from_the_reminder_itself(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind water daily 15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    await ann.taps("More")
    await ann.taps("Stop this reminder")
    assert "Stopped: Water." in ann.sees.text
    await telegram.waits(until=berlin(3, 16), beat=QUARTER)
    assert sent(telegram, ann, berlin(3, 14)) == []
    await ann.taps_on(ann.sees.message_id, "switch:water:on")
    await telegram.waits(until=berlin(4, 15, 15), beat=QUARTER)
    assert berlin(4, 15) in sent(telegram, ann, berlin(4, 14))


@pytest.mark.slow
async def test_why_this_and_what_one_thinks_of_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind posture daily 15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    first = ann.sees.text
    await ann.taps("More")
    await ann.taps("Why this?")
    assert "You set Posture break for every day, 15:00 (Berlin)." in ann.sees.text
    assert "It rests on: " in ann.sees.text
    assert "How sure is that?" in ann.sees.text
    await ann.taps("Not for me")
    assert "I won’t say this one again." in ann.sees.text
    said = []
    for day in range(3, 31):
        await telegram.waits(until=berlin(day, 15), beat=QUARTER)
        said += [seen.text for at, seen in arrived(ann, berlin(day, 14, 45)) if at == berlin(day, 15)]
        await ann.says("/help")
    assert first not in said


async def test_this_evening(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind water daily 15:00")
    await telegram.waits(until=berlin(2, 15), beat=QUARTER)
    await ann.taps("Later")
    await ann.taps("This evening")
    assert "I’ll ask again at 19:00." in ann.sees.text
    await telegram.waits(until=berlin(2, 19), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 15, 15)) == [berlin(2, 19)]


async def test_a_short_night_brings_something_about_sleep_in_the_evening(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind a bit of everything daily 15:00 and 18:00")
    await ann.says("slept 5")
    await telegram.waits(until=berlin(2, 18), beat=QUARTER)
    told = [seen.text for at, seen in arrived(ann, berlin(2, 14, 30)) if at in (berlin(2, 15), berlin(2, 18))]
    groups = [next(tip.group for tip in TIPS if tip.text == text) for text in told]
    assert groups[0] != "sleep"
    assert groups[1] == "sleep"
    await ann.taps("More")
    await ann.taps("Why this?")
    assert "You noted a short night, so it is about sleep." in ann.sees.text
    await ann.says("slept 8")
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    await ann.says("slept 8")
    await telegram.waits(until=berlin(3, 18), beat=QUARTER)
    (said,) = [seen.text for at, seen in arrived(ann, berlin(3, 17, 45)) if at == berlin(3, 18)]
    assert next(tip.group for tip in TIPS if tip.text == said) != "sleep"
