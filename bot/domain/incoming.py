"""What of another diary is new to this one. What is here already stays as it is, question by question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.domain.log import KINDS as LOGGED
from bot.domain.profile import Profile as Known
from bot.domain.reminders import CHECKIN, MOST, NIGHT, OWN, SUMMARY
from bot.domain.takeout import NEVER_IN, SHAPES, CheckIn, Event, Profile, Reminder, Takeout, Tastes, plain_profile
from bot.domain.tips import KINDS as TIPPED

OWN_KIND = re.compile(rf"{OWN}-([1-9][0-9]{{0,5}})")
ONCE_A_DAY = frozenset({*LOGGED, "period"})
"""Kinds of events of which a day has one, whenever it was noted."""


@dataclass(frozen=True)
class Incoming:
    """`days` have no card here; `filled` have one, and are cut down to the answers and questions that are not here.

    `events` are given with their place in the document. `profile` is None where there is one here already, or none
    comes. `stay` counts answers that are another here; `unknown` the events of kinds that this version does not know.
    """

    days: Sequence[CheckIn] = ()
    filled: Sequence[CheckIn] = ()
    events: Sequence[tuple[int, Event]] = ()
    reminders: Sequence[Reminder] = ()
    profile: Profile | None = None
    tastes: Tastes = field(default_factory=lambda: Tastes(helped=[], unwanted=[]))
    stay: int = 0
    unknown: int = 0

    @property
    def answers(self) -> int:
        """Return how many answers days that are here are filled in with."""
        return sum(len(checkin.answers) for checkin in self.filled)

    @property
    def anything(self) -> bool:
        found = (self.days, self.filled, self.events, self.reminders, self.profile)
        return any(found) or bool(self.tastes.helped or self.tastes.unwanted)


def incoming(here: Takeout, given: Takeout) -> Incoming:
    known = {checkin.day: checkin for checkin in here.checkins}
    there = [(checkin, known.get(checkin.day)) for checkin in given.checkins]
    parts = [_missing(checkin, mine) for checkin, mine in there if mine is not None]
    noted = {_name(event) for event in here.events}
    told = given.profile.model_copy(update={"try_from": None})
    fresh = told != here.profile and here.profile == plain_profile(Known())
    helped, unwanted = set(here.tastes.helped), set(here.tastes.unwanted)
    rated = helped | unwanted
    return Incoming(
        days=[checkin for checkin, mine in there if mine is None],
        filled=[part for part in parts if part.answers],
        events=[
            (place, event)
            for place, event in enumerate(given.events)
            if event.kind in SHAPES and _name(event) not in noted
        ],
        reminders=list(_reminders(here.reminders, given.reminders)),
        profile=told if fresh else None,
        tastes=Tastes(
            helped=[key for key in given.tastes.helped if key not in rated],
            unwanted=[key for key in given.tastes.unwanted if key not in rated],
        ),
        stay=sum(_others(checkin, mine) for checkin, mine in there if mine is not None),
        unknown=sum(event.kind not in {*SHAPES, *NEVER_IN} for event in given.events),
    )


def span(checkins: Sequence[CheckIn]) -> tuple[date, date] | None:
    """Return the first and the last day with an answer; None where there is none."""
    days = [checkin.day for checkin in checkins if checkin.answers]
    return (min(days), max(days)) if days else None


def _missing(given: CheckIn, mine: CheckIn) -> CheckIn:
    new = {key: answer for key, answer in given.answers.items() if key not in mine.answers}
    asked = [key for key in given.asked if key not in mine.asked and key.split(":")[0] in new]
    return given.model_copy(update={"answers": new, "asked": asked})


def _others(given: CheckIn, mine: CheckIn) -> int:
    both = given.answers.keys() & mine.answers.keys()
    return sum(given.answers[key].value != mine.answers[key].value for key in both)


def _name(event: Event) -> tuple[Any, ...]:
    """Return what makes an event the same as another one, whatever has been changed about it since."""
    if event.kind in ONCE_A_DAY:
        return event.day, event.kind
    return event.kind, event.created_at, event.details.get("list"), event.details.get("what")


def _reminders(here: Sequence[Reminder], given: Sequence[Reminder]) -> Iterator[Reminder]:
    """Yield the reminders of kinds, and in words, that are not here, as far as there is room for them."""
    kinds, words = {each.kind for each in here}, {each.words for each in here if each.words}
    room = MOST - len(here)
    renamed: dict[str, str] = {}
    for each in given:
        own = OWN_KIND.fullmatch(each.kind)
        known = each.kind in {CHECKIN, NIGHT, SUMMARY, *(kind.key for kind in TIPPED)} and each.words is None
        new = each.words not in words if own and each.words else known and each.kind not in kinds
        if new and room > 0:
            room -= 1
            kind = renamed.setdefault(each.kind, _free(each.kind, {*kinds, *renamed.values()}) if own else each.kind)
            yield each.model_copy(update={"kind": kind})


def _free(kind: str, taken: set[str]) -> str:
    """Return the kind itself, or where it is taken the next number for words of one's own."""
    numbers = [int(found[1]) for each in taken if (found := OWN_KIND.fullmatch(each))]
    return kind if kind not in taken else f"{OWN}-{max(numbers) + 1}"
