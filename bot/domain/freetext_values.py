"""The values in a typed line, whichever question they are for: scores, grades, lengths of time, regions of the back."""

from collections.abc import Mapping, Sequence
from math import inf

from bot.domain.checkin import NO_PAIN
from bot.domain.freetext_readings import NotUnderstood, OffScale, Refused
from bot.domain.freetext_words import Role, Token
from bot.domain.questions import BANDS, BY_KEY, WELL_SLEPT, Hours, Value, allowed

DURATIONS = ((0, 30, "lt30m"), (30, 120, "30m_2h"), (120, 240, "2_4h"), (240, 720, "4_12h"), (720, inf, "ge12h"))
"""From how many minutes to how many a headache is of which choice."""

HIGHEST: Mapping[str, int] = {"severity": 10, "quality": 5}
JOINTS: frozenset[Role] = frozenset(("comma", "and", "dash"))
GRADES: frozenset[Role] = frozenset(("grade", "how", "fine"))
TOPICS: frozenset[Role] = frozenset(("topic", "region"))
ABOUT_A_DAY: frozenset[Role] = TOPICS | {"shot", "lasted", "ongoing", "impact", "all_fine", "no_pain"}
ENDS: frozenset[Role] = JOINTS | ABOUT_A_DAY | {"day"}
"""Where words that were not understood end, so that they can be named."""


class Said:
    """The tokens of a line and how far they have been read; `begun` is where the part began that is being read."""

    def __init__(self, folded: str, said: Sequence[Token]) -> None:
        end = len(said)
        while end and said[end - 1].role == "comma":
            end -= 1
        self.folded = folded
        self.said = said[:end]
        self.at = 0
        self.begun = 0
        self.unkept: list[str] = []

    def peek(self, ahead: int = 0) -> Token:
        at = self.at + ahead
        return self.said[at] if at < len(self.said) else Token("comma")

    def take(self) -> Token:
        self.at += 1
        return self.said[self.at - 1]

    def skip(self, *roles: Role) -> None:
        while self.at < len(self.said) and self.said[self.at].role in roles:
            self.at += 1

    def words(self, start: int, end: int) -> str:
        return self.folded[self.said[start].start : self.said[end - 1].end]

    def about_a_day(self) -> bool:
        """Tell whether the line speaks of anything that is asked; else it is no answer, and no word stands out."""
        return any(token.role in ABOUT_A_DAY for token in self.said)

    def refuse(self, start: int | None = None) -> Refused:
        """Return the refusal that names the words from `start`, else from `begun`, to where something else begins."""
        start = self.begun if start is None else start
        if not self.about_a_day():
            return Refused(NotUnderstood(""))
        end = max(self.at, start + 1)
        while end < len(self.said) and self.said[end].role not in ENDS:
            end += 1
        while end > start + 1 and self.said[end - 1].role in ("colon", "dash", "filler", *JOINTS):
            end -= 1
        return Refused(NotUnderstood(self.words(start, end)))

    def level(self, key: str) -> int | None:
        """Take a number or a word on a scale of severity or quality, if there is one."""
        token = self.peek()
        if token.role == "number":
            return self.figure(key)
        none = token.role == "no" and self.peek(1).role not in TOPICS
        if key in NO_PAIN and (none or token.role == "fine"):
            self.take()
            return 0
        behind = self.peek(1)  # "posture good sleep" leaves open what was good
        if key not in NO_PAIN and token.role in GRADES and (behind.role != "topic" or behind.word in NO_PAIN):
            return int(self.take().number)
        return None

    def figure(self, key: str) -> int | None:
        """Take `6`, `6/10` or `6 out of 10`."""
        number = self.take().number
        if self.peek().role in ("of", "slash") and self.peek(1).role == "number":
            self.take()
            if self.take().number != HIGHEST.get(BY_KEY[key].kind):
                raise Refused(OffScale(key))
        value = self.on_scale(key, number)
        return value if isinstance(value, int) else None

    def on_scale(self, key: str, value: Value | float) -> Value:
        if isinstance(value, float):
            value = int(value) if value == int(value) else -1
        if not allowed(BY_KEY[key], value):
            raise Refused(OffScale(key))
        return value

    def length(self, *, need_unit: bool) -> float | None:
        """Take a length of time, in minutes: `7.5`, `7h30`, `7 and a half hours`, `7:30 h`, `an hour`, `90 min`."""
        start, token = self.at, self.peek()
        if token.role not in ("number", "clock"):
            return None
        number = self.take().number
        if token.role == "number" and self.peek().role == "half":
            self.take()
            number += 0.5
        if self.peek().role != "unit":
            if need_unit and token.role != "clock":
                self.at = start
                return None
            return number * 60
        unit = self.take().number
        minutes = number * unit
        if self.peek().role == "half":
            self.take()
            minutes += unit / 2
        elif unit == 60 and token.role == "number" and number == int(number):
            minutes += self.minutes_behind()
        return minutes

    def minutes_behind(self) -> float:
        """Take the `30` of `7h30`, `7 h 30 min` or `7 hours and 30 minutes`."""
        ahead = 1 if self.peek().role == "and" else 0
        token, unit = self.peek(ahead), self.peek(ahead + 1)
        if token.role != "number" or not 0 <= token.number < 60:
            return 0
        named = unit.role == "unit" and unit.number == 1
        attached = ahead == 0 and len(token.word) == 2 and token.start == self.said[self.at - 1].end
        if not named and not attached:
            return 0
        self.at += ahead + 1 + named
        return token.number

    def duration(self) -> str:
        """Take a length as a choice of `duration`. Of a figure that two choices share (2 h) it is the longer one."""
        span = self.span(need_unit=True)
        if span is not None and span[1]:
            low, high = span
            for begin, end, choice in DURATIONS:
                if begin <= low and (high <= end if low < high else high < end):
                    return choice
        raise self.refuse()

    def hours(self, *, need_unit: bool) -> Hours | None:
        """Take hours of sleep, if there are any: a figure, or the range of one of the buttons."""
        span = self.span(need_unit=need_unit)
        if span is None:
            return None
        value = Hours(span[0] / 60, min(span[1], 1440) / 60) if span[0] < span[1] else Hours(span[0] / 60, span[0] / 60)
        if value.low < value.high and value not in (*BANDS.values(), WELL_SLEPT):
            raise self.refuse()
        if not allowed(BY_KEY["sleep_hours"], value):
            raise Refused(OffScale("sleep_hours"))
        return value

    def span(self, *, need_unit: bool) -> tuple[float, float] | None:
        """Take a length of time or a range, in minutes: `90 min`, `2 to 4 h`, `under 30 min`, `12 hours or more`."""
        start, bound = self.at, self.peek().role
        if bound in ("under", "over"):
            self.take()
        low = self.length(need_unit=need_unit and self.peek(1).role != "to")
        if low is None:
            self.at = start
            return None
        high = low
        if bound not in ("under", "over") and self.peek().role == "to":
            unit = self.said[self.at - 1].role == "unit"
            self.take()
            figure, to = self.peek().number, self.length(need_unit=need_unit)
            if to is None or not figure:
                raise self.refuse()
            high = to
            low = low if unit else low / 60 * to / figure  # "2 to 4 h", "20 to 30 min": the unit is said once
            if low >= high:
                raise self.refuse()
        elif bound == "over" or self.peek().role == "more":
            self.skip("more")
            high = inf
        return (0, high) if bound == "under" else (low, high)

    def regions(self, *, on: bool = False) -> frozenset[str]:
        """Take the regions that stand here, `upper and lower`; `on`: only those that go on with a score before them."""
        found: set[str] = set()
        while True:
            start = self.at
            if found:
                self.skip("comma", "and", "or")
            self.skip("in", "filler")
            token = self.peek()
            if token.role == "side":
                self.at += 1
                self.unkept.append(self.words(self.at - 1, self.at))
                continue
            if token.role == "shot":
                self.take()
                self.skip("in", "filler")
                if self.peek().role == "side":
                    self.unkept.append(self.words(self.at, self.at + 1))
                    self.take()
                if self.peek().role != "leg":
                    raise self.refuse()
                self.take()
                found.add("leg")
                continue
            if token.role == "region" and not (on and self.scored_next()):
                self.take()
                found.add(token.word)
                continue
            self.at = start
            return frozenset(found)

    def scored_next(self) -> bool:
        """Tell whether the region here has a score of its own and so begins something new."""
        ahead = 1
        while self.peek(ahead).role in ("side", "colon", "dash", "filler") or self.peek(ahead).word == "back":
            ahead += 1
        return self.peek(ahead).role in ("number", "fine", "no")
