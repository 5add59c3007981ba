"""Consent is taken back as easily as given, and asked for when its text changes; meanwhile nothing is kept or sent."""

import pytest
from sqlalchemy import select

from bot.domain.reminders import CHECKIN, SUMMARY
from bot.render import consent
from bot.sandbox.person import Person
from bot.store import outbox, users
from bot.store.database import Session
from bot.store.tables import consents, metadata
from bot.store.users import Consent
from bot.texts.words import texts_for
from tests.conftest import Telegram
from tests.stories.conftest import CARD, QUARTER, answers, arrived, berlin, sent, traces, value

T = texts_for("en")
AGREE, WITHDRAW, YES = "I agree, and I am 16 or older", "Take my consent back", "Yes, take it back"
KEPT = ("checkins", "answers", "events", "profiles", "tastes", "outbox", "consents")
NAMED = "SELECT count(*) FROM inbox WHERE user_id IS NOT NULL"
EVERYTHING = (
    *("/checkin", "/summary", "/history", "/log", "/visit", "/reminders", "/remind water 10:00", "/next", "/attack"),
    *("/settings", "/pause 3", "/resume", "headache 7, back 3", "6 3 7.5 4", "all fine", "/cancel"),
)


def diary(telegram: Telegram) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the tables that hold what people said, were sent or agreed to."""

    def read(session: Session) -> dict[str, list[tuple[object, ...]]]:
        return {name: [tuple(row) for row in session.execute(select(metadata.tables[name]))] for name in KEPT}

    return telegram.database.submit(read).result()


async def takes_it_back(person: Person) -> None:
    await person.says("/privacy")
    await person.taps(WITHDRAW)
    await person.taps(YES)


def the_text_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    old = consent.text
    monkeypatch.setattr(consent, "text", lambda t: f"{old(t)}\n\nIn short: be kind.")
    monkeypatch.setattr(consent, "changes", lambda t: {"2": "Something old.", "3": "One sentence is new."})
    monkeypatch.setattr(consent, "VERSION", "3")


async def test_taken_back_with_two_taps_and_given_again_with_two(telegram: Telegram, ann: Person) -> None:
    await ann.says("headache 6, back 3, slept 7.25, posture 4")
    await ann.says("/privacy")
    await ann.taps(WITHDRAW)
    assert "stays encrypted and untouched" in ann.sees.text
    assert "1 day of answers" in ann.sees.text
    await ann.taps(YES)
    assert ann.sees.text.startswith("Your consent is taken back.")
    before = diary(telegram)
    heard = value(telegram, NAMED)

    telegram.clock.moves(60)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(9, 12), beat=QUARTER)
    assert sent(telegram, ann, since) == [], "no card, no nudge, no summary"
    for words in EVERYTHING:
        await ann.says(words)
        assert ann.sees.text.startswith("Your consent is taken back."), words
    assert diary(telegram) == before
    assert value(telegram, NAMED) == heard
    assert value(telegram, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0

    await ann.taps("Agree again")
    assert "Welcome back. May I go on" in ann.sees.text
    await ann.taps(AGREE)
    assert "Everything goes on as it was" in ann.sees.text
    assert [row[:3] for row in before["answers"]] == [row[:3] for row in diary(telegram)["answers"]]
    await telegram.waits(until=berlin(9, 21), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(9, 20), CARD)] == [berlin(9, 20)]


async def test_what_was_on_its_way_is_not_tried_again(telegram: Telegram, ann: Person) -> None:
    await takes_it_back(ann)
    at = telegram.clock.now()
    times = {"due_at": at, "not_before": at, "too_late_at": berlin(2, 23)}
    for kind in (CHECKIN, SUMMARY, "water"):
        await telegram.database.write(lambda session, kind=kind: outbox.owe(session, 1001, kind, "2026-03-02", **times))
    before = len(ann.chat)
    await telegram.tick()
    assert len(ann.chat) == before


async def test_second_thoughts_leave_all_as_it_was(telegram: Telegram, ann: Person) -> None:
    await ann.says("/privacy")
    await ann.taps(WITHDRAW)
    await ann.taps("No, go on as before")
    assert ann.sees.text == "Nothing was changed."
    await ann.says("6 3 7.5 4")
    assert len(answers(telegram, ann)) == 1


async def test_start_asks_with_the_whole_text_and_no_leaves_it_so(telegram: Telegram, ann: Person) -> None:
    await takes_it_back(ann)
    await ann.says("/start")
    assert "No one reads this chat live" in ann.sees.text
    await ann.taps("No, thank you")
    assert ann.sees.text.startswith("Your consent is taken back.")


async def test_an_old_yes_does_not_count_after_it_was_taken_back(telegram: Telegram, ann: Person) -> None:
    await takes_it_back(ann)
    welcome = next(seen for seen in ann.chat if "Thank you. Three short questions" in seen.text)
    for data in (consent.agree_button(T).data, "agree:", "agree::deadbeef:1", consent.agree_button(T, before=99).data):
        await ann.taps_on(welcome.message_id, data)
        await ann.says("headache 7, back 3")
        assert answers(telegram, ann) == []
    await ann.says("/start")
    yes = ann.sees.data(AGREE)
    await ann.taps(AGREE)
    await takes_it_back(ann)
    await ann.taps_on(welcome.message_id, yes)
    await ann.says("headache 7, back 3")
    assert answers(telegram, ann) == []


async def test_an_old_withdrawal_does_not_count_after_a_new_yes(telegram: Telegram, ann: Person) -> None:
    await ann.says("/privacy")
    await ann.taps(WITHDRAW)
    asked = ann.sees
    old = asked.data(YES)
    await ann.taps(YES)
    await ann.says("/start")
    await ann.taps(AGREE)
    await ann.taps_on(asked.message_id, old)
    await ann.says("headache 7, back 3")
    assert len(answers(telegram, ann)) == 1


async def test_delete_works_when_consent_is_taken_back(telegram: Telegram, ann: Person) -> None:
    await ann.says("6 3 7.5 4")
    await takes_it_back(ann)
    await ann.taps("Delete everything")
    assert "1 day of answers" in ann.sees.text
    await ann.taps("Yes, delete everything")
    assert ann.sees.text.startswith("Deleted.")
    assert traces(telegram, ann.user_id) == {}
    assert telegram.settings.keys.file.with_name("headsup.key.erased").exists()


async def test_help_is_there_all_the_same_and_nothing_of_it_is_kept(telegram: Telegram, ann: Person) -> None:
    await takes_it_back(ann)
    before = diary(telegram), value(telegram, "SELECT silent_until FROM users")
    await ann.says("I want to die")
    assert "Your consent" not in ann.sees.text
    assert any("112" in seen.text or "emergency" in seen.text for seen in ann.chat[-3:])
    await ann.says("/warning")
    assert "Check my head" not in ann.sees.labels
    await ann.says("I fainted")
    assert (diary(telegram), value(telegram, "SELECT silent_until FROM users")) == before


async def test_blocking_and_coming_back_is_no_consent(telegram: Telegram, ann: Person) -> None:
    await takes_it_back(ann)
    await ann.blocks()
    await ann.unblocks()
    telegram.clock.moves(60)
    since = telegram.clock.now()
    await telegram.waits(until=berlin(4, 12), beat=QUARTER)
    assert sent(telegram, ann, since) == []
    await ann.says("6 3 7.5 4")
    assert answers(telegram, ann) == []


async def test_a_restart_asks_whoever_agreed_to_another_text(
    telegram: Telegram, ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.says("6 3 7.5 4")
    await takes_it_back(ben)
    the_text_changes(monkeypatch)
    await telegram.restart_bot()
    assert standings(telegram) == {ann.user_id: "changed", ben.user_id: "withdrawn"}
    before = diary(telegram)

    await ann.says("headache 7, back 3")
    assert ann.sees.text.startswith("What you agreed to has changed. May I go on?")
    assert "One sentence is new." in ann.sees.text
    assert "Something old" not in ann.sees.text, "that she had agreed to"
    assert "In short: be kind." in ann.sees.text
    for words in EVERYTHING:
        await ann.says(words)
        assert ann.sees.text.startswith("What you agreed to has changed."), words
    assert diary(telegram) == before

    await ann.taps(AGREE)
    await ann.says("headache 7, back 3")
    assert answers(telegram, ann)[0][1]["headache"] == 7
    agreed = consent_of(telegram, ann)
    assert (agreed.version, agreed.standing) == ("3", "given")
    await telegram.restart_bot()
    assert standings(telegram)[ann.user_id] == "given"


@pytest.mark.slow
async def test_the_card_is_replaced_by_the_question_once_a_month(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.says("/remind water 10:00")
    the_text_changes(monkeypatch)
    await telegram.restart_bot()
    since = berlin(2, 19)
    await telegram.waits(until=berlin(20, 12), beat=QUARTER)
    assert [(at, seen.text[:26]) for at, seen in arrived(ann, since)] == [
        (berlin(2, 20), "What you agreed to has cha")
    ], "once, and nothing beside it"
    await ann.taps(AGREE)
    await telegram.waits(until=berlin(20, 21), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(20, 20), CARD)] == [berlin(20, 20)]


async def test_a_question_that_did_not_arrive_is_asked_again(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_text_changes(monkeypatch)
    await telegram.restart_bot()
    await telegram.waits(until=berlin(2, 19, 45), beat=QUARTER)
    telegram.api.fail("sendMessage", status=429, description="Too Many Requests: retry after 5", retry_after=5)
    await telegram.waits(until=berlin(2, 20, 30))
    assert len(arrived(ann, berlin(2, 20), "What you agreed to has changed")) == 1


async def test_a_question_that_was_refused_is_asked_with_the_next_card(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_text_changes(monkeypatch)
    await telegram.restart_bot()
    await telegram.waits(until=berlin(2, 19, 45), beat=QUARTER)
    telegram.api.fail("sendMessage", status=400, description="Bad Request: something is wrong")
    await telegram.waits(until=berlin(3, 21), beat=QUARTER)
    assert [at for at, _ in arrived(ann, berlin(2, 19), "What you agreed to has changed")] == [berlin(3, 20)]


async def test_a_yes_to_the_old_text_shows_the_new_one(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("/start")
    the_text_changes(monkeypatch)
    await telegram.restart_bot()
    await zoe.taps(AGREE)
    assert "In short: be kind." in zoe.sees.text
    assert traces(telegram, zoe.user_id) == {}
    await zoe.taps(AGREE)
    assert consent_of(telegram, zoe).version == "3"


async def test_who_had_not_settled_in_yet_goes_on_with_that(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe")
    await zoe.says("/start")
    await zoe.taps(AGREE)
    await takes_it_back(zoe)
    await zoe.taps("Agree again")
    await zoe.taps(AGREE)
    assert "Where do you live?" in zoe.sees.text


async def test_somebody_without_any_consent_is_asked_first(telegram: Telegram) -> None:
    zoe = telegram.person(1009, "Zoe")
    now = telegram.clock.now()
    await telegram.database.write(lambda session: users.add(session, users.stranger(1009, "en", "UTC", now), now))
    await zoe.says("headache 7, back 3")
    assert answers(telegram, zoe) == []
    await zoe.taps(AGREE)
    await zoe.says("headache 7, back 3")
    assert len(answers(telegram, zoe)) == 1


async def test_no_to_the_new_text_takes_the_old_yes_back(
    telegram: Telegram, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_text_changes(monkeypatch)
    await telegram.restart_bot()
    await ann.says("/start")
    await ann.taps("No, I take my consent back")
    await ann.taps(YES)
    assert standings(telegram) == {ann.user_id: "withdrawn"}
    await telegram.restart_bot()
    assert standings(telegram) == {ann.user_id: "withdrawn"}


async def test_the_record_says_what_when_and_how_it_ended(telegram: Telegram, ann: Person) -> None:
    agreed_at = telegram.clock.now()
    telegram.clock.moves(3600)
    await takes_it_back(ann)

    def read(session: Session) -> list[tuple[object, ...]]:
        of = consents.c
        return [
            tuple(row) for row in session.execute(select(of.version, of.text_hash, of.agreed_at, of.ended, of.ended_at))
        ]

    digest = consent.digest(consent.text(T))
    assert telegram.database.submit(read).result() == [("2", digest, agreed_at, "withdrawn", telegram.clock.now())]


def test_a_new_text_has_a_new_version_and_says_what_is_new() -> None:
    """Who changes the text of the consent counts VERSION up, writes `changes`, and puts both here."""
    digest = consent.digest(consent.text(T))
    assert (consent.VERSION, digest[:16]) == ("2", "029a3b2e734b5107")
    assert consent.VERSION in consent.changes(T)


def standings(telegram: Telegram) -> dict[int, str | None]:
    def read(session: Session) -> dict[int, str | None]:
        ids = session.execute(select(metadata.tables["users"].c.id)).scalars().all()
        return {user_id: user.consent for user_id in ids if (user := users.get(session, user_id))}

    return telegram.database.submit(read).result()


def consent_of(telegram: Telegram, person: Person) -> Consent:
    found = telegram.database.submit(lambda session: users.consent_of(session, person.user_id)).result()
    assert found is not None
    return found
