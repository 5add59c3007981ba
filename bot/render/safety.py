"""When to get help at once: all signs on one page (`domain/checklists` has their sources), and an answer to hard words.

No clinician has reviewed this text.
"""

from bot.domain.checklists import SIGNS, TIERS
from bot.domain.safety import Concern
from bot.render.checklist import call, crisis, signs
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts


def warning_signs(t: Texts, country: str | None = None, *, checks: bool = False) -> Message:
    """List the signs; `checks` offers to go through them, which strangers cannot."""
    by_tier = {
        (which, tier): [signs(t)[which][code] for code, each in SIGNS[which].items() if each == tier]
        for which in SIGNS
        for tier in TIERS
    }

    def listed(found: list[str]) -> str:
        return "\n".join(f"• {sign}" for sign in found)

    now = t("Get help now (emergency number or emergency room) if your head hurts and one of these is true:")
    same = t("The same if your back hurts and one of these is true:")
    today = [*by_tier["head", "today"], *(t("Back pain: {sign}", sign=sign) for sign in by_tier["back", "today"])]
    return Message(
        "\n\n".join(
            (
                f"<b>{now}</b>\n{listed(by_tier['head', 'emergency'])}",
                f"<b>{same}</b>\n{listed(by_tier['back', 'emergency'])}",
                f"<b>{t('Call a doctor today if:')}</b>\n{listed(today)}",
                call(t, country),
                t("I’m only a diary. I can’t tell what is behind your pain, and no one is watching this chat."),
            )
        ),
        rows(
            [Button(t("Check my head"), "check:head"), Button(t("Check my back"), "check:back")],
            [Button(t("My emergency number"), "ask_country")],
        )
        if checks
        else (),
    )


def answer(t: Texts, concern: Concern, country: str | None = None) -> tuple[Message, ...]:
    """Answer words that may mean somebody needs help at once; none of them was kept."""
    match concern:
        case "self_harm":
            return (_self_harm(t, country),)
        case "distress":
            return (_distress(t, country),)
        case "head" | "back":
            said = t("What you wrote can be a sign that needs help at once. Nothing of it was saved. Please look:")
            return (Message(said), warning_signs(t, country))


def _self_harm(t: Texts, country: str | None) -> Message:
    """Show help first: no question, no advice, nothing about method (crisis-response guides, content notes §2.6)."""
    return Message(
        "\n\n".join(
            (
                t(
                    "I’m really glad you told me. I’m only a diary and no one reads this live, so please reach a "
                    "person now."
                ),
                f"{t('If you might act on these thoughts:')} {call(t, country)}",
                crisis(t, country),
                t("Could someone you trust stay with you? You don’t have to carry this alone."),
                t("I kept nothing of what you wrote. I’ll be quiet for a day; /checkin is there if you want it."),
            )
        ),
        rows(
            [Button(t("Show the numbers again"), "numbers")],
            [Button(t("I’m safe, I meant other things"), "safe")],
        ),
    )


def _distress(t: Texts, country: str | None) -> Message:
    return Message(
        "\n\n".join(
            (
                t(
                    "That sounds really hard, and I’m sorry. Pain that goes on can wear anyone down. Talking to a "
                    "doctor or someone you trust can help."
                ),
                t("If you ever think about hurting yourself:") + f" {call(t, country)} {crisis(t, country)}",
                t("I’m only a diary and no one reads this live. I kept nothing of what you wrote."),
            )
        )
    )


def numbers(t: Texts, country: str | None) -> Message:
    return Message(f"{call(t, country)}\n\n{crisis(t, country)}")


def safe(t: Texts) -> Message:
    return Message(t("Thank you for telling me. I’m glad. Everything goes on as before."), edit="tapped")
