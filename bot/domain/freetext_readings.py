"""What a typed line turns out to be: answers, or the reason why nothing of it is stored."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.questions import Answers

Day = Literal["today", "yesterday"]


@dataclass(frozen=True)
class Understood:
    """`day` is the one that was named, if any; `unkept` what was said that no scale holds: the side of a pain."""

    answers: Answers
    day: Day | None = None
    unkept: str = ""


@dataclass(frozen=True)
class OffScale:
    """A number that is not on its question's scale."""

    question: str


@dataclass(frozen=True)
class NotUnderstood:
    """The words that mean nothing here; empty when the whole text is something else. `day`: it is unclear for which."""

    words: str
    day: bool = False


@dataclass(frozen=True)
class Contradiction:
    """Two different answers to one question, or details of a pain that was said not to be there."""

    question: str


@dataclass(frozen=True)
class OtherDay:
    """A day that cannot be typed, in the person's words; only today and yesterday can."""

    words: str


@dataclass(frozen=True)
class Unscored:
    """A detail of a pain (how long, where) without the pain's score; only who knows the day's answers can tell."""

    question: str


Refusal = OffScale | NotUnderstood | Contradiction | OtherDay | Unscored
Reading = Understood | Refusal


class Refused(Exception):
    """The line cannot be read without guessing; `reading` says what stands in the way."""

    def __init__(self, reading: Refusal) -> None:
        super().__init__(reading)
        self.reading = reading
