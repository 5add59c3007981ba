"""The words people answer with, and what each stands for; how they are put together is `freetext`'s matter.

A language is one table in WORDS; a third one is a third table. What is typed is folded first (case, blanks, full-width
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

ZAHLEN = ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")

GERMAN: Mapping[str, Meaning] = {
    # What it is about
    **_say("kopfschmerz|kopfschmerzen|kopf|kopfweh|migräne|schmerzen im kopf", Token("topic", "headache")),
    **_say("migränen|migräneanfälle|kopfschmerzattacken", Token("topic", "headache", SEVERAL)),
    **_say("rücken|rückenschmerz|rückenschmerzen|rückenweh|schmerzen im rücken", Token("topic", "back")),
    **_say("rücken oder nacken|nacken oder rücken|rücken - oder nackenschmerzen", Token("topic", "back")),
    **_say("kopf - und rückenschmerzen", Token("topic", "headache"), Token("or"), Token("topic", "back")),
    **_say("schlaf|geschlafen|schlief|schlafe|schlafdauer|schlafstunden|schlafzeit", Token("topic", "sleep_hours")),
    **_say("schlafqualität|qualität|schlaf qualität|qualität des schlafs", Token("topic", "sleep_quality")),
    **_say("haltung|körperhaltung|sitzhaltung", Token("topic", "posture")),
    # Where the back hurt
    **_say("nacken|nackenschmerz|nackenschmerzen|schmerzen im nacken|genick", Token("region", "neck")),
    **_say("oben|oberer rücken|oberen rücken|oberer|oberen|rücken oben", Token("region", "upper")),
    **_say("mittlerer rücken|mittleren rücken|mitte|schmerzen im oberen rücken|bws", Token("region", "upper")),
    **_say("oberer oder mittlerer rücken|oberer , mittlerer rücken", Token("region", "upper")),
    **_say("unten|unterer rücken|unteren rücken|unterer|unteren|rücken unten", Token("region", "lower")),
    **_say(
        "kreuz|kreuzschmerz|kreuzschmerzen|schmerzen im unteren rücken|schmerzen im kreuz|lws", Token("region", "lower")
    ),
    **_say(
        "links|rechts|linke seite|rechte seite|linken seite|rechten seite|beide seiten|beiden seiten", Token("side")
    ),
    **_say("linke|linkes|linken|rechte|rechtes|rechten|linksseitig|rechtsseitig|beidseitig", Token("side")),
    **_say("zog|zieht|gezogen|strahlt|strahlte|strahlt aus|strahlte aus|schoss|ausstrahlend", Token("shot")),
    **_say("bein|beine|beinen|beide beine", Token("leg")),
    # How much
    **_say("sehr schlecht|sehr schlechte|sehr schlechter", Token("grade", number=1)),
    **_say("schlecht|schlechte|schlechter|nicht gut|nicht so gut|nicht besonders gut", Token("grade", number=2)),
    **_say("mittel|mittelmässig|so lala|geht so|ging so|ging|naja|na ja", Token("grade", number=3)),
    **_say("gut|gute|guter", Token("grade", number=4)),
    **_say("sehr gut|sehr gute|sehr guter", Token("grade", number=5)),
    **_say("in ordnung", Token("fine", number=4)),
    **_say("kein|keine|keinen|keiner|keinerlei|nicht|nichts|gar nicht|gar keine|weder|nein", Token("no")),
    **_say("oder|noch", Token("or")),
    **_say("von", Token("of")),
    **{word: (Token("number", number=n),) for n, word in enumerate(ZAHLEN)},
    **{f"{word}einhalb": (Token("number", number=n), Token("half")) for n, word in enumerate(ZAHLEN)},
    **_say("und eine halbe|einhalb|und 1 / 2|und 1/2", Token("half")),
    **_say("anderthalb|eineinhalb", Token("number", "an", 1), Token("half")),
    # How long
    **_say("h|std|std .|stunde|stunden|h .", HOUR),
    **_say("min|min .|minute|minuten", MINUTE),
    **_say("tag|tage|tagen", DAY),
    **_say("eine stunde|einer stunde", Token("number", "an", 1), HOUR),
    **_say("einen tag", Token("number", "an", 1), DAY),
    **_say("halbe stunde|eine halbe stunde|halben stunde|einer halben stunde", Token("number", "half", 0.5), HOUR),
    **_say("dreiviertelstunde|eine dreiviertelstunde|eine dreiviertel stunde", Token("number", "half", 0.75), HOUR),
    **_say("viertelstunde|eine viertelstunde", Token("number", "half", 0.25), HOUR),
    **_say("bis", Token("to")),
    **_say("unter|weniger als|kürzer als", Token("under")),
    **_say("über|mehr als|länger als|mindestens", Token("over")),
    **_say("oder mehr|oder länger|und mehr", Token("more")),
    **_say("für|seit", Token("for")),
    **_say("dauerte|dauerten|dauert|dauern|dauer", Token("lasted")),
    **_say("kopfschmerzen dauerten|kopfschmerz dauerte|migräne dauerte", Token("lasted", "headache")),
    **_say("dauer der kopfschmerzen", Token("lasted", "headache")),
    **_say("dauert noch an|dauern noch an|dauert an|dauern an|hält an|halten an|hält noch an", Token("ongoing")),
    **_say("noch da|immer noch|immer noch da|noch nicht vorbei|halten noch an", Token("ongoing")),
    # How much the headache got in the way
    **_say("nicht gestört|hat nicht gestört|haben nicht gestört|störte nicht|störten nicht", Token("impact", "0")),
    **_say("weniger geschafft|etwas gestört|ein bisschen gestört|ein wenig gestört", Token("impact", "1")),
    **_say("etwas , weniger geschafft|habe weniger geschafft", Token("impact", "1")),
    **_say("stark gestört|sehr gestört|musste aufhören|musste mich hinlegen|musste liegen", Token("impact", "2")),
    **_say("stark , musste aufhören|musste ins bett|ich musste mich hinlegen", Token("impact", "2")),
    **_say("etwas|ein bisschen|ein wenig", Token("extent", "1")),
    **_say("stark|sehr", Token("extent", "2")),
    # A whole day
    **_say("alles gut|alles in ordnung|alles ok|alles okay|alles bestens|alles prima", Token("all_fine")),
    **_say("alles ist gut|alles war gut|war alles gut|ist alles gut", Token("all_fine")),
    **_say("keine schmerzen|gar keine schmerzen|überhaupt keine schmerzen|keinerlei schmerzen", Token("no_pain")),
    **_say("kein schmerz|ohne schmerzen|schmerzfrei|nichts tut weh|nichts tat weh", Token("no_pain")),
    **_say("nichts hat weh getan|nichts hat wehgetan|mir tut nichts weh|mir tat nichts weh", Token("no_pain")),
    # Which day
    **_say("heute|heute morgen|heute früh|heute mittag|heute abend", Token("day", "today")),
    **_say("gestern", Token("day", "yesterday")),
    **_say("letzte nacht|heute nacht|vergangene nacht|diese nacht|in der nacht", Token("night")),
    **_say("montag|mo|dienstag|di|mittwoch|mi|donnerstag|do|freitag|fr|samstag|sonnabend|sonntag", Token("weekday")),
    **_say("montags|dienstags|mittwochs|donnerstags|freitags|samstags|sonnabends|sonntags", Token("weekday")),
    **_say("morgen|übermorgen|vorgestern|letzte woche|diese woche|letzten monat|letztes wochenende", Token("weekday")),
    **_say("januar|jänner|jan|februar|feb|märz|mär|april|apr|mai|juni|jun|juli|jul|august|aug", Token("month")),
    **_say("september|sept|sep|oktober|okt|november|nov|dezember|dez", Token("month")),
    **_say("vor", Token("ago")),
    # What holds it together
    **_say("und|aber|dann|plus|sowie", Token("and")),
    **_say("in|im|ins|am|an|auf", Token("in")),
    **_say("ich|habe|hab|hatte|mir|mein|meine|meinem|der|die|das|dem|den|ein|eine|einen|einer", Token("filler")),
    **_say("war|waren|ist|sind|hat|es|etwa|ca|ca .|circa|ungefähr|rund|nur|bitte|auch|lang", Token("filler")),
    **_say("schmerz|schmerzen|stufe|stärke|wert|tut|tat|weh|wehgetan|getan|schmerzt|schmerzte", Token("filler")),
}


def _typed(words: Mapping[str, Meaning]) -> Mapping[str, Meaning]:
    """Return the words as `fold` leaves them, and with ae, oe and ue for who has no umlauts."""
    plain = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
    folded = {word.casefold(): meaning for word, meaning in words.items()}
    return {word.translate(plain): meaning for word, meaning in folded.items()} | folded


WORDS: Mapping[str, Mapping[str, Meaning]] = {"en": ENGLISH, "de": _typed(GERMAN)}


def _longest(spoken: Mapping[str, Meaning]) -> Mapping[str, int]:
    """Return first word → most words of a phrase that begins so."""
    longest: dict[str, int] = {}
    for phrase in spoken:
        first = phrase.split(" ")[0]
        longest[first] = max(longest.get(first, 0), phrase.count(" ") + 1)
    return longest


LONGEST: Mapping[str, Mapping[str, int]] = {language: _longest(spoken) for language, spoken in WORDS.items()}
