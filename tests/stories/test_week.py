"""A week lived by the clock: one prompt a day, one nudge at most, the summary by itself on Sunday."""

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import CARD, QUARTER, answers, arrived, berlin, sent


async def test_a_week(telegram: Telegram, ann: Person) -> None:
    begun = telegram.clock.now()

    # Monday: the card comes at eight, one tap answers it, nothing more comes.
    await telegram.waits(until=berlin(2, 20), beat=QUARTER)
    assert [at for at, _ in arrived(ann, begun, CARD)] == [berlin(2, 20)]
    await ann.taps("All fine today")
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 20)) == [berlin(2, 20)]

    # Tuesday: nobody touches it; one nudge after an hour and a half, without a sound, then quiet.
    await telegram.waits(until=berlin(4, 12), beat=QUARTER)
    assert sent(telegram, ann, berlin(3, 12)) == [berlin(3, 20), berlin(3, 21, 30)]
    nudge = arrived(ann, berlin(3, 21), "still open")
    assert len(nudge) == 1
    assert "goes on below" in ann.chat[-2].text
    assert ann.chat[-2].labels == ["Show it here"]
    assert "All fine today" in nudge[0][1].labels

    # Wednesday: answered at three, so nothing comes at eight.
    await telegram.waits(until=berlin(4, 15), beat=QUARTER)
    await ann.says("6 3 7.5 4")
    await ann.taps("4 · well")
    await telegram.waits(until=berlin(5, 12), beat=QUARTER)
    assert sent(telegram, ann, berlin(4, 15, 15)) == []

    # Thursday: begun and left; that is no reason to nudge.
    await telegram.waits(until=berlin(5, 20), beat=QUARTER)
    await ann.taps("5")
    await telegram.waits(until=berlin(6, 12), beat=QUARTER)
    assert sent(telegram, ann, berlin(5, 12)) == [berlin(5, 20)]

    # Friday and Saturday.
    for day in (6, 7):
        await telegram.waits(until=berlin(day, 20), beat=QUARTER)
        assert sent(telegram, ann, berlin(day, 12)) == [berlin(day, 20)]
        await ann.taps("All fine today")

    # Sunday: the week in words and one picture at six, and the card at eight as ever.
    await telegram.waits(until=berlin(8, 18), beat=QUARTER)
    (week,) = arrived(ann, berlin(8, 17))
    assert "Logged 5 of 7 days" in week[1].text
    assert "Headache: 2 days of 5" in week[1].text, "Wednesday and Thursday"
    assert week[1].photo is not None
    assert week[1].photo.startswith(b"\x89PNG")
    await telegram.waits(until=berlin(8, 23, 45), beat=QUARTER)
    assert sent(telegram, ann, berlin(8, 17)) == [berlin(8, 18), berlin(8, 20), berlin(8, 21, 30)]

    days = answers(telegram, ann)
    assert [day[-2:] for day, _ in days] == ["02", "03", "04", "05", "06", "07", "08"]
    assert days[1][1] == {}, "a day that was not answered holds no answer, not even a default"
    assert days[6][1] == {}


@pytest.mark.slow
async def test_nobody_who_never_answered_is_sent_a_summary(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Daily card")
    await ann.taps("Switch off")
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(9, 12), beat=QUARTER)
    assert sent(telegram, ann, since) == []


async def test_a_summary_without_enough_days_is_one_kind_line(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    await ann.says("/summary")
    assert "Logged 1 of 7 days" in ann.sees.text
    assert "too few for numbers" in ann.sees.text
