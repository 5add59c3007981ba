"""Two people side by side: each has their own clock, card and words."""

from datetime import UTC, datetime

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, answers, sent


async def test_each_is_asked_by_their_own_clock(telegram: Telegram, ann: Person, ben: Person) -> None:
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=datetime(2026, 3, 2, 20, tzinfo=UTC), beat=QUARTER)
    assert [at.hour for at in sent(telegram, ann, since)] == [19], "20:00 in Berlin"
    assert sent(telegram, ben, since) == []
    await telegram.waits(until=datetime(2026, 3, 3, 2, tzinfo=UTC), beat=QUARTER)
    assert [at.hour for at in sent(telegram, ben, since)] == [1], "20:00 in New York"


async def test_answers_do_not_mix(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("/checkin")
    await ben.says("/checkin")
    for hers, his in (("7", "2"), ("1", "0 · none"), ("5–6 h", "8–9 h")):
        await ann.taps(hers)
        await ben.taps(his)
    await ben.says("5")
    mine, his_days = answers(telegram, ann), answers(telegram, ben)
    assert (mine[0][1]["headache"], mine[0][1]["back"]) == (7, 1)
    assert (his_days[0][1]["headache"], his_days[0][1]["back"], his_days[0][1]["sleep_quality"]) == (2, 0, 5)
    assert "sleep_quality" not in mine[0][1]


async def test_many_at_once_are_all_answered(telegram: Telegram, ann: Person, ben: Person) -> None:
    people = [telegram.person(2000 + n, f"P{n}") for n in range(40)]
    for person in people:
        telegram.api.says(person.user_id, "/start")
    await telegram.settle()
    assert all("diary, not a doctor" in person.sees.text for person in people)
    assert not [call for call in telegram.api.calls if call.status == 429], "Telegram never had to slow us down"
