"""Six people are asked by the clock while six others fill a card, and the process may be killed at any point of it."""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.chat.application import Chat
from bot.clock import SystemClock
from bot.config import Access, Settings
from bot.sandbox.botapi import BotApi
from bot.sandbox.person import Person
from bot.sandbox.server import serve
from bot.sandbox.transport import SandboxRequest
from bot.store.crypto import load_keys
from bot.store.database import Database, open_engine
from jobs.deliver import deliver, recover
from jobs.enqueue import enqueue
from tests.e2e.conftest import ROOT, diary
from tests.faults.household import CARD, comes_true, compare, move_in, must_be_sound, shown, this_minute, told

ASKED = range(2001, 2007)
ANSWERING = range(1001, 1007)
PATIENCE = 60.0
IN_FLIGHT = 4


class AheadClock(SystemClock):
    """The wall clock, some time ahead: what is to be tried again in a minute need not be waited for."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead

    def steady(self) -> float:
        return super().steady() + self.ahead.total_seconds()


@dataclass(frozen=True)
class Harm:
    """What a kill has done, in answers, cards and reminders."""

    answers_lost: int
    answers_doubled: int
    cards_lost: int
    cards_extra: int
    reminders_doubled: int


class Scene:
    """One diary and one Telegram. `play` it once, `recover`, then see the `harm`."""

    def __init__(self, folder: Path, empty: Path) -> None:
        shutil.copytree(empty, folder)
        self.folder = folder
        self.clock = AheadClock()
        self.api = BotApi(self.clock)
        self.asked = move_in(folder, self.api, ASKED, due_at=this_minute(self.clock.now()))
        self.answering = move_in(folder, self.api, ANSWERING)
        self.ledgers: dict[int, dict[str, list[int]]] = {one.user_id: {} for one in self.answering}

    async def play(self, *words: str) -> bool:
        """Run the bot until it is killed or has done everything and was stopped; returns whether it was killed."""
        output = (self.folder / "output").open("wb")
        server = await serve(self.api, port=0)
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=self.folder,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("HEADSUP_")},
                "PYTHONPATH": str(ROOT),
                "HEADSUP_TELEGRAM__TOKEN": self.api.token,
                "HEADSUP_TELEGRAM__BASE_URL": f"{server.url}/bot",
                "HEADSUP_ACCESS__MODE": "open",
            },
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        answering = [asyncio.create_task(self._answers(one)) for one in self.answering]
        over = asyncio.create_task(comes_true(self.api, self.over))
        end = asyncio.create_task(process.wait())
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait((over, end), return_when=asyncio.FIRST_COMPLETED)
                if not end.done():
                    # Not process.terminate(): it looks whether the process has ended, and may take its exit code away.
                    with suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGTERM)
                code = await asyncio.shield(end)
        except TimeoutError:
            raise AssertionError(f"neither killed nor done:\n{(self.folder / 'output').read_text()}") from None
        finally:
            for task in (*answering, over):
                task.cancel()
            await asyncio.gather(*answering, over, return_exceptions=True)
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            await end
            await server.close()
            output.close()
        assert code in (0, -signal.SIGKILL), (self.folder / "output").read_text()
        return code != 0

    async def _answers(self, one: Person) -> None:
        """Fill three answers of a card, each as soon as it is asked."""
        await one.says("/checkin")
        for asks, key, value in ((CARD, "headache", 7), ("back or neck", "back", 3), ("How well", "sleep_quality", 4)):
            await comes_true(self.api, partial(shown, one, asks))
            card = shown(one, asks)[-1]
            self.ledgers[one.user_id][key] = [value]
            await one.taps_on(card.message_id, card.data(str(value)))
            if key == "back":
                await comes_true(self.api, partial(shown, one, "How long did you sleep"))
                await one.taps("Skip")

    def over(self) -> bool:
        """Tell whether everybody was asked and everybody's last answer is on their card."""
        return all(len(one.chat) >= 2 for one in self.asked) and all(
            shown(one, "Sleep quality 4") for one in self.answering
        )

    async def recover(self) -> None:
        """Start again on what was left, and go on until nothing is owed: for the retries a minute later, too."""
        engine = open_engine(f"sqlite:///{self.folder}/data/headsup.db")
        database = Database(engine, load_keys(self.folder / "headsup.key"), Settings(access=Access(mode="open")))
        chat = Chat(
            database,
            self.clock,
            token=self.api.token,
            base_url="https://sandbox.invalid/bot",
            request=SandboxRequest(self.api),
            polling=SandboxRequest(self.api),
        )
        await chat.start()
        await recover(database, self.clock.now())
        for _ in range(3):
            while await chat.receiver.poll(0):
                await chat.settle()
            await enqueue(database, self.clock.now())
            await deliver(database, chat.sender, self.clock, IN_FLIGHT)
            self.clock.ahead += timedelta(seconds=61)
        await chat.settle()
        await chat.receiver.poll(0)  # confirms the last ones
        await chat.stop()
        database.close()

    def harm(self) -> Harm:
        with diary(self.folder) as session:
            must_be_sound(session)
            compared = [compare(self.ledgers[one.user_id], told(session, one.user_id)) for one in self.answering]
        cards = [len(shown(one, CARD)) for one in self.asked]
        tips = [len(one.chat) - count for one, count in zip(self.asked, cards, strict=True)]
        return Harm(
            answers_lost=sum(lost for lost, _ in compared),
            answers_doubled=sum(twice for _, twice in compared),
            cards_lost=cards.count(0),
            cards_extra=sum(max(0, count - 1) for count in cards),
            reminders_doubled=sum(max(0, count - 1) for count in tips),
        )
