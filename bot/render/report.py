"""The page for the doctor, as the chat shows it before it is made: what will stand on it, and what may be added."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.report import FEWEST, LONGEST_NOTE, MOST_NOTES, WEEKS, Figures
from bot.render import report_words as words
from bot.render.message import Button, File, Message, plain, rows
from bot.texts.words import Texts

LONGEST_NAME = 60
"""Characters of a name and birth date."""

MOST_LISTED, SHOWN = 30, 80
"""Notes that are offered, the newest ones, and how many characters of each are shown to tell them apart."""

NONE = "-"


@dataclass(frozen=True)
class Wish:
    """What a page shall be like: how many `weeks`, which `notes` by their days, `pages` 2 with a line for every day."""

    weeks: int
    notes: frozenset[date] = frozenset()
    pages: int = 1

    @property
    def code(self) -> str:
        """Return it as a button carries it: "8:260302.260304:1"."""
        return f"{self.weeks}:{'.'.join(f'{day:%y%m%d}' for day in sorted(self.notes)) or NONE}:{self.pages}"


def preview(
    t: Texts, figures: Figures, wish: Wish, notes: Collection[date], *, asked: int = 0, said: str = ""
) -> Message:
    """Show what a page would hold; `notes` are the days that have one, `asked` questions stand on it for a visit."""
    window = figures.windows[:1]
    numbers = [f"{row.name}: {row.cells[0]}" for row in words.key_rows(t, window) if row.cells[0] != "–"]
    chosen = [t.day(day) for day in sorted(wish.notes)]
    on_it = t("Notes on it: {days}.", days=", ".join(chosen)) if chosen else t("No notes on it.")
    if asked:
        on_it += " " + t.many("{n} question for your visit.", "{n} questions for your visit.", asked)
    parts = (
        f"<b>{t('A page for your doctor')}</b>\n{words.period(t, figures)}. {words.complete(t, figures)}",
        f"{t('The last 28 days:')}\n" + "\n".join(numbers),
        t(
            "Also on it: the weeks before, a square for each day, back pain and headaches together, visits and "
            "changes, signs you ticked, things to mention, and how all of it is counted."
        ),
        on_it + " " + t("No name on it, unless you type one for it; I don’t keep it."),
    )
    return Message(
        "\n\n".join((said, *parts) if said else parts),
        rows(
            _weeks(t, wish),
            [Button(t("Choose notes"), f"report_notes:{wish.code}")] if notes else [],
            [_pages(t, wish)],
            [Button(t("Make it with my name"), f"report_name:{wish.code}")],
            [Button(t("Make the page"), f"report_page:{wish.code}")],
        ),
    )


def in_place(message: Message) -> Message:
    return replace(message, edit="tapped")


def too_few(t: Texts, logged: int, wish: Wish, *, elsewhere: bool) -> Message:
    """Say that there is too little for a page; `elsewhere`: a longer period has enough."""
    said = t.many("There is {n} logged day in these weeks.", "There are {n} logged days in these weeks.", logged)
    enough = t(
        "From {n} days on I can make a page worth taking to a doctor; eight weeks make a good one. /checkin opens "
        "today’s card.",
        n=FEWEST,
    )
    return Message(f"{said} {enough}", rows(_weeks(t, wish) if elsewhere else []))


def no_such_weeks(t: Texts) -> str:
    return t("I can make a page of 4, 8 or 12 weeks.")


def choose_notes(t: Texts, notes: Sequence[tuple[date, str]], wish: Wish) -> Message:
    """List the notes of the period, the newest first, each to be put on the page or taken off."""
    listed = list(reversed(notes))[:MOST_LISTED]
    lines = [f"{t.day(day)}: <i>{plain(note[:SHOWN])}{'…' * (len(note) > SHOWN)}</i>" for day, note in listed]
    buttons = [_tick(t, day, wish) for day, _ in listed]
    head = t(
        "Which notes may go on the page? Up to {n}, {letters} characters of each. Nothing you don’t tap is on it.",
        n=MOST_NOTES,
        letters=LONGEST_NOTE,
    )
    return Message(
        "\n".join((head, "", *lines)),
        rows(
            *(buttons[n : n + 2] for n in range(0, len(buttons), 2)),
            [Button(t("Done"), f"report:{wish.code}")],
        ),
        edit="tapped",
    )


def ask_name(t: Texts, *, unwritable: str = "", too_long: bool = False) -> Message:
    """Ask for a name; again where it has letters that cannot be printed, or is too long for a line."""
    if unwritable:
        return Message(
            t(
                "I can’t print these letters: {letters} Please type the name in others, or /report makes the page "
                "without it.",
                letters=plain(unwritable),
            )
        )
    if too_long:
        return Message(t("That is too long for the line on the page: {n} characters fit.", n=LONGEST_NAME))
    asked = t("Please type the name, and the birth date if you like, as it should stand on the page.")
    examples = t("For example: {examples}", examples=f"<i>{t('Ann Example, 3 May 1980')}</i>")
    return Message(
        f"{asked} {examples}\n"
        + t("It goes on this one page. I don’t keep it: your message stays in this chat until you delete it.")
    )


def made(t: Texts, figures: Figures, *, named: bool) -> Message:
    """Hand the page over; what draws it comes with the action."""
    lines = [
        t("Your page: {period}.", period=words.period(t, figures)),
        t("It is only in this chat. Whoever has it can read it."),
    ]
    if named:
        lines.append(t("I have not kept the name. You can delete your message with it now."))
    otherwise = t("I could not make the page just now. Please try again: /report")
    return Message("\n".join(lines), file=File(f"headsup-{figures.last.isoformat()}.pdf", otherwise))


def _weeks(t: Texts, wish: Wish) -> list[Button]:
    labels = {weeks: t.many("{n} week", "{n} weeks", weeks) for weeks in WEEKS}
    return [
        Button(f"✓ {label}" if weeks == wish.weeks else label, f"report:{replace(wish, weeks=weeks).code}")
        for weeks, label in labels.items()
    ]


def _pages(t: Texts, wish: Wish) -> Button:
    if wish.pages == 1:
        return Button(t("Add a page with every day"), f"report:{replace(wish, pages=2).code}")
    return Button(t("Leave that page out"), f"report:{replace(wish, pages=1).code}")


def _tick(t: Texts, day: date, wish: Wish) -> Button:
    if day in wish.notes:
        return Button(f"✓ {t.day(day)}", f"report_notes:{replace(wish, notes=wish.notes - {day}).code}")
    return Button(t.day(day), f"report_notes:{replace(wish, notes=wish.notes | {day}).code}")
