"""A day in words: understood, echoed, taken back; and which question a bare number answers."""

from pathlib import Path

import pytest

from bot.domain.freetext import SCORE_OF, Understood, read_answers
from bot.domain.questions import WELL_SLEPT, Answers, Hours
from bot.render.checkin import understood
from bot.sandbox.person import Person
from bot.texts.words import texts_for
from tests.conftest import Telegram
from tests.stories.conftest import answers, value

BAD_DAY = {"headache": 6, "back": 3, "sleep_hours": Hours(7.5, 7.5), "posture": 4}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6 3 7.5 4", BAD_DAY),
        ("6 headache, 3/10 back, 7 and a half hours of sleep, good posture", BAD_DAY),
        ("slept 7h30 posture 4 headache six back 3 out of 10", BAD_DAY),
        ("6 3 7,5 4", BAD_DAY),
        ("headache 6, back 3, slept 7.5, posture 4", BAD_DAY),
        ("Headache 6; back pain: 3; slept 7.5 h and posture 4.", BAD_DAY),
        ("no headache, back 2", {"headache": 0, "back": 2}),
        (
            "All fine!",
            {"headache": 0, "back": 0, "sleep_hours": WELL_SLEPT, "sleep_quality": 4, "posture": 4},
        ),
    ],
)
async def test_a_typed_day(telegram: Telegram, ann: Person, text: str, day: dict[str, object]) -> None:
    await ann.says(text)
    assert answers(telegram, ann) == [("2026-03-02", day)]
    assert "I understood: Headache" in ann.sees.text
    assert "Mon 2 Mar" in ann.sees.text
    await ann.taps("Undo")
    assert ann.toast == "Taken back"
    assert answers(telegram, ann) == [("2026-03-02", {})]


async def test_undo_brings_the_value_before_it_back(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 3")
    telegram.clock.moves(60)
    await ann.says("headache 8, back 1")
    await ann.taps("Undo")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 3})]
    await ann.taps_on(ann.sees.message_id, f"undo:1:{'1' * 16}")
    assert ann.toast == "That was changed already"
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 3})]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("how are you?", "did not understand"),
        ("headache awful", "did not understand"),
        ("headache 6, weather 3", "weather 3"),
        ("headache 11", "0 to 10"),
        ("6 3 7.5 9", "1 to 5"),
        ("6 3", "did not understand"),
        ("headache 6, headache 2", "two different things about “Headache”"),
        ("no pain, back 4", "two different things about “Back”"),
        ("headache 6 or 7", "headache 6 or 7"),
        ("back 4 for 3 hours", "for 3 hours"),
        ("headache 6, back", "did not understand “back”"),
        ("no neck pain", "no neck pain"),
        ("slept 7.1", "0 to 24 hours"),
        ("-1", "did not understand"),
    ],
)
async def test_what_is_not_understood_is_said_and_not_stored(
    telegram: Telegram, ann: Person, text: str, said: str
) -> None:
    await ann.says(text)
    assert said in ann.sees.text
    assert "othing was saved" in ann.sees.text
    assert "For example: headache 6, back 3, slept 7.5, posture 4" in ann.sees.text
    assert telegram.rows("answers") == 0


async def test_details_go_with_their_scores(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 6 for 3 hours, had to lie down, back 4 lower left")
    day = {"headache": 6, "duration": "2_4h", "impact": "2", "back": 4, "back_region": frozenset({"lower"})}
    assert answers(telegram, ann) == [("2026-03-02", day)]
    echo = "Headache 6 · Back 4\nHeadache lasted: 2 to 4 h\nGot in the way: a lot\nBack pain in: Lower back."
    assert f"I understood: {echo} “left” is not kept." in ann.sees.text
    await ann.says("it lasted 30 min")
    assert answers(telegram, ann) == [("2026-03-02", {**day, "duration": "30m_2h"})]
    assert "I understood: Headache lasted: 30 min to 2 h." in ann.sees.text


@pytest.mark.parametrize(
    "text", ["lasted 30 min", "shot down my leg", "had to lie down", "back 3, headache lasted 2 h"]
)
async def test_a_detail_without_its_score_is_refused(telegram: Telegram, ann: Person, text: str) -> None:
    await ann.says("no pain")
    await ann.says(text)
    assert "goes with a pain from 1 to 10" in ann.sees.text
    assert "For example: headache 6 for 3 hours, back 4 lower" in ann.sees.text
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 0, "back": 0})]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("yesterday: headache 3", {"headache": 3}),
        ("yesterday headache 3, back 2", {"headache": 3, "back": 2}),
        ("headache 3 yesterday", {"headache": 3}),
        ("yesterday 6 3 7.5 4", BAD_DAY),
    ],
)
async def test_yesterday_is_named_and_stored(
    telegram: Telegram, ann: Person, text: str, day: dict[str, object]
) -> None:
    await ann.says(text)
    assert answers(telegram, ann) == [("2026-03-01", day)]
    assert "I understood for Sun 1 Mar (yesterday): Headache" in ann.sees.text
    assert value(telegram, "SELECT late FROM checkins") == 1
    await ann.taps("Undo")
    assert answers(telegram, ann) == [("2026-03-01", {})]


async def test_today_is_today_though_yesterdays_card_is_the_newest(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await ann.says("yesterday: headache 3")
    await ann.says("today: headache 5")
    assert "I understood for Mon 2 Mar: Headache 5." in ann.sees.text
    await ann.says("back 2")
    assert answers(telegram, ann) == [("2026-03-01", {"headache": 3}), ("2026-03-02", {"headache": 5, "back": 2})]


async def test_whoever_goes_on_with_yesterdays_card_is_told_so(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await ann.says("yesterday: headache 3")
    await ann.says("back 2, posture 4")
    assert "I understood for Sun 1 Mar (yesterday): Back 2" in ann.sees.text
    day = {"headache": 3, "back": 2, "posture": 4}
    assert answers(telegram, ann) == [("2026-03-01", day), ("2026-03-02", {})]


@pytest.mark.parametrize(
    "text", ["headache 5, back fine yesterday", "headache 3 yesterday, back 2", "slept 7 yesterday"]
)
async def test_where_the_day_is_unclear_an_example_shows_it(telegram: Telegram, ann: Person, text: str) -> None:
    await ann.says(text)
    assert "yesterday”, so nothing was saved" in ann.sees.text
    assert "For example: yesterday: headache 6, back 3" in ann.sees.text
    assert telegram.rows("checkins") == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("monday: headache 3", "monday"),
        ("3 March: headache 3", "3 march"),
        ("2026-02-28: headache 3", "2026-02-28"),
        ("headache 3 two days ago", "two days ago"),
        ("tomorrow: headache 3", "tomorrow"),
    ],
)
async def test_other_days_cannot_be_typed(telegram: Telegram, ann: Person, text: str, words: str) -> None:
    await ann.says(text)
    assert f"today and yesterday only, not for “{words}”, so nothing was saved" in ann.sees.text
    assert "For example: yesterday: headache 6, back 3" in ann.sees.text
    assert telegram.rows("checkins") == 0


@pytest.mark.parametrize("first", ["6/10", "six", "a headache of 6"])
async def test_answers_in_words_to_the_question_on_the_card(telegram: Telegram, ann: Person, first: str) -> None:
    await ann.says("/checkin")
    for answer in (first, "none", "7h30", "so-so", "good", "for 3 hours"):
        await ann.says(answer)
    day = {"headache": 6, "back": 0, "sleep_hours": Hours(7.5, 7.5), "sleep_quality": 3, "posture": 4}
    assert answers(telegram, ann) == [("2026-03-02", {**day, "duration": "2_4h"})]


LINES = Path(__file__).parents[1] / "domain" / "typed.tsv"


def one_of_each() -> list[tuple[str, Understood]]:
    """Return one line of the table for each thing that can be understood; yesterday's last: it leaves a newer card."""
    texts = [line.split("\t")[0].replace("⏎", "\n") for line in LINES.read_text(encoding="utf-8").splitlines()]
    found = [(text, reading) for text in texts if isinstance(reading := read_answers(text), Understood)]
    different = {repr(reading): (text, reading) for text, reading in found}
    return sorted(different.values(), key=lambda line: line[1].day == "yesterday")


async def test_what_is_echoed_is_what_is_stored(telegram: Telegram, ann: Person) -> None:
    kept: dict[str, dict[str, object]] = {"2026-03-01": {}, "2026-03-02": {}}
    for text, reading in one_of_each():
        if any(detail in reading.answers and score not in reading.answers for detail, score in SCORE_OF.items()):
            await ann.says("today: headache 5, back 5")
            kept |= dict(answers(telegram, ann))
        await ann.says(text)
        before, kept = kept, {**kept, **dict(answers(telegram, ann))}
        on = "2026-03-01" if reading.day == "yesterday" else "2026-03-02"
        assert kept == {**before, on: {**before[on], **reading.answers}}, text
        named = {"today": "Mon 2 Mar", "yesterday": "Sun 1 Mar (yesterday)", None: ""}[reading.day]
        stored: Answers = {key: kept[on][key] for key in reading.answers}  # type: ignore[misc]
        echo = next(seen.text for seen in reversed(ann.chat) if seen.text.startswith("I understood"))
        assert echo.startswith(understood(texts_for("en"), stored, named, reading.unkept)), text


async def test_words_with_markup_are_shown_as_words(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 6, <b>bold</b> & more")
    assert "<b>bold</b> & more" in ann.sees.text


async def test_a_bare_number_answers_the_question_on_the_card(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    for number in ("6", "2", "6.5", "4", "3"):
        await ann.says(number)
    day = {"headache": 6, "back": 2, "sleep_hours": Hours(6.5, 6.5), "sleep_quality": 4, "posture": 3}
    assert answers(telegram, ann) == [("2026-03-02", day)]


async def test_a_bare_number_goes_to_the_open_picker(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("9")
    assert "every day, 09:00" in ann.sees.text
    assert answers(telegram, ann) == [("2026-03-02", {})]
    await ann.says("9")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 9})], "the picker is closed now"


@pytest.mark.parametrize("other", ["/checkin", "/help", "/cancel", "/nonsense", "/reminders", "/summary"])
async def test_any_command_closes_the_picker(telegram: Telegram, ann: Person, other: str) -> None:
    await ann.says("/checkin")
    await ann.says("/reminders")
    before = telegram.rows("reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says(other)
    await ann.says("9")
    assert telegram.rows("reminders") == before
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 9})]


async def test_any_tap_closes_the_picker(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.taps_on(card.message_id, card.data("2"))
    await ann.says("9")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 2, "back": 9})]


async def test_even_a_tap_that_leads_nowhere_closes_the_picker(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    card = ann.sees
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.taps_on(card.message_id, "answer:1:headache:77")
    await ann.says("9")
    assert answers(telegram, ann) == [("2026-03-02", {"headache": 9})]


async def test_a_whole_day_in_words_always_goes_to_the_card(telegram: Telegram, ann: Person) -> None:
    await ann.says("/reminders")
    await ann.taps("Add a reminder")
    await ann.taps("Water")
    await ann.says("6 3 7.5 4")
    assert answers(telegram, ann) == [("2026-03-02", BAD_DAY)]
    assert value(telegram, "SELECT count(*) FROM reminders WHERE kind = 'water'") == 0
