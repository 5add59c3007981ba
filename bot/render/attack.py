"""What is said in an attack: little, and nothing that has to be answered."""

from datetime import datetime

from bot.render.message import Button, Message, rows
from bot.texts.words import Texts


def noted(t: Texts, event_id: int, at: datetime) -> Message:
    """`at` is local."""
    return Message(
        t("Noted: {time}. I’ll be quiet now.", time=t.clock_time(at.time())),
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
