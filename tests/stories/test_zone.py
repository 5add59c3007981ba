"""Where somebody lives: by location, by city, from the list; their times follow."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.person import Person
from tests.conftest import Telegram
from tests.stories.conftest import CARD, QUARTER, arrived, berlin, sent, traces, value


@pytest.fixture
async def newcomer(telegram: Telegram) -> Person:
    person = telegram.person(1005, "Dora")
    await person.says("/start")
    await person.taps("I agree")
    return person


async def test_by_location_which_is_not_kept(telegram: Telegram, newcomer: Person) -> None:
    await newcomer.shares_location(35.6762, 139.6503)
    assert value(telegram, "SELECT zone FROM users") == "Asia/Tokyo"
    assert "21:00" in newcomer.chat[-2].text, "it is nine in the evening in Tokyo"
    assert "When shall I ask you" in newcomer.sees.text
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0
    assert traces(telegram, 1005)["users"] == 1


async def test_in_the_middle_of_the_ocean(telegram: Telegram, newcomer: Person) -> None:
    await newcomer.shares_location(0.0, -150.0)
    assert newcomer.sees.text
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'failed'") == 0


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("tokyo", "Asia/Tokyo"),
        ("Europe/Rome", "Europe/Rome"),
        ("Kathmandu", "Asia/Kathmandu"),
    ],
)
async def test_by_city(telegram: Telegram, newcomer: Person, city: str, zone: str) -> None:
    await newcomer.says(city)
    assert value(telegram, "SELECT zone FROM users") == zone
    assert "When shall I ask you" in newcomer.sees.text


async def test_a_city_of_many_is_asked_back(telegram: Telegram, newcomer: Person) -> None:
    await newcomer.says("Springfield")
    assert "Which of these is it?" in newcomer.sees.text
    assert len(newcomer.sees.labels) > 1
    await newcomer.taps(newcomer.sees.labels[0])
    assert str(value(telegram, "SELECT zone FROM users")).startswith("America/")


async def test_no_such_place_is_said_and_asked_again(telegram: Telegram, newcomer: Person) -> None:
    await newcomer.says("Xyzzyville")
    assert "no place called “Xyzzyville”" in newcomer.sees.text
    await newcomer.says("Vienna")
    assert "When shall I ask you" in newcomer.sees.text or "Which of these" in newcomer.sees.text


async def test_from_the_list(telegram: Telegram, newcomer: Person) -> None:
    assert "New York" in [key for row in newcomer.sees.keys for key in row]
    await newcomer.says("New York")
    assert value(telegram, "SELECT zone FROM users") == "America/New_York"


async def test_a_move_takes_the_times_along(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Change the time zone")
    await ann.says("Tokyo")
    telegram.clock.moves(1)
    since = telegram.clock.now()
    await telegram.waits(until=datetime(2026, 3, 3, 12, tzinfo=UTC), beat=QUARTER)
    prompts = sent(telegram, ann, since)
    assert [(at.day, at.hour) for at in prompts] == [(3, 11)], "20:00 in Tokyo; today's eight o'clock was over there"


async def test_by_what_the_clock_on_the_wall_shows(telegram: Telegram, newcomer: Person) -> None:
    await newcomer.says("it's 14:05 here")  # at noon in UTC
    assert "Which of these is it?" in newcomer.sees.text
    there = newcomer.sees.labels[0]
    await newcomer.taps(there)
    assert newcomer.chat[-2].text.endswith("it is 14:00 there now.")
    assert "When shall I ask you" in newcomer.sees.text


async def test_no_place_has_such_a_clock(telegram: Telegram, newcomer: Person) -> None:
    await newcomer.says("it's 14:20 here")
    assert "14:20" in newcomer.sees.text
    assert value(telegram, "SELECT zone FROM users") == "UTC", "nothing was guessed"


async def test_who_travels_may_keep_home_time(telegram: Telegram, ann: Person) -> None:
    await ann.says("/remind water daily 10:00")
    await ann.says("/settings")
    await ann.taps("Change the time zone")
    await ann.says("Tokyo")
    assert "Shall they go by Berlin time instead?" in ann.sees.text
    await ann.taps("Keep Berlin time")
    assert value(telegram, "SELECT zone FROM users") == "Asia/Tokyo"
    await ann.says("/next")
    assert "04:00" in ann.sees.text, "eight in the evening at home is four in the morning here"
    await telegram.waits(until=berlin(2, 20, 15), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 19), CARD)] == [berlin(2, 20)]


async def test_moving_home_again_takes_what_went_by_the_clock_there(telegram: Telegram, ann: Person) -> None:
    for city in ("Tokyo", "Berlin"):
        await ann.says("/settings")
        await ann.taps("Change the time zone")
        await ann.says(city)
    await telegram.waits(until=berlin(2, 20, 15), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 19), CARD)] == [berlin(2, 20)]
