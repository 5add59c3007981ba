"""A reminder as it arrives, what can be answered, and why it came."""

from bot.domain.reminders import OWN
from bot.domain.schedule import Schedule
from bot.domain.tips import Tip
from bot.render.message import Button, Message, Rows, plain, rows
from bot.render.reminders import name, when_one
from bot.texts.words import Texts


def reminder(t: Texts, text: str, outbox_id: int, *, own: bool, halved: bool) -> Message:
    """`halved`: from now on only half of them are sent, and this one says so."""
    shown = own_words(text) if own else text
    if halved:
        shown += "\n\n<i>" + t("The last five went by, so I’ll send only half of these from now on.") + "</i>"
    return Message(
        shown,
        rows(
            [Button(t("As before, please"), f"as_before:{outbox_id}")] if halved else [],
            [Button(t("Done"), f"done:{outbox_id}"), Button(t("Later"), f"later:{outbox_id}")],
            [Button(t("Not today"), f"not_today:{outbox_id}"), Button(t("More"), f"more:{outbox_id}")],
        ),
    )


def own_words(words: str) -> str:
    return plain(words)


def plain_reminder(t: Texts, kind: str) -> str:
    """What is said when every tip of a kind was heard within two weeks."""
    if kind.startswith(OWN):
        return t("You wanted to be reminded now.")
    return t("Your reminder: {kind}.", kind=name(t, kind))


def ask_later(t: Texts, text: str, outbox_id: int, *, evening: bool) -> Message:
    return Message(
        f"{text}\n\n<i>{t('When shall I ask again?')}</i>",
        rows(
            [Button(t("In 15 minutes"), f"later:{outbox_id}:15"), Button(t("In an hour"), f"later:{outbox_id}:60")],
            [Button(t("This evening"), f"later:{outbox_id}:evening")] if evening else [],
            [Button(t("Done"), f"done:{outbox_id}")],
        ),
        edit="tapped",
    )


def later(t: Texts, text: str, at: str) -> Message:
    return Message(f"{text}\n\n<i>{t('I’ll ask again at {time}.', time=at)}</i>", edit="tapped")


def more(t: Texts, text: str, outbox_id: int, *, tip: bool) -> Message:
    return Message(
        text,
        rows(
            [Button(t("Why this?"), f"why:{outbox_id}")],
            [Button(t("It helped"), f"helped:{outbox_id}"), Button(t("Not for me"), f"unwanted:{outbox_id}")]
            if tip
            else [],
            [Button(t("Stop this reminder"), f"stop:{outbox_id}")],
            [Button(t("Done"), f"done:{outbox_id}"), Button(t("Not today"), f"not_today:{outbox_id}")],
        ),
        edit="tapped",
    )


def why(
    t: Texts, kind: str, tip: Tip | None, schedule: Schedule | None, outbox_id: int, *, short_night: bool = False
) -> Message:
    """Say which rule brought a reminder and what its text rests on, with how strong that is."""
    lines = []
    if schedule is not None:
        rule = when_one(t, [schedule])
        lines.append(
            t("You set {kind} for {when} ({zone}).", kind=name(t, kind), when=rule, zone=t.zone(schedule.zone))
        )
    if short_night:
        lines.append(t("You noted a short night, so it is about sleep."))
    if tip is not None:
        lines.append(t("“{words}”", words=t(tip.text)))
        if tip.source:
            lines.append(t("It rests on: {source}.", source=plain(t(tip.source))))
        lines.append(_strength(t, tip))
    buttons: Rows = rows(
        [Button(t("It helped"), f"helped:{outbox_id}"), Button(t("Not for me"), f"unwanted:{outbox_id}")]
        if tip
        else [],
        [Button(t("Stop this reminder"), f"stop:{outbox_id}")],
    )
    return Message("\n\n".join(lines) or t("This one is over."), buttons)


def responded(t: Texts, text: str, response: str) -> Message:
    """The reminder after a tap: its text, and what was tapped in words."""
    said = {
        "done": t("Done."),
        "not_today": t("No more of these today."),
        "helped": t("Good to know. I’ll say this one sooner again."),
        "unwanted": t("I won’t say this one again."),
        "as_before": t("All of them again, then."),
    }[response]
    return Message(f"{text}\n\n<i>{said}</i>", edit="tapped")


def stopped(t: Texts, kind: str, words: str | None, *, unasked: bool) -> Message:
    """`unasked`: because none of the last fourteen was tapped."""
    title = name(t, kind, words)
    said = (
        t("The last fourteen of these went by, so I’ve stopped them: {kind}. That is fine.", kind=title)
        if unasked
        else t("Stopped: {kind}.", kind=title)
    )
    return Message(
        f"{said} {t('/reminders brings them back.')}", rows([Button(t("Start them again"), f"switch:{kind}:on")])
    )


def _strength(t: Texts, tip: Tip) -> str:
    return {
        "guideline": t("How sure is that? A guideline says so."),
        "rct": t("How sure is that? It was tried in studies that compared people by chance."),
        "review": t("How sure is that? Somebody looked at all studies there were."),
        "observational": t("How sure is that? People were watched, not compared by chance; it may be otherwise."),
        "common-sense": t("How sure is that? It is common sense, not proven."),
    }[tip.evidence]
