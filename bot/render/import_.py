"""Another diary on its way in: what is in it, what of it is new, and what was wrong with a file."""

from datetime import date

from bot.domain.incoming import Incoming, span
from bot.domain.other_diaries import Table
from bot.domain.takeout import Mistake, Takeout
from bot.render.message import Button, Message, plain, rows
from bot.texts.words import Texts


def how(t: Texts) -> Message:
    return Message(
        t(
            "Send me the file here, as a file: the ZIP or headsup.json of another HeadsUp (/export makes it), or a CSV "
            "of headache days from another diary. I show you what is in it before anything is kept, and what is here "
            "already stays as it is."
        )
    )


def preview(t: Texts, number: int, document: Takeout, new: Incoming, understood: str = "") -> Message:
    """Say what is in a file, what of it is new, and what stays as it is."""
    lines = (understood, _in_it(t, document), t("New here: {what}.", what=_counted(t, new)), *_left(t, new))
    return Message(
        "\n\n".join(filter(None, lines)),
        rows([Button(t("Bring it in"), f"bring:{number}")], [Button(t("Leave it"), f"leave:{number}")]),
    )


def understood(t: Texts, table: Table) -> str:
    """Say which columns of a table were taken for what, with a few of its rows."""
    lines = [_columns(t, table)]
    lines += [f"{plain(cell[:40])} → {day.isoformat()}: {score}" for cell, day, score in table.readings[0].samples]
    if table.unread:
        lines.append(
            t.many("{n} row has no score and stays out.", "{n} rows have no score and stay out.", table.unread)
        )
    return "\n".join(lines)


def which_dates(t: Texts, number: int, table: Table, unclear: tuple[str, date, date]) -> Message:
    """Ask what nobody can tell from the table: which figure of its dates is the day. `unclear` is one of them."""
    cell, one, other = unclear
    return Message(
        f"{_columns(t, table)}\n\n" + t("Which day is {date}?", date=t("“{words}”", words=plain(cell[:40]))),
        rows(
            [Button(t.day(one), f"read_as:{number}:0"), Button(t.day(other), f"read_as:{number}:1")],
            [Button(t("Leave it"), f"leave:{number}")],
        ),
    )


def _columns(t: Texts, table: Table) -> str:
    return t(
        "I take “{day}” for the day and “{score}” for how bad the headache got, from 0 to 10.",
        day=plain(table.day_column[:40]),
        score=plain(table.score_column[:40]),
    )


def nothing_new(t: Texts, document: Takeout, new: Incoming) -> Message:
    lines = (_in_it(t, document), t("All of it is here already, so there is nothing to bring in."), *_left(t, new))
    return Message("\n\n".join(lines))


def brought(t: Texts, number: int, new: Incoming) -> Message:
    return Message(
        f"<b>{t('It’s in.')}</b> {_counted(t, new)}.\n"
        + t("Undo takes just that out again, until this time tomorrow. What you change until then stays."),
        rows([Button(t("Undo"), f"take_out:{number}")]),
        edit="tapped",
    )


def left(t: Texts) -> Message:
    return Message(t("Nothing was brought in, and I have forgotten the file."), edit="tapped")


def taken_out(t: Texts) -> Message:
    return Message(t("Taken out again. The rest is as it was."), edit="tapped")


def mistake(t: Texts, mistake: Mistake) -> Message:
    """Say why nothing of a file was kept, and what to do."""
    where = plain(mistake.where[:80])
    text = {
        "too_big": t("That file is too big for a diary. I read up to 20 MB, and up to 5 MB of a table."),
        "no_diary": t("I find no diary in that file. Send the ZIP or headsup.json that /export made, as it is."),
        "newer": t("That file is from a newer HeadsUp than I am. Ask whoever runs this bot to bring it up to date."),
        "broken": t("Something in that file is not as I wrote it ({where}). Send it as /export made it.", where=where),
        "scale": t("An answer for {where} is not on its scale. Send the file as /export made it.", where=where),
        "future": t("Something in that file is dated {where}, which is still to come. Please look at it.", where=where),
        "long_ago": t("Something in that file is dated {where}; I keep days from 2000 on.", where=where),
        "twice": t("That file has {where} twice, and I can’t tell which is right.", where=where),
        "columns": t(
            "I need one column of dates and one of scores from 0 to 10 in that table, named so that I can tell: "
            "“Date” and “Pain”, say. Please name them so in the first row, and send it again."
        ),
        "dates": t("I can’t read a date in that table: {where}. 2026-03-14 is one that I can.", where=where),
        "scores": t("I can’t read a score in that table: {where}. Scores go from 0 to 10.", where=where),
        "zone": t("That file names a time zone that I don’t know: {where}.", where=where),
    }[mistake.why]
    return Message(f"{text} {t('Nothing of it was kept.')}")


def not_fetched(t: Texts) -> Message:
    return Message(t("I could not get that file from Telegram just now. Please send it once more."))


def _in_it(t: Texts, document: Takeout) -> str:
    answered = [checkin for checkin in document.checkins if checkin.answers]
    days = t.many("{n} day with answers", "{n} days with answers", len(answered))
    if (dates := span(answered)) is not None:
        first, last = (day.isoformat() for day in dates)
        days = t("{days}, from {first} to {last}", days=days, first=first, last=last)
    noted = t.many("{n} thing noted beside them", "{n} things noted beside them", len(document.events))
    return f"<b>{t('In this file')}</b>\n{days}; {noted}."


def _counted(t: Texts, new: Incoming) -> str:
    days, parts = len(new.days), len(new.filled)
    answers = t.many("{n} answer", "{n} answers", new.answers)
    told = bool(new.profile or new.tastes.helped or new.tastes.unwanted)
    counted = [
        (days, t.many("{n} day", "{n} days", days)),
        (
            parts,
            t.many(
                "{answers} on {n} day that has others", "{answers} on {n} days that have others", parts, answers=answers
            ),
        ),
        (len(new.events), t.many("{n} thing noted", "{n} things noted", len(new.events))),
        (len(new.reminders), t.many("{n} reminder time", "{n} reminder times", len(new.reminders))),
        (told, t("what the card asks and which tips you like")),
    ]
    return ", ".join(words for count, words in counted if count)


def _left(t: Texts, new: Incoming) -> list[str]:
    lines = []
    if new.stay:
        lines.append(
            t.many(
                "{n} answer is another one here: it stays as it is here.",
                "{n} answers are others here: they stay as they are here.",
                new.stay,
            )
        )
    if new.unknown:
        lines.append(
            t.many(
                "{n} thing of a kind that I don’t know stays out.",
                "{n} things of kinds that I don’t know stay out.",
                new.unknown,
            )
        )
    return lines
