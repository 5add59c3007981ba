"""What comes next, day by day in local time, with the rule behind each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from bot.domain.coming import Planned
from bot.domain.reminders import MORNING, TRIED, TRY, VISITS
from bot.render.message import Button, Message, rows
from bot.render.reminders import name, when_one
from bot.texts.words import Texts


@dataclass(frozen=True)
class Line:
    """One send: `at` is local."""

    at: datetime
    kind: str
    because: Planned | None
    again: bool = False
    put_off: bool = False


def listing(
    t: Texts,
    lines: Sequence[Line],
    zone: str,
    now: datetime,
    *,
    paused: bool,
    paused_until: datetime | None,
    silent: bool,
) -> Message:
    """`now` and `paused_until` are local."""
    parts = [f"<b>{t('Coming next')}</b> ({t('{zone} time', zone=t.zone(zone))})"]
    if silent:
        parts.append(t("I’m quiet for now, until tomorrow at the latest."))
    if paused:
        parts.append(_paused(t, paused_until))
    for day, of_day in groupby(lines, key=lambda line: line.at.date()):
        parts.append("\n".join([f"<b>{_day(t, day, now.date())}</b>", *(_line(t, line) for line in of_day)]))
    if not lines and not paused:
        parts.append(t("Nothing in the next days."))
    if lines:
        parts.append(t("As things stand now. Where your card is still open, one quiet nudge follows it."))
    return Message("\n\n".join(parts), rows([Button(t("Reminders"), "reminders")]))


def _line(t: Texts, line: Line) -> str:
    words = line.because.words if line.because else None
    return f"{t.clock_time(line.at.time())} {name(t, line.kind, words)} – {_why(t, line)}"


def _why(t: Texts, line: Line) -> str:
    if line.kind in VISITS:
        return t("you noted a visit")
    if line.again and line.because is None:
        return t("you noted that it started") if line.kind == MORNING else t("it was put off")
    if line.again:
        return t("you asked for it later")
    if line.put_off:
        return t("after your quiet hours")
    if line.kind == TRY:
        return t("a day with it")
    if line.kind == TRIED:
        return t("it is over")
    return t("you set {when}", when=when_one(t, [line.because.schedule])) if line.because else ""


def _day(t: Texts, day: date, today: date) -> str:
    if day == today:
        return t("Today, {day}", day=t.day(day))
    return t.day(day)


def _paused(t: Texts, until: datetime | None) -> str:
    if until is None:
        return t("You are on a pause that ends with /resume.")
    return t("You are on a pause until {day}, {time}.", day=t.day(until.date()), time=t.clock_time(until.time()))
