"""What Telegram shows around the chat: the command menu and the bot's description."""

from collections.abc import Sequence

from bot.texts.words import LANGUAGES, Texts, texts_for


def commands(t: Texts) -> Sequence[tuple[str, str]]:
    return (
        ("checkin", t("Today’s card")),
        ("summary", t("Your last 7, 28 or 90 days")),
        ("patterns", t("What goes with your headaches")),
        ("history", t("A month at a glance; see or change a day")),
        ("log", t("Note a visit, remedy or change")),
        ("visit", t("A doctor’s visit still to come")),
        ("report", t("A page for your doctor")),
        ("share", t("Let your doctor look for a while")),
        ("try", t("Try one change, fairly")),
        ("reminders", t("Set reminder times")),
        ("remind", t("Set a reminder in words")),
        ("next", t("What comes next, and why")),
        ("attack", t("It started: quiet until it’s over")),
        ("settings", t("Card time, time zone, quiet hours")),
        ("pause", t("Be quiet for a while")),
        ("resume", t("End the pause")),
        ("warning", t("When to get help at once")),
        ("privacy", t("What is stored")),
        ("export", t("Everything about you in one file")),
        ("import", t("Bring in another diary")),
        ("delete", t("Remove everything about you")),
        ("help", t("What I can do")),
        ("cancel", t("Stop the current question")),
    )


def of_its_own(chosen: str, telegrams: str, default: str) -> str:
    """Return the language of the menu that a chat needs for itself, "" where the one Telegram shows is right.

    `telegrams`: the language Telegram is used in, as it says it; `default`: of the menu for all that we do not speak.
    """
    code = telegrams.partition("-")[0].lower()
    wanted, shown = (texts_for(each).locale.language for each in (chosen, code if code in LANGUAGES else default))
    return "" if wanted == shown else wanted


def description(t: Texts) -> str:
    return t(
        "A diary for your head, back, sleep and posture. One card a day, a good day is one tap. I remind you to move, "
        "sum up your week and never claim more than your own days show. I’m not a doctor."
    )


def short_description(t: Texts) -> str:
    return t("A daily diary for head, back, sleep and posture.")
