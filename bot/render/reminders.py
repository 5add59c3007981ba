"""Reminders in words: the list, one reminder's page, how to set times and what was not understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.reminders import (
    AFTER_VISIT,
    CHECKIN,
    DAILY,
    EVERY_DAY,
    MORNING,
    NIGHT,
    OWN,
    SUMMARY,
    TRIED,
    TRY,
    VISIT,
    WORKDAYS,
)
from bot.domain.schedule import Schedule
from bot.domain.times import NotTimes
from bot.domain.tips import KINDS
from bot.render.message import Button, Message, plain, rows
from bot.texts.words import Texts

MONDAY = date(2024, 1, 1)
"""Any Monday: only its weekday's name is used."""

ON_A_BUTTON, ON_A_LINE = 3, 8
"""Times that a button, and a line of the list, name; more would not fit on a phone. Its own page names them all."""


@dataclass(frozen=True)
class Entry:
    """One reminder: all times of a kind. `words` are the person's own."""

    kind: str
    schedules: tuple[Schedule, ...]
    on: bool
    words: str | None = None


def listing(t: Texts, entries: Sequence[Entry]) -> Message:
    entries = sorted(entries, key=lambda entry: (entry.kind != CHECKIN, entry.kind != SUMMARY))
    lines = [f"{name(t, entry.kind, entry.words)}: {when(t, entry, ON_A_LINE)}" for entry in entries]
    head = f"<b>{t('Your reminders')}</b>"
    if not any(entry.kind not in DAILY for entry in entries):
        lines.append(t("No short reminders yet. Shall we add one?"))
    lines.append(t("Tap one to change it. /next shows what comes, and why."))
    return Message(
        "\n".join((head, *lines)),
        rows(*([_to_page(t, entry)] for entry in entries), [Button(t("Add a reminder"), "add_reminder")]),
    )


def page(t: Texts, entry: Entry, *, said: str = "", undo: str | None = None) -> Message:
    """One reminder and what can be done with it; the card and the summary can be switched off, not deleted."""
    text = f"<b>{name(t, entry.kind, entry.words)}</b>\n{when(t, entry)}"
    several = len(entry.schedules) > 1
    times = Button(t("Change the times") if several else t("Change the time"), f"hours:k-{entry.kind}")
    switch = t("Switch off") if entry.on else t("Switch on")
    return Message(
        f"{said}\n{text}" if said else text,
        rows(
            [Button(t("Undo"), undo)] if undo else [],
            [times, *([Button(t("Change the days"), f"days:{entry.kind}")] if _same_days(entry) else [])],
            [Button(t("Add a time"), f"hours:n-{entry.kind}")] if entry.kind not in DAILY else [],
            [Button(switch, f"switch:{entry.kind}:{'off' if entry.on else 'on'}")],
            [Button(t("Delete"), f"remove:{entry.kind}")] if entry.kind not in DAILY else [],
            [Button(t("All reminders"), "reminders")],
        ),
        edit="tapped",
    )


def choose_kind(t: Texts) -> Message:
    buttons = [Button(name(t, kind.key), f"new:{kind.key}") for kind in KINDS]
    pairs = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    return Message(
        t("What shall I remind you of?"),
        rows(
            *pairs,
            [Button(t("My own words"), f"new:{OWN}")],
            [Button(t("Back to all reminders"), "reminders")],
        ),
        edit="tapped",
    )


def ask_when(t: Texts, kind: str) -> str:
    return t("{kind}: at what time?", kind=name(t, kind))


def ask_own(t: Texts) -> Message:
    return Message(
        t("Type what I shall say, and when. For example: {example}", example=f"<i>{t('take the stairs at 15:00')}</i>")
    )


def how_to_remind(t: Texts) -> Message:
    examples = (
        t("/remind posture weekdays 10:00 13:00 16:30"),
        t("/remind water every 2 hours 9-17"),
        t("/remind take the stairs at 15:00"),
        t("/remind call the physio tomorrow only 9:00"),
    )
    return Message(
        "\n".join((t("Tell me what and when, for example:"), *examples, t("Or use the buttons: /reminders")))
    )


def choose_days(t: Texts, entry: Entry) -> Message:
    weekdays = entry.schedules[0].weekdays
    names = [t.weekday(MONDAY + timedelta(days=day)) for day in range(7)]
    days = [
        Button(f"✓ {day}", f"day:{entry.kind}:{number}:off")
        if number in weekdays
        else Button(day, f"day:{entry.kind}:{number}:on")
        for number, day in enumerate(names)
    ]
    return Message(
        f"<b>{name(t, entry.kind, entry.words)}</b>\n{t('On which days? Tap to add or take away.')}",
        rows(
            days[:4],
            days[4:],
            [Button(t("Every day"), f"day:{entry.kind}:all"), Button(t("Mon to Fri"), f"day:{entry.kind}:work")],
            [Button(t("Done"), f"reminder:{entry.kind}")],
        ),
        edit="tapped",
    )


def removed(t: Texts, entry: Entry, undo: str) -> Message:
    return Message(
        t("Deleted: {kind}, {when}.", kind=name(t, entry.kind, entry.words), when=when(t, entry)),
        rows([Button(t("Undo"), undo)], [Button(t("All reminders"), "reminders")]),
        edit="tapped",
    )


def undone(t: Texts) -> Message:
    return Message(t("Taken back."), rows([Button(t("All reminders"), "reminders")]), edit="tapped")


def set_(t: Texts, first: datetime | None, *, quiet: str | None) -> str:
    """Say that times were set and when the first comes (local), where that is known; `quiet`: one of them lies in the
    quiet hours."""
    said = t("Set.")
    if first is not None:
        said = t("Set. Next: {day}, {time}.", day=t.day(first.date()), time=t.clock_time(first.time()))
    if quiet is None:
        return said
    return (
        said + " " + t("{time} is in your quiet hours, so nothing would come then. /settings changes them.", time=quiet)
    )


def once_a_day(t: Texts, kind: str) -> Message:
    return Message(t("{kind}: one time for each day, please, like {example}.", kind=name(t, kind), example="20:00"))


def words_too_long(t: Texts, most: int) -> Message:
    return Message(t("Please say it in at most {n} letters, so that it fits a reminder.", n=most))


def times_not_understood(t: Texts, found: NotTimes, *, example: str = "") -> Message:
    """Say what stands in the way, with an example; nothing is stored by guess."""
    word = t("“{words}”", words=plain(found.word))
    why = {
        "nothing": t("I did not understand that time."),
        "no_hour": t("At what time?"),
        "hour": t("No clock shows {word}.", word=word),
        "unclear_hour": t("Is {word} in the morning or in the evening? Please write 15:00 or 3 pm.", word=word),
        "weekday": t("These days don’t go together."),
        "unclear_day": t("Is {word} each week or once? Please write “every Friday” or “this Friday”.", word=word),
        "date": t("I don’t know the day {word}.", word=word),
        "range": t("From when to when, and how often? Like “every 2 hours from 9 to 17”."),
        "past": t("That is over already."),
        "too_many": t("That is more than 24 times; please choose fewer."),
        "leftover": t("I did not understand {word}.", word=word),
    }[found.why]
    examples = example or t("8:30, 8 pm, weekdays 10:00 and 16:30")
    return Message(f"{why} {t('Nothing was set. For example: {examples}', examples=f'<i>{plain(examples)}</i>')}")


def when(t: Texts, entry: Entry, most: int | None = None) -> str:
    """Return "Mon to Fri, 10:00 and 14:00", days with other times behind it, and "(off)" where it is.

    Of more than `most` times on the same days, the rest is counted: "and 4 more".
    """
    by_days: dict[object, list[Schedule]] = {}
    for schedule in sorted(entry.schedules, key=lambda each: (each.only_on or date.min, each.at)):
        by_days.setdefault((schedule.weekdays, schedule.only_on), []).append(schedule)
    every = t("on days with it") if entry.kind == TRY else None
    text = "; ".join(when_one(t, group, most, every) for group in by_days.values())
    return text if entry.on else t("{when} (off)", when=text)


def when_one(t: Texts, group: Sequence[Schedule], most: int | None = None, every: str | None = None) -> str:
    """Return "Mon to Fri, 10:00 and 14:00" for schedules on the same days; `every`: what stands for every day."""
    first = group[0]
    days = t("once, {day}", day=t.day(first.only_on)) if first.only_on else _days(t, first.weekdays, every)
    times = [t.clock_time(schedule.at) for schedule in group]
    if most is not None and len(times) > most + 1:
        times[most:] = [t("{n} more", n=len(times) - most)]
    return f"{days}, {_listed(t, times)}"


def names(t: Texts) -> dict[str, str]:
    return {
        CHECKIN: t("Daily card"),
        NIGHT: t("How the night was"),
        SUMMARY: t("Weekly summary"),
        "posture": t("Posture break"),
        "stretch": t("Stretch"),
        "neck": t("Neck"),
        "water": t("Water"),
        "meals": t("Meals"),
        "sleep": t("Sleep"),
        "screen": t("Screen and light"),
        "relax": t("Relax"),
        "activity": t("Activity"),
        "triggers": t("Keeping track"),
        "medicine": t("Medicine and remedies"),
        "mixed": t("A bit of everything"),
    }


def name(t: Texts, kind: str, words: str | None = None) -> str:
    if kind.startswith(OWN):
        return plain(words) if words else t("My own words")
    by_themselves = {
        MORNING: t("How the attack was"),
        VISIT: t("Before your visit"),
        AFTER_VISIT: t("After your visit"),
        TRY: t("Your try"),
        TRIED: t("What came of your try"),
    }
    return (names(t) | by_themselves).get(kind, kind)


def _to_page(t: Texts, entry: Entry) -> Button:
    times = sorted({schedule.at for schedule in entry.schedules})
    shown = ", ".join(t.clock_time(at) for at in times[:ON_A_BUTTON]) + ("…" if len(times) > ON_A_BUTTON else "")
    label = entry.words[:24] if entry.words else name(t, entry.kind)
    return Button(f"{label} {shown}", f"reminder:{entry.kind}")


def _same_days(entry: Entry) -> bool:
    if entry.kind == TRY:
        return False  # the lot gives them
    return len({schedule.weekdays for schedule in entry.schedules}) == 1 and not entry.schedules[0].only_on


def _days(t: Texts, weekdays: frozenset[int], every: str | None = None) -> str:
    if weekdays == EVERY_DAY:
        return every or t("every day")
    if weekdays == WORKDAYS:
        return t("Mon to Fri")
    return ", ".join(t.weekday(MONDAY + timedelta(days=day)) for day in sorted(weekdays))


def _listed(t: Texts, items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return t("{some} and {last}", some=", ".join(items[:-1]), last=items[-1])
