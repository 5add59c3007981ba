"""Where a person lives, for their time zone: cities by name, a zone by position; all of it offline.

The cities are `cities.tsv.gz`, made by `tools/cities.py` from GeoNames (CC BY 4.0). The table stays one string, biggest
city first, and is searched as it is: nothing to index, and the first hit is the likeliest one. Names stand between
bars, the parts of the world they lie in between commas, so that a search cannot take one for the other.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from itertools import chain

from tzfpy import get_tz


@dataclass(frozen=True)
class Place:
    """A city and its IANA zone; `country` is empty where only a zone is known."""

    name: str
    country: str
    zone: str


def find_places(text: str, most: int = 6) -> list[Place]:
    """Return up to `most` places that `text` may mean, likeliest first; [] where it looks like nothing.

    A whole name goes before the beginning of one (of these only what lies in other zones), and among equals the bigger
    city first; when nothing fits, names spelled nearly so, with the same first letter. "Portland, Maine", "london uk"
    say where as well; "nepal" and "easter" (of Pacific/Easter) say only that, and bring the biggest city of each zone
    there. IANA names work as they are: "Europe/Berlin", "utc". CPU time measured: 2 to 19 ms.
    """
    if zone := _zones().get(text.strip().replace(" ", "_").casefold()):
        return [_place_of(zone)]
    if len(text) > LONGEST:
        return []
    name = fold(text.partition(",")[0])
    tries = chain((_fitting(*reading) for reading in _readings(text)), (_zone_called(name), _alike(name)))
    return next((found for places in tries if (found := _first(most, places))), [])


def zone_at(latitude: float, longitude: float) -> str | None:
    """Return the zone at a position in degrees, at sea one like "Etc/GMT+3"; None off the globe.

    None too where tzfpy's map is newer than zoneinfo's data. The first call reads the map: 80 ms.
    """
    return _zones().get(get_tz(longitude, latitude).casefold())


def largest(count: int) -> list[Place]:
    """Return the largest cities of the table, largest first, one a zone."""
    by_zone: dict[str, Place] = {}
    for place in _places("\t"):  # every line has one
        by_zone.setdefault(place.zone, place)
        if len(by_zone) == count:
            break
    return list(by_zone.values())


def fold(text: str) -> str:
    """Return `text` as names are compared: no case, accents or punctuation, "st" for "saint", single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(UNDECOMPOSED))
    kept = (letter for letter in letters if not unicodedata.combining(letter) and letter not in APOSTROPHES)
    words = "".join(letter if letter.isalnum() else " " for letter in kept).split()
    return " ".join("st" if word == "saint" else word for word in words)


UNDECOMPOSED = str.maketrans(
    {"æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th", "œ": "oe", "ħ": "h", "ə": "e"}
)
APOSTROPHES = frozenset("'’‘ʻʼ`´")
ALIKE = 0.8
"""How alike a misspelled name must be (`difflib`'s ratio): about one wrong letter in five."""
SHORTEST_TYPO = 4
"""Letters; below that every name is like some other."""
LONGEST, LONGEST_WHERE = 80, 3
"""Letters of a text that can be a place at all, and words that can say where it lies."""


@cache
def _table() -> bytes:
    return gzip.decompress((files("bot.store") / "cities.tsv.gz").read_bytes())


@cache
def _zones() -> dict[str, str]:
    """Return IANA names by their case-folded form; not "EST" and its like, which know no summer time."""
    zones = (files("tzdata") / "zones").read_text().split()
    return {zone.casefold(): zone for zone in zones if "/" in zone or zone == "UTC"}


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Yield what may be the city's name and what may be around it ("" = anywhere), the likelier reading first."""
    name, comma, where = text.partition(",")
    if comma:
        yield fold(name), fold(where)
        yield fold(name), ""
        return
    words = fold(name).split()
    for end in range(len(words), max(0, len(words) - LONGEST_WHERE - 1), -1):
        yield " ".join(words[:end]), " ".join(words[end:])


def _fitting(name: str, where: str) -> Iterator[Place]:
    if len(name) < 2:
        return
    around = f",{where}," if where else ""
    zones = set()
    for place in _places(f"|{name}|", around):
        zones.add(place.zone)
        yield place
    if not where:
        for place in _places(f",{name},"):
            if place.zone not in zones:
                zones.add(place.zone)
                yield place
    yield from (place for place in _places(f"\t|{name}", around) if place.zone not in zones)
    if not zones:
        yield from _places(f"|{name}", around)
        yield from _places(f" {name}", around)


def _zone_called(name: str) -> Iterator[Place]:
    """Yield the zone of a place too small for the table, by its last part: "Lord Howe"."""
    part = "/" + name.replace(" ", "_")
    return (_place_of(zone) for key, zone in _zones().items() if key.endswith(part))


def _alike(name: str) -> Iterator[Place]:
    if len(name) < SHORTEST_TYPO:
        return iter(())
    shape = rb"\|(%b[^|\n]{%d,%d})(?=\|)" % (name[0].encode(), len(name) - 3, len(name) + 1)
    names = {found.decode(): None for found in re.findall(shape, _table())}
    close = get_close_matches(name, names, 6, ALIKE)
    return (place for match in close for place in _places(f"|{match}|"))


def _first(most: int, places: Iterator[Place]) -> list[Place]:
    """Return the first `most` different ones, drawing no more than that from the search."""
    found: dict[Place, None] = {}
    for place in places:
        found[place] = None
        if len(found) == most:
            break
    return list(found)


def _places(needle: str, around: str = "") -> Iterator[Place]:
    """Yield the places whose line holds both, in the table's order."""
    table, wanted, within = _table(), needle.encode(), around.encode()
    at = table.find(wanted)
    while at >= 0:
        start, end = table.rfind(b"\n", 0, at) + 1, table.find(b"\n", at)
        line = table[start:end]
        if within in line and not line.startswith(b"#"):
            yield Place(*line.decode().split("\t", 3)[:3])
        at = table.find(wanted, end)


def _place_of(zone: str) -> Place:
    country = next((place.country for place in _places(f"\t{zone}\t")), "")
    return Place(zone.rpartition("/")[2].replace("_", " "), country, zone)
