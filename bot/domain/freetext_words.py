"""The words people answer with, and what each stands for; how they are put together is `freetext`'s matter.

A language is one table in WORDS; German would be a second one. What is typed is folded first (case, blanks, full-width
figures, dashes), then cut into tokens, the longest phrase first. What is in no table becomes a token "unknown".
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from bot.domain.time_words import PLAIN

# fmt: off
Role = Literal[
    "topic", "region", "side", "shot", "leg", "number", "clock", "half", "unit", "to", "under", "over", "more", "of",
    "slash", "grade", "how", "fine", "no", "or", "for", "lasted", "ongoing", "impact", "all_fine", "no_pain", "day",
    "night", "weekday", "month", "ago", "colon", "dash", "comma", "and", "in", "extent", "filler", "unknown",
]
# fmt: on


class Token(NamedTuple):
    """One thing said. `word` is the question, region or choice it names, `number` the figure, the grade or the minutes
    of a unit: what the role needs. `start` and `end` are where it stands in the folded text."""

    role: Role
    word: str = ""
    number: float = 0
    start: int = 0
    end: int = 0


LONGEST_FIGURE = 7
"""Characters of a number that is still read; no scale needs more."""

PIECE = re.compile(
    r"""(?P<clock>[0-9]{1,2}:[0-9]{2}(?![0-9]))
    | (?P<half>(?<![0-9/.,])1/2(?![0-9/])|½)
    | (?P<broken>[0-9]+(?:[.,][0-9]+){2,})
    | (?P<number>[0-9]+(?:[.,][0-9]+)?)
    | (?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*)
    | (?P<to>(?<=[0-9])-(?=[0-9]))
    | (?P<dash>(?<=\s)-(?=\s))
    | (?P<sign>\S)""",
    re.VERBOSE,
)
SIGNS: Mapping[str, Role] = {
    **dict.fromkeys(",;.!\n•", "comma"),
    **dict.fromkeys("&+", "and"),
    **dict.fromkeys(":=", "colon"),
    "/": "slash",
    "~": "filler",
}
Meaning = tuple[Token, ...]


def fold(text: str) -> str:
    """Return the text in small letters with single blanks; lines are parted by a comma. Never raises.

    Figures of every script count: who types ٧ means 7.
    """
    figures = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    plain = unicodedata.normalize("NFC", figures.translate(PLAIN).casefold())
    return f" {' , '.join(' '.join(line.split()) for line in plain.splitlines() if line.strip())} "


def tokens(folded: str, language: str) -> Iterator[Token]:
    """Cut folded text into what its words and figures stand for, in their order. Never raises."""
    code = language[:2] if language[:2] in WORDS else "en"
    spoken, longest = WORDS[code], LONGEST[code]
    pieces = list(PIECE.finditer(folded))
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        for count in range(longest.get(piece[0], 0), 0, -1):
            phrase = " ".join(found[0] for found in pieces[at : at + count])
            if phrase in spoken:
                end = pieces[min(at + count, len(pieces)) - 1].end()
                yield from (token._replace(start=piece.start(), end=end) for token in spoken[phrase])
                at += count
                break
        else:
            yield _figure_or_sign(piece)._replace(start=piece.start(), end=piece.end())
            at += 1


def _figure_or_sign(piece: re.Match[str]) -> Token:
    if piece.lastgroup == "clock":
        hours, minutes = piece[0].split(":")
        return Token("clock", number=int(hours) + int(minutes) / 60) if int(minutes) < 60 else Token("unknown")
    if piece.lastgroup == "number" and len(piece[0]) <= LONGEST_FIGURE:
        return Token("number", piece[0], float(piece[0].replace(",", ".")))
    if piece.lastgroup == "half":
        return Token("half")
    if piece.lastgroup == "dash":
        return Token("dash")
    if piece.lastgroup == "to":
        return Token("to")
    return Token(SIGNS.get(piece[0], "unknown"))


def _say(words: str, *meaning: Token) -> dict[str, Meaning]:
    return dict.fromkeys(words.split("|"), meaning)


def _count(words: str, role: Role, first: int = 0) -> dict[str, Meaning]:
    """Number the words "a, b, c|d, …" from `first`."""
    named: dict[str, Meaning] = {}
    for n, line in enumerate(words.split(", "), first):
        named |= _say(line, Token(role, number=n))
    return named


SEVERAL = 2
"""Marks a word for more than one: "2 headaches" counts them, and is no score."""

HOUR, MINUTE, DAY = Token("unit", number=60), Token("unit", number=1), Token("unit", number=1440)

ENGLISH: Mapping[str, Meaning] = {
    # What it is about
    **_say("headache|head|head ache|head pain|migraine", Token("topic", "headache")),
    **_say("headaches|migraines", Token("topic", "headache", SEVERAL)),
    **_say("head hurt|head hurts", Token("topic", "headache")),
    **_say("back|back pain|backpain|backache|back ache|back hurt|back hurts|pain in my back", Token("topic", "back")),
    **_say("back or neck|back or neck pain|neck or back|neck or back pain", Token("topic", "back")),
    **_say("sleep|slept|asleep|sleep hours|hours slept|sleep time", Token("topic", "sleep_hours")),
    **_say("sleep quality|quality|quality of sleep|sleep quality was", Token("topic", "sleep_quality")),
    **_say("posture", Token("topic", "posture")),
    # Where the back hurt
    **_say("neck|neck pain|neck hurt|neck hurts|pain in my neck|pain in the neck", Token("region", "neck")),
    **_say("upper|upper back|upper back pain|middle back|mid back|mid-back|middle", Token("region", "upper")),
    **_say("upper or middle back|upper or middle|upper back hurts", Token("region", "upper")),
    **_say("lower|lower back|lower back pain|low back|low back pain|lower back hurts", Token("region", "lower")),
    **_say("pain in my lower back|pain in the lower back", Token("region", "lower")),
    **_say("pain in my upper back|pain in the upper back", Token("region", "upper")),
    **_say("left|right|left side|right side|left-hand side|right-hand side|both sides", Token("side")),
    **_say("shot down|shoots down|shooting down|goes down|went down|radiates down|shot into", Token("shot")),
    **_say("leg|legs|one leg|both legs", Token("leg")),
    # How much
    **_say("very badly|very poorly|very bad|very poor", Token("how", number=1)),
    **_say("badly|poorly", Token("how", number=2)),
    **_say("well", Token("how", number=4)),
    **_say("very well", Token("how", number=5)),
    **_say("bad|poor|not great", Token("grade", number=2)),
    **_say("so-so|so so", Token("grade", number=3)),
    **_say("good", Token("grade", number=4)),
    **_say("very good", Token("grade", number=5)),
    **_say("fine", Token("fine", number=4)),
    **_say("no|none|not any", Token("no")),
    **_say("or|nor", Token("or")),
    **_say("of", Token("of")),
    **_say("out of", Token("slash")),
    **_count("zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve", "number"),
    **_say("and a half|and half|and 1 / 2|and 1/2", Token("half")),
    # How long
    **_say("h|hr|hrs|hour|hours", HOUR),
    **_say("min|mins|minute|minutes", MINUTE),
    **_say("day|days", DAY),
    **_say("an hour", Token("number", "an", 1), HOUR),
    **_say("half an hour|half hour|half a hour|a half hour", Token("number", "half", 0.5), HOUR),
    **_say("an hour and a half|one hour and a half", Token("number", "an", 1.5), HOUR),
    **_say("to", Token("to")),
    **_say("under|less than|below", Token("under")),
    **_say("over|more than|at least", Token("over")),
    **_say("or more|or longer", Token("more")),
    **_say("for", Token("for")),
    **_say("lasted|lasting|lasts", Token("lasted")),
    **_say("headache lasted|headache lasts|migraine lasted", Token("lasted", "headache")),
    **_say("ongoing|still going on|still going|still ongoing|is ongoing|is still going on", Token("ongoing")),
    # How much the headache got in the way
    **_say("did not get in the way|didn't get in the way|did not get in my way", Token("impact", "0")),
    **_say("didn't get in my way|not in the way", Token("impact", "0")),
    **_say("got in the way a bit|got in the way a little|got in my way a bit|got less done", Token("impact", "1")),
    **_say("a bit in the way|i got less done|got in the way somewhat", Token("impact", "1")),
    **_say("had to lie down|had to stop|got in the way a lot|got in my way a lot", Token("impact", "2")),
    **_say("i had to lie down|i had to stop|had to go to bed", Token("impact", "2")),
    **_say("a bit|a little", Token("extent", "1")),
    **_say("a lot", Token("extent", "2")),
    # A whole day
    **_say("all fine|all good|all is fine|all is good|all ok|all okay|all well", Token("all_fine")),
    **_say("everything fine|everything is fine|everything's fine|everything good", Token("all_fine")),
    **_say("no pain|no pain at all|no pains|pain free|pain-free|nothing hurts|nothing hurt", Token("no_pain")),
    **_say("without pain|no pain anywhere|painless", Token("no_pain")),
    # Which day
    **_say("today", Token("day", "today")),
    **_say("yesterday", Token("day", "yesterday")),
    **_say("last night", Token("night")),
    **_say("monday|mon|tuesday|tue|tues|wednesday|wed|thursday|thu|thurs|friday|fri|saturday|sunday", Token("weekday")),
    **_say("mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays", Token("weekday")),
    **_say("tomorrow|day before yesterday|the day before yesterday|the day before|last week", Token("weekday")),
    **_say("last month|this week|last weekend", Token("weekday")),
    **_say("january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug", Token("month")),
    **_say("september|sept|sep|october|oct|november|nov|december|dec", Token("month")),
    **_say("ago", Token("ago")),
    # What holds it together
    **_say("and|but|then|plus", Token("and")),
    **_say("in|on", Token("in")),
    **_say("i|i've|my|the|a|was|is|were|had|have|got|it|about|around|roughly|only|just|please|level", Token("filler")),
    **_say("score|at worst|at its worst|pain|also", Token("filler")),
}

WORDS: Mapping[str, Mapping[str, Meaning]] = {"en": ENGLISH}


def _longest(spoken: Mapping[str, Meaning]) -> Mapping[str, int]:
    """Return first word → most words of a phrase that begins so."""
    longest: dict[str, int] = {}
    for phrase in spoken:
        first = phrase.split(" ")[0]
        longest[first] = max(longest.get(first, 0), phrase.count(" ") + 1)
    return longest


LONGEST: Mapping[str, Mapping[str, int]] = {language: _longest(spoken) for language, spoken in WORDS.items()}
