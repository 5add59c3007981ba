"""The grammar of times: how what is said makes up days, clock readings, spans and steps, in any language."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from bot.domain.time_terms import After, Days, Form, Moment, Only, Refused, Span, Step, Term, Terms, in_part
from bot.domain.time_words import Role, Token

LONGEST = 400
"""Tokens of a text that is still read."""

CLOCK: frozenset[Role] = frozenset(("figure", "compact", "clock", "number", "named", "fraction", "half_to"))
DAY: frozenset[Role] = frozenset(("weekday", "weekdays", "days", "daily", "part"))
EMPTY: frozenset[Role] = frozenset(("filler", "and", "stop", "dash", "to", "of", "unknown"))


def read_terms(said: Sequence[Token], today: date) -> Terms:
    """Put tokens together to terms. Raises Refused for the first that means nothing where it stands."""
    unknown = next((token.raw for token in said if token.role == "unknown"), None)
    if all(token.role in EMPTY for token in said):
        raise Refused("nothing")
    if unknown is not None:
        raise Refused("leftover", unknown)
    if len(said) > LONGEST:
        raise Refused("too_many")
    return _Reader(said, today).read()


class _Reader:
    def __init__(self, said: Sequence[Token], today: date) -> None:
        self.said = said
        self.today = today
        self.at = 0
        self.stepping = any(
            a.role == "step" or (a.role == "every" and b.role in (*CLOCK, "decimal")) for a, b in pairwise(said)
        )
        self.stepping |= said[-1].role == "step"

    def peek(self, ahead: int = 0) -> Token:
        at = self.at + ahead
        return self.said[at] if at < len(self.said) else Token("stop")

    def take(self) -> Token:
        self.at += 1
        return self.said[self.at - 1]

    def raw(self, start: int) -> str:
        said = " ".join(token.raw for token in self.said[start : self.at])
        return said.replace(" - ", "-").replace(" .", ".")

    def read(self) -> Terms:
        terms = Terms()
        after: After = "and"
        while self.at < len(self.said):
            token = self.peek()
            if token.role in ("and", "filler", "stop"):
                self.at += 1
                after = "and" if "and" in (token.role, after) else "filler" if token.role == "filler" else after
            elif token.role == "once":
                self.at += 1
                terms.once = True
            elif token.role == "weekly":
                self.at += 1
                terms.weekly = True
            elif token.role == "except":
                terms.without |= self.without()
            else:
                term = self.term()
                if isinstance(term, Span):
                    term = replace(term, first=replace(term.first, after=after))
                elif isinstance(term, Moment):
                    term = replace(term, after=after)
                terms.found.append(term)
                if not isinstance(term, Step):
                    after = "and" if isinstance(term, Days) else "blank"
        return terms

    def term(self) -> Term:
        token = self.peek()
        on = self.day()
        if on is not None:
            return on
        if token.role in DAY:
            return self.days()
        if token.role in CLOCK:
            return self.moment_or_span()
        if token.role == "step":
            return Step(self.take().number, token.raw)
        if token.role == "every":
            return self.every()
        if token.role in ("from", "between"):
            return self.span()
        if token.role in ("this", "next"):
            return self.coming()
        raise Refused("hour" if token.role in ("broken", "decimal") else "leftover", token.raw)

    # Days

    def days(self, every: bool = False) -> Days:
        token = self.take()
        if token.role == "part":
            return Days(token.raw, part=token.number, every=every)
        if token.role == "daily":
            return Days(token.raw, every=True)
        if token.role == "days":
            return Days(token.raw, token.days)
        if self.peek().role in ("dash", "to", "until") and self.peek(1).role in ("weekday", "weekdays"):
            self.at += 1
            last = self.take()
            count = (last.number - token.number) % 7 + 1
            if count == 1:
                raise Refused("weekday", self.raw(self.at - 3))
            return Days(self.raw(self.at - 3), frozenset((token.number + n) % 7 for n in range(count)))
        return Days(token.raw, frozenset((token.number,)), lone=token.role == "weekday" and not every)

    def coming(self) -> Days:
        token, day = self.take(), self.peek()
        if day.role not in ("weekday", "days"):
            raise Refused("leftover", token.raw)
        self.at += 1
        if token.role == "next" or day.role == "days":
            raise Refused("unclear_day", self.raw(self.at - 2))
        return Days(self.raw(self.at - 2), on=self.today + timedelta((day.number - self.today.weekday()) % 7))

    def without(self) -> frozenset[int]:
        start = self.at
        self.at += 1
        left_out: frozenset[int] = frozenset()
        while True:
            ahead = 0
            while self.peek(ahead).role in ("and", "filler") and self.at + ahead < len(self.said):
                ahead += 1
            if self.peek(ahead).role not in ("weekday", "weekdays", "days"):
                break
            self.at += ahead
            left_out |= self.days().weekdays
        if not left_out:
            raise Refused("leftover", self.raw(start))
        return left_out

    def day(self) -> Days | None:
        """Read `today`, `14 May`, `May 14th, 2026`, `14.5.` or `2026-05-14`; None where no date begins here."""
        start, token = self.at, self.peek()
        if token.role == "ahead":
            self.at += 1
            return Days(token.raw, on=self.today + timedelta(token.number))
        if token.role == "date":
            self.at += 1
            number = token.number
        elif token.role == "slashed":
            self.at += 1
            month, day = divmod(token.number % 10000, 100)
            if month != day and month <= 12 and day <= 12:
                raise Refused("unclear_day", token.raw)
            number = token.number if month <= 12 else token.number // 10000 * 10000 + day * 100 + month
        elif token.role == "month":
            self.at += 1
            if self.peek().role not in ("figure", "ordinal"):
                raise Refused("leftover", token.raw)
            number = token.number * 100 + self.take().number
        elif token.role in ("figure", "ordinal"):
            ahead = 1
            while self.peek(ahead).role in ("stop", "of") and self.at + ahead < len(self.said):
                ahead += 1
            if self.peek(ahead).role != "month":
                if token.role == "ordinal":
                    raise Refused("leftover", token.raw)
                return None
            self.at += ahead + 1
            number = self.peek(-1).number * 100 + token.number
            if token.role == "figure" and ahead == 1 and self.peek().role == "figure":
                raise Refused("unclear_day", f"{self.raw(start)} {self.peek().raw}")
        else:
            return None
        if number < 10000:
            number += self.year(start) * 10000
        return Days(self.raw(start), on=self.calendar(number, self.raw(start)))

    def year(self, start: int) -> int:
        """Take a year behind a day and month; 0 without one. Where 2030 could also be half past eight it is refused."""
        ahead = 1 if self.peek().raw == "," else 0
        token = self.peek(ahead)
        if token.role != "compact" or not 2000 <= token.number < 2100:
            return 0
        others = (*self.said[:start], *self.said[self.at + ahead + 1 :])
        if not any(other.role in CLOCK for other in others):
            raise Refused("unclear_hour", token.raw)
        self.at += ahead + 1
        return token.number

    def calendar(self, number: int, raw: str) -> date:
        """Return a date (YYYYMMDD); without a year the next such one, if that is nearer than the last."""
        year, month, day = number // 10000, number // 100 % 100, number % 100
        try:
            if year:
                on = date(year, month, day)
            else:
                on = date(self.today.year, month, day)
                if (self.today - on).days > 183:
                    on = date(self.today.year + 1, month, day)
        except ValueError:
            raise Refused("date", raw) from None
        if on < self.today:
            raise Refused("past", raw)
        if on.year > self.today.year + 10:
            raise Refused("date", raw)
        return on

    # Steps and spans

    def every(self) -> Term:
        start = self.at
        self.at += 1
        amount = self.peek()
        if amount.role in DAY:
            return self.days(every=True)
        if amount.role == "clock" and "h" in amount.raw:
            self.at += 1
            return Step(amount.number // 100 * 60 + amount.number % 100, self.raw(start))
        if amount.role in ("figure", "number", "compact", "decimal"):
            self.at += 1
            half = self.peek().raw == "," and self.peek(1).raw == "5" and self.peek(2)[:2] == ("unit", 60)
            self.at += 2 if half else 0
            unit = self.peek()
            if unit.role == "unit" and (unit.number == 60 or amount.role != "decimal"):
                self.at += 1
                minutes = amount.number if amount.role == "decimal" else amount.number * unit.number
                return Step(minutes + (30 if half else 0), self.raw(start))
        raise Refused("leftover", f"{self.raw(start)} {self.peek().raw}".strip())

    def span(self) -> Term:
        """Read what follows "from" or "between": a span of the clock, or "from Monday to Friday"."""
        start = self.at
        opening = self.take()
        while self.peek().role == "filler" and self.at < len(self.said):
            self.at += 1
        if self.peek().role in ("weekday", "weekdays"):
            days = self.days()
            if len(days.weekdays) == 1:
                raise Refused("range", self.raw(start))
            return days
        if self.peek().role not in CLOCK:
            raise Refused("leftover", opening.raw)
        first = self.moment(in_span=True)
        joined = self.peek().role in ("dash", "to", "until") or (
            opening.role == "between" and self.peek().role == "and"
        )
        if not joined or self.peek(1).role not in CLOCK:
            raise Refused("range", self.raw(start))
        self.at += 1
        return Span(first, self.moment(), self.raw(start))

    def moment_or_span(self) -> Moment | Span:
        start = self.at
        first = self.moment(in_span=self.stepping)
        if self.peek().role not in ("dash", "to", "until"):
            return first
        if self.peek(1).role not in CLOCK:
            raise Refused("leftover", self.peek().raw)
        self.at += 1
        return Span(first, self.moment(), self.raw(start))

    # Clock readings

    def moment(self, in_span: bool = False) -> Moment:
        start = self.at
        offset = self.offset(in_span)
        moment = self.reading()
        if offset and (moment.minute > 0 or moment.form == "open"):
            raise Refused("hour", self.raw(start))
        if offset:
            moment = replace(moment, minute=moment.minute + offset, only="")
        if self.peek().role == "oclock" or (self.peek()[:2] == ("unit", 60) and self.hours_fit()):
            self.at += 1
            moment = replace(moment, only="sign" if moment.only else "")
        if self.peek().role in ("am", "pm"):
            moment = self.half_day(moment, start)
        elif self.said[self.at - 1].role == "compact" and len(self.said[self.at - 1].raw) == 3:
            raise Refused("unclear_hour", self.raw(start))
        moment = replace(moment, raw=self.raw(start))
        if self.peek().role == "part":
            moment = in_part(moment, self.take().number)
            moment = replace(moment, raw=self.raw(start))
        if moment.hour * 60 + moment.minute < 0:
            if self.said[self.at - 1].role != "named":
                raise Refused("unclear_hour", moment.raw)
            moment = replace(moment, small_hours=False)
        return moment

    def hours_fit(self) -> bool:
        """`20 h`, `20:30 h` and `0830 hours` are clock readings; `20 hours` is how long something takes."""
        return self.peek().raw == "h" or self.said[self.at - 1].role in ("clock", "compact")

    def offset(self, in_span: bool) -> int:
        """Take `half past`, `ten minutes to` and the like; 0 where none begins here. `10 to 8` may be a span."""
        start, amount = self.at, self.peek()
        ahead = 2 if amount.role in ("figure", "number") and self.peek(1)[:2] == ("unit", 1) else 1
        relation = self.peek(ahead).role
        if amount.role == "fraction":
            if relation not in ("past", "before", "to"):
                raise Refused("unclear_hour", f"{amount.raw} {self.peek(1).raw}".strip())
        elif amount.role not in ("figure", "number") or relation not in ("past", "before", "to"):
            return 0
        elif relation == "to" and ahead == 1:
            if in_span:
                return 0
            after = self.peek(2)
            if amount.role == "figure" and after.role in ("figure", "clock", "compact"):
                if after.role == "figure":
                    raise Refused("unclear_hour", f"{amount.raw} to {after.raw}")
                return 0
        if not 0 < amount.number < 60 or self.peek(ahead + 1).role not in CLOCK:
            raise Refused("hour", " ".join(token.raw for token in self.said[start : start + ahead + 1]))
        self.at += ahead + 1
        return amount.number if relation == "past" else -amount.number

    def reading(self) -> Moment:
        token = self.take()
        start = self.at - 1
        if token.role == "named":
            return Moment(token.number // 100, 0, "said", token.raw, small_hours=token.number == 0)
        if token.role == "half_to":
            if self.peek().role not in ("figure", "number") or not 0 < self.peek().number <= 24:
                raise Refused("hour", f"{token.raw} {self.peek().raw}".strip())
            hour = self.take().number
            return Moment(hour % 24, -token.number, "bare" if hour <= 12 else "full", self.raw(start))
        if token.role == "fraction":
            raise Refused("hour", token.raw)
        if token.role in ("figure", "number"):
            hour, minute = token.number, self.minutes(token)
        else:
            hour, minute = divmod(token.number, 100)
        if hour > 23 or not 0 <= minute < 60:
            raise Refused("hour", self.raw(start))
        form: Form = "open" if minute or token.role in ("clock", "compact") else "bare"
        if token.role == "number":
            form = "bare"
        if hour > 12 or token.raw.startswith("0") or (token.role == "clock" and "h" in token.raw):
            form = "full"
        only: Only = "figure" if token.role == "figure" else "word" if token.role == "number" else ""
        if token.raw.endswith("h"):
            only = "sign"
        return Moment(hour, minute, form, self.raw(start), only="" if minute else only)

    def minutes(self, hour: Token) -> int:
        """Take the minutes of `8 30`, `eight thirty` or `20 Uhr 30`; 0 where what follows may be another hour."""
        after = self.peek()
        if after.role == hour.role and (24 if after.role == "figure" else 13) <= after.number < 60:
            return self.take().number
        after = self.peek(1)
        if self.peek()[:2] == ("oclock", 1) and after.role in ("figure", "number") and self.peek(2).role != "oclock":
            if after.role == "figure" and len(after.raw) < 2:
                return 0
            self.at += 2
            return after.number
        return 0

    def half_day(self, moment: Moment, start: int) -> Moment:
        half = self.take().role
        if moment.form == "said" or not 1 <= moment.hour <= 12:
            raise Refused("hour", self.raw(start))
        return replace(moment, hour=moment.hour % 12 + (12 if half == "pm" else 0), form="said", only="")
