"""The lists of signs that are asked about, never guessed at: which are asked when, and how urgent each sign is.

Head after SNNOOP10 (Do 2019, Neurology 92:134) and NICE CG150 1.1.1; back after the UK cauda equina warning card (BMJ
Best Practice) and IFOMPT (Finucane 2020, JOSPT 50:350); after neck treatment the signs of a torn neck artery (AHA/ASA,
Biller 2014, Stroke 45:3155). No clinician has reviewed the selection.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from bot.domain.history import Day
from bot.domain.profile import Care
from bot.domain.questions import Answers

Checklist = Literal["head", "back", "neck"]
Tier = Literal["emergency", "today", "soon"]
"""How urgent: call now, call a doctor today, see one in the next week or so."""

TIERS: Sequence[Tier] = get_args(Tier)

SIGNS: Mapping[Checklist, Mapping[str, Tier]] = {
    "head": {
        "thunder": "emergency",
        "worst_ever": "emergency",
        "weak_numb": "emergency",
        "speech_confused": "emergency",
        "vision": "emergency",
        "fever_neck": "emergency",
        "injury": "emergency",
        "fit_faint": "emergency",
        "pregnant_now": "today",
        "temple_jaw": "today",
        "position_cough": "soon",
    },
    "back": {
        "saddle": "emergency",
        "bladder_bowel": "emergency",
        "both_legs": "emergency",
        "leg_weak": "emergency",
        "trauma": "emergency",
        "chest_belly": "emergency",
        "sex": "emergency",
        "fever_ill": "today",
        "cancer_weight": "today",
    },
    "neck": {
        "new_neck_head": "today",
        "dizzy_double": "emergency",
        "speech_swallow": "emergency",
        "numb_droop": "emergency",
    },
}

STRONG = 8
"""The score from which the signs are asked about."""

SEVERE = 7
"""The score from which pain after a neck treatment, or while pregnant, is asked about (NRS-11: 7 to 10 is severe)."""

LEG_AGAIN = timedelta(days=30)
AFTER_TREATMENT = timedelta(days=14)
KNOWN_AFTER, KNOWN_FOR = 2, timedelta(days=30)
"""Whoever said "none of these" this often at this score within this time is offered the list, not shown it."""


@dataclass(frozen=True)
class Check:
    """A list that was shown: which, on which day, with what score, and what was said. `none`: none of the signs."""

    checklist: Checklist
    day: date
    score: int | None
    signs: Collection[str] = ()
    none: bool = False


def tier_of(
    checklist: Checklist, signs: Collection[str], care: Collection[Care] = (), *, new: bool = False
) -> Tier | None:
    """Return how urgent the gravest of the ticked signs is; None where nothing calls for a doctor.

    `new`: the person said that something is new or wrong. With an illness that changes the picture (`care`) that alone
    is worth a visit (SNNOOP10: neoplasm, older age at onset, immune system).
    """
    found = {SIGNS[checklist][sign] for sign in signs if sign in SIGNS[checklist]}
    if new and {"over50_new", "cancer", "immune"} & set(care):
        found.add("soon")
    return next((tier for tier in TIERS if tier in found), None)


def score_of(checklist: Checklist, answers: Answers) -> int | None:
    """Return the day's score that a list is about: the head's, the back's, after a neck treatment the worse one."""
    scores = [score for key in ("headache", "back") if isinstance(score := answers.get(key), int)]
    if checklist == "neck":
        return max(scores, default=None)
    score = answers.get("headache" if checklist == "head" else "back")
    return score if isinstance(score, int) else None


def wanted(
    answers: Answers, before: Sequence[Day], asked: Collection[Checklist], *, treated: bool
) -> Sequence[Checklist]:
    """Return the lists that a day's answers call for and that were not asked that day.

    `before` are the days ahead of it, 30 or more; `treated`: there was a visit to a chiropractor within 14 days about
    which nobody has asked yet.
    """
    head, back = score_of("head", answers) or 0, score_of("back", answers) or 0
    region = answers.get("back_region")
    where: Collection[str] = region if isinstance(region, frozenset) and back else ()
    found: list[Checklist] = []
    if head >= STRONG or (head and answers.get("aura_known") == "new"):
        found.append("head")
    if back >= STRONG or ("leg" in where and not any(_down_a_leg(day) for day in before[-LEG_AGAIN.days :])):
        found.append("back")
    if treated and (head >= SEVERE or (back >= SEVERE and "neck" in where)):
        found.append("neck")
    return [each for each in found if each not in asked]


def is_known(checklist: Checklist, score: int | None, checks: Sequence[Check], today: date) -> bool:
    """Tell whether somebody said "none of these" twice within 30 days at this score: then the list is only offered."""
    same = [
        check
        for check in checks
        if check.checklist == checklist
        and check.none
        and check.score == score
        and today - KNOWN_FOR < check.day < today
    ]
    return len(same) >= KNOWN_AFTER


def _down_a_leg(day: Day) -> bool:
    region, back = day.answers.get("back_region"), day.answers.get("back")
    return isinstance(region, frozenset) and "leg" in region and isinstance(back, int) and back > 0
