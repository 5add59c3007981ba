"""Nothing is kept of anybody who has not agreed, or not any more, whatever they say, tap, forge or share (T65)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.chat.routes import BUTTONS, COMMANDS
from bot.config import Access
from bot.sandbox.person import Person
from bot.store.database import Session
from bot.store.tables import metadata
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
AGREE = ("agree", "agree:", "agree:AAAA")
Act = tuple[Literal["says", "taps", "sends", "shares", "blocks"], str]
ACTS = some.one_of(
    some.tuples(some.just("says"), some.sampled_from(SAYINGS)),
    some.tuples(
        some.just("taps"), some.sampled_from([button.format(card) for button in ON_CARDS for card in (1, 2, 3)])
    ),
    some.tuples(some.just("taps"), some.sampled_from(ON_OTHERS)),
    some.tuples(some.just("taps"), some.sampled_from(sorted(BUTTONS))),
    some.tuples(some.just("taps"), some.sampled_from((*AGREE, "erase", "decline"))),
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


class Consent(RuleBasedStateMachine):
    """Zed, who may have agreed or not, and Ben, whose diary is none of his business."""

    access = Access(mode="open")
    tried = 0
    diaries = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.loop = asyncio.Runner(loop_factory=VirtualLoop)
        self.loop.run(self.begins())

    async def begins(self) -> None:
        self.around = world(Path(self.folder.name))
        self.all_is = await self.around.__aenter__()
        self.all_is.settings = self.all_is.settings.model_copy(update={"access": self.access})
        self.all_is.beat = 30
        (self.ben,) = self.all_is.people([BEN], at=None)
        self.zed = Person(self.all_is.api, ZED, "Zed", settle=at_once)
        self.agreed = False
        await self.all_is.starts()
        await self.ben.says("headache 6, back 2")
        await self.all_is.passes(seconds=6)
        self.bens = await kept(self.all_is, self.ben)

    def teardown(self) -> None:
        self.loop.run(self.around.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    @rule(acts=some.lists(ACTS, min_size=1, max_size=4))
    def acts_as_he_likes(self, acts: Sequence[Act]) -> None:
        self.loop.run(self.does(acts))
        self.loop.run(self.settles(seconds=6))

    @rule(data=some.sampled_from(AGREE), acts=some.lists(ACTS, max_size=2))
    def agrees_and_begins(self, data: str, acts: Sequence[Act]) -> None:
        self.acts_as_he_likes((("taps", data), ("says", "headache 7, back 3"), *acts))

    @rule(acts=some.lists(ACTS, max_size=4), after=some.floats(0, 0.2))
    def acts_while_the_bot_dies(self, acts: Sequence[Act], after: float) -> None:
        self.loop.run(self.does(acts))
        self.loop.run(self.dies(after))
        self.loop.run(self.settles(seconds=6))

    @rule(hours=some.integers(1, 30))
    def time_goes_by(self, hours: int) -> None:
        self.all_is.clock.jumps(timedelta(hours=hours))
        self.loop.run(self.settles(minutes=3))

    async def does(self, acts: Sequence[Act]) -> None:
        for kind, content in acts:
            match kind:
                case "says":
                    await self.zed.says(content)
                case "taps":
                    await self.zed.taps_on(1, content)
                case "sends":
                    await self.zed.sends(content)  # type: ignore[arg-type]
                case "shares":
                    await self.zed.shares_location(38.7, -9.1)
                case "blocks":
                    await self.zed.blocks()
                    await self.zed.unblocks()
            if kind == "taps" and content in AGREE:
                self.agreed = self.agreed or self.access.mode == "open"
            elif kind == "taps" and content == "erase":
                self.agreed = False

    async def dies(self, after: float) -> None:
        await self.all_is.passes(seconds=after)
        await self.all_is.stops()
        await self.all_is.starts()

    async def settles(self, **span: float) -> None:
        """Let the bot do what it will, then look at what it keeps."""
        await self.all_is.passes(**span)
        about = await self.all_is.database.write(lambda session: rows_about(session, ZED))
        assert self.agreed == bool(about), f"agreed: {self.agreed}, rows: {about}"
        assert await kept(self.all_is, self.ben) == self.bens
        type(self).tried += 1
        type(self).diaries += bool((await self.all_is.rows())["checkins"] > 1)


class ByInvitation(Consent):
    """Zed without an invitation: there is nothing he can agree to."""

    access = Access(mode="invite")


class NotOnTheList(Consent):
    access = Access(mode="allowlist", users=(BEN,))


@pytest.mark.parametrize("machine", [Consent, ByInvitation, NotOnTheList])
def test_nothing_without_consent(machine: type[Consent], promise: Figures) -> None:
    machine.tried = machine.diaries = 0
    with capture_logs():  # what is written about each death would take longer than all the rest
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=points(3, 40),
                stateful_step_count=points(15, 30),
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],  # shrinking would take minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
    promise.at_most("T65", "rows about people who have not agreed, or not any more", 0, 0, tries=machine.tried)
    if machine is Consent:
        promise.at_least("T65", "moments at which somebody who had agreed kept a diary", 10, machine.diaries)
