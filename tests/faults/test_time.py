"""Every zone, every clock change: one card a date at its hour, and weeks without gaps or overlaps (T40, T43)."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import pytest

from bot.actions import typed
from bot.actions.typed import Said
from bot.domain.reminders import CHECKIN, EVERY_DAY, SUMMARY
from bot.domain.schedule import Schedule, known_zones
from bot.sandbox.person import Person
from bot.store import reminders, users
from bot.store.database import Session
from bot.texts.words import texts_for
from tests.clock import HandClock
from tests.conftest import Telegram, moves_in
from tests.domain import test_schedule_zones as oracle
from tests.faults.promises import FULL, Figures, points

DAY, WEEK, HOUR, MINUTE = timedelta(days=1), timedelta(days=7), timedelta(hours=1), timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
STRETCHES = [
    (datetime(2026, 3, 28, 6, tzinfo=UTC), 2),
    (datetime(2026, 2, 12, tzinfo=UTC), 53),
    (datetime(2026, 9, 25, tzinfo=UTC), 41),
]
WEEKS = {
    "week 53 and a new year": datetime(2026, 12, 10, tzinfo=UTC),
    "Apia leaves a Friday out": datetime(2011, 12, 10, tzinfo=UTC),
    "Kwajalein leaves a Saturday out": datetime(1993, 8, 1, tzinfo=UTC),
    "a leap day": datetime(2028, 2, 10, tzinfo=UTC),
    "Casablanca in Ramadan": datetime(2026, 2, 1, tzinfo=UTC),
    "spring, and autumn in the south": datetime(2026, 3, 15, tzinfo=UTC),
}
ZONES = (
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kwajalein", "America/St_Johns", "America/Nuuk",
    "Antarctica/Troll", "Africa/Casablanca", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kathmandu",
    "Asia/Jerusalem", "Europe/Lisbon", "Europe/Dublin", "Atlantic/Azores", "America/Sao_Paulo", "America/Santiago",
    "Asia/Beirut", "America/Havana", "Pacific/Easter", "Pacific/Norfolk", "Australia/Adelaide", "Asia/Tehran",
    "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Pago_Pago", "Asia/Kolkata", "Asia/Yangon",
    "Australia/Eucla", "Pacific/Marquesas", "America/Caracas", "Europe/Moscow", "Europe/Chisinau", "Asia/Gaza",
    "Africa/El_Aaiun", "America/Miquelon", "Asia/Tokyo", "Europe/London",
)  # fmt: skip


def test_every_occurrence_against_the_clock_on_the_wall(promise: Figures) -> None:
    """The oracle walks through UTC and reads the wall clock; a disagreement is an AssertionError of its own."""
    compared = wrong = 0
    for zone, start, end, step in spans():
        walk = oracle.Walk.through(zone, start, end, step)
        try:
            compared += oracle.agree(zone, walk, oracle.HALF_HOURS)
        except AssertionError:
            wrong += 1
    promise.at_most("T40", "zones in which an occurrence is wrong, 48 a day", 0, wrong, tries=compared)


class Span(NamedTuple):
    zone: str
    start: datetime
    end: datetime
    step: timedelta


def spans() -> Sequence[Span]:
    """Return what is walked: all of 2024–2030 for every course of clock changes, or the days around some of them."""
    if FULL:
        return [Span(zone, oracle.FIRST, oracle.LAST, QUARTER) for zone in oracle.one_of_each()]
    chance = random.Random(40)
    zones = {*chance.sample(ZONES, 20), *chance.sample(sorted(known_zones()), 10)}
    return [Span(zone, *oracle.around(at), 5 * MINUTE) for zone in sorted(zones) for at, _ in oracle.changes(zone)[-4:]]


@pytest.fixture
def clock(start: datetime) -> HandClock:
    return HandClock(start)


@pytest.mark.parametrize(("start", "days"), STRETCHES if FULL else STRETCHES[:1])
@pytest.mark.slow
async def test_a_card_a_date_at_eight(telegram: Telegram, promise: Figures, start: datetime, days: int) -> None:
    """People in forty zones live through nights in which clocks change, and answer each card when it comes."""
    homes = [(zone, time(20), EVERY_DAY) for zone in ZONES]
    people = await move_in(telegram, CHECKIN, homes)
    while telegram.clock.now() < start + days * DAY:
        await passes_until(telegram, quarter_after(telegram.clock.now()))
        for one in people:
            if "All fine today" in str(telegram.api.chat(one.user_id)[-1:]):
                await one.taps("All fine today")
    wrong = tries = 0
    for one, (zone, at, _) in zip(people, homes, strict=True):
        dates = (start.date() + n * DAY for n in range(-1, days + 2))
        every = [datetime.combine(day, at, oracle.rules(zone)).astimezone(UTC) for day in dates]
        due = Counter(instant for instant in every if start < instant <= start + days * DAY)
        came = Counter(datetime.fromtimestamp(seen.body["date"] // 60 * 60, UTC) for seen in one.chat if seen.from_bot)
        wrong += ((due - came) + (came - due)).total()
        tries += len(due)
    promise.at_most("T40", "cards at a wrong hour, missing or doubled", 0, wrong, tries=tries)


@pytest.mark.parametrize("start", [pytest.param(start, id=name) for name, start in WEEKS.items()][: 6 if FULL else 1])
@pytest.mark.slow
async def test_weeks_meet_without_gap_or_overlap(telegram: Telegram, promise: Figures, start: datetime) -> None:
    """Some answer before the summary comes, some after it, some not; now and then the bot was away when it was due."""
    chance = random.Random(43)
    weekdays = (4, 5, 6) if FULL else (6,)
    homes = [(zone, time(18), frozenset({day})) for zone in ZONES[: points(8, 12)] for day in weekdays]
    people = await move_in(telegram, SUMMARY, homes)
    await everybody(telegram, people, lambda one: True)
    while telegram.clock.now() < start + 5 * WEEK:
        due = await telegram.database.write(reminders.next_at)
        assert due is not None
        away = chance.choice((0, 0, 0, 5, 10)) * HOUR
        await passes_until(telegram, max(min(telegram.clock.now() + 6 * HOUR, due), telegram.clock.now()) + away)
        await everybody(telegram, people, lambda one: chance.random() < 0.2)
    gaps = overlaps = weeks = 0
    for one, (zone, _, _) in zip(people, homes, strict=True):
        last_days = summaries(telegram, one)
        for last, following in pairwise(last_days):
            days = following - last
            if days == 2 * WEEK and never_was(last + DAY + WEEK, zone):
                days = WEEK  # the date on which that summary was to come was left out
            gaps += max(0, (days - WEEK).days)
            overlaps += max(0, (WEEK - days).days)
        weeks += len(last_days)
    assert weeks >= 4 * len(people)
    promise.at_most("T43", "days in no weekly summary", 0, gaps, tries=7 * weeks)
    promise.at_most("T43", "days in two weekly summaries", 0, overlaps, tries=7 * weeks)


def summaries(telegram: Telegram, one: Person) -> list[date]:
    """Return the last day of every week that this person was sent, in the order in which they came."""
    t = texts_for("en")
    around = (telegram.clock.now().date() - n * DAY for n in range(60))
    known = {t("Your week, {first} to {last}", first=t.day(day - 6 * DAY), last=t.day(day)): day for day in around}
    return [known[seen.text.split("\n")[0]] for seen in one.chat if seen.from_bot]


def never_was(day: date, zone: str) -> bool:
    noon = datetime.combine(day, time(12), oracle.rules(zone))
    return noon.astimezone(UTC).astimezone(oracle.rules(zone)).date() != day


async def move_in(telegram: Telegram, kind: str, homes: Sequence[tuple[str, time, frozenset[int]]]) -> Sequence[Person]:
    """Let a person live in each of these homes, with one reminder of this kind at this time on these weekdays."""
    now = telegram.clock.now()

    def work(session: Session) -> None:
        for user_id, (zone, at, weekdays) in enumerate(homes, 1001):
            moves_in(session, users.stranger(user_id, "en", zone, now), now)
            reminders.add(session, user_id, kind, Schedule(at, weekdays, zone), now)

    await telegram.database.write(work)
    people = [telegram.person(user_id, f"Person {user_id}") for user_id, _ in enumerate(homes, 1001)]
    for one in people:
        telegram.api.chats.by_id[one.user_id].standing = "open"
    return people


async def passes_until(telegram: Telegram, moment: datetime) -> None:
    telegram.clock.moves((moment - telegram.clock.now()).total_seconds())
    await telegram.tick()


def quarter_after(now: datetime) -> datetime:
    return now + QUARTER - (now - datetime.min.replace(tzinfo=UTC)) % QUARTER


async def everybody(telegram: Telegram, people: Sequence[Person], who: Callable[[Person], bool]) -> None:
    """Let some people fill their day's card, if only in the diary."""
    now = telegram.clock.now()
    for one in people:
        if who(one):
            await telegram.database.write(partial(fill, one.user_id, now))


def fill(user_id: int, now: datetime, session: Session) -> None:
    user = users.get(session, user_id)
    assert user is not None
    typed.say(session, user, now, Said("all fine"))
