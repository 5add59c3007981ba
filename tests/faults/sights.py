"""What a chat shows of the daily card: which day it is of, what its buttons send, what stands on it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from bot.domain.questions import Value
from bot.domain.schedule import DAY
from bot.render.checkin import day_in_words
from bot.sandbox.person import inline
from bot.sandbox.rules import Json
from bot.texts.words import texts_for

CARD = frozenset({"answer", "fine", "painless", "tick", "untick", "ticked", "skip", "rest", "page", "on", "yesterday"})
DAY_ON_CARD = re.compile(
    r"^(?:Saved for )?(\w{3} \d+ \w{3})(?: \(yesterday\))?(?: ·|\.|: which|: this card)", re.MULTILINE
)
ENGLISH = texts_for("en")


def buttons(message: Json, names: Iterable[str]) -> list[str]:
    """Return what those buttons of a message send that have one of these names."""
    found = [button.get("callback_data", "") for row in inline(message) for button in row]
    return [data for data in found if data.split(":")[0] in names]


def day_on(message: Json, today: date) -> date | None:
    """Return the day that a card is of, by what stands on it; None where it is no card."""
    found = DAY_ON_CARD.search(message.get("text", ""))
    return days_around(today).get(found[1]) if found else None


def question_on(message: Json) -> str:
    """Return the key of the question that a card asks; "" where it asks none."""
    skips = buttons(message, {"skip"})
    return skips[0].split(":")[2] if skips else ""


def shows(message: Json, answers: Mapping[str, Value | None]) -> bool:
    """Tell whether all answers stand on a card, those aside that its buttons show."""
    others = {key: value for key, value in answers.items() if key != question_on(message)}
    return bool(buttons(message, {"on"})) or day_in_words(ENGLISH, others) in message["text"]


@cache
def days_around(today: date) -> Mapping[str, date]:
    """Return the days of the last three months as cards name them."""
    return {ENGLISH.day(day): day for day in (today + n * DAY for n in range(-90, 3))}
