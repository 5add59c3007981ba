"""Housekeeping: new clock rules are followed, and what is past its time goes, but by no clock that was wrong once."""

from datetime import datetime, timedelta

import pytest

from bot.config import Retention
from bot.sandbox.person import Person
from bot.store import erasures, reminders, users
from bot.store.database import Session
from jobs.upkeep import carry_out_erasures, follow_zone_data, tidy
from tests.conftest import Telegram
from tests.stories.conftest import QUARTER, traces, value

DAY = timedelta(days=1)


async def test_reminders_planned_by_old_rules_are_planned_again_once(telegram: Telegram, ann: Person) -> None:
    now = telegram.clock.now()

    def an_hour_off(session: Session) -> None:
        for reminder in reminders.of_user(session, ann.user_id):
            assert reminder.next_at is not None
            reminders.plan(session, [(reminder.id, reminder.next_at + timedelta(hours=1))])

    def when(session: Session) -> list[str]:
        return [f"{r.kind} {r.next_at:%a %H:%M}" for r in reminders.of_user(session, ann.user_id)]

    right = await telegram.database.write(when)
    await telegram.database.write(an_hour_off)
    assert await telegram.database.write(when) != right
    assert await follow_zone_data(telegram.database, now, "2026.9") == 2
    assert await telegram.database.write(when) == right
    assert await follow_zone_data(telegram.database, now, "2026.9") == 0, "once for each version"


async def test_what_is_due_stays_due(telegram: Telegram, ann: Person) -> None:
    def due_a_minute_ago(session: Session) -> None:
        reminder = reminders.of_user(session, ann.user_id, "checkin")[0]
        reminders.plan(session, [(reminder.id, telegram.clock.now() - timedelta(minutes=1))])

    await telegram.database.write(due_a_minute_ago)
    await follow_zone_data(telegram.database, telegram.clock.now(), "2026.9")
    due = await telegram.database.write(lambda session: reminders.due(session, telegram.clock.now(), 10))
    assert [reminder.kind for reminder in due] == ["checkin"]


async def nights(telegram: Telegram, number: int, **retention: int) -> None:
    """Let so many days pass, the upkeep beating four times a day, as often as the bot might be restarted."""
    telegram.database.settings = telegram.settings.model_copy(update={"retention": Retention(**retention)})
    for _ in range(number * 4):
        telegram.clock.moves(6 * 3600)
        await tidy(telegram.database, telegram.clock.now())


def ledger(telegram: Telegram) -> int:
    return len(erasures.lines_of(telegram.settings.keys.file))


async def test_who_blocked_is_erased_after_the_stated_time(telegram: Telegram, ann: Person, ben: Person) -> None:
    await ann.says("6 3 7.5 4")
    await ann.blocks()
    await nights(telegram, 90)
    assert traces(telegram, ann.user_id), "89 days and some hours"
    assert ledger(telegram) == 0
    await nights(telegram, 2)
    assert traces(telegram, ann.user_id) == {}
    assert ledger(telegram) == 1, "as with /delete"
    assert traces(telegram, ben.user_id), "whoever is only silent stays"

    await ann.unblocks()
    await ann.says("/start")
    assert "diary, not a doctor" in ann.sees.text, "a stranger again"
    await ann.taps("I agree")
    await telegram.database.write(erasures.all_again)
    await carry_out_erasures(telegram.database)
    assert traces(telegram, ann.user_id), "who came back after it is not erased by the old line"


async def test_who_took_their_consent_back_is_erased_after_it_too(telegram: Telegram, ann: Person, ben: Person) -> None:
    for one in (ann, ben):
        await one.says("6 3 7.5 4")
        await one.says("/privacy")
        await one.taps("Take my consent back")
        await one.taps("Yes, take it back")
    await nights(telegram, 60)
    await ben.says("/start")
    await ben.taps("I agree")
    await nights(telegram, 32)
    assert traces(telegram, ann.user_id) == {}
    assert traces(telegram, ben.user_id), "who agreed again stays"
    assert any("After 90 days it is deleted by itself" in seen.text for seen in ben.chat)


async def test_a_backup_of_before_does_not_bring_them_back(telegram: Telegram, ann: Person) -> None:
    user = await telegram.database.write(lambda session: users.get(session, ann.user_id))
    assert user is not None
    await ann.blocks()
    await nights(telegram, 100)
    await telegram.database.write(lambda session: users.add(session, user, user.since))
    await telegram.database.write(erasures.all_again)
    await carry_out_erasures(telegram.database)
    assert traces(telegram, ann.user_id) == {}


async def test_who_comes_back_in_time_is_kept(telegram: Telegram, ann: Person) -> None:
    await ann.says("6 3 7.5 4")
    await ann.blocks()
    await nights(telegram, 89)
    await ann.unblocks()
    await nights(telegram, 89)
    assert traces(telegram, ann.user_id)
    await ann.blocks()
    await nights(telegram, 89)
    assert traces(telegram, ann.user_id), "the time begins anew"
    await nights(telegram, 3)
    assert traces(telegram, ann.user_id) == {}


async def test_where_only_a_refusal_told_it_the_time_begins_then(telegram: Telegram, ann: Person) -> None:
    telegram.clock.moves(5 * 24 * 3600)
    telegram.api.fail("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    await telegram.waits(days=1, beat=QUARTER)
    assert value(telegram, "SELECT state FROM users") == "blocked"
    await nights(telegram, 89)
    assert traces(telegram, ann.user_id)
    await nights(telegram, 3)
    assert traces(telegram, ann.user_id) == {}


async def test_where_nobody_knows_when_it_begins_tonight(telegram: Telegram, ann: Person) -> None:
    await ann.blocks()
    await telegram.database.write(lambda session: users.change(session, ann.user_id, seen_at=None))
    await nights(telegram, 90)
    assert traces(telegram, ann.user_id)
    await nights(telegram, 5)
    assert traces(telegram, ann.user_id) == {}


@pytest.mark.slow
async def test_with_nought_they_stay_for_good(telegram: Telegram, ann: Person) -> None:
    await ann.blocks()
    await nights(telegram, 400, blocked_days=0)
    assert traces(telegram, ann.user_id)


@pytest.mark.parametrize("hours", [1, 23])
@pytest.mark.slow
async def test_a_clock_that_is_years_ahead_for_a_while_erases_nobody(
    telegram: Telegram, ann: Person, hours: int
) -> None:
    await ann.says("6 3 7.5 4")
    await ann.blocks()
    await nights(telegram, 3, answers_days=400)
    right = telegram.clock.now()
    await tidy_each_hour(telegram, right + 2000 * DAY, hours)
    await tidy_each_hour(telegram, right, 72)
    assert value(telegram, "SELECT count(*) FROM checkins") == 1
    assert ledger(telegram) == 0
    await nights(telegram, 401, answers_days=400)
    assert traces(telegram, ann.user_id) == {}, "and the right clock goes on"


async def tidy_each_hour(telegram: Telegram, since: datetime, hours: int) -> None:
    for hour in range(hours):
        await tidy(telegram.database, since + timedelta(hours=hour))


@pytest.mark.slow
async def test_answers_are_kept_as_long_as_asked_for(telegram: Telegram, ann: Person) -> None:
    await ann.says("6 3 7.5 4")
    await ann.says("/log")
    await ann.taps("Massage")
    await nights(telegram, 60)
    await ann.says("5 3 7.5 4")
    await ann.says("/log")
    await ann.taps("Massage")
    counts = "SELECT (SELECT count(*) FROM checkins) * 100 + (SELECT count(*) FROM answers) * 10"
    both = value(telegram, counts)
    await nights(telegram, 342, answers_days=0)
    assert value(telegram, counts) == both, "without a word about it, all is kept"
    await nights(telegram, 2, answers_days=400)
    assert value(telegram, "SELECT count(*) FROM checkins") == 1
    assert value(telegram, "SELECT count(*) FROM events") == 1
    assert value(telegram, "SELECT count(*) FROM answers WHERE checkin_id NOT IN (SELECT id FROM checkins)") == 0
    assert ledger(telegram) == 0
    await ann.says("/summary 90")
    assert "Something went wrong" not in ann.sees.text
