"""An attack: one tap, then silence, and the rest is asked when it is over, or next morning."""

from datetime import timedelta

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import CARD, QUARTER, arrived, berlin, sent, value


async def test_silence_until_it_is_over(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind water daily 15:00, 16:00 and 18:00")
    await telegram.waits(until=berlin(2, 14, 5))
    await ann.says("/attack")
    assert ann.sees.text == "Noted: 14:05. I’ll be quiet now."
    await telegram.waits(until=berlin(2, 17), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 14, 30)) == []
    noted = ann.sees
    await ann.taps("It’s over")
    assert any(seen.text == "Over. 14:05 to 17:00." for seen in ann.chat)
    assert CARD in ann.sees.text
    assert "here is the rest" in ann.sees.text
    await telegram.waits(until=berlin(2, 18), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 17, 30)) == [berlin(2, 18)]
    await ann.taps_on(noted.message_id, "over:1")
    assert value(telegram, "SELECT count(*) FROM events") == 1, "tapped twice it is over once"


async def test_the_evenings_card_is_asked_next_morning(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack")
    await telegram.waits(until=berlin(3, 7, 45), beat=QUARTER)
    assert sent(telegram, ann, berlin(2, 14)) == [], "no card at 20:00, no nudge"
    await telegram.waits(until=berlin(3, 8), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(3, 7, 30), "Is it over?")] == [berlin(3, 8)]
    assert CARD in ann.sees.text
    assert "Mon 2 Mar" in ann.sees.text, "the card of the day it began"
    question = next(seen for seen in ann.chat if "Is it over?" in seen.text)
    await ann.taps_on(question.message_id, question.data("Still there"))
    await telegram.waits(until=berlin(4, 8), beat=QUARTER)
    assert len(arrived(ann, berlin(3, 9), "Is it over?")) == 1
    await telegram.waits(until=berlin(4, 20), beat=QUARTER)
    assert arrived(ann, berlin(4, 19), CARD), "who says nothing more is asked as usual"


async def test_a_slip_leaves_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack")
    await ann.taps("It was a slip")
    assert value(telegram, "SELECT count(*) FROM events") == 0
    await telegram.waits(until=berlin(2, 20), beat=QUARTER)
    assert arrived(ann, berlin(2, 19), CARD)
    await telegram.waits(until=berlin(3, 9), beat=QUARTER)
    assert arrived(ann, berlin(3, 7), "Is it over?") == []


async def test_said_twice_it_is_one(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack")
    await telegram.waits(until=telegram.clock.now() + timedelta(minutes=30), beat=QUARTER)
    await ann.says("/attack")
    assert "It is noted since Mon 2 Mar, 13:00." in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM events") == 1


async def test_nobody_elses_attack_can_be_ended(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("/attack")
    await ben.taps_on(ben.sees.message_id, "over:1")
    assert "not kept here any more" in (ben.toast or "")
    assert value(telegram, "SELECT silent_until IS NOT NULL FROM users WHERE id = 1001") == 1


async def test_what_was_noted_is_sealed(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack")
    body = value(telegram, "SELECT body FROM events")
    assert isinstance(body, bytes)
    assert b"attack" not in body


async def test_it_started_a_while_ago(telegram: Telegram, ann: Person) -> None:
    await ann.says("/headache since 9:30")
    assert ann.sees.text == "Noted: 09:30. I’ll be quiet now."
    await ann.says("/headache since yesterday 22:00")
    assert ann.sees.text == "Noted: Sun 1 Mar, 22:00. I’ll be quiet now.", "said better, it is still one"
    assert value(telegram, "SELECT count(*), max(day) FROM events WHERE day = '2026-03-01'") == 1
    await telegram.waits(until=berlin(2, 16), beat=QUARTER)
    await ann.says("/headache over 15:00")
    assert any(seen.text == "Over. Sun 1 Mar, 22:00 to Mon 2 Mar, 15:00." for seen in ann.chat)
    assert "Sun 1 Mar" in ann.sees.text, "the card of the day it began"
    assert value(telegram, "SELECT silent_until IS NULL FROM users WHERE id = 1001") == 1


async def test_over_before_it_began_or_when_none_was(telegram: Telegram, ann: Person) -> None:
    await ann.says("/attack over")
    assert "No headache is noted" in ann.sees.text
    await ann.says("/attack")
    await ann.says("/attack over at 9:00")
    assert "before it began" in ann.sees.text
    assert value(telegram, "SELECT silent_until IS NOT NULL FROM users WHERE id = 1001") == 1


async def test_words_that_are_no_time_never_stand_in_the_way(telegram: Telegram, ann: Person) -> None:
    await ann.says("/headache left <side>")
    assert ann.sees.text == (
        "Noted: 13:00. I’ll be quiet now.\n"
        "I did not understand “left <side>”. To give a time, write /attack since 14:00."
    )
    await ann.says("/headache left side")
    assert "It is noted since Mon 2 Mar, 13:00." in ann.sees.text
