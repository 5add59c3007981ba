"""Taps of every kind: twenty times, a day late, a month late, on somebody else's card, made up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.routes import BUTTONS
from bot.domain.questions import QUESTIONS
from bot.domain.tips import KINDS
from bot.sandbox.person import Person
from bot.store import reminders
from bot.store.reminders import Reminder
from tests.conftest import NOON, Telegram
from tests.stories.conftest import QUARTER, answers, berlin, value


async def test_twenty_taps_are_one_answer(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    data = card.data("7")
    queries = [telegram.api.taps(ann.user_id, card.message_id, data) for _ in range(20)]
    await telegram.settle()
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 7})]
    assert value(telegram, "SELECT count(*) FROM answers WHERE earlier IS NOT NULL") == 0
    assert "Headache 7" in ann.sees.text
    assert ann.sees.message_id == card.message_id
    assert not any(telegram.api.waiting_tap(query) for query in queries), "no button is left spinning"


async def test_out_of_order_taps_end_in_what_was_tapped_last(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    for label in ("3", "7", "5"):
        telegram.api.taps(ann.user_id, card.message_id, card.data(label))
    await telegram.settle()
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 5})]
    assert "Headache 5" in ann.sees.text


@pytest.mark.parametrize("tapped_at", [berlin(3, 0, 30), berlin(3, 12)], ids=["half past midnight", "next noon"])
async def test_yesterdays_card_fills_yesterday_and_says_so(
    telegram: Telegram, ann: Person, tapped_at: datetime
) -> None:
    await telegram.waits(until=berlin(2, 20), beat=QUARTER)
    card = ann.sees
    telegram.clock.moves((tapped_at - telegram.clock.now()).total_seconds())
    await ann.taps_on(card.message_id, card.data("6"))
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 6})]
    assert "Mon 2 Mar" in ann.sees.text
    if tapped_at == berlin(3, 12):
        assert "yesterday" in ann.sees.text
        assert ann.toast == "Saved for Mon 2 Mar"
        assert value(telegram, "SELECT late FROM checkins") == 1
    else:
        assert value(telegram, "SELECT late FROM checkins") == 0, "the day ends at four in the morning"


async def test_a_card_from_last_month_still_works(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    telegram.clock.moves(timedelta(days=33).total_seconds())
    await ann.taps_on(card.message_id, card.data("4"))
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 4})]
    assert ann.toast == "Saved for Mon 2 Mar"


async def test_typing_after_opening_yesterdays_card_fills_yesterday(telegram: Telegram, ann: Person) -> None:
    telegram.clock.moves((berlin(3, 12) - telegram.clock.now()).total_seconds())
    await ann.says("/checkin")
    await ann.taps("Open yesterday’s card")
    assert "Mon 2 Mar" in ann.sees.text
    await ann.says("7")
    assert dict(answers(telegram, ann))["2026-03-02"] == {"headache": 7}
    assert dict(answers(telegram, ann))["2026-03-03"] == {}


async def test_anothers_card_cannot_be_touched(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("6 3 7.5 4")
    hers = answers(telegram, ann)
    await ben.says("/checkin")
    number = value(telegram, "SELECT id FROM checkins WHERE user_id = 1001")
    theirs = ben.sees
    for data in (
        f"answer:{number}:headache:1",
        f"fine:{number}",
        f"painless:{number}",
        f"tick:{number}:features:light",
        f"untick:{number}:features:light",
        f"ticked:{number}:features",
        f"skip:{number}:headache",
        f"rest:{number}",
        f"page:{number}:headache",
        f"on:{number}",
        f"undo:{number}:{int(NOON.timestamp()) * 1_000_000}",
    ):
        await ben.taps_on(theirs.message_id, data)
        assert ben.toast == "That card is not kept here any more. /checkin opens today’s."
        assert "Headache 6" not in ben.sees.text
    assert answers(telegram, ann) == hers
    assert answers(telegram, ben) == [("2026-03-02", {})]


async def test_anothers_reminder_cannot_be_touched(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ben.says("/checkin")
    number = value(telegram, "SELECT min(id) FROM reminders WHERE user_id = 1001")

    def hers() -> Sequence[Reminder]:
        return telegram.database.submit(lambda session: reminders.of_user(session, ann.user_id)).result()

    before = hers()
    for data in (
        f"reminder:{number}",
        f"days:{number}",
        f"day:{number}:1:off",
        f"switch:{number}:off",
        f"remove:{number}",
        f"hours:r{number}",
        f"time:r{number}:0900",
    ):
        await ben.taps_on(ben.sees.message_id, data)
        assert ben.toast == "That reminder is not there any more. /reminders shows what there is."
    assert hers() == before


async def test_a_follow_up_that_no_longer_applies_leads_on(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    for label in ("6", "0 · none", "7–8 h", "4 · well", "4 · good", "2 to 4 h"):
        await ann.taps(label)
    await ann.taps("Skip the rest")
    await ann.taps("Change an answer")
    old = ann.sees
    await ann.says("headache 0")
    await ann.taps_on(old.message_id, old.data("Headache lasted"))
    assert "Something went wrong" not in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'failed'") == 0


async def test_an_id_larger_than_any_database_knows(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    for data in ("fine:%s", "reminder:%s", "done:%s", "hours:r%s", "undo:1:%s"):
        await ann.taps_on(ann.sees.message_id, data % ("9" * 40))
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'failed'") == 0


async def test_a_made_up_choice_is_not_stored(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    number = value(telegram, "SELECT id FROM checkins")
    for data in (
        *("tick:%s:sleep_hours:6-7", "tick:%s:duration:2_4h", "untick:%s:headache:1", "untick:%s:features:thunder"),
        *("answer:%s:headache:11", "answer:%s:posture:0"),
    ):
        await ann.taps_on(ann.sees.message_id, data % number)
    assert answers(telegram, ann) == [("2026-03-02", {})]
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'failed'") == 0


async def test_a_choice_tapped_twice_in_a_hurry_stays(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 6, back 0, slept 7, quality 4, posture 4")
    await ann.taps("2 to 4 h")
    for label, then in (("Light hurt", {"light"}), ("Noise hurt", {"light", "sound"}), ("✓ Light hurt", {"sound"})):
        card = ann.sees
        for _ in range(2):
            telegram.api.taps(ann.user_id, card.message_id, card.data(label))
        await telegram.settle()
        assert answers(telegram, ann)[0][1]["features"] == then
    assert "✓ Noise hurt" in ann.sees.labels
    assert "Light hurt" in ann.sees.labels


async def test_done_without_choices_does_not_undo_a_score(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    number = value(telegram, "SELECT id FROM checkins")
    await ann.taps_on(ann.sees.message_id, f"ticked:{number}:headache")
    assert answers(telegram, ann)[0][1]["headache"] == 0


async def test_a_made_up_purpose_adds_no_second_card(telegram: Telegram, ann: Person) -> None:
    before = telegram.rows("reminders")
    number = value(telegram, "SELECT id FROM reminders WHERE kind = 'checkin'")
    await ann.taps_on(ann.sees.message_id, f"time:{number}:1000")
    assert telegram.rows("reminders") == before


LETTERS = st.characters(exclude_categories=["Cs"])
PIECES = st.one_of(
    st.sampled_from(
        ["1", "2", "0", "-1", "", "all", "work", "on", "off", "done", "change", "0800", "2500", "r1", "r2"]
    ),
    st.sampled_from([question.key for question in QUESTIONS]),
    st.sampled_from([choice for question in QUESTIONS for choice in question.choices]),
    st.sampled_from([f"n-{kind.key}" for kind in KINDS] + [kind.key for kind in KINDS]),
    st.integers().map(str),
    st.text(LETTERS, max_size=12),
)
MADE_UP = st.one_of(
    st.text(LETTERS, min_size=1, max_size=64),
    st.tuples(st.sampled_from(sorted(BUTTONS)), st.lists(PIECES, max_size=4)).map(lambda it: ":".join([it[0], *it[1]])),
).filter(lambda data: 1 <= len(data.encode()) <= 64 and not data.startswith("erase"))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=MADE_UP)
async def test_no_data_whatever_breaks_anything(telegram: Telegram, ann: Person, ben: Person, data: str) -> None:
    if not answers(telegram, ben):
        await ben.says("6 3 7.5 4")
    his = answers(telegram, ben)
    query = await ann.taps_on(ann.sees.message_id, data)
    assert not telegram.api.waiting_tap(query), "every tap is answered"
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state <> 'replied'") == 0
    assert "Something went wrong" not in ann.sees.text
    assert answers(telegram, ben) == his
    assert ann.sees.text
