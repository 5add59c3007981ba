"""Odd moments that fresh eyes found: each was a way to lose, double or misplace something."""

import pytest

from bot.actions import onboarding
from bot.render.onboarding import ZONES
from bot.sandbox.person import Person
from bot.texts.words import texts_for
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, berlin, traces


@pytest.mark.parametrize("zone", ZONES)
async def test_every_city_key_is_one_tap(telegram: Telegram, zone: str) -> None:
    zoe = telegram.person(1003, "Zoe")
    await zoe.says("/start")
    await zoe.taps("I agree")
    city = texts_for("en").zone(zone)
    assert city in [key for row in zoe.sees.keys for key in row]
    await zoe.says(city)
    assert f"Your clock is set to {city}" in zoe.chat[-2].text
    assert "When shall I ask" in zoe.sees.text


async def test_who_never_answered_is_sent_no_week_and_has_no_days_to_delete(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(8, 18, 30), beat=QUARTER)
    assert not [seen for seen in ann.chat if "Your week" in seen.text]
    await ann.says("/delete")
    assert "0 days of answers" in ann.sees.text


async def test_a_deleted_card_is_not_pointed_at(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await telegram.chat.application.bot.delete_message(ann.user_id, ann.sees.message_id)
    await ann.says("/checkin")
    assert "question 1 of 5" in ann.sees.text
    assert not [seen for seen in ann.chat if "goes on below" in seen.text]


async def test_a_card_that_could_not_be_sent_leaves_the_old_one_as_it_was(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    telegram.api.fail("sendMessage", status=500, times=1)
    await ann.says("/checkin")
    assert "question 1 of 5" in ann.sees.text
    await ann.taps("7")
    assert "Headache 7" in ann.sees.text


@pytest.mark.slow
async def test_a_stranger_whose_turn_fails_leaves_no_row(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(onboarding.render, "welcome", broken)
    zed = telegram.person(555, "Zed")
    await zed.says("/start")
    assert "not saved" in zed.sees.text
    assert traces(telegram, 555) == {}


async def test_a_pinned_message_is_no_conversation(telegram: Telegram, ann: Person) -> None:
    chat = {"id": ann.user_id, "type": "private", "first_name": "Ann"}
    pinned = {"message_id": 3, "date": 1_772_452_800, "chat": chat, "text": "x"}
    sender = {"id": ann.user_id, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": 999, "date": 1_772_452_800, "chat": chat, "from": sender, "pinned_message": pinned}
    before = len(ann.chat)
    telegram.api.push({"message": message})
    await telegram.settle()
    assert len(ann.chat) == before


async def test_a_friends_place_does_not_move_ones_clock(telegram: Telegram, ann: Person) -> None:
    await ann.shares_location(40.7, -74.0)
    assert "I have not kept that place" in ann.sees.text
    await ann.says("/settings")
    assert "Time zone: Berlin" in ann.sees.text
