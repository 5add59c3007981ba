"""The first minute: what HeadsUp is, what is stored and why, consent, and the three things to choose."""

from collections.abc import Sequence
from datetime import time

from bot.domain.reminders import PRESETS
from bot.render import consent
from bot.render.message import Button, Message, plain, rows
from bot.texts.words import Texts

ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Australia/Sydney",
)
TIMES = (time(18), time(19), time(20), time(21), time(22))


def welcome(t: Texts, code: str) -> Message:
    """Ask for consent; an invitation waits in the button, because nothing is stored before the answer."""
    return Message(
        f"<b>{t('Hello! I’m HeadsUp, a diary for your head, back, sleep and posture.')}</b>\n\n{consent.text(t)}",
        rows([consent.agree_button(t, code)], [Button(t("No, thank you"), "decline")]),
    )


def declined(t: Texts) -> Message:
    return Message(t("That’s fine. I have kept nothing. Send /start if you change your mind."), edit="tapped")


def agreed(t: Texts) -> Message:
    return Message(t("Thank you. Three short questions and we are ready."), edit="tapped")


def ask_zone(t: Texts, found: Sequence[tuple[str, str]] = (), *, typed: str = "", none_found: bool = False) -> Message:
    """Ask where the person lives; `found` are (label, zone) suggestions for what was typed."""
    if found:
        text = t("Which of these is it?")
    elif none_found:
        text = t(
            "I found no place called “{place}”. Try a bigger city nearby, or a zone like Europe/Rome.",
            place=plain(typed[:40]),
        )
    else:
        text = t(
            "Where do you live? I only need it for your clock. Type your city, share your location (I keep only the "
            "time zone), or tap the nearest city."
        )
    if found or none_found:
        return Message(text, rows(*([Button(label, f"zone:{zone}")] for label, zone in found)))
    keys = [t.zone(zone) for zone in ZONES]
    return Message(
        text,
        keys=tuple(tuple(keys[n : n + 2]) for n in range(0, len(keys), 2)),
        ask_location=t("Share my location"),
    )


def zone_of_key(t: Texts, text: str) -> str | None:
    """Return the zone of a key under the text field; \"London\" is one of several places, but there it is this one."""
    return next((zone for zone in ZONES if t.zone(zone) == text.strip()), None)


def ask_time(t: Texts, usual: time) -> Message:
    """Offer evening times; `usual` is the operator's default and always among them."""
    times = [Button(t.clock_time(at), f"start_time:{at:%H%M}") for at in sorted({*TIMES, usual})]
    times.append(Button(t("Another time"), "start_time"))
    return Message(
        t("When shall I ask you about your day?"),
        rows(*(times[n : n + 3] for n in range(0, len(times), 3))),
    )


def ask_preset(t: Texts, checkin_time: time) -> Message:
    labels = {
        "one": t("One a day"),
        "some": t("Three a day"),
        "none": t("No reminders"),
    }
    return Message(
        t(
            "I’ll ask at {time}. Do you want short reminders too?\n\n"
            "One a day: a posture break at {posture}, Mon to Fri.\n"
            "Three a day: a posture break at {first}, a stretch at {second}, Mon to Fri, and sleep at {third}.\n\n"
            "You can change them any time.",
            time=t.clock_time(checkin_time),
            posture=t.clock_time(PRESETS[0].reminders[0][1]),
            first=t.clock_time(PRESETS[1].reminders[0][1]),
            second=t.clock_time(PRESETS[1].reminders[1][1]),
            third=t.clock_time(PRESETS[1].reminders[2][1]),
        ),
        rows(*([Button(labels[preset.key], f"preset:{preset.key}")] for preset in PRESETS)),
        edit="tapped",
    )


def ready(t: Texts, checkin_time: time) -> Message:
    when = t("Your card comes at {time} each day, unless you fill it in before.", time=t.clock_time(checkin_time))
    return Message(
        "\n\n".join(
            (
                f"<b>{t('All set.')}</b> {when}",
                t("Missing a day is fine. After eight weeks a diary can tell a doctor a lot."),
                t("/checkin opens today’s card now. /warning lists when to get help at once. /help shows the rest."),
            )
        ),
        rows([Button(t("Open today’s card"), "checkin")]),
        edit="tapped",
    )


def by_invitation(t: Texts) -> Message:
    return Message(t("Hello! This diary is by invitation. Please ask the person who runs it for a link."))


def invitation_over(t: Texts) -> Message:
    return Message(t("This invitation has been used or is over. Please ask for a new link."))


def not_listed(t: Texts) -> Message:
    return Message(t("Hello! This diary is for a fixed group of people. Please ask the person who runs it."))


def start_first(t: Texts) -> Message:
    return Message(t("Hello! Send /start first, then we can begin."))


def welcome_back(t: Texts) -> Message:
    return Message(
        t("Welcome back. Everything is as you left it. /checkin opens today’s card, /help shows the rest."),
        rows([Button(t("Open today’s card"), "checkin")]),
    )
