"""When a diary says enough to be worth a doctor's or pharmacist's time: days counted against fixed limits.

A day without an answer is no pain-free day: it is in no count, and a window with too few answers says nothing. Where a
limit is the project's own and no guideline's, its line says so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from bot.domain.checkin import relevant
from bot.domain.history import Day
from bot.domain.questions import AURA, Answers, Hours

AdviceKind = Literal["med_early", "med_limit", "see_prevent", "see_daily", "see_change", "see_back", "see_sleep"]

SOON: Collection[AdviceKind] = tuple(kind for kind in get_args(AdviceKind) if kind != "med_early")
"""What asks for an appointment; "med_early" only lets somebody know."""

LIMITS: Mapping[str, int] = {
    "simple": 15,
    "nsaid": 15,
    "triptan": 10,
    "combo": 10,
    "opioid": 10,
    "ergot": 10,
    "unsure": 10,
}
"""Medicine → days in `MEDICINE_WINDOW` from which it counts as too often (ICHD-3 8.2.1–8.2.5; "unsure" after 8.2.7).

The figures "are based on expert opinion rather than on formal evidence" (ICHD-3 8.2, comment). "other" has no limit.
"""

ANY_MIX = "any_mix"
MIX_LIMIT = 10
"""Days with any of several kinds, none of them too often by itself (ICHD-3 8.2.6, from memory; an older table: 15)."""

EARLY: Mapping[int, int] = {10: 8, 15: 12}
"""Limit → days from which a first word is due (the project's choice)."""

MEDICINE_WINDOW = 30
WINDOW = 28
"""Calendar days."""

FEWEST = 20
"""Below this many days with an answer to its question a window says nothing (the project's choice)."""

MODERATE = 4
SEVERE = 7
"""Scores from which pain counts as moderate and as severe: 1–3, 4–6, 7–10 (NIH pain intensity scale)."""

PREVENT = 4
DAILY = 15
CHANGE_BY, CHANGE_TIMES = 4, 2
BACK_OF, BACK_HURT, BACK_LOOK = 42, 30, 90
SHORT_NIGHT, SHORT_NIGHTS = 6, 15
"""The rules' figures, in days, hours for `SHORT_NIGHT`; where they come from stands with each rule."""

WEEK = 7
AGAIN = 28
MEDICINE_AGAIN = 30
"""Days before anything of `SOON`, before the same of it, and before the same about medicine is said again."""


@dataclass(frozen=True)
class Advice:
    """One thing to say, with its figures; those that a kind has no use for are 0 or empty.

    `n` days of the window it is about; for "see_change" `days` of the window before; for medicine its `limit` in days
    and the code of the `medicine`, or "any_mix".
    """

    kind: AdviceKind
    n: int
    days: int = 0
    limit: int = 0
    medicine: str = ""


def medicine_kinds(answers: Answers) -> frozenset[str] | None:
    """Return the kinds of pain medicine taken, empty for "nothing"; None = unknown.

    Unknown is also a day without pain, where it is not asked, and a question left with nothing ticked. By kind and for
    any pain: what is taken for the back counts too (ICHD-3 8.2).
    """
    ticked = relevant(answers).get("medicine")
    return ticked - {"none"} if isinstance(ticked, frozenset) and ticked else None


def medicine_day(answers: Answers) -> bool | None:
    """Tell whether anything was taken for pain; on a day without any pain it is not asked, and nothing was."""
    kinds = medicine_kinds(answers)
    if kinds is not None:
        return bool(kinds)
    return False if answers.get("headache") == 0 and answers.get("back") == 0 else None


def headache_day(answers: Answers) -> bool | None:
    """Tell whether a day counts as a headache day; None = no score.

    Score ≥ 1, unless it is known to have lasted under 30 minutes and nothing is known to have been taken. There is no
    agreed minimum length (trial guidelines differ); 30 minutes after van der Arend 2023 (Cephalalgia).
    """
    score = _score(answers, "headache")
    if score is None:
        return None
    return score >= 1 and (relevant(answers).get("duration") != "lt30m" or bool(medicine_kinds(answers)))


def moderate_day(answers: Answers) -> bool | None:
    """Tell whether it was a headache day of score ≥ 4, moderate or severe (NIH scale); None = no score."""
    score = _score(answers, "headache")
    return None if score is None else headache_day(answers) is True and score >= MODERATE


def migraine_like_day(answers: Answers) -> bool | None:
    """Tell whether what was ticked looks like migraine; None = the answers that would say so are missing.

    A headache day with (a) 30 minutes or more, two of one-sided, throbbing, score ≥ 4, worse when moving, and nausea
    or light and sound; or (b) an aura; or (c) a triptan or ergotamine taken (van der Arend 2023, Cephalalgia; the
    features are ICHD-3 1.1 C and D). As for a headache day, a length that was not given is none under 30 minutes. It
    is never a diagnosis.
    """
    headache = headache_day(answers)
    if not headache:
        return headache
    features, kinds = relevant(answers).get("features"), medicine_kinds(answers)
    ticked = features if isinstance(features, frozenset) else frozenset()
    pain = [code in ticked for code in ("one_side", "throbbing", "worse_moving")] + [moderate_day(answers) is True]
    beside = "nausea" in ticked or {"light", "sound"} <= ticked
    by_features = sum(pain) >= 2 and beside and relevant(answers).get("duration") != "lt30m"
    if by_features or ticked & AURA or (kinds and kinds & {"triptan", "ergot"}):
        return True
    return False if ticked and kinds is not None else None


def back_day(answers: Answers) -> bool | None:
    """Tell whether the back hurt: score ≥ 1, in the upper or lower back or no region given; None = no score.

    Apart from the neck, because neck pain is itself common in migraine (the content notes, from memory).
    """
    score = _score(answers, "back")
    if not score:
        return None if score is None else False
    regions = _regions(answers)
    return not regions or bool(regions & {"upper", "lower"})


def neck_day(answers: Answers) -> bool | None:
    """Tell whether the neck hurt; None = no score, or pain without a region."""
    score = _score(answers, "back")
    if not score:
        return None if score is None else False
    regions = _regions(answers)
    return "neck" in regions if regions else None


def about_medicine(days: Sequence[Day], told: Collection[tuple[str, date]]) -> Advice | None:
    """Return what to say about the days with pain medicine in the last 30, one thing at most.

    `days` are oldest first and end with the day just answered; `told` is what was said before: (kind of advice, local
    date). Nothing is said twice in 30 days; "med_limit" also keeps to one appointment asked for a week. While a limit
    is reached, and for 30 days after that was said, "med_early" is not: it would sound as if things were better. Days
    without an answer can only hide some, so no number of answers is asked for. Limits after ICHD-3 8.2, `LIMITS`.
    """
    if not days:
        return None
    last = days[-1].day
    taken = [(medicine_kinds(answers) or frozenset()) & set(LIMITS) for answers in _window(days, MEDICINE_WINDOW)]
    counts = {kind: sum(kind in kinds for kinds in taken) for kind in LIMITS}
    reached = [_medicine("med_limit", kind, n) for kind, n in counts.items() if n >= LIMITS[kind]]
    if not reached and sum(n > 0 for n in counts.values()) >= 2 and sum(map(bool, taken)) >= MIX_LIMIT:
        reached = [Advice("med_limit", sum(map(bool, taken)), limit=MIX_LIMIT, medicine=ANY_MIX)]
    if _told(told, ("med_limit",), last, MEDICINE_AGAIN):
        return None
    if reached:
        return None if _told(told, SOON, last, WEEK) else _gravest(reached)
    near = [_medicine("med_early", kind, n) for kind, n in counts.items() if n >= EARLY[LIMITS[kind]]]
    return None if not near or _told(told, ("med_early",), last, MEDICINE_AGAIN) else _gravest(near)


def see_doctor(days: Sequence[Day], told: Collection[tuple[str, date]]) -> Advice | None:
    """Return the gravest reason to see a doctor soon that is due, one at most.

    `days` are oldest first and end with the day just answered, 90 of them for every rule to see all it looks at;
    `told` is what was said before: (kind of advice, local date). At most one of `SOON` a week, the same once in 28
    days (the project's choice).
    """
    if not days or _told(told, SOON, days[-1].day, WEEK):
        return None
    found = (rule(days) for rule in (_daily, _change, _prevent, _back, _sleep))
    return next((one for one in found if one and not _told(told, (one.kind,), days[-1].day, AGAIN)), None)


def _daily(days: Sequence[Day]) -> Advice | None:
    """Headache on ≥ 15 of 28 days: ICHD-3 calls ≥ 15 a month for over three months chronic (1.3, 2.3)."""
    n = _headache_days(_window(days, WINDOW))
    return Advice("see_daily", n) if n is not None and n >= DAILY else None


def _change(days: Sequence[Day]) -> Advice | None:
    """At least twice as many headache days as in the 28 before, and four more.

    A change of pattern is one of the SNNOOP10 signs (Do 2019, Neurology 92:134); the figures are the project's.
    """
    n, before = _headache_days(_window(days, WINDOW)), _headache_days(_window(days, WINDOW, WINDOW))
    if n is None or before is None or n < CHANGE_TIMES * before or n - before < CHANGE_BY:
        return None
    return Advice("see_change", n, days=before)


def _prevent(days: Sequence[Day]) -> Advice | None:
    """Headache on ≥ 4 of 28 days, and once in them it stopped everything (impact 2) or scored ≥ 7.

    Prevention is considered from about four headache days a month with some disability (AHS consensus statement 2021,
    Headache 61:1021; from memory).
    """
    window = _window(days, WINDOW)
    n = _headache_days(window)
    disabling = any(a.get("impact") == "2" or (_score(a, "headache") or 0) >= SEVERE for a in window)
    return Advice("see_prevent", n) if n is not None and n >= PREVENT and disabling else None


def _back(days: Sequence[Day]) -> Advice | None:
    """Back or neck pain, any region, on ≥ 30 of the last 42 days with a score, however many days lie between them.

    Six weeks is a common time point in guidelines (from memory); so there must have been 42 such days, of the last 90.
    A leg alone counts too: it was given as where the back hurt, and is no smaller reason.
    """
    scores = [s for a in _window(days, BACK_LOOK) if (s := _score(a, "back")) is not None][-BACK_OF:]
    n = sum(score >= 1 for score in scores)
    return Advice("see_back", n) if len(scores) == BACK_OF and n >= BACK_HURT else None


def _sleep(days: Sequence[Day]) -> Advice | None:
    """Under 6 hours on ≥ 15 of the last 28 nights, of which 20 have an answer (the project's choice).

    The nights are those of the calendar, since the words are "for four weeks"; a band counts where all of it is below
    six hours, so six hours typed do not.
    """
    nights = [night for a in _window(days, WINDOW) if isinstance(night := a.get("sleep_hours"), Hours)]
    n = sum(night.high <= SHORT_NIGHT and night.low < SHORT_NIGHT for night in nights)
    return Advice("see_sleep", n) if len(nights) >= FEWEST and n >= SHORT_NIGHTS else None


def _window(days: Sequence[Day], count: int, skip: int = 0) -> list[Answers]:
    """Return the answers that still apply, of `count` calendar days, the last `skip` left out."""
    end = days[-1].day - timedelta(days=skip)
    return [relevant(day.answers) for day in days if end - timedelta(days=count) < day.day <= end]


def _headache_days(window: Sequence[Answers]) -> int | None:
    """Count headache days; None where too few days say whether they were one. A night alone says nothing about it."""
    known = [is_one for answers in window if (is_one := headache_day(answers)) is not None]
    return sum(known) if len(known) >= FEWEST else None


def _told(told: Collection[tuple[str, date]], kinds: Collection[str], last: date, within: int) -> bool:
    # Whoever fills in yesterday may have been told something today: that is before `last` by less than nothing.
    return any(kind in kinds and (last - when).days < within for kind, when in told)


def _medicine(kind: Literal["med_early", "med_limit"], medicine: str, n: int) -> Advice:
    return Advice(kind, n, limit=LIMITS[medicine], medicine=medicine)


def _gravest(found: Sequence[Advice]) -> Advice:
    """Return the one most over its limit or closest to it, in days; of equals the one with the lower limit."""
    return max(found, key=lambda advice: (advice.n - advice.limit, -advice.limit))


def _score(answers: Answers, key: str) -> int | None:
    score = answers.get(key)
    return score if isinstance(score, int) else None


def _regions(answers: Answers) -> frozenset[str]:
    regions = relevant(answers).get("back_region")
    return regions if isinstance(regions, frozenset) else frozenset()
