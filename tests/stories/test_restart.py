"""A restart at the worst moment: what was acknowledged is kept, what was not shown is shown again."""

import pytest

from bot.actions.buttons import digits_of
from bot.sandbox.person import Person
from bot.store import inbox
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, answers, berlin, sent, value


async def test_a_restart_in_mid_checkin_loses_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await ann.taps("7")
    await telegram.restart_bot()
    await ann.taps("3")
    assert "sleep" in ann.sees.text
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 7, "back": 3})]


async def test_a_crash_between_stored_and_shown_draws_the_card_again(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.says("/checkin")
    monkeypatch.setattr(telegram.chat.sender, "reply", lambda answer: None)  # the power goes before the edit
    await ann.taps("7")
    assert "Headache 7" not in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'handled'") == 1
    await telegram.restart_bot()
    assert "Headache 7" in ann.sees.text
    assert ann.sees.edited, "in place, not below"
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'handled'") == 0
    await telegram.restart_bot()
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 7})]


async def test_a_crash_between_received_and_handled_takes_the_turn_then(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    tap = {
        "update_id": 900_000,
        "callback_query": {
            "id": "tapped-before-the-crash",
            "from": {"id": ann.user_id, "is_bot": False, "first_name": "Ann", "language_code": "en"},
            "chat_instance": "1",
            "message": {
                "message_id": ann.sees.message_id,
                "date": 1_772_452_800,
                "chat": {"id": ann.user_id, "type": "private", "first_name": "Ann"},
            },
            "data": ann.sees.data("7"),
        },
    }
    now = telegram.clock.now()
    await telegram.database.write(lambda session: inbox.store(session, [(tap, ann.user_id)], now))
    assert answers(telegram, ann) == [("2026-03-02", {})]
    await telegram.restart_bot()
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 7})]
    assert "Headache 7" in ann.sees.text


async def test_a_lost_plain_reply_is_mentioned_once(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram.chat.sender, "reply", lambda answer: None)
    await ann.says("/summary")
    await ann.says("/help")
    await telegram.restart_bot()
    assert len([seen for seen in ann.chat if "I was restarted just now" in seen.text]) == 1
    await telegram.restart_bot()
    assert len([seen for seen in ann.chat if "I was restarted just now" in seen.text]) == 1


async def test_what_was_shown_again_is_remembered_until_that_is_noted(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process stopped; this one goes on for months, and takes up what many others leave."""
    with monkeypatch.context() as stopped:
        stopped.setattr(telegram.chat.sender, "reply", lambda answer: None)
        await ann.says("/summary")
    telegram.clock.moves(120)
    await telegram.chat.take_up()
    assert len(telegram.chat._shown_again) == 1
    await telegram.settle()
    assert "I was restarted just now" in ann.sees.text
    await telegram.chat.take_up()
    assert telegram.chat._shown_again == set()
    assert len([seen for seen in ann.chat if "I was restarted just now" in seen.text]) == 1


async def test_an_edit_that_telegram_refuses_for_a_while_is_made_in_the_end(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    telegram.api.fail("editMessageText", status=500, times=3)
    await ann.taps("7")
    assert "Headache 7" in ann.sees.text
    assert [call.status for call in telegram.api.calls if call.method == "editMessageText"][-4:] == [500, 500, 500, 200]


async def test_two_restarts_in_the_minute_of_the_prompt_send_it_once(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(2, 19, 59), beat=QUARTER)
    since = telegram.clock.now()
    for _ in range(2):
        telegram.clock.moves(30)
        await telegram.restart_bot()
        await telegram.tick()
    await telegram.waits(minutes=5)
    assert len(sent(telegram, ann, since)) == 1


async def test_a_prompt_whose_answer_was_lost_is_tried_once_more_at_most(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(2, 19, 59), beat=QUARTER)
    since = telegram.clock.now()
    telegram.api.fail("sendMessage", how="lose", times=5)
    await telegram.waits(minutes=30)
    assert len(sent(telegram, ann, since)) == 2, "nobody knows whether the first arrived; a third would be a burst"


async def test_a_prompt_that_was_not_sent_comes_later(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(2, 19, 59), beat=QUARTER)
    since = telegram.clock.now()
    telegram.api.fail("sendMessage", status=429, retry_after=150)
    await telegram.waits(minutes=10)
    (at,) = sent(telegram, ann, since)
    assert (at - berlin(2, 20)).total_seconds() >= 120


async def test_what_came_before_the_agreement_is_not_taken_after_it(telegram: Telegram) -> None:
    """Telegram sends again what it was not told of: first the old tap to delete, from one who was a stranger then."""
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("/start")
    telegram.api.taps(1009, zoe.sees.message_id, f"erase:{digits_of(telegram.clock.now())}")
    telegram.api.taps(1009, zoe.sees.message_id, zoe.sees.data("I agree"))
    await telegram.chat.receiver.poll(0)
    await telegram.chat.settle()
    await telegram.restart_bot()
    await telegram.settle()
    assert value(telegram, "SELECT count(*) FROM users") == 1
    await telegram.settle()  # only now Telegram knows
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL OR user_id IS NULL") == 0
