"""The day that everybody answers in these benchmarks: five taps, and the card that stands above each of them."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

TOKEN = "123456:of-a-benchmark"  # noqa: S105 - of nobody's bot
TAPS = (
    ("headache", "0", "How bad was your headache today?", [str(n) for n in range(11)]),
    ("back", "0", "How bad was your back pain today?", [str(n) for n in range(11)]),
    ("sleep_hours", "7-8", "How long did you sleep?", ["0-5", "5-6", "6-7", "7-8", "8-9", "9-24"]),
    ("sleep_quality", "4", "How well did you sleep?", [str(n) for n in range(1, 6)]),
    ("posture", "4", "How was your posture?", [str(n) for n in range(1, 6)]),
)
"""Question, the answer to it, its words, its buttons."""

FIRST_PERSON = 1_000_000
"""Card `n` is that of person `FIRST_PERSON + n`, and stands in their message `n`."""


def shown(card: int, step: int, so_far: str) -> tuple[str, InlineKeyboardMarkup | None]:
    """Return what a card says before tap `step`, as Telegram HTML, and its buttons; after the last it asks nothing."""
    if step == len(TAPS):
        return f"<b>Saved for Fri 27 Nov.</b>\n{so_far}", None
    question, _, words, codes = TAPS[step]
    buttons = [InlineKeyboardButton(code, callback_data=f"answer:{card}:{question}:{code}") for code in codes]
    rows = [buttons[n : n + 5] for n in range(0, len(buttons), 5)]
    below = [InlineKeyboardButton("Skip", callback_data=f"skip:{card}:{question}")]
    text = f"<b>Fri 27 Nov · question {step + 1} of 5</b>\n{so_far}\n\n{words}"
    return text, InlineKeyboardMarkup([*rows, below])
