"""Discreet messages: what comes by the clock says nothing about health on a locked screen, for those who want that."""

from dataclasses import replace
from datetime import date

from bot.domain.reminders import CHECKIN, NIGHT, NUDGE, SUMMARY
from bot.render.message import Button, Message, rows
from bot.render.settings import back
from bot.texts.words import Texts


def page(t: Texts, *, on: bool) -> Message:
    """Show whether messages are discreet, and how to change it."""
    now = t("They are on.") if on else t("They are off.")
    said = t(
        "With them on, a locked screen shows only “{first}” or the like when I write by myself. The rest is hidden "
        "until you tap it, and can’t be forwarded or saved. What you ask me for yourself comes as usual.",
        first=_card(t, date(2026, 3, 2)),
    )
    switch = Button(t("Switch them off"), "discreet:off") if on else Button(t("Switch them on"), "discreet:on")
    return Message(f"<b>{t('Discreet messages')}</b>\n{now}\n\n{said}", rows([switch], back(t)), edit="tapped")


def veiled(t: Texts, message: Message, kind: str, slot: str) -> Message:
    """Return a message of the clock's behind a first line that anybody may see; Telegram's apps show the rest, a
    spoiler, neither in notifications nor in the list of chats."""
    if kind in (CHECKIN, NIGHT, NUDGE):
        first = _card(t, date.fromisoformat(slot))
    else:
        first = t("Your week") if kind == SUMMARY else t("A message for you")
    return replace(message, text=f"{first}\n\n<tg-spoiler>{message.text}</tg-spoiler>", discreet=True)


def _card(t: Texts, day: date) -> str:
    return t("Your card for {day}", day=t.day(day))
