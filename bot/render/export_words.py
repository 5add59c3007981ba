"""The words inside an export: the page that explains it, what each column means, and the labels for clinics."""

from collections.abc import Mapping, Sequence

from bot.domain.fhir_questionnaire import WELL_SLEPT_CODE, Labels
from bot.domain.questions import BANDS
from bot.render import checkin_words as words
from bot.render.log import names as noted
from bot.texts.words import Texts


def labels(t: Texts) -> Labels:
    bands = {code: t("{low} to {high} hours", low=band.low, high=band.high) for code, band in BANDS.items()}
    bands |= {"0-5": t("under 5 hours"), "9-24": t("9 hours or more"), WELL_SLEPT_CODE: t("6 hours or more")}
    codes = {**words.codes(t), "sleep_hours": bands}
    return Labels(
        title=t("Daily card"),
        asks=words.asks(t),
        names=words.short(t),
        codes=codes,
        counted=counted(t),
        sites={"headache": t("Head"), "back": t("Spine: back or neck")},
        noted={**noted(t), "attack": t("Headache attack")},
    )


def counted(t: Texts) -> Mapping[str, str]:
    return {
        "headache_day": t("Headache day"),
        "moderate_severe_day": t("Headache day with a score of 4 or more"),
        "migraine_like_day": t("Migraine-like day, by what was ticked"),
        "back_day": t("Back-pain day"),
        "neck_day": t("Neck-pain day"),
        "medicine_day": t("Day with pain medicine"),
    }


def meaning(t: Texts, column: str) -> str:
    """Return what a column of the table of days means."""
    if column in (fixed := {**_about_the_day(t), **_answers(t)}):
        return fixed[column]
    group, _, code = column.partition("_")
    codes, short = words.codes(t), words.short(t)
    key = {"f": "features", "back": "back_region", "med": "medicine", "factor": "factors"}.get(group)
    if key is None:
        return t("Noted that day: {what}. 1 = yes; empty says nothing", what=noted(t)[code])
    return t("{question}: {choice}. 1 = ticked, 0 = not ticked", question=short[key], choice=codes[key][code])


def _about_the_day(t: Texts) -> Mapping[str, str]:
    return {
        "diary_date": t("The day, as the person’s own day: it may begin after midnight"),
        "tz": t("Time zone of the card"),
        "answered_at_utc": t("When the last answer was given, in UTC"),
        "source": t("How the newest answer came: tap, text, edit or import"),
        "is_late": t("1 = something was filled in when the day was over"),
        "logged": t("1 = something was answered that day"),
        "safety_tier": t("The gravest sign ticked on a list of signs: emergency, today, soon; none = none of them"),
        "questionnaire_version": t("Version of the questions"),
        "note": t("The person’s own words; an apostrophe in front keeps a spreadsheet from reading them as a formula"),
    }


def _answers(t: Texts) -> Mapping[str, str]:
    return {
        "headache_nrs": t("Worst headache that day, 0 to 10; 0 = none, 10 = as bad as one can imagine"),
        "headache_day": t(
            "1 = score of 1 or more that lasted 30 minutes or longer, or with medicine, or no length given"
        ),
        "headache_duration": t("How long it lasted: lt30m, 30m_2h, 2_4h, 4_12h, ge12h, ongoing"),
        "aura_known": t("Warning signs: usual, or new and different"),
        "headache_impact": t("Got in the way: 0 no, 1 a bit, 2 a lot"),
        "moderate_severe_day": t("1 = a headache day with a score of 4 or more"),
        "migraine_like_day": t("1 = what was ticked looks like migraine; it is no diagnosis"),
        "back_nrs": t("Worst back or neck pain that day, 0 to 10"),
        "back_day": t("1 = back pain, in the upper or lower back or no place given"),
        "neck_day": t("1 = neck pain"),
        "med_helped": t("Whether the medicine helped: not asked in this version"),
        "sleep_hours": t("Hours slept the night before: as typed, or the middle of the range that was tapped"),
        "sleep_low": t("At least so many hours"),
        "sleep_high": t("At most so many hours"),
        "sleep_quality": t("Sleep, 1 very poorly to 5 very well"),
        "posture": t("Posture, 1 stiff or slumped all day to 5 at ease, moved a lot"),
    }


def dictionary(t: Texts, columns: Sequence[str]) -> Sequence[Mapping[str, object]]:
    return [{"column": column, "meaning": meaning(t, column)} for column in columns]


def readme(t: Texts, day: str) -> str:
    """Return the page that lies beside the files, in plain words; the notice is what LOINC's licence asks for."""
    return "\n\n".join(
        (
            t("Your HeadsUp diary, as it was on {day}.", day=day),
            t(
                "This is health data, and it is not encrypted: whoever has these files can read them. Keep them where "
                "you keep your letters from the doctor, and give them only to people you trust."
            ),
            "headsup.json\n"
            + t(
                "Everything that is kept about you, for another HeadsUp: send this file, or the whole ZIP, to that bot."
            ),
            "days.csv\n"
            + t(
                "One line a day, for a spreadsheet. An empty cell was not answered or not asked; 1 is yes, 0 is no. "
                "Open it as UTF-8, with a comma between the cells."
            ),
            "dictionary.csv\n" + t("What each column of days.csv means."),
            "fhir.json\n"
            + t(
                "The same for a clinic’s computer (HL7 FHIR R4B). It carries a random number instead of your name. "
                "Nothing in it is a diagnosis."
            ),
            "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, "
            "Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no "
            "cost under the license at http://loinc.org/license. LOINC® is a registered United States trademark of "
            "Regenstrief Institute, Inc.",
        )
    )
