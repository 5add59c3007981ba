"""When to talk to a doctor, in counts of the person's own days; never what it might be, never to stop a medicine."""

from bot.domain.rules import Advice
from bot.render.checklist import call
from bot.render.message import Message
from bot.texts.words import Texts


def advice(t: Texts, said: Advice) -> Message:
    """Return the one message for a rule that has come true."""
    match said.kind:
        case "med_early":
            text = t(
                "You’ve logged {medicine} on {n} of the last 30 days. From {limit} days a month on, pain medicine and "
                "more headaches go together in some people. Worth a word with your doctor or pharmacist.",
                medicine=_medicine(t, said.medicine),
                n=said.n,
                limit=said.limit,
            )
        case "med_limit":
            text = t(
                "You’ve logged {medicine} on {n} of the last 30 days. That is at or over the {limit} days doctors "
                "watch for. Please talk to a doctor or pharmacist. Don’t stop a prescribed medicine suddenly "
                "on your own.",
                medicine=_medicine(t, said.medicine),
                n=said.n,
                limit=said.limit,
            )
        case "see_prevent":
            text = t(
                "You had a headache on {n} of the last 28 days. There are ways to prevent headaches, with and without "
                "medicine. A doctor can go through them with you.",
                n=said.n,
            )
        case "see_daily":
            text = t(
                "You had a headache on {n} of the last 28 days, about every second day or more. Please make an "
                "appointment if you haven’t yet.",
                n=said.n,
            )
        case "see_change":
            text = t(
                "Your headaches look different from the month before: {n} days, and {days} before. A clear change is a "
                "good reason to check in with a doctor.",
                n=said.n,
                days=said.days,
            )
        case "see_back":
            text = t(
                "Your back or neck has hurt on most days for six weeks. That is a good time to see a doctor or physio. "
                "Keep moving gently in the meantime."
            )
        case "see_sleep":
            text = t(
                "You’ve slept under 6 hours on most nights for four weeks. Poor sleep can be treated, so it is worth "
                "bringing up with a doctor."
            )
    return Message(text)


def aura(t: Texts) -> Message:
    """Say once what somebody with aura should know (WHO eligibility criteria: combined hormones, category 4)."""
    return Message(
        t(
            "You logged warning signs like zigzags or tingling. If you use birth control with estrogen (most pills, "
            "the patch or the ring), tell your doctor or pharmacist. They may suggest another kind."
        )
    )


def pregnant(t: Texts, country: str | None) -> Message:
    said = t("A bad headache while pregnant or just after should be looked at: please call a doctor today.")
    return Message(f"{said}\n\n{t('If it gets worse fast:')} {call(t, country)}")


def _medicine(t: Texts, code: str) -> str:
    return {
        "simple": t("paracetamol (acetaminophen)"),
        "nsaid": t("ibuprofen, aspirin or the like"),
        "triptan": t("a triptan"),
        "combo": t("a combined pill"),
        "opioid": t("a strong painkiller"),
        "ergot": t("ergotamine"),
        "unsure": t("pain medicine of a kind you were not sure of"),
        "any_mix": t("pain medicine of different kinds"),
    }[code]
