"""Labels of buttons fit the width they have, in every language."""

from collections.abc import Sequence

from bot.texts.words import Texts
from tests.test_texts import languages, said

LONGEST = {2: 26, 3: 14}
"""Characters of a label by how many stand in its row; elsewhere 36."""


def cut(labels: Sequence[str]) -> list[str]:
    """Return those that are too long for a row of so many."""
    return [label for label in labels if len(label.removeprefix("✓ ")) > LONGEST.get(len(labels), 36)]


@languages
def test_no_label_is_cut(t: Texts) -> None:
    """But for what a person typed, and the times behind a reminder's name: those end in "…" by themselves."""
    for message in said(t):
        for row in message.buttons:
            labels = [button.label for button in row if not button.data.startswith(("reminder:", "unquestion:"))]
            assert cut(labels) == []
