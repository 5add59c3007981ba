"""What is stored, and how to have it all removed, in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.render.message import Button, Message, plain, rows
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


def policy(t: Texts, lines: Sequence[str], *, known: bool) -> Message:
    """Answer /privacy, as Telegram's terms for bots ask (tos/bot-developers §4); `known`: it is about somebody here."""
    mine = [[Button(t("Take my consent back"), "ask_withdraw")], [Button(t("Delete everything"), "delete")]]
    return Message(
        "\n\n".join((f"<b>{t('Your data')}</b>", *(plain(line) for line in lines))),
        rows(*mine) if known else (),
    )


def said(t: Texts, contact: str, times: Times) -> Sequence[str]:
    """Return what there is to know, a paragraph each: what, why, where, who reads it, for how long, whom to ask."""
    if contact:
        responsible = t("Responsible for this bot, and there for your questions: {contact}", contact=contact)
    else:
        responsible = t("Responsible is the person who runs this bot: whoever gave you its name or your invitation.")
    return (
        t(
            "I keep: your Telegram number, language, time zone, the times you chose, your answers and what you noted "
            "beside them (attacks, visits, what you want to ask there, changes) with when you gave them, what you told "
            "in /settings (things to follow, reasons for care, your country), and that you agreed. Of somebody whom "
            "you let look with /share I keep their Telegram number, name and when they looked. A shared location is "
            "turned into a time zone and not kept."
        ),
        t(
            "Why: to ask you each day, to remind you, and to show you your own days. You agreed to that; nothing is "
            "used for anything else, no one is paid for it, and no decision about you is made by it."
        ),
        t(
            "Your answers are encrypted on the computer of the person who runs this bot; the key lies there too, in a "
            "separate file. With it they could read them. Nothing goes to anyone else, unless you share it yourself. "
            "There is no tracking."
        ),
        t(
            "Telegram carries our messages and can read them: chats with bots are not secret chats. What is already in "
            "this chat you can clear yourself in Telegram."
        ),
        " ".join(_how_long(t, times)),
        t(
            "Your rights: see your days in /history and change them, have all of it sent to you with /export, take "
            "your consent back, have everything deleted. "
            "You may also complain to the data protection authority where you live."
        ),
        responsible,
    )


def page(t: Texts, bot: str, lines: Sequence[str]) -> str:
    """Return the privacy policy as a page for the operator to publish: plain text that also reads as Markdown."""
    title = t("Privacy policy of {bot}", bot=bot)
    opening = t("{bot} is a diary for head, back, sleep and posture on Telegram. In its own words:", bot=bot)
    nobody = t(
        "Of somebody who has not agreed, nothing is kept, but for the reader of a shared link. The diary is for "
        "people of 16 and older."
    )
    return "\n\n".join((f"# {title}", opening, *lines, nobody)) + "\n"


def _how_long(t: Texts, times: Times) -> Iterator[str]:
    if times.answers:
        yield t("Answers and notes are kept for {n} days, the rest until you delete it.", n=times.answers)
    else:
        yield t("All of it is kept until you delete it.")
    if times.blocked:
        yield t.many(
            "If you block me or take your consent back, I stop writing; {n} day later everything about you is "
            "deleted, unless you come back.",
            "If you block me or take your consent back, I stop writing; {n} days later everything about you is "
            "deleted, unless you come back.",
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


def ask_delete(t: Texts, held: Held, asked_at: int) -> Message:
    """Ask once before everything is deleted; the button says when that was (`asked_at`, `buttons.digits_of`)."""
    return Message(
        f"<b>{t('Delete everything about you?')}</b>\n"
        + t("That is {held}, your settings and your consent. It can’t be brought back.", held=counted(t, held)),
        rows(
            [Button(t("Send me everything first"), "ask_export")],
            [Button(t("Yes, delete everything"), f"erase:{asked_at}")],
            [Button(t("No, keep it"), "keep")],
        ),
    )


def ask_forget(t: Texts, asked_at: int) -> Message:
    """Ask somebody once who keeps no diary here and has only looked at another's; `asked_at` as in `ask_delete`."""
    return Message(
        f"<b>{t('Delete everything about you?')}</b>\n"
        + t("That is your Telegram number and your name, with what was shared with you. You can’t look any more then."),
        rows([Button(t("Yes, delete everything"), f"erase:{asked_at}")], [Button(t("No, keep it"), "keep")]),
    )


def in_place(message: Message) -> Message:
    return replace(message, edit="tapped")


def erased(t: Texts, held: Held) -> Message:
    return Message(
        "\n\n".join(
            (
                f"<b>{t('Deleted.')}</b> " + t("Gone: {held}, your settings and your consent.", held=counted(t, held)),
                t(
                    "Copies in backups last until they are replaced, /privacy says when. Should one be put back, "
                    "you stay deleted."
                ),
                t(
                    "To clear this chat too, delete it in Telegram. "
                    "To begin again, send /start or ask for a new invitation. Take care."
                ),
            )
        ),
        edit="tapped",
    )


def forgotten(t: Texts) -> Message:
    return Message(
        f"<b>{t('Deleted.')}</b> " + t("Gone: your number and your name. What was shared with you is closed."),
        edit="tapped",
    )


def counted(t: Texts, held: Held) -> str:
    counted = [
        t.many("{n} day of answers", "{n} days of answers", held.days),
        t.many("{n} reminder time", "{n} reminder times", held.reminders),
    ]
    if held.events:
        counted.append(t.many("{n} thing noted beside them", "{n} things noted beside them", held.events))
    return ", ".join(counted)


def kept(t: Texts) -> Message:
    return Message(t("Nothing was changed."), edit="tapped")
