"""Visits to come in words: what is noted, what somebody wants to ask there, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.visits import WRITTEN_AT, Visit
from bot.render.message import Button, Message, plain, rows
from bot.texts.words import Texts

ON_A_BUTTON = 22
"""Characters of a question that its button shows."""


@dataclass(frozen=True)
class Shown:
    """A visit to show, with its questions: (number, words)."""

    id: int
    visit: Visit
    questions: tuple[tuple[int, str], ...] = ()


def listing(t: Texts, visits: Sequence[Shown]) -> Message:
    """Show the visits to come, each one tap away, and how to note one."""
    example = f"<i>{t('14 May 10:30, neurologist')}</i>"
    how = t("To note a visit, type its day and time. For example: {example}", example=example)
    if not visits:
        return Message(t("No visit is noted yet.") + " " + how)
    lines = [f"<b>{t('Visits to come')}</b>", *(_named(t, each.visit) for each in visits), how]
    return Message("\n".join(lines), rows(*([Button(_when(t, each.visit), f"visit:{each.id}")] for each in visits)))


def page(t: Texts, shown: Shown, written_on: date | None, *, new: bool = False) -> Message:
    """Show one visit; a new one says when the bot will write (`written_on`, None where it is too close for that)."""
    head = t("Noted: {visit}.", visit=_named(t, shown.visit)) if new else f"<b>{_named(t, shown.visit)}</b>"
    lines = [head]
    if written_on is not None:
        lines.append(
            t(
                "On {day} at {time} I’ll ask what you want to ask there, and after the visit what changed.",
                day=t.day(written_on),
                time=t.clock_time(WRITTEN_AT),
            )
        )
    elif new:
        lines.append(t("After it I’ll ask what changed."))
    lines.extend(_questions(t, shown))
    return Message("\n".join(lines), _buttons(t, shown), edit="tapped")


def soon(t: Texts, shown: Shown) -> Message:
    """What the clock writes before a visit."""
    said = t("Coming up: {visit}. What do you want to ask there?", visit=_named(t, shown.visit))
    page_first = rows([Button(t("The page for it (PDF)"), "report_page:8:-:1")])
    return Message("\n".join((said, *_questions(t, shown))), (*page_first, *_buttons(t, shown)))


def how_was_it(t: Texts, shown: Shown) -> Message:
    return Message(
        t("You had a visit: {visit}. Did something change?", visit=_named(t, shown.visit)),
        rows(
            [Button(t("Medicine started"), f"visited:{shown.id}:started")],
            [Button(t("Medicine changed"), f"visited:{shown.id}:changed")],
            [Button(t("Something else changed"), f"visited:{shown.id}:other")],
            [Button(t("Nothing changed"), f"visited:{shown.id}:nothing")],
            [Button(t("It did not take place"), f"visited:{shown.id}:not")],
        ),
    )


def below(message: Message) -> Message:
    """Return the same as a new message, below what was typed."""
    return replace(message, edit=None)


def ask_when(t: Texts, *, again: bool = False) -> Message:
    asked = t("I did not understand that day.") if again else t("When is it?")
    examples = f"<i>{t('14 May 10:30, or Thursday at 9:00')}</i>"
    return Message(f"{asked} {t('For example: {examples}', examples=examples)}")


def ask_questions(t: Texts) -> Message:
    return Message(t("What do you want to ask? One question a line."))


def called_off(t: Texts, shown: Shown) -> Message:
    return Message(t("Called off: {visit}.", visit=_named(t, shown.visit)), edit="tapped")


def did_not_happen(t: Texts) -> Message:
    return Message(t("Then it is not noted. /visit notes another one."), edit="tapped")


def noted_as_it_is(t: Texts) -> Message:
    return Message(t("Noted. /log is there if something comes to mind."), edit="tapped")


def _when(t: Texts, visit: Visit) -> str:
    return f"{t.day(visit.day)}, {t.clock_time(visit.at)}" if visit.at else t.day(visit.day)


def _named(t: Texts, visit: Visit) -> str:
    return f"{_when(t, visit)} – {plain(visit.note)}" if visit.note else _when(t, visit)


def _questions(t: Texts, shown: Shown) -> list[str]:
    if not shown.questions:
        return []
    said = (f"{n}. {plain(words)}" for n, (_, words) in enumerate(shown.questions, 1))
    return [t("Your questions:"), *said]


def _buttons(t: Texts, shown: Shown) -> tuple[tuple[Button, ...], ...]:
    removals = [
        [Button(t("Remove: {words}", words=_short(words)), f"unquestion:{shown.id}:{number}")]
        for number, words in shown.questions
    ]
    return rows(
        [Button(t("Add a question"), f"questions:{shown.id}")],
        *removals,
        [Button(t("Change day or time"), f"move_visit:{shown.id}"), Button(t("Call it off"), f"unvisit:{shown.id}")],
    )


def _short(words: str) -> str:
    return words if len(words) <= ON_A_BUTTON else words[: ON_A_BUTTON - 1] + "…"
