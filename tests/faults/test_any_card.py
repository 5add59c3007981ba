"""A tap on any card ever sent finds its own day or a kind word: random lives, taps on all that ever stood (T24)."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some

from bot.config import Access, KeyFile, Settings
from bot.config import Database as DatabaseSettings
from bot.sandbox.person import Person
from tests.clock import HandClock
from tests.conftest import NOON, Telegram, settings_in, settled_in
from tests.databases import Databases, Home
from tests.faults.promises import FULL, Figures, points
from tests.faults.test_odd_taps import nothing_fails
from tests.faults.witness import EPOCH, MICROSECOND, OF_A_CARD, Stood, Witness, buttons
from tests.store.schemas.released import KEPT, lay_out
from tests.stories.conftest import MEMORY
from tests.stories.test_foretold import next_moment
from tools.fixture import ANN, BEN, DAY, THEN

ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Chatham", "Asia/Kolkata", "Pacific/Auckland", "UTC")
COMMANDS = ("/checkin", "/settings", "/delete", "/log", "/attack", "/warning", "/reminders", "/visit")
LINES = (
    *("all fine", "no pain", "7", "3", "7.5", "headache 6, back 3, slept 7.5, posture 4", "headache 2", "slept badly"),
    *("headache 8 for 3 hours, took ibuprofen", "back 5 lower", "yesterday: headache 4", "no headache, back 2"),
    *("headache 11", "wednesday: back 3", "6 3 7.5 4", "headache 0", "yesterday: all fine"),
)
ASKED = ("short", "night", "first_days", "alcohol", "stress")
SETTINGS = (
    *(f"ask:{what}:{to}" for what in ASKED for to in ("on", "on", "off")),
    *("day_start:0000", "day_start:0400", "day_start:0600", "pause:3", "pause:0", "resume", "time:k-checkin:0930"),
    *(f"zone:{zone}" for zone in ZONES),
)
STEPS = {
    "passes_time": 6, "says": 3, "asks": 3, "fills_in": 4, "replies": 2, "corrects": 1, "writes_a_note": 2, "sets": 4,
    "opens_an_older_day": 3, "deletes": 1, "restarts": 1,
}  # fmt: skip
"""What happens, and how often among the others."""

Step = tuple[str, int, int]
"""What happens, to which of the two, and the seed of the chance that says how."""


class Life:
    """Two people in two zones who live with their cards as chance has it; every step is a method."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram

    async def begins(self, zones: Sequence[str]) -> None:
        await self.telegram.start_bot()
        people = [await settled_in(self.telegram, 1001 + n, f"Person {n}", zone) for n, zone in enumerate(zones)]
        self.witness = Witness(self.telegram, people, ("amber", "basalt"))
        self.witness.look()

    async def goes(self, steps: Sequence[Step]) -> None:
        for name, who, chance in steps:
            self.telegram.clock.moves(1)
            with nothing_fails():
                if name != "taps":
                    await self.come_back(Random(chance))
                await getattr(self, name)(self.witness.people[who], Random(chance))
            self.witness.look()
        await self.telegram.stop_bot()

    async def passes_time(self, one: Person, chance: Random) -> None:
        """Let hours or days go by, with the clock asking for cards."""
        until = self.telegram.clock.now() + timedelta(hours=chance.choice((1, 5, 9, 13, 20, 24, 30, 49, 170)))
        await self.passes(until)

    async def passes_a_month(self, one: Person, chance: Random) -> None:
        """Let some days go by with their cards, and weeks in which the machine sleeps."""
        await self.passes(self.telegram.clock.now() + timedelta(days=4))
        self.telegram.clock.moves(timedelta(days=chance.randint(25, 60)).total_seconds())

    async def passes(self, until: datetime) -> None:
        while (moment := await next_moment(self.telegram, until)) < until:
            self.jumps(moment)
            await self.telegram.tick()
            self.witness.look()
        self.jumps(until)

    def jumps(self, to: datetime) -> None:
        self.telegram.clock.moves(max(0.0, (to - self.telegram.clock.now()).total_seconds()))

    async def restarts(self, one: Person, chance: Random) -> None:
        await self.telegram.restart_bot()

    async def asks(self, one: Person, chance: Random) -> None:
        await one.says(chance.choice((*COMMANDS, *["/checkin"] * 8)))

    async def says(self, one: Person, chance: Random) -> None:
        await one.says(chance.choice(LINES))

    async def replies(self, one: Person, chance: Random) -> None:
        """Reply to some card with the line."""
        if found := self.its(one, OF_A_CARD):
            await one.says(chance.choice(LINES), reply_to=chance.choice(found).message_id)

    async def corrects(self, one: Person, chance: Random) -> None:
        typed = [seen.message_id for seen in one.chat if not seen.from_bot and seen.text in LINES]
        if typed:
            await one.edits(chance.choice(typed), chance.choice(LINES))

    async def writes_a_note(self, one: Person, chance: Random) -> None:
        if found := self.its(one, {"note"}):
            stood = chance.choice(found)
            await one.taps_on(stood.message_id, stood.data)
            await one.says(self.witness.secrets[one.user_id])

    async def fills_in(self, one: Person, chance: Random) -> None:
        """Tap through the newest card, one button after the other."""
        for _ in range(chance.randint(1, 9)):
            newest = max((stood.message_id for stood in self.its(one, {"answer", "tick", "on"})), default=0)
            if found := buttons(self.witness.looked_at.get((one.user_id, newest), {})):
                await one.taps_on(newest, chance.choice(found))
                self.telegram.clock.moves(1)
                self.witness.look()

    async def opens_an_older_day(self, one: Person, chance: Random) -> None:
        await one.says("/history")
        for _ in range(chance.choice((0, 0, 1, 3))):
            if months := [data for data in buttons(one.sees.body) if data.startswith("month:")]:
                await one.taps_on(one.sees.message_id, min(months))
                self.witness.look()
        if days := [data for data in buttons(one.sees.body) if data.startswith("open_day:")]:
            await one.taps_on(one.sees.message_id, chance.choice(days))

    async def sets(self, one: Person, chance: Random) -> None:
        await one.taps_on(one.sees.message_id, chance.choice(SETTINGS))

    async def deletes(self, one: Person, chance: Random) -> None:
        await one.says("/delete")
        self.witness.look()
        await self.witness.taps(self.its(one, {"erase"})[-1])

    async def come_back(self, chance: Random) -> None:
        for one in self.witness.people:
            if (await self.witness.kept(one)).today is None:
                await settled_in(self.telegram, one.user_id, "Back", chance.choice(ZONES))
                self.witness.look()

    async def taps(self, one: Person, chance: Random) -> None:
        """Tap something that has stood in their chat, most likely a card's: at times not they themselves, or twice."""
        names = OF_A_CARD if chance.random() < 0.8 else {stood.name for stood in self.witness.stood}
        there = sorted({stood.name for stood in self.its(one, names)})
        if there:
            stood = chance.choice(self.its(one, {chance.choice(there)}))
            forged, elsewhere = chance.random() < 0.25, chance.random() < 0.5
            await self.witness.taps(stood, forged=forged, elsewhere=elsewhere, times=chance.choice((1, 1, 2)))

    def its(self, one: Person, names: frozenset[str] | set[str]) -> Sequence[Stood]:
        """Return the buttons of these names that have stood in somebody's chat, oldest first."""
        return [stood for stood in self.witness.stood if stood.user_id == one.user_id and stood.name in names]


def steps(names: Sequence[str], fewest: int, most: int) -> some.SearchStrategy[list[Step]]:
    step = some.tuples(some.sampled_from(names), some.integers(0, 1), some.integers(0, 2**32))
    return some.lists(step, min_size=fewest, max_size=most)


LIVED = steps([name for name, times in STEPS.items() for _ in range(times)], 10, 14)
TAPPED, A_MONTH = steps(["taps"], 26, 36), steps(["passes_a_month"], 1, 1)
LIFE = some.tuples(LIVED, TAPPED, A_MONTH, LIVED, TAPPED).map(lambda chapters: list(chain(*chapters)))


@pytest.mark.slow
def test_whatever_stood_in_a_chat(databases: Databases, promise: Figures) -> None:
    tapped: Counter[str] = Counter()

    @seed(20261127)
    @settings(
        max_examples=points(5, 100),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(some.permutations(ZONES), LIFE)
    def live(zones: Sequence[str], life: Sequence[Step]) -> None:
        memory = MEMORY if MEMORY.is_dir() else None
        with TemporaryDirectory(dir=memory) as folder, databases.diary(Path(folder)) as home:
            tapped.update(asyncio.run(story(home, zones[:2], life)))

    async def story(home: Home, zones: Sequence[str], steps: Sequence[Step]) -> Counter[str]:
        life = Life(Telegram(settings_in(home), HandClock(NOON)))
        await life.begins(zones)
        await life.goes(steps)
        return life.witness.tapped

    live()
    whose = {"today’s", "yesterday’s", "older", "a month old", "forged", "of an earlier life"}
    assert whose | (OF_A_CARD if FULL else {"answer", "tick", "undo"}) <= tapped.keys(), tapped
    tried = sum(tapped[name] for name in (*OF_A_CARD, "forged", "of an earlier life"))
    promise.at_most("T24", "taps on whatever ever stood on a card that were lost or astray", 0, 0, tries=tried)


CARD = 5_000_000_000
"""The message of the card that the kept diaries know."""

ONE_OF = {
    **{key: tuple(map(str, range(11))) for key in ("headache", "back")},
    **{key: tuple(map(str, range(1, 6))) for key in ("sleep_quality", "posture")},
    "sleep_hours": ("0-5", "5-6", "6-7", "7-8", "8-9", "9-24"),
    "duration": ("lt30m", "30m_2h", "2_4h", "4_12h", "ge12h", "ongoing"),
    "aura_known": ("usual", "new"),
    "impact": ("0", "1", "2"),
}
FEATURES = (
    *("one_side", "throbbing", "worse_moving", "nausea", "light", "sound", "aura_vision", "aura_sense_speech", "none"),
)
MEDICINE = ("none", "simple", "nsaid", "triptan", "combo", "opioid", "ergot", "other", "unsure")


def stood_at(revision: str, card: int) -> Iterator[str]:
    """Yield what the buttons of a card carried when a diary was at this schema, written down as they were then."""
    several = {"features": FEATURES, "back_region": ("neck", "upper", "lower", "leg")}
    if revision >= "0003":
        several["medicine"] = MEDICINE
    yield from ("checkin", "yesterday", f"undo:{card}:{(THEN - EPOCH) // MICROSECOND}", f"page:{card}:change")
    yield from (f"{name}:{card}" for name in ("fine", "painless", "rest", "on"))
    yield from (f"{name}:{card}:{key}" for name in ("skip", "page") for key in (*ONE_OF, *several))
    yield from (f"answer:{card}:{key}:{code}" for key, codes in ONE_OF.items() for code in codes)
    yield from (f"ticked:{card}:{key}" for key in several)
    for name in ("tick", "untick") if revision >= "0002" else ("tick",):
        yield from (f"{name}:{card}:{key}:{code}" for key, codes in several.items() for code in codes)


@pytest.mark.parametrize("revision", KEPT)
async def test_cards_from_before_an_upgrade(tmp_path: Path, promise: Figures, revision: str) -> None:
    old = DatabaseSettings(url=f"sqlite:///{lay_out(revision, tmp_path / 'old')}")
    kept = Settings(database=old, keys=KeyFile(file=tmp_path / "old/headsup.key"), access=Access(mode="open"))
    telegram = Telegram(kept, HandClock(THEN + timedelta(days=40)))
    telegram.api.updates.next_id = 1000
    people = [telegram.person(ANN, "Ann"), telegram.person(BEN, "Ben")]
    stood = []
    for card, one in enumerate(people, 1):
        chat, telegram.api.chats.last_message = telegram.api.chats.by_id[one.user_id], CARD - 1
        telegram.api.chats.add(chat, telegram.api.chats.bot, {"text": "Mon 2 Mar · question 2 of 5"})
        chat.standing = "open"
        stood += [Stood(one.user_id, CARD, data, DAY) for data in stood_at(revision, card) if card <= points(1, 2)]
    await telegram.start_bot()
    await telegram.settle()  # says on open cards how long it was away
    for one in people:  # what they agreed to then has changed since
        await one.says("/start")
        await one.taps("I agree")
    witness = Witness(telegram, people)
    witness.look()
    chance = Random(revision)
    chance.shuffle(stood)
    with nothing_fails():
        for button in stood:
            for forged in (True, False)[chance.random() >= points(1, 4) / 4 :]:
                telegram.clock.moves(1)
                await witness.taps(button, forged=forged)
    await telegram.stop_bot()
    tried = sum(witness.tapped[name] for name in (*OF_A_CARD, "forged"))
    promise.at_most("T24", "taps on cards from before an upgrade that were lost or astray", 0, 0, tries=tried)
