"""Other things than taps: odd words are kept exactly or declined kindly, other people's words never kept (T25, T26)."""

from collections.abc import Iterator, Mapping
from itertools import chain, product
from typing import Any

from bot.sandbox.chats import stamp
from bot.sandbox.person import Person
from tests.databases import Home
from tests.faults.promises import Figures, points
from tests.faults.test_odd_taps import days, nothing_fails
from tests.faults.virtual import play
from tests.faults.world import EVENING, World, world

Json = dict[str, Any]

WORDS: Mapping[str, Mapping[str, object]] = {
    "7": {"headache": 7},
    " 7\n": {"headache": 7},
    "７": {"headache": 7},  # of full width
    "٧": {"headache": 7},  # Arabic
    "headache ７, back ２": {"headache": 7, "back": 2},
    "Ⅶ": {},
    "⑦": {},
    "7️⃣": {},
    "½": {},
    "1e1": {},
    "NaN": {},
    "7\u200b": {"headache": 7},  # with a space of no width
    "\u200b": {},
    "\u202e7\u202c": {},  # from right to left
    "headache 7, \u202eback 3": {},
    "כאב ראש 7": {},
    "ﾍﾞｯﾄﾞ": {},  # of half width
    "headache 7, 🤕": {},
    "👩‍👩‍👧‍👦": {},
    "headache 7, Z" + "\u0335\u0321\u033f\u0346" * 20: {},
    "headache 7, " + "<&" * 40: {},
    "\x00": {},
    "headache 7, \x00": {},
    "\udfff": {},  # half of a letter
    "headache 7, \ud83e": {},
    "headache 7" + " " * 4086: {},
    "headache 7, " * 341: {},
    "7" * 4096: {},
    "a" * 4096: {},
    "🤕" * 4096: {},
    "7\n" * 2048: {},
}
"""What somebody may type where a score is asked for, and what of it is an answer."""

ASKED: Mapping[str, tuple[str, ...]] = {
    "for a score": ("/checkin",),
    "for a place": ("/settings", "Change the time zone"),
    "for a time": ("/reminders", "Add a reminder", "Water"),
}
FILE = {"file_id": "a", "file_unique_id": "b", "file_size": 1}
PICTURE = {**FILE, "width": 1, "height": 1}
THINGS: tuple[Json, ...] = (
    {"photo": [PICTURE], "caption": "headache 7"},
    {"photo": [PICTURE], "caption": "/checkin", "caption_entities": [
        {"type": "bot_command", "offset": 0, "length": 8}]},
    {"voice": {**FILE, "duration": 1}, "caption": "7"},
    {"video_note": {**FILE, "length": 1, "duration": 1}},
    {"sticker": {**PICTURE, "type": "regular", "is_animated": False, "is_video": False, "emoji": "7️⃣"}},
    {"animation": {**PICTURE, "duration": 1}, "document": FILE},
    {"document": FILE, "caption": "headache 7, back 3"},
    {"contact": {"phone_number": "7", "first_name": "7"}},
    {"dice": {"emoji": "🎲", "value": 6}},
)  # fmt: skip

STRANGER = {"id": 5, "is_bot": False, "first_name": "Zoe"}
NEWS = {"id": 7, "is_bot": True, "first_name": "News", "username": "newsbot"}
GROUP = {"id": -5, "type": "group", "title": "Heads"}
SUPERGROUP = {"id": -1005, "type": "supergroup", "title": "Heads"}
CHANNEL = {"id": -1006, "type": "channel", "title": "Heads"}
ELSEWHERE = (GROUP, SUPERGROUP, CHANNEL)
GOODBYE = "I only work in private chats, because a diary is private. Goodbye!"
NOT_THEIR_OWN: tuple[Json, ...] = (
    {"forward_origin": {"type": "user", "date": 1, "sender_user": STRANGER}},
    {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Zoe"}},
    {"forward_origin": {"type": "chat", "date": 1, "sender_chat": SUPERGROUP}},
    {"forward_origin": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 1}},
    {"via_bot": NEWS},
    {"chat": GROUP},
    {"chat": SUPERGROUP, "sender_chat": SUPERGROUP},
    {"chat": SUPERGROUP, "message_thread_id": 3, "is_topic_message": True},
)
OTHER_KINDS = (
    *("channel_post", "edited_channel_post", "business_message", "edited_business_message"),
    "guest_message",
)
SAID = ("headache 7, back 3", "7", "all fine", "/checkin", "/start")


def message(one: Person, content: Json, **odd: Any) -> Json:
    """Return a message of somebody's as it would come in an update; `odd` is what makes it unlike others."""
    sender, chat = one.api.chats.people[one.user_id], one.api.chats.by_id[one.user_id].body
    return {"message_id": 900, "date": stamp(one.api.clock.now()), "from": sender, "chat": chat, **content, **odd}


def said(text: str) -> Json:
    """Return a text as a message has it."""
    commands = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    return {"text": text, "entities": commands}


async def kept(all_is: World, one: Person) -> dict[str, Any]:
    """Return what stands on somebody's card of this evening."""
    return dict((await days(all_is, one)).get(EVENING.date(), {}))


def heard(one: Person) -> int:
    return sum(seen.from_bot for seen in one.chat)


def refused(all_is: World) -> int:
    """Return how many messages of ours Telegram would not take."""
    return sum(call.status == 400 and call.method in ("sendMessage", "editMessageText") for call in all_is.api.calls)


def test_odd_words_are_kept_exactly_or_declined_kindly(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.beat = 60
            contents = [*map(said, WORDS), *THINGS]
            cases = [("for a score", content) for content in contents]
            cases += product(("for a place", "for a time"), contents[:: points(3, 1)])
            people = all_is.people(range(1001, 1001 + len(cases)), at=None)
            await all_is.starts()
            for one, (asked, _) in zip(people, cases, strict=True):
                command, *taps = ASKED[asked]
                await one.says(command)
                await all_is.passes(seconds=2)
                for label in taps:
                    await one.taps(label)
                    await all_is.passes(seconds=2)
            before = [heard(one) for one in people]
            for one, (_, content) in zip(people, cases, strict=True):
                all_is.api.push({"message": message(one, content)})
                await all_is.passes(seconds=2)
            for one, heard_before, (asked, content) in zip(people, before, cases, strict=True):
                text = content.get("text", "")
                meant = WORDS.get(text, {}) if asked == "for a score" or not text.strip(" \n\u200b").isdecimal() else {}
                assert await kept(all_is, one) == meant, (asked, content)
                assert heard(one) > heard_before, (asked, content)
            tried = len(cases)
            promise.at_most("T25", "odd words kept otherwise than meant, or without an answer", 0, 0, tries=tried)
            promise.at_most("T25", "answers to odd words that Telegram refused", 0, refused(all_is), tries=tried)

    with nothing_fails():
        play(story())


def not_their_own(one: Person) -> Iterator[Json]:
    """Yield updates with words in them that are nobody's answer, or that are said elsewhere."""
    for text, odd in product(SAID, NOT_THEIR_OWN):
        for kind in ("message", "edited_message"):
            yield {kind: message(one, said(text), **odd)}
    for text, kind in product(SAID, OTHER_KINDS):
        chat = CHANNEL if "channel" in kind else one.api.chats.by_id[one.user_id].body
        yield {kind: message(one, said(text), chat=chat, business_connection_id="x", edit_date=2)}
    whole = message(one, said("headache 7"))
    yield {"message": message(one, {"pinned_message": whole})}
    yield {"message": message(one, {"new_chat_members": [NEWS]}, chat=GROUP)}
    yield {"message": message(one, {"migrate_to_chat_id": -1005}, chat=GROUP)}
    yield {"deleted_business_messages": {"business_connection_id": "x", "chat": whole["chat"], "message_ids": [900]}}
    yield {"inline_query": {"id": "1", "from": whole["from"], "query": "headache 7", "offset": ""}}
    yield {"chosen_inline_result": {"result_id": "1", "from": whole["from"], "query": "headache 7"}}
    yield {"message_reaction": {
        "chat": whole["chat"], "message_id": 900, "user": whole["from"], "date": 1, "old_reaction": [],
        "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    }}  # fmt: skip


def test_words_that_are_not_their_own_are_no_answers(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            all_is.beat = 60
            (ann,) = all_is.people([1001], at=None)
            zed = Person(all_is.api, 1002, "Zed", settle=ann.settle)
            await all_is.starts()
            await zed.says("/help")
            await all_is.passes(seconds=5)
            before = await all_is.rows()
            updates = list(chain(not_their_own(ann), not_their_own(zed)))
            for chat in ELSEWHERE:
                all_is.api.chats.found(chat["id"], "Heads").body = chat
            for update in updates:
                all_is.api.push(update)
                await all_is.passes(seconds=2)
            after = await all_is.rows()
            made = sum(after[table] - before[table] for table in before.keys() - {"inbox", "meta"})
            open_ = {state: many for state, many in (await all_is.states("inbox")).items() if state != "replied"}
            elsewhere = [said["text"] for chat in ELSEWHERE for said in all_is.api.chat(chat["id"])]
            tried = len(updates)
            promise.at_most("T26", "rows made by words that are not a person's own", 0, made, tries=tried)
            promise.at_most("T26", "updates of other kinds left in the inbox", 0, sum(open_.values()), tries=tried)
            told = sum(text != GOODBYE for text in elsewhere)
            promise.at_most("T26", "words about anybody outside of private chats", 0, told, tries=tried)

    with nothing_fails():
        play(story())


def test_a_tap_in_a_group_touches_no_message_of_the_private_chat(home: Home) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            await all_is.starts()
            for words in ("/help", "/checkin"):
                await ann.says(words)
                await all_is.passes(seconds=3)
            help_text = ann.chat[1]
            await ann.taps_on(help_text.message_id, ann.sees.data("7"))
            tap = all_is.api.updates.queue.pop().body["callback_query"]
            all_is.api.push({"callback_query": {**tap, "message": {**tap["message"], "chat": GROUP}}})
            await all_is.passes(seconds=3)
            assert ann.chat[1] == help_text
            assert not all_is.api.chat(GROUP["id"])

    with nothing_fails():
        play(story())
