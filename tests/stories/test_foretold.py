"""Whatever people do, /next never lies: what it foretells is sent at that minute and nothing else is, none of it in
quiet hours, and no card twice a day. A long walk of twenty people who change everything all the time."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from bot.actions import attack, checkin, next_, privacy, settings, tips
from bot.actions import reminders as actions
from bot.domain.peace import ON_TIME
from bot.domain.quiet import from_text, quiet_until
from bot.domain.reminders import CHECKIN, EVERY_DAY, NUDGE, SUMMARY
from bot.domain.schedule import Schedule
from bot.render.message import Reply, Sorry
from bot.store import events, reminders, users
from bot.store.database import Session
from bot.store.tables import outbox
from bot.store.tables import reminders as times
from bot.store.users import User
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settings_in
from tests.stories.conftest import side_by_side

WORLDS = (4, 5)
"""Lived side by side, each by a chance of its own."""

STEPS = 10_000
"""In each of them."""

PEOPLE = 20
ACTS_BEFORE_A_LOOK = 5
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
Do = Callable[[Session, User], Reply | None]


class Walker:
    """Somebody who changes everything all the time."""

    def __init__(self, user_id: int, chance: random.Random) -> None:
        self.id = user_id
        self.chance = chance

    def act(self, now: datetime, session: Session) -> None:
        """Do one thing; what the bot declines changes nothing."""
        user = users.get(session, self.id)
        assert user is not None
        does = self.chance.choice(
            [
                *(
                    self._reminds,
                    self._reminds,
                    self._removes,
                    self._moves,
                    self._is_quiet,
                    self._pauses,
                    self._resumes,
                ),
                *(self._answers, self._answers, self._snoozes, self._snoozes, self._has_an_attack, self._starts_days),
                *(self._keeps, self._undoes),
            ]
        )
        try:
            with session.connection.begin_nested():
                users.seen(session, user, now)
                does(session, user, now)
        except Sorry:
            pass

    def _reminds(self, session: Session, user: User, now: datetime) -> None:
        actions.remind(session, user, now, self.chance.choice(LINES))

    def _removes(self, session: Session, user: User, now: datetime) -> None:
        theirs = [one for one in reminders.of_user(session, user.id) if one.kind not in (CHECKIN, SUMMARY)]
        if theirs:
            actions.remove(session, user, now, self.chance.choice(theirs).kind)

    def _undoes(self, session: Session, user: User, now: datetime) -> None:
        retired = [one for one in reminders.ever(session, user.id, "") if one.next_at is None and one.on]
        if retired:
            one = self.chance.choice(retired)
            at = session.execute(select(times.c.retired_at).where(times.c.id == one.id)).scalar_one()
            if at is not None:
                actions.put_back(session, user, now, one.kind, str((at - actions.EPOCH) // actions.MICROSECOND))

    def _moves(self, session: Session, user: User, now: datetime) -> None:
        settings.set_zone(session, user, now, self.chance.choice(ZONES))
        if self.chance.random() < 0.5:
            moved = users.get(session, user.id)
            assert moved is not None
            settings.keep_home_time(session, moved, now, user.zone)

    def _is_quiet(self, session: Session, user: User, now: datetime) -> None:
        settings.type_quiet(
            session, user, now, self.chance.choice(("22-8", "never", "0:00-6:30", "weekends 20-11", "13-14"))
        )

    def _pauses(self, session: Session, user: User, now: datetime) -> None:
        settings.ask_pause(session, user, now, self.chance.choice(("1", "2", "until Friday")))

    def _resumes(self, session: Session, user: User, now: datetime) -> None:
        settings.resume(session, user, now)

    def _answers(self, session: Session, user: User, now: datetime) -> None:
        checkin.say(session, user, now, self.chance.choice(("3 3 8 4", "headache 8", "all fine", "back 2")), now)

    def _snoozes(self, session: Session, user: User, now: datetime) -> None:
        found = (
            select(outbox.c.id)
            .where(outbox.c.user_id == user.id, outbox.c.state == "sent")
            .order_by(outbox.c.id.desc())
        )
        last = session.execute(found.limit(1)).scalar_one_or_none()
        if last is not None:
            does = self.chance.choice(
                (tips.done, tips.not_today, partial(tips.later, when=self.chance.choice(("15", "60"))))
            )
            does(session, user, now, str(last))

    def _has_an_attack(self, session: Session, user: User, now: datetime) -> None:
        today = now.date()
        open_ = events.of_user(session, user.id, today - timedelta(days=4), today + timedelta(days=1), "attack")
        ongoing = next((event for event in open_ if event.details["over"] is None), None)
        if ongoing is None:
            attack.start(session, user, now)
        else:
            self.chance.choice((attack.over, attack.still, attack.slip))(session, user, now, str(ongoing.id))

    def _starts_days(self, session: Session, user: User, now: datetime) -> None:
        settings.set_day_start(session, user, now, self.chance.choice(("0000", "0400", "0600")))

    def _keeps(self, session: Session, user: User, now: datetime) -> None:
        privacy.keep(session, user, now)


def test_next_never_lies() -> None:
    for came, twice in side_by_side(walk, WORLDS):
        assert min(came[kind] for kind in (CHECKIN, SUMMARY, "water", "morning")) > 10, f"things were sent: {came}"
        assert twice == 0


def walk(seed: int, folder: Path) -> tuple[Counter[str], int]:
    """Return what came, by kind, and how many days had a second card."""
    return asyncio.run(walks(Telegram(settings_in(folder), HandClock(NOON)), random.Random(seed)))


async def walks(telegram: Telegram, chance: random.Random) -> tuple[Counter[str], int]:
    await telegram.start_bot()
    walkers = await move_in(telegram, chance)
    came: Counter[str] = Counter()
    steps = 0
    while steps < STEPS:
        for walker in walkers:
            for _ in range(ACTS_BEFORE_A_LOOK):
                telegram.database.submit(partial(walker.act, telegram.clock.now()))
                steps += 1
        await settle(telegram)
        came += await as_foretold(telegram, timedelta(minutes=chance.randint(30, 1800)))
        if chance.random() < 0.1:
            await telegram.restart_bot()
        if chance.random() < 0.1:
            await telegram.stop_bot()
            telegram.clock.moves(chance.choice((600, 7200, 90_000, 260_000)))
            await telegram.start_bot()
            await telegram.tick()
    twice = await telegram.database.write(cards_twice_a_day)
    await telegram.stop_bot()
    return came, twice


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
        for user_id in range(1001, 1001 + PEOPLE):
            user = users.get(session, user_id)
            assert user is not None
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


async def move_in(telegram: Telegram, chance: random.Random) -> list[Walker]:
    now = telegram.clock.now()
    walkers = [Walker(1001 + n, random.Random(chance.random())) for n in range(PEOPLE)]

    def settle_in(session: Session) -> None:
        for walker in walkers:
            zone = chance.choice(ZONES)
            users.add(session, users.stranger(walker.id, "en", zone, now), now)
            for kind, days in ((CHECKIN, EVERY_DAY), (SUMMARY, frozenset({6}))):
                reminders.add(session, walker.id, kind, Schedule(now.time().replace(hour=20), days, zone), now)

    await asyncio.wrap_future(telegram.database.submit(settle_in))
    for walker in walkers:
        telegram.api.join(walker.id, f"Person {walker.id}")
        telegram.api.chats.by_id[walker.id].standing = "open"
    return walkers
