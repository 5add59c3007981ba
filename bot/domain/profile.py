"""What a person chose about their card and pictures and told about themselves, all optional; and what is asked then."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from bot.domain.questions import BY_KEY, QUESTIONS, Question

Care = Literal["over50_new", "pregnant", "cancer", "immune"]
"""Why somebody should see a doctor sooner than others (SNNOOP10, Do 2019, Neurology 92:134; IFOMPT, Finucane 2020)."""

CARE: Collection[Care] = get_args(Care)

Injury = Literal["no", "recent", "past"]
"""Whether neck or head were ever hurt, by whatever; "recent": within the three months before the day it was told."""

INJURIES: Collection[Injury] = get_args(Injury)
RECENT = timedelta(days=91)

SHORT: Collection[str] = ("headache", "back")
NIGHT: Collection[str] = ("sleep_hours", "sleep_quality")

Part = Literal["day", "night"]
"""What a card is asking for: all of it, or in the morning only how the night was."""


@dataclass(frozen=True)
class Profile:
    """`short`: only head and back are asked. `followed`: factors asked every day. `period`: its first days are noted.

    `country` is a key of `domain/emergency`, "other" where they live in none of them. `injury_told` is the local date
    (ISO) on which `injury` was told, `try_from` the first one of the newest try. `dark`: pictures have a dark ground.
    `words_only`: no little bars in texts, as a screen reader spells each. `discreet`: what the clock sends says nothing
    on a locked screen. `broadcasts`: what the operator has to say to everybody is wanted.
    """

    short: bool = False
    followed: frozenset[str] = frozenset()
    period: bool = False
    country: str | None = None
    care: frozenset[Care] = frozenset()
    injury: Injury | None = None
    injury_told: str | None = None
    dark: bool = False
    words_only: bool = False
    try_from: str | None = None
    discreet: bool = False
    broadcasts: bool = True

    def injury_on(self, day: date) -> Injury | None:
        """Return what is true of an injury on a day: a recent one is past three months after it was told."""
        if self.injury == "recent" and self.injury_told and day - date.fromisoformat(self.injury_told) > RECENT:
            return "past"
        return self.injury


def questions_for(profile: Profile, part: Part = "day") -> tuple[Question, ...]:
    """Return the questions of a person's card, in order: the daily ones, what they follow, then the follow-ups."""
    if part == "night" or profile.short:
        wanted = NIGHT if part == "night" else SHORT
        return tuple(question for question in QUESTIONS if question.key in wanted)
    core = [question for question in QUESTIONS if question.core]
    return (*core, *_factors(profile), *(question for question in QUESTIONS if not question.core))


def _factors(profile: Profile) -> tuple[Question, ...]:
    factors = BY_KEY["factors"]
    chosen = tuple(code for code in factors.choices if code in profile.followed)
    return (replace(factors, choices=(*chosen, "none")),) if chosen else ()
