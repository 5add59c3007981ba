"""A witness of two chats: remembers every button that ever stood there, taps it, and says what must come of it.

What a tap must do is read off the button and off the day written above it, never off the code that reads the tap.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.actions.buttons import instant_of
from bot.domain.questions import BY_KEY, Answers, Hours, Value, allowed
from bot.sandbox.person import Person, inline
from bot.sandbox.rules import Json
from bot.store import checkins, events, users
from bot.store.database import Session
from bot.store.tables import answers
from bot.store.tables import checkins as cards
from tests.conftest import Telegram
from tests.faults.sights import DAY_ON_CARD, ENGLISH
from tests.faults.test_odd_taps import rows_of

STORING = frozenset({"answer", "fine", "painless", "tick", "untick", "ticked", "skip", "rest"})
OF_A_CARD = STORING | {"page", "on", "undo", "note", "unnote", "period"}
"""The buttons that name a check-in: `name:check-in:…`."""

SCORED = frozenset({"headache", "back", "sleep_quality", "posture"})
NO_PAIN: Answers = {"headache": 0, "back": 0}
FINE: Answers = {**NO_PAIN, "sleep_hours": Hours(6, 24), "sleep_quality": 4, "posture": 4}
NOT_KEPT = "That card is not kept here any more. /checkin opens today’s."
OUT_OF_REACH = "I can’t open that day. /history shows the days there are."
DAYS = {ENGLISH.day(day): day for day in (date(2025, 1, 1) + timedelta(days=n) for n in range(4 * 365))}
"""The days as cards name them; within these years each name is one day's."""

AN_HOUR = timedelta(hours=1)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True)
class Stood:
    """A button that stood in somebody's chat at some time. `day` is the one written on that message (the first of all
    where it was no card), `life` how often they had deleted everything before."""

    user_id: int
    message_id: int
    data: str
    day: date
    life: int = 0

    @property
    def name(self) -> str:
        return self.data.split(":")[0]


@dataclass(frozen=True)
class Kept:
    """What a diary holds: each answer's row as it lies there and its value, the days on which a period began, and those
    marked as filled in later. `today` is the day its person lives in; None where nothing is kept of them."""

    rows: Mapping[date, Mapping[str, Any]]
    values: Mapping[date, Answers]
    periods: frozenset[date]
    late: frozenset[date]
    today: date | None


class Witness:
    """`secrets` are words that each of the two may have written down, and the other must never see."""

    def __init__(self, telegram: Telegram, people: Sequence[Person], secrets: Sequence[str] = ()) -> None:
        self.telegram, self.api, self.people = telegram, telegram.api, people
        self.secrets = {one.user_id: secret for one, secret in zip(people, secrets, strict=False)}
        self.stood: dict[Stood, None] = {}
        self.looked_at: dict[tuple[int, int], Json] = {}
        self.lives = dict.fromkeys((one.user_id for one in people), 0)
        self.tapped: Counter[str] = Counter()

    def look(self) -> None:
        """Remember what stands in the chats now."""
        for one in self.people:
            for message in self.api.chat(one.user_id):
                where = one.user_id, message["message_id"]
                if self.looked_at.get(where) is not message:
                    self.looked_at[where] = message
                    self._looks_at(one, message)

    def _looks_at(self, one: Person, message: Json) -> None:
        foreign = [secret for user_id, secret in self.secrets.items() if user_id != one.user_id]
        said = one.look(message).text
        assert not any(secret in said for secret in foreign), f"{one.user_id} sees what is another's"
        for data in buttons(message):
            day = day_on(message)
            stood = Stood(one.user_id, message["message_id"], data, day or date.min, self.lives[one.user_id])
            assert stood.name not in OF_A_CARD or day, f"{data} stands on a card that does not say its day"
            self.stood[stood] = None

    async def kept(self, one: Person) -> Kept:
        now = self.telegram.clock.now()
        return await self.telegram.database.write(lambda session: kept(session, one.user_id, now))

    async def began(self, one: Person) -> datetime | None:
        """Return when a person's diary of now began; None where there is none."""
        found = await self.telegram.database.write(lambda session: users.get(session, one.user_id))
        return found.since if found else None

    async def untouched(self, one: Person, *, forged: bool) -> object:
        """Return what another's tap must leave alone: chat and answers, and of whoever's button is forged every row."""
        chat = self.api.chat(one.user_id)
        if not forged:
            return chat, (await self.kept(one)).rows
        return chat, await self.telegram.database.write(lambda session: rows_of(session, one.user_id))

    async def taps(self, stood: Stood, *, forged: bool = False, elsewhere: bool = False, times: int = 1) -> None:
        """Let its owner tap it, or the other one: on a message of their own (`elsewhere`) or on the owner's."""
        one, other = self.people if (self.people[0].user_id == stood.user_id) != forged else self.people[::-1]
        message_id = one.sees.message_id if forged and elsewhere else stood.message_id
        seen, said = self.api.chat(one.user_id), len(self.api.toasts(one.user_id))
        was, others = await self.kept(one), await self.untouched(other, forged=forged)
        began = await self.began(one)
        self.api.calls.clear()
        queries = [self.api.taps(one.user_id, message_id, stood.data) for _ in range(times)]
        await self.telegram.settle()
        self.look()
        now, toasts = await self.kept(one), set(self.api.toasts(one.user_id)[said:])
        what = f"{one.user_id} taps {stood} on {was.today}"
        assert not any(self.api.waiting_tap(query) for query in queries), f"{what}: hangs"
        assert toasts or any(call.chat_id == one.user_id for call in self.api.calls), f"{what}: silence"
        assert await self.untouched(other, forged=forged) == others, f"{what}: another's diary"
        self.lives[one.user_id] += was.today is not None and now.today is None
        if stood.name == "erase" and began is not None:
            asked = instant_of(stood.data.partition(":")[2])
            if asked and asked >= began and self.telegram.clock.now() - asked <= AN_HOUR:
                assert (now.rows, now.today) == ({}, None), what
            else:
                assert now.rows == was.rows, f"{what}: an old question deletes"
                asks = [
                    call for call in self.api.calls if "Delete everything about you?" in call.params.get("text", "")
                ]
                assert asks or forged, what  # in the message that was tapped, which need not be the newest
        elif stood.name not in OF_A_CARD:
            assert now.rows == was.rows, f"{what}: no button of a card's, and answers change"
            opens(stood, was.today, one, toasts, what)
        elif was.today is None or forged or stood.life < self.lives[one.user_id]:
            self.tapped["forged" if forged else "of an earlier life"] += 1
            assert (now.rows, now.periods) == (was.rows, was.periods), f"{what}: refused, and something changes"
            if was.today is None:
                assert "Send /start first" in one.sees.text, what
            else:
                assert toasts == {NOT_KEPT}, f"{what}: {toasts}"
                assert self.api.chat(one.user_id) == seen, f"{what}: refused, and something is shown"
        else:
            self.tapped.update((stood.name, age(stood.day, was.today)))
            lands(stood, was, was.today, now, what)
            says_its_day(stood, was.today, one, toasts, what)


def kept(session: Session, user_id: int, now: datetime) -> Kept:
    rows: dict[date, dict[str, Any]] = {}
    for row in session.execute(select(cards.c.day, answers).join(cards).where(cards.c.user_id == user_id)):
        rows.setdefault(row.day, {})[row.question] = row
    values = checkins.history(session, user_id, date.min, date.max)
    noted = events.of_user(session, user_id, date.min, date.max, "period")
    late = session.execute(select(cards.c.day).where(cards.c.user_id == user_id, cards.c.late)).scalars()
    user, today = users.get(session, user_id), None
    if user is not None:
        here = now.astimezone(ZoneInfo(user.zone)).replace(tzinfo=None)
        today = (here - timedelta(hours=user.day_start.hour)).date()
    return Kept(rows, values, frozenset(event.day for event in noted), frozenset(late), today)


def lands(stood: Stood, was: Kept, today: date, now: Kept, what: str) -> None:
    """Check that a tap on a card's button did to its own day what it says, and nothing else."""
    day = stood.day
    assert {**now.rows, day: 0} == {**was.rows, day: 0}, f"{what}: another day's answers"
    before, after = was.values.get(day, {}), now.values.get(day, {})
    rows, there = was.rows.get(day, {}), now.rows.get(day, {})
    assert after == meant(stood.data, before, rows, after), f"{what}: from {before} to {after}"
    for key, value in after.items():
        assert value is None or allowed(BY_KEY[key], value), f"{what}: {key} is {value!r}"
        if key in before and before[key] == value:
            assert there[key] == rows[key], f"{what}: {key} stays, and is written anew"
        elif stood.name != "undo":
            assert there[key].source == "tap", what
    began = {day} if stood.data.endswith(":on") else set()
    periods = was.periods - {day} | began if stood.name == "period" else was.periods
    assert now.periods == periods, what
    filled_in_later = {day} if stood.name in STORING and day < today else set()
    assert now.late == was.late | filled_in_later, f"{what}: marked late: {now.late}"


def says_its_day(stood: Stood, today: date, one: Person, toasts: set[str], what: str) -> None:
    """Check that the reply to a card's button names the card's day."""
    if stood.name == "note":
        assert one.sees.text.startswith(ENGLISH.day(stood.day)), f"{what}: {one.sees.text}"
    else:
        shown = next(seen for seen in one.chat if seen.message_id == stood.message_id)
        assert day_on(shown.body) == stood.day, f"{what}: {shown.text}"
    if stood.name in STORING:
        assert toasts == {f"Saved for {ENGLISH.day(stood.day)}" if stood.day < today else "Saved"}, f"{what}: {toasts}"


def opens(stood: Stood, today: date | None, one: Person, toasts: set[str], what: str) -> None:
    """Check that a button which opens the card of a day shows that day's, or says that it is out of reach."""
    if today is None or stood.name not in ("checkin", "yesterday", "open_day"):
        return
    days = {"checkin": today, "yesterday": today - timedelta(days=1)}
    day = days.get(stood.name) or date.fromisoformat(stood.data.partition(":")[2])
    if today - timedelta(days=366) <= day <= today:
        assert day_on(one.sees.body) == day, f"{what}: {one.sees.text}"
    else:
        assert toasts == {OUT_OF_REACH}, f"{what}: {toasts}"


def meant(data: str, said: Answers, rows: Mapping[str, Any], now: Answers) -> Answers:
    """Return what a card's button makes of what was `said` on its day (`rows`: as it lies there). Which questions "Skip
    the rest" skips and which values Undo brings back is taken from what is there `now`."""

    def chosen(key: str) -> frozenset[str]:
        value = said.get(key)
        return value if isinstance(value, frozenset) else frozenset()

    name, _, *rest = data.split(":")
    match [name, *rest]:
        case ["answer", key, code]:
            return {**said, key: value_of(key, code)}
        case ["tick", key, "none"]:
            return {**said, key: frozenset({"none"})}
        case ["tick", key, code]:
            return {**said, key: chosen(key) - {"none"} | {code}}
        case ["untick", key, code]:
            return {**said, key: chosen(key) - {code}}
        case ["ticked", key]:
            return said if said.get(key) else {**said, key: None}
        case ["skip", key]:
            return {**said, key: None}
        case ["fine"]:
            return {**said, **FINE}
        case ["painless"]:
            return {**said, **NO_PAIN}
        case ["rest"]:
            return {**dict.fromkeys(now), **said}
        case ["unnote"]:
            return {key: value for key, value in said.items() if key != "note"}
        case ["undo", at]:
            then = EPOCH + int(at) * MICROSECOND
            before = {key: row.earlier for key, row in rows.items() if row.answered_at == then}
            stays = {key: value for key, value in said.items() if key not in before}
            return {**stays, **{key: now.get(key) for key, earlier in before.items() if earlier}}
    return said


def value_of(key: str, code: str) -> Value:
    if key == "sleep_hours":
        low, high = code.split("-")
        return Hours(float(low), float(high))
    return int(code) if key in SCORED else code


def age(day: date, today: date) -> str:
    days = (today - day).days
    return {-1: "tomorrow’s", 0: "today’s", 1: "yesterday’s"}.get(days, "older" if days < 30 else "a month old")


def day_on(message: Json) -> date | None:
    """Return the day that a card is of, by what stands on it; None where it is no card."""
    found = DAY_ON_CARD.search(message.get("text", ""))
    return DAYS.get(found[1]) if found else None


def buttons(message: Json) -> list[str]:
    """Return what the buttons of a message send."""
    return [button["callback_data"] for row in inline(message) for button in row if "callback_data" in button]
