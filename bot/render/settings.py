"""Settings in words: the overview, the time picker, pausing."""

from datetime import datetime, time

from bot.domain.schedule import local
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts

QUARTERS = (0, 15, 30, 45)


def overview(
    t: Texts, zone: str, checkin: tuple[int, str] | None, summary: tuple[int, str] | None, paused: str | None
) -> Message:
    """Show the settings; `checkin` and `summary` are (reminder id, when, in words)."""
    off = t("off")
    lines = [
        f"<b>{t('Settings')}</b>",
        t("Daily card: {when}", when=checkin[1] if checkin else off),
        t("Weekly summary: {when}", when=summary[1] if summary else off),
        t("Time zone: {zone}", zone=t.zone(zone)),
    ]
    if paused:
        lines.append(paused)
    return Message(
        "\n".join(lines),
        rows(
            [Button(t("Change the card’s time"), f"hours:r{checkin[0]}")] if checkin else [],
            [Button(t("Change the weekly summary"), f"reminder:{summary[0]}")] if summary else [],
            [Button(t("Change the time zone"), "ask_zone")],
            [Button(t("Reminders"), "reminders")],
            [Button(t("Resume now"), "resume") if paused else Button(t("Pause"), "ask_pause")],
        ),
    )


def pick_hour(t: Texts, purpose: str, question: str) -> Message:
    hours = [Button(f"{hour:02}", f"hour:{purpose}:{hour:02}") for hour in range(24)]
    return Message(
        f"{question}\n{t('Pick the hour, or type a time like 8:30.')}",
        rows(*(hours[n : n + 6] for n in range(0, 24, 6))),
        edit="tapped",
    )


def pick_minute(t: Texts, purpose: str, hour: int) -> Message:
    times = [Button(t.clock_time(time(hour, minute)), f"time:{purpose}:{hour:02}{minute:02}") for minute in QUARTERS]
    return Message(
        t("And the minutes? You can also type a time like {example}.", example=t.clock_time(time(hour, 10))),
        rows(times, [Button(t("Another hour"), f"hours:{purpose}")]),
        edit="tapped",
    )


def ask_typed_time(t: Texts) -> Message:
    return Message(t("Type a time, for example 20:15 or 8:30 pm."))


def time_not_understood(t: Texts) -> Message:
    return Message(t("I did not understand that time. Please type it like 8:30, 20:15 or 8 pm."))


def zone_set(t: Texts, zone: str, now: datetime) -> Message:
    return Message(
        t(
            "Your clock is set to {zone}: it is {time} there now.",
            zone=t.zone(zone),
            time=t.clock_time(local(now, zone).time()),
        ),
        clear_keys=True,
    )


def place_not_asked(t: Texts) -> Message:
    return Message(t("I have not kept that place. To change your time zone, go through /settings."))


def ask_pause(t: Texts) -> Message:
    return Message(
        t("For how long shall I be quiet? Paused days count as not answered, not as pain-free. /checkin still works."),
        rows(
            [Button(t("Today"), "pause:1"), Button(t("3 days"), "pause:3")],
            [Button(t("A week"), "pause:7"), Button(t("Until I say so"), "pause:0")],
        ),
    )


def paused(t: Texts, until: str | None) -> str:
    if until is None:
        return t("Paused. I’ll be quiet until you send /resume.")
    return t("Paused until {when}. Then I’ll be back by myself; /resume ends it sooner.", when=until)


def resumed(t: Texts) -> Message:
    return Message(t("I’m back. Your card comes at its usual time."))


def help_text(t: Texts) -> Message:
    lines = (
        t("/checkin – today’s card"),
        t("/summary – your last 7 days"),
        t("/reminders – set reminder times"),
        t("/settings – card time, time zone, summary"),
        t("/pause and /resume – be quiet for a while"),
        t("/warning – when to get help at once"),
        t("/privacy – what is stored"),
        t("/delete – remove everything about you"),
        t("/cancel – stop the current question"),
    )
    typed = t("You can also type your day: {example}", example="<i>headache 6, back 3, slept 7.5, posture 4</i>")
    care = t("I’m a diary, not a doctor. No one reads this chat live.")
    return Message("\n".join((f"<b>{t('What I can do')}</b>", *lines, "", typed, "", care)))


def unknown_command(t: Texts) -> Message:
    return Message(t("I don’t know that command. /help shows what I can do."))


def cancelled(t: Texts, was_asked: bool) -> Message:
    return Message(
        t("Stopped. Nothing was changed.") if was_asked else t("There is nothing to stop. /help shows what I can do.")
    )


def only_words(t: Texts) -> Message:
    return Message(t("I can only read words and taps, so I kept nothing of that. /checkin opens today’s card."))


def restarted(t: Texts) -> Message:
    return Message(
        t("I was restarted just now. What you sent before is saved; if an answer from me is missing, please ask again.")
    )


def not_saved(t: Texts) -> Message:
    return Message(t("Something went wrong here and that was not saved. Please try it once more."))


def too_much(t: Texts) -> Message:
    return Message(
        t("That was a lot at once, so I stopped reading. Please wait a minute, then send again what is missing.")
    )


def cannot_save(t: Texts) -> Message:
    return Message(
        t(
            "I can’t save anything right now: something is wrong with the computer I run on. What you typed waits for "
            "me at Telegram for a day. If you tapped a button, please tap it again later."
        )
    )


def too_long(t: Texts) -> Message:
    return Message(t("That is longer than 1,000 characters, so I kept nothing of it. Please send it shorter."))


def in_group(t: Texts) -> Message:
    return Message(t("I only work in private chats, because a diary is private. Goodbye!"))
