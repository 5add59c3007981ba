"""The first day: from hello to the week."""

from bot.sandbox.person import Person
from tests.conftest import Telegram


async def test_a_newcomer_is_ready_within_six_taps(telegram: Telegram) -> None:
    ann = telegram.person(1001, "Ann")
    await ann.says("/start")
    assert "diary, not a doctor" in ann.sees.text
    await ann.taps("I agree")
    await ann.says("Europe/Berlin")
    assert "13:00" in ann.chat[-2].text, "it is one o'clock in Berlin"
    await ann.taps("20:00")
    await ann.taps("One a day")
    assert "All set" in ann.sees.text
    assert ann.acts <= 6


async def test_a_good_day_is_one_tap(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    before = ann.tap_count
    await ann.taps("All fine today")
    assert ann.tap_count - before == 1
    assert "Headache 0 · Back 0 · Sleep 6 h or more · Sleep quality 4 of 5 · Posture 4 of 5" in ann.sees.text


async def test_an_ordinary_day_is_five_taps(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    for label in ("0 · none", "0 · none", "7–8 h", "4 · well", "4 · good"):
        await ann.taps(label)
    assert ann.sees.text.startswith("Saved for Mon")
    assert ann.toast == "Saved"


async def test_a_time_may_be_typed_where_it_is_asked_for(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("/start")
    await zoe.taps("I agree")
    await zoe.says("Lisbon")
    await zoe.says("noon or so")
    assert "Please type it like 8:30" in zoe.sees.text
    await zoe.says("noon")
    assert zoe.sees.text.startswith("I’ll ask at 12:00.")
