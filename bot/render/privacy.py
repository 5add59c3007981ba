"""What is stored, and how to have it all removed, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.render.message import Button, Message, rows
from bot.texts.words import Texts


@dataclass(frozen=True)
class Held:
    """How much is kept of a person: days with answers, reminder times, attacks and visits."""

    days: int
    reminders: int
    events: int


@dataclass(frozen=True)
class Times:
    """How many days things are kept: of who blocked the bot, answers, and its own backups; 0 = for good, or none."""

    blocked: int
    answers: int
    backups: int


def policy(t: Texts, times: Times) -> Message:
    """Answer /privacy, as Telegram's terms for bots ask (tos/bot-developers §4)."""
    return Message(
        "\n\n".join(
            (
                f"<b>{t('Your data')}</b>",
                t(
                    "I keep: your Telegram number, language, time zone, the times you chose, your answers and what you "
                    "noted beside them (attacks, visits, changes) with when you gave them, and that you agreed. A "
                    "shared location is turned into a time zone and not kept."
                ),
                t(
                    "Your answers are encrypted on the computer of the person who runs this bot; the key lies there "
                    "too, in a separate file. Nothing is sent to anyone else. There is no tracking."
                ),
                t(
                    "Telegram carries our messages and can read them: chats with bots are not secret chats. What is "
                    "already in this chat you can clear yourself in Telegram."
                ),
                " ".join(_how_long(t, times)),
            )
        )
    )


def _how_long(t: Texts, times: Times) -> Iterator[str]:
    if times.answers:
        yield t("Answers and notes are kept for {n} days, the rest until you delete it.", n=times.answers)
    else:
        yield t("All of it is kept until you delete it.")
    if times.blocked:
        yield t.many(
            "If you block me, I stop writing; {n} day later everything about you is deleted, unless you come back.",
            "If you block me, I stop writing; {n} days later everything about you is deleted, unless you come back.",
            times.blocked,
        )
    yield t("/delete removes everything about you here at once.")
    if times.backups:
        yield t.many(
            "Nightly backups still hold it for up to {n} day. Should one be put back, you stay deleted.",
            "Nightly backups still hold it for up to {n} days. Should one be put back, you stay deleted.",
            times.backups,
        )
        yield t("Copies made by hand last until the person who runs this bot replaces them.")
    else:
        yield t("Copies in backups last until the person who runs this bot replaces them.")


def ask_delete(t: Texts, held: Held) -> Message:
    return Message(
        f"<b>{t('Delete everything about you?')}</b>\n"
        + t("That is {held}, your settings and your consent. It can’t be brought back.", held=_counted(t, held)),
        rows([Button(t("Yes, delete everything"), "erase")], [Button(t("No, keep it"), "keep")]),
    )


def erased(t: Texts, held: Held) -> Message:
    return Message(
        "\n\n".join(
            (
                f"<b>{t('Deleted.')}</b> " + t("Gone: {held}, your settings and your consent.", held=_counted(t, held)),
                t(
                    "To clear this chat too, delete it in Telegram. "
                    "To begin again, send /start or ask for a new invitation. Take care."
                ),
            )
        ),
        edit="tapped",
    )


def _counted(t: Texts, held: Held) -> str:
    counted = [
        t.many("{n} day of answers", "{n} days of answers", held.days),
        t.many("{n} reminder time", "{n} reminder times", held.reminders),
    ]
    if held.events:
        counted.append(t.many("{n} thing noted beside them", "{n} things noted beside them", held.events))
    return ", ".join(counted)


def kept(t: Texts) -> Message:
    return Message(t("Nothing was deleted."), edit="tapped")
