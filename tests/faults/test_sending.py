"""Telegram refuses, stalls, breaks off and lies while messages go out: T10, T11, T12, T16, T27."""

from datetime import timedelta

import pytest

from bot.domain.reminders import CHECKIN
from tests.databases import Home
from tests.faults.household import CARD, TIP
from tests.faults.promises import Figures
from tests.faults.virtual import play
from tests.faults.world import NEW, Broken, World, most_in_any_second, world

MANY = range(2001, 2121)


@pytest.mark.parametrize("seconds", [1, 60, 2282, 10_072])
@pytest.mark.slow
def test_a_ban_in_the_middle_of_the_evening(home: Home, promise: Figures, seconds: int) -> None:
    async def story(all_is: World) -> None:
        people = all_is.people(MANY)
        await all_is.starts()
        await all_is.passes(seconds=31)
        all_is.api.fail("sendMessage", status=429, retry_after=seconds)
        await all_is.passes(seconds=2)
        (banned_at,) = all_is.sent(status=429)
        if seconds > 10:
            await all_is.stops()  # whoever comes next has to know of it
            await all_is.passes_without_bot(seconds=seconds / 3)
            await all_is.starts()
        all_is.beat = 1 if seconds <= 60 else 10
        await all_is.passes(seconds=seconds + 120)
        over = banned_at + timedelta(seconds=seconds)
        during = [at for at in all_is.sent(status=None) if banned_at < at < over]
        promise.at_most("T10", "messages tried during a ban", IN_FLIGHT_THEN, len(during))
        after = [at for at in all_is.sent() if at >= over]
        promise.at_most("T10", "messages in any second after a ban", 30, most_in_any_second(after))
        promise.at_most("T10", "further bans", 0, len(all_is.sent(status=429)) - 1)
        missed = [one for one in people if all_is.copies(one, CARD) == 0]
        promise.at_most("T10", "cards lost by a ban", 0, len(missed))
        promise.at_most("T10", "cards doubled by a ban", 0, sum(all_is.copies(one, CARD) > 1 for one in people))

    run(home, story)


IN_FLIGHT_THEN = 3
"""Messages that were under way beside the one that was answered with the ban."""


@pytest.mark.slow
def test_a_ban_that_grows(home: Home, promise: Figures) -> None:
    async def story(all_is: World) -> None:
        people = all_is.people(MANY)
        await all_is.starts()
        for seconds in (2, 8, 32, 128, 512):
            all_is.api.fail("sendMessage", status=429, retry_after=seconds)
        await all_is.passes(minutes=20)
        tried = all_is.sent(status=None)
        promise.at_most("T10", "messages in any second, refused ones too", 30, most_in_any_second(tried))
        promise.at_most("T10", "cards lost by a ban", 0, sum(all_is.copies(one, CARD) == 0 for one in people))

    run(home, story)


BROKEN = {
    "502 in HTML": Broken(b"<html>Bad Gateway</html>", 502, done=False),
    "502 after it was done": Broken(b"<html>Bad Gateway</html>", 502),
    "half an answer": Broken(b'{"ok":true,"result":{"message_id'),
    "nothing": Broken(b""),
    "a list": Broken(b"[]"),
    "no result": Broken(b'{"ok":true}'),
    "a result of another kind": Broken(b'{"ok":true,"result":7}'),
    "no letters": Broken(b"\xff\xfe\x00\xd8"),
    "very deep": Broken(b"[" * 100_000 + b"]" * 100_000),
    "ten megabytes": Broken(b" " * 10_000_000),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.slow
def test_ten_minutes_of_broken_answers(home: Home, promise: Figures, broken: Broken) -> None:
    async def story(all_is: World) -> None:
        asked = all_is.people(range(2001, 2009), kinds=(CHECKIN, TIP))
        (ann,) = all_is.people([1001], at=None)
        await all_is.starts()
        await all_is.passes(seconds=5)
        all_is.beat = 3
        all_is.breaks = lambda method: broken if method in (*NEW, "getUpdates", "editMessageText") else None
        await all_is.passes(minutes=10)
        all_is.breaks = lambda method: None
        await ann.says("/help")
        await all_is.passes(seconds=20)
        promise.at_least("T11", "replies within 20 s after the trouble is over", 1, int(len(ann.chat) > 1))
        await all_is.passes(minutes=5)
        extra = max(all_is.copies(one, CARD) - 1 for one in asked)
        promise.at_most("T11", "extra copies of a card whose answer was broken", 1, extra)
        tips = max(all_is.tips(one) for one in asked)
        promise.at_most("T11", "copies of a reminder whose answer was broken", 1, tips)
        promise.at_most("T11", "rows left hanging", 0, (await all_is.states("outbox")).get("sending", 0))

    run(home, story)


@pytest.mark.slow
def test_answers_that_never_arrive(home: Home, promise: Figures) -> None:
    async def story(all_is: World) -> None:
        asked = all_is.people(MANY, kinds=(CHECKIN, TIP))
        await all_is.starts()
        all_is.api.fail("sendMessage", how="lose", times=60)
        await all_is.passes(minutes=10)
        cards = [all_is.copies(one, CARD) for one in asked]
        promise.at_most("T12", "cards lost where answers got lost", 0, cards.count(0))
        promise.at_most("T12", "extra copies of a card whose answer got lost", 1, max(cards) - 1)
        promise.at_most("T12", "reminders doubled where answers got lost", 0, max(map(all_is.tips, asked)) - 1)

    run(home, story)


def test_taps_whose_every_answer_is_lost(home: Home, promise: Figures) -> None:
    async def story(all_is: World) -> None:
        (ann,) = all_is.people([1001])
        await all_is.starts()
        await all_is.passes(minutes=1)
        for method in ("editMessageText", "answerCallbackQuery"):
            all_is.api.fail(method, how="lose", times=5)
        await ann.taps("7")
        await all_is.passes(minutes=1)
        promise.at_most("T12", "cards doubled where edits got lost", 0, all_is.copies(ann, "back or neck") - 1)
        assert "Headache 7" in ann.sees.text

    run(home, story)


@pytest.mark.slow
def test_the_token_is_taken_away(home: Home, promise: Figures) -> None:
    async def story(all_is: World) -> None:
        people = all_is.people(MANY)
        await all_is.starts()
        await all_is.passes(seconds=20)
        before, token = len(all_is.api.calls), all_is.api.token
        all_is.api.token = "1:another"
        await all_is.passes(minutes=20)
        promise.at_most("T16", "calls a minute while the token is refused", 6, (len(all_is.api.calls) - before) / 20)
        all_is.api.token = token
        await all_is.passes(minutes=10)
        promise.at_most("T16", "cards lost", 0, sum(all_is.copies(one, CARD) != 1 for one in people))

    run(home, story)


@pytest.mark.slow
def test_people_who_block_are_left_alone_at_once(home: Home, promise: Figures) -> None:
    async def story(all_is: World) -> None:
        people = all_is.people(range(2001, 2011), kinds=(CHECKIN, TIP))
        await all_is.starts()
        for one in people:
            all_is.api.chats.by_id[one.user_id].standing = "blocked"  # and nobody told the bot
        await all_is.passes(minutes=30)
        refused = [len(all_is.sent(status=403, chat=one.user_id)) for one in people]
        promise.at_most("T27", "failed messages to somebody who blocked the bot", 2, max(refused))
        for one in people:
            await one.unblocks()
        all_is.beat = 60
        await all_is.passes(hours=24)
        promise.at_most("T27", "cards lost after unblocking", 0, sum(all_is.copies(one, CARD) != 1 for one in people))

    run(home, story)


def run(home: Home, story: object) -> None:
    async def told() -> None:
        async with world(home) as all_is:
            await story(all_is)  # type: ignore[operator]

    play(told())
