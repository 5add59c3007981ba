"""What is said about a try: all of it, that it claims nothing, and how likely it is called that it shows something."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import product

import pytest

from bot.domain.before_after import Count
from bot.domain.checkin import DONE
from bot.domain.questions import Answers
from bot.domain.tries import CHANGES, WEEKS, Asked, Kept, Own, Result, Try, chance
from bot.render import checkin, tries
from bot.render.message import Message
from bot.texts.words import CHOICES, Texts, texts_for

MONDAY = date(2026, 3, 2)
LARGEST_ID = 9_999_999_999
DAY: Answers = {"headache": 10, "back": 10, "sleep_quality": 1, "posture": 1}
EN = texts_for("en")


def tried(t: Texts) -> Iterator[Message]:
    yield tries.choose(t)
    none, some = (Kept(0, 0), Kept(0, 0)), (Kept(12, 84), Kept(0, 84))
    for change, weeks in product((change.key for change in CHANGES), WEEKS):
        a_try = Try(change, MONDAY, weeks, 10**16)
        for own in (None, Own(0.02, 0.4), Own(0.4, 1.0), Own(0.97, 1.0)):
            yield from (tries.lengths(t, change, own), tries.plan(t, a_try, own, time(20, 30)))
        for today in (MONDAY - timedelta(days=1), MONDAY, a_try.last, a_try.last + timedelta(days=1)):
            yield tries.progress(t, a_try, today, none, None, quiet=False)
            yield tries.progress(t, a_try, today, some, time(20, 30), quiet=True, said="One at a time.")
        yield from (tries.ask_end(t, a_try), tries.reminder(t, change), *results(t, a_try))
        for with_it in (True, False):
            asked = Asked(change, MONDAY, with_it)
            yield checkin.card(t, checkin.Card(LARGEST_ID, MONDAY, MONDAY, DONE, DAY, trying=asked))
    yield checkin.card(t, checkin.Card(LARGEST_ID, MONDAY, MONDAY, "try", {**DAY, "try": "done"}))


def results(t: Texts, a_try: Try) -> Iterator[Message]:
    counts, often = (Count(8, 84), Count(40, 80)), (Kept(60, 70), Kept(3, 65))
    for interval, verdict in (((-61, -20), "fewer"), ((3, 50), "more"), ((-9, 12), "unclear"), (None, "too_few")):
        for pairs in (0, a_try.pairs):
            found = Result(*counts, *often, pairs, a_try.pairs, pairs == 0, 0.04, interval, verdict)  # type: ignore[arg-type]
            yield tries.result(t, a_try, found)


@pytest.mark.parametrize("t", [texts_for(code) for code in CHOICES], ids=CHOICES)
def test_a_try_claims_nothing(t: Texts) -> None:
    forbidden = re.compile(
        r"\b(trigger|caus|risk|because|prove|proof|significan|works|due to|leads? to|thanks to|success|fail|cure)", re.I
    )
    for message in tried(t):
        assert not forbidden.search(message.text), message.text
        assert not re.search(r"(stop|skip|leave out|instead of|less) (your )?(medicine|pill|tablet|drug)", message.text)


@pytest.mark.parametrize("rate", [n / 50 for n in range(1, 50)])
def test_the_chance_in_words_is_within_five_points(rate: float) -> None:
    told = tries.lengths(EN, "walk", Own(rate, 1.0)).text
    said = [
        int(found[1]) if (found := re.search(r"about (\d+) times? in 10", line)) else 10 * ("nearly" in line)
        for line in told.splitlines()
        if re.match(r"\d+ weeks: ", line)
    ]
    assert [abs(10 * tenths - 100 * chance(rate, weeks)) <= 5 for tenths, weeks in zip(said, WEEKS, strict=True)] == [
        True
    ] * 3


def test_a_difference_of_one_number_is_said_as_one() -> None:
    """An interval may be as narrow as a point."""
    found = Result(Count(0, 28), Count(28, 28), Kept(0, 0), Kept(0, 0), 14, 14, False, 0.001, (-100, -100), "fewer")
    assert ": 100 fewer in 100 days fit." in tries.result(EN, Try("walk", MONDAY, 8, 1), found).text
