"""The words of one language: translations (gettext catalogues, one .po file each), plurals, dates and numbers."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from gettext import c2py
from importlib.resources import files

from babel import Locale
from babel.dates import format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = frozenset(
    entry.name.removesuffix(".po") for entry in files("bot.texts").iterdir() if entry.name.endswith(".po")
)

LOCALES = {"en": "en_GB"}
"""English dates run "Mon, 2 Mar": beside a 24-hour clock, "Mar 2" would be two worlds in one line."""


@dataclass(frozen=True)
class Texts:
    """Call it with an English msgid to get this language's words: `t("Logged {n} of {days} days.", n=6, days=7)`."""

    locale: Locale
    catalogue: Catalog = field(compare=False)

    def __call__(self, msgid: str, **values: object) -> str:
        message = self.catalogue.get(msgid)
        text = message.string if message and isinstance(message.string, str) and message.string else msgid
        return text.format(**values) if values else text

    def many(self, one: str, several: str, n: int, **values: object) -> str:
        """Return the plural form for `n`; both forms may use `{n}` and any of `values`."""
        message = self.catalogue.get(one)
        if message and isinstance(message.string, tuple | list) and all(message.string):
            text = message.string[c2py(self.catalogue.plural_expr)(n)]
        else:
            text = one if n == 1 else several
        return str(text).format(n=n, **values)

    def day(self, day: date) -> str:
        """Return a day as people say it: "Mon 23 Nov"."""
        return format_skeleton("MMMEd", datetime.combine(day, time()), locale=self.locale)

    def weekday(self, day: date, width: str = "abbreviated") -> str:
        return str(self.locale.days["stand-alone"][width][day.weekday()])

    def clock_time(self, at: time) -> str:
        """Return a wall-clock time; English is shown with 24 hours too, as the card's times are typed that way."""
        return format_time(at, "HH:mm", locale=self.locale)

    def number(self, value: float, digits: int = 1) -> str:
        return format_decimal(value, "0." + "#" * digits, locale=self.locale)

    def zone(self, name: str) -> str:
        """Return a zone's city, "Los Angeles" for America/Los_Angeles."""
        return name.rpartition("/")[2].replace("_", " ")


def texts_for(language: str) -> Texts:
    """Return the texts for a language code such as "en" or "de-AT"; a language we do not have reads English."""
    code = language.split("-")[0].lower()
    return _load(code if code in LANGUAGES else "en")


@cache
def _load(code: str) -> Texts:
    with (files("bot.texts") / f"{code}.po").open("rb") as po:
        return Texts(Locale.parse(LOCALES.get(code, code)), read_po(po, locale=code))
