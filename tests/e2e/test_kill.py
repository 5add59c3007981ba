"""The power goes the moment a tap is acknowledged: it is on disk, and the card goes on where it was.

Kills at random moments and at every single point, hundreds of them, are in tests/faults.
"""

from functools import partial

from sqlalchemy import func, select

from bot.domain.questions import Hours
from bot.sandbox.botapi import BotApi
from bot.store.tables import inbox
from tests.e2e.conftest import BotProcess, diary, person, sees, settles_in, until
from tests.faults.household import told

EVENING = (
    ("question 1 of 5", "7", "headache", 7),
    ("back or neck", "3", "back", 3),
    ("How long did you sleep", "7–8 h", "sleep_hours", Hours(7, 8)),
    ("How well", "4 · well", "sleep_quality", 4),
    ("How was your posture", "4 · good", "posture", 4),
)
"""What the card asks, what is tapped, and what has to be in the diary then."""


def answered(api: BotApi, query: str) -> bool:
    return not api.waiting_tap(query)


async def test_a_kill_as_soon_as_a_tap_is_acknowledged(api: BotApi, bot: BotProcess) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    messages = len(ann.chat)
    for asks, label, key, value in EVENING:
        await sees(ann, asks)
        tapped = await ann.taps(label)
        await until(api, partial(answered, api, tapped), lambda: "the tap was never acknowledged")
        await bot.dies()
        with diary(bot.folder) as session:
            assert told(session, ann.user_id)[key] == [value], "it was acknowledged"
        await bot.runs()
    await sees(ann, "Headache 7 · Back 3 · Sleep 7–8 h · Sleep quality 4 of 5 · Posture 4 of 5")
    assert len(ann.chat) == messages, "one card, nothing asked again below"
    assert await bot.stops() == 0
    with diary(bot.folder) as session:
        states = [tuple(row) for row in session.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))]
        hello = 1  # a stranger's first word leaves no row
        assert states == [("replied", api.updates.next_id - 1 - hello)], "every update was answered, and each once"


async def test_a_kill_between_two_taps(api: BotApi, bot: BotProcess) -> None:
    await bot.runs()
    ann = person(api, 1001, "Ann")
    await settles_in(ann)
    await ann.says("/checkin")
    await sees(ann, "question 1 of 5")
    await ann.taps("7")
    await sees(ann, "Headache 7", "back or neck")
    messages = len(ann.chat)
    await bot.dies()
    await ann.taps("3")
    await bot.runs()
    await sees(ann, "Headache 7 · Back 3", "How long did you sleep")
    assert len(ann.chat) == messages, "the card goes on where it was"
    await bot.dies()
    with diary(bot.folder) as session:
        assert told(session, ann.user_id) == {"headache": [7], "back": [3]}
