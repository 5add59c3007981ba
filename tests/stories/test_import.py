"""A diary from another HeadsUp: looked at first, brought in with a tap, taken out with another; what is here stays."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from bot.chat.routes import BUTTONS
from bot.sandbox.person import Person
from bot.store import events
from bot.store.database import Session
from bot.store.events import SHELF
from tests.conftest import Telegram
from tests.stories.conftest import answers, value
from tests.stories.test_export import exported, unpacked


async def zip_of(telegram: Telegram, person: Person) -> bytes:
    await exported(person)
    assert person.sees.document is not None
    return person.sees.document


async def diary_of(person: Person) -> dict[str, Any]:
    return dict(json.loads((await exported(person))["headsup.json"]))


def packed(name: str, content: bytes, kind: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", kind) as file:
        file.writestr(name, content)
    return out.getvalue()


def waiting(telegram: Telegram, person: Person) -> int:
    def count(session: Session) -> int:
        return len(events.of_user(session, person.user_id, SHELF, SHELF))

    return telegram.database.submit(count).result()


@pytest.fixture
async def sent(telegram: Telegram, ben: Person) -> bytes:
    """Ben's diary: two days, a visit and a reminder in his own words."""
    await ben.says("headache 7, back 0, slept 6.5")
    await ben.says("/log")
    await ben.taps("Massage")
    await ben.says("/remind take the stairs at 15:00")
    telegram.clock.moves(24 * 3600)
    await ben.says("all fine")
    return await zip_of(telegram, ben)


async def test_how_it_goes(telegram: Telegram, ann: Person, ben: Person, sent: bytes) -> None:
    await ann.says("/import")
    assert ann.sees.text.startswith("Send me the file here")
    await ann.sends_file("headsup-2026-03-03.zip", sent)
    assert ann.sees.text == (
        "In this file\n2 days with answers, from 2026-03-02 to 2026-03-03; 1 thing noted beside them.\n\n"
        "New here: 2 days, 1 thing noted, 1 reminder time."
    )
    assert answers(telegram, ann) == [], "nothing is kept before the tap"
    await ann.taps("Bring it in")
    assert ann.sees.text.startswith("It’s in. 2 days, 1 thing noted, 1 reminder time.")
    assert answers(telegram, ann) == answers(telegram, ben)
    theirs, mine = await diary_of(ben), await diary_of(ann)
    assert mine["checkins"] == theirs["checkins"]
    assert mine["events"] == theirs["events"]


async def test_undo_takes_out_just_that(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.says("headache 2, back 3")
    before = await diary_of(ann)
    await ann.sends_file("headsup.zip", sent)
    await ann.taps("Bring it in")
    assert await diary_of(ann) != before
    await ann.taps("Undo")
    assert "Taken out again. The rest is as it was." in [seen.text for seen in ann.chat]
    after = await diary_of(ann)
    assert {**after, "exported_at": 0, "settings": 0} == {**before, "exported_at": 0, "settings": 0}
    assert waiting(telegram, ann) == 0


async def test_after_a_day_it_stays(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.sends_file("headsup.zip", sent)
    await ann.taps("Bring it in")
    telegram.clock.moves(24 * 3600 + 1)
    await ann.taps("Undo")
    assert ann.toast is not None
    assert ann.toast.startswith("That was taken out already, or came in more than a day ago.")
    assert len(answers(telegram, ann)) == 2


async def test_what_is_here_is_never_overwritten(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.says("headache 1, back 4")  # on Ben's second day, when his was all fine
    await ann.sends_file("headsup.zip", sent)
    assert "New here: 1 day, 3 answers on 1 day that has others, 1 thing noted" in ann.sees.text
    assert ann.sees.text.endswith("2 answers are others here: they stay as they are here.")
    await ann.taps("Bring it in")
    day, kept = answers(telegram, ann)[1]
    assert day == "2026-03-03"
    assert (kept["headache"], kept["back"], kept["posture"]) == (1, 4, 4)


async def test_what_was_changed_since_survives_undo(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.sends_file("headsup.zip", sent)
    await ann.taps("Bring it in")
    preview, undo = ann.sees.message_id, ann.sees.data("Undo")
    telegram.clock.moves(60)
    await ann.says("headache 4")
    await ann.taps_on(preview, undo)
    assert answers(telegram, ann) == [("2026-03-03", {"headache": 4})]


async def test_a_file_that_is_here_already_brings_nothing(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.sends_file("headsup.zip", sent)
    await ann.taps("Bring it in")
    await ann.sends_file("headsup.zip", sent)
    assert "All of it is here already" in ann.sees.text
    assert ann.sees.labels == []


async def test_leave_it_forgets_the_file(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.sends_file("headsup.json", unpacked(sent)["headsup.json"].encode())
    assert waiting(telegram, ann) == 1
    yes = ann.sees.data("Bring it in")
    await ann.taps("Leave it")
    assert ann.sees.text == "Nothing was brought in, and I have forgotten the file."
    assert waiting(telegram, ann) == 0
    await ann.taps_on(ann.sees.message_id, yes)
    assert ann.toast is not None
    assert ann.toast.startswith("That file is not waiting any more.")
    assert answers(telegram, ann) == []


async def test_what_waits_is_sealed(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.sends_file("headsup.zip", sent)
    folder = telegram.settings.keys.file.parent
    for file in folder.iterdir():
        for words in (b"take the stairs", b"headsup-diary"):
            assert words not in file.read_bytes(), file.name


async def test_only_the_last_file_waits(telegram: Telegram, ann: Person, sent: bytes) -> None:
    for _ in range(3):
        await ann.sends_file("headsup.zip", sent)
    assert waiting(telegram, ann) == 1


async def test_a_restart_in_between_loses_nothing(telegram: Telegram, ann: Person, sent: bytes) -> None:
    await ann.sends_file("headsup.zip", sent)
    await telegram.restart_bot()
    await ann.taps("Bring it in")
    assert len(answers(telegram, ann)) == 2


async def test_a_visit_to_come_is_asked_about_here_then(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ben.says("/visit 14 March 10:30 neurologist")
    content = await zip_of(telegram, ben)
    await ann.sends_file("headsup.zip", content)
    await ann.taps("Bring it in")
    assert value(telegram, "SELECT count(*) FROM reminders WHERE user_id = 1001 AND kind = 'visit'") == 1
    await ann.taps("Undo")
    assert value(telegram, "SELECT count(*) FROM reminders WHERE user_id = 1001 AND kind = 'visit'") == 0


async def test_nobody_brings_in_what_is_somebody_elses(
    telegram: Telegram, ann: Person, ben: Person, sent: bytes
) -> None:
    await ann.sends_file("headsup.zip", sent)
    yes = ann.sees.data("Bring it in")
    for button in (
        yes,
        yes.replace("bring", "leave"),
        yes.replace("bring", "take_out"),
        "bring:",
        "bring:x",
        "take_out:1",
    ):
        before = len(telegram.api.toasts(ben.user_id))
        await ben.taps_on(ben.sees.message_id, button)
        assert len(telegram.api.toasts(ben.user_id)) == before + 1
        assert ben.toast is not None
        assert ben.toast.startswith(("That file is not waiting any more.", "That was taken out already"))
    assert waiting(telegram, ann) == 1
    await ann.taps("Bring it in")
    await ben.taps_on(ben.sees.message_id, yes.replace("bring", "take_out"))
    assert len(answers(telegram, ann)) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("diary.json", b"[1, 2", "I find no diary in that file."),
        ("diary.zip", b"PK\x03\x04 no zip", "I find no diary in that file."),
        ("diary.zip", packed("other.json", b"{}"), "I find no diary in that file."),
        ("bomb.zip", packed("headsup.json", b"0" * 30_000_000), "That file is too big for a diary"),
        ("big.json", b" " * 21_000_000, "That file is too big for a diary"),
        ("big.csv", b"date,pain\n" * 600_000, "That file is too big for a diary"),
        ("new.json", b'{"format": "headsup-diary", "version": 99}', "That file is from a newer HeadsUp"),
        ("odd.json", b'{"format": "headsup-diary", "version": 1}', "Something in that file is not as I wrote it"),
    ],
)
async def test_a_file_that_is_none_gets_one_sentence(
    telegram: Telegram, ann: Person, name: str, content: bytes, said: str
) -> None:
    rows = telegram.rows("events")
    await ann.sends_file(name, content)
    assert ann.sees.text.startswith(said)
    assert ann.sees.text.endswith("Nothing of it was kept.")
    assert telegram.rows("events") == rows


async def test_an_answer_off_its_scale_stops_all_of_it(telegram: Telegram, ann: Person, sent: bytes) -> None:
    diary = json.loads(unpacked(sent)["headsup.json"])
    diary["checkins"][0]["answers"]["headache"]["value"] = 11
    await ann.sends_file("headsup.json", json.dumps(diary).encode())
    assert ann.sees.text.startswith("An answer for 2026-03-02 is not on its scale.")
    assert (answers(telegram, ann), waiting(telegram, ann)) == ([], 0)


async def test_a_file_that_telegram_does_not_hand_out(telegram: Telegram, ann: Person, sent: bytes) -> None:
    telegram.api.fail("getFile", status=400)
    await ann.sends_file("headsup.zip", sent)
    assert ann.sees.text == "I could not get that file from Telegram just now. Please send it once more."
    await ann.sends_file("headsup.zip", sent)
    assert ann.sees.labels == ["Bring it in", "Leave it"]


async def test_of_a_stranger_nothing_is_fetched(telegram: Telegram, sent: bytes) -> None:
    zed = telegram.person(1003, "Zed")
    await zed.sends_file("headsup.zip", sent)
    assert "/start" in zed.sees.text
    assert not [call for call in telegram.api.calls if call.method == "getFile"]


async def test_other_files_are_no_words(telegram: Telegram, ann: Person) -> None:
    await ann.sends_file("holiday.pdf", b"%PDF")
    assert ann.sees.text.startswith("I can only read words and taps of your own")
    assert not [call for call in telegram.api.calls if call.method == "getFile"]


def test_each_of_its_buttons_is_there() -> None:
    assert {"export", "no_export", "bring", "leave", "take_out"} <= BUTTONS.keys()


DAYS = b"Date;Pain level;Where\n2026-02-01;7;left\n2026-02-01;3;left\n2026-02-20;0;\n2026-02-21;;right\n"


async def test_headache_days_of_another_diary(telegram: Telegram, ann: Person) -> None:
    await ann.sends_file("Migraine.CSV", DAYS)
    assert ann.sees.text == (
        "I take “Date” for the day and “Pain level” for how bad the headache got, from 0 to 10.\n"
        "2026-02-01 → 2026-02-01: 7\n2026-02-01 → 2026-02-01: 3\n2026-02-20 → 2026-02-20: 0\n"
        "1 row has no score and stays out.\n\n"
        "In this file\n2 days with answers, from 2026-02-01 to 2026-02-20; 0 things noted beside them.\n\n"
        "New here: 2 days."
    )
    await ann.taps("Bring it in")
    assert answers(telegram, ann) == [("2026-02-01", {"headache": 7}), ("2026-02-20", {"headache": 0})]
    await ann.taps("Undo")
    assert answers(telegram, ann) == []


async def test_dates_that_go_both_ways_are_asked_about(telegram: Telegram, ann: Person) -> None:
    await ann.sends_file("diary.csv", b"date,pain\n02/02/2026,1\n02/01/2026,7\n")
    assert ann.sees.text.endswith("Which day is “02/01/2026”?")
    assert ann.sees.labels == ["Fri 2 Jan", "Sun 1 Feb", "Leave it"]
    early = ann.sees.data("Fri 2 Jan").replace("read_as", "bring").removesuffix(":0")
    await ann.taps_on(ann.sees.message_id, early)
    assert answers(telegram, ann) == [], "nobody has said yet which it is"
    await ann.taps("Sun 1 Feb")
    assert "from 2026-02-01 to 2026-02-02" in ann.sees.text
    await ann.taps("Bring it in")
    assert answers(telegram, ann) == [("2026-02-01", {"headache": 7}), ("2026-02-02", {"headache": 1})]


async def test_a_table_without_headaches_is_refused(telegram: Telegram, ann: Person) -> None:
    await ann.sends_file("shopping.csv", b"item,price\nmilk,1\n")
    assert ann.sees.text.startswith("I need one column of dates and one of scores")
    assert waiting(telegram, ann) == 0
