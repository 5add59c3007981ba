"""The diary as a table: one row a calendar day, those without a card among them; safe to open in a spreadsheet.

Columns and their names come from the project's content notes (§5.4). Empty = not answered, or not asked; 1 and 0 are
yes and no.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from io import StringIO

from bot.domain.checkin import relevant
from bot.domain.checklists import TIERS, tier_of
from bot.domain.history import Day
from bot.domain.log import KINDS
from bot.domain.questions import BY_KEY, FACTORS, VERSION, Answers, Hours
from bot.domain.rules import back_day, headache_day, migraine_like_day, moderate_day, neck_day
from bot.domain.takeout import CheckIn, Event, Takeout, value_of

Row = Mapping[str, object]

FEATURES, MEDICINE, REGIONS = (
    tuple(code for code in BY_KEY[key].choices) for key in ("features", "medicine", "back_region")
)
FIRST = ("diary_date", "tz", "answered_at_utc", "source", "is_late", "logged")
COLUMNS: tuple[str, ...] = (
    *FIRST,
    *("headache_nrs", "headache_day", "headache_duration"),
    *(f"f_{code}" for code in FEATURES if code != "none"),
    *("aura_known", "headache_impact", "moderate_severe_day", "migraine_like_day", "back_nrs"),
    *(f"back_{code}" for code in REGIONS),
    *("back_day", "neck_day"),
    *(f"med_{code}" for code in MEDICINE),
    *("med_helped", "sleep_hours", "sleep_low", "sleep_high", "sleep_quality", "posture"),
)
LAST = ("safety_tier", "questionnaire_version", "note")
"""The columns before and after those of what somebody follows and notes, which are another list for each person."""

FORMULA = "=+-@\t\r\n＝＋－＠"
"""What a spreadsheet may take a cell for a formula by."""


def columns(diary: Takeout) -> tuple[str, ...]:
    """Return the columns of a diary: with one for each factor ever followed and each remedy ever noted."""
    offered = {
        key.partition(":")[2] for checkin in diary.checkins for key in checkin.asked if key.startswith("factors:")
    }
    ticked = {code for checkin in diary.checkins for code in _codes(_answers(checkin), "factors") or ()}
    noted = {event.kind for event in diary.events}
    return (
        *COLUMNS,
        *(f"factor_{code}" for code in FACTORS if code in offered | ticked | set(diary.profile.followed)),
        *(f"remedy_{kind}" for kind in KINDS if kind in noted),
        *LAST,
    )


def rows(diary: Takeout, today: date) -> Iterator[Row]:
    """Yield every day from the first that has a card or something noted up to `today`."""
    cards = {checkin.day: checkin for checkin in diary.checkins}
    events: dict[date, list[Event]] = {}
    for event in diary.events:
        events.setdefault(event.day, []).append(event)
    last = max((today, *cards))
    if cards or events:
        first = min((*cards, *events))
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            yield _row(day, cards.get(day), events.get(day, ()))


def as_csv(names: Sequence[str], lines: Iterable[Row]) -> bytes:
    """Return a table as RFC 4180 wants it, in UTF-8; a cell that looks like a formula begins with an apostrophe."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([_cell(line.get(name)) for name in names] for line in lines)
    return out.getvalue().encode()


def _row(day: date, checkin: CheckIn | None, events: Sequence[Event]) -> Row:
    noted = {f"remedy_{event.kind}": 1 for event in events}
    tier = _tier(events)
    if checkin is None:
        return {"diary_date": day, "logged": 0, "safety_tier": tier, **noted}
    every = _answers(checkin)
    answers = relevant(every)
    ticked, offered = _codes(answers, "factors"), {key.partition(":")[2] for key in checkin.asked}
    newest = max(checkin.answers.values(), key=lambda answer: answer.answered_at, default=None)
    hours = answers.get("sleep_hours")
    low, high, middle = (hours.low, hours.high, hours.middle) if isinstance(hours, Hours) else (None, None, None)
    followed = {code: code in ticked for code in FACTORS if ticked is not None and (code in offered or code in ticked)}
    return {
        "diary_date": day,
        "tz": checkin.zone,
        "answered_at_utc": checkin.answered_at and checkin.answered_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": newest and newest.source,
        "is_late": checkin.late,
        "logged": Day(day, every).logged,
        "headache_nrs": answers.get("headache"),
        "headache_day": headache_day(answers),
        "headache_duration": answers.get("duration"),
        **_each("f", FEATURES, _codes(answers, "features")),
        "aura_known": answers.get("aura_known"),
        "headache_impact": answers.get("impact"),
        "moderate_severe_day": moderate_day(answers),
        "migraine_like_day": migraine_like_day(answers),
        "back_nrs": answers.get("back"),
        **_each("back", REGIONS, _codes(answers, "back_region")),
        "back_day": back_day(answers),
        "neck_day": neck_day(answers),
        **_each("med", MEDICINE, _codes(answers, "medicine")),
        "sleep_hours": middle,
        "sleep_low": low,
        "sleep_high": high,
        "sleep_quality": answers.get("sleep_quality"),
        "posture": answers.get("posture"),
        **{f"factor_{code}": on for code, on in followed.items()},
        **noted,
        "safety_tier": tier,
        "questionnaire_version": VERSION,
        "note": answers.get("note"),
    }


def _answers(checkin: CheckIn) -> Answers:
    return {key: value_of(answer.value) for key, answer in checkin.answers.items()}


def _codes(answers: Answers, key: str) -> Collection[str] | None:
    """Return what was ticked; None where nothing was: that may be an answer that nobody has finished."""
    ticked = answers.get(key)
    return ticked if isinstance(ticked, frozenset) and ticked else None


def _each(prefix: str, codes: Sequence[str], ticked: Collection[str] | None) -> Mapping[str, bool]:
    return {f"{prefix}_{code}": code in ticked for code in codes} if ticked is not None else {}


def _tier(events: Sequence[Event]) -> str | None:
    """Return how urgent the gravest sign was that was ticked that day; "none" where there were none of a list."""
    checks = [event.details for event in events if event.kind == "check"]
    found = {tier_of(check["list"], check["signs"]) for check in checks if check["signs"]}  # type: ignore[arg-type]
    said_none = any(check["none"] for check in checks)
    return next((tier for tier in TIERS if tier in found), "none" if said_none else None)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" \xa0\ufeff").startswith(tuple(FORMULA)) else text
