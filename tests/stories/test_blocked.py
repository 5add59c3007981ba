"""Somebody blocks the bot: they are left alone, their diary is kept, the others notice nothing."""

from bot.sandbox.person import Person
from tests.conftest import Telegram, settled_in
from tests.stories.conftest import QUARTER, answers, arrived, berlin, sent, value


async def test_who_blocked_is_left_alone_and_can_come_back(telegram: Telegram, ann: Person) -> None:
    carl = await settled_in(telegram, 1003, "Carl")
    await ann.says("6 3 7.5 4")
    await ann.blocks()
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 20)) == []
    assert len(arrived(carl, berlin(2, 20))) == 2, "card and nudge"
    assert len(answers(telegram, ann)) == 1

    await ann.unblocks()
    await ann.says("/start")
    assert "Welcome back" in ann.sees.text
    await telegram.waits(until=berlin(3, 20), beat=QUARTER)
    assert len(arrived(ann, berlin(3, 20))) == 1


async def test_the_first_403_pauses_where_telegram_told_nothing_before(telegram: Telegram, ann: Person) -> None:
    carl = await settled_in(telegram, 1003, "Carl")
    await telegram.waits(until=berlin(2, 19, 45), beat=QUARTER)
    since = telegram.clock.now()
    telegram.api.fail("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    people = {ann.user_id: ann, carl.user_id: carl}
    blocked = int(str(value(telegram, "SELECT id FROM users WHERE state = 'blocked'")))
    served = people[(set(people) - {blocked}).pop()]
    assert sent(telegram, people[blocked], since) == []
    assert sent(telegram, served, since) == [berlin(2, 20), berlin(2, 21, 30)]
    tried = [call for call in telegram.api.calls if call.at >= since and call.status == 403]
    assert len(tried) == 1

    await people[blocked].says("/checkin")
    assert "question 1 of 5" in people[blocked].sees.text, "any word brings them back"
    await telegram.waits(until=berlin(3, 20), beat=QUARTER)
    assert len(sent(telegram, people[blocked], berlin(3, 20))) == 1


async def test_a_pause_outlives_blocking(telegram: Telegram, ann: Person) -> None:
    await ann.says("/pause")
    await ann.taps("A week")
    await ann.blocks()
    await ann.unblocks()
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    assert sent(telegram, ann, since) == []
