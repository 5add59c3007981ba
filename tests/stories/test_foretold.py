"""Whatever people do, /next never lies: what it foretells is sent at that minute and nothing else is, none of it in
quiet hours, and no card twice a day. A state machine of people who change everything all the time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from bot.actions import attack, next_, settings, tips, tries, typed
from bot.actions import reminders as actions
from bot.actions.buttons import digits_of
from bot.actions.typed import Said
from bot.domain.peace import ON_TIME
from bot.domain.quiet import from_text, quiet_until
from bot.domain.reminders import CHECKIN, EVERY_DAY, NUDGE, SUMMARY, TRIED, TRY
from bot.domain.schedule import Schedule
from bot.render.message import Sorry
from bot.store import events, profiles, reminders, users
from bot.store.database import Session
from bot.store.tables import outbox
from bot.store.tables import reminders as times
from bot.store.users import User
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, moves_in, settings_in
from tests.databases import file_in
from tests.stories.conftest import side_by_side

WORLDS = (4, 5)
"""Lived side by side, each by a chance of its own."""

LIVES, STEPS = 300, 50
"""Diaries in each world, and the most steps that one of them takes."""

PEOPLE = (1001, 1002, 1003)
ACTS_BEFORE_A_LOOK = 6
ZONES = ("Europe/Berlin", "Pacific/Chatham", "America/St_Johns", "Africa/Cairo", "Australia/Lord_Howe", "UTC")
LINES = (
    *("water daily 9:00, 13:30 and 23:00", "posture every 2 hours 9-17", "stretch weekdays 11:00", "card 19:00"),
    *(
        "card weekdays 22:30, weekends 9:15",
        "take the stairs tomorrow only 10:00",
        "summary sundays 7:00",
        "sleep 21:50",
    ),
    *(
        "neck mondays and thursdays 12:00",
        "a bit of everything 18:30",
        "call the physio on 5 April at 8:15",
        "card 03:00",
    ),
)
QUIET = ("22-8", "never", "0:00-6:30", "weekends 20-11", "13-14")
who = st.sampled_from(PEOPLE)
one_of_many = st.integers(0, 99)


@dataclass
class Tally:
    """What was seen in all lives: steps, what came by kind, days with a second card."""

    steps: int = 0
    came: Counter[str] = field(default_factory=Counter)
    twice: int = 0


class Foretold(RuleBasedStateMachine):
    """Three people who change everything all the time, and a clock that jumps."""

    folder: Path
    tally: Tally

    @initialize(zones=st.lists(st.sampled_from(ZONES), min_size=len(PEOPLE), max_size=len(PEOPLE)))
    def begins(self, zones: Sequence[str]) -> None:
        self.loop = asyncio.Runner()
        home = Path(mkdtemp(dir=self.folder))
        self.telegram = Telegram(settings_in(file_in(home)), HandClock(NOON))
        self.acts = 0
        self.loop.run(self.telegram.start_bot())
        self.loop.run(move_in(self.telegram, zones))
        self.begin_try(PEOPLE[1], "walk", 20)
        self.begin_try(PEOPLE[2], "screens_off", 58)

    def teardown(self) -> None:
        self.tally.twice += self.loop.run(self.telegram.database.write(cards_twice_a_day))
        self.loop.run(self.telegram.stop_bot())
        self.loop.close()

    def acted(self, user_id: int, do: Callable[[Session, User, datetime], object]) -> None:
        """Let somebody do one thing; what the bot declines changes nothing."""
        now = self.telegram.clock.now()

        def act(session: Session) -> None:
            user = users.get(session, user_id)
            assert user is not None
            with suppress(Sorry), session.savepoint():
                users.seen(session, user, now)
                do(session, user, now)

        self.telegram.database.submit(act).result()
        self.acts += 1
        self.tally.steps += 1

    @rule(user=who, line=st.sampled_from(LINES))
    def reminds(self, user: int, line: str) -> None:
        self.acted(user, lambda session, one, now: actions.remind(session, one, now, line))

    @rule(user=who, n=one_of_many)
    def removes(self, user: int, n: int) -> None:
        def do(session: Session, one: User, now: datetime) -> None:
            theirs = [each for each in reminders.of_user(session, one.id) if each.kind not in (CHECKIN, SUMMARY)]
            if theirs:
                actions.remove(session, one, now, theirs[n % len(theirs)].kind)

        self.acted(user, do)

    @rule(user=who, n=one_of_many)
    def puts_back(self, user: int, n: int) -> None:
        def do(session: Session, one: User, now: datetime) -> None:
            retired = select(times.c.kind, times.c.retired_at).where(
                times.c.user_id == one.id, times.c.retired_at.is_not(None)
            )
            if rows := session.execute(retired.order_by(times.c.id)).all():
                found = rows[n % len(rows)]
                actions.put_back(session, one, now, found.kind, str(digits_of(found.retired_at)))

        self.acted(user, do)

    @rule(user=who, on=st.booleans())
    def switches_the_card(self, user: int, on: bool) -> None:
        self.acted(user, lambda session, one, now: actions.switch(session, one, now, CHECKIN, "on" if on else "off"))

    @rule(user=who, zone=st.sampled_from(ZONES), keeps=st.booleans())
    def moves(self, user: int, zone: str, keeps: bool) -> None:
        def do(session: Session, one: User, now: datetime) -> None:
            settings.set_zone(session, one, now, zone)
            moved = users.get(session, one.id)
            if keeps and moved is not None:
                settings.keep_home_time(session, moved, now, one.zone)

        self.acted(user, do)

    @rule(user=who, hours=st.sampled_from(QUIET))
    def is_quiet(self, user: int, hours: str) -> None:
        self.acted(user, lambda session, one, now: settings.type_quiet(session, one, now, hours))

    @rule(user=who, until=st.sampled_from(("1", "2", "until Friday")))
    def pauses(self, user: int, until: str) -> None:
        self.acted(user, lambda session, one, now: settings.ask_pause(session, one, now, until))

    @rule(user=who)
    def resumes(self, user: int) -> None:
        self.acted(user, settings.resume)

    @rule(user=who, line=st.sampled_from(("3 3 8 4", "headache 8", "all fine", "back 2")))
    def answers(self, user: int, line: str) -> None:
        self.acted(user, lambda session, one, now: typed.say(session, one, now, Said(line, now)))

    @rule(user=who, how=st.sampled_from(("done", "not_today", "15", "60")))
    def responds(self, user: int, how: str) -> None:
        """Tap under the last message of the clock's: done with it, not today, or later."""

        def do(session: Session, one: User, now: datetime) -> None:
            mine = select(outbox.c.id).where(outbox.c.user_id == one.id, outbox.c.state == "sent")
            last = session.execute(mine.order_by(outbox.c.id.desc()).limit(1)).scalar_one_or_none()
            if last is not None:
                taps = {"done": tips.done, "not_today": tips.not_today}
                taps.get(how, partial(tips.later, when=how))(session, one, now, str(last))

        self.acted(user, do)

    @rule(user=who, ends=st.sampled_from((attack.over, attack.still, attack.slip)))
    def has_an_attack(self, user: int, ends: Callable[[Session, User, datetime, str], object]) -> None:
        """Begin one; where one goes on, say what becomes of it."""

        def do(session: Session, one: User, now: datetime) -> None:
            today = now.date()
            open_ = events.of_user(session, one.id, today - timedelta(days=4), today + timedelta(days=1), "attack")
            ongoing = next((event for event in open_ if event.details["over"] is None), None)
            if ongoing is None:
                attack.start(session, one, now)
            else:
                ends(session, one, now, str(ongoing.id))

        self.acted(user, do)

    @rule(user=who, change=st.sampled_from(("walk", "screens_off")), ago=st.sampled_from((58, 0, 20, 56)))
    def tries_something(self, user: int, change: str, ago: int) -> None:
        self.begin_try(user, change, ago)

    def begin_try(self, user: int, change: str, ago: int) -> None:
        """Begin a try, perhaps one that is nearly over; where one is on, end it or set its time."""

        def do(session: Session, one: User, now: datetime) -> None:
            mine = events.of_user(session, one.id, date.min, date.max, "try")
            tries.begin(session, one, now, change, "8")
            begun = events.of_user(session, one.id, date.min, date.max, "try")
            if len(begun) > len(mine):
                moved = events.move(session, begun[-1], begun[-1].day - timedelta(days=ago))
                profiles.change(session, one.id, try_from=moved.day.isoformat())
                for reminder in reminders.of_user(session, one.id, TRIED):
                    reminders.change(session, reminder, now)
            elif ago == 20:
                tries.end(session, one, now, str(begun[-1].details["seed"]))
            elif ago == 56:
                actions.type_time(session, one, now, "k-try", "3:15" if change == "walk" else "weekends 12:00")

        self.acted(user, do)

    @rule(user=who, at=st.sampled_from(("0000", "0400", "0600")))
    def starts_days(self, user: int, at: str) -> None:
        self.acted(user, lambda session, one, now: settings.set_day_start(session, one, now, at))

    @precondition(lambda self: self.acts >= ACTS_BEFORE_A_LOOK)
    @rule(minutes=st.integers(30, 1800) | st.integers(30, 9000))
    def time_passes(self, minutes: int) -> None:
        """Look at what /next says, then let time pass with nobody doing anything, and compare."""
        self.acts = 0
        self.tally.steps += 1
        self.loop.run(settle(self.telegram))
        self.tally.came += self.loop.run(as_foretold(self.telegram, timedelta(minutes=minutes)))

    @precondition(lambda self: self.acts >= ACTS_BEFORE_A_LOOK)
    @rule(seconds=st.sampled_from((0, 600, 7200, 90_000, 260_000)))
    def is_off(self, seconds: int) -> None:
        """Stop the bot, and start it again after a while."""
        self.acts = 0
        self.tally.steps += 1
        self.loop.run(self.telegram.stop_bot())
        self.telegram.clock.moves(seconds)
        self.loop.run(self.telegram.start_bot())
        self.loop.run(self.telegram.tick())


def test_next_never_lies() -> None:
    worlds = side_by_side(live, WORLDS)
    assert sum(world.steps for world in worlds) >= 20_000
    assert sum(world.twice for world in worlds) == 0
    came = sum((world.came for world in worlds), Counter[str]())
    kinds = (CHECKIN, SUMMARY, "water", "morning", TRY, TRIED)
    assert min(came[kind] for kind in kinds) > 10, f"things were sent: {came}"


def live(chance: int, folder: Path) -> Tally:
    """Let the machine live its lives in a world; returns what was seen."""
    Foretold.folder, Foretold.tally = folder, Tally()
    run_state_machine_as_test(
        seed(chance)(Foretold),
        settings=hypothesis_settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # cutting a life down would take longer than all of them
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Foretold.tally


async def settle(telegram: Telegram) -> None:
    """Let what is due this very moment go out: it was due before /next was asked."""
    telegram.clock.moves(1)
    await telegram.tick()


async def as_foretold(telegram: Telegram, span: timedelta) -> Counter[str]:
    """Ask everybody's /next, let time pass with nobody doing anything, and compare. Returns what came, by kind."""
    asked_at = telegram.clock.now()
    until = asked_at + span

    def ask(session: Session) -> dict[int, Counter[tuple[str, datetime]]]:
        found = {}
        for user_id in PEOPLE:
            user = users.get(session, user_id)
            assert user is not None
            users.seen(session, user, asked_at)  # whoever asks what comes next is there: the cards' week begins anew
            sends = next_.next_sends(session, user, asked_at)
            found[user_id] = Counter((each.kind, minute(each.at)) for each in sends if each.at < until)
        return found

    foretold = await telegram.database.write(ask)
    while (moment := await next_moment(telegram, until)) < until:
        telegram.clock.moves(max(0.0, (moment - telegram.clock.now()).total_seconds()))
        await telegram.tick()

    def see(session: Session) -> dict[int, Counter[tuple[str, datetime]]]:
        found: dict[int, Counter[tuple[str, datetime]]] = {user_id: Counter() for user_id in foretold}
        sent = select(outbox).where(outbox.c.state == "sent", outbox.c.sent_at >= asked_at, outbox.c.kind != NUDGE)
        for row in session.execute(sent):
            found[row.user_id][row.kind, minute(row.sent_at)] += 1
            user = users.get(session, row.user_id)
            assert user is not None
            quiet = quiet_until(from_text(user.quiet), minute(row.sent_at), user.zone)
            chosen = row.kind in (CHECKIN, "morning") and row.sent_at - row.due_at < ON_TIME
            assert quiet is None or chosen, f"{row.kind} for {row.user_id} at {row.sent_at} in quiet hours"
        return found

    sent = await telegram.database.write(see)
    for user_id, said in foretold.items():
        assert sent[user_id] == said, f"{user_id}: foretold {said - sent[user_id]}, came {sent[user_id] - said}"
    if telegram.clock.now() < until:
        telegram.clock.moves((until - telegram.clock.now()).total_seconds())
    return sum((Counter(kind for kind, _ in said.elements()) for said in sent.values()), Counter())


def cards_twice_a_day(session: Session) -> int:
    found = select(outbox.c.user_id, outbox.c.slot, func.count().label("many")).where(
        outbox.c.kind == CHECKIN, outbox.c.state == "sent"
    )
    return sum(row.many > 1 for row in session.execute(found.group_by(outbox.c.user_id, outbox.c.slot)))


def minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


async def next_moment(telegram: Telegram, otherwise: datetime) -> datetime:
    def read(session: Session) -> datetime:
        planned = session.execute(select(func.min(times.c.next_at))).scalar_one()
        owed = session.execute(select(func.min(outbox.c.not_before)).where(outbox.c.state == "due")).scalar_one()
        return min((found for found in (planned, owed) if found is not None), default=otherwise)

    return await telegram.database.write(read)


async def move_in(telegram: Telegram, zones: Sequence[str]) -> None:
    now = telegram.clock.now()

    def settle_in(session: Session) -> None:
        for user_id, zone in zip(PEOPLE, zones, strict=True):
            moves_in(session, users.stranger(user_id, "en", zone, now), now)
            for kind, days in ((CHECKIN, EVERY_DAY), (SUMMARY, frozenset({6}))):
                reminders.add(session, user_id, kind, Schedule(now.time().replace(hour=20), days, zone), now)

    await telegram.database.write(settle_in)
    for user_id in PEOPLE:
        telegram.api.join(user_id, f"Person {user_id}")
        telegram.api.chats.by_id[user_id].standing = "open"
