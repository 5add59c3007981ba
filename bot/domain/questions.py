"""The questions of the daily card: one line each, in the order they are asked.

Items, scales and follow-up rules come from the project's content notes: the 0–10 numeric rating scale (0 = no pain,
10 = as bad as you can imagine), features after ICHD-3 1.1 C and D, sleep as one's own estimate of last night.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Hours:
    """Hours of sleep, 0–24: a button stores its range, a typed number has `low == high`."""

    low: float
    high: float

    @property
    def middle(self) -> float | None:
        """Return the value to average, in hours; None where the range is too wide to stand for a number."""
        return (self.low + self.high) / 2 if self.high - self.low <= 1 else MIDDLES.get((self.low, self.high))


MIDDLES: Mapping[tuple[float, float], float] = {(0, 5): 4.5, (9, 24): 9.5}
"""The open bands' stand-in values, hours (content notes, question `sleep_hours`)."""

Value = int | str | Hours | frozenset[str]
Answers = Mapping[str, Value | None]
"""Question key → value; None = skipped; no key = no answer."""

Kind = Literal["severity", "quality", "hours", "choice", "several", "text"]


def always(answers: Answers) -> bool:
    return True


def above_zero(key: str) -> Callable[[Answers], bool]:
    def asked(answers: Answers) -> bool:
        value = answers.get(key)
        return isinstance(value, int) and value > 0

    return asked


def any_pain(answers: Answers) -> bool:
    return above_zero("headache")(answers) or above_zero("back")(answers)


AURA = frozenset({"aura_vision", "aura_sense_speech"})


def aura_ticked(answers: Answers) -> bool:
    ticked = answers.get("features")
    return above_zero("headache")(answers) and isinstance(ticked, frozenset) and bool(ticked & AURA)


@dataclass(frozen=True)
class Question:
    """One question. `choices` are the codes that may be stored; words for them are in `render/checkin`.

    `asked_if` sees the day's answers so far; `core` questions make the day complete, the others are follow-ups.
    """

    key: str
    kind: Kind
    choices: tuple[str, ...] = ()
    asked_if: Callable[[Answers], bool] = always
    core: bool = True


BANDS: Mapping[str, Hours] = {
    "0-5": Hours(0, 5),
    "5-6": Hours(5, 6),
    "6-7": Hours(6, 7),
    "7-8": Hours(7, 8),
    "8-9": Hours(8, 9),
    "9-24": Hours(9, 24),
}

QUESTIONS: tuple[Question, ...] = (
    Question("headache", "severity"),
    Question("back", "severity"),
    Question("sleep_hours", "hours", tuple(BANDS)),
    Question("sleep_quality", "quality"),
    Question("posture", "quality"),
    Question(
        "duration",
        "choice",
        ("lt30m", "30m_2h", "2_4h", "4_12h", "ge12h", "ongoing"),
        above_zero("headache"),
        core=False,
    ),
    Question(
        "features",
        "several",
        (
            "one_side",
            "throbbing",
            "worse_moving",
            "nausea",
            "light",
            "sound",
            "aura_vision",
            "aura_sense_speech",
            "none",
        ),
        above_zero("headache"),
        core=False,
    ),
    Question("aura_known", "choice", ("usual", "new"), aura_ticked, core=False),
    Question("impact", "choice", ("0", "1", "2"), above_zero("headache"), core=False),
    Question("back_region", "several", ("neck", "upper", "lower", "leg"), above_zero("back"), core=False),
    # By kind, for back pain too: days of use count by kind, whatever it was taken for (ICHD-3 8.2).
    Question(
        "medicine",
        "several",
        ("none", "simple", "nsaid", "triptan", "combo", "opioid", "ergot", "other", "unsure"),
        any_pain,
        core=False,
    ),
)

FACTORS: tuple[str, ...] = (
    "stress",
    "skipped_meal",
    "low_water",
    "alcohol",
    "period",
    "weather",
    "screen",
    "long_sitting",
    "few_breaks",
    "caffeine_more",
    "caffeine_less",
    "light_noise_smell",
    "hard_exercise",
)
"""What a person may choose to follow: then it is asked every day, or nothing could be compared with good days."""

VERSION = "0.1"
"""Of the questions, their words and scales; the table of days and the bundle for clinics name it."""

MOST_FOLLOWED = 5
LONGEST_NOTE = 1000
"""Characters."""

EXTRAS: tuple[Question, ...] = (
    Question("factors", "several", (*FACTORS, "none"), core=False),
    Question("try", "choice", ("done", "not"), core=False),
    Question("note", "text", core=False),
)
"""What only some are asked (`domain/profile`), what a finished card asks beside its answers while something is being
tried (`domain/tries`), and what is only written when somebody wants to."""

BY_KEY: Mapping[str, Question] = {question.key: question for question in (*QUESTIONS, *EXTRAS)}
CORE: tuple[str, ...] = tuple(question.key for question in QUESTIONS if question.core)


def allowed(question: Question, value: Value) -> bool:
    """Tell whether `value` is on the question's scale; hours are a band, or 0 to 24 in quarter hours."""
    match question.kind:
        case "severity":
            return type(value) is int and 0 <= value <= 10
        case "quality":
            return type(value) is int and 1 <= value <= 5
        case "hours":
            if not isinstance(value, Hours):
                return False
            exact = value.low == value.high and 0 <= value.low <= 24 and value.low * 4 == int(value.low * 4)
            return exact or value in BANDS.values() or value == WELL_SLEPT
        case "choice":
            return isinstance(value, str) and value in question.choices
        case "several":
            return (
                isinstance(value, frozenset)
                and value <= set(question.choices)
                and not ("none" in value and len(value) > 1)
            )
        case "text":
            return isinstance(value, str) and 0 < len(value) <= LONGEST_NOTE


WELL_SLEPT = Hours(6, 24)
"""What "All fine today" says about the night: six hours or more, no number."""
