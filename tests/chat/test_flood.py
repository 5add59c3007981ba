"""One person may send a lot, but not without end; a backlog of many hours is no flood."""

from hypothesis import given
from hypothesis import strategies as some

from bot.chat.flood import MOST_PEOPLE, Flood

ANN = 1001


def test_so_many_at_once_and_then_one_a_second() -> None:
    flood = Flood(60)
    assert [flood.admits(ANN, 0) for _ in range(61)] == [True] * 60 + [False]
    assert [flood.admits(ANN, at) for at in (1, 1.5, 2)] == [True, False, True]


def test_others_are_not_counted_in() -> None:
    flood = Flood(10)
    assert not all(flood.admits(ANN, 0) for _ in range(11))
    assert flood.admits(1002, 0)


def test_what_waited_for_hours_is_judged_by_when_it_was_sent() -> None:
    flood = Flood(10)
    assert all(flood.admits(ANN, minute * 60.0) for minute in range(500))


def test_what_could_not_be_stored_counts_as_not_sent() -> None:
    flood = Flood(10)
    for _ in range(100):
        assert flood.admits(ANN, 0)
        flood.give_back(ANN)


def test_it_is_said_once_in_ten_minutes() -> None:
    flood = Flood(10)
    assert [flood.tells(ANN, at) for at in (0, 1, 599, 600, 601)] == [True, False, False, True, False]


def test_a_crowd_takes_no_more_room_than_it_may() -> None:
    flood = Flood(10)
    for person in range(MOST_PEOPLE + 50):
        flood.admits(person, 0)
        flood.tells(person, 0)
    assert len(flood._left) == len(flood._told) == MOST_PEOPLE


@given(some.lists(some.floats(0, 3600), max_size=300))
def test_never_more_than_the_bucket_and_its_refill(moments: list[float]) -> None:
    flood = Flood(30)
    admitted = [at for at in sorted(moments) if flood.admits(ANN, at)]
    for first in range(len(admitted)):
        for last in range(first, len(admitted)):
            assert last - first + 1 <= 30 + (admitted[last] - admitted[first]) / 2 + 1e-6
