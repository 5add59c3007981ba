"""What the card can do beside asking: notes, Back, corrections in the chat, short cards, mornings, what is followed."""

from datetime import date

import pytest

from bot.actions.typed import Said, say
from bot.sandbox.person import Person
from bot.store import profiles, users
from bot.store.database import Session
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, answers, arrived, berlin, value

MONDAY = "2026-03-02"


async def settings(person: Person, *labels: str) -> None:
    await person.says("/settings")
    for label in ("What the card asks", *labels):
        await person.taps(label)


async def test_a_note_is_kept_changed_and_deleted_with_all_its_wordings(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    await ann.taps("Add a note")
    await ann.says("Slept on the <b>sofa</b>, headache 9 was the film")
    assert "Note: Slept on the <b>sofa</b>" in ann.sees.text
    assert dict(answers(telegram, ann))[MONDAY]["headache"] == 0, "a note is a note, whatever it says"
    await ann.taps("Change the note")
    await ann.says("On the sofa")
    assert dict(answers(telegram, ann))[MONDAY]["note"] == "On the sofa"
    await ann.taps("Delete the note")
    assert "note" not in dict(answers(telegram, ann))[MONDAY]
    assert value(telegram, "SELECT count(*) FROM answers WHERE question = 'note'") == 0


async def test_a_note_of_more_than_a_thousand_letters_is_refused_and_can_be_sent_shorter(
    telegram: Telegram, ann: Person
) -> None:
    await ann.says("all fine")
    await ann.taps("Add a note")
    await ann.says("x" * 1001)
    assert "longer than 1,000" in ann.sees.text
    await ann.taps("Add a note")
    await ann.says("x" * 1000)
    assert dict(answers(telegram, ann))[MONDAY]["note"] == "x" * 1000


async def test_a_note_with_words_of_a_sign_is_kept_and_the_signs_are_asked(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    await ann.taps("Add a note")
    await ann.says("hit my head on the shelf")
    assert dict(answers(telegram, ann))[MONDAY]["note"] == "hit my head on the shelf"
    assert ann.sees.text.startswith("Let’s check first.")


async def test_back_leads_through_the_questions_that_were_answered(ann: Person) -> None:
    await ann.says("/checkin")
    assert "Go back" not in ann.sees.labels
    await ann.taps("2")
    await ann.taps("Skip")
    await ann.taps("Go back")
    assert "your back or neck" in ann.sees.text
    await ann.taps("Go back")
    assert "question 1 of 5" in ann.sees.text
    await ann.taps("4")
    assert "How long did you sleep" in ann.sees.text
    assert "Headache 4 · Back skipped" in ann.sees.text


async def test_a_typed_line_is_corrected_by_changing_the_message(telegram: Telegram, ann: Person) -> None:
    line = await ann.says("headache 6, back 3")
    await ann.edits(line, "headache 2, slept 7.5")
    day = dict(answers(telegram, ann))[MONDAY]
    assert (day["headache"], day.keys()) == (2, {"headache", "sleep_hours"}), "what it does not say any more is gone"
    assert value(telegram, "SELECT source FROM answers WHERE question = 'headache'") == "edit"
    assert value(telegram, "SELECT earlier IS NOT NULL FROM answers WHERE question = 'headache'") == 1
    await ann.edits(line, "headache eleventeen")
    assert "What the message said before stays." in ann.sees.text
    assert dict(answers(telegram, ann))[MONDAY] == day


async def test_a_mistyped_line_counts_once_it_is_mended(telegram: Telegram, ann: Person) -> None:
    line = await ann.says("hedache 6")
    assert "did not understand" in ann.sees.text
    await ann.edits(line, "headache 6")
    assert answers(telegram, ann) == [(MONDAY, {"headache": 6})]
    hello = await ann.says("good morning")
    await ann.edits(hello, "good evening")
    assert "I can’t read a day in it" in ann.sees.text


async def test_a_note_is_corrected_in_the_chat_too(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    await ann.taps("Add a note")
    note = await ann.says("headache 3 at noon")
    await ann.edits(note, "headache 4 at noon")
    assert dict(answers(telegram, ann))[MONDAY]["note"] == "headache 4 at noon"
    assert dict(answers(telegram, ann))[MONDAY]["headache"] == 0


async def test_a_reply_to_a_card_is_about_its_day(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    monday = ann.sees.message_id
    telegram.clock.moves(3 * 86400)
    await ann.says("/checkin")
    await ann.says("headache 4, back 1", reply_to=monday)
    kept = dict(answers(telegram, ann))
    assert (kept[MONDAY], kept["2026-03-05"]) == ({"headache": 4, "back": 1}, {})
    assert "I understood for Mon 2 Mar: Headache 4 · Back 1." in "".join(seen.text for seen in ann.chat)
    assert value(telegram, "SELECT late FROM checkins WHERE day = '2026-03-02'") == 1


async def test_a_short_card_is_two_taps(telegram: Telegram, ann: Person) -> None:
    await settings(ann, "Ask about head and back only")
    await ann.says("/checkin")
    assert "question 1 of 2" in ann.sees.text
    assert "All fine today" not in ann.sees.labels
    before = ann.tap_count
    await ann.taps("3")
    await ann.taps("2")
    assert ann.tap_count - before == 2
    assert ann.sees.text.startswith("Saved for Mon 2 Mar.")
    assert answers(telegram, ann) == [(MONDAY, {"headache": 3, "back": 2})]
    await telegram.waits(until=berlin(2, 22), beat=QUARTER)
    assert arrived(ann, berlin(2, 19, 30)) == [], "the day is done"


async def test_the_night_is_asked_about_in_the_morning_and_the_rest_in_the_evening(
    telegram: Telegram, ann: Person
) -> None:
    await settings(ann, "Ask about sleep in the morning")
    assert "Sleep is asked about in the morning, at 08:30." in ann.sees.text
    await telegram.waits(until=berlin(3, 8, 45), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(3, 8))] == [berlin(3, 8, 30)]
    assert "question 1 of 2" in ann.sees.text
    assert "How long did you sleep" in ann.sees.text
    await ann.taps("7–8 h")
    await ann.taps("4 · well")
    assert "I’ll ask about the rest at your usual time." in ann.sees.text
    await telegram.waits(until=berlin(3, 20, 15), beat=QUARTER)
    for label in ("0 · none", "0 · none", "4 · good"):
        await ann.taps(label)
    assert "Saved for Tue 3 Mar." in ann.sees.text


async def test_who_answered_the_night_before_is_not_asked_in_the_morning(telegram: Telegram, ann: Person) -> None:
    await settings(ann, "Ask about sleep in the morning")
    telegram.clock.moves((berlin(3, 6) - telegram.clock.now()).total_seconds())
    await ann.says("slept 7, well")
    chat = len(ann.chat)
    await telegram.waits(until=berlin(3, 12), beat=QUARTER)
    assert len(ann.chat) == chat


async def test_what_is_followed_is_asked_on_a_good_day_too(telegram: Telegram, ann: Person) -> None:
    await settings(ann, "Follow something every day", "Alcohol", "Stressful day", "Done")
    assert "Every day it also asks about: Stressful day, Alcohol." in ann.sees.text
    await ann.says("/checkin")
    await ann.taps("All fine today")
    assert "Any of these today?" in ann.sees.text
    assert "Long screen day" not in ann.sees.labels
    await ann.taps("Alcohol")
    await ann.taps("Done")
    assert ann.sees.text.startswith("Saved")
    assert dict(answers(telegram, ann))[MONDAY]["factors"] == frozenset({"alcohol"})


async def test_no_more_than_five_things_are_followed(ann: Person) -> None:
    await settings(ann, "Follow something every day")
    for label in ("Stressful day", "Alcohol", "Period", "Long screen day", "Hard exercise"):
        await ann.taps(label)
    await ann.taps("More caffeine")
    assert ann.toast == "Five at most: each one more makes it harder to see anything. Take one away first."


async def test_a_period_is_noted_only_by_who_wants_to(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    assert "My period began" not in ann.sees.labels
    await settings(ann, "Note when my period begins")
    await ann.says("/checkin")
    await ann.taps("My period began")
    await ann.taps("My period did not begin")
    await ann.taps("My period began")
    assert "Your period began on this day." in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM events") == 1


@pytest.mark.parametrize("data", ["ask:short:maybe", "ask:music:on", "page:1:note", "skip:1:note", "note:99"])
async def test_forged_buttons_change_nothing(telegram: Telegram, ann: Person, data: str) -> None:
    await ann.says("/checkin")
    await ann.taps_on(ann.sees.message_id, data)
    assert answers(telegram, ann) == [(MONDAY, {})]
    assert telegram.rows("profiles") == 0


async def test_the_first_day_of_a_period_stands_in_the_month(telegram: Telegram, ann: Person) -> None:
    await settings(ann, "Note when my period begins")
    await ann.says("all fine")
    await ann.taps("My period began")
    await ann.says("/history")
    assert "Noted: Mon 2 Mar Period began." in ann.sees.text


async def partly(telegram: Telegram, person: Person, days: int, said: str) -> None:
    for day in range(3, 3 + days):
        await telegram.waits(until=berlin(day, 9), beat=QUARTER * 4)
        await person.says(said)


@pytest.mark.slow
async def test_whoever_leaves_most_of_the_card_open_is_offered_a_shorter_one_once(
    telegram: Telegram, ann: Person
) -> None:
    await partly(telegram, ann, 13, "headache 2, back 0")
    await telegram.waits(until=berlin(16, 20), beat=QUARTER)
    offer = "Shall I ask about head and back only?"
    assert [at for at, _ in arrived(ann, berlin(2, 14), offer)] == [berlin(16, 20)]
    await ann.taps("Head and back only")
    assert any("The card asks about your head and back only." in seen.text for seen in ann.chat[-2:])
    await ann.taps("Ask all five questions")
    await partly(telegram, ann, 26, "headache 2")
    await telegram.waits(until=berlin(30, 20), beat=QUARTER)
    assert arrived(ann, berlin(16, 21), offer) == [], "said once, it is not said again"


@pytest.mark.slow
async def test_whoever_answers_it_all_is_not_offered_less(telegram: Telegram, ann: Person) -> None:
    await partly(telegram, ann, 13, "2 0 7 4 4")
    await telegram.waits(until=berlin(16, 20), beat=QUARTER)
    assert arrived(ann, berlin(2, 14), "head and back only") == []


async def test_an_injury_is_told_in_the_settings(telegram: Telegram, ann: Person) -> None:
    await settings(ann, "Reasons for extra care", "A neck or head injury", "Yes, in the last 3 months")
    assert "please let a doctor know soon" in ann.sees.text
    assert "Call your emergency number." in ann.sees.text
    profile = telegram.database.submit(lambda session: profiles.of_user(session, ann.user_id)).result()
    assert (profile.injury, profile.injury_told) == ("recent", "2026-03-02")
    assert profile.injury_on(date(2026, 6, 1)) == "recent"
    assert profile.injury_on(date(2026, 6, 2)) == "past"


async def test_what_somebody_did_is_never_kept(telegram: Telegram, ann: Person) -> None:
    await settings(ann, "Reasons for extra care", "A neck or head injury", "I was hurt by someone")
    assert ann.sees.text.startswith("I’m sorry that happened to you.")
    assert "Nothing of this is kept here." in ann.sees.text
    assert value(telegram, "SELECT count(*) FROM profiles") == 0
    assert value(telegram, "SELECT count(*) FROM events") == 0


def answered(telegram: Telegram, person: Person) -> dict[str, object]:
    return {day: values for day, values in answers(telegram, person) if values}


async def test_a_reply_to_an_older_copy_of_a_card_is_about_its_day(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    first = ann.sees.message_id
    await telegram.waits(until=berlin(7, 12), beat=QUARTER * 4)
    await ann.says("/history")
    await ann.taps("2")
    await ann.says("/checkin")
    await ann.says("back 3", reply_to=first)
    assert answered(telegram, ann) == {MONDAY: {"back": 3}}, "it says itself that it goes on below"
    old = next(seen for seen in ann.chat if seen.message_id == first)
    await ann.taps_on(first, old.data("Show it here"))
    old = next(seen for seen in ann.chat if seen.message_id == first)
    assert "Back 3" in old.text
    await ann.says("headache 6", reply_to=first)
    assert answered(telegram, ann) == {MONDAY: {"back": 3, "headache": 6}}


async def test_a_reply_about_somebody_elses_card_is_about_ones_own_day(
    telegram: Telegram, ann: Person, ben: Person
) -> None:
    await ann.says("headache 6")
    await telegram.waits(until=berlin(3, 12), beat=QUARTER * 4)
    forged = Said("back 3", telegram.clock.now(), 1, 99_999, "1")

    def work(session: Session) -> None:
        user = users.get(session, ben.user_id)
        assert user is not None
        say(session, user, telegram.clock.now(), forged)

    telegram.database.submit(work).result()
    assert answered(telegram, ann) == {MONDAY: {"headache": 6}}
    assert answered(telegram, ben) == {"2026-03-03": {"back": 3}}


async def test_a_value_typed_below_an_older_day_is_about_that_day(telegram: Telegram, ann: Person) -> None:
    await telegram.waits(until=berlin(7, 20, 30), beat=QUARTER * 4)
    await ann.says("/history")
    await ann.taps("4")
    await ann.says("7")
    assert answered(telegram, ann) == {"2026-03-04": {"headache": 7}}
    assert "Wed 4 Mar" in ann.sees.text
