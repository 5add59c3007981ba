"""Any diary a person could have, as an export has it: what the tests of takeouts draw from."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from bot.domain import takeout
from bot.domain.checklists import SIGNS
from bot.domain.emergency import COUNTRIES
from bot.domain.log import KINDS
from bot.domain.profile import CARE, INJURIES
from bot.domain.profile import Profile as Known
from bot.domain.questions import BY_KEY, FACTORS, Answers, Question
from bot.domain.quiet import DEFAULT, as_text
from bot.domain.takeout import (
    FORMAT,
    VERSION,
    Answer,
    CheckIn,
    Earlier,
    Event,
    Profile,
    Reminder,
    Takeout,
    Tastes,
)
from bot.domain.tips import KINDS as TIPPED
from tests.domain.conftest import some_value

NOW = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)
DAY = date(2026, 3, 1)
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "UTC")

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40) | st.sampled_from(
    ["=1+1", "+49 30", "-", "@you", "\t=2", " =3", 'a,b\n"c"', "=cmd|' /C calc'!A0", "\0", "\r\n", "＝4", "🙂"]
)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(2025, 10, 1), date(2026, 3, 1))


def answers_to(question: Question) -> st.SearchStrategy[Answer]:
    values = (st.none() | (WORDS if question.kind == "text" else some_value(question))).map(takeout.plain_of)
    how: dict[str, Any] = {"value": values, "answered_at": INSTANTS, "source": st.sampled_from(["tap", "text", "edit"])}
    return st.builds(Answer, **how, earlier=st.lists(st.builds(Earlier, **how), max_size=2))


def answered(card: CheckIn) -> CheckIn:
    """Let a card have been answered when its last answer was."""
    last = max((answer.answered_at for answer in card.answers.values()), default=None)
    return card.model_copy(update={"answered_at": last})


CARDS = st.builds(
    CheckIn,
    day=DAYS,
    zone=st.sampled_from(ZONES),
    asked_at=INSTANTS,
    answered_at=st.none(),
    late=st.booleans(),
    page=st.sampled_from(["headache", "done", "change"]),
    part=st.sampled_from(["day", "night"]),
    asked=st.lists(
        st.sampled_from([*BY_KEY, "done", "change", *(f"factors:{code}" for code in FACTORS)]), unique=True, max_size=8
    ),
    answers=st.fixed_dictionaries({}, optional={key: answers_to(each) for key, each in BY_KEY.items()}).map(
        lambda answers: dict(sorted(answers.items()))
    ),
).map(answered)

MOMENTS = INSTANTS.map(datetime.isoformat)
CHECKS = st.sampled_from(sorted(SIGNS)).flatmap(
    lambda which: st.fixed_dictionaries(
        {
            "list": st.just(which),
            "score": st.none() | st.integers(0, 10),
            "signs": st.lists(st.sampled_from(sorted(SIGNS[which])), unique=True, max_size=3).map(sorted),
            "none": st.booleans(),
            "new": st.booleans(),
            "visit": st.none(),
        }
    )
)


def of_kind(kind: st.SearchStrategy[str], details: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Event]:
    return st.builds(Event, day=DAYS, kind=kind, created_at=INSTANTS, details=details)


EVENTS = st.one_of(
    of_kind(st.sampled_from(KINDS), st.fixed_dictionaries({"note": st.just("") | WORDS})),
    of_kind(st.just("attack"), st.fixed_dictionaries({"began": MOMENTS, "over": st.none() | MOMENTS})),
    of_kind(st.just("period"), st.just({})),
    st.builds(
        Event,
        day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        kind=st.just("visit"),
        created_at=INSTANTS,
        details=st.fixed_dictionaries(
            {
                "at": st.none() | st.just("10:30"),
                "note": st.just("") | WORDS,
                "questions": st.lists(WORDS, max_size=2).map(lambda said: [list(each) for each in enumerate(said, 1)]),
                "written_on": st.none() | DAYS.map(date.isoformat),
            },
            optional={"over": st.just(True)},
        ),
    ),
    of_kind(st.just("told"), st.fixed_dictionaries({"what": st.just("see_back"), "slot": st.just("2026-01-01")})),
    of_kind(st.just("check"), CHECKS),
)

REMINDERS = st.builds(
    Reminder,
    kind=st.sampled_from([kind.key for kind in TIPPED]),
    at=st.times().map(lambda at: time(at.hour, at.minute)),
    weekdays=st.lists(st.integers(0, 6), min_size=1, unique=True).map(sorted),
    zone=st.sampled_from(ZONES),
    on=st.booleans(),
    only_on=st.none(),
    words=st.none(),
    created_at=INSTANTS,
) | st.builds(
    Reminder,
    kind=st.sampled_from(["own-1", "own-7"]),
    at=st.just(time(15)),
    weekdays=st.just([0]),
    zone=st.sampled_from(ZONES),
    on=st.booleans(),
    only_on=st.none() | st.just(date(2027, 3, 1)),
    words=WORDS,
    created_at=INSTANTS,
)

PROFILES = st.builds(
    Profile,
    short=st.booleans(),
    followed=st.lists(st.sampled_from(FACTORS), unique=True, max_size=5).map(sorted),
    period=st.booleans(),
    country=st.none() | st.sampled_from(COUNTRIES),
    care=st.lists(st.sampled_from(sorted(CARE)), unique=True).map(sorted),
    injury=st.none() | st.sampled_from(sorted(INJURIES)),
    injury_told=st.none() | DAYS.map(date.isoformat),
    dark=st.booleans(),
    words_only=st.booleans(),
    discreet=st.booleans(),
    broadcasts=st.booleans(),
    try_from=st.none(),
)


@st.composite
def tastes(draw: st.DrawFn) -> Tastes:
    rated = draw(st.lists(st.sampled_from(["pb01", "sl02", "wa03", "st04"]), unique=True))
    cut = draw(st.integers(0, len(rated)))
    return Tastes(helped=sorted(rated[:cut]), unwanted=sorted(rated[cut:]))


def an_empty_diary() -> Takeout:
    return Takeout(
        format=FORMAT,
        version=VERSION,
        exported_at=NOW,
        settings=takeout.Settings(
            language="en",
            zone="Europe/Berlin",
            day_start=time(4),
            quiet=as_text(DEFAULT),
            since=NOW - timedelta(days=200),
            paused_until=None,
            silent_until=None,
            seen_at=None,
        ),
        profile=takeout.plain_profile(Known()),
        tastes=Tastes(helped=[], unwanted=[]),
        consents=[
            takeout.Consent(
                version="1", text_hash="0" * 64, agreed_at=NOW - timedelta(days=200), ended_at=None, ended=None
            )
        ],
        reminders=[],
        checkins=[],
        events=[],
        responses=[],
    )


def a_day(answers: Answers, *events: Event) -> Takeout:
    """A diary of one day, in which everything was tapped the day before the export."""
    given_ = {
        key: Answer(value=takeout.plain_of(value), answered_at=NOW - timedelta(days=1), source="tap", earlier=[])
        for key, value in answers.items()
    }
    card = CheckIn(
        day=DAY,
        zone="UTC",
        asked_at=NOW,
        answered_at=NOW,
        late=False,
        page="done",
        part="day",
        asked=list(given_),
        answers=given_,
    )
    return an_empty_diary().model_copy(update={"checkins": [card], "events": list(events)})


@st.composite
def diaries(draw: st.DrawFn) -> Takeout:
    """Any diary, in the order in which an export has it."""
    cards = draw(st.lists(CARDS, max_size=6, unique_by=lambda card: card.day))
    noted = draw(st.lists(EVENTS, max_size=6, unique_by=lambda event: event.created_at))
    noted.sort(key=lambda event: (event.day, event.created_at, event.kind))
    visits = [place for place, event in enumerate(noted) if event.kind == "chiropractor"]
    noted = [
        event.model_copy(update={"details": {**event.details, "visit": visits[0]}})
        if event.kind == "check" and visits
        else event
        for event in noted
    ]
    planned = draw(st.lists(REMINDERS, max_size=4, unique_by=lambda each: (each.kind, each.at)))
    return an_empty_diary().model_copy(
        update={
            "profile": draw(PROFILES),
            "tastes": draw(tastes()),
            "reminders": sorted(planned, key=lambda each: each.model_dump_json()),
            "checkins": sorted(cards, key=lambda card: card.day),
            "events": noted,
        }
    )


NOBODY = UUID(int=0)
