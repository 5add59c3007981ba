"""A walk through the bot's life: three people, crashes, troubles and time, step by step, compared with the model."""

import asyncio
import random
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.actions.buttons import digits_of
from bot.domain.quiet import NEVER
from bot.domain.reminders import CHECKIN, EVERY_DAY
from bot.domain.schedule import DAY, Schedule, day_of, local, next_occurrence
from bot.sandbox.person import Person
from bot.sandbox.rules import Json
from bot.sandbox.updates import Waiting
from bot.store.database import Session
from bot.store.outbox import Owed
from jobs.upkeep import carry_out_erasures, tidy
from tests.faults.household import TIP
from tests.faults.line import TROUBLES, Line
from tests.faults.model import AGREE, FOR_EVER, Act, Diary, Plan
from tests.faults.sights import CARD, buttons, day_on, question_on, shows
from tests.faults.stored import Stored, differences, is_quiet, must_be_sound, stored
from tests.faults.world import World

LINES = (
    "all fine", "6 3 7.5 4", "7 0 6 2 3", "headache 6, back 3, slept 7.5, posture 4", "no pain", "headache 2",
    "back 5 and slept 8", "no headache, back 2", "6 3 6 2 3", "headache 11", "headache 6, weather 3",
)  # fmt: skip
ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu", "America/Havana")
FAILURES = frozenset({
    "update.failed", "update.not_handled", "update.unreadable", "turn.failed", "reply.failed", "delivery.failed",
    "update.does_not_open", "turn.not_set_aside", "person.too_much",
})  # fmt: skip
A_WHILE = timedelta(seconds=100)
"""Telegram forgets a tap after 150 s."""


class Walk:
    """One world, in which every step is a method that is given its own chance; `rest` compares it with the model."""

    IDS = (1001, 1002, 1003)
    NEIGHBOUR = 2001

    def __init__(self, all_is: World, logs: list[Any]) -> None:
        self.all_is = all_is
        self.api = all_is.api
        self.clock = all_is.clock
        self.logs = logs
        self.line = Line(self.api, self._wanted)
        self.alive = False
        self.acts: list[Act] = []
        self.recent: deque[tuple[Act, Waiting]] = deque(maxlen=6)
        self.erased_at_message = dict.fromkeys((*self.IDS, self.NEIGHBOUR), 0)
        self.compared = self.cards_awaited = 0
        self.compared_at = self.clock.now()
        self.opened: dict[bytes, Any] = {}

    async def goes(self, steps: Sequence[tuple[str, int]]) -> None:
        now = self.clock.now()
        at = (now + timedelta(minutes=5)).time().replace(second=0, microsecond=0)
        *self.people, self.neighbour = self.all_is.people([*self.IDS, self.NEIGHBOUR], at=at, kinds=(CHECKIN, TIP))
        self.diaries = {user_id: Diary(user_id, quiet=NEVER, at=at, on=True, loud_since=now) for user_id in self.IDS}
        for diary in self.diaries.values():
            diary.plans.append(Plan(now, Schedule(at, EVERY_DAY, "UTC")))
        for name, seed in (("rest", 0), *steps, ("rest", 0)):
            await getattr(self, name)(random.Random(seed))
        for problem in self.line.too_often():
            raise AssertionError(f"too often: {problem}")

    # Time, the process and the line

    async def wait(self, chance: random.Random) -> None:
        await self._passes(seconds=chance.choice((0.0, 0.02, 0.03, 0.06, 0.08, 0.11, 0.3, 1, 3, 8, 30)))

    async def wait_long(self, chance: random.Random) -> None:
        self.all_is.beat = 60
        await self._passes(minutes=chance.choice((2, 10, 61, 95)))
        self.all_is.beat = 5

    async def wait_for_a_card(self, chance: random.Random) -> None:
        """Sleep until shortly before somebody's card is due, and see what comes."""
        plans = self.diaries[chance.choice(self.IDS)].plans
        found = next_occurrence(plans[-1].schedule, self.clock.now()) if plans and plans[-1].schedule else None
        if found is None:
            return
        before = found.at - timedelta(seconds=chance.choice((2, 5, 30)))
        if before > self.clock.now():
            self._sleeps(before - self.clock.now())
        late = chance.choice((0.02, 0.05, 0.07, 0.1, 0.5, 3, 20, 70, 200))
        await self._passes(seconds=(found.at - self.clock.now()).total_seconds() + late)

    async def sleep(self, chance: random.Random) -> None:
        """Let the machine be off, or asleep, for a while."""
        self._sleeps(timedelta(hours=chance.choice((0.04, 0.5, 3, 5, 11, 26, 80))))
        await self._passes(seconds=0.01)

    async def kill(self, chance: random.Random) -> None:
        if not self.alive:
            return
        self.line.is_cut()
        self.alive = False
        await self.all_is.stops()
        last_words = asyncio.all_tasks() - {asyncio.current_task()}
        for task in last_words:
            task.cancel()
        await asyncio.gather(*last_words, return_exceptions=True)
        self._nothing_failed("Closed")

    async def start(self, chance: random.Random) -> None:
        if not self.alive:
            await self.all_is.starts()
            await carry_out_erasures(self.all_is.database)
            self.alive = True
            self.line.is_calm_from_now_on()

    async def worsen(self, chance: random.Random) -> None:
        self.line.trouble, self.line.chance = chance.choice(TROUBLES), chance

    async def clear(self, chance: random.Random) -> None:
        if self.line.trouble:
            self.line.trouble = ""
            self.line.is_calm_from_now_on()

    # What people do

    async def tap(self, chance: random.Random) -> None:
        """Tap any button of one of the last cards, the newest most likely."""
        one = chance.choice(self.people)
        if cards := list(self._cards(one)):
            message = cards[min(len(cards) - 1, int(chance.expovariate(1)))]
            self._taps(one, chance.choice(buttons(message, CARD)), message["message_id"])

    async def forge(self, chance: random.Random) -> None:
        """Tap what stands on somebody else's card, or nothing at all."""
        one, other = chance.sample(self.people, 2)
        theirs = [data for card in self._cards(other) for data in buttons(card, CARD - {"yesterday"})]
        self._taps(one, chance.choice(["", *theirs]))

    async def say(self, chance: random.Random) -> None:
        one = chance.choice(self.people)
        if day := self._day_meant(one):
            self._says(one, chance.choice(LINES), day=day)

    async def type_a_number(self, chance: random.Random) -> None:
        """Answer the question that stands on today's card, the newest one there is."""
        one = chance.choice(self.people)
        if not self._is_calm():
            return
        await self._passes(seconds=3)
        newest = next(self._cards(one), None)
        asked, day = question_on(newest) if newest else "", self._day_meant(one)
        if newest and asked and self._today(one) == self._day_on(newest) == day:
            self._says(one, chance.choice(("3", "0", "7.5", "5", "12")), day=day, asked=asked)
            await self._passes(seconds=1)

    async def open(self, chance: random.Random) -> None:
        self._says(chance.choice(self.people), "/checkin")

    async def take_back(self, chance: random.Random) -> None:
        """Type a line, and take it back with the button under what was understood."""
        one = chance.choice(self.people)
        if not self._is_calm():
            return
        await self._passes(seconds=3)
        seen, day = self._newest(one), self._day_meant(one)
        if day is None or not self._says(one, chance.choice(LINES), day=day):
            return
        stamp = self.acts[-1].update_id
        await self._passes(seconds=chance.choice((1, 6)))
        for message in self._cards(one):
            undo = buttons(message, {"undo"})
            if undo and message["message_id"] > seen:
                self.diaries[one.user_id].undos[undo[0]] = stamp
                self._taps(one, undo[0], message["message_id"])
                return

    async def come_again(self, chance: random.Random) -> None:
        """Let Telegram forget that it has brought an update."""
        fresh = [update for _, update in self.recent if self.clock.now() - update.at < A_WHILE]
        if fresh:
            updates = self.api.updates
            updates.queue = deque(sorted([*updates.queue, chance.choice(fresh)], key=lambda update: update.update_id))
            updates.arrived.ring()

    async def tap_again(self, chance: random.Random) -> None:
        """Let an app send a tap once more, as after a reconnect: Telegram takes it for another one."""
        taps = [(act, update) for act, update in self.recent if act.data and not act.data.startswith("erase")]
        fresh = [(act, update) for act, update in taps if self.clock.now() - update.at < A_WHILE]
        if fresh:
            act, update = chance.choice(fresh)
            if self._is_open(act.user_id):
                self.api.push(update.body)
                self._acted(act.user_id, data=act.data, message_id=act.message_id)

    async def set_time(self, chance: random.Random) -> None:
        """Ask for the card at another hour, perhaps in a minute: today's may have come, or be on its way."""
        one, soon = chance.choice(self.people), self.clock.now() + timedelta(minutes=chance.choice((-2, 1, 1, 5, 600)))
        there = local(soon, self.diaries[one.user_id].zone)
        self._taps(one, f"time:k-checkin:{there:%H%M}")
        await self._passes(seconds=chance.choice((0, 0, 62 - soon.second)))

    async def move(self, chance: random.Random) -> None:
        self._taps(chance.choice(self.people), f"zone:{chance.choice(ZONES)}")

    async def pause(self, chance: random.Random) -> None:
        self._taps(chance.choice(self.people), f"pause:{chance.choice((0, 1, 3))}")

    async def resume(self, chance: random.Random) -> None:
        self._says(chance.choice(self.people), "/resume")

    async def switch(self, chance: random.Random) -> None:
        self._taps(chance.choice(self.people), f"switch:checkin:{chance.choice(('on', 'on', 'off'))}")

    async def remind(self, chance: random.Random) -> None:
        """Ask for a reminder in a minute, and see whether it comes."""
        one, soon = chance.choice(self.people), self.clock.now() + timedelta(minutes=1)
        there = local(soon, self.diaries[one.user_id].zone)
        self._taps(one, f"time:n-{chance.choice(('water', 'relax'))}:{there:%H%M}")
        await self._passes(seconds=60 - soon.second + chance.choice((0.02, 0.06, 3, 70)))

    async def respond(self, chance: random.Random) -> None:
        """Tap what stands under a reminder."""
        one = chance.choice(self.people)
        responses = {"done", "later", "not_today"}
        found = [
            (data, message["message_id"]) for message in self._messages(one) for data in buttons(message, responses)
        ]
        if found:
            self._taps(one, *chance.choice(found))

    async def block(self, chance: random.Random) -> None:
        one = chance.choice(self.people)
        if self._is_open(one.user_id):
            await one.blocks()
            self._acted(one.user_id, member="kicked")

    async def unblock(self, chance: random.Random) -> None:
        for one in self.people:
            if not self._is_open(one.user_id):
                await one.unblocks()
                self._acted(one.user_id, member="member")

    async def delete(self, chance: random.Random) -> None:
        """Have everything erased, in the middle of whatever there is."""
        one = chance.choice(self.people)
        await self.rest(chance)
        if chance.random() < 0.5:
            await self.worsen(chance)
        await self.wait_for_a_card(chance)
        self._taps(one, f"erase:{digits_of(self.clock.now())}")
        await self.wait(chance)
        if chance.random() < 0.5:
            await self.kill(chance)
        await self.rest(chance)
        if not self.diaries[one.user_id].here:
            # Whoever comes back is somebody new, and of what came before nothing can come a second time.
            self.erased_at_message[one.user_id] = self.api.chats.last_message
            self.line.forgets(one.user_id)
            self.compared = len(self.line.sent)
            self.recent.clear()

    async def come_back(self, chance: random.Random) -> None:
        for one in self.people:
            if not self.diaries[one.user_id].here and self._says(one, "/start"):
                for data in (AGREE, f"zone:{chance.choice(ZONES)}", "start_time:2000"):
                    self._taps(one, data)
                    await self.wait(chance)

    # The model

    async def rest(self, chance: random.Random) -> None:
        """Let everything become well and quiet, then compare."""
        await self.clear(chance)
        await self.start(chance)
        if chance.random() < 0.3:
            await self._passes(minutes=4)
        for _ in range(200):
            await self._passes(seconds=2)
            if self._is_calm() and not self.api.updates.queue and await self.all_is.database.write(is_quiet):
                break
        else:
            raise AssertionError("it does not come to rest")
        self._nothing_failed()
        now = self.clock.now()
        # That somebody blocked us we find out, if not from Telegram's word then from the next message that is refused.
        done = [act for act in self.acts if act.update_id not in self.line.lost or act.member == "kicked"]
        self.acts.clear()
        for act in done:
            self.diaries[act.user_id].does(act, now)
        found = await self.all_is.database.write(self._read)
        for one in self.people:
            self._compare(self.diaries[one.user_id], found[one.user_id], now)
            self._screen_shows_it(one, [act for act in done if act.user_id == one.user_id])
        self.compared, self.compared_at = len(self.line.sent), now
        await self._the_neighbour_is_served()
        if chance.random() < 0.1:
            await tidy(self.all_is.database, now)
            await self.all_is.database.checkpoint()

    def _compare(self, diary: Diary, found: Stored, now: datetime) -> None:
        who = f"{diary.user_id} at {now:%Y-%m-%d %H:%M:%S}"
        assert found.answers == diary.kept(), f"answers: {who}: {differences(found.answers, diary.kept())}"
        if not diary.here:
            assert found.rows == 0, f"rows of somebody erased: {who}: {found.rows}"
            return
        if found.rests and not diary.paused_until:
            diary.paused_until = diary.loud_since = FOR_EVER  # the bot rests by itself where nobody answers any more
        wanted = diary.zone, (diary.at, diary.zone, diary.on) if diary.at else None
        assert (found.zone, found.card) == wanted, f"settings: {who}: {found} instead of {wanted}"
        for sent in self.line.sent[self.compared :]:
            assert not sent.unwanted, f"unwanted: {sent}"
            if sent.user_id == diary.user_id and sent.kind == CHECKIN and sent.due_at > diary.plans[0].asked_at:
                assert diary.planned(sent.due_at, sent.slot), f"unplanned: {sent}, {diary.plans}"
        if slot := diary.awaited(self.line.calm_since, now):
            self.cards_awaited += 1
            key = diary.user_id, CHECKIN, slot
            came = self.line.missed.get(key, 0) > 1 or any(sent.key == key for sent in self.line.sent)
            assert came, f"no card: {who}: {slot}, calm since {self.line.calm_since}"

    def _screen_shows_it(self, one: Person, done: Sequence[Act]) -> None:
        """Check that what is kept stands on a copy of the card that was tapped last, where nothing was done since.

        Not always on the one that was tapped: after a crash a card is drawn again where the bot last knew it.
        """
        diary = self.diaries[one.user_id]
        day = diary.cards.get(done[-1].data.partition(":")[2].split(":")[0]) if done else None
        copies = [message for message in self._cards(one) if day and self._day_on(message) == day]
        shown = [message for message in copies if day and shows(message, diary.present(day))]
        assert shown or not copies or not day, f"screen: {one.user_id} sees {copies}, kept is {diary.present(day)}"

    async def _the_neighbour_is_served(self) -> None:
        before = self._newest(self.neighbour)
        await self.neighbour.says("/help")
        for _ in range(100):
            await self._passes(seconds=0.4)
            if self._newest(self.neighbour) > before:
                return
        raise AssertionError("the process answers no more")

    def _read(self, session: Session) -> dict[int, Stored]:
        must_be_sound(session)
        return {user_id: stored(session, user_id, self.opened) for user_id in self.IDS}

    def _wanted(self, owed: Owed, began: datetime, now: datetime) -> bool:
        """Tell whether the clock may write; what it had begun already may come, when the machine wakes up or whenever.

        What somebody has just done may have ended silence, or not yet begun it.
        """
        diary = self.diaries.get(owed.user_id)
        begun = began - max(self.line.calm_since, self.compared_at) < timedelta(seconds=1)
        unsure = diary is None or begun or any(act.user_id == owed.user_id for act in self.acts)
        return unsure or diary.wants(owed.kind, owed.due_at, now)

    def _nothing_failed(self, *expected: str) -> None:
        failed = [line for line in self.logs if line["event"] in FAILURES and line.get("trouble") not in expected]
        self.logs.clear()
        assert not failed, f"{failed[0]['event']} {failed[0].get('trouble')}: {failed[0]}"

    # What people see

    def _messages(self, one: Person) -> Iterator[Json]:
        """Yield what the bot said last, newest first; nothing from before somebody was erased."""
        chat = self.api.chats.by_id[one.user_id].messages
        for message_id in list(chat)[:-40:-1]:
            if chat[message_id]["from"]["is_bot"] and message_id > self.erased_at_message[one.user_id]:
                yield chat[message_id]

    def _cards(self, one: Person) -> Iterator[Json]:
        """Yield the last cards, newest first; which card is of which day is noted."""
        known = self.diaries[one.user_id].cards
        for message in self._messages(one):
            day, data = self._day_on(message), buttons(message, CARD)
            if day and data:
                for card in {found.split(":")[1] for found in data if ":" in found}:
                    assert known.setdefault(card, day) == day, f"a card of {known[card]} has become one of {day}"
                yield message

    def _day_on(self, message: Json) -> date | None:
        return day_on(message, self.clock.now().date())

    def _day_meant(self, one: Person) -> date | None:
        """Return the day that words are about: today, or yesterday where its card was opened after today's.

        None where that is not certain: the bot may not know of a card they see, or what time it is where they are, or
        a card lives twice because its old copy was tapped while it moved.
        """
        moves = (AGREE, "zone:")
        if any(act.user_id == one.user_id and act.data.startswith(moves) for act in self.acts):
            return None
        cards = list(self._cards(one))
        days = [self._day_on(message) for message in cards]
        if len(set(days)) < len(days) or any(message["message_id"] in self.line.untold for message in cards):
            return None
        today = self._today(one)
        return today - DAY if days[:1] == [today - DAY] and today in days else today

    def _today(self, one: Person) -> date:
        return day_of(self.clock.now(), self.diaries[one.user_id].zone)

    def _newest(self, one: Person) -> int:
        return next((message["message_id"] for message in self._messages(one)), 1)

    def _is_open(self, user_id: int) -> bool:
        return self.api.chats.by_id[user_id].standing != "blocked"

    # How it is done

    def _says(self, one: Person, text: str, day: date | None = None, asked: str = "") -> bool:
        if self._is_open(one.user_id):
            self.api.says(one.user_id, text)
            self._acted(one.user_id, text=text, day=day, asked=asked)
        return self._is_open(one.user_id)

    def _taps(self, one: Person, data: str, message_id: int | None = None) -> None:
        if self._is_open(one.user_id):
            # What is set is not set on a card, which would be gone with it.
            others = (m["message_id"] for m in self._messages(one) if not self._day_on(m))
            shown = next(others, 1) if message_id is None else message_id
            self.api.taps(one.user_id, shown, data)
            self._acted(one.user_id, data=data, message_id=shown)

    def _acted(self, user_id: int, **what: Any) -> None:
        update = self.api.updates.queue[-1]
        act = Act(user_id, update.update_id, self.clock.now(), **what)
        self.acts.append(act)
        if self.diaries[user_id].here:  # of a stranger nothing is kept, not even which updates were there
            self.recent.append((act, update))

    def _sleeps(self, span: timedelta) -> None:
        self.clock.jumps(span)
        self.line.is_calm_from_now_on()

    async def _passes(self, **span: float) -> None:
        await (self.all_is.passes if self.alive else self.all_is.passes_without_bot)(**span)

    def _is_calm(self) -> bool:
        return self.alive and not self.line.trouble and self.line.calm_since <= self.clock.now()
