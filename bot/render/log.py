"""Visits, remedies and changes in words and buttons."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.log import KINDS, PERIOD
from bot.render.checkin import day_name
from bot.render.message import Button, Message, plain, rows
from bot.texts.words import Texts


def names(t: Texts) -> Mapping[str, str]:
    return {
        "massage": t("Massage"),
        "chiropractor": t("Chiropractor"),
        "physio": t("Physio"),
        "acupuncture": t("Acupuncture"),
        "doctor": t("Doctor"),
        "medicine_started": t("Medicine started"),
        "medicine_changed": t("Medicine changed"),
        "pillow": t("New pillow or bed"),
        "desk": t("New desk or chair"),
        "other": t("Something else"),
        PERIOD: t("Period began"),
    }


def choose(t: Texts) -> Message:
    buttons = [Button(names(t)[kind], f"log:{kind}") for kind in KINDS]
    return Message(
        t("What shall I note for today? The day can be changed, and a few words added."),
        rows(*(buttons[n : n + 2] for n in range(0, len(buttons), 2)), [Button(t("A visit still to come"), "visit")]),
    )


def noted(t: Texts, event_id: int, kind: str, day: date, today: date, note: str) -> Message:
    yesterday = today - timedelta(days=1)
    lines = [t("Noted for {day}: {what}.", day=day_name(t, day, today), what=names(t)[kind])]
    if note:
        lines.append(f"<i>{plain(note)}</i>")
    return Message(
        "\n".join(lines),
        rows(
            [Button(t("It was yesterday"), f"log_day:{event_id}:{yesterday.isoformat()}")] if day == today else [],
            [Button(t("Another day"), f"log_day:{event_id}")],
            [Button(t("Change the words") if note else t("Add a few words"), f"log_note:{event_id}")],
            [Button(t("Take it back"), f"unlog:{event_id}")],
        ),
        edit="tapped",
    )


def below(message: Message) -> Message:
    """Return the same as a new message, below what was typed."""
    return replace(message, edit=None)


def ask_day(t: Texts, *, again: bool = False) -> Message:
    asked = t("I did not understand that day.") if again else t("Which day was it?")
    examples = t("For example: {examples}", examples=f"<i>{t('yesterday, Monday, 3 March')}</i>")
    return Message(f"{asked} {examples}")


def ask_note(t: Texts) -> Message:
    return Message(t("What shall I write beside it? Up to 1,000 characters."))


def removed(t: Texts, kind: str, day: date) -> Message:
    return Message(t("Taken back: {what}, {day}.", what=names(t)[kind], day=t.day(day)), edit="tapped")
