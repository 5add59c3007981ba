"""One other person may look for a while: at the page and the summaries, and at nothing else; the owner sees when."""

import re
from datetime import timedelta

import pytest

from bot.sandbox.person import Person
from bot.store import erasures, shares
from jobs.upkeep import carry_out_erasures
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, value

CLOSED = "There is nothing to see behind this any more. Please ask whoever gave it to you for a new link."


@pytest.fixture
def doctor(telegram: Telegram) -> Person:
    return telegram.person(1003, "Dora Doctor")


async def shared(ann: Person, days: str = "30 days") -> str:
    """Make a link and return what stands behind `?start=`."""
    await ann.says("/share")
    await ann.taps(days)
    found = re.search(r"\?start=(\S+)", ann.sees.text)
    assert found is not None
    return found[1]


async def week(telegram: Telegram, person: Person) -> None:
    for _ in range(8):
        await person.says("headache 6, back 3, slept 7, slept well, posture 4")
        await telegram.waits(until=telegram.clock.now() + timedelta(days=1), beat=QUARTER * 8)


async def test_a_doctor_looks_and_the_person_sees_it(telegram: Telegram, ann: Person, doctor: Person) -> None:
    await week(telegram, ann)
    code = await shared(ann)
    assert f"https://t.me/HeadsUpSandboxBot?start={code}" in ann.sees.text
    await doctor.says(f"/start {code}")
    assert doctor.sees.text.startswith("Somebody lets you see their headache and back diary until")
    await doctor.taps("Open it")
    assert "a person’s own notes, not a diagnosis" in doctor.sees.text
    await telegram.waits(minutes=1)
    assert any(seen.text.startswith("Your link was opened by Dora Doctor.") for seen in ann.chat[-3:])
    await doctor.taps("The page, 12 weeks (PDF)")
    assert (doctor.sees.document or b"").startswith(b"%PDF")
    await doctor.taps("7 days")
    assert "Headache: 7 days of 7" in doctor.sees.text
    assert doctor.sees.labels == ["The page, 12 weeks (PDF)", "7 days", "28 days", "90 days"]
    await ann.says("/share")
    assert "Dora Doctor, open until" in ann.sees.text
    assert "Looked 2 times" in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM users") == 1, "a reader keeps no diary"


async def test_a_reader_whose_clock_is_not_known_is_told_the_owners_time(ann: Person, doctor: Person) -> None:
    await ann.says("/settings")
    await ann.taps("Change the time zone")
    await ann.says("Kathmandu")
    code = await shared(ann)
    ends = re.search(r"It ends on ([^.]+)\.", ann.sees.text)
    assert ends is not None
    await doctor.says(f"/start {code}")
    assert ends[1] in doctor.sees.text
    await doctor.taps("Open it")
    assert ends[1] in doctor.sees.text


async def test_a_reader_who_takes_a_consent_back_keeps_their_clock(ann: Person, ben: Person) -> None:
    await ben.says("/settings")
    await ben.taps("Change the time zone")
    await ben.says("Kathmandu")
    code = await shared(ann)
    await ben.says(f"/start {code}")
    until = re.search(r"until ([^.]+)\.", ben.sees.text)
    assert until is not None
    await ben.says("/privacy")
    await ben.taps("Take my consent back")
    await ben.taps("Yes, take it back")
    await ben.says(f"/start {code}")
    assert until[1] in ben.sees.text


async def test_whoever_opens_it_first_is_the_one(telegram: Telegram, ann: Person, doctor: Person, ben: Person) -> None:
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    forwarded = doctor.sees
    await doctor.taps("Open it")
    menu = doctor.sees
    await ben.says(f"/start {code}")
    assert ben.sees.text == CLOSED, "forwarded, it shows nothing"
    for data in (forwarded.data("Open it"), menu.data("7 days"), menu.data("The page"), menu.data("I’m done")):
        await ben.taps_on(ben.sees.message_id, data)
        assert ben.toast == CLOSED
        assert ben.sees.text == CLOSED
    await doctor.says(f"/start {code}")
    assert doctor.sees.labels == menu.labels, "its own reader may come again"


async def test_it_ends_when_consent_is_taken_back(telegram: Telegram, ann: Person, doctor: Person) -> None:
    unopened = await shared(ann)
    telegram.clock.moves(1)
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    menu = doctor.sees
    await ann.says("/privacy")
    await ann.taps("Take my consent back")
    await ann.taps("Yes, take it back")
    for agreed_again in (False, True):
        if agreed_again:
            await ann.taps("Agree again")
            await ann.taps("I agree")
        await doctor.taps_on(menu.message_id, menu.data("7 days"))
        assert doctor.toast == CLOSED
        await doctor.says(f"/start {unopened}")
        assert doctor.sees.text == CLOSED


async def test_it_ends_by_itself(telegram: Telegram, ann: Person, doctor: Person) -> None:
    code = await shared(ann, "7 days")
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    telegram.clock.moves(timedelta(days=7, seconds=1).total_seconds())
    await doctor.taps("7 days")
    assert doctor.toast == CLOSED
    await doctor.says(f"/start {code}")
    assert doctor.sees.text == CLOSED
    await ann.says("/share")
    assert "Dora Doctor, ended." in ann.sees.text
    telegram.clock.moves(timedelta(days=31).total_seconds())
    await ann.says("all fine")
    await telegram.waits(until=telegram.clock.now() + timedelta(days=7), beat=QUARTER)
    assert value(telegram, "SELECT count(*) FROM events") == 0, "a month later nothing of it is kept"
    await ann.says("/share")
    assert "Dora" not in ann.sees.text


async def test_it_can_be_ended_at_once(telegram: Telegram, ann: Person, doctor: Person, ben: Person) -> None:
    code = await shared(ann)
    end = ann.sees.data("End it now")
    await ben.taps_on(ben.sees.message_id, end)
    assert "not kept here any more" in (ben.toast or ""), "by its owner alone"
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    await ann.says("/share")
    await ann.taps("End it for Dora Doctor")
    assert ann.sees.text.startswith("Ended. Nobody can look with that link any more.")
    await doctor.taps("28 days")
    assert doctor.toast == CLOSED


async def test_a_reader_can_leave_and_is_forgotten(telegram: Telegram, ann: Person, doctor: Person) -> None:
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    await doctor.taps("I’m done, forget me")
    assert doctor.sees.text == "Closed. Your name is forgotten here."
    await ann.says("/share")
    assert "Dora" not in ann.sees.text
    await doctor.says(f"/start {code}")
    assert doctor.sees.text == CLOSED


async def test_a_reader_who_deletes_everything_is_named_no_more(
    telegram: Telegram, ann: Person, doctor: Person
) -> None:
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    menu = doctor.sees
    await doctor.taps("7 days")
    await doctor.says("/delete")
    assert "your Telegram number and your name" in doctor.sees.text
    asked = doctor.sees
    await doctor.taps("No, keep it")
    await doctor.taps_on(menu.message_id, menu.data("28 days"))
    assert doctor.toast is None, "second thoughts change nothing"
    await doctor.taps_on(asked.message_id, asked.data("Yes, delete everything"))
    gone = "Deleted. Gone: your number and your name. What was shared with you is closed."
    assert [seen.text for seen in doctor.chat if seen.message_id == asked.message_id] == [gone]
    await doctor.taps_on(asked.message_id, asked.data("Yes, delete everything"))
    assert doctor.toast == "Nothing about you is kept here."
    await doctor.taps_on(menu.message_id, menu.data("7 days"))
    assert doctor.toast == CLOSED
    await doctor.says(f"/start {code}")
    assert doctor.sees.text == CLOSED
    await ann.says("/share")
    assert ann.sees.text.startswith(
        "Ended. Whoever had opened this link has deleted their data here, and their name with it. Looked 2 times"
    )
    assert "Dora" not in ann.sees.text
    assert ann.sees.labels == ["7 days", "30 days", "90 days"]
    await doctor.says("/delete")
    assert doctor.sees.text == "Nothing about you is kept here."


async def test_a_reader_with_a_diary_of_their_own_too(telegram: Telegram, ann: Person, ben: Person) -> None:
    for _ in range(2):
        code = await shared(ann)
        await ben.says(f"/start {code}")
        await ben.taps("Open it")
        telegram.clock.moves(1)
    bens = await shared(ben)
    await ann.says(f"/start {bens}")
    await ann.taps("Open it")
    await ben.says("/delete")
    await ben.taps("Yes, delete everything")
    await telegram.waits(minutes=2)
    assert not any("opened by" in seen.text for seen in ann.chat), "nobody is told the name of who is gone"
    await ann.says("/share")
    assert ann.sees.text.count("Whoever had opened this link has deleted their data here") == 2
    assert value(telegram, "SELECT count(*) FROM shares") == 2, "Ben's own link went with his diary"


async def test_restored_from_before_a_reader_without_a_diary_is_forgotten_again(
    telegram: Telegram, ann: Person, doctor: Person
) -> None:
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    [before] = await telegram.database.write(lambda session: shares.read_by(session, doctor.user_id))
    telegram.clock.moves(60)
    await doctor.says("/delete")
    await doctor.taps("Yes, delete everything")
    telegram.clock.moves(60)
    again = await shared(ann)
    await doctor.says(f"/start {again}")
    await doctor.taps("Open it")
    await telegram.database.write(lambda session: shares.keep(session, before))
    await telegram.database.write(erasures.all_again)
    await carry_out_erasures(telegram.database)
    [left] = await telegram.database.write(lambda session: shares.read_by(session, doctor.user_id))
    assert left.id != before.id, "what was opened since is another thing"


@pytest.mark.parametrize("guess", ["s1-" + "A" * 22, "s1-", "s999-" + "b" * 22, "s1-" + "A" * 21])
async def test_a_guess_shows_nothing(telegram: Telegram, ann: Person, doctor: Person, guess: str) -> None:
    await shared(ann)
    await doctor.says(f"/start {guess}")
    assert "diary until" not in doctor.sees.text
    await doctor.taps_on(doctor.sees.message_id, f"open_share:{guess}")
    assert doctor.toast == CLOSED
    await doctor.taps_on(doctor.sees.message_id, "shared:1:7")
    assert doctor.toast == CLOSED


async def test_a_tap_that_comes_twice_makes_one_link(telegram: Telegram, ann: Person) -> None:
    await ann.says("/share")
    listing = ann.sees
    await ann.taps("7 days")
    await ann.taps_on(listing.message_id, listing.data("30 days"))
    assert "made already" in (ann.toast or "")
    assert value(telegram, "SELECT count(*) FROM events") == 1


async def test_ones_own_link_and_more_than_five(telegram: Telegram, ann: Person) -> None:
    code = await shared(ann)
    await ann.says(f"/start {code}")
    assert "your own link" in ann.sees.text
    for _ in range(4):
        await shared(ann)
    await ann.says("/share")
    await ann.taps("7 days")
    assert "Five links are open" in (ann.toast or "")


async def test_who_deletes_everything_takes_it_away(telegram: Telegram, ann: Person, doctor: Person) -> None:
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    await doctor.taps("Open it")
    await ann.says("/delete")
    await ann.taps("Yes, delete everything")
    await doctor.taps("7 days")
    assert doctor.toast == CLOSED


async def test_the_code_is_kept_as_a_hash_and_sealed(telegram: Telegram, ann: Person) -> None:
    code = await shared(ann)
    body = value(telegram, "SELECT body FROM events")
    assert isinstance(body, bytes)
    assert code.partition("-")[2].encode() not in body


async def test_a_readers_taps_that_come_twice_do_no_more(telegram: Telegram, ann: Person, doctor: Person) -> None:
    code = await shared(ann)
    await doctor.says(f"/start {code}")
    offered = doctor.sees
    for _ in range(2):
        await doctor.taps_on(offered.message_id, offered.data("Open it"))
    menu = doctor.sees
    assert menu.message_id == offered.message_id
    await telegram.waits(minutes=1)
    assert sum("Your link was opened" in seen.text for seen in ann.chat) == 1
    for _ in range(2):
        await doctor.taps_on(menu.message_id, menu.data("I’m done, forget me"))
    assert doctor.toast == CLOSED
