"""What people type that may need help at once: a helper, never a promise, and English only.

Patterns and the rule about negations come from the project's content notes (`keyword` in the catalogue), which tested
them against what people write. The signs behind "head" and "back" are those of `render/safety`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

Concern = Literal["self_harm", "distress", "head", "back"]
"""What the words are about, the gravest first."""

PATTERNS: Mapping[Concern, Sequence[str]] = {
    "self_harm": (
        r"\b(kill|hurt|harm|cut)(ing)?\s+my\s?self\b",
        r"\bsuicid(e|al)\b",
        r"\b(end|ending)\s+(my\s+(own\s+)?life|it\s+all)\b|\b(take|taking)\s+my\s+(own\s+)?life\b",
        r"\b(want|wish|going|ready)\s+(to\s+)?(die|be\s+dead|not\s+wake\s+up)\b",
        r"\bself[\s-]?harm",
        r"\b(better\s+off\s+(dead|without\s+me)|no\s+reason\s+to\s+live)\b",
        r"\bdon'?t\s+want\s+to\s+(live|be\s+here\s+any|be\s+alive)",
    ),
    "distress": (
        r"\b(can'?t|cannot)\s+(go\s+on|live\s+like\s+this|take\s+(it|this)\s+any\s?more|cope\s+any\s?more)\b",
        r"\b(hopeless|no\s+point\s+(in\s+)?(anything|going\s+on)|given\s+up\s+on\s+(life|everything))\b",
    ),
    "head": (
        r"\bthunder\s?clap\b",
        r"\bworst\s+(headache|pain|migraine)\s+(of\s+my\s+life|ever|i('ve)?\s+(ever\s+)?had)\b",
        r"\b(sudden|out\s+of\s+nowhere|like\s+an?\s+explosion)\b.{0,30}\bhead(ache)?\b",
        r"\bhead(ache)?\b.{0,30}\b(suddenly|exploded|explosion)\b",
        r"\bface\s+(is\s+)?(drooping|droops|drooped|numb)\b|\bdrooping\s+(face|eyelid|mouth)\b",
        r"\bslurr(ed|ing)\b|\b(can'?t|could\s?n'?t|trouble|hard\s+to)\s+(speak|talk|find\s+words)\b",
        r"\b(double\s+vision|seeing\s+double|(lost|losing|loss\s+of)\s+(my\s+)?(vision|sight|eyesight))\b",
        r"\b(went\s+blind|blind\s+in)\b",
        r"\b(stiff\s+neck)\b.{0,40}\bfever\b|\bfever\b.{0,40}\bstiff\s+neck\b",
        r"\b(seizure|convuls|fainted|passed\s+out|blacked\s+out|lost\s+consciousness)",
        r"\b(hit|banged|bumped|knocked)\s+my\s+head\b|\bhead\s+injury\b|\bconcuss",
        r"\b(arm|leg|hand|side)\b.{0,20}\b(went|is|feels|gone)\s+(weak|numb|limp)\b",
    ),
    "back": (
        r"\b(numb|numbness|no\s+feeling|can'?t\s+feel|tingl\w+)\b.{0,30}"
        r"\b(groin|genital|crotch|bottom|buttock|private|saddle|between\s+my\s+legs|anus)",
        r"\b(can'?t|cannot|trouble|unable\s+to|hard\s+to)\s+(pee|peeing|urinate|urinating|poop|pooping)\b",
        r"\b(wet|soiled|peed|pooped)\s+my\s?self\b|\bincontinen|\bleaking\s+(urine|pee|stool)\b",
        r"\b(lost|losing)\s+(bladder|bowel)\b",
        r"\bboth\s+legs\b.{0,20}\b(weak|numb|tingl|heavy)",
        r"\b(foot\s+drop|leg\s+(gave\s+way|giving\s+way|is\s+getting\s+weaker))\b",
    ),
}
FOUND = {concern: [re.compile(pattern, re.IGNORECASE) for pattern in PATTERNS[concern]] for concern in PATTERNS}

BODILY: Sequence[Concern] = ("head", "back")
"""Here a "no" or "not" shortly before takes the words back. About a person's life it never does."""

NEGATION = re.compile(r"\b(no|not|never|without|isn't|don't\s+have|denies)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE)


def heard(text: str) -> Concern | None:
    """Return the gravest concern that any words of a text are about; None where there is none."""
    plain = text.replace("’", "'")
    return next((concern for concern in get_args(Concern) if _speaks_of(concern, plain)), None)


def _speaks_of(concern: Concern, text: str) -> bool:
    matches = (match for pattern in FOUND[concern] for match in pattern.finditer(text))
    return any(concern not in BODILY or not NEGATION.search(text[: match.start()]) for match in matches)
