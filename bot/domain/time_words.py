"""The words and figures people name times with: what each stands for in which language, not how they are put together.

A language is one table in WORDS; a third one is a third table. What a person types is folded first (case, blanks,
full-width figures, dashes), then cut into tokens. A word that is in no table becomes a token of the role "unknown".
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.domain.reminders import WORKDAYS

# fmt: off
Role = Literal[
    "filler", "and", "stop", "dash", "to", "until", "from", "between", "of", "except", "once", "weekly", "unknown",
    "weekday", "weekdays", "days", "daily", "every", "this", "next", "ahead", "month", "date", "slashed", "ordinal",
    "figure", "compact", "clock", "decimal", "broken", "number", "named", "fraction", "half_to", "past", "before",
    "part", "am", "pm", "oclock", "unit", "step",
]
# fmt: on


class Token(NamedTuple):
    """One thing said. `number` is the weekday (0 = Monday), the month, the minutes of a unit or step, the figure
    (hour and minute as HHMM), the date (YYYYMMDD, or MMDD without a year): what the role needs."""

    role: Role
    number: int = 0
    raw: str = ""
    days: frozenset[int] = frozenset()


WEEKEND = frozenset((5, 6))
MORNING, MIDDAY, AFTERNOON, EVENING, NIGHT = range(5)
PARTS: tuple[Mapping[int, int], ...] = (
    {hour: hour for hour in range(12)},
    {11: 11, 12: 12, 1: 13, 2: 14},
    {12: 12} | {hour: hour + 12 for hour in range(1, 7)},
    {hour: hour + 12 for hour in range(5, 12)},
    {hour: hour + 12 for hour in range(7, 12)} | {hour: hour % 12 for hour in (12, 0, 1, 2, 3, 4)},
)
"""Part of the day → what an hour on the dial is then on the 24-hour clock; other hours do not belong to it."""

Meaning = tuple[Token, ...]


@dataclass(frozen=True)
class Language:
    """`words`: folded word or phrase → what it says; `longest`: first word → most words of a phrase that begins so."""

    words: Mapping[str, Meaning]
    longest: Mapping[str, int]
    rewrite: Callable[[str], str]


def tokens(text: str, language: str) -> Iterator[Token]:
    """Cut a text into what its words and figures stand for, in their order. Never raises."""
    spoken = WORDS.get(language[:2], WORDS["en"])
    pieces = PIECE.findall(spoken.rewrite(_folded(text)))
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece[0] in "0123456789":
            yield _figure(piece)
            at += 1
            continue
        first = _bare(piece)
        for count in range(spoken.longest.get(first, 0), 0, -1):
            phrase = " ".join(map(_bare, pieces[at : at + count]))
            if phrase in spoken.words:
                yield from (token._replace(raw=phrase) for token in spoken.words[phrase])
                at += phrase.count(" ") + 1
                break
        else:
            after_word = at > 0 and pieces[at - 1][-1].isalpha()
            yield Token("and" if piece == ":" and after_word else SIGNS.get(piece, "unknown"), raw=first)
            at += 1


def this(language: str) -> str:
    """Return the word that makes a weekday the coming one: "this"."""
    spoken = WORDS.get(language[:2], WORDS["en"]).words
    return next(word for word, meaning in spoken.items() if meaning[0].role == "this")


PIECE = re.compile(
    r"""[12][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])(?:t(?=[0-9]))?
    | (?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.(?:(?:20)?[0-9]{2}(?![0-9:.h]))?(?![0-9])
    | [0-9]{1,2}/[0-9]{1,2}(?:/(?:20)?[0-9]{2})?(?![0-9:.h/])
    | [0-9]{1,2}h(?:[0-9]{2})?(?![^\W_])
    | [0-9]+(?:[.:][0-9]+)*(?:(?:st|nd|rd|th)(?![^\W_]))?
    | [^\W\d_]+(?:'[^\W\d_]+)*\.?
    | \S""",
    re.VERBOSE,
)
AND: Role = "and"
SIGNS: Mapping[str, Role] = {
    **dict.fromkeys((",", ";", "&", "+", "/", "•"), AND),
    "-": "dash",
    ".": "stop",
    "@": "filler",
}
PLAIN: Mapping[int, str | None] = {
    **{0xFF01 + n: chr(0x21 + n) for n in range(94)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "’‘ʼ`´"), "'"),
    **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFE0F, 0xFEFF)),
}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.translate(PLAIN).casefold())
    lines = " , ".join(" ".join(line.split()) for line in plain.splitlines())
    said = lines.rstrip(" .!,;:")
    if re.search(r"[0-9]\.[0-9]$", said) and lines[len(said) :].startswith("."):
        said += "."  # the full stop of "14.5." is part of the date
    return re.sub(r"(?<=[0-9]) ?: ?(?=[0-9])", ":", said)


def _bare(piece: str) -> str:
    return piece.rstrip(".") or piece


def _figure(piece: str) -> Token:
    for pattern, role, read in FIGURES:
        if found := pattern.fullmatch(piece):
            return Token(role, read(*(int(group or 0) for group in found.groups())), piece)
    return Token("broken", raw=piece)


def _day_first(day: int, month: int, year: int) -> int:
    return (year + 2000 if 0 < year < 100 else year) * 10000 + month * 100 + day


FIGURES: tuple[tuple[re.Pattern[str], Role, Callable[..., int]], ...] = (
    (re.compile(r"([0-9]{1,2})"), "figure", lambda hour: hour),
    (re.compile(r"([0-9]{1,2})(?:[:.]|h(?=[0-9]))([0-9]{2})"), "clock", lambda hour, minute: hour * 100 + minute),
    (re.compile(r"([0-9]{1,2})h"), "clock", lambda hour: hour * 100),
    (re.compile(r"([0-9]{3,4})"), "compact", lambda digits: digits),
    (re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})t?"), "date", lambda y, m, d: y * 10000 + m * 100 + d),
    (re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{2}|[0-9]{4})?"), "date", _day_first),
    (re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{2,4}))?"), "slashed", _day_first),
    (re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)"), "ordinal", lambda day: day),
    (re.compile(r"([0-9]{1,2})\.([0-9])"), "decimal", lambda whole, tenth: whole * 60 + tenth * 6),
)


def _say(words: str, *meaning: Token) -> dict[str, Meaning]:
    return dict.fromkeys((word.casefold() for word in words.split("|")), meaning)


def _count(words: str, role: Role, first: int = 0) -> dict[str, Meaning]:
    """Number the lines "a|b, c|d, …" from `first`."""
    named: dict[str, Meaning] = {}
    for n, line in enumerate(words.split(", "), first):
        named |= _say(line, Token(role, n))
    return named


MERIDIEM = re.compile(r"(?<![^\W\d_])([ap])\.? ?m\b\.?|(?<=[0-9])([ap])\b\.?")
TENS = ("twenty", "thirty", "forty", "fifty")
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

ENGLISH: Mapping[str, Meaning] = {
    **_say("please|pls|plz|remind me|at|on|the|only|just", Token("filler")),
    **_say("and|then", Token("and")),
    **_say("to", Token("to")),
    **_say("until|till|til|through|thru|up to", Token("until")),
    **_say("from|starting|starting at|starting from|beginning at", Token("from")),
    **_say("between", Token("between")),
    **_say("of", Token("of")),
    **_say("except|except for|except on|but|but not|but not on|not|not on|excluding", Token("except")),
    **_say("once|one time|one - off|just once|only once", Token("once")),
    **_say("weekly|every week|each week", Token("weekly")),
    **_count("monday|mon|mo, tuesday|tues|tue|tu, wednesday|wed|weds|we, thursday|thurs|thur|thu|th", "weekday"),
    **_count("friday|fri|fr, saturday|sat|sa, sunday|sun|su", "weekday", 4),
    **_count("mondays, tuesdays, wednesdays, thursdays, fridays, saturdays, sundays", "weekdays"),
    **_say(
        "weekdays|weekday|week days|workdays|workday|work days|working days|working day|business days",
        Token("days", days=WORKDAYS),
    ),
    **_say("weekends|weekend|week - end|week - ends", Token("days", days=WEEKEND)),
    **_say("daily|every day|everyday|each day|every single day|all days|every day of the week", Token("daily")),
    **_say("every|each", Token("every")),
    **_say("this|coming|this coming", Token("this")),
    **_say("next", Token("next")),
    **_say("today", Token("ahead", 0)),
    **_say("tomorrow|tmrw|tomorow", Token("ahead", 1)),
    **_say("day after tomorrow|the day after tomorrow", Token("ahead", 2)),
    **_count("january|jan, february|feb, march|mar, april|apr, may, june|jun, july|jul, august|aug", "month", 1),
    **_count("september|sept|sep, october|oct, november|nov, december|dec", "month", 9),
    **_say("morning|mornings|in the morning|in the mornings", Token("part", MORNING)),
    **_say("afternoon|afternoons|in the afternoon|in the afternoons", Token("part", AFTERNOON)),
    **_say("evening|evenings|in the evening|in the evenings", Token("part", EVENING)),
    **_say("night|nights|at night|in the night", Token("part", NIGHT)),
    **_say("nightly", Token("daily"), Token("part", NIGHT)),
    **_say("this morning", Token("ahead"), Token("part", MORNING)),
    **_say("this afternoon", Token("ahead"), Token("part", AFTERNOON)),
    **_say("this evening|tonight", Token("ahead"), Token("part", EVENING)),
    **_say("noon|midday", Token("named", 1200)),
    **_say("midnight", Token("named", 0)),
    **_say("half", Token("fraction", 30)),
    **_say("quarter|a quarter", Token("fraction", 15)),
    **_say("past|after", Token("past")),
    **_say("before", Token("before")),
    **_say("am", Token("am")),
    **_say("pm", Token("pm")),
    **_say("o'clock|oclock|o clock", Token("oclock")),
    **_say("hours|hour|hrs|hr|h", Token("unit", 60)),
    **_say("minutes|minute|mins|min", Token("unit", 1)),
    **_say("hourly|every hour|each hour", Token("step", 60)),
    **_say("half hourly|half - hourly|every half hour|every half an hour|every half - hour", Token("step", 30)),
    **_say("every quarter hour|every quarter of an hour", Token("step", 15)),
    **_say("every hour and a half|every one and a half hours", Token("step", 90)),
    **_say("every other hour|every second hour", Token("step", 120)),
    **_count(", ".join(ONES), "number", 1),
    **_count("ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen", "number", 10),
    **{ten: (Token("number", 20 + n * 10),) for n, ten in enumerate(TENS)},
    **{
        f"{ten}{between}{one}": (Token("number", 20 + n * 10 + m),)
        for n, ten in enumerate(TENS)
        for m, one in enumerate(ONES, 1)
        for between in (" ", " - ")
    },
}

ZEHNER = ("zwanzig", "dreissig", "vierzig", "fünfzig")
EINER = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")

GERMAN: Mapping[str, Meaning] = {
    **_say("bitte|um|am|an|den|der|erinnere mich|erinner mich|nur", Token("filler")),
    **_say("und|sowie|dann", Token("and")),
    **_say("bis|bis zum", Token("until")),
    **_say("von|vom|ab", Token("from")),
    **_say("zwischen", Token("between")),
    **_say("außer|außer am|ohne|nicht|nicht am|aber nicht|aber nicht am", Token("except")),
    **_say("einmal|einmalig|nur einmal", Token("once")),
    **_say("wöchentlich|jede woche", Token("weekly")),
    **_count("montag|mo, dienstag|di, mittwoch|mi, donnerstag|do, freitag|fr", "weekday"),
    **_count("samstag|sonnabend|sa, sonntag|so", "weekday", 5),
    **_count("montags, dienstags, mittwochs, donnerstags, freitags, samstags|sonnabends, sonntags", "weekdays"),
    **_say("werktags|werktag|werktage|werktagen|wochentags|wochentagen|unter der woche", Token("days", days=WORKDAYS)),
    **_say("wochenende|wochenenden|wochenends|am wochenende", Token("days", days=WEEKEND)),
    **_say("täglich|jeden tag|alle tage|jeden einzelnen tag", Token("daily")),
    **_say("jeden|jede|jedes|jeder|alle", Token("every")),
    **_say("diesen|dieses|kommenden|diesen kommenden", Token("this")),
    **_say("nächsten|nächste|nächstes", Token("next")),
    **_say("heute", Token("ahead", 0)),
    **_say("morgen", Token("ahead", 1)),
    **_say("übermorgen", Token("ahead", 2)),
    **_count("januar|jan|jänner, februar|feb, märz|mär, april|apr, mai, juni|jun, juli|jul, august|aug", "month", 1),
    **_count("september|sept|sep, oktober|okt, november|nov, dezember|dez", "month", 9),
    **_say("morgens|früh|frühmorgens|vormittag|vormittags|am morgen|am vormittag", Token("part", MORNING)),
    **_say("mittags", Token("part", MIDDAY)),
    **_say("nachmittag|nachmittags|am nachmittag", Token("part", AFTERNOON)),
    **_say("abend|abends|am abend", Token("part", EVENING)),
    **_say("nacht|nachts|in der nacht", Token("part", NIGHT)),
    **_say("jeden morgen", Token("every"), Token("part", MORNING)),
    **_say("heute morgen", Token("ahead"), Token("part", MORNING)),
    **_say("mittag", Token("named", 1200)),
    **_say("mitternacht", Token("named", 0)),
    **_say("viertel", Token("fraction", 15)),
    **_say("halb", Token("half_to", 30)),
    **_say("dreiviertel|drei viertel", Token("half_to", 15)),
    **_say("nach", Token("past")),
    **_say("vor", Token("before")),
    **_say("uhr", Token("oclock", 1)),
    **_say("stunden|stunde|std|h", Token("unit", 60)),
    **_say("minuten|minute|min", Token("unit", 1)),
    **_say("stündlich|jede stunde", Token("step", 60)),
    **_say("halbstündlich|jede halbe stunde|alle halbe stunde|alle halben stunden", Token("step", 30)),
    **_say("alle viertelstunde|jede viertelstunde", Token("step", 15)),
    **_say("alle anderthalb stunden|alle eineinhalb stunden", Token("step", 90)),
    **_say("zweistündlich|jede zweite stunde", Token("step", 120)),
    **_count(", ".join(EINER), "number", 1),
    **_say("eins", Token("number", 1)),
    **_count("zehn, elf, zwölf, dreizehn, vierzehn, fünfzehn, sechzehn, siebzehn, achtzehn, neunzehn", "number", 10),
    **{ten: (Token("number", 20 + n * 10),) for n, ten in enumerate(ZEHNER)},
    **{
        f"{one}und{ten}": (Token("number", 20 + n * 10 + m),)
        for n, ten in enumerate(ZEHNER)
        for m, one in enumerate(EINER, 1)
    },
}


def _language(words: Mapping[str, Meaning], rewrite: Callable[[str], str] = str) -> Language:
    plain = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
    known = {word.translate(plain): meaning for word, meaning in words.items()} | dict(words)
    longest: dict[str, int] = {}
    for word in known:
        first = word.split(" ")[0]
        longest[first] = max(longest.get(first, 0), word.count(" ") + 1)
    return Language(known, longest, rewrite)


WORDS: Mapping[str, Language] = {
    "en": _language(ENGLISH, lambda text: MERIDIEM.sub(lambda half: f" {half[1] or half[2]}m ", text)),
    "de": _language(GERMAN),
}
