"""Consent: the text a person agrees to, asked again when it has changed, and taken back as easily as given."""

import hashlib
from collections.abc import Mapping, Sequence

from bot.render.message import Button, Message, rows
from bot.render.privacy import Held, counted
from bot.texts.words import LANGUAGES, Texts, texts_for

VERSION = "2"
"""Counts up whenever `text` changes; then `changes` says what is new, or people are asked without knowing why."""


def text(t: Texts) -> str:
    """Return what a person agrees to; its version and hash are kept with their consent."""
    return "\n\n".join(
        (
            t("Once a day I ask how you were. A good day is one tap. I can also send short reminders to move."),
            t(
                "I keep your answers, which are about your health, encrypted, and your time zone and times, on the "
                "computer of the person who runs this bot. With the key on that computer they could read them, and so "
                "could Telegram: bot chats are not secret chats."
            ),
            t(
                "You can take this consent back at any time with two taps in /privacy, which also says more. /delete "
                "removes everything."
            ),
            t("I’m a diary, not a doctor. I can’t tell you what you have. No one reads this chat live."),
        )
    )


def changes(t: Texts) -> Mapping[str, str]:
    """Return what each version of the text brought, oldest first."""
    return {"2": t("You can now take your consent back with two taps in /privacy.")}


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def digests() -> Sequence[str]:
    """Return the hash of the text in each language there is: a person may have agreed to it in any of them."""
    return sorted({digest(text(texts_for(language))) for language in LANGUAGES})


def agree_button(t: Texts, code: str = "", before: int | None = None) -> Button:
    """Return the button that says yes to exactly this text. `before` is the number of the person's newest consent: once
    there is a newer one, or it was taken back since, the button is from another time."""
    number = "" if before is None else f":{before}"
    return Button(t("I agree, and I am 16 or older"), f"agree:{code}:{digest(text(t))[:8]}{number}")


def ask_again(t: Texts, before: int | None, new: Sequence[str], held: Held) -> Message:
    """Ask somebody whose consent holds no more; `new` is what has changed in its text since they agreed."""
    lines = [
        f"<b>{t('What you agreed to has changed. May I go on?')}</b>",
        " ".join(new) or t("It says the same in other words."),
        t("This is the whole text:"),
        f"<i>{text(t)}</i>",
        t(
            "Until you say yes I keep nothing you send (please send it again then), and no card comes. What is here "
            "stays untouched: {held}.",
            held=counted(t, held),
        ),
    ]
    return Message(
        "\n\n".join(lines),
        rows(
            [agree_button(t, before=before)],
            [Button(t("No, I take my consent back"), "ask_withdraw")],
            [Button(t("Delete everything"), "delete")],
        ),
    )


def ask_anew(t: Texts, before: int | None) -> Message:
    """Ask somebody who took their consent back and may want to agree again."""
    return Message(
        f"<b>{t('Welcome back. May I go on with your diary?')}</b>\n\n{text(t)}",
        rows([agree_button(t, before=before)], [Button(t("No, thank you"), "decline")]),
    )


def goes_on(t: Texts) -> Message:
    return Message(
        t("Thank you. Everything goes on as it was. Your card and reminders come at their usual times."),
        rows([Button(t("Open today’s card"), "checkin")]),
        edit="tapped",
    )


def ask_withdraw(t: Texts, consent: int, held: Held, days: int) -> Message:
    """Ask once; `days` is after how long everything is deleted by itself then, 0 for never."""
    return Message(
        "\n\n".join(
            (
                f"<b>{t('Take your consent back?')}</b>",
                t(
                    "From then on I keep nothing you send, and no card or reminder comes. What is here stays encrypted "
                    "and untouched until you delete it or agree again, which you can do at any time: {held}.",
                    held=counted(t, held),
                )
                + _ends(t, days),
            )
        ),
        rows(
            [Button(t("Yes, take it back"), f"withdraw:{consent}")],
            [Button(t("No, go on as before"), "keep")],
            [Button(t("Delete everything instead"), "delete")],
        ),
    )


def withdrawn(t: Texts, held: Held, days: int) -> Message:
    """Say how things stand once consent was taken back; `days` as above."""
    return Message(
        "\n\n".join(
            (
                f"<b>{t('Your consent is taken back.')}</b>",
                t(
                    "I keep nothing you send, and nothing comes from me by itself. Still here, encrypted and "
                    "untouched: {held}. You have the right to have it deleted: tap below, or send /delete at any time.",
                    held=counted(t, held),
                )
                + _ends(t, days),
                t("/warning still lists when to get help at once."),
            )
        ),
        rows(
            [Button(t("Send me everything"), "ask_export")],
            [Button(t("Delete everything"), "delete")],
            [Button(t("Agree again"), "agree")],
        ),
    )


def _ends(t: Texts, days: int) -> str:
    if not days:
        return ""
    return " " + t.many(
        "After {n} day it is deleted by itself, unless you agree again.",
        "After {n} days it is deleted by itself, unless you agree again.",
        days,
    )
