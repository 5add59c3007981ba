"""The lists of signs: each trigger beside the nearest thing that is none, and what every tick is answered with."""

from datetime import timedelta

import pytest

from bot.domain.checklists import SIGNS
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import value

HEAD, BACK, NECK = "With your head", "With your back", "You noted a chiropractor visit"


def lists(person: Person, words: str) -> int:
    return sum(words in seen.text and "None of these" in seen.labels for seen in person.chat)


@pytest.mark.parametrize(
    ("said", "words", "times"),
    [
        ("headache 8", HEAD, 1),
        ("headache 7", HEAD, 0),
        ("back 8", BACK, 1),
        ("back 7", BACK, 0),
        ("back 3, shot down my leg", BACK, 1),
        ("back 3 lower", BACK, 0),
        ("yesterday: headache 9", HEAD, 0),
    ],
)
async def test_a_score_brings_its_list(ann: Person, said: str, words: str, times: int) -> None:
    await ann.says(said)
    assert lists(ann, words) == times, [seen.text for seen in ann.chat]


async def test_a_list_comes_once_a_day(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 9")
    await ann.says("headache 10")
    assert lists(ann, HEAD) == 1
    telegram.clock.moves(timedelta(days=1).total_seconds())
    await ann.says("headache 8")
    assert lists(ann, HEAD) == 2


@pytest.mark.parametrize(("known", "times"), [("No, this is new or different", 1), ("Yes, that’s normal for me", 0)])
async def test_new_warning_signs_bring_the_list(ann: Person, known: str, times: int) -> None:
    await ann.says("headache 4, back 0, slept 7, slept well, posture 4")
    await ann.taps("2 to 4 h")
    await ann.taps("Zigzags or blind spot")
    await ann.taps("Done")
    await ann.taps(known)
    assert lists(ann, HEAD) == times


async def test_pain_down_a_leg_is_asked_about_again_after_a_month_only(telegram: Telegram, ann: Person) -> None:
    for days, times in ((0, 1), (10, 1), (31, 2)):
        telegram.clock.moves(timedelta(days=days).total_seconds())
        await ann.says("back 3, shot down my leg")
        assert lists(ann, BACK) == times, days


@pytest.mark.parametrize(
    ("days", "said", "times"),
    [(14, "headache 7", 1), (15, "headache 7", 0), (1, "headache 6", 0), (1, "back 7 neck", 1), (1, "back 7 lower", 0)],
)
async def test_after_a_neck_treatment_its_signs_are_asked_about(
    telegram: Telegram, ann: Person, days: int, said: str, times: int
) -> None:
    await ann.says("/log")
    await ann.taps("Chiropractor")
    telegram.clock.moves(timedelta(days=days).total_seconds())
    await ann.says(said)
    assert lists(ann, NECK) == times
    telegram.clock.moves(timedelta(days=1).total_seconds())
    await ann.says("headache 7")
    assert lists(ann, NECK) <= max(times, days + 1 <= 14), "once for each visit"


async def test_who_said_none_twice_at_this_score_is_offered_the_list(telegram: Telegram, ann: Person) -> None:
    for _ in range(2):
        await ann.says("headache 8")
        await ann.taps("None of these")
        telegram.clock.moves(timedelta(days=1).total_seconds())
    await ann.says("headache 8")
    assert ann.sees.labels == ["Show me the signs"]
    await ann.taps("Show me the signs")
    assert HEAD in ann.sees.text
    telegram.clock.moves(timedelta(days=1).total_seconds())
    await ann.says("headache 9")
    assert HEAD in ann.sees.text, "another score is another pain"


ANSWERS = {
    "emergency": "Please get help now.",
    "today": "Please call a doctor today",
    "soon": "worth a visit to your doctor in the next week",
}


@pytest.mark.parametrize(
    ("which", "sign"), [(which, sign) for which in SIGNS for sign in SIGNS[which]], ids=lambda part: part
)
async def test_each_sign_is_answered_at_once_by_its_urgency(ann: Person, which: str, sign: str) -> None:
    await ann.says("/warning")
    await ann.taps_on(ann.sees.message_id, f"check:{which}")
    shown = ann.sees
    await ann.taps_on(shown.message_id, f"sign:{1}:{sign}")
    assert ANSWERS[SIGNS[which][sign]] in ann.sees.text
    assert "diagnos" not in ann.sees.text
    await ann.taps_on(shown.message_id, f"sign:{1}:{sign}")
    assert sum(ANSWERS[SIGNS[which][sign]] in seen.text for seen in ann.chat) == 1, "a double tap says it once"


async def test_the_number_is_the_chosen_countrys_or_plainly_unknown(ann: Person) -> None:
    await ann.says("headache 9")
    await ann.taps("Fainted or had a fit")
    assert "I don’t know it for sure" in ann.sees.text
    await ann.taps("Choose where I live")
    await ann.taps("New Zealand")
    assert ann.sees.text == "Your emergency number is 111."
    await ann.taps("Show the numbers again")
    assert ann.sees.text.startswith("Call 111.")
    await ann.says("/warning")
    assert "Call 111." in ann.sees.text


async def test_a_slip_is_taken_back(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 9")
    await ann.taps("Fainted or had a fit")
    await ann.taps("I’m getting help")
    await ann.taps("I ticked it by mistake")
    assert HEAD in ann.sees.text
    assert not any(label.startswith("✓") for label in ann.sees.labels)
    await ann.taps("None of these")
    assert ann.sees.text.startswith("Good to hear.")
    assert value(telegram, "SELECT count(*) FROM events") == 1


async def test_with_cancer_something_new_is_worth_a_visit_even_without_a_sign(ann: Person) -> None:
    for cared, words in ((False, "Good to hear."), (True, "worth a visit to your doctor")):
        if cared:
            await ann.says("/settings")
            for label in ("What the card asks", "Reasons for extra care", "Have or had cancer", "Done"):
                await ann.taps(label)
        await ann.says("headache 3 for 3 hours, back 0, slept 7, slept well, posture 4")
        if not cared:
            await ann.taps("Skip the rest")
        await ann.taps("Something feels new or wrong")
        await ann.taps("My head")
        await ann.taps("None of these")
        assert words in ann.sees.text
