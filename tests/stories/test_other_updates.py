"""Everything that is neither words nor taps: pictures, groups, edited messages, updates nobody can read."""

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import answers, value

GROUP = -100_200_300


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice", "document"])
async def test_what_is_not_words_is_answered_kindly_and_not_kept(telegram: Telegram, ann: Person, kind: str) -> None:
    await ann.sends(kind)  # type: ignore[arg-type]
    assert "only read words and taps" in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0
    assert telegram.rows("checkins") == 0


async def test_a_group_is_told_one_line_and_left(telegram: Telegram) -> None:
    zoe = telegram.person(7_654_321_987, "Zoe")
    telegram.api.adds_to_group(GROUP, "Back pain club", zoe.user_id)
    await zoe.settle()
    said = [message["text"] for message in telegram.api.chat(GROUP) if message["from"]["is_bot"] and "text" in message]
    assert said == ["I only work in private chats, because a diary is private. Goodbye!"]
    assert [call.method for call in telegram.api.calls if call.status == 200].count("leaveChat") == 1
    assert telegram.rows("inbox") == 0
    assert telegram.rows("users") == 0


async def test_a_person_of_ours_in_a_group_is_not_answered_there(telegram: Telegram, ann: Person) -> None:
    telegram.api.adds_to_group(GROUP, "Back pain club", ann.user_id)
    telegram.api.group_says(GROUP, ann.user_id, "headache 6")
    telegram.api.group_says(GROUP, ann.user_id, "/checkin")
    await ann.settle()
    assert telegram.rows("checkins") == 0
    said = [message for message in telegram.api.chat(GROUP) if message["from"]["is_bot"] and "text" in message]
    assert len(said) == 1


async def test_an_edited_command_changes_nothing(telegram: Telegram, ann: Person) -> None:
    message_id = await ann.says("/pause 3")
    chat = len(ann.chat)
    await ann.edits(message_id, "/pause 300")
    assert len(ann.chat) == chat


async def test_an_update_nobody_can_read_is_set_aside(telegram: Telegram, ann: Person) -> None:
    telegram.api.push({"message": {"message_id": "seven", "chat": 5, "from": {"id": ann.user_id}}})
    telegram.api.push({"callback_query": {"id": "1", "from": {"id": ann.user_id}}})
    telegram.api.push({"a_kind_of_next_year": {"from": {"id": ann.user_id}}})
    await ann.says("headache 6")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 6})]
    set_aside = value(telegram, "SELECT count(*) FROM inbox WHERE state = 'failed'")
    assert isinstance(set_aside, int)
    assert set_aside >= 1
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state IN ('received', 'handled')") == 0
    await telegram.restart_bot()
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 6})]


async def test_an_unknown_command_is_answered(telegram: Telegram, ann: Person) -> None:
    await ann.says("/nonsense")
    assert "don’t know that command" in ann.sees.text


async def test_the_same_update_twice_is_one_turn(telegram: Telegram, ann: Person) -> None:
    update_id = telegram.api.updates.next_id
    await ann.says("/help")
    before = len(ann.chat)
    telegram.api.updates.next_id = update_id
    telegram.api.says(ann.user_id, "/help")
    await telegram.settle()
    assert len(ann.chat) == before + 1, "only their own words"
