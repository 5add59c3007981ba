"""When the bot sends somebody to a doctor: in the chat, once, with the counts of their own days."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from bot.domain.questions import Answers
from bot.sandbox.person import Person
from bot.store import checkins
from bot.store.database import Session
from tests.conftest import Telegram
from tests.stories.conftest import BERLIN

MONDAY = date(2026, 3, 2)
ZONE = BERLIN.key
TRIPTAN: Answers = {"headache": 3, "back": 0, "medicine": frozenset({"triptan"})}
ACHE: Answers = {"headache": 3, "back": 0}
BAD: Answers = {"headache": 7, "back": 0}
CALM: Answers = {"headache": 0, "back": 0}


def lived(telegram: Telegram, person: Person, days: Sequence[Answers]) -> None:
    """Fill in the days before this Monday, the last of them on Sunday."""

    def write(session: Session) -> None:
        for back, answers in enumerate(reversed(days), 1):
            day, now = MONDAY - timedelta(days=back), telegram.clock.now() - timedelta(days=back)
            card = checkins.open_(session, person.user_id, day, ZONE, "headache", now)
            checkins.answer(session, card, answers, now, source="tap", late=False)

    telegram.database.submit(write).result()


def said(person: Person, words: str) -> int:
    return sum(words in seen.text for seen in person.chat if seen.from_bot)


@pytest.mark.parametrize(
    ("before", "words", "times"),
    [
        (6, "a triptan on", 0),
        (7, "You’ve logged a triptan on 8 of the last 30 days. From 10 days", 1),
        (8, "at or over the 10 days", 0),
        (9, "You’ve logged a triptan on 10 of the last 30 days. That is at or over the 10 days", 1),
    ],
)
async def test_days_of_medicine_are_counted_when_it_is_logged(
    telegram: Telegram, ann: Person, before: int, words: str, times: int
) -> None:
    lived(telegram, ann, [TRIPTAN] * before)
    await ann.says("headache 3 for 3 hours, back 0, slept 7, slept well, posture 4")
    for label in ("None of these", "Done", "Skip", "A triptan", "Done"):
        await ann.taps(label)
    assert said(ann, words) == times
    await ann.says("headache 4")
    assert said(ann, words) == times, "once"


@pytest.mark.parametrize(
    ("days", "words", "times"),
    [
        ([*[BAD] * 4, *[CALM] * 24], "You had a headache on 4 of the last 28 days. There are ways", 1),
        ([*[BAD] * 3, *[CALM] * 25], "There are ways to prevent headaches", 0),
        ([*[ACHE] * 15, *[CALM] * 13], "You had a headache on 15 of the last 28 days, about every second", 1),
        ([*[ACHE] * 14, *[CALM] * 14], "about every second", 0),
        ([{"headache": 0, "back": 3}] * 42, "Your back or neck has hurt on most days", 1),
    ],
)
async def test_below_a_summary_stands_at_most_one_word_about_a_doctor(
    telegram: Telegram, ann: Person, days: Sequence[Answers], words: str, times: int
) -> None:
    lived(telegram, ann, days)
    await ann.says("/summary")
    assert said(ann, words) == times
    await ann.says("/summary")
    assert said(ann, words) == times, "not again within 28 days"


async def test_today_counts_below_a_summary_once_it_has_an_answer(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, [*[CALM] * 20, *[BAD] * 3])
    await ann.says("/summary")
    assert said(ann, "There are ways to prevent headaches") == 0
    await ann.says("headache 7")
    await ann.says("/summary")
    assert said(ann, "You had a headache on 4 of the last 28 days. There are ways") == 1


async def test_zigzags_bring_a_word_about_birth_control_once_ever(telegram: Telegram, ann: Person) -> None:
    for _ in range(2):
        await ann.says("headache 4, back 0, slept 7, slept well, posture 4")
        for label in ("2 to 4 h", "Zigzags or blind spot", "Done", "Skip the rest"):
            await ann.taps(label)
        telegram.clock.moves(timedelta(days=1).total_seconds())
    assert said(ann, "birth control with estrogen") == 1


@pytest.mark.parametrize(("score", "times"), [(6, 0), (7, 1)])
async def test_a_bad_headache_while_pregnant_is_for_a_doctor_today(ann: Person, score: int, times: int) -> None:
    await ann.says("/settings")
    for label in ("What the card asks", "Reasons for extra care", "Pregnant or new baby"):
        await ann.taps(label)
    await ann.says(f"headache {score}")
    await ann.says("back 2")
    assert said(ann, "please call a doctor today") == times
