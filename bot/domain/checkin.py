"""The daily card: which question comes next, what a button stands for, when the day is done."""

from collections.abc import Mapping, Sequence

from bot.domain.history import Day
from bot.domain.questions import BANDS, BY_KEY, CORE, QUESTIONS, WELL_SLEPT, Answers, Question, Value

DONE = "done"
CHANGE = "change"
"""The card's two pages that ask nothing: the day in one line, and the list of answers to change."""

OFTEN, MOSTLY = 7, 2 / 3
"""Days that say something about how somebody answers, and how many of them make a habit (the project's choice)."""

ALL_FINE: Answers = {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT, "sleep_quality": 4, "posture": 4}
NO_PAIN: Answers = {"headache": 0, "back": 0}


def next_question(questions: Sequence[Question], answers: Answers) -> Question | None:
    """Return the first question that is to be asked and has no answer; a skipped one has been answered."""
    return next((q for q in questions if q.asked_if(answers) and q.key not in answers), None)


def next_page(answers: Answers, questions: Sequence[Question] = QUESTIONS) -> str:
    question = next_question(questions, answers)
    return question.key if question else DONE


def complete(answers: Answers, questions: Sequence[Question] = QUESTIONS) -> bool:
    """Tell whether every daily question was answered or skipped; follow-ups do not count."""
    return all(question.key in answers for question in questions if question.core)


def relevant(answers: Answers) -> Answers:
    """Return the answers that still apply: a follow-up falls away when the score above it is set to 0."""
    return {key: value for key, value in answers.items() if key in BY_KEY and BY_KEY[key].asked_if(answers)}


def rest(answers: Answers, questions: Sequence[Question] = QUESTIONS) -> Answers:
    """Return a skip for every question that is still to come."""
    skipped: dict[str, Value | None] = {}
    while question := next_question(questions, {**answers, **skipped}):
        skipped[question.key] = None
    return skipped


def value_of(question: Question, code: str) -> Value | None:
    """Return what a button's code stores; None for a code that is not on this question's scale (a forged tap)."""
    match question.kind:
        case "severity" | "quality":
            low, high = (0, 10) if question.kind == "severity" else (1, 5)
            return int(code) if code.isascii() and code.isdigit() and low <= int(code) <= high else None
        case "hours":
            return BANDS.get(code)
        case "choice":
            return code if code in question.choices else None
        case "several" | "text":
            return None


def with_choice(question: Question, ticked: Value | None, code: str) -> frozenset[str] | None:
    """Return the choices with one more; "none" and the others exclude each other. None for an unknown code."""
    before = without_choice(question, ticked, code)
    if before is None:
        return None
    return frozenset({"none"}) if code == "none" else before - {"none"} | {code}


def without_choice(question: Question, ticked: Value | None, code: str) -> frozenset[str] | None:
    """Return the choices without this one; None for an unknown code."""
    if question.kind != "several" or code not in question.choices:
        return None
    return ticked - {code} if isinstance(ticked, frozenset) else frozenset()


def progress(page: str, questions: Sequence[Question] = QUESTIONS) -> tuple[int, int] | None:
    """Return which of the daily questions this is and how many they are; None for a follow-up.

    Follow-ups are not counted: their number grows with the answers, and a goal that moves away is no progress.
    """
    core = [question.key for question in questions if question.core]
    return (core.index(page) + 1, len(core)) if page in core else None


def before(page: str, answers: Answers, questions: Sequence[Question] = QUESTIONS) -> str | None:
    """Return the question that Back leads to: the last one in front of `page` that has an answer or a skip."""
    keys = [question.key for question in questions if question.asked_if(answers)]
    ahead = keys[: keys.index(page)] if page in keys else []
    return next((key for key in reversed(ahead) if key in answers), None)


def asked_with(asked: Sequence[str], page: str, questions: Sequence[Question]) -> tuple[str, ...]:
    """Return what a card has asked once it shows `page`. Of several factors it also says which were on offer: what
    was not asked is unknown, never a "no"."""
    offered = next((question.choices for question in questions if question.key == page == "factors"), None)
    if offered is not None:
        named = [f"factors:{code}" for code in offered if code != "none"]
        asked = [*(key for key in asked if not key.startswith("factors:") or key in named), *named]
    return tuple(dict.fromkeys((*asked, page)))


def asks_too_much(days: Sequence[Day]) -> bool:
    """Tell whether a shorter card would fit: of 14 days, seven or more were begun and most of those stayed open.

    A question that was skipped counts as open: it was in the way.
    """
    begun = [day.answers for day in days if day.answers.get("headache") is not None]
    partial = sum(any(answers.get(key) is None for key in CORE) for answers in begun)
    return len(begun) >= OFTEN and partial > len(begun) * MOSTLY


def answered_keys(answers: Mapping[str, object]) -> list[str]:
    """Return the keys that have an answer or a skip, in the order of the card."""
    return [key for key in BY_KEY if key in answers]
