"""What people type that may need help at once: a helper, never a promise.

English patterns and the rule about negations come from the project's content notes (`keyword` in the catalogue), which
tested them against what people write; the German ones say the same and were tried on this project's own sentences only.
Every text is listened to in every language, whichever its writer reads. The signs behind "head" and "back" are those of
`render/safety`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args
from unicodedata import normalize

Concern = Literal["self_harm", "distress", "head", "back"]
"""What the words are about, the gravest first."""

ENGLISH: Mapping[Concern, Sequence[str]] = {
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

GERMAN: Mapping[Concern, Sequence[str]] = {
    "self_harm": (
        r"\bmich\s+(selbst\s+|selber\s+|nicht\s+){0,2}(um(zu)?bring\w*|umgebracht|(zu\s+)?töten)\b",
        r"\bich\s+bring'?e?\s+mich\s+(\w+\s+)?um\b",
        r"\b(suizid|selbstmord|selbsttötung|freitod)",
        r"\bmir\s+(\w+\s+){0,2}(et)?was\s+an(zu)?(tun|getan)\b|\btu'?e?\s+mir\s+(et)?was\s+an\b",
        r"\bmir\s+das\s+leben\s+(zu\s+)?nehmen\b|\b(mein|das)\s+leben\s+(zu\s+)?beenden\b",
        r"\b(allem|meinem\s+leben|dem\s+leben|dem)\s+ein\s+ende\s+(zu\s+)?(setzen|machen|bereiten)\b",
        r"\b(will|möchte|wollte|würde\s+gerne?|am\s+liebsten)\s+(\w+\s+){0,3}(sterben|tot\s+sein)\b",
        r"\b(sterben|tot\s+sein)\s+(will|möchte|wollen)\b|\bwäre?\s+ich\s+(doch\s+)?(nur\s+|bloß\s+)?tot\b",
        r"\bnicht\s+mehr\s+(weiter\s*)?(leben|aufwachen|da\s+sein|am\s+leben)\b",
        r"\bselbst\s?verletz|\bmich\s+(selbst\s+|selber\s+)?(zu\s+)?(ritzen|geritzt)\b|\bich\s+ritze?\s+mich\b",
        r"\bmich\s+(selbst|selber)\s+(zu\s+)?(verletz\w+|schneid\w+|geschnitten)\b",
        r"\bmir\s+(selbst|selber)\s+weh\s?(zu\s?)?tun\b",
        r"\b(besser\s+(dran\s+)?(tot|ohne\s+mich)|ohne\s+mich\s+besser|keinen\s+grund\s+(mehr\s+)?zu\s+leben)\b",
        r"\blebensmüde\b",
    ),
    "distress": (
        r"\bich\s+kann\s+(einfach\s+|wirklich\s+)?nicht\s+mehr\s*($|[.,;!…\n]|weiter\b|so\s+weiter\b)",
        r"\b(halte?|ertrage?)'?\s+(das|es)\s+(alles\s+|einfach\s+)?nicht\s+(mehr|länger)\b",
        r"\bnicht\s+(mehr|länger)\s+(aushalten|auszuhalten|ertragen)\b",
        r"\bso\s+nicht\s+(mehr\s+)?weiter\s?(gehen|leben)\b",
        r"\b(hoffnungslos|keine\s+hoffnung\s+mehr|keinen\s+sinn\s+mehr|alles\s+(ist\s+)?sinnlos)\b",
    ),
    "head": (
        r"\bdonnerschlag|\bvernichtungs(kopf)?schmerz",
        r"\b(schlimmste|stärkste|heftigste)[nrs]?\s+(kopf\w*|schmerz\w*|migräne)\s+(meines\s+lebens|aller"
        r"\s+zeiten|(die\s+ich\s+)?je)",
        r"\bkopf\w*\b.{0,30}\bso\s+(schlimm|stark|heftig)\s+wie\s+(noch\s+)?nie\b",
        r"\b(plötzlich\w*|schlagartig\w*|aus\s+heiterem\s+himmel|wie\s+eine\s+explosion)\b.{0,30}\bkopf",
        r"\bkopf\w*\b.{0,30}\b(plötzlich|schlagartig|explodiert|explosion|aus\s+heiterem\s+himmel)",
        r"\b(gesicht|gesichtshälfte|mundwinkel|augenlid|lid)\b.{0,15}\b(hängt|hing|taub|gelähmt)\b",
        r"\bhängende[rsn]?\s+(gesicht|mund\w*|\w*lid)\b",
        r"\b(lalle|lallt|lallte|lallen|verwaschene?\s+sprache|sprachstörung\w*|wortfindungsstörung\w*)\b",
        r"\b(kann|konnte)\s+(\w+\s+){0,2}(nicht|kaum)\s+(mehr\s+)?(richtig\s+)?(sprechen|reden)\b",
        r"\bsprechen\s+fällt\s+(mir\s+)?(\w+\s+)?schwer\b",
        r"\b(seh'?e?|sah|sehen)\s+(\w+\s+){0,3}(doppelt|doppelbilder|nichts\s+mehr)\b",
        r"\b(doppelbilder|doppelsehen|doppeltsehen)\b",
        r"\b(sehverlust|sehausfall|erblindet|blind\s+geworden|blind\s+auf)\b",
        r"\b(steife[nrms]?\s+(nacken|genick)|nackensteif\w*|nacken\s+(ist\s+)?steif)\b.{0,40}\bfieber\b",
        r"\bfieber\b.{0,40}\b(steife[nrms]?\s+(nacken|genick)|nackensteif\w*|nacken\s+(ist\s+)?(ganz\s+)?steif)\b",
        r"\b(krampfanf(?:a|ä)ll\w*|ohnmächtig|ohnmacht|bewußtlos|bewußtsein\s+verloren|bin\s+umgekippt)\b",
        r"(?<!vor )\bden\s+kopf\s+(\w+\s+){0,4}(an)?(gestoßen|geschlagen|gehauen)\b",
        r"\b(auf\s+den\s+kopf\s+gefallen|schlag\s+(auf|gegen)\s+den\s+kopf|kopfverletzung|gehirnerschütterung)\b",
        r"\b(arm|bein|hand|seite|körperhälfte)\s+(ist|wird|wurde|war|fühlt\s+sich|fühlte\s+sich)\s+(\w+"
        r"\s+){0,3}(taub|gelähmt|schwach)\b",
    ),
    "back": (
        r"\b(taub\w*|kein\w*\s+gefühl|gefühllos|kribbel\w*|spüre?\s+nichts)\b.{0,30}"
        r"\b(im\s+schritt|intimbereich|genital\w*|po|gesäß|hintern|zwischen\s+(den|meinen)\s+beinen|after)\b",
        r"\b(im\s+schritt|intimbereich|genital\w*|po|gesäß|hintern|zwischen\s+(den|meinen)\s+beinen|after)\b"
        r".{0,20}\b(taub|gefühllos|kein\w*\s+gefühl|kribbelt)\b",
        r"\b(kann|konnte)\s+(\w+\s+){0,2}(nicht|kaum)\s+(mehr\s+)?(richtig\s+)?(pinkeln|wasser"
        r"\s+lassen|wasserlassen|urinieren|kacken)\b",
        r"\b(probleme|schwierigkeiten|mühe)\s+(beim|mit\s+dem)\s+(pinkeln|wasserlassen|wasser"
        r"\s+lassen|urinieren|stuhlgang)\b",
        r"\b(in\s+die\s+hose\s+gemacht|eingenässt|eingekotet|inkontinen\w*|harnverhalt)\b",
        r"\bverlier'?e?\s+(\w+\s+)?(urin|stuhl|harn)\b",
        r"\bkeine\s+kontrolle\s+(mehr\s+)?über\s+(die\s+|den\s+|meine\s+|meinen\s+)?(blase|darm|stuhl)\b",
        r"\bkontrolle\s+über\s+(die\s+|den\s+|meine\s+|meinen\s+)?(blase|darm|stuhl)\s+verloren\b",
        r"\b(urin|stuhl|harn)\s+nicht\s+(mehr\s+)?(halten|kontrollieren)\b",
        r"\bbeide\s+beine\b.{0,20}\b(schwach|taub|kribbel\w*|schwer|gelähmt)\b",
        r"\b(fußheberschwäche|fallfuß)\b|\bbein\s+(knickt|sackt)\s+(\w+\s+)?(weg|ein)\b",
        r"\b(bein|fuß)\s+wird\s+(immer\s+)?schwächer\b",
    ),
}
UMLAUTS = {"ä": "(?:ä|ae)", "ö": "(?:ö|oe)", "ü": "(?:ü|ue)", "ß": "(?:ß|ss)"}
"""Not every keyboard has them."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(UMLAUTS.get(letter, letter) for letter in pattern), re.IGNORECASE)


FOUND = {
    concern: [_compiled(pattern) for pattern in (*ENGLISH[concern], *GERMAN[concern])] for concern in get_args(Concern)
}

BODILY: Sequence[Concern] = ("head", "back")
"""Here a "no" or "not" shortly before takes the words back. About a person's life it never does."""

NEGATION = re.compile(
    r"\b(no|not|never|without|isn't|don't\s+have|denies|kein|keine|keinen|nicht|nie|ohne|weder)\b(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)


def heard(text: str) -> Concern | None:
    """Return the gravest concern that any words of a text are about; None where there is none."""
    plain = normalize("NFC", text).replace("’", "'")
    return next((concern for concern in get_args(Concern) if _speaks_of(concern, plain)), None)


def _speaks_of(concern: Concern, text: str) -> bool:
    matches = (match for pattern in FOUND[concern] for match in pattern.finditer(text))
    return any(concern not in BODILY or not NEGATION.search(text[: match.start()]) for match in matches)
