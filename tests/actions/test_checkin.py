"""Actions called as the clock and a thumb call them: plain functions of session, user and now."""

from datetime import date, timedelta

import pytest

from bot.actions import checkin, typed
from bot.actions.typed import Said
from bot.render.message import Message, Reply, Sorry
from bot.sandbox.person import Person
from bot.store import checkins, users
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.users import User
from tests.conftest import NOON, Telegram

DAY = date(2026, 3, 2)


def act(telegram: Telegram, ann: Person, action: object, *arguments: object) -> Reply | None:
    def work(session: Session) -> Reply | None:
        user = users.get(session, ann.user_id)
        assert isinstance(user, User)
        return action(session, user, *arguments)  # type: ignore[operator, no-any-return]

    return telegram.database.submit(work).result(5)


def owed(user_id: int, slot: str = "2026-03-02") -> Owed:
    due = NOON + timedelta(hours=7)
    return Owed(1, user_id, "checkin", slot, None, due, due + timedelta(hours=4), 1, "claim")


def only(reply: Reply | None) -> Message:
    assert reply is not None
    (message,) = reply.messages
    return message


def test_a_prompt_asks_for_the_day_it_was_due(telegram: Telegram, ann: Person) -> None:
    after_midnight = NOON + timedelta(hours=13)
    message = only(act(telegram, ann, checkin.prompt, after_midnight, owed(ann.user_id)))
    assert "Mon 2 Mar" in message.text
    assert message.edit is None


def test_a_prompt_composed_again_owes_no_second_nudge(telegram: Telegram, ann: Person) -> None:
    for _ in range(2):
        act(telegram, ann, checkin.prompt, NOON, owed(ann.user_id))
    assert telegram.rows("outbox") == 1
    assert telegram.rows("checkins") == 1


def test_no_prompt_for_a_day_that_is_done(telegram: Telegram, ann: Person) -> None:
    act(telegram, ann, typed.say, NOON, Said("all fine"))
    assert act(telegram, ann, checkin.prompt, NOON, owed(ann.user_id)) is None
    assert telegram.rows("outbox") == 0


@pytest.mark.parametrize(("hours", "comes"), [(8, True), (14, True), (15, False), (24, False)])
def test_a_nudge_is_for_the_day_it_belongs_to(telegram: Telegram, ann: Person, hours: int, comes: bool) -> None:
    act(telegram, ann, checkin.prompt, NOON, owed(ann.user_id))
    reply = act(telegram, ann, checkin.nudge, NOON + timedelta(hours=hours), owed(ann.user_id))
    assert (reply is not None) is comes, "the day ends at four in the morning in Berlin, 15 hours from noon UTC"
    assert reply is None or all(message.quiet for message in reply.messages)


def test_a_tap_is_shown_in_place(telegram: Telegram, ann: Person) -> None:
    shown = only(act(telegram, ann, checkin.open_checkin, NOON))
    reply = act(telegram, ann, checkin.answer, NOON, str(shown.card), "headache", "4")
    message = only(reply)
    assert (message.edit, message.card) == ("tapped", shown.card)
    assert reply is not None
    assert reply.toast == "Saved"


def test_a_card_drawn_again_after_a_crash_is_the_card_as_it_stood(telegram: Telegram, ann: Person) -> None:
    shown = only(act(telegram, ann, checkin.open_checkin, NOON))
    tapped = only(act(telegram, ann, checkin.answer, NOON, str(shown.card), "headache", "4"))
    again = only(act(telegram, ann, checkin.show_again, NOON, shown.card))
    assert (again.text, again.buttons) == (tapped.text, tapped.buttons)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        (checkin.answer, ("headache", "eleven")),
        (checkin.answer, ("no_such_question", "1")),
        (checkin.tick, ("features", "thunder")),
        (checkin.untick, ("features", "thunder")),
        (checkin.untick, ("headache", "1")),
        (checkin.turn_page, ("no_such_page",)),
        (typed.undo, ("soon",)),
        (typed.undo, ("9" * 30,)),
    ],
)
def test_what_a_button_cannot_mean_is_declined_and_changes_nothing(
    telegram: Telegram, ann: Person, action: object, arguments: tuple[str, ...]
) -> None:
    shown = only(act(telegram, ann, checkin.open_checkin, NOON))
    with pytest.raises(Sorry, match="/checkin"):
        act(telegram, ann, action, NOON, str(shown.card), *arguments)
    kept = telegram.database.submit(lambda s: checkins.history(s, ann.user_id, DAY, DAY)).result(5)
    assert kept == {DAY: {}}
