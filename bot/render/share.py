"""Shares in words: what a link shows and to whom, who has looked, and what the reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.render.message import Button, Message, Rows, plain, rows
from bot.texts.words import Texts


@dataclass(frozen=True)
class Line:
    """One share in the owner's list: `until` and `looks` are local; `taken`: somebody has opened it; `gone`: and has
    had everything about them deleted since."""

    id: int
    name: str
    until: datetime
    looks: tuple[datetime, ...]
    open: bool
    taken: bool
    gone: bool


def listing(t: Texts, lines: Sequence[Line], offered_at: int, said: str = "") -> Message:
    """Show who may look and who has looked, with a way to end each, and offer a new link, one for this list: its
    buttons carry `offered_at`."""
    what = t(
        "A link lets one person, say your doctor, see your page and your summaries. They can change nothing, and it "
        "ends by itself. For how long?"
    )
    shown = [_line(t, line) for line in lines]
    ends = [[Button(_end(t, line), f"unshare:{line.id}")] for line in lines if line.open]
    lengths = [Button(t("{n} days", n=n), f"share:{n}:{offered_at}") for n in (7, 30, 90)]
    return Message("\n\n".join((*([said] if said else []), *shown, what)), rows(*ends, lengths))


def in_place(message: Message) -> Message:
    return replace(message, edit="tapped")


def ended(t: Texts) -> str:
    return t("Ended. Nobody can look with that link any more.")


def link(t: Texts, share_id: int, bot: str, code: str, until: datetime) -> Message:
    """Show a new link, to be sent on; `until` is local."""
    how = t(
        "Send this to the one person who may look. Whoever opens it first is the one, and you are told who it was. It "
        "ends on {until}.",
        until=_at(t, until),
    )
    typed = t("If the link does not open, they can send @{bot} these words: {words}", bot=bot, words=f"/start {code}")
    return Message(
        f"{how}\n\nhttps://t.me/{bot}?start={code}\n\n{typed}",
        rows([Button(t("End it now"), f"unshare:{share_id}")]),
        edit="tapped",
    )


def offer(t: Texts, code: str, until: datetime) -> Message:
    """Tell a reader what they were sent and what is kept of them; `until` is local."""
    return Message(
        t(
            "Somebody lets you see their headache and back diary until {until}: a page and summaries, nothing to "
            "change. Of you I keep your Telegram number and name with this link, and when you looked; they can see "
            "that. Open it?",
            until=_at(t, until),
        ),
        rows([Button(t("Open it"), f"open_share:{code}")], [Button(t("No, thank you"), "no_share")]),
    )


def not_opened(t: Texts) -> Message:
    return Message(t("Not opened, and nothing of you is kept."), edit="tapped")


def menu(t: Texts, share_id: int, until: datetime) -> Message:
    """Show a reader what there is to see; `until` is local."""
    said = t("You can look until {until}. These are a person’s own notes, not a diagnosis.", until=_at(t, until))
    done = [Button(t("I’m done, forget me"), f"leave_share:{share_id}")]
    return Message(said, (*choices(t, share_id), *rows(done)))


def shared(t: Texts) -> str:
    """Return the line above what a reader sees: "your" in it is the other person's."""
    return t("From the diary that is shared with you, in its owner’s words:")


def choices(t: Texts, share_id: int) -> Rows:
    return rows(
        [Button(t("The page, 12 weeks (PDF)"), f"shared:{share_id}:page")],
        [Button(t("{n} days", n=n), f"shared:{share_id}:{n}") for n in (7, 28, 90)],
    )


def own_link(t: Texts) -> Message:
    return Message(t("That is your own link: send it to whoever may look. /share shows who has."))


def closed(t: Texts) -> Message:
    return Message(t("There is nothing to see behind this any more. Please ask whoever gave it to you for a new link."))


def opened(t: Texts, name: str, share_id: int) -> Message:
    return Message(
        t("Your link was opened by {name}. /share shows when they look.", name=_named(t, name)),
        rows([Button(t("End it now"), f"unshare:{share_id}")]),
    )


def left(t: Texts) -> Message:
    return Message(t("Closed. Your name is forgotten here."), edit="tapped")


def _line(t: Texts, line: Line) -> str:
    who = _named(t, line.name) if line.taken or line.looks else t("Not opened yet")
    ends = t("open until {until}", until=_at(t, line.until)) if line.open else t("ended")
    said = f"<b>{who}</b>, {ends}."
    if line.gone:
        gone = t("Whoever had opened this link has deleted their data here, and their name with it.")
        said = f"<b>{t('Ended.')}</b> {gone}"
    if not line.looks:
        return said
    looks = t.many(
        "Looked once, {last}.", "Looked {n} times, last {last}.", len(line.looks), last=_at(t, line.looks[-1])
    )
    return f"{said} {looks}"


def _end(t: Texts, line: Line) -> str:
    if not line.taken:
        return t("End the link of {day}", day=t.day(line.until.date()))
    name = line.name if len(line.name) <= 20 else line.name[:19] + "…"
    return t("End it for {name}", name=name) if name else t("End the link of {day}", day=t.day(line.until.date()))


def _named(t: Texts, name: str) -> str:
    return plain(name) if name else t("somebody without a name")


def _at(t: Texts, moment: datetime) -> str:
    return f"{t.day(moment.date())}, {t.clock_time(moment.time())}"
