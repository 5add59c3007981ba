"""`headsup sandbox` in a browser: from its start to the first answered card, a week in a moment, twelve at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.clock import SystemClock
from tests.browser.test_page import opened, types

pytestmark = pytest.mark.browser

GLANCE = 300
"""Milliseconds in which a journey has begun."""

MOST_CLICKS = 10
"""From the page's first sight to the first answered card; typing a word counts as one."""

QUICKLY = timedelta(seconds=60)
"""Of the three minutes from `git clone`, what is left when the slowest set-up is over."""

PATIENCE = 30_000
"""Milliseconds that a journey of weeks may take on a busy machine."""


on_both = pytest.mark.parametrize("device", ["phone", "desktop"])


async def taps(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).last.click()


async def photographs(page: Page, file: Path) -> None:
    """Take a picture of the page at rest; some of them are in the README (tools/pictures.py)."""
    await page.screenshot(path=file, animations="disabled")


async def from_its_top(page: Page) -> None:
    """Scroll to where the last message begins, once it has arrived at its place."""
    await page.wait_for_timeout(GLANCE)
    top = "message => { message.style.scrollMarginTop = '1.25rem'; message.scrollIntoView(); }"
    await page.get_by_role("article").last.evaluate(top)


async def sees(page: Page, words: str) -> None:
    await expect(page.get_by_role("article").last).to_contain_text(words, timeout=PATIENCE)
    await expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=PATIENCE)


async def travels(page: Page, label: str) -> str:
    """Tap a stop, wait until it is reached, and return the time that the bar shows."""
    shown = page.locator("#time .clock")
    before = await shown.text_content() or ""
    await taps(page, label)
    await expect(shown).not_to_have_text(before, timeout=PATIENCE)
    await page.wait_for_timeout(GLANCE)  # a minute may pass by itself before the journey begins
    await expect(page.locator("#time")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    await expect(page.get_by_role("button", name="+1 hour")).to_be_enabled(timeout=PATIENCE)
    return await page.locator("#now").inner_text()


async def shows_a_diary(page: Page) -> None:
    await taps(page, "Show me a diary with 12 weeks in it")
    await expect(page.get_by_role("log")).to_contain_text("Your own notes, not a diagnosis.", timeout=PATIENCE)


@on_both
async def test_from_the_start_to_the_first_answered_card(
    browser: Browser, sandbox: str, artifacts: Path, device: str
) -> None:
    clock = SystemClock()
    began, clicks = clock.now(), 0
    async with opened(browser, sandbox, phone=device == "phone") as page:
        for label, then in (
            ("START", "I’m a diary, not a doctor."),
            ("I agree, and I am 16 or older", "Where do you live?"),
            ("Berlin", "When shall I ask you about your day?"),
            ("20:00", "Do you want short reminders too?"),
            ("No reminders", "All set."),
        ):
            await taps(page, label)
            clicks += 1
            await sees(page, then)
        assert (await travels(page, "Next card")).endswith("20:00")
        clicks += 1
        await sees(page, "Did your head hurt today?")
        await photographs(page, artifacts / f"sandbox-first-card-{device}.png")
        await taps(page, "All fine today")
        clicks += 1
        await sees(page, "Saved for")
        assert clicks <= MOST_CLICKS
        assert clock.now() - began < QUICKLY


async def test_a_week_is_lived_through_card_by_card(browser: Browser, sandbox: str, artifacts: Path) -> None:
    async with opened(browser, sandbox, phone=True) as page:
        await shows_a_diary(page)
        for evening in range(3):
            at = await travels(page, "Next card")
            assert at.endswith("20:00"), evening
            await sees(page, "Did your head hurt today?")
            await taps(page, "All fine today")
            await sees(page, "Any of these today?")
            await taps(page, "Skip the rest")
            await sees(page, "Saved for")
        assert (await travels(page, "Tomorrow")).endswith("08:00")
        before = await page.get_by_role("article", name="HeadsUp").count()
        await travels(page, "+1 week")
        cards = page.get_by_role("article", name="HeadsUp")
        assert await cards.count() >= before + 7
        await expect(page.get_by_role("log")).to_contain_text("Your week,")
        days = await page.locator(".day").all_inner_texts()
        assert len(days) == len(set(days)) >= 9
        await photographs(page, artifacts / "sandbox-week.png")


async def test_the_clocks_change_while_one_looks(browser: Browser, sandbox: str) -> None:
    """In Berlin half past one becomes half past three in spring, and half past two in autumn."""
    async with opened(browser, sandbox) as page:
        assert (await travels(page, "Clock change")).endswith(("01:30", "02:30"))
        spring = "Mar" in await page.locator("#place-now").inner_text()
        hour = await travels(page, "+1 hour")
        assert hour.endswith("03:30" if spring else "02:30")


@on_both
async def test_a_journey_is_stopped_on_the_way(browser: Browser, sandbox: str, artifacts: Path, device: str) -> None:
    async with opened(browser, sandbox, phone=device == "phone") as page:
        await shows_a_diary(page)
        await taps(page, "Clock change")  # months away
        stop = page.get_by_role("button", name="Stop here")
        await expect(page.locator(".day")).not_to_have_count(1, timeout=PATIENCE)
        goal = await page.locator("#place-now").inner_text()
        await stop.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")  # a second tap
        await expect(page.locator("#time")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
        await expect(stop).to_be_hidden()
        await expect(page.locator("#time .clock")).to_be_focused()
        here = await page.locator("#place-now").inner_text()
        assert here.removesuffix(" · Berlin") not in goal
        await expect(page.locator("#arrived")).to_contain_text("now.")
        await travels(page, "+1 hour")
        await types(page, "/next")
        await sees(page, "Daily card – you set every day, 20:00")
        await taps(page, "Clock change")
        await expect(stop).to_be_visible()
        await photographs(page, artifacts / f"sandbox-on-the-way-{device}.png")


@on_both
async def test_twelve_weeks_can_be_looked_at_at_once(
    browser: Browser, sandbox: str, artifacts: Path, device: str
) -> None:
    async with opened(browser, sandbox, phone=device == "phone") as page:
        await shows_a_diary(page)
        await taps(page, "Summary")
        await sees(page, "Logged 78 of 90 days.")
        await from_its_top(page)
        await photographs(page, artifacts / f"sandbox-summary-{device}.png")
        await taps(page, "Patterns")
        await expect(page.get_by_role("log")).to_contain_text("On days with back pain you had a headache on 18 of 22")
        await from_its_top(page)
        await photographs(page, artifacts / f"sandbox-patterns-{device}.png")
        await taps(page, "Days")
        await expect(page.get_by_role("log")).to_contain_text("filled in on")
        await photographs(page, artifacts / f"sandbox-days-{device}.png")
        await page.reload()
        await expect(page.get_by_role("button", name="Show me a diary with 12 weeks in it")).to_be_hidden()


async def test_the_page_for_the_doctor_can_be_saved(browser: Browser, sandbox: str, artifacts: Path) -> None:
    async with opened(browser, sandbox) as page:
        await shows_a_diary(page)
        await taps(page, "For the doctor")
        await taps(page, "Make the page")
        link = page.locator("a[download$='.pdf']").last
        await expect(link).to_be_visible(timeout=PATIENCE)
        async with page.expect_download() as waiting:
            await link.click()
        saved = artifacts / "sandbox-report.pdf"
        await (await waiting.value).save_as(saved)
        assert saved.read_bytes().startswith(b"%PDF-")
        await photographs(page, artifacts / "sandbox-report.png")


async def test_a_file_of_ones_own_reaches_the_bot(browser: Browser, sandbox: str) -> None:
    async with opened(browser, sandbox) as page:
        await shows_a_diary(page)
        await types(page, "/import")
        await sees(page, "file")
        async with page.expect_file_chooser() as waiting:
            await taps(page, "Attach")
            await taps(page, "File…")
        diary = {"name": "days.csv", "mimeType": "text/csv", "buffer": b"date,headache\n2026-01-05,4\n"}
        await (await waiting.value).set_files(diary)  # type: ignore[arg-type]
        await expect(page.get_by_role("link", name="days.csv")).to_be_visible()
        await sees(page, "1 day")


async def test_behind_the_scenes_are_the_bots_calls_and_what_comes_next(
    browser: Browser, sandbox: str, artifacts: Path
) -> None:
    async with opened(browser, sandbox) as page:
        await page.get_by_role("button", name="Behind the scenes").click()
        panel = page.get_by_role("complementary", name="Behind the scenes")
        await expect(panel).to_contain_text("Nobody keeps a diary here yet.")
        await shows_a_diary(page)
        await expect(panel).to_contain_text("Daily card – you set every day, 20:00")
        call = panel.get_by_role("listitem").filter(has_text="sendPhoto").first
        await call.locator("summary").click()
        await expect(call.locator("pre")).to_contain_text('"chat_id": "1001"')
        await expect(call.locator("pre")).to_be_visible()
        await photographs(page, artifacts / "sandbox-behind.png")
        assert "1:sandbox" not in await panel.inner_text()
        await page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        await expect(page.get_by_role("button", name="Behind the scenes")).to_be_focused()


async def test_two_people_stand_side_by_side(browser: Browser, sandbox: str, artifacts: Path) -> None:
    async with opened(browser, f"{sandbox}/both") as page:
        ann, ben = (page.frame_locator(f"iframe[title={name}]") for name in ("Ann", "Ben"))
        await ann.get_by_role("button", name="START").click()
        await expect(ann.get_by_role("article").last).to_contain_text("not a doctor")
        await expect(ben.get_by_role("button", name="START")).to_be_visible()
        await ben.get_by_role("button", name="Show me a diary with 12 weeks in it").click()
        await expect(ben.get_by_role("log")).to_contain_text("not a diagnosis", timeout=PATIENCE)
        await expect(ann.get_by_role("article").last).to_contain_text("not a doctor")
        await photographs(page, artifacts / "sandbox-both.png")
