"""Check-ins: every value comes back as it went in, changes keep what was there, undo brings it back."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.questions import BANDS, QUESTIONS, WELL_SLEPT, Answers, Hours, Question, Value
from bot.store import checkins
from bot.store.checkins import CheckIn
from bot.store.crypto import unseal
from bot.store.database import Database, Session
from bot.store.tables import answers
from bot.store.users import User

from .conftest import ANN, NOW

DAY = date(2026, 3, 2)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def checkin(database: Database, ann: User) -> CheckIn:
    return database.submit(lambda s: checkins.open_(s, ann.id, DAY, ann.zone, "headache", NOW)).result(5)


def answer(database: Database, checkin: CheckIn, values: Answers, now: object = NOW) -> Answers:
    def work(session: Session) -> Answers:
        checkins.answer(session, checkin, values, now, source="tap", late=False)  # type: ignore[arg-type]
        return checkins.answers_of(session, checkin)

    return database.submit(work).result(5)


def test_a_day_is_opened_once(database: Database, ann: User, checkin: CheckIn) -> None:
    again = database.submit(lambda s: checkins.open_(s, ann.id, DAY, ann.zone, "back", LATER)).result(5)
    assert again == checkin
    assert database.submit(lambda s: checkins.get(s, checkin.id)).result(5) == checkin
    assert database.submit(lambda s: checkins.get(s, 404)).result(5) is None


def test_the_page_and_what_was_asked_are_kept(database: Database, ann: User, checkin: CheckIn) -> None:
    asked = ("headache", "back", "done")
    database.submit(lambda s: checkins.turn_to(s, checkin, "done", asked, "night")).result(5)
    kept = database.submit(lambda s: checkins.on_day(s, ann.id, DAY)).result(5)
    assert kept is not None
    assert (kept.page, kept.asked, kept.part) == ("done", asked, "night")


def test_cards_read_ahead_are_those_of_the_days_that_are_asked_for(database: Database, ann: User) -> None:
    def work(session: Session) -> list[date]:
        for ago in (3, 2, 1):
            checkins.open_(session, ann.id, DAY - timedelta(days=ago), ann.zone, "headache", NOW)
        checkins.look_ahead(session, [ann.id], DAY - timedelta(days=4))
        with session.ahead.turn_of(ann.id):
            return sorted(checkins.history(session, ann.id, DAY - timedelta(days=2), DAY - timedelta(days=2)))

    assert database.submit(work).result(5) == [DAY - timedelta(days=2)]


def a_value(question: Question) -> st.SearchStrategy[Value | None]:
    choices: dict[str, st.SearchStrategy[Value | None]] = {
        "severity": st.integers(0, 10),
        "quality": st.integers(1, 5),
        "hours": st.sampled_from([*BANDS.values(), WELL_SLEPT, Hours(7.5, 7.5), Hours(0.25, 0.25)]),
        "choice": st.sampled_from(question.choices or ("",)),
        "several": st.frozensets(st.sampled_from(question.choices or ("",))),
    }
    return st.none() | choices[question.kind]


A_DAY = st.fixed_dictionaries({}, optional={question.key: a_value(question) for question in QUESTIONS})


@pytest.mark.sqlite
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=A_DAY, second=A_DAY)
def test_whatever_is_answered_comes_back(database: Database, checkin: CheckIn, first: Answers, second: Answers) -> None:
    before = answer(database, checkin, {})
    assert answer(database, checkin, first) == {**before, **first}
    assert answer(database, checkin, second, LATER) == {**before, **first, **second}


def test_earlier_values_are_kept(database: Database, checkin: CheckIn) -> None:
    for minute, score in enumerate((3, 8, 8, None, 5)):
        answer(database, checkin, {"headache": score}, NOW + timedelta(minutes=minute))

    def earlier(session: Session) -> list[object]:
        row = session.execute(answers.select()).one()
        opened = unseal(session.keys, row.earlier, table="answers", key=f"{checkin.id}:headache", user=ANN)
        return [value for value, _at, _source in json.loads(opened)]

    assert database.submit(earlier).result(5) == [3, 8, None], "the same value again is no change"


def test_undo_goes_back_one_step(database: Database, checkin: CheckIn) -> None:
    answer(database, checkin, {"headache": 3, "back": 1})
    answer(database, checkin, {"headache": 8, "posture": 2}, LATER)
    undo = database.submit(lambda s: checkins.undo(s, checkin, LATER))
    assert undo.result(5) is True
    assert answer(database, checkin, {}) == {"headache": 3, "back": 1}
    assert database.submit(lambda s: checkins.undo(s, checkin, LATER)).result(5) is False
    assert database.submit(lambda s: checkins.undo(s, checkin, NOW)).result(5) is True
    assert answer(database, checkin, {}) == {}


def test_the_history_has_gaps_where_nothing_was_opened(database: Database, ann: User, checkin: CheckIn) -> None:
    answer(database, checkin, {"headache": 3})
    far = database.submit(
        lambda s: checkins.open_(s, ann.id, DAY + timedelta(days=3), ann.zone, "headache", NOW)
    ).result(5)
    answer(database, far, {"sleep_hours": Hours(6, 7)})
    read = database.submit(lambda s: checkins.history(s, ann.id, DAY, DAY + timedelta(days=3))).result(5)
    assert read == {DAY: {"headache": 3}, DAY + timedelta(days=3): {"sleep_hours": Hours(6, 7)}}
    later = database.submit(lambda s: checkins.history(s, ann.id, DAY + timedelta(days=1), DAY + timedelta(days=2)))
    assert later.result(5) == {}, "both ends are kept to"
    assert database.submit(lambda s: checkins.history(s, ann.id + 1, DAY, DAY)).result(5) == {}
