"""A newcomer's first evening in the browser, on a phone: hello, the worst of days, a reminder that comes, the week."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.clock import SystemClock
from bot.config import Settings
from bot.sandbox.server import Server, serve
from jobs.carry import InProcess
from jobs.scheduler import Metronome
from tests.browser.test_page import opened, types
from tests.clock import HandClock
from tests.conftest import Telegram

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

EVENING = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
"""Half past seven in Berlin, on a Monday."""

MOST_TAPS = 14
"""For the worst day, with every follow-up (the promise of the daily card)."""


class RunningClock(HandClock):
    """Begins where the story says and goes on by itself; the story moves it over the waiting."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.system = SystemClock()
        self.began = self.system.steady()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.steady() - self.began)

    def steady(self) -> float:
        return self.system.steady()

    async def sleep(self, seconds: float) -> None:
        await self.system.sleep(seconds)


class Evening:
    """What a person does on the page; every step waits for what must come of it, and is photographed."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.steps = 0
        self.taps_made = 0

    async def taps(self, label: str, then: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).last.click()
        self.taps_made += 1
        await self.sees(then)

    async def says(self, text: str, then: str) -> None:
        await types(self.page, text)
        await self.sees(then)

    async def sees(self, words: str) -> None:
        """Wait until the last message has these words and nothing is busy any more."""
        await expect(self.page.get_by_role("article").last).to_contain_text(words, timeout=10_000)
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self.steps += 1
        await self.page.screenshot(path=self.folder / f"first-day-{self.steps:02}.png", animations="disabled")


@pytest.fixture
def clock() -> RunningClock:
    return RunningClock(EVENING)


@pytest.fixture
async def telegram(settings: Settings, clock: RunningClock) -> AsyncIterator[Telegram]:
    """The whole bot as it runs: it polls, and its metronome beats."""
    telegram = Telegram(settings, clock)
    await telegram.start_bot()
    metronome = Metronome(telegram.database, InProcess(telegram.database, telegram.chat.sender, clock), clock)
    await metronome.start()
    polling = asyncio.create_task(telegram.chat.be_polled())
    yield telegram
    await metronome.stop()
    await telegram.stop_bot()
    polling.cancel()


@pytest.fixture
async def server(telegram: Telegram) -> AsyncIterator[Server]:
    running = await serve(telegram.api, port=0)
    yield running
    await running.close()


async def test_a_first_evening(browser: Browser, server: Server, clock: RunningClock, artifacts: Path) -> None:
    async with opened(browser, server.url, phone=True) as page:
        ann = Evening(page, artifacts)
        await page.screenshot(path=artifacts / "first-day-00.png")
        await ann.taps("START", then="I’m a diary, not a doctor.")
        await ann.taps("I agree, and I am 16 or older", then="Where do you live?")
        await ann.says("Berlin", then="When shall I ask you about your day?")
        await ann.taps("20:00", then="Do you want short reminders too?")
        await ann.taps("One a day", then="All set.")
        assert ann.taps_made <= 6

        await ann.says("/reminders", then="Your reminders")
        await ann.taps("Add a reminder", then="What shall I remind you of?")
        await ann.taps("Water", then="at what time?")
        await ann.says("19:31", then="Set.")
        clock.moves(60)
        await ann.sees("Not today")
        await ann.taps("Done", then="Done.")

        await ann.says("/checkin", then="Did your head hurt today?")
        before = ann.taps_made
        await ann.taps("7", then="And your back or neck?")
        await ann.taps("6", then="How long did you sleep last night?")
        await ann.taps("0–5 h", then="How well did you sleep?")
        await ann.taps("1 · very poorly", then="How was your posture today?")
        await ann.taps("1 · stiff or slumped all day", then="About how long did the headache last")
        await ann.taps("12 h or more", then="Tap anything that fits this headache")
        await ann.taps("Zigzags or blind spot", then="✓ Zigzags or blind spot")
        await ann.taps("Done", then="Have you had those warning signs before")
        await ann.taps("Yes, that’s normal for me", then="get in the way of your day?")
        await ann.taps("A lot, I had to stop", then="Where did it hurt?")
        await ann.taps("Neck", then="✓ Neck")
        await ann.taps("Done", then="Did you take anything for pain today?")
        await ann.taps("A triptan", then="✓ A triptan")
        await ann.taps("Done", then="birth control with estrogen")
        assert ann.taps_made - before <= MOST_TAPS
        await ann.says("/checkin", then="Saved for")
        await ann.taps("Change an answer", then="which answer shall we change?")
        await ann.taps("Back to the card", then="Saved for")

        await ann.says("/summary", then="Mon")
        picture = page.get_by_role("article").last.get_by_role("img")
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        wide = "[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]"
        assert max(await page.evaluate(wide)) <= 390, "nothing to scroll sideways"
        await page.get_by_role("button", name="Enlarge picture").click()
        await page.screenshot(path=artifacts / "first-day-picture.png")
