"""Two counts around the first visit or change of a kind, and the sentence that keeps anybody from reading more in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.before_after import FEWEST, WINDOW, BeforeAfter
from bot.domain.log import Kind
from bot.render.log import names
from bot.render.message import Message, plain, rows
from bot.render.patterns import back_button
from bot.texts.words import Texts

LONGEST_NOTE = 40
"""Characters shown of the words that say what "something else" was."""


@dataclass(frozen=True)
class Change:
    """The first visit or change of a kind, the words noted beside it, and the counts around it."""

    kind: Kind
    note: str
    around: BeforeAfter


def page(t: Texts, changes: Sequence[Change]) -> Message:
    """Show every kind that was noted, in the order given."""
    head = f"<b>{t('Before and after')}</b>"
    if not changes:
        said = t(
            "No visit or change is noted yet. /log notes one: a massage, a new pillow, a medicine. Four weeks later I "
            "put your headache days before it and after it side by side."
        )
        paragraphs = [head, said]
    else:
        paragraphs = [
            f"{head}\n{t('Headache days in the four weeks before and after the first time, without the day itself.')}",
            *(f"{_what(t, change)}\n{_counts(t, change.around)}" for change in changes),
            t(
                "People often try something in their worst weeks, and bad weeks often pass by themselves. So two "
                "counts can’t tell if it helped."
            ),
            f"<i>{t('Your own notes, not a diagnosis.')}</i>",
        ]
    return Message("\n\n".join(paragraphs), rows([back_button(t)]), edit="tapped")


def _what(t: Texts, change: Change) -> str:
    cut = change.note[:LONGEST_NOTE]
    words = f" (<i>{plain(cut)}{'…' if cut != change.note else ''}</i>)" if cut and change.kind == "other" else ""
    return t("{what}, first on {day}:", what=f"{names(t)[change.kind]}{words}", day=t.dated(change.around.first))


def _counts(t: Texts, around: BeforeAfter) -> str:
    before, after = around.before, around.after
    if around.state == "too_early":
        told = around.first + timedelta(days=WINDOW + 1)
        return t("Too early: the four weeks after it are over on {day}.", day=t.day(told))
    if around.state == "too_few":
        return t(
            "Too few days: {before} logged before, {after} after. It takes {fewest} of {of} each.",
            before=before.known,
            after=after.known,
            fewest=FEWEST,
            of=WINDOW,
        )
    return t(
        "Headache on {before} days before, on {after} days after.",
        before=_share(t, before.headache, before.known),
        after=_share(t, after.headache, after.known),
    )


def _share(t: Texts, n: int, of: int) -> str:
    return f"<b>{t('{n} of {of}', n=n, of=of)}</b>"
