"""Everything about a person in one file: asked for, confirmed with one tap, complete, and safe to open."""

import csv
import json
from io import BytesIO, StringIO
from zipfile import ZipFile

from bot.sandbox.person import Person
from bot.sandbox.rules import Json
from tests.conftest import Telegram

FILES = ["README.txt", "headsup.json", "days.csv", "dictionary.csv", "fhir.json"]


def unpacked(content: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).decode() for name in packed.namelist()}


async def exported(person: Person) -> dict[str, str]:
    await person.says("/export")
    await person.taps("Send it")
    assert person.sees.document is not None
    return unpacked(person.sees.document)


def table(text: str) -> list[Json]:
    return list(csv.DictReader(StringIO(text)))


async def test_a_warning_then_a_tap_then_the_file(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 7, back 0")
    await ann.says("/export")
    assert "not encrypted" in ann.sees.text
    assert ann.sees.document is None, "nothing is made before the tap"
    await ann.taps("Send it")
    assert ann.sees.body["document"]["file_name"] == "headsup-2026-03-02.zip"
    assert ann.sees.text.startswith("Your diary: 1 day with a card. Not encrypted")
    assert "has_protected_content" not in ann.sees.body, "it is theirs to save"
    assert ann.sees.document is not None
    assert list(unpacked(ann.sees.document)) == FILES


async def test_a_day_a_note_and_a_visit_are_in_all_of_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 7, back 0, slept 6.5")
    await ann.taps("Skip the rest")
    await ann.taps("Add a note")
    await ann.says("=HYPERLINK(1)")
    await ann.says("/log")
    await ann.taps("Massage")
    telegram.clock.moves(3 * 24 * 3600)
    await ann.says("all fine")
    files = await exported(ann)
    diary = json.loads(files["headsup.json"])
    assert [day["day"] for day in diary["checkins"]] == ["2026-03-02", "2026-03-05"]
    assert diary["checkins"][0]["answers"]["headache"]["value"] == 7
    assert diary["events"][0]["kind"] == "massage"
    days = table(files["days.csv"])
    assert [day["diary_date"] for day in days] == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    assert [day["headache_nrs"] for day in days] == ["7", "", "", "0"]
    assert [day["logged"] for day in days] == ["1", "0", "0", "1"]
    assert (days[0]["sleep_hours"], days[0]["note"], days[0]["remedy_massage"]) == ("6.5", "'=HYPERLINK(1)", "1")
    assert (days[3]["sleep_low"], days[3]["sleep_high"], days[3]["sleep_hours"]) == ("6", "24", "")
    explained = [row["column"] for row in table(files["dictionary.csv"])]
    assert explained == list(days[0])


async def test_no_name_and_no_number_of_a_person_is_in_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    files = await exported(ann)
    for name, text in files.items():
        assert "Ann" not in text, name
        assert str(ann.user_id) not in text, name


async def test_not_now_makes_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("/export")
    await ann.taps("Not now")
    assert ann.sees.text == "No file was made. /export makes one any time."
    assert ann.sees.labels == []


async def test_whoever_has_written_nothing_yet_gets_what_there_is(telegram: Telegram, ann: Person) -> None:
    files = await exported(ann)
    diary = json.loads(files["headsup.json"])
    assert (diary["checkins"], diary["events"]) == ([], [])
    assert len(diary["consents"]) == 1
    assert {reminder["kind"] for reminder in diary["reminders"]} == {"checkin", "summary"}
    assert table(files["days.csv"]) == []


async def test_nobody_gets_anything_of_somebody_else(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("headache 9, back 9")
    await ann.says("/export")
    offered = ann.sees.data("Send it")
    for forged in (offered, "export", "export:", "export:x", "export:0"):
        before = len(ben.chat)
        await ben.taps_on(ben.sees.message_id, forged)
        assert len(ben.chat) == before, forged
        assert ben.toast == "That file was sent, or a newer one was offered since. /export makes a new one."
    await ann.taps("Send it")
    assert ann.sees.document is not None, "it was not used up by somebody else"


async def test_one_tap_is_one_file_however_often_it_comes(telegram: Telegram, ann: Person) -> None:
    await ann.says("/export")
    offered = ann.sees
    for _ in range(3):
        telegram.api.taps(ann.user_id, offered.message_id, offered.data("Send it"))
    await telegram.settle()
    assert len([seen for seen in ann.chat if seen.document]) == 1
    await ann.says("/export")
    older = ann.sees
    await ann.says("/export")
    await ann.taps_on(older.message_id, older.data("Send it"))
    assert len([seen for seen in ann.chat if seen.document]) == 1, "a newer one is offered"
    await ann.taps("Send it")
    assert len([seen for seen in ann.chat if seen.document]) == 2


async def test_of_a_link_that_was_shared_only_the_owners_part_is_in_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("/share")
    await ann.taps("7 days")
    (shared,) = json.loads((await exported(ann))["headsup.json"])["events"]
    assert shared["kind"] == "share"
    assert shared["details"].keys() == {"until", "ended", "looks"}, "neither the link nor who opened it"
