"""What is said in an attack: little, and nothing that has to be answered."""

from datetime import date, datetime

from bot.render.message import Button, Message, plain, rows
from bot.texts.words import Texts


def noted(t: Texts, event_id: int, at: datetime, *, today: date, not_understood: str = "") -> Message:
    """`at` is local; `not_understood` is what was said beside it and could not be read as a time."""
    time = t.clock_time(at.time())
    when = time if at.date() == today else f"{t.day(at.date())}, {time}"
    odd = t(
        "I did not understand “{words}”. To give a time, write /attack since 14:00.", words=plain(not_understood[:100])
    )
    return Message(
        t("Noted: {time}. I’ll be quiet now.", time=when) + (f"\n{odd}" if not_understood else ""),
        rows([Button(t("It’s over"), f"over:{event_id}")], [Button(t("It was a slip"), f"slip:{event_id}")]),
    )


def still_noted(t: Texts, event_id: int, began: datetime) -> Message:
    return Message(
        t("It is noted since {day}, {time}.", day=t.day(began.date()), time=t.clock_time(began.time())),
        rows([Button(t("It’s over"), f"over:{event_id}")]),
    )


def over(t: Texts, began: datetime, ended: datetime) -> Message:
    if began.date() == ended.date():
        said = t("Over. {began} to {ended}.", began=t.clock_time(began.time()), ended=t.clock_time(ended.time()))
    else:
        said = t(
            "Over. {first}, {began} to {last}, {ended}.",
            first=t.day(began.date()),
            began=t.clock_time(began.time()),
            last=t.day(ended.date()),
            ended=t.clock_time(ended.time()),
        )
    return Message(said, edit="tapped")


def goes_on(t: Texts, event_id: int) -> Message:
    return Message(
        t("I’ll stay quiet until tomorrow morning."),
        rows([Button(t("It’s over"), f"over:{event_id}")]),
        edit="tapped",
    )


def taken_back(t: Texts) -> Message:
    return Message(t("Taken back. Nothing of it is kept."), edit="tapped")


def good_morning(t: Texts, event_id: int, began: datetime, day: str) -> Message:
    return Message(
        t("Good morning. It started on {day} at {time}. Is it over?", day=day, time=t.clock_time(began.time())),
        rows([Button(t("It’s over"), f"over:{event_id}"), Button(t("Still there"), f"still:{event_id}")]),
    )
