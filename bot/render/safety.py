"""When to get help at once: the signs for head and back, in plain words.

Head after SNNOOP10 (Do 2019, Neurology 92:134) and NICE CG150 1.1.1; back after the UK cauda equina warning card
(BMJ Best Practice) and IFOMPT (Finucane 2020, JOSPT 50:350). No clinician has reviewed this text.
"""

from bot.domain.safety import Concern
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts


def warning_signs(t: Texts) -> Message:
    head = (
        t("It hit its worst within 5 minutes, or is the worst headache of your life"),
        t("Weak, numb, or a drooping face"),
        t("Hard to speak, or confused"),
        t("Lost sight, seeing double, or a red painful eye"),
        t("Fever with a stiff neck or a rash"),
        t("After a blow to the head or neck"),
        t("Fainted or had a fit"),
    )
    back = (
        t("Numb between the legs or around the bottom"),
        t("New trouble peeing or pooping, or leaking"),
        t("Both legs weak, numb or painful, or a leg or foot getting weaker"),
        t("After a crash or a big fall"),
        t("With chest pain, bad belly pain or feeling faint"),
        t("Loss of feeling during sex, new since this pain"),
    )
    today = (
        t("You are pregnant or just had a baby, and have a bad headache"),
        t("Over 50, with a sore temple or jaw pain when you chew"),
        t("Back pain with fever, chills or feeling very ill"),
        t("Back pain, and you have had cancer or lose weight without trying"),
    )

    def listed(signs: tuple[str, ...]) -> str:
        return "\n".join(f"• {sign}" for sign in signs)

    now = t("Get help now (emergency number or emergency room) if a headache comes with:")
    return Message(
        "\n\n".join(
            (
                f"<b>{now}</b>\n{listed(head)}",
                f"<b>{t('The same for back pain with:')}</b>\n{listed(back)}",
                f"<b>{t('Call a doctor today if:')}</b>\n{listed(today)}",
                _emergency(t),
                t("I’m only a diary. I can’t tell what is causing your pain, and no one is watching this chat."),
            )
        )
    )


def answer(t: Texts, concern: Concern) -> tuple[Message, ...]:
    """Answer words that may mean somebody needs help at once; none of them was kept."""
    match concern:
        case "self_harm":
            return (_self_harm(t),)
        case "distress":
            return (_distress(t),)
        case "head" | "back":
            said = t("What you wrote can be a sign that needs help at once. Nothing of it was saved. Please look:")
            return (Message(said), warning_signs(t))


def _self_harm(t: Texts) -> Message:
    """Show help first: no question, no advice, nothing about method (crisis-response guides, content notes §2.6)."""
    return Message(
        "\n\n".join(
            (
                t(
                    "I’m really glad you told me. I’m only a diary and no one reads this live, so please reach a "
                    "person now."
                ),
                f"{t('If you might act on these thoughts, call the emergency number.')} {_emergency(t)}",
                _lines(t),
                t("Could someone you trust stay with you? You don’t have to carry this alone."),
                t("I kept nothing of what you wrote. I’ll be quiet for a day; /checkin is there if you want it."),
            )
        ),
        rows(
            [Button(t("Show the numbers again"), "numbers")],
            [Button(t("I’m safe, I meant other things"), "safe")],
        ),
    )


def _distress(t: Texts) -> Message:
    return Message(
        "\n\n".join(
            (
                t(
                    "That sounds really hard, and I’m sorry. Pain that goes on can wear anyone down. Talking to a "
                    "doctor or someone you trust can help."
                ),
                t("If you ever think about hurting yourself:") + f" {_emergency(t)} {_lines(t)}",
                t("I’m only a diary and no one reads this live. I kept nothing of what you wrote."),
            )
        )
    )


def numbers(t: Texts) -> Message:
    return Message(f"{_emergency(t)}\n\n{_lines(t)}")


def safe(t: Texts) -> Message:
    return Message(t("Thank you for telling me. I’m glad. Everything goes on as before."), edit="tapped")


def _emergency(t: Texts) -> str:
    return t("112 works on most mobile phones in Europe and many other places; in the US and Canada it is 911.")


def _lines(t: Texts) -> str:
    """Name lines to talk to: 988 and findahelpline.com are those the content notes found published (§2.5)."""
    return t("To talk to someone: 988 in the US and Canada; findahelpline.com has a free line in many countries.")
