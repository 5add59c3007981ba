"""The lists of signs in words and buttons, and what is said when one of them is ticked.

Each sign stands in full in the message; its button may be shorter, for a label that a phone cuts off is dangerous here.
"""

from collections.abc import Collection, Mapping

from bot.domain.checklists import SIGNS, Checklist, Tier
from bot.domain.emergency import COUNTRIES, NUMBERS
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts


def listing(t: Texts, event_id: int, which: Checklist, ticked: Collection[str], *, edit: bool = False) -> Message:
    """Show a list with what is ticked on it."""
    asked = {
        "head": t("Let’s check first. With your head, is any of this true right now?"),
        "back": t("Let’s check first. With your back, is any of this true right now?"),
        "neck": t("You noted a chiropractor visit not long ago. Since then, do you have any of these?"),
    }[which]
    words, short = signs(t)[which], _short(t)
    lines = "\n".join(f"• {words[code]}" for code in SIGNS[which])
    labels = {code: short.get(code, words[code]) for code in SIGNS[which]}
    buttons = [
        Button(f"✓ {label}", f"unsign:{event_id}:{code}")
        if code in ticked
        else Button(label, f"sign:{event_id}:{code}")
        for code, label in labels.items()
    ]
    return Message(
        f"<b>{asked}</b>\n{lines}",
        rows(*([button] for button in buttons), [Button(t("None of these"), f"none:{event_id}")] if not ticked else []),
        edit="tapped" if edit else None,
    )


def choose(t: Texts) -> Message:
    return Message(
        t("Where does it feel new or wrong?"),
        rows([Button(t("My head"), "check:head"), Button(t("My back or neck"), "check:back")]),
    )


def offer(t: Texts, which: Checklist) -> Message:
    """One line in place of a list that was answered with "none of these" twice lately."""
    return Message(
        t("If anything about it is new or frightening, please look at the signs."),
        rows([Button(t("Show me the signs"), f"check:{which}")]),
    )


def answer(t: Texts, event_id: int, which: Checklist, tier: Tier, country: str | None) -> Message:
    """Say what to do about what was ticked; never what it might be."""
    slip = Button(t("I ticked it by mistake"), f"mistake:{event_id}")
    if tier == "soon":
        return Message(soon(t), rows([slip]))
    if tier == "today":
        return Message(
            "\n\n".join(
                (
                    t(
                        "Please call a doctor today about this. If you can’t reach one, use your local out-of-hours "
                        "line or an urgent care clinic."
                    ),
                    f"{t('If it gets worse fast:')} {call(t, country)} {t('I can’t tell what is behind it.')}",
                )
            ),
            rows([slip], *_country(t, country)),
        )
    back = which == "back"
    urgent = (
        t("Please get help now. Some back problems can harm the nerves for good if they wait.")
        if back
        else t("Please get help now. What you ticked can need urgent care.")
    )
    go = (
        t("Or go to the nearest emergency room today, even at night.")
        if back
        else t("Or go to the nearest emergency room. Don’t drive yourself.")
    )
    nobody = t("I’m only a diary. I can’t tell what is behind this, and no one is watching this chat.")
    return Message(
        "\n\n".join((f"⚠️ <b>{urgent}</b>", f"{call(t, country)} {go}", nobody)),
        rows(
            [Button(t("I’m getting help"), "getting_help")],
            [Button(t("Show the numbers again"), "numbers")],
            [slip],
            *_country(t, country),
        ),
    )


def none(t: Texts, country: str | None, tier: Tier | None) -> Message:
    """Answer "none of these"; with an illness that changes the picture it is still worth a visit."""
    if tier is not None:
        return Message(soon(t), edit="tapped")
    later = t("If any of those things start, get help at once.")
    return Message(
        f"{t('Good to hear.')} {later} {call(t, country)} {t('/warning always shows the list.')}", edit="tapped"
    )


def taken_back(t: Texts) -> Message:
    return Message(t("All right, taken back. Here is the list again."), edit="tapped")


def soon(t: Texts) -> str:
    return t("This is worth a visit to your doctor in the next week or so.")


def call(t: Texts, country: str | None) -> str:
    """Name the number to call, or say plainly that it is not known; never guessed from anything."""
    numbers = NUMBERS.get(country or "")
    if numbers is not None:
        return t("Call {number}.", number=numbers.emergency)
    return t(
        "Call your emergency number. I don’t know it for sure: 112 works on most mobile phones in Europe and many "
        "other places; in the US and Canada it is 911."
    )


def crisis(t: Texts, country: str | None) -> str:
    """Name lines to talk to: 988 and findahelpline.com are those the content notes found published (§2.5)."""
    numbers = NUMBERS.get(country or "")
    if numbers is not None and numbers.crisis:
        return t("To talk to someone, day or night: {line}. Or see findahelpline.com.", line=numbers.crisis)
    if numbers is not None:
        return t("To talk to someone: findahelpline.com has a free line in many countries.")
    return t("To talk to someone: 988 in the US and Canada; findahelpline.com has a free line in many countries.")


def ask_country(t: Texts) -> Message:
    return Message(
        t("Where do you live? I only use this to show the right emergency number. You can leave it out."),
        rows(*([Button(countries(t)[code], f"country:{code}")] for code in COUNTRIES)),
    )


def country_set(t: Texts, country: str) -> Message:
    if country in NUMBERS:
        return Message(t("Your emergency number is {number}.", number=NUMBERS[country].emergency), edit="tapped")
    return Message(
        t(
            "I have no sure number for where you live. Please look it up now and keep it at hand. {call}",
            call=call(t, None),
        ),
        edit="tapped",
    )


def countries(t: Texts) -> Mapping[str, str]:
    return {
        "EU": t("European Union"),
        "GB": t("United Kingdom"),
        "US": t("United States"),
        "CA": t("Canada"),
        "AU": t("Australia"),
        "NZ": t("New Zealand"),
        "other": t("Another country"),
    }


def signs(t: Texts) -> Mapping[Checklist, Mapping[str, str]]:
    """Return every sign in full."""
    return {
        "head": {
            "thunder": t("It hit its worst within 5 minutes"),
            "worst_ever": t("Worst headache of my life"),
            "weak_numb": t("Weak, numb, or a drooping face"),
            "speech_confused": t("Hard to speak, or confused"),
            "vision": t("Lost sight, seeing double, or a red painful eye"),
            "fever_neck": t("Fever with a stiff neck or a rash"),
            "injury": t("After a blow to the head or neck"),
            "fit_faint": t("Fainted or had a fit"),
            "pregnant_now": t("I’m pregnant or just had a baby"),
            "temple_jaw": t("Over 50, with a sore temple or jaw pain when I chew"),
            "position_cough": t("Much worse lying down, standing up or coughing"),
        },
        "back": {
            "saddle": t("Numb between my legs or around my bottom"),
            "bladder_bowel": t("New trouble peeing or pooping, or leaking"),
            "both_legs": t("Both legs weak, numb or painful"),
            "leg_weak": t("A leg or foot is getting weaker"),
            "trauma": t("After a crash or a big fall"),
            "chest_belly": t("With chest pain, bad belly pain or feeling faint"),
            "sex": t("Loss of feeling during sex, new since this pain"),
            "fever_ill": t("Fever, chills or feeling very ill"),
            "cancer_weight": t("I have had cancer, or I’m losing weight without trying"),
        },
        "neck": {
            "new_neck_head": t("A new kind of neck or head pain"),
            "dizzy_double": t("Dizzy, unsteady or seeing double"),
            "speech_swallow": t("Hard to speak or swallow"),
            "numb_droop": t("Numb face, drooping eyelid or weak arm or leg"),
        },
    }


def _short(t: Texts) -> Mapping[str, str]:
    return {
        "thunder": t("Worst within 5 minutes"),
        "worst_ever": t("Worst of my life"),
        "weak_numb": t("Weak, numb, face droops"),
        "vision": t("Sight or red painful eye"),
        "fever_neck": t("Fever + stiff neck/rash"),
        "injury": t("After a head/neck blow"),
        "pregnant_now": t("Pregnant or new baby"),
        "temple_jaw": t("Over 50 + temple/jaw pain"),
        "position_cough": t("Worse lying/up/coughing"),
        "saddle": t("Numb between my legs"),
        "bladder_bowel": t("Pee or poop trouble"),
        "both_legs": t("Both legs affected"),
        "leg_weak": t("Leg getting weaker"),
        "chest_belly": t("Chest/belly pain, faint"),
        "sex": t("Less feeling during sex"),
        "fever_ill": t("Fever or very ill"),
        "cancer_weight": t("Cancer or weight loss"),
        "new_neck_head": t("New neck or head pain"),
        "dizzy_double": t("Dizzy or double vision"),
        "numb_droop": t("Numb, droopy or weak"),
    }


def _country(t: Texts, country: str | None) -> list[list[Button]]:
    return [] if country else [[Button(t("Choose where I live"), "ask_country")]]
