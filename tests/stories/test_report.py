"""The page for the doctor: looked at in the chat, made as a PDF, with a name that is kept nowhere."""

import re
from datetime import date, timedelta

import pypdfium2
import pytest

from bot.actions import report
from bot.domain.questions import Answers, Hours
from bot.render.message import Message
from bot.sandbox.person import Person
from bot.store import checkins, events, users
from bot.store.database import Session
from tests.conftest import NOON, Telegram
from tests.stories.conftest import traces, value

FINE: Answers = {"headache": 0, "back": 0, "sleep_hours": Hours(7, 8), "sleep_quality": 4, "posture": 4}
BAD: Answers = {
    **FINE,
    "headache": 7,
    "duration": "4_12h",
    "features": frozenset({"throbbing", "nausea"}),
    "impact": "2",
    "medicine": frozenset({"triptan"}),
}


def lived(telegram: Telegram, person: Person, days: dict[int, Answers]) -> None:
    """Fill in days, by how long ago they were."""

    def write(session: Session) -> None:
        for ago, answers in days.items():
            at = NOON - timedelta(days=ago)
            card = checkins.open_(session, person.user_id, at.date(), "Europe/Berlin", "headache", at)
            checkins.answer(session, card, answers, at, source="tap", late=False)

    telegram.database.submit(write).result()


def text_of(pdf: bytes | None) -> list[str]:
    """Return the text of each page of a PDF."""
    assert pdf is not None
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(pdf)]


async def test_eight_weeks_of_days_become_a_page(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, {ago: BAD if ago % 7 == 0 else FINE for ago in range(1, 57)})
    await ann.says("/report")
    assert ann.sees.text.startswith("A page for your doctor\n5 Jan 2026 to 1 Mar 2026. Logged on 56 of 56 days")
    assert "Headache days: 4 of 28\n" in ann.sees.text
    assert "No notes on it. No name on it" in ann.sees.text
    assert ann.sees.labels[:3] == ["4 weeks", "✓ 8 weeks", "12 weeks"]
    assert "Choose notes" not in ann.sees.labels, "there are none"
    await ann.taps("Make the page")
    assert ann.sees.body["document"]["file_name"] == "headsup-2026-03-01.pdf"
    assert ann.sees.text.startswith("Your page: 5 Jan 2026 to 1 Mar 2026.")
    (text,) = text_of(ann.sees.document)
    assert re.search(r"Headache days\s+4 of 28\s+4 of 28", text)
    assert re.search(r"A triptan \(limit 10\)\s+4\s+4", text)


async def test_other_weeks_and_a_second_page(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 57), FINE))
    await ann.says("/report 4 weeks")
    assert "✓ 4 weeks" in ann.sees.labels
    await ann.taps("12 weeks")
    assert "The diary began on 5 Jan 2026." in ann.sees.text
    await ann.taps("Add a page with every day")
    await ann.taps("Make the page")
    first, second = text_of(ann.sees.document)
    assert "Key numbers" in first
    assert len(re.findall(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+ ", second, re.M)) == 84
    await ann.says("/report")
    await ann.taps("Add a page with every day")
    await ann.taps("Leave that page out")
    await ann.taps("Make the page")
    assert len(text_of(ann.sees.document)) == 1


async def test_other_weeks_than_there_are(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 10), FINE))
    for words in ("/report 5", "/report all", "/report ٨"):
        await ann.says(words)
        assert ann.sees.text.startswith("I can make a page of 4, 8 or 12 weeks.\n\nA page for your doctor")


async def test_only_notes_that_were_ticked(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, {ago: {**FINE, "note": f"note <{ago}>"} for ago in range(1, 9)})
    await ann.says("/report")
    await ann.taps("Choose notes")
    assert "Sun 1 Mar: note <1>" in ann.sees.text
    await ann.taps("Sun 1 Mar")
    await ann.taps("Fri 27 Feb")
    assert "✓ Fri 27 Feb" in ann.sees.labels
    await ann.taps("Sat 28 Feb")
    await ann.taps("✓ Sat 28 Feb")
    await ann.taps("Done")
    assert "Notes on it: Fri 27 Feb, Sun 1 Mar." in ann.sees.text
    await ann.taps("Make the page")
    (text,) = text_of(ann.sees.document)
    assert "27 Feb 2026: note <3>\n1 Mar 2026: note <1>" in text.replace("\n\n", "\n")
    assert "note <2>" not in text


async def test_a_sixth_note_is_refused(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, {ago: {**FINE, "note": f"note {ago}"} for ago in range(1, 9)})
    await ann.says("/report")
    await ann.taps("Choose notes")
    for day in ("Sun 1 Mar", "Sat 28 Feb", "Fri 27 Feb", "Thu 26 Feb", "Wed 25 Feb", "Tue 24 Feb"):
        await ann.taps(day)
    assert ann.toast == "Five notes fit on the page. Tap one that has a ✓ to take it off first."
    assert sum(label.startswith("✓") for label in ann.sees.labels) == 5


async def test_a_name_is_printed_once_and_kept_nowhere(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report")
    await ann.taps("Make it with my name")
    assert ann.sees.text.startswith("Please type the name")
    await ann.says("Annabel Quist-Example, 3 May 1980")
    (text,) = text_of(ann.sees.document)
    assert "Annabel Quist-Example, 3 May 1980" in text
    assert "I have not kept the name." in ann.sees.text
    assert "quist" not in str(ann.sees.body["document"]).lower()
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0
    assert value(telegram, "SELECT count(*) FROM users WHERE awaiting IS NOT NULL") == 0
    files = [file for file in telegram.settings.keys.file.parent.iterdir() if file.is_file()]
    assert files
    assert not any(b"Quist" in file.read_bytes() for file in files)
    await ann.says("/report")
    await ann.taps("Make the page")
    assert "Quist" not in text_of(ann.sees.document)[0]
    assert traces(telegram, ann.user_id).keys() >= {"checkins"}


async def test_a_name_is_gone_too_where_the_page_could_not_be_made(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Message:
        raise ValueError("no page")

    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report")
    await ann.taps("Make it with my name")
    monkeypatch.setattr(report, "paper", broken)
    await ann.says("Annabel Quist")
    assert "not saved" in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM inbox WHERE state = 'failed'") == 1
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0


async def test_the_name_is_in_no_log(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> bytes:
        raise ValueError("Quist cannot be drawn")

    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report")
    await ann.taps("Make it with my name")
    monkeypatch.setattr(report, "draw", broken)
    await ann.says("Annabel Quist")
    assert ann.sees.text == "I could not make the page just now. Please try again: /report"
    said = capsys.readouterr()
    assert "picture.not_drawn" in said.out + said.err
    assert "Quist" not in said.out + said.err


async def test_a_name_in_letters_that_cannot_be_printed(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report")
    await ann.taps("Make it with my name")
    await ann.says("山田 Hanako")
    assert ann.sees.text.startswith("I can’t print these letters: 山田")
    await ann.says("x" * 61)
    assert ann.sees.text == "That is too long for the line on the page: 60 characters fit."
    await ann.says("Åsa Ölmez Дарья")
    assert "Åsa Ölmez Дарья" in text_of(ann.sees.document)[0]


@pytest.mark.parametrize("days", [0, 4])
async def test_too_few_days_are_said_kindly(telegram: Telegram, ann: Person, days: int) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, days + 1), FINE))
    await ann.says("/report")
    assert ann.sees.text.startswith(f"There are {days} logged days in these weeks. From 5 days on")
    assert ann.sees.labels == []


async def test_too_few_days_in_four_weeks_may_be_enough_in_twelve(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys((1, *range(40, 50)), FINE))
    await ann.says("/report 4")
    assert ann.sees.text.startswith("There is 1 logged day in these weeks.")
    await ann.taps("8 weeks")
    assert "Logged on 11 of" in ann.sees.text


async def test_today_counts_once_it_has_an_answer(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report 4")
    assert "2 Feb 2026 to 1 Mar 2026" in ann.sees.text
    await ann.says("all fine")
    await ann.says("/report 4")
    assert "3 Feb 2026 to 2 Mar 2026" in ann.sees.text


async def test_what_was_noted_and_ticked_is_on_it(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, {ago: BAD if ago < 20 else FINE for ago in range(1, 85)})

    def note(session: Session) -> None:
        day = date(2026, 2, 10)
        events.add(session, ann.user_id, day, "massage", NOON, note="private words")
        events.add(session, ann.user_id, date(2026, 1, 10), "medicine_started", NOON, note="")
        signs = {"list": "head", "score": 9, "none": False, "new": False, "visit": None}
        events.add(session, ann.user_id, day, "check", NOON, signs=["thunder"], **signs)
        events.add(session, ann.user_id, day, "check", NOON, **{**signs, "signs": [], "none": True})

    telegram.database.submit(note).result()
    await ann.says("/report")
    await ann.taps("Make the page")
    (text,) = text_of(ann.sees.document)
    assert "Massage 1 · 0 · 0 (last 28 days · 28 before · 28" in text
    assert "Medicine started 10 Jan 2026." in text
    assert "10 Feb 2026: It hit its worst within 5 minutes" in text
    assert text.count("10 Feb 2026") == 1, "“none of these” is not listed"
    assert "private words" not in text


async def test_the_page_counts_what_patterns_counts(telegram: Telegram, ann: Person) -> None:
    hurts = {ago: {**(BAD if ago % 3 == 0 else FINE), "back": 5 * (ago % 2)} for ago in range(1, 60)}
    telegram.database.submit(lambda s: users.change(s, ann.user_id, since=NOON - timedelta(days=59))).result()
    lived(telegram, ann, hurts)
    await ann.says("all fine")
    await ann.says("/patterns")
    assert "On days with back pain you had a headache on 10 of 30, on other days on 9 of 29." in ann.sees.text
    await ann.says("/report")
    await ann.taps("Make the page")
    (text,) = text_of(ann.sees.document)
    assert "59 days with an answer to both, since 2 Jan 2026." in text
    assert re.search(r"Back pain\s+10 of 30 \(33 %\)", text)
    assert re.search(r"No back pain\s+9 of 29 \(31 %\)", text)
    assert "That does not stand out so far. With 59 days logged" in text


async def test_questions_for_the_next_visit_are_on_it(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/visit 14 May 10:30")
    await ann.taps("Add a question")
    await ann.says("Why <now>?\nMay I swim?")
    await ann.says("/report")
    assert "2 questions for your visit." in ann.sees.text
    await ann.taps("Make the page")
    (text,) = text_of(ann.sees.document)
    assert "– Why <now>?\n– May I swim?" in text.replace("\n\n", "\n")


async def test_somebody_elses_days_are_on_nobodys_page(telegram: Telegram, ann: Person, ben: Person) -> None:
    lived(telegram, ann, {ago: {**BAD, "note": "Ann’s own"} for ago in range(1, 9)})
    lived(telegram, ben, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report")
    await ann.taps("Choose notes")
    await ann.taps("Sun 1 Mar")
    await ben.says("/report")
    await ben.taps_on(ben.sees.message_id, ann.sees.data("Done").replace("report:", "report_page:"))
    (text,) = text_of(ben.sees.document)
    assert "Ann’s own" not in text
    assert re.search(r"Headache days\s+0 of 8", text)


@pytest.mark.parametrize("forged", ["7:-:1", "8:-:3", "8:999999:1", "8:260301.x:1", "8:٢٦٠٣٠١:1", "8::1"])
async def test_a_forged_wish_is_refused(telegram: Telegram, ann: Person, forged: str) -> None:
    lived(telegram, ann, dict.fromkeys(range(1, 9), FINE))
    await ann.says("/report")
    for button in ("report", "report_notes", "report_name", "report_page"):
        await ann.taps_on(ann.sees.message_id, f"{button}:{forged}")
        assert ann.toast == "I can’t read that button any more. /report begins anew."
