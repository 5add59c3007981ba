"""What is said while a diary goes out and comes in, with something of everything, for the tests of words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

from bot.domain.incoming import Incoming
from bot.domain.other_diaries import Days, Table
from bot.domain.takeout import Event, Mistake, Tastes, Why
from bot.render import export, import_
from bot.render.message import Message
from bot.texts.words import Texts
from tests.diaries import DAY, NOBODY, NOW, a_day

LARGEST_ID = 9_999_999_999


def as_much_as_can_be() -> Incoming:
    """Return what a file could bring, with something of everything."""
    day = a_day({"headache": 3, "back": 0})
    return Incoming(
        days=day.checkins * 999,
        filled=day.checkins * 9,
        events=[(0, Event(day=DAY, kind="massage", created_at=NOW, details={"note": "<"}))],
        tastes=Tastes(helped=["pb01"], unwanted=[]),
        stay=999,
        unknown=1,
    )


A_TABLE = Table(
    "<Date>" * 99,
    "<Pain>" * 99,
    [Days({}, [("<02/01/2026>" * 9, day, 7)]) for day in (DAY, DAY + timedelta(days=9))],
    1,
)
"""A table of another diary, whose dates go both ways."""

MISTAKES = [Mistake(why, "<&>" * 2000) for why in get_args(Why)]


def out_and_in(t: Texts) -> Iterator[Message]:
    diary, much = a_day({"headache": 10, "back": 10}), as_much_as_can_be()
    yield from (export.ask(t, 1), export.comes_below(t), export.not_now(t), export.file(t, diary, DAY, NOBODY))
    yield from (import_.how(t), import_.left(t), import_.taken_out(t), import_.not_fetched(t))
    yield from (
        import_.which_dates(t, LARGEST_ID, A_TABLE, ("<02/01/2026>" * 9, DAY, DAY)),
        import_.nothing_new(t, diary, much),
    )
    for new in (much, Incoming(days=diary.checkins), Incoming(events=much.events)):
        yield import_.preview(t, LARGEST_ID, diary, new, import_.understood(t, A_TABLE))
        yield import_.brought(t, LARGEST_ID, new)
    yield from (import_.mistake(t, mistake) for mistake in MISTAKES)
