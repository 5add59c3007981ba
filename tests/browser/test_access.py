"""The sandbox's page for everybody: axe finds nothing serious, the keyboard reaches all, and it speaks German too."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.sandbox.server import PAGE
from tests.browser.test_page import opened
from tests.browser.test_sandbox import PATIENCE, shows_a_diary, taps

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")


async def faults(page: Page) -> list[str]:
    """Return what axe finds that is serious: the rule and the first place."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in GRAVE]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
async def test_axe_finds_no_serious_violation(browser: Browser, sandbox: str, dark: bool, phone: bool) -> None:
    async with opened(browser, sandbox, dark=dark, phone=phone) as page:
        await page.emulate_media(reduced_motion="reduce")
        await expect(page.get_by_role("button", name="Show me")).to_be_visible()
        assert await faults(page) == [], "the first sight"
        await shows_a_diary(page)
        await taps(page, "Next card")
        await expect(page.get_by_role("log")).to_contain_text("Did your head hurt today?", timeout=PATIENCE)
        assert await faults(page) == [], "a card"
        await page.get_by_role("button", name="Menu").click()
        assert await faults(page) == [], "the commands"
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Attach").click()
        assert await faults(page) == [], "what can be attached"
        await taps(page, "Location…")
        assert await faults(page) == [], "a place"
        await page.get_by_role("button", name="Cancel").click()
        await page.get_by_role("button", name="Enlarge picture").last.click()
        assert await faults(page) == [], "a picture"
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Behind the scenes").click()
        await page.locator("#calls summary").first.click()
        assert await faults(page) == [], "behind the scenes"


async def test_everything_can_be_reached_by_tab(browser: Browser, sandbox: str) -> None:
    async with opened(browser, sandbox) as page:
        await shows_a_diary(page)
        await page.get_by_role("button", name="Behind the scenes").focus()
        reached: list[str] = []
        for _ in range(60):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        wanted = ("+1 hour", "Next card", "28 days", "Summary", "menu", "text")
        order = [reached.index(name) for name in wanted]
        assert order == sorted(order), "from the top to the bottom"


async def test_the_page_speaks_german(browser: Browser, sandbox: str, artifacts: Path) -> None:
    async with opened(browser, sandbox, locale="de-DE") as page:
        await expect(page.locator("html")).to_have_attribute("lang", "de")
        await taps(page, "Zeig mir ein Tagebuch mit 12 Wochen")
        await expect(page.get_by_role("article").first).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("button", name="Hinter den Kulissen").click()
        await expect(page.get_by_role("complementary", name="Hinter den Kulissen")).to_be_visible()
        await page.screenshot(path=artifacts / "sandbox-german.png")
        assert await page.locator("#start").text_content() == "STARTEN"


def test_every_word_of_the_page_is_in_the_german_dictionary() -> None:
    words = (PAGE / "words.js").read_text(encoding="utf-8")
    german = dict(re.findall(r'^  "([^"]+)": "([^"]+)",$', words, re.MULTILINE))
    scripts = "".join(path.read_text(encoding="utf-8") for path in PAGE.glob("*.js"))
    said = set(re.findall(r'\bt\((?:[\w.]+ \? )?"([^"]+)"', scripts)) | set(
        re.findall(r'\bt\([\w.]+ \? "[^"]+" : "([^"]+)"', scripts)
    )
    page = (PAGE / "index.html").read_text(encoding="utf-8").partition("<body>")[2]
    said |= {text.strip() for text in re.findall(r">([^<>]+)<", page)}
    said |= set(re.findall(r'(?:aria-label|placeholder|title)="([^"]+)"', page))
    same = {"HeadsUp", ""}
    assert sorted(said - german.keys() - same) == []
    assert all(german.values())
    stops = re.findall(r"STOPS = \{(.*)\}", scripts)[0]
    used = said | set(re.findall(r'"([^"]+)"', stops))
    assert sorted(german.keys() - used) == [], "nothing in it is left over"
