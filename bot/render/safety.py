"""When to get help at once: the signs for head and back, in plain words.

Head after SNNOOP10 (Do 2019, Neurology 92:134) and NICE CG150 1.1.1; back after the UK cauda equina warning card
(BMJ Best Practice) and IFOMPT (Finucane 2020, JOSPT 50:350). No clinician has reviewed this text.
"""

from bot.render.message import Message
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
                t("112 works on most mobile phones in Europe and many other places; in the US and Canada it is 911."),
                t("I’m only a diary. I can’t tell what is causing your pain, and no one is watching this chat."),
            )
        )
    )
