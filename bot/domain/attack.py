"""What can be said behind /attack: since when it has been there, or that it is over; never longer than a day ago."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from bot.domain.times import read_one_time

SINCE = re.compile(
    r"(?:it\s+|es\s+)?(?:started|began|begun|since|from|at|seit|um|ab|begann|begonnen|fing\s+an|angefangen)\b",
    re.IGNORECASE,
)
OVER = re.compile(
    r"(?:it(?:’|')?s\s+|it\s+is\s+|all\s+|es\s+ist\s+|ist\s+)?(?:over|gone|ended|stopped|vorbei|weg|aufgehört)\b",
    re.IGNORECASE,
)
YESTERDAY = re.compile(r"\b(?:yesterday|gestern)\b(?:\s+(?:at|um))?", re.IGNORECASE)
A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class Said:
    """That an attack "began" or is "over", at a wall time: `days_ago` 0 or 1; `at` None: now."""

    what: Literal["began", "over"]
    at: time | None = None
    days_ago: int = 0


def read_attack(text: str, now: datetime, language: str = "en") -> Said | None:
    """Read "since 14:00", "started at half past 2 pm", "yesterday 22:00", "over", "over since 17:00".

    `now` is local. A time that is still to come today was yesterday's. None where anything else is said.
    """
    words = " ".join(text.split())
    if not words:
        return Said("began")
    over = OVER.match(words)
    rest = words[over.end() :].strip(" ,") if over else words
    dated = YESTERDAY.subn("", rest)
    timed = SINCE.sub("", dated[0].strip(" ,")).strip(" ,")
    timed = SINCE.sub("", timed).strip(" ,")
    if over and not rest:
        return Said("over")
    at = read_one_time(timed, language) if timed else None
    if at is None:
        return None
    to_come = datetime.combine(now.date(), at) > now.replace(tzinfo=None) + A_MOMENT
    return Said("over" if over else "began", at, 1 if dated[1] or to_come else 0)
