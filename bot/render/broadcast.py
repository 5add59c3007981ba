"""What whoever runs the bot tells everybody, in their name, and whether it is wanted."""

from bot.render.message import Button, Message, plain, rows
from bot.render.settings import back
from bot.texts.words import Texts

LONGEST = 3500
"""Letters of a broadcast; a message holds 4096, and what stands above it is longer in other languages."""


def message(t: Texts, text: str) -> Message:
    return Message(
        f"<b>{t('From whoever runs this bot:')}</b>\n\n{plain(text)}",
        rows([Button(t("No more of these"), "broadcasts:off")]),
    )


def page(t: Texts, *, on: bool) -> Message:
    """Show whether they are wanted, and how to change it."""
    now = t("It is on.") if on else t("It is off.")
    said = t(
        "Now and then, whoever runs this bot may have something to tell everybody: that it moves, say, or will be away "
        "for a day. Your diary and your reminders go on either way."
    )
    switch = Button(t("Switch it off"), "broadcasts:off") if on else Button(t("Switch it on"), "broadcasts:on")
    return Message(f"<b>{t('News about this bot')}</b>\n{now}\n\n{said}", rows([switch], back(t)))
