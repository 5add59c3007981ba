"""Words that sound as if somebody needs help: answered at once, in place of everything else, and kept nowhere."""

from datetime import timedelta

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, answers, berlin, sent, traces, value


@pytest.mark.parametrize(
    "words",
    [
        "I want to die",
        "/remind I want to end it all daily 10:00",
        "/start better off dead",
        "headache 9, I want to die",
    ],
)
async def test_self_harm_is_answered_at_once_instead_of_anything_else(
    telegram: Telegram, ann: Person, words: str
) -> None:
    await ann.says(words)
    assert "I’m really glad you told me" in ann.sees.text
    assert "988" in ann.sees.text
    assert "112" in ann.sees.text
    assert answers(telegram, ann) == []
    assert value(telegram, "SELECT count(*) FROM reminders WHERE words IS NOT NULL") == 0
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0


async def test_then_it_is_quiet_for_a_day(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind water daily 15:00")
    await ann.says("I want to die")
    since = telegram.clock.now() + timedelta(seconds=1)
    await telegram.waits(until=berlin(3, 12, 45), beat=QUARTER)
    assert sent(telegram, ann, since) == [], "no card, no tip, no summary"
    await telegram.waits(until=berlin(3, 20, 15), beat=QUARTER)
    assert sent(telegram, ann, since)[0] == berlin(3, 15)


async def test_who_meant_other_things_says_so_and_all_goes_on(telegram: Telegram, ann: Person) -> None:
    await ann.says("I hurt myself at the gym")
    await ann.taps("I’m safe, I meant other things")
    assert "Everything goes on as before" in ann.sees.text
    await telegram.waits(until=berlin(2, 20, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 19)) == [berlin(2, 20)]


async def test_an_attack_keeps_its_silence(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack")
    await ann.says("I hurt myself")
    await ann.taps("I’m safe, I meant other things")
    await telegram.waits(until=berlin(2, 21), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 14)) == []


async def test_the_numbers_can_be_shown_again(telegram: Telegram, ann: Person) -> None:
    await ann.says("suicidal")
    await ann.taps("Show the numbers again")
    assert "findahelpline.com" in ann.sees.text


async def test_a_stranger_is_answered_too_and_leaves_nothing(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("I don’t want to live")
    assert "I’m really glad you told me" in zoe.sees.text
    await zoe.taps("I’m safe, I meant other things")
    assert traces(telegram, 1009) == {}


async def test_distress_is_met_kindly_and_silences_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("I can’t go on like this")
    assert "That sounds really hard" in ann.sees.text
    await telegram.waits(until=berlin(2, 20, 15), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 19)) == [berlin(2, 20)]


@pytest.mark.parametrize("words", ["worst headache of my life", "trouble peeing since yesterday"])
async def test_signs_in_the_body_bring_the_list(telegram: Telegram, ann: Person, words: str) -> None:
    await ann.says(words)
    assert "can be a sign that needs help at once, and is not kept" in ann.chat[-2].text
    assert ann.sees.text.startswith("Let’s check first.")
    assert answers(telegram, ann) == []


async def test_a_stranger_gets_all_signs_on_one_page(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("worst headache of my life")
    assert "Get help now" in zoe.sees.text
    assert traces(telegram, 1009) == {}


@pytest.mark.parametrize("words", ["this headache is killing me", "no fever, stiff neck from the gym"])
async def test_everyday_words_are_everyday_words(telegram: Telegram, ann: Person, words: str) -> None:
    await ann.says(words)
    assert "so nothing was saved" in ann.sees.text


async def test_after_a_crash_help_is_shown_again(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram.chat.sender, "reply", lambda answer: None)
    await ann.says("I want to die")
    assert "glad you told me" not in ann.sees.text
    await telegram.restart_bot()
    assert "I’m really glad you told me" in ann.sees.text
