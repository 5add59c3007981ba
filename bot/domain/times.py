"""Typed times: the wall times and days a person means, or why they are not clear; never a guess.

What is read how, where people could mean more than one thing:

* Figures are the 24-hour clock: `8` and `8:30` are in the morning, `2:30` is at night. A bare hour from 1 to 5, in
  figures or in words (`at 3`, `half past two`), is asked back. So is an hour without am or pm beside one that has it
  (`8 and 9 pm`), unless the order of the day leaves one reading (`10 and 5 pm`), and a backward span (`9 to 5`).
* Several weekdays, `fridays` and `every friday` come weekly, `this friday` once; a single `friday` is asked back.
* Days belong to the hours behind them or, where a text begins with hours, to those before them.
* A span over midnight goes on into the next day: `fridays every 2 hours from 22 to 2` ends on Saturdays.
* Midnight is 00:00; of some days only (`mondays at midnight`) it is asked back: it may be the night before or after.
* A date without a year is the next one or the one just past: 14 January in December, but not 14 May on 15 May.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import groupby, pairwise

from bot.domain.reminders import EVERY_DAY
from bot.domain.time_grammar import read_terms
from bot.domain.time_terms import Days, Moment, Refused, Span, Step, Term, Terms, Why, in_part
from bot.domain.time_words import tokens

__all__ = ["MOST", "NotTimes", "Slot", "Times", "Why", "read_one_time", "read_times"]

ZERO_TO_NINE = tuple(f"{minute:02}" for minute in range(10))
MOST = 24
"""Wall times one text may name."""


@dataclass(frozen=True)
class Slot:
    """One wall time, to the minute, on these weekdays (0 = Monday)."""

    at: time
    weekdays: frozenset[int]


@dataclass(frozen=True)
class Times:
    """What was understood: slots by wall time, each time once. With `once_on` each comes once, on that date."""

    slots: tuple[Slot, ...]
    once_on: date | None = None


@dataclass(frozen=True)
class NotTimes:
    """Why not, and the words that stand in the way."""

    why: Why
    word: str = ""


Hour = Moment | Span


@dataclass(frozen=True)
class Group:
    """Days and the hours that belong to them."""

    days: Days
    hours: tuple[Hour, ...]


def read_times(
    text: str, today: date, now: time, *, default_weekdays: frozenset[int] | None = None, language: str = "en"
) -> Times | NotTimes:
    """Read every time a text names; `today` and `now` (naive) are the person's own. No text raises.

    `default_weekdays` (every day) holds where no day is named. A language without a table is read as English.
    """
    try:
        terms = read_terms(tuple(tokens(text, language)), today)
        _figures_are_clear(terms.found)
        groups = [_in_its_part(group) for group in _groups(_with_steps(terms.found))]
        _halves_are_clear([hour for group in groups for hour in group.hours])
        once_on = _once_on(groups, terms, today)
        slots = _slots(groups, _weekdays(groups, terms, once_on, default_weekdays or EVERY_DAY), once_on is not None)
        if once_on == today and slots[0].at <= now:
            raise Refused("past", f"{slots[0].at:%H:%M}")
    except Refused as refused:
        return NotTimes(refused.why, refused.word)
    return Times(slots, once_on)


def read_one_time(text: str, language: str = "en") -> time | None:
    """Read a single wall time and nothing else: `8:30`, `8.30 pm`, `half past 8`, `20h`, `noon`, `8 in the evening`;
    None for anything else. What is unclear to `read_times` is None here too."""
    try:
        terms = read_terms(tuple(tokens(text, language)), date.min)
        groups = [_in_its_part(group) for group in _groups(_with_steps(terms.found))]
        days, hours = groups[0].days, groups[0].hours
        _halves_are_clear(hours)
    except Refused:
        return None
    if len(groups) > 1 or len(hours) > 1 or terms != Terms(terms.found) or days != Days(days.raw, part=days.part):
        return None
    return _wall(hours[0].minutes) if isinstance(hours[0], Moment) else None


# Days and their hours


def _groups(terms: Sequence[Term]) -> list[Group]:
    runs = [tuple(run) for _, run in groupby(terms, key=lambda term: isinstance(term, Days))]
    days = [_together(run) for run in (_only_days(run) for run in runs) if run]
    hours = [run for run in (_only_hours(run) for run in runs) if run]
    if not hours:
        raise Refused("no_hour")
    if not days:
        return [Group(Days(""), hours[0])]
    if len(days) != len(hours):
        raise Refused("unclear_day", days[-1].raw)
    groups: list[Group] = []
    for named, meant in zip(days, hours, strict=True):
        if groups and not (named.weekdays or named.on or named.every):
            named = replace(groups[-1].days, raw=named.raw, part=named.part)  # "…, and in the evening at 6"
        groups.append(Group(named, meant))
    return groups


def _only_days(run: Sequence[Term]) -> tuple[Days, ...]:
    return tuple(term for term in run if isinstance(term, Days))


def _only_hours(run: Sequence[Term]) -> tuple[Hour, ...]:
    return tuple(term for term in run if isinstance(term, Hour))


def _together(run: Sequence[Days]) -> Days:
    """Return the days named in a row as one."""
    dated = [days for days in run if days.on]
    parts = [days for days in run if days.part is not None]
    named = [days for days in run if days.weekdays]
    on = dated[0].on if dated else None
    second = next((days.raw for days in dated if days.on != on), None)
    if second is not None:
        raise Refused("date", second)
    if any(days.part != parts[0].part for days in parts):
        raise Refused("unclear_hour", parts[-1].raw)
    weekdays = frozenset().union(*(days.weekdays for days in named))
    lone = len(weekdays) == 1 and all(days.lone for days in named)
    every = any(days.every for days in run)
    if on and (every or (named and not (lone and on.weekday() in weekdays))):
        raise Refused("weekday", next((days.raw for days in run if days.every or days.weekdays), ""))
    part = parts[0].part if parts else None
    raw = " ".join(days.raw for days in run)
    return Days(raw, frozenset() if on else weekdays, on, every, lone and not on, part)


def _once_on(groups: Sequence[Group], terms: Terms, today: date) -> date | None:
    """Return the date these times are for; None where they come weekly."""
    days = [group.days for group in groups]
    weekdays = frozenset().union(*(named.weekdays for named in days))
    first = days[0].on
    differing = next((named for named in days if named.on != first), None)
    if differing is not None:
        raise Refused("date" if first and differing.on else "weekday", differing.raw)
    if first:
        if terms.weekly or terms.without:
            raise Refused("weekday", days[0].raw)
        return first
    lone = len(weekdays) == 1 and all(named.lone for named in days)
    if terms.once and lone:
        return today + timedelta((next(iter(weekdays)) - today.weekday()) % 7)
    if terms.once or (lone and not terms.weekly) or (terms.weekly and not weekdays):
        raise Refused("unclear_day", days[0].raw)
    return None


def _weekdays(
    groups: Sequence[Group], terms: Terms, once_on: date | None, default: frozenset[int]
) -> list[frozenset[int]]:
    """Return each group's weekdays."""
    generic = EVERY_DAY if terms.without else default
    named = [group.days.weekdays or (EVERY_DAY if group.days.every else generic) for group in groups]
    if once_on:
        named = [frozenset({once_on.weekday()})] * len(groups)
    elif terms.without:
        if len(groups) > 1 or not terms.without < named[0]:
            raise Refused("weekday", groups[0].days.raw)
        named = [named[0] - terms.without]
    for n, (group, weekdays) in enumerate(zip(groups, named, strict=True)):
        # "daily at 9, weekends at 11": at both on Sunday, or at 11 instead?
        if any(weekdays != other and weekdays & other for other in named[:n]):
            raise Refused("unclear_day", group.days.raw)
        if once_on or (weekdays != EVERY_DAY and (group.days.weekdays or terms.without)):
            for moment in (hour.first if isinstance(hour, Span) else hour for hour in group.hours):
                if moment.small_hours:
                    raise Refused("unclear_hour", moment.raw)
    return named


def _slots(groups: Sequence[Group], named: Sequence[frozenset[int]], once: bool) -> tuple[Slot, ...]:
    found: dict[int, frozenset[int]] = {}
    for group, weekdays in zip(groups, named, strict=True):
        for hour in group.hours:
            for minutes in _readings(hour):
                later, at = divmod(minutes, 1440)
                if later and once:
                    raise Refused("range", hour.raw)
                found[at] = found.get(at, frozenset()) | {(day + later) % 7 for day in weekdays}
                if len(found) > MOST:
                    raise Refused("too_many")
    return tuple(Slot(_wall(at), found[at]) for at in sorted(found))


def _readings(hour: Hour) -> range:
    """Return the minutes since midnight of the first day that an hour or a span with its step stands for."""
    if isinstance(hour, Moment):
        return range(hour.minutes, hour.minutes + 1)
    first, last = hour.first.minutes, hour.last.minutes
    if last < first:
        last += 1440
    if not 0 < hour.step <= last - first:
        raise Refused("range", hour.raw)
    return range(first, last + 1, hour.step)


def _wall(minutes: int) -> time:
    return time(*divmod(minutes, 60))


# Hours


def _with_steps(terms: Sequence[Term]) -> list[Term]:
    """Give each span its step: the only one there is ("hourly 9-12 and 14-17"), or the one beside it."""
    steps = [term for term in terms if isinstance(term, Step)]
    spans = [term for term in terms if isinstance(term, Span)]
    if not steps and not spans:
        return list(terms)
    turns = [isinstance(term, Step) for term in terms if isinstance(term, Step | Span)]
    in_turns = len(steps) == len(spans) and all(one != next_one for one, next_one in pairwise(turns))
    if not spans or not (len(steps) == 1 or in_turns):
        raise Refused("range", (steps or spans)[0].raw)
    minutes = iter(step.minutes for step in (steps * len(spans) if len(steps) == 1 else steps))
    given = (replace(term, step=next(minutes)) if isinstance(term, Span) else term for term in terms)
    return [term for term in given if not isinstance(term, Step)]


def _in_its_part(group: Group) -> Group:
    """Read a group's hours as they are meant in its part of the day."""
    part = group.days.part
    if part is None:
        return group
    return replace(
        group,
        hours=tuple(
            replace(hour, first=in_part(hour.first, part), last=in_part(hour.last, part))
            if isinstance(hour, Span)
            else in_part(hour, part)
            for hour in group.hours
        ),
    )


def _figures_are_clear(terms: Sequence[Term]) -> None:
    """Refuse `10 15`, which may be one time or two, and `14.05 9:00`, which may be a date and a time."""
    rows: list[list[Moment]] = [[]]
    for term in terms:
        if not isinstance(term, Moment) or not term.only or term.after != "blank":
            rows.append([])
        if isinstance(term, Moment) and term.only:
            rows[-1].append(term)
    for row in rows:
        mixed = any(before.only == "sign" != here.only for before, here in pairwise(row))  # 20h 15
        padded = any(here.raw in ZERO_TO_NINE for here in row[1:])  # 8 05
        of_two = len(row) == 2 and row[1].only != "sign" and (row[1].only == "word" or row[1].hour % 5 == 0)
        if mixed or padded or of_two:
            raise Refused("unclear_hour", " ".join(moment.raw for moment in row))
    hours = [term.first if isinstance(term, Span) else term for term in terms if isinstance(term, Hour)]
    for before, here in pairwise(hours):
        for one, other in ((before, here), (here, before)):
            if here.after != "and" and one.like_a_date and "." not in other.raw:
                raise Refused("unclear_hour", one.raw)


def _halves_are_clear(hours: Sequence[Hour]) -> None:
    """Refuse what may be in the morning or in the evening (see above)."""
    moments: list[Moment] = []
    for hour in hours:
        ends = (hour.first, hour.last) if isinstance(hour, Span) else (hour,)
        whole_day = len(ends) == 2 and any(end.form == "full" and end.hour > 12 for end in ends)
        for moment in ends:
            if moment.form == "bare" and 1 <= moment.hour <= 5 and not whole_day:
                raise Refused("unclear_hour", moment.raw)
        if len(ends) == 2 and ends[1].minutes < ends[0].minutes and {end.form for end in ends} <= {"bare", "open"}:
            raise Refused("unclear_hour", ends[1].raw)
        moments += ends
    said = [(n, moment.minutes) for n, moment in enumerate(moments) if moment.form == "said"]
    for n, moment in enumerate(moments):
        if moment.form in ("bare", "open"):
            before = next((minutes for m, minutes in reversed(said) if m < n), -1)
            after = next((minutes for m, minutes in said if m > n), 0)
            if moment.minutes <= before or moment.minutes + 720 < after:
                raise Refused("unclear_hour", moment.raw)
