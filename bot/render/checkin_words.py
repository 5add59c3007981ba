"""The words of the card's questions: what is asked, what helps to answer, and how each choice is called."""

from collections.abc import Mapping
from functools import cache

from bot.domain.questions import Question
from bot.texts.words import Texts


@cache
def short(t: Texts) -> Mapping[str, str]:
    return {
        "headache": t("Headache"),
        "back": t("Back"),
        "sleep_hours": t("Sleep"),
        "sleep_quality": t("Sleep quality"),
        "posture": t("Posture"),
        "duration": t("Headache lasted"),
        "features": t("Headache with"),
        "aura_known": t("Warning signs"),
        "impact": t("Got in the way"),
        "back_region": t("Back pain in"),
        "medicine": t("Taken for pain"),
        "factors": t("That day"),
        "try": t("Your try"),
        "note": t("Note"),
    }


@cache
def asks(t: Texts) -> Mapping[str, str]:
    return {
        "headache": t("Did your head hurt today? Tap how bad it got at its worst."),
        "back": t("And your back or neck? Tap how bad it got at its worst."),
        "sleep_hours": t("How long did you sleep last night?"),
        "sleep_quality": t("How well did you sleep?"),
        "posture": t("How was your posture today?"),
        "duration": t("About how long did the headache last in all?"),
        "features": t("Tap anything that fits this headache, then Done."),
        "aura_known": t("Have you had those warning signs before, and did they go away within an hour?"),
        "impact": t("Did the headache get in the way of your day?"),
        "back_region": t("Where did it hurt? Tap all that fit, then Done."),
        "medicine": t("Did you take anything for pain today? Tap all that fit, then Done."),
        "factors": t("Any of these today? Tap all that fit, then Done."),
        "try": t("Did you do what you are trying?"),
    }


@cache
def asks_afterwards(t: Texts) -> Mapping[str, str]:
    """Return what is asked about a day that is over, where it is not what is asked about today."""
    return {
        "headache": t("Did your head hurt that day? Tap how bad it got at its worst."),
        "sleep_hours": t("How long did you sleep the night before?"),
        "posture": t("How was your posture that day?"),
        "medicine": t("Did you take anything for pain that day? Tap all that fit, then Done."),
        "factors": t("Any of these that day? Tap all that fit, then Done."),
    }


@cache
def help_lines(t: Texts) -> Mapping[str, str]:
    return {
        "headache": t(
            "10 is as bad as you can imagine.\n“All fine” means no pain, slept 6 hours or more and well, good posture."
        ),
        "back": t("Count your neck, upper back and lower back. 10 is as bad as you can imagine."),
        "sleep_hours": t("Your best guess is fine. You can also type a number like 6.5."),
        "posture": t("Not about sitting straight. Did you move often and feel at ease?"),
        # A label that had to be cut for its button stands here in full.
        "features": t("“Zigzags or blind spot” is also sparkles; “Tingling, numb, words” is trouble finding words."),
        "impact": t("“A lot” means you had to stop or lie down."),
        "medicine": t(
            "Whether for your head or your back. What you take every day to prevent pain does not go here. "
            "“Ibuprofen, aspirin” is also naproxen and the like; “Combined pill” has caffeine or codeine in it."
        ),
        "factors": t("I ask on good days too: only so can you see whether a headache goes with it."),
    }


def scale(t: Texts, question: Question) -> str:
    return {
        "headache": t("Headache goes from 0 to 10."),
        "back": t("Back pain goes from 0 to 10."),
        "sleep_hours": t("Sleep goes from 0 to 24 hours, in quarter hours."),
        "sleep_quality": t("Sleep quality goes from 1 to 5."),
        "posture": t("Posture goes from 1 to 5."),
    }[question.key]


@cache
def grades(t: Texts) -> Mapping[str, Mapping[int, str]]:
    return {
        "sleep_quality": {
            1: t("1 · very poorly"),
            2: t("2 · poorly"),
            3: t("3 · so-so"),
            4: t("4 · well"),
            5: t("5 · very well"),
        },
        "posture": {
            1: t("1 · stiff or slumped all day"),
            2: t("2 · not great"),
            3: t("3 · so-so"),
            4: t("4 · good"),
            5: t("5 · at ease, moved a lot"),
        },
    }


@cache
def record(t: Texts) -> Mapping[str, Mapping[str, str]]:
    """Return short words for choices whose buttons are sentences."""
    return {
        "aura_known": {"usual": t("as usual"), "new": t("new or different")},
        "impact": {"0": t("no"), "1": t("a bit"), "2": t("a lot")},
        "try": {"done": t("done"), "not": t("not done")},
    }


@cache
def codes(t: Texts) -> Mapping[str, Mapping[str, str]]:
    return {
        "duration": {
            "lt30m": t("Under 30 min"),
            "30m_2h": t("30 min to 2 h"),
            "2_4h": t("2 to 4 h"),
            "4_12h": t("4 to 12 h"),
            "ge12h": t("12 h or more"),
            "ongoing": t("Still going on"),
        },
        "features": {
            "one_side": t("Mostly one side"),
            "throbbing": t("Throbbing or pounding"),
            "worse_moving": t("Worse when I move"),
            "nausea": t("Felt sick or threw up"),
            "light": t("Light hurt"),
            "sound": t("Noise hurt"),
            "aura_vision": t("Zigzags or blind spot"),
            "aura_sense_speech": t("Tingling, numb, words"),
            "none": t("None of these"),
        },
        "aura_known": {"usual": t("Yes, that’s normal for me"), "new": t("No, this is new or different")},
        "impact": {"0": t("No"), "1": t("A bit, I got less done"), "2": t("A lot, I had to stop")},
        "back_region": {
            "neck": t("Neck"),
            "upper": t("Upper or middle back"),
            "lower": t("Lower back"),
            "leg": t("It shot down a leg"),
        },
        "medicine": {
            "none": t("Nothing"),
            "simple": t("Paracetamol, acetaminophen"),
            "nsaid": t("Ibuprofen, aspirin"),
            "triptan": t("A triptan"),
            "combo": t("Combined pill"),
            "opioid": t("Strong painkiller (opioid)"),
            "ergot": t("Ergotamine"),
            "other": t("Something else"),
            "unsure": t("Not sure what kind"),
        },
        "factors": {
            "stress": t("Stressful day"),
            "skipped_meal": t("Missed or late meal"),
            "low_water": t("Drank little water"),
            "alcohol": t("Alcohol"),
            "period": t("Period"),
            "weather": t("Big weather change"),
            "screen": t("Long screen day"),
            "long_sitting": t("Sat 8 hours or more"),
            "few_breaks": t("Hardly any breaks"),
            "caffeine_more": t("More caffeine"),
            "caffeine_less": t("Less caffeine"),
            "light_noise_smell": t("Light, noise, smells"),
            "hard_exercise": t("Hard exercise"),
            "none": t("None of these"),
        },
        "try": {"done": t("Yes, it was done"), "not": t("No, it was not")},
    }
