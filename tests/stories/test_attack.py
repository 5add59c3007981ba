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
