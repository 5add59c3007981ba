"""Whatever Telegram may ever send: no stuck row, no end of the bot, and people are still served (T20)."""

import copy
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some

from tests.databases import Databases, Home
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.world import world

Json = dict[str, Any]

ANN = {"id": 1001, "is_bot": False, "first_name": "Ann", "language_code": "en"}
CHAT = {"id": 1001, "type": "private", "first_name": "Ann"}
GROUP = {"id": -5, "type": "supergroup", "title": "Heads"}
TEXT = {"message_id": 7, "date": 1_772_481_600, "chat": CHAT, "from": ANN, "text": "/start now", "entities": [
    {"type": "bot_command", "offset": 0, "length": 6}
]}  # fmt: skip
MEMBER = {"user": {"id": 1, "is_bot": True, "first_name": "HeadsUp"}, "status": "kicked", "until_date": 0}
REAL: tuple[Json, ...] = (
    {"message": TEXT},
    {"message": {**TEXT, "text": "7", "entities": []}},
    {"message": {**TEXT, "text": "head 7, back 3"}},
    {"message": {**TEXT, "chat": GROUP}},
    {"message": {**TEXT, "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"}}},
    {"message": {"message_id": 7, "date": 1, "chat": CHAT, "from": ANN, "location": {"latitude": 1, "longitude": 2}}},
    {"message": {"message_id": 7, "date": 1, "chat": CHAT, "from": ANN, "voice": {
        "file_id": "a", "file_unique_id": "b", "duration": 1}}},
    {"callback_query": {"id": "1", "from": ANN, "chat_instance": "1", "message": TEXT, "data": "answer:1:headache:7"}},
    {"callback_query": {"id": "1", "from": ANN, "chat_instance": "1", "inline_message_id": "x", "data": "page:1:back"}},
    {"callback_query": {"id": "1", "from": ANN, "chat_instance": "1", "game_short_name": "x"}},
    {"my_chat_member": {"chat": CHAT, "from": ANN, "date": 1, "old_chat_member": MEMBER, "new_chat_member": MEMBER}},
    {"my_chat_member": {"chat": GROUP, "from": ANN, "date": 1, "old_chat_member": MEMBER, "new_chat_member": MEMBER}},
)  # fmt: skip
KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost", "kind_of_next_year",
)  # fmt: skip
STRANGE = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(2**70), 2**70),
    some.floats(allow_nan=False),
    some.text(max_size=80),
    some.sampled_from(
        ["\x00", "\ud800", "\u202e", "👩‍👩‍👧", "'; DROP TABLE users", "<b>", "erase", "answer:1:headache:99"]
    ),
    some.lists(some.integers(), max_size=3),
    some.dictionaries(some.text(max_size=5), some.integers(), max_size=3),
)


def places(of: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value in nested JSON."""
    pairs = of.items() if isinstance(of, Mapping) else enumerate(of) if isinstance(of, list) else ()
    return [way for key, value in pairs for way in ((*before, key), *places(value, (*before, key)))]


@some.composite
def bent(draw: some.DrawFn) -> Json:
    """Draw a real update in which up to three values are missing or strange, or which has become another kind."""
    update = copy.deepcopy(draw(some.sampled_from(REAL)))
    for _ in range(draw(some.integers(0, 3))):
        ways = places(update)
        if not ways:
            break
        *way, last = draw(some.sampled_from(ways))
        within = update
        for key in way:
            within = within[key]
        if draw(some.booleans()):
            within[last] = draw(STRANGE)
        else:
            del within[last]
    if draw(some.integers(0, 3)) == 0:
        update = {draw(some.sampled_from(KINDS)): content for content in update.values()}
    return update


def test_any_update_at_all(databases: Databases, promise: Figures) -> None:
    tried = 0

    @seed(20261124)
    @settings(
        max_examples=points(15, 350),
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a failure names its update in the log; shrinking it would take minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(some.lists(bent(), min_size=20, max_size=40))
    def strike(updates: list[Json]) -> None:
        nonlocal tried
        tried += len(updates)
        with TemporaryDirectory() as folder, databases.diary(Path(folder)) as home:
            play(story(home, updates))

    async def story(home: Home, updates: list[Json]) -> None:
        async with world(home) as all_is:
            ann, ben = all_is.people([1001, 1002], at=None)
            all_is.beat = 60
            await all_is.starts()
            for one in (ann, ben):
                await one.says("/checkin")
            await all_is.passes(seconds=5)
            for update in updates:
                all_is.api.push(update)
            await all_is.passes(minutes=len(updates) * 1.5)  # each may be tried for 71 s before it is given up
            states = await all_is.states("inbox")
            assert not states.get("received"), f"stuck: {states}"
            assert not states.get("handled"), f"never answered: {states}"
            said = len(ben.chat)
            await ben.says("/help")
            await all_is.passes(seconds=5)
            assert len(ben.chat) == said + 2, "whatever came from Ann, Ben is served"
            refused = {call.method for call in all_is.api.calls if call.status == 400} - {"answerCallbackQuery"}
            assert refused <= {"editMessageText", "sendMessage", "leaveChat"}

    strike()
    promise.at_most("T20", "stuck or unhandled among updates of any kind", 0, 0, tries=tried)
