"""Typed answers: one grammar for every question, in any order. All of a line is understood, or nothing of it is.

What is read how, where people could mean more than one thing:

* `no back pain` answers the question about back and neck; `no neck pain` does not: the back may hurt.
* Back and neck have one score. Two are refused: which of them is the day's? `neck 3, lower back 3` is one, twice.
* Left and right have no scale. They are understood beside a region, and `unkept` has them, so that it can be said.
* A length or a "had to lie down" belongs to the headache spoken of last or, alone, to the day's; behind a back it is
  refused. A length that two choices share (2 h) is the longer one.
* Yesterday stands before everything, or behind a single thing; today may stand anywhere. Other days are refused, and
  `slept 7 yesterday` too: it may be about last night.
* A number before a pain is its score; where it may be how many there were (`2 headaches`, `one headache`), it is
  refused.
* A range is a length or a night only where it is one of the buttons or within one (`2 to 4 h`, `slept 7-8`).
* Four bare numbers leave out how well one slept, five are the card's own order; other counts are nobody's.

The words are in `freetext_words`, the grammar in `freetext_grammar`, the scales in `questions`.
"""

import re
from collections.abc import Mapping, Sequence

from bot.domain.checkin import ALL_FINE, NO_PAIN
from bot.domain.freetext_grammar import Reader
from bot.domain.freetext_readings import (
    Contradiction,
    Day,
    NotUnderstood,
    OffScale,
    OtherDay,
    Reading,
    Refusal,
    Refused,
    Understood,
    Unscored,
)
from bot.domain.freetext_values import ABOUT_A_DAY, ENDS, JOINTS
from bot.domain.freetext_words import Token, fold, tokens
from bot.domain.questions import BY_KEY, Answers, Hours, Value

__all__ = [
    "SCORE_OF",
    "Contradiction",
    "NotUnderstood",
    "OffScale",
    "OtherDay",
    "Reading",
    "Refusal",
    "Understood",
    "Unscored",
    "read_answers",
    "read_today_or_yesterday",
    "read_value",
    "unscored",
]

ORDERS = {4: ("headache", "back", "sleep_hours", "posture"), 5: tuple(ALL_FINE)}
"""What bare numbers stand for: four leave out how well one slept, five are the card's own order."""

DATE = re.compile(
    r" (?:on |am )?(?:([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?![0-9])"
    r"|([0-9]{1,2}[./-][0-9]{1,2}(?:[./-](?:[0-9]{4}|[0-9]{2})?)?) ?:)"
)
"""A date at the beginning; "3.3." is one only with a colon behind it."""

SCORE_OF: Mapping[str, str] = {"duration": "headache", "impact": "headache", "back_region": "back"}
"""The detail and the score that it belongs to."""


def read_answers(text: str, language: str = "en") -> Reading:
    """Read a typed day: `6 3 7.5 4`, `yesterday: headache 6 for 3 hours, slept badly` or `all fine`. Never raises."""
    folded = fold(text)
    try:
        return _Line(folded, tuple(tokens(folded, language))).read()
    except Refused as refused:
        return refused.reading


def read_value(question: str, text: str, language: str = "en") -> Value | None:
    """Read an answer without its question's name: `6`, `6/10`, `7h30`, `so-so`. None where it is not on the scale."""
    folded = fold(text)
    try:
        return Reader(folded, tuple(tokens(folded, language))).single(question)
    except Refused:
        return None


def read_today_or_yesterday(text: str, language: str = "en") -> Day | None:
    """Read a day that is named alone: `yesterday`. None for anything else."""
    said = tuple(tokens(fold(text), language))
    return ("yesterday" if said[0].word == "yesterday" else "today") if [t.role for t in said] == ["day"] else None


def unscored(values: Answers, stored: Answers) -> Unscored | None:
    """Return the first detail for which there is no score above 0, neither typed nor stored before; else None."""
    day = {**stored, **values}
    return next((Unscored(key) for key in values if not BY_KEY[key].asked_if(day)), None)


class _Line(Reader):
    """A whole line: which day it is about, and whether there are words in it that mean nothing here.

    `behind` is all that was said, where yesterday stands at its end.
    """

    behind: Sequence[Token] = ()

    def read(self) -> Understood:
        self.look_for_other_days()
        self.look_for_unknown_words()
        day = self.take_day()
        bare = self.bare_numbers()
        if not bare:
            while self.at < len(self.said):
                self.clause()
        if not self.found:
            raise Refused(NotUnderstood(""))
        for detail, score in SCORE_OF.items():
            if detail in self.found and self.found.get(score) == 0:
                raise Refused(Contradiction(score))
        if self.behind and not bare and self.several():
            # "Headache 5, back fine yesterday": was the headache yesterday too?
            raise self.unclear_day(self.behind)
        nights = [n for n, token in enumerate(self.said) if token.role == "night"]
        if day == "yesterday" and nights:
            raise Refused(NotUnderstood(self.words(nights[0], nights[0] + 1), day=True))
        return Understood(self.found, day, ", ".join(dict.fromkeys(self.unkept)))

    def look_for_other_days(self) -> None:
        if any(token.role == "unknown" for token in self.said) and not self.about_a_day():
            return
        if date := DATE.match(self.folded):
            raise Refused(OtherDay(date[1] or date[2]))
        for n, token in enumerate(self.said):
            before = n > 0 and self.said[n - 1].role in ("number", "unit")
            after = n + 1 < len(self.said) and self.said[n + 1].role == "number"
            if token.role == "weekday":
                raise Refused(OtherDay(self.words(n, n + 1)))
            if token.role == "month" and (before or after):
                raise Refused(OtherDay(self.words(n - 1, n + 1) if before else self.words(n, n + 2)))
            if token.role == "ago" and (before or after):
                start, end = (max(n - 2, 0), n + 1) if before else (n, min(n + 3, len(self.said)))
                raise Refused(OtherDay(self.words(start, end)))

    def look_for_unknown_words(self) -> None:
        """Refuse the words that are in no table, with what hangs on them: "weather 3", "for a long time"."""
        named, at = [], 0
        while at < len(self.said):
            start = at
            if self.said[at].role in ("unknown", "month", "ago"):
                while start and self.said[start - 1].role in ("filler", "in", "for"):
                    start -= 1
                while at < len(self.said) and (self.said[at].role not in ENDS or self.said[at].role in JOINTS):
                    at += 1
                end = at
                while self.said[end - 1].role in (*JOINTS, "filler"):
                    end -= 1
                named.append(self.words(start, end))
            at += 1
        if named:
            raise Refused(NotUnderstood(", ".join(named) if self.about_a_day() else ""))

    def take_day(self) -> Day | None:
        """Return the day that is named. Yesterday counts before everything, or after a single thing: elsewhere it may
        be meant for a part only. Today may stand anywhere."""
        days = {token.word for token in self.said if token.role == "day"}
        self.skip("filler", "comma")
        if days == {"yesterday"} and len(self.said) > 1 and self.said[-1].role == "day":
            if self.ends_with_the_night():
                # "Slept 7 yesterday": the last night, or the night to yesterday?
                raise self.unclear_day(self.said)
            self.day = "yesterday"
            self.behind = self.said
        elif self.peek().role == "day":
            self.day = self.take().word
            self.skip("colon", "dash", "comma")
        if days == {"today"}:
            self.day = "today"  # wherever it stands
        end = len(self.said) - bool(self.behind)
        inside = next((n for n in range(self.at, end) if self.said[n].role == "day"), None)
        if inside is not None and self.day != "today":
            raise self.unclear_day(self.said[: inside + 1])
        self.begun = self.at
        return "yesterday" if self.day == "yesterday" else "today" if self.day == "today" else None

    def unclear_day(self, said: Sequence[Token]) -> Refused:
        """Return the refusal that names the last part of what was said, with the day in it."""
        start = max((n + 1 for n, token in enumerate(said[:-1]) if token.role in JOINTS), default=0)
        return Refused(NotUnderstood(self.folded[said[start].start : said[-1].end], day=True))

    def several(self) -> bool:
        """Tell whether more than one thing was said; "no pain" is one, and so is a score with its details."""
        roles = {token.role for token in self.said}
        whole = set(ALL_FINE) if "all_fine" in roles else set(NO_PAIN) if "no_pain" in roles else set()
        return len({SCORE_OF.get(key, key) for key in self.found} - whole) + bool(whole) > 1

    def ends_with_the_night(self) -> bool:
        topics = [token.word for token in self.said if token.role in ABOUT_A_DAY]
        return bool(topics) and topics[-1] in ("sleep_hours", "sleep_quality")

    def bare_numbers(self) -> bool:
        rest = [token for token in self.said[self.at :] if token.role != "day"]
        numbers = [token for token in rest if token.role == "number"]
        if not numbers or any(token.role not in ("number", *JOINTS) for token in rest):
            return False
        if len(numbers) not in ORDERS:
            raise Refused(NotUnderstood(""))
        for key, token in zip(ORDERS[len(numbers)], numbers, strict=True):
            if BY_KEY[key].kind == "hours":
                self.put(key, self.on_scale(key, Hours(token.number, token.number)))
            else:
                self.put(key, self.on_scale(key, token.number))
        self.at = len(self.said)
        return True
