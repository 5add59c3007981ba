"""A month as a picture, in words and in buttons: what is filled in, what is not, and each day one tap away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from bot.domain.checkin import complete, relevant
from bot.domain.history import Day, state
from bot.domain.questions import QUESTIONS, Question
from bot.domain.rules import headache_day
from bot.domain.summary import sore_day
from bot.render.chart_months import MonthWords, month_picture
from bot.render.log import names
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts

A_ROW = 7
MOST_NOTED = 10
"""Visits and remedies that one message names, the last ones: with more, the words would not fit below the picture."""


def month(
    t: Texts,
    first: date,
    days: Sequence[Day],
    noted: Sequence[tuple[date, str]],
    questions: Sequence[Question] = QUESTIONS,
    *,
    earlier: date | None,
    later: date | None,
    dark: bool = False,
) -> Message:
    """Show the month that begins at `first`: its `days` so far, oldest first, and what was noted beside the card (day,
    kind). `earlier` and `later` are the months that one can turn to."""
    answers = [relevant(day.answers) for day in days]
    head = t("{month}: filled in on {n} of {of} days.", month=t.month(first), n=_logged(days), of=len(days))
    lines = [f"<b>{head}</b>"]
    if _logged(days):
        headaches = sum(headache_day(each) is True for each in answers)
        backs = sum(sore_day(each) is True for each in answers)
        lines.append(t("Headache on {head} of them, back or neck pain on {back}.", head=headaches, back=backs))
    late, changed = sum(day.late for day in days), sum(day.changed for day in days)
    if late or changed:
        lines.append(t("Filled in later: {late}. Changed later: {changed}.", late=late, changed=changed))
    if noted:
        shown = "; ".join(f"{t.day(day)} {names(t)[kind]}" for day, kind in noted[-MOST_NOTED:])
        lines.append(t("Noted: {list}.", list=shown))
    lines.append(t("✓ filled in, … begun, – asked and not answered. Tap a day to see, fill in or change it."))
    buttons = [Button(_label(day, questions), f"open_day:{day.day.isoformat()}") for day in days]
    turns = [Button(t.month(other), f"month:{other:%Y-%m}") for other in (earlier, later) if other is not None]
    return Message(
        "\n".join(lines),
        rows(*(buttons[n : n + A_ROW] for n in range(0, len(buttons), A_ROW)), turns),
        draw=partial(month_picture, first, days, _picture_words(t, first), dark=dark),
    )


def in_place(message: Message) -> Message:
    return replace(message, edit="tapped")


def opened(t: Texts, day: date, today: date) -> str:
    """Return the line above a day that was opened again."""
    if (today - day).days > 1:
        return t("What you fill in now is marked as filled in later.")
    return ""


def _picture_words(t: Texts, first: date) -> MonthWords:
    monday = first - timedelta(days=first.weekday())
    return MonthWords(
        title=t.month(first),
        headache=t("Headache"),
        back=t("Back or neck"),
        weekdays=[t.weekday(monday + timedelta(days=n)) for n in range(7)],
        missing=t("not answered"),
        unasked=t("not asked"),
    )


def _logged(days: Sequence[Day]) -> int:
    return sum(day.logged for day in days)


def _label(day: Day, questions: Sequence[Question]) -> str:
    if complete(day.answers, questions):
        return f"{day.day.day} ✓"
    if day.answers:
        return f"{day.day.day} …"
    return f"{day.day.day} –" if state(day, "headache") == "unanswered" else str(day.day.day)
