"""What the card asks, how things are shown, and what a person may tell about themselves, in words and switches."""

from collections.abc import Mapping
from datetime import time

from bot.domain.profile import Profile
from bot.domain.reminders import NIGHT
from bot.render import checkin
from bot.render.checklist import call
from bot.render.message import Button, Message, rows
from bot.render.settings import back
from bot.texts.words import Texts


def page(t: Texts, profile: Profile, night: time | None) -> Message:
    """Show what is asked; `night` is when sleep is asked about in the morning, None where it is not."""
    asked_too = frozenset() if profile.short else profile.followed
    followed = [words for code, words in checkin.factors(t).items() if code in asked_too]
    asked = t("The card asks about your head and back only.") if profile.short else t("The card asks five questions.")
    asleep = t("Sleep is asked about in the morning, at {time}.", time=t.clock_time(night)) if night else ""
    also = t("Every day it also asks about: {list}.", list=", ".join(followed)) if followed else ""
    period = t("The first days of your period can be noted on it.") if profile.period else ""
    lines = [line for line in (asked, asleep, also, period) if line]
    return Message(
        "\n".join((f"<b>{t('What the card asks')}</b>", *lines)),
        rows(
            [_switch(t("Ask all five questions"), t("Ask about head and back only"), "short", profile.short)],
            [_switch(t("Ask about sleep with the rest"), t("Ask about sleep in the morning"), NIGHT, bool(night))],
            [Button(t("Change that time"), f"hours:k-{NIGHT}")] if night else [],
            [Button(t("Follow something every day"), "factors")],
            [_switch(t("Don’t note my period"), t("Note when my period begins"), "first_days", profile.period)],
            [Button(t("Reasons for extra care"), "care"), Button(t("My emergency number"), "ask_country")],
            back(t),
        ),
        edit="tapped",
    )


def factors(t: Texts, profile: Profile) -> Message:
    said = t(
        "Choose up to five. I ask about them on good days too: only so can you see whether a headache goes with it."
    )
    ticks = [_tick(words, code, code in profile.followed) for code, words in checkin.factors(t).items()]
    return Message(
        said, rows(*(ticks[n : n + 2] for n in range(0, len(ticks), 2)), [Button(t("Done"), "asks")]), edit="tapped"
    )


def care(t: Texts, profile: Profile) -> Message:
    said = t("Do any of these fit you? They change when I suggest seeing a doctor. You can leave this out.")
    ticks = [[_tick(words, code, code in profile.care)] for code, words in cares(t).items()]
    injury = Button(t("A neck or head injury"), "ask_injury")
    return Message(said, rows(*ticks, [injury], [Button(t("Done"), "asks")]), edit="tapped")


def ask_injury(t: Texts) -> Message:
    return Message(
        t(
            "Has your neck or head ever been hurt, like in a car crash, a fall, sports, or by another person? The "
            "answer stands on the page for your doctor, how it came about does not."
        ),
        rows(
            [Button(t("No"), "injury:no")],
            [Button(t("Yes, in the last 3 months"), "injury:recent")],
            [Button(t("Yes, longer ago"), "injury:past")],
            [Button(t("I was hurt by someone"), "hurt_by_someone")],
            [Button(t("Rather not say"), "injury")],
        ),
        edit="tapped",
    )


def hurt_lately(t: Texts, country: str | None) -> Message:
    """Answer a recent injury (NICE CG150 1.1.2: headache within three months of a head injury needs a look)."""
    said = t(
        "Thanks for telling me. If your headache began after that injury and is new, please let a doctor know soon. If "
        "you are drowsy, throwing up, confused, weak or numb, get help now."
    )
    return Message(f"{said} {call(t, country)}")


def hurt_by_someone(t: Texts, country: str | None) -> Message:
    said = t("I’m sorry that happened to you. If you are in danger now, get help.")
    private = t("A doctor or a local support line can help in private. Nothing of this is kept here.")
    return Message(f"{said} {call(t, country)}\n\n{private}")


def look(t: Texts, profile: Profile) -> Message:
    ground = t("Pictures have a dark ground.") if profile.dark else t("Pictures have a light ground.")
    bars = t("Summaries draw little bars in their text: {bars}", bars="▁▃▇")
    said = t("Summaries say everything in words and numbers, to be read aloud.") if profile.words_only else bars
    return Message(
        "\n".join((f"<b>{t('Pictures and text')}</b>", ground, said)),
        rows(
            [_switch(t("Light pictures"), t("Dark pictures"), "dark", profile.dark, "look")],
            [_switch(t("Little bars in the text"), t("Words only, no bars"), "words_only", profile.words_only, "look")],
            back(t),
        ),
        edit="tapped",
    )


def cares(t: Texts) -> Mapping[str, str]:
    return {
        "over50_new": t("Over 50, new headaches"),
        "pregnant": t("Pregnant or new baby"),
        "cancer": t("Have or had cancer"),
        "immune": t("Weak immune system"),
    }


def _switch(off: str, on: str, what: str, now: bool, route: str = "ask") -> Button:
    return Button(off, f"{route}:{what}:off") if now else Button(on, f"{route}:{what}:on")


def _tick(words: str, code: str, ticked: bool) -> Button:
    return Button(f"✓ {words}", f"ask:{code}:off") if ticked else Button(words, f"ask:{code}:on")
