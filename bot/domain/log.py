"""What a person can note beside the card: visits, remedies and changes; each counts once a day."""

from typing import Literal, get_args

Kind = Literal[
    "massage",
    "chiropractor",
    "physio",
    "acupuncture",
    "doctor",
    "medicine_started",
    "medicine_changed",
    "pillow",
    "desk",
    "other",
]

KINDS: tuple[Kind, ...] = get_args(Kind)

PERIOD = "period"
"""The first day of a period; noted on the card, by those who chose to."""
