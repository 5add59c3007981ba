"""What is read ahead for everybody at once says nothing else than what is read for each when it is their turn."""

import random
from datetime import date, timedelta

import pytest

from bot.config import Settings
from bot.diary import open_diary
from bot.domain.profile import Profile, questions_for
from bot.domain.questions import Answers
from bot.domain.reminders import CHECKIN, MORNING, NIGHT, NUDGE, SUMMARY
from bot.store import checkins, events, outbox, profiles, users
from bot.store.ahead import Ahead
from bot.store.crypto import make_keys
from bot.store.database import Session
from jobs.deliver import Claimed, claim
from tests.conftest import moves_in
from tests.faults.test_zone_rules import NOON

pytestmark = [pytest.mark.sqlite]  # there a number that was given and taken back is given again

PEOPLE = 25
DAY = timedelta(days=1)
TODAY = NOON.date()
ANSWERS: tuple[Answers, ...] = (
    {},
    {"headache": 0},
    {"headache": 9},
    {"headache": 0, "back": 0, "sleep": None, "posture": None},
    {question.key: None for question in questions_for(Profile())},
    {question.key: None for question in questions_for(Profile(), "night")},
)


def evening(session: Session, chance: random.Random) -> None:
    """Let people be here who are owed something, each with a past of their own."""
    for user_id in range(1, PEOPLE + 1):
        zone = chance.choice(("UTC", "Pacific/Auckland", "America/Los_Angeles"))
        here_since = NOON - chance.choice((0, 1, 14, 60)) * DAY
        moves_in(session, users.stranger(user_id, chance.choice(("en", "de")), zone, here_since), here_since)
        for name in ("short", "period", "discreet"):
            if chance.random() < 0.2:
                profiles.change(session, user_id, **{name: True})
        for back in (5, 4, 3, 2, 1, 0, -1):
            if chance.random() < 0.5:
                card = checkins.open_(session, user_id, TODAY - back * DAY, zone, "headache", NOON - back * DAY)
                values = chance.choice(ANSWERS)
                if values:
                    checkins.answer(session, card, values, NOON - back * DAY, source="tap", late=False)
                if chance.random() < 0.5:
                    checkins.remember_messages(session, [(card.id, 5000 + card.id)])
        for ago in range(chance.choice((0, 1, 2, 3, 3, 6, 7, 8)), 0, -1):
            owe(session, user_id, CHECKIN, TODAY - ago * DAY, ago)
            sent = outbox.claim(session, NOON - ago * DAY, 1)
            outbox.mark_sent(session, [(one, 9000 + one.id, NOON) for one in sent])
        if chance.random() < 0.3:
            users.change(session, user_id, seen_at=NOON - chance.choice((0, 2, 9)) * DAY)
    for user_id in range(1, PEOPLE + 1):
        for kind in chance.sample((CHECKIN, CHECKIN, NIGHT, NUDGE, SUMMARY, MORNING, "water"), 2):
            slot = TODAY - chance.choice((0, 0, 0, 1, 5)) * DAY
            if kind == "water":
                outbox.owe(
                    session, user_id, kind, f"1@{slot}T12:00", due_at=NOON, not_before=NOON, too_late_at=NOON + DAY
                )
            else:
                owe(session, user_id, kind, slot)


def owe(session: Session, user_id: int, kind: str, day: date, ago: int = 0) -> None:
    at = NOON - ago * DAY
    outbox.owe(session, user_id, kind, day.isoformat(), due_at=at, not_before=at, too_late_at=at + DAY)


def left(session: Session) -> object:
    """Return what stands in the diary of everybody, and what they are owed."""
    people = range(1, PEOPLE + 1)
    return [
        (
            users.get(session, user_id),
            checkins.everything(session, user_id),
            profiles.of_user(session, user_id),
            events.of_user(session, user_id, TODAY - 90 * DAY, TODAY + DAY),
            outbox.owed_to(session, user_id),
        )
        for user_id in people
    ]


def test_what_one_message_changes_is_known_to_the_next_one(settings: Settings) -> None:
    def resting(session: Session) -> Claimed:
        """Who has not answered for a week is told that the cards rest; what else is due then stays away."""
        moves_in(session, users.stranger(1, "en", "UTC", NOON - 14 * DAY), NOON - 14 * DAY)
        for ago in range(7, 0, -1):
            owe(session, 1, CHECKIN, TODAY - ago * DAY, ago)
            sent = outbox.claim(session, NOON - ago * DAY, 1)
            outbox.mark_sent(session, [(one, 9000 + one.id, NOON) for one in sent])
        owe(session, 1, CHECKIN, TODAY)
        owe(session, 1, NIGHT, TODAY)
        return claim(session, NOON, 2)

    make_keys(settings.keys.file)
    database = open_diary(settings)
    claimed = database.submit(resting).result()
    database.close()
    assert (claimed.many, [owed.kind for owed, _, _ in claimed.ready]) == (2, [CHECKIN])


class TakenBack(Exception):
    """So that a claim can be made once more."""


@pytest.mark.parametrize("seed", range(12))
def test_read_ahead_or_one_by_one(settings: Settings, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(settings.keys.file)
    database = open_diary(settings)
    database.submit(lambda session: evening(session, random.Random(seed))).result()
    seen: list[tuple[Claimed, object]] = []

    def once(session: Session) -> None:
        monkeypatch.setattr(outbox.secrets, "token_hex", lambda _: "the same claim")
        seen.append((claim(session, NOON, 2 * PEOPLE), left(session)))
        raise TakenBack

    for _ in range(2):
        with pytest.raises(TakenBack):
            database.submit(once).result()
        monkeypatch.setattr(Ahead, "of", lambda *_: None)
    database.close()
    (ahead, then), (by_turns, after) = seen
    assert (ahead.many, ahead.ready) == (by_turns.many, by_turns.ready)
    assert then == after
    assert len(ahead.ready) > PEOPLE / 2, "enough was said to tell"
