"""Finding one's time zone: people type cities in all ways, or share where they are."""

from zoneinfo import ZoneInfo

import pytest

from bot.store import places
from bot.store.places import Place, find_places, largest, zone_at


def first(text: str) -> tuple[str, str]:
    place = find_places(text)[0]
    return place.name, place.zone


@pytest.mark.parametrize(
    ("typed", "name", "zone"),
    [
        ("Berlin", "Berlin", "Europe/Berlin"),
        ("munchen", "Munich", "Europe/Berlin"),
        ("MÜNCHEN", "Munich", "Europe/Berlin"),
        ("Muenchen", "Munich", "Europe/Berlin"),
        ("köln", "Köln", "Europe/Berlin"),
        ("Cologne", "Köln", "Europe/Berlin"),
        ("Wien", "Vienna", "Europe/Vienna"),
        ("Genf", "Geneva", "Europe/Zurich"),
        ("kyiv", "Kyiv", "Europe/Kyiv"),
        ("kiev", "Kyiv", "Europe/Kyiv"),
        ("Киев", "Kyiv", "Europe/Kyiv"),
        ("sao paulo", "São Paulo", "America/Sao_Paulo"),
        ("nyc", "New York City", "America/New_York"),
        ("new york", "New York City", "America/New_York"),
        ("st johns", "St. John's", "America/St_Johns"),
        ("Saint John's", "St. John's", "America/St_Johns"),
        ("kathmandu", "Kathmandu", "Asia/Kathmandu"),
        ("mexico", "Mexico City", "America/Mexico_City"),
        ("calcutta", "Kolkata", "Asia/Kolkata"),
        ("東京", "Tokyo", "Asia/Tokyo"),
        ("lodz", "Łódź", "Europe/Warsaw"),
        ("tromso", "Tromsø", "Europe/Oslo"),
    ],
)
def test_a_city_is_found_however_it_is_written(typed, name, zone):
    assert first(typed) == (name, zone)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("kathmnadu", "Kathmandu"), ("budapset", "Budapest"), ("amsterdm", "Amsterdam"), ("philladelfia", "Philadelphia")],
)
def test_a_slip_of_the_thumb_still_finds_it(typed, name):
    assert find_places(typed)[0].name == name


def test_the_beginning_of_a_name_is_enough():
    assert first("amste") == ("Amsterdam", "Europe/Amsterdam")


def test_springfield_is_several_places_told_apart_by_their_states():
    found = find_places("Springfield")
    assert Place("Springfield, Illinois", "United States", "America/Chicago") in found
    assert Place("Springfield, Massachusetts", "United States", "America/New_York") in found
    assert len(found) == len(set(found)) == 6
    assert len(find_places("Springfield", most=2)) == 2


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Portland, Maine", "Portland, Maine"),
        ("portland or", "Portland, Oregon"),
        ("london uk", "London"),
        ("London, Canada", "London"),
        ("Auckland New Zealand", "Auckland"),
        ("Munich, Bavaria", "Munich"),
    ],
)
def test_saying_where_it_lies_helps_and_never_hurts(typed, name):
    assert find_places(typed)[0].name == name


def test_the_other_london_is_found_by_its_country():
    assert first("London") == ("London", "Europe/London")
    assert first("London, Canada") == ("London", "America/Toronto")


def test_a_country_brings_its_biggest_city_in_each_zone():
    assert first("nepal") == ("Kathmandu", "Asia/Kathmandu")
    zones = [place.zone for place in find_places("usa")]
    assert zones[:3] == ["America/New_York", "America/Los_Angeles", "America/Chicago"]
    assert len(zones) == len(set(zones))


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Europe/Berlin", Place("Berlin", "Germany", "Europe/Berlin")),
        ("america/new york", Place("New York", "United States", "America/New_York")),
        ("UTC", Place("UTC", "", "UTC")),
        ("utc", Place("UTC", "", "UTC")),
        ("Etc/GMT+3", Place("GMT+3", "", "Etc/GMT+3")),
        ("lord howe", Place("Lord Howe", "", "Australia/Lord_Howe")),
        ("easter", Place("Hanga Roa", "Chile", "Pacific/Easter")),
    ],
)
def test_zone_names_work_as_they_are(typed, place):
    assert find_places(typed)[0] == place


@pytest.mark.parametrize(
    "typed", ["", " ", ",", "a", "8", "20:00", "asdfgh", "xyzzy", "hello there", "[a(", "\t|", "#", "🙂"]
)
def test_nonsense_finds_nothing(typed):
    assert find_places(typed) == []


def test_a_long_text_is_not_a_place():
    assert find_places("Berlin " * 600) == []


def test_every_city_has_a_zone_that_exists_and_every_zone_name_too():
    rows = [line.split("\t") for line in places._table().decode().splitlines() if not line.startswith("#")]
    assert {len(row) for row in rows} == {6}
    zones = {row[2] for row in rows} | set(places._zones().values())
    assert {ZoneInfo(zone).key for zone in zones} == zones
    assert len(rows) > 15_000
    sizes = [int(row[3]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_the_table_says_where_it_comes_from():
    assert b"GeoNames" in places._table()[:400] and b"CC BY 4.0" in places._table()[:400]


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (52.52, 13.40, "Europe/Berlin"),
        (40.71, -74.01, "America/New_York"),
        (-31.55, 159.08, "Australia/Lord_Howe"),
        (27.70, 85.32, "Asia/Kathmandu"),
        (30.0, -40.0, "Etc/GMT+3"),
    ],
)
def test_a_shared_location_gives_its_zone(latitude, longitude, zone):
    assert zone_at(latitude, longitude) == zone


@pytest.mark.parametrize(("latitude", "longitude"), [(500.0, 1000.0), (float("nan"), 1.0)])
def test_a_position_off_the_globe_has_none(latitude, longitude):
    assert zone_at(latitude, longitude) is None


def test_the_largest_are_of_different_zones() -> None:
    everywhere = largest(1000)
    assert len(everywhere) > 300, "nearly every zone has a city"
    assert len({place.zone for place in everywhere}) == len(everywhere)
    assert largest(3) == everywhere[:3]
