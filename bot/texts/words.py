"""The words of one language: translations (gettext catalogues, one .po file each), plurals, dates and numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, lru_cache
from gettext import c2py
from importlib.resources import files

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = frozenset(
    entry.name.removesuffix(".po") for entry in files("bot.texts").iterdir() if entry.name.endswith(".po")
)

HOMES = {"en": "GB"}
"""Whose dates and clock a language shows that comes without a region: English has "Mon, 2 Mar" and "20:00"."""

CHOICES = tuple(sorted({*LANGUAGES, "en-US"}))
"""What a person can choose: American English has "Mon, Mar 2" and "8:00 PM"."""


@dataclass(frozen=True)
class Texts:
    """Call it with an English msgid to get this language's words: `t("Logged {n} of {days} days.", n=6, days=7)`."""

    locale: Locale
    catalogue: Catalog = field(compare=False)

    def __call__(self, msgid: str, **values: object) -> str:
        said = self._translated(msgid)
        text = said if said and isinstance(said, str) else msgid
        return text.format(**values) if values else text

    def many(self, one: str, several: str, n: int, **values: object) -> str:
        """Return the plural form for `n`; both forms may use `{n}` and any of `values`."""
        said = self._translated(one)
        if isinstance(said, tuple | list) and all(said):
            text = said[_plural(self.catalogue.plural_expr)(n)]
        else:
            text = one if n == 1 else several
        return str(text).format(n=n, **values)

    def _translated(self, msgid: str) -> str | Sequence[str] | None:
        """Return the translation, if any. A fuzzy one belongs to an English text that has changed since: it may say
        something else by now, so it is not said."""
        message = self.catalogue.get(msgid)
        return message.string if message and not message.fuzzy else None

    def day(self, day: date) -> str:
        """Return a day as people say it: "Mon 23 Nov". No full stop ends it ("24. Feb."): a sentence may do so."""
        return _day(self.locale, day)

    def dated(self, day: date) -> str:
        """Return a day with its year: "14 May 2026"."""
        return str(format_skeleton("yMMMd", datetime.combine(day, time()), locale=self.locale))

    def short_day(self, day: date) -> str:
        """Return a day without its weekday: "23 Nov"."""
        return str(format_skeleton("MMMd", datetime.combine(day, time()), locale=self.locale)).rstrip(".")

    def month(self, first: date) -> str:
        """Return a month with its year: "March 2026"."""
        return str(format_skeleton("yMMMM", datetime.combine(first, time()), locale=self.locale))

    def weekday(self, day: date, width: str = "abbreviated") -> str:
        return str(self.locale.days["stand-alone"][width][day.weekday()])

    def clock_time(self, at: time) -> str:
        """Return a wall-clock time as the language's region writes it: "20:00" or "8:00 PM"."""
        halves = "a" in self.locale.time_formats["short"].pattern
        return format_time(at, "h:mm a" if halves else "HH:mm", locale=self.locale)

    def number(self, value: float, digits: int = 1) -> str:
        return format_decimal(value, "0." + "#" * digits, locale=self.locale)

    def mean(self, value: float) -> str:
        """Return a number with one decimal always, "4.0": means stand below each other."""
        return format_decimal(value, "0.0", locale=self.locale)

    def zone(self, name: str) -> str:
        """Return a zone's city, "Los Angeles" for America/Los_Angeles, as the language calls it: "Wien"."""
        city = self.locale.time_zones.get(name, {}).get("city")
        return str(city or name.rpartition("/")[2].replace("_", " "))


def texts_for(language: str) -> Texts:
    """Return the texts for a language code such as "en", "en-US" or "de-AT"; one we do not have reads English."""
    code, _, region = language.partition("-")
    return _load(code.lower(), region.upper()) if code.lower() in LANGUAGES else _load("en", "")


@lru_cache(maxsize=1000)
def _day(locale: Locale, day: date) -> str:
    return str(format_skeleton("MMMEd", datetime.combine(day, time()), locale=locale)).rstrip(".")


@lru_cache(maxsize=100)
def _load(code: str, region: str) -> Texts:
    try:
        locale = Locale(code, region or HOMES.get(code))
    except (UnknownLocaleError, ValueError):
        locale = Locale(code, HOMES.get(code))
    return Texts(locale, _catalogue(code))


@cache
def _plural(expression: str) -> Callable[[int], int]:
    return c2py(expression)


@cache
def _catalogue(code: str) -> Catalog:
    with (files("bot.texts") / f"{code}.po").open("rb") as po:
        return read_po(po, locale=code)


def name_of(t: Texts) -> str:
    """Return a language's own name for itself, with the clock it shows: "English, 8:00 PM"."""
    return f"{str(t.locale.languages[t.locale.language]).capitalize()}, {t.clock_time(time(20))}"
