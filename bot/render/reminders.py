"""Reminders in words: the list, one reminder's page, and the reminder itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.reminders import CHECKIN, EVERY_DAY, SUMMARY, WORKDAYS
from bot.domain.schedule import Schedule
from bot.domain.tips import KINDS, Tip
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts

MONDAY = date(2024, 1, 1)
"""Any Monday: only its weekday's name is used."""


@dataclass(frozen=True)
class Entry:
    id: int
    kind: str
    schedule: Schedule
    on: bool


def listing(t: Texts, entries: Sequence[Entry]) -> Message:
    entries = sorted(entries, key=lambda entry: (entry.kind != CHECKIN, entry.kind != SUMMARY))
    lines = [f"{_kind(t, entry.kind)}: {when(t, entry.schedule, entry.on)}" for entry in entries]
    head = f"<b>{t('Your reminders')}</b>"
    if not any(entry.kind not in (CHECKIN, SUMMARY) for entry in entries):
        lines.append(t("No short reminders yet. Shall we add one?"))
    lines.append(t("Tap one to change it."))
    return Message(
        "\n".join((head, *lines)),
        rows(
            *([Button(f"{_kind(t, e.kind)} {t.clock_time(e.schedule.at)}", f"reminder:{e.id}")] for e in entries),
            [Button(t("Add a reminder"), "add_reminder")],
        ),
    )


def page(t: Texts, entry: Entry, *, said: str = "") -> Message:
    """One reminder and what can be done with it; the card and the summary can be switched off, not deleted."""
    text = f"<b>{_kind(t, entry.kind)}</b>\n{when(t, entry.schedule, entry.on)}"
    return Message(
        f"{said}\n{text}" if said else text,
        rows(
            [Button(t("Change the time"), f"hours:r{entry.id}"), Button(t("Change the days"), f"days:{entry.id}")],
            [
                Button(
                    t("Switch off") if entry.on else t("Switch on"), f"switch:{entry.id}:{'off' if entry.on else 'on'}"
                )
            ],
            [Button(t("Delete"), f"remove:{entry.id}")] if entry.kind not in (CHECKIN, SUMMARY) else [],
            [Button(t("All reminders"), "reminders")],
        ),
        edit="tapped",
    )


def choose_kind(t: Texts) -> Message:
    buttons = [Button(_kind(t, kind.key), f"new:{kind.key}") for kind in KINDS]
    pairs = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    return Message(
        t("What shall I remind you of?"), rows(*pairs, [Button(t("Back to all reminders"), "reminders")]), edit="tapped"
    )


def ask_when(t: Texts, kind: str) -> str:
    return t("{kind}: at what time?", kind=_kind(t, kind))


def choose_days(t: Texts, entry: Entry) -> Message:
    days = [
        Button(
            ("✓ " if day in entry.schedule.weekdays else "") + t.weekday(MONDAY + timedelta(days=day)),
            f"day:{entry.id}:{day}",
        )
        for day in range(7)
    ]
    return Message(
        f"<b>{_kind(t, entry.kind)}</b>\n{t('On which days? Tap to add or take away.')}",
        rows(
            days[:4],
            days[4:],
            [Button(t("Every day"), f"day:{entry.id}:all"), Button(t("Mon to Fri"), f"day:{entry.id}:work")],
            [Button(t("Done"), f"reminder:{entry.id}")],
        ),
        edit="tapped",
    )


def removed(t: Texts, entry: Entry) -> Message:
    weekdays = "".join(str(day) for day in sorted(entry.schedule.weekdays))
    return Message(
        t("Deleted: {kind}, {when}.", kind=_kind(t, entry.kind), when=when(t, entry.schedule, True)),
        rows(
            [Button(t("Undo"), f"restore:{entry.kind}:{entry.schedule.at:%H%M}:{weekdays}")],
            [Button(t("All reminders"), "reminders")],
        ),
        edit="tapped",
    )


def when(t: Texts, schedule: Schedule, on: bool) -> str:
    """Return "Mon to Fri, 14:00", with "off" where it is."""
    text = f"{_days(t, schedule.weekdays)}, {t.clock_time(schedule.at)}"
    return text if on else t("{when} (off)", when=text)


def tip(t: Texts, tip: Tip, outbox_id: int) -> Message:
    return Message(
        t(tip.text),
        rows(
            [Button(t("Done"), f"done:{outbox_id}"), Button(t("Later"), f"later:{outbox_id}")],
            [Button(t("Not today"), f"not_today:{outbox_id}")],
        ),
    )


def responded(t: Texts, text: str, response: str) -> Message:
    """The reminder after a tap: its text, and what was tapped in words."""
    said = {"done": t("Done."), "later": t("I’ll ask again in an hour."), "not_today": t("No more of these today.")}
    return Message(f"{text}\n\n<i>{said[response]}</i>", edit="tapped")


def _days(t: Texts, weekdays: frozenset[int]) -> str:
    if weekdays == EVERY_DAY:
        return t("every day")
    if weekdays == WORKDAYS:
        return t("Mon to Fri")
    return ", ".join(t.weekday(MONDAY + timedelta(days=day)) for day in sorted(weekdays))


def _kind(t: Texts, kind: str) -> str:
    names: Mapping[str, str] = {
        CHECKIN: t("Daily card"),
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
    }
    return names[kind]
