"""Nothing is kept of anybody who has not agreed, or not any more, whatever they say, tap, forge or share (T65).

Consent can be given, taken back, asked for anew because its text is another one, and given again; the person can be
erased. What the machine expects follows from the taps alone.
"""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.actions.buttons import digits_of
from bot.chat.routes import BUTTONS, COMMANDS
from bot.config import Access
from bot.render import consent as words
from bot.sandbox.person import Person
from bot.store import users
from bot.store.database import Session
from bot.store.tables import checkins, inbox, metadata
from tests.databases import Databases
from tests.faults.promises import Figures, points
from tests.faults.test_odd_taps import kept
from tests.faults.virtual import VirtualLoop
from tests.faults.world import at_once, world

BEN, ZED = 1001, 7_654_321_987
SAYINGS = (
    *(f"/{name}" for name in COMMANDS),
    *("/start AAAA", "/pause 3", "/nonsense", "headache 7, back 3", "6 3 7.5 4", "all fine", "7", "20:00", "Lisbon"),
)
ON_CARDS = (
    *("answer:{}:headache:7", "fine:{}", "painless:{}", "tick:{}:features:light", "untick:{}:features:light"),
    *("ticked:{}:features", "skip:{}:headache", "rest:{}", "page:{}:back", "on:{}", "undo:{}:1"),
)
ON_OTHERS = (
    *("start_time:2000", "preset:some", "zone:Europe/Lisbon", "time:n-water:0800", "time:r1:0800", "hours:n-water"),
    *("restore:water:0800:01", "day:2:1:off", "switch:2:off", "remove:3", "pause:3", "not_today:1", "later:1"),
)
TEXTS = ("One text.", "Another text.", "A third text.")
"""What may be agreed to; a new process may come with another one."""

Standing = Literal["stranger", "given", "changed", "withdrawn"]
YES: Sequence[str] = ("to this", "to another text", "from before", "without a text")
"""Buttons that agree, of which only the first says yes to today's text, and only as long as nothing has changed."""

HEALTH = ("checkins", "answers", "events", "profiles", "tastes")
CARD = "question 1 of"
Act = tuple[Literal["says", "taps", "sends", "shares", "blocks", "agrees", "withdraws"], str]
ACTS = some.one_of(
    some.tuples(some.just("says"), some.sampled_from(SAYINGS)),
    some.tuples(
        some.just("taps"), some.sampled_from([button.format(card) for button in ON_CARDS for card in (1, 2, 3)])
    ),
    some.tuples(some.just("taps"), some.sampled_from(ON_OTHERS)),
    some.tuples(some.just("taps"), some.sampled_from(sorted(BUTTONS))),
    some.tuples(some.just("taps"), some.sampled_from(("erase", "decline", "delete", "ask_withdraw"))),
    some.tuples(some.just("agrees"), some.sampled_from(YES)),
    some.tuples(some.just("withdraws"), some.sampled_from(("this", "one before"))),
    some.tuples(some.just("sends"), some.sampled_from(("photo", "voice"))),
    some.tuples(some.sampled_from(("shares", "blocks")), some.just("")),
)


def rows_about(session: Session, user_id: int) -> int:
    """Return how many rows of all tables, updates among them, name somebody."""
    return sum(
        any(value == user_id or (isinstance(value, str) and str(user_id) in value) for value in row)
        for table in metadata.sorted_tables
        for row in session.execute(select(table))
    )


def told(session: Session, user_id: int) -> Sequence[object]:
    """Return everything that somebody told, as it lies in the diary."""
    mine = select(checkins.c.id).where(checkins.c.user_id == user_id)
    found: list[object] = []
    for name in HEALTH:
        table = metadata.tables[name]
        theirs = table.c.checkin_id.in_(mine) if name == "answers" else table.c.user_id == user_id
        found += [name, *(tuple(row) for row in session.execute(select(table).where(theirs)))]
    unread = select(func.count()).where(inbox.c.user_id == user_id, inbox.c.payload.is_not(None))
    return [*found, session.execute(unread).scalar_one()]


class Consent(RuleBasedStateMachine):
    """Zed, who may have agreed or not, and Ben, whose diary is none of his business."""

    databases: Databases
    access = Access(mode="open")
    steps = tried = diaries = ended = 0

    def __init__(self) -> None:
        super().__init__()
        self.place = ExitStack()
        folder = self.place.enter_context(TemporaryDirectory())
        self.home = self.place.enter_context(self.databases.diary(Path(folder)))
        self.patch = pytest.MonkeyPatch()
        self.has_text(0)
        self.loop = asyncio.Runner(loop_factory=VirtualLoop)
        self.loop.run(self.begins())

    def has_text(self, number: int) -> None:
        self.text = number
        self.patch.setattr(words, "text", lambda _: TEXTS[number])

    async def begins(self) -> None:
        self.around = world(self.home)
        self.all_is = await self.around.__aenter__()
        self.all_is.settings = self.all_is.settings.model_copy(update={"access": self.access})
        self.all_is.beat = 30
        (self.ben,) = self.all_is.people([BEN], at=None)
        self.zed = Person(self.all_is.api, ZED, "Zed", settle=at_once)
        self.standing: Standing = "stranger"
        self.consents = self.newest = 1  # Ben's
        await self.all_is.starts()
        await self.ben.says("headache 6, back 2")
        await self.all_is.passes(seconds=6)
        self.bens = await kept(self.all_is, self.ben)

    def teardown(self) -> None:
        self.loop.run(self.around.__aexit__(None, None, None))
        self.loop.close()
        self.patch.undo()
        self.place.close()

    @rule(acts=some.lists(ACTS, min_size=1, max_size=4))
    def acts_as_he_likes(self, acts: Sequence[Act]) -> None:
        self.loop.run(self.does(acts))
        self.loop.run(self.settles(seconds=6))

    @rule(acts=some.lists(ACTS, max_size=2))
    def agrees_and_begins(self, acts: Sequence[Act]) -> None:
        self.acts_as_he_likes((("agrees", "to this"), ("says", "headache 7, back 3"), *acts))

    @rule(acts=some.lists(ACTS, max_size=4), after=some.floats(0, 0.2))
    def acts_while_the_bot_dies(self, acts: Sequence[Act], after: float) -> None:
        self.loop.run(self.does(acts))
        self.loop.run(self.dies(after))
        self.loop.run(self.settles(seconds=6))

    @rule(hours=some.integers(1, 30))
    def time_goes_by(self, hours: int) -> None:
        self.all_is.clock.jumps(timedelta(hours=hours))
        self.loop.run(self.settles(minutes=3))

    @rule(number=some.sampled_from(range(len(TEXTS))), acts=some.lists(ACTS, max_size=2))
    def the_text_changes(self, number: int, acts: Sequence[Act]) -> None:
        self.loop.run(self.all_is.passes(seconds=6))
        was = self.text
        self.has_text(number)
        self.loop.run(self.dies(0))
        if number != was and self.standing == "given":
            self.loop.run(self.ends("changed"))
        self.bens = self.loop.run(kept(self.all_is, self.ben))  # his consent is to the old text too
        self.acts_as_he_likes((*acts, ("says", "headache 5, back 1")))

    async def does(self, acts: Sequence[Act]) -> None:
        type(self).steps += len(acts)
        for kind, content in acts:
            match kind:
                case "says":
                    await self.zed.says(content)
                case "taps":
                    asked = f":{digits_of(self.all_is.clock.now())}" if content == "erase" else ""
                    await self.zed.taps_on(1, content + asked)
                    if content == "erase":
                        self.standing = "stranger"
                case "sends":
                    await self.zed.sends(content)  # type: ignore[arg-type]
                case "shares":
                    await self.zed.shares_location(38.7, -9.1)
                case "blocks":
                    await self.zed.blocks()
                    await self.zed.unblocks()
                case "agrees":
                    await self.agrees(content)
                case "withdraws":
                    await self.withdraws(content)

    async def agrees(self, which: str) -> None:
        """Tap a button that says yes; only today's, shown since the newest consent, is one."""
        here = self.standing != "stranger"
        digest = words.digest(TEXTS[(self.text + (which == "to another text")) % len(TEXTS)])[:8]
        before = f":{self.newest - (which == 'from before')}" if here or which == "from before" else ""
        await self.zed.taps_on(1, "agree:" if which == "without a text" else f"agree::{digest}{before}")
        if which == "to this" and self.access.mode == "open" and self.standing != "given":
            self.standing = "given"
            self.consents = self.newest = self.consents + 1

    async def withdraws(self, which: str) -> None:
        """Tap a button that takes a consent back; only that of the newest one does."""
        await self.all_is.passes(seconds=6)
        await self.zed.taps_on(1, f"withdraw:{self.newest - (which == 'one before')}")
        await self.all_is.passes(seconds=6)
        if which == "this" and self.standing in ("given", "changed"):
            await self.ends("withdrawn")

    async def ends(self, standing: Standing) -> None:
        """Look at what is there when a consent ends; it has to stay as it is."""
        await self.all_is.passes(seconds=6)
        self.standing = standing
        self.sealed = await self.all_is.database.write(lambda session: told(session, ZED))
        self.cards = self.all_is.copies(self.zed, CARD)
        type(self).ended += 1

    async def dies(self, after: float) -> None:
        await self.all_is.passes(seconds=after)
        await self.all_is.stops()
        await self.all_is.starts()

    async def settles(self, **span: float) -> None:
        """Let the bot do what it will, then look at what it keeps."""
        await self.all_is.passes(**span)
        about = await self.all_is.database.write(lambda session: rows_about(session, ZED))
        user = await self.all_is.database.write(lambda session: users.get(session, ZED))
        assert self.standing == ((user and user.consent) or "stranger"), f"{self.standing}, but {user}"
        assert bool(about) == (self.standing != "stranger"), f"{self.standing}, rows: {about}"
        if self.standing in ("changed", "withdrawn"):
            assert await self.all_is.database.write(lambda session: told(session, ZED)) == self.sealed
            assert self.all_is.copies(self.zed, CARD) <= self.cards, "a card came without consent"
        assert await kept(self.all_is, self.ben) == self.bens
        type(self).tried += 1
        type(self).diaries += self.standing == "given" and bool((await self.all_is.rows())["checkins"] > 1)


class ByInvitation(Consent):
    """Zed without an invitation: there is nothing he can agree to."""

    access = Access(mode="invite")


class NotOnTheList(Consent):
    access = Access(mode="allowlist", users=(BEN,))


@pytest.mark.parametrize("machine", [Consent, ByInvitation, NotOnTheList])
@pytest.mark.slow
def test_nothing_without_consent(databases: Databases, machine: type[Consent], promise: Figures) -> None:
    machine.databases = databases
    machine.steps = machine.tried = machine.diaries = machine.ended = 0
    with capture_logs():  # what is written about each death would take longer than all the rest
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=points(5, 100),
                stateful_step_count=points(15, 30),
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],  # shrinking would take minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
    promise.at_most("T65", "rows about people who have not agreed, or not any more", 0, 0, tries=machine.tried)
    if machine is Consent:
        promise.at_least(
            "T65", "moments at which somebody who had agreed kept a diary", points(5, 100), machine.diaries
        )
        promise.at_least(
            "T65", "consents that ended: taken back, or to a text that changed", points(3, 100), machine.ended
        )
        promise.at_least("T65", "random steps: said, tapped, sent", points(100, 5000), machine.steps)
