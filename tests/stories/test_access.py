"""Who may come in: by invitation, from a list, or anybody; of the others nothing is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.config import Access, Settings
from bot.sandbox.person import Person
from bot.store import invites, tables
from tests.conftest import Telegram
from tests.stories.conftest import traces

STRANGER = 7_654_321_987


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return settings.model_copy(update={"access": request.param})


def access(**values: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("settings", [Access.model_validate(values)], indirect=True)


@pytest.fixture
def stranger(telegram: Telegram) -> Person:
    return telegram.person(STRANGER, "Zoe")


@access(mode="invite")
async def test_a_stranger_without_an_invitation_hears_one_polite_line(telegram: Telegram, stranger: Person) -> None:
    for words in ("/start", "/checkin", "6 3 7.5 4", "hello"):
        before = len(stranger.chat)
        await stranger.says(words)
        assert len(stranger.chat) == before + 2, "their words and one line"
        assert stranger.sees.text.startswith("Hello!")
        assert traces(telegram, STRANGER) == {}
    await stranger.sends("photo")
    await stranger.blocks()
    await stranger.unblocks()
    assert traces(telegram, STRANGER) == {}
    assert telegram.rows("inbox") == 0


@access(mode="invite")
async def test_an_invitation_lets_one_person_in_once(telegram: Telegram, stranger: Person) -> None:
    code = invites.make(telegram.database.keys, telegram.clock.now())
    await stranger.says(f"/start {code}")
    assert "diary, not a doctor" in stranger.sees.text
    assert traces(telegram, STRANGER) == {}, "nothing before they agree"
    await stranger.taps("I agree")
    assert traces(telegram, STRANGER)["users"] == 1
    with telegram.database.engine.begin() as connection:
        (kept,) = connection.execute(select(tables.invites)).all()
    assert code not in str(kept), "the diary holds only its hash"

    another = telegram.person(1007, "Yan")
    await another.says(f"/start {code}")
    assert "used or is over" in another.sees.text
    assert telegram.rows("users") == 1


@access(mode="invite")
async def test_two_who_share_an_invitation(telegram: Telegram, stranger: Person) -> None:
    another = telegram.person(1007, "Yan")
    code = invites.make(telegram.database.keys, telegram.clock.now())
    for person in (stranger, another):
        await person.says(f"/start {code}")
    for person in (stranger, another):
        await person.taps("I agree")
    assert telegram.rows("users") == 1
    assert "used or is over" in another.sees.text


@access(mode="invite")
async def test_an_invitation_ends_after_seven_days(telegram: Telegram, stranger: Person) -> None:
    code = invites.make(telegram.database.keys, telegram.clock.now())
    telegram.clock.moves(timedelta(days=6, hours=23).total_seconds())
    await stranger.says(f"/start {code}")
    assert "diary, not a doctor" in stranger.sees.text
    telegram.clock.moves(timedelta(hours=3).total_seconds())
    await stranger.taps("I agree")
    assert "used or is over" in stranger.sees.text
    assert traces(telegram, STRANGER) == {}


@access(mode="invite")
async def test_a_forged_invitation_is_refused(telegram: Telegram, stranger: Person) -> None:
    code = invites.make(telegram.database.keys, telegram.clock.now())
    swapped = ("B" if code[0] != "B" else "C") + code[1:]
    for forged in (swapped, code[:-2], "A" * 38, "x", "é" * 10, "a b c"):
        await stranger.says(f"/start {forged}")
        assert "used or is over" in stranger.sees.text
        await stranger.taps_on(stranger.sees.message_id, f"agree:{forged}"[:40])
    await stranger.taps_on(stranger.sees.message_id, "agree:")
    await stranger.taps_on(stranger.sees.message_id, "agree")
    assert telegram.rows("users") == 0
    assert traces(telegram, STRANGER) == {}


@access(mode="invite")
async def test_an_invitation_spelt_differently_is_the_same_one(telegram: Telegram, stranger: Person) -> None:
    code = invites.make(telegram.database.keys, telegram.clock.now())
    await stranger.says(f"/start {code}")
    await stranger.taps("I agree")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare_bits = code[:-1] + letters[letters.index(code[-1]) ^ 1]
    for number, spelt in enumerate((spare_bits, f"{code}!", f"{code}=", f"!{code}")):
        another = telegram.person(2000 + number, "Yan")
        await another.says(f"/start {spelt}")
        assert "used or is over" in another.sees.text
    assert telegram.rows("users") == 1


@access(mode="allowlist", users=[1001])
async def test_a_list(telegram: Telegram, stranger: Person) -> None:
    await stranger.says("/start")
    assert "fixed group of people" in stranger.sees.text
    await stranger.taps_on(stranger.sees.message_id, "agree:")
    assert traces(telegram, STRANGER) == {}
    listed = telegram.person(1001, "Ann")
    await listed.says("/start")
    await listed.taps("I agree")
    assert telegram.rows("users") == 1


@access(mode="open")
async def test_anybody(telegram: Telegram, stranger: Person) -> None:
    await stranger.says("/start")
    await stranger.taps("No, thank you")
    assert "I have kept nothing" in stranger.sees.text
    assert traces(telegram, STRANGER) == {}
    await stranger.says("/start")
    await stranger.taps("I agree")
    assert traces(telegram, STRANGER)["users"] == 1


@access(mode="open")
async def test_a_link_with_something_of_its_own_in_it(telegram: Telegram, stranger: Person) -> None:
    await stranger.says(f"/start {'x' * 64}")
    assert "diary, not a doctor" in stranger.sees.text
    await stranger.says("/start a:b")
    await stranger.taps("I agree")
    assert traces(telegram, STRANGER)["users"] == 1
