"""The document: described as it is, complete, and read with distrust."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.domain import takeout
from bot.domain.log import KINDS
from bot.domain.profile import Profile
from bot.domain.takeout import NEVER_IN, SHAPES, Mistake, Part, Takeout, read
from bot.store.tables import answers, checkins, consents, events, metadata, outbox, reminders, users
from bot.store.takeout import EXPORT, IMPORT
from tests.diaries import NOW, an_empty_diary, diaries

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")

PARTS = [
    part for part in vars(takeout).values() if isinstance(part, type) and issubclass(part, Part) and part is not Part
]

ONLY_HERE = {
    *("users.id", "users.state", "users.awaiting", "consents.id", "consents.user_id"),
    *("reminders.id", "reminders.user_id", "reminders.next_at", "reminders.retired_at"),
    *("checkins.id", "checkins.user_id", "checkins.message_id", "checkins.card"),
    *("answers.checkin_id", "answers.question", "answers.message_id", "events.id", "events.user_id", "events.body"),
    *("outbox.id", "outbox.user_id", "outbox.slot", "outbox.reminder_id", "outbox.not_before", "outbox.too_late_at"),
    *("outbox.state", "outbox.claim", "outbox.claimed_at", "outbox.tries", "outbox.message_id"),
    *("tastes.user_id", "tastes.body", "profiles.user_id", "profiles.body"),
    *("secrets.user_id", "secrets.secret", "shares.event_id"),
}
"""Columns that are numbers of this installation, plans of the clock, secrets of what is sealed, or bodies whose content
has names of its own."""

PART_OF = {
    users: takeout.Settings,
    consents: takeout.Consent,
    reminders: takeout.Reminder,
    checkins: takeout.CheckIn,
    answers: takeout.Answer,
    events: takeout.Event,
    outbox: takeout.Response,
}
NOT_OF_ONE_PERSON = {"invites", "meta", "inbox"}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_the_page_names_every_key(part: type[BaseModel]) -> None:
    assert f"`{part.__name__}`" in PAGE or part in SHAPES.values()
    assert [name for name in part.model_fields if f"`{name}`" not in PAGE] == []


def test_the_page_names_no_key_that_is_not_there() -> None:
    tables = PAGE[PAGE.index("## headsup.json") : PAGE.index("## What an import")]
    firsts = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", tables, re.MULTILINE)
    known = {name for part in PARTS for name in part.model_fields} | SHAPES.keys() | NEVER_IN
    assert {name for first in firsts for name in re.findall(r"`(\w+)`", first)} <= known


def test_every_column_that_is_a_persons_has_its_place() -> None:
    for table in metadata.sorted_tables:
        if table.name not in NOT_OF_ONE_PERSON:
            names = PART_OF[table].model_fields if table in PART_OF else {}
            missing = [f"{table.name}.{column.name}" for column in table.columns if column.name not in names]
            assert set(missing) <= ONLY_HERE, "it belongs into the document, or into the list of what stays"


def test_all_of_a_profile_is_in_it() -> None:
    assert [field.name for field in fields(Profile)] == list(takeout.Profile.model_fields)


def kinds_noted() -> Iterator[str]:
    """Yield the kinds of events that are written anywhere."""
    for path in sorted((*(ROOT / "bot" / "actions").glob("*.py"), *(ROOT / "bot" / "store").glob("*.py"))):
        module = import_module(f"bot.{path.parent.name}.{path.stem}")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "events.add":
                match ast.unparse(call.args[3]):
                    case "kind":
                        yield from KINDS
                    case name if name.isupper():
                        yield getattr(module, name)


def test_every_kind_of_event_can_come_in_again() -> None:
    found = set(kinds_noted()) - {IMPORT, EXPORT}
    assert {"massage", "attack", "check", "told", "period", "share", "try"} <= found
    assert found <= {*SHAPES, *NEVER_IN}, "what an event of a new kind has in its details belongs into SHAPES"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(diaries())
def test_what_was_written_is_read(diary: Takeout) -> None:
    assert read(diary.as_json(), NOW) == diary


def a_card(**other: Any) -> dict[str, Any]:
    card = {"day": "2026-03-01", "zone": "UTC", "asked_at": "2026-03-01T12:00:00Z", "answered_at": None, "late": False}
    return {**card, "page": "done", "part": "day", "asked": [], "answers": {}, **other}


def an_answer(value: object, at: str = "2026-03-01T12:00:00Z") -> dict[str, Any]:
    return {"value": value, "answered_at": at, "source": "tap", "earlier": []}


def with_(**changed: Any) -> bytes:
    return json.dumps({**json.loads(an_empty_diary().as_json()), **changed}).encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_diary"),
        (b"not json", "no_diary"),
        (b"\xff\xfe{", "no_diary"),
        (b"[" * 1_000_000, "no_diary"),
        (b'{"a":' * 100_000, "no_diary"),
        (b'{"format":"other","version":1}', "no_diary"),
        (b'{"format":"headsup-diary","version":"1"}', "broken"),
        (with_(version=2), "newer"),
        (with_(version=0), "broken"),
        (with_(more=1), "broken"),
        (with_(user_id=1001), "broken"),
        (with_(checkins=None), "broken"),
        (with_(checkins=[1] * 100_000), "broken"),
        (with_(checkins=[a_card(id=7)]), "broken"),
        (with_(checkins=[a_card(late=1)]), "broken"),
        (with_(checkins=[a_card(page="nonsense")]), "broken"),
        (with_(checkins=[a_card(asked=["nonsense"])]), "broken"),
        (with_(checkins=[a_card(answers={"mood": an_answer(1)})]), "broken"),
        (with_(checkins=[a_card(asked_at="0001-01-01T00:00:00+14:00")]), "broken"),
        (with_(checkins=[a_card(asked_at="2026-03-01T12:00:00")]), "broken"),
        (with_(checkins=[a_card(zone="Mars/Olympus")]), "zone"),
        (with_(checkins=[a_card(), a_card()]), "twice"),
        (with_(checkins=[a_card(day="2026-03-04")]), "future"),
        (with_(checkins=[a_card(day="1999-12-31")]), "long_ago"),
        (with_(checkins=[a_card(answers={"headache": an_answer(1, "2026-03-04T12:00:00Z")})]), "future"),
        *(
            (with_(checkins=[a_card(answers={key: an_answer(value)})]), "scale")
            for key, value in (
                *(("headache", 11), ("headache", -1), ("posture", 0), ("sleep_hours", {"low": 3, "high": 17})),
                *(("sleep_hours", 7), ("features", ["none", "light"]), ("features", ["light", "light"])),
                *(("features", ["nonsense"]), ("duration", "long"), ("note", ""), ("headache", "7"), ("posture", [])),
            )
        ),
        (with_(checkins=[a_card(answers={"headache": an_answer(True)})]), "broken"),
        (with_(checkins=[a_card(answers={"headache": an_answer(7.5)})]), "broken"),
        (with_(checkins=[a_card(answers={"note": an_answer("x" * 1001)})]), "broken"),
        *(
            (
                with_(events=[{"day": day, "kind": kind, "created_at": "2026-03-01T12:00:00Z", "details": details}]),
                why,
            )
            for day, kind, details, why in (
                ("2026-03-04", "period", {}, "future"),
                ("2026-03-01", "massage", {}, "broken"),
                ("2026-03-01", "massage", {"note": "x" * 1001}, "broken"),
                ("2026-03-01", "attack", {"began": "yesterday", "over": None}, "broken"),
                ("2026-03-01", "attack", {"began": "2026-03-01T12:00:00", "over": None}, "broken"),
                ("2026-03-01", "check", {"list": "head"}, "broken"),
            )
        ),
        (with_(profile={**json.loads(an_empty_diary().as_json())["profile"], "care": ["nonsense"]}), "broken"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(content: bytes, why: str) -> None:
    found = read(content, NOW)
    assert isinstance(found, Mistake)
    assert found.why == why, found


def test_a_day_that_has_begun_anywhere_is_no_future() -> None:
    assert isinstance(read(with_(checkins=[a_card(day="2026-03-03")]), NOW), Takeout), "14 hours ahead of UTC it has"


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda some: st.lists(some) | st.dictionaries(st.text(), some),
    )
)
def test_nothing_that_stands_in_its_place_gets_through(some: Any) -> None:
    for key in ("checkins", "events", "reminders", "profile", "settings"):
        found = read(with_(**{key: some}), NOW)
        assert isinstance(found, Mistake) or some == []


def test_a_day_is_a_date() -> None:
    found = read(with_(checkins=[a_card(day="2026-03-02")]), NOW)
    assert isinstance(found, Takeout)
    assert found.checkins[0].day == date(2026, 3, 2)
