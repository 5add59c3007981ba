"""A doctor's visit still to come: noted in words, written about two days before, and asked about when it is over."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.sandbox.person import Person
from bot.store import events
from bot.store.database import Session
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, arrived, berlin, value

HOUR = timedelta(hours=1)


def noted(telegram: Telegram, person: Person) -> Sequence[tuple[str, str, Any]]:
    def read(session: Session) -> Sequence[tuple[str, str, Any]]:
        found = events.of_user(session, person.user_id, date(2026, 1, 1), date(2029, 1, 1))
        return [(event.day.isoformat(), event.kind, event.details.get("note")) for event in found]

    return telegram.database.submit(read).result()


async def test_a_visit_from_first_to_last(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30, neurologist")
    assert ann.sees.text == (
        "Noted: Fri 6 Mar, 10:30 – neurologist.\n"
        "On Wed 4 Mar at 18:00 I’ll ask what you want to ask there, and after the visit what changed."
    )
    await ann.taps("Add a question")
    await ann.says("Can it come from my neck?\n\nHow often may I take a triptan?")
    assert "1. Can it come from my neck?\n2. How often may I take a triptan?" in ann.sees.text
    await telegram.waits(until=berlin(4, 18), beat=QUARTER)
    written = arrived(ann, berlin(2, 14), "Coming up: Fri 6 Mar, 10:30 – neurologist. What do you want to ask there?")
    assert [at for at, _ in written] == [berlin(4, 18)]
    assert "How often may I take a triptan?" in written[0][1].text
    await telegram.waits(until=berlin(6, 19), beat=HOUR)
    asked = arrived(ann, berlin(4, 19), "Did something change?")
    assert [at for at, _ in asked] == [berlin(6, 19)]
    await ann.taps_on(asked[0][1].message_id, asked[0][1].data("Medicine started"))
    assert noted(telegram, ann) == [
        ("2026-03-06", "visit", "neurologist"),
        ("2026-03-06", "doctor", "neurologist"),
        ("2026-03-06", "medicine_started", ""),
    ]
    await telegram.waits(until=berlin(9, 12), beat=HOUR)
    assert len(arrived(ann, berlin(4, 19), "visit")) == 0, "nothing comes twice"


async def test_one_evening_is_left(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit tomorrow 8:00")
    assert "On Mon 2 Mar at 18:00 I’ll ask" in ann.sees.text
    await telegram.waits(until=berlin(2, 18), beat=QUARTER)
    assert arrived(ann, berlin(2, 17, 50), "Coming up: Tue 3 Mar, 08:00.")


async def test_too_close_to_write_before(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit today 17:30")
    assert ann.sees.text == "Noted: Mon 2 Mar, 17:30.\nAfter it I’ll ask what changed."
    await telegram.waits(until=berlin(3, 10), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 14), "You had a visit")] == [berlin(3, 10)]


async def test_next_foretells_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30")
    await ann.says("/next")
    assert "18:00 Before your visit – you noted a visit" in ann.sees.text
    await ann.says("/reminders")
    assert "visit" not in ann.sees.text


async def test_moved_it_is_asked_about_once(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30, neurologist")
    await ann.taps("Change day or time")
    await ann.says("10 March 9:00")
    assert ann.sees.text.startswith("Noted: Tue 10 Mar, 09:00 – neurologist.")
    await telegram.waits(until=berlin(8, 19), beat=HOUR)
    assert [at for at, _ in arrived(ann, berlin(2, 14), "Coming up")] == [berlin(8, 18)]
    await ann.says("all fine")
    await telegram.waits(until=berlin(11, 12), beat=HOUR)
    assert [at for at, _ in arrived(ann, berlin(2, 14), "Did something change?")] == [berlin(10, 19)]


async def test_called_off_it_is_silent(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30")
    page = ann.sees
    await ann.taps("Call it off")
    assert ann.sees.text == "Called off: Fri 6 Mar, 10:30."
    await ann.taps_on(page.message_id, page.data("Add a question"))
    assert "not kept here any more" in (ann.toast or "")
    await telegram.waits(until=berlin(7, 12), beat=HOUR)
    assert arrived(ann, berlin(2, 14), "visit") == []
    assert value(telegram, "SELECT count(*) FROM reminders WHERE kind LIKE '%visit'") == 0


async def test_two_on_one_day_share_nothing_but_the_hour(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30, neurologist")
    await ann.says("/visit 6 March 15:00, physio")
    await ann.taps("Call it off")
    await telegram.waits(until=berlin(7, 12), beat=HOUR)
    assert ["neurologist" in seen.text for _, seen in arrived(ann, berlin(2, 14), "Coming up")] == [True]
    assert ["neurologist" in seen.text for _, seen in arrived(ann, berlin(2, 14), "You had a visit")] == [True]


async def test_it_did_not_take_place(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit tomorrow 9:00")
    early = ann.sees.data("Call it off").partition(":")[2]
    await ann.taps_on(ann.sees.message_id, f"visited:{early}:nothing")
    assert "still to come" in (ann.toast or ""), "nobody knows yet how it was"
    await telegram.waits(until=berlin(3, 19), beat=HOUR)
    asked = arrived(ann, berlin(3, 18), "Did something change?")[0][1]
    await ann.taps_on(asked.message_id, asked.data("It did not take place"))
    assert noted(telegram, ann) == []


async def test_an_attack_puts_it_off_and_loses_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 4 March 15:00")
    await telegram.waits(until=berlin(2, 17), beat=QUARTER)
    await ann.says("/attack")
    await telegram.waits(until=berlin(3, 9), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 17, 30), "Coming up")] == [berlin(3, 8)]


async def test_a_question_can_be_taken_away(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30")
    await ann.taps("Add a question")
    await ann.says("First?\nSecond?")
    page = ann.sees
    await ann.taps("Remove: First?")
    await ann.taps_on(page.message_id, page.data("Remove: First?"))
    assert "1. Second?" in ann.sees.text, "tapped twice it takes away one"


async def test_the_list_and_what_is_not_understood(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("/log")
    await ann.taps("A visit still to come")
    assert ann.sees.text.startswith("No visit is noted yet. To note a visit, type its day and time.")
    await ann.says("14 May 10")
    assert ann.sees.text.startswith("I did not understand that day.")
    await ann.says("14 May 10:00")
    assert ann.sees.text.startswith("Noted: Thu 14 May, 10:00.")
    mine = ann.sees.data("Call it off")
    await ann.says("/visit 14 May 10:00")
    assert len(noted(telegram, ann)) == 1, "said twice it is one"
    await ann.says("/visit 1 March 10:00")
    assert "type" in ann.sees.text or "did not understand" in ann.sees.text
    await ann.says("/visit today 8:00")
    assert "over already" in ann.sees.text
    await ann.says("/visit 14 May 2031 10:00")
    assert "more than two years away" in ann.sees.text
    await ann.says("/visit")
    assert ann.sees.labels == ["Thu 14 May, 10:00"]
    await ann.taps("Thu 14 May, 10:00")
    await ben.taps_on(ben.sees.message_id, mine)
    assert "not kept here any more" in (ben.toast or "")
    assert len(noted(telegram, ann)) == 1


async def test_what_is_wanted_to_ask_is_sealed(telegram: Telegram, ann: Person) -> None:
    await ann.says("/visit 6 March 10:30, neurologist")
    body = value(telegram, "SELECT body FROM events")
    assert isinstance(body, bytes)
    assert b"neurologist" not in body
