"""What goes to the doctor: a person's days in figures, 28 by 28, with every gap counted as a gap.

28-day windows, so that each holds four weekends; every count stands beside the days that it is of (content notes 5.3).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from statistics import fmean

from bot.domain.before_after import BeforeAfter
from bot.domain.checkin import relevant
from bot.domain.checklists import Check
from bot.domain.history import Day
from bot.domain.log import Kind
from bot.domain.patterns import Look
from bot.domain.profile import Injury
from bot.domain.questions import BY_KEY, Answers, Hours, above_zero, always, any_pain
from bot.domain.rules import (
    LIMITS,
    back_day,
    headache_day,
    medicine_day,
    medicine_kinds,
    migraine_like_day,
    moderate_day,
    neck_day,
)
from bot.domain.summary import SHORT_NIGHT

WEEKS = (4, 8, 12)
"""How many weeks a report can be about; eight make a good diary (NICE CG150)."""

WINDOW = 28
"""Days."""

FEWEST = 5
"""With fewer answered days in the period there is no page (the project's choice)."""

ENOUGH = 20
"""Known days of the 28 from which a count is told per 28 days too, and windows are compared (content notes 5.3)."""

MOST_NOTES, LONGEST_NOTE = 5, 120
MOST_CHECKS, MOST_COMPARED, MOST_QUESTIONS = 4, 2, 10
"""What one page has room for, and how many characters of a note."""

VISITS: tuple[Kind, ...] = ("doctor", "physio", "massage", "chiropractor", "acupuncture", "other")
CHANGES: tuple[Kind, ...] = ("medicine_started", "medicine_changed", "pillow", "desk")
"""Of visits it is told how many there were, of changes when."""

COMPARED: Collection[Kind] = {*VISITS, *CHANGES} - {"doctor", "other"}
"""What headaches are counted before and after: "something else" is no kind of its own, and a doctor may do anything."""

LIGHT_AND_SOUND = "light_and_sound"
FEATURES = ("one_side", "throbbing", "worse_moving", "nausea", LIGHT_AND_SOUND, "aura_vision", "aura_sense_speech")
LENGTHS = BY_KEY["duration"].choices


@dataclass(frozen=True)
class Counted:
    """`n` of `known` days; what was not answered is in neither."""

    n: int
    known: int

    @property
    def per_window(self) -> int | None:
        """Return how many that would be in 28 days; None where too few are known to say so."""
        return round(self.n * WINDOW / self.known) if self.known >= ENOUGH else None


@dataclass(frozen=True)
class Window:
    """28 days, `first` to `last`, in figures; None where nothing was answered that could tell.

    `worst` is the mean of the worst scores of headache days, `highest` the highest; `length` the code of the band that
    most of them were in. `stopped` and `reduced` are of the headache days with an answer to it. `kinds` are days by
    kind of pain medicine. `sleep` is the mean of `nights` nights with hours, `posture` of 1–5.
    """

    first: date
    last: date
    logged: int
    headache: Counted
    moderate: Counted
    migraine_like: Counted
    worst: float | None
    highest: int | None
    length: str | None
    stopped: Counted
    reduced: Counted
    medicine: Counted
    kinds: Mapping[str, int]
    back: Counted
    neck: Counted
    sleep: float | None
    nights: int
    short_nights: Counted
    posture: float | None


@dataclass(frozen=True)
class Features:
    """Of `headaches` headache days, `ticked` had features ticked: days by feature; and days by band of length."""

    headaches: int
    ticked: int
    by_feature: Mapping[str, int]
    by_length: Mapping[str, int]


@dataclass(frozen=True)
class Figures:
    """The days of a period, oldest first, with what can be counted on them; `windows` are the newest first.

    `begun` is the diary's first answered day: days before it are no gaps. `longest_gap` is in days.
    """

    days: Sequence[Day]
    windows: Sequence[Window]
    begun: date
    longest_gap: int

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def began_inside(self) -> bool:
        return self.begun > self.first

    @property
    def possible(self) -> int:
        """Return for how many days of the period the diary has been kept."""
        return (self.last - max(self.begun, self.first)).days + 1

    @property
    def logged(self) -> int:
        return sum(day.logged for day in self.days)

    @property
    def late(self) -> int:
        return sum(day.late for day in self.days)

    @property
    def changed(self) -> int:
        return sum(day.changed for day in self.days)


@dataclass(frozen=True)
class Report:
    """Everything the page shows. `look` is at the days from `looked_from` to yesterday, None before there is one.
    `noted` are visits and changes in the period, `compared` the headaches around a first one; `checks` are lists of
    signs on which some were ticked. `notes` are those that were chosen, `periods` the first days of periods,
    `questions` what the person wants to ask, `injury` what they told of their neck and head."""

    figures: Figures
    features: Features
    look: Look | None
    looked_from: date | None
    noted: Sequence[tuple[Kind, date]]
    compared: Sequence[tuple[Kind, BeforeAfter]]
    checks: Sequence[Check]
    notes: Sequence[tuple[date, str]]
    periods: frozenset[date]
    questions: Sequence[str]
    injury: Injury | None

    @property
    def visits(self) -> Mapping[Kind, Sequence[int]]:
        """Return how many visits of each kind there were, by window."""
        windows = self.figures.windows
        return {
            kind: [sum(each == kind and w.first <= day <= w.last for each, day in self.noted) for w in windows]
            for kind in VISITS
            if any(each == kind for each, _ in self.noted)
        }

    @property
    def changes(self) -> Sequence[tuple[Kind, date]]:
        return [(kind, day) for kind, day in self.noted if kind in CHANGES]


def report_of(
    figures: Figures,
    *,
    look: Look | None = None,
    looked_from: date | None = None,
    events: Iterable[tuple[Kind, date]] = (),
    around: Iterable[tuple[Kind, BeforeAfter]] = (),
    checks: Iterable[Check] = (),
    periods: Iterable[date] = (),
    chosen: Collection[date] = (),
    questions: Sequence[str] = (),
    injury: Injury | None = None,
) -> Report:
    """Put together what the page shows beside its figures. What lies outside the period is left out, but not what is
    counted `around` a first visit or change. `chosen` are the days whose notes go on the page."""

    def inside(day: date) -> bool:
        return figures.first <= day <= figures.last

    whole = [each for each in around if each[1].state == "whole" and each[0] in COMPARED]
    return Report(
        figures=figures,
        features=features_of(figures.days),
        look=look,
        looked_from=looked_from,
        noted=sorted((each for each in events if inside(each[1])), key=lambda event: event[1]),
        compared=sorted(whole, key=lambda each: each[1].first)[-MOST_COMPARED:],
        checks=[check for check in checks if check.signs and inside(check.day)],
        notes=[(day, note) for day, note in notes_of(figures.days) if day in chosen][-MOST_NOTES:],
        periods=frozenset(filter(inside, periods)),
        questions=questions,
        injury=injury,
    )


def figures_of(days: Sequence[Day], begun: date) -> Figures:
    """Count whole windows of days, oldest first and without gaps, of a diary that was begun on a day."""
    shown = [replace(day, answers=relevant(day.answers)) for day in days]
    kept = [day.logged for day in shown if day.day >= begun]
    return Figures(
        days=shown,
        windows=[window_of(shown[n - WINDOW : n]) for n in range(len(shown), 0, -WINDOW)],
        begun=begun,
        longest_gap=max((len(list(gap)) for logged, gap in groupby(kept) if not logged), default=0),
    )


def weeks_for(days_kept: int) -> int:
    """Return the shortest period that holds a diary of so many days, or the longest there is."""
    return next((weeks for weeks in WEEKS if days_kept <= 7 * weeks), WEEKS[-1])


def notes_of(days: Sequence[Day]) -> Sequence[tuple[date, str]]:
    """Return the notes there are, oldest first."""
    return [(day.day, note) for day in days if isinstance(note := day.answers.get("note"), str)]


def window_of(days: Sequence[Day]) -> Window:
    """Sum up 28 days, or however many there are."""
    every = [day.answers for day in days]
    headaches = [answers for answers in every if headache_day(answers)]
    scores = [score for answers in headaches if isinstance(score := answers.get("headache"), int)]
    lengths = Counter(length for answers in headaches if isinstance(length := answers.get("duration"), str))
    impacts = [impact for answers in headaches if isinstance(impact := answers.get("impact"), str)]
    taken = Counter(kind for answers in every for kind in medicine_kinds(answers) or ())
    nights = [night for answers in every if isinstance(night := answers.get("sleep_hours"), Hours)]
    hours = [middle for night in nights if (middle := night.middle) is not None]
    postures = [value for answers in every if isinstance(value := answers.get("posture"), int)]
    return Window(
        first=days[0].day,
        last=days[-1].day,
        logged=sum(day.logged for day in days),
        headache=_count(every, headache_day),
        moderate=_count(every, moderate_day),
        migraine_like=_count(every, migraine_like_day, asked_on=headache_day),
        worst=fmean(scores) if scores else None,
        highest=max(scores, default=None),
        # Of two bands with as many days, the longer one.
        length=max(lengths, key=lambda code: (lengths[code], LENGTHS.index(code)), default=None),
        stopped=Counted(impacts.count("2"), len(impacts)),
        reduced=Counted(impacts.count("1"), len(impacts)),
        medicine=_count(every, medicine_day, asked_on=any_pain),
        kinds={kind: taken[kind] for kind in (*LIMITS, "other") if taken[kind]},
        back=_count(every, back_day),
        neck=_count(every, neck_day, asked_on=above_zero("back")),
        sleep=fmean(hours) if hours else None,
        nights=len(hours),
        short_nights=Counted(sum(n.high <= SHORT_NIGHT and n.low < SHORT_NIGHT for n in nights), len(nights)),
        posture=fmean(postures) if postures else None,
    )


def features_of(days: Sequence[Day]) -> Features:
    headaches = [day.answers for day in days if headache_day(day.answers)]
    ticked = [f for answers in headaches if isinstance(f := answers.get("features"), frozenset) and f]
    lengths = Counter(length for answers in headaches if isinstance(length := answers.get("duration"), str))
    named = [each | {LIGHT_AND_SOUND} if {"light", "sound"} <= each else each for each in ticked]
    return Features(
        headaches=len(headaches),
        ticked=len(ticked),
        by_feature={code: sum(code in each for each in named) for code in FEATURES},
        by_length={code: lengths[code] for code in LENGTHS if lengths[code]},
    )


def change(now: Counted, before: Counted) -> int | None:
    """Return by how many days per 28 a count has changed; None where either window is too thin to say so."""
    if now.per_window is None or before.per_window is None:
        return None
    return now.per_window - before.per_window


def _count(
    every: Sequence[Answers],
    is_one: Callable[[Answers], bool | None],
    asked_on: Callable[[Answers], bool | None] = always,
) -> Counted:
    """Count the days that are one; none are known where none of those on which it is asked has an answer."""
    asked = [is_one(answers) for answers in every if asked_on(answers)]
    if asked and all(value is None for value in asked):
        return Counted(0, 0)
    found = [value for answers in every if (value := is_one(answers)) is not None]
    return Counted(sum(found), len(found))
