"""Before and after a first visit or change, in the chat: two counts when four weeks are over, and no verdict ever."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.domain.questions import Answers
from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.test_patterns import JOINED, lived

VISIT = date(2026, 4, 1)
"""The thirty-first day; the four weeks after it are over on Thursday 30 April."""

SCORES: Mapping[str, Answers] = {"x": {"headache": 4}, ".": {"headache": 0}, "?": {}}
BEFORE = "xx" + "xx..x.?" * 4
"""The first two days lie before the window; of the others 12 of 24 hurt."""

AFTER = "x" + "x...?.." * 4
"""The day of the visit, then four weeks: 4 of 24."""


def days(signs: str) -> list[Answers]:
    return [SCORES[sign] for sign in signs]


async def looks(person: Person) -> list[str]:
    await person.says("/patterns")
    await person.taps("Before and after")
    return person.sees.text.split("\n\n")


async def test_nothing_noted(telegram: Telegram, ann: Person) -> None:
    said = await looks(ann)
    assert said[0] == "Before and after"
    assert said[1].startswith("No visit or change is noted yet. /log notes one")


async def test_too_early_then_two_counts_side_by_side(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, days(BEFORE))
    await ann.says("/log")
    await ann.taps("Chiropractor")
    assert (await looks(ann))[1] == (
        "Chiropractor, first on 1 Apr 2026:\nToo early: the four weeks after it are over on Thu 30 Apr."
    )
    lived(telegram, ann, days(AFTER)[:-1], VISIT)
    assert "Too early" in (await looks(ann))[1]
    lived(telegram, ann, days(AFTER)[-1:], VISIT + timedelta(days=28))
    await ann.says("/log")
    await ann.taps("Chiropractor")
    assert await looks(ann) == [
        "Before and after\nHeadache days in the four weeks before and after the first time, without the day itself.",
        "Chiropractor, first on 1 Apr 2026:\nHeadache on 12 of 24 days before, on 4 of 24 days after.",
        "People often try something in their worst weeks, and bad weeks often pass by themselves. So two counts can’t "
        "tell if it helped.",
        "Your own notes, not a diagnosis.",
    ]
    shown = ann.sees.message_id
    await ann.taps("Back to the patterns")
    assert ann.sees.message_id == shown
    assert ann.sees.text.startswith("What goes with your headaches")


async def test_too_few_days_are_not_put_side_by_side(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, days("?" * 11 + ".x" * 9 + "."), JOINED)
    await ann.says("/log")
    await ann.taps("New pillow or bed")
    lived(telegram, ann, days("." * 30), VISIT)
    assert (await looks(ann))[1] == (
        "New pillow or bed, first on 1 Apr 2026:\nToo few days: 19 logged before, 28 after. It takes 20 of 28 each."
    )


async def test_the_newest_comes_first_and_something_else_says_what(telegram: Telegram, ann: Person) -> None:
    await ann.says("/log")
    await ann.taps("Massage")
    await ann.taps("Add a few words")
    await ann.says("it was short")
    telegram.clock.moves(24 * 3600)
    await ann.says("/log")
    await ann.taps("Something else")
    await ann.taps("Add a few words")
    await ann.says("Yoga <with> Dora")
    assert [line.partition(":")[0] for line in (await looks(ann))[1:3]] == [
        "Something else (Yoga <with> Dora), first on 3 Mar 2026",
        "Massage, first on 2 Mar 2026",
    ]


async def test_an_attack_or_a_period_is_no_change(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack")
    assert (await looks(ann))[1].startswith("No visit or change is noted yet.")
