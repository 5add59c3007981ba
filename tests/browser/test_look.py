"""Light, dark or as the system: chosen in words on the page, kept there, the same for the person beside."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Frame, Page, expect

from tests.browser.test_access import faults
from tests.browser.test_page import opened
from tests.browser.test_sandbox import photographs, shows_a_diary

pytestmark = pytest.mark.browser

DARK, LIGHT = "rgb(16, 23, 22)", "rgb(230, 238, 234)"
"""The ground below everything (`--ground` of the page's style)."""

NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
)


async def has_ground(page: Page | Frame, colour: str) -> None:
    await expect(page.locator("body")).to_have_css("background-color", colour)


async def chooses(page: Page | Frame, look: str) -> None:
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("group", name="Colours").get_by_label(look).check()


@pytest.mark.parametrize(
    ("look", "dark", "ground"),
    [("Light", True, LIGHT), ("Dark", False, DARK), ("As the system", True, DARK)],
    ids=["light", "dark", "as the system"],
)
async def test_a_look_is_chosen_and_kept(
    browser: Browser, sandbox: str, artifacts: Path, look: str, dark: bool, ground: str
) -> None:
    async with opened(browser, sandbox, dark=dark, phone=look == "Light") as page:
        await page.emulate_media(reduced_motion="reduce")
        await has_ground(page, DARK if dark else LIGHT)
        await chooses(page, "Dark" if look == "As the system" else look)
        await page.get_by_label(look).check()
        await has_ground(page, ground)
        assert await faults(page) == [], "the menu"
        await photographs(page, artifacts / f"look-{look.split()[0].lower()}.png")
        await page.keyboard.press("Escape")
        await shows_a_diary(page)
        await page.get_by_role("button", name="Behind the scenes").click()
        assert await faults(page) == [], "a diary, and what is behind it"
        await page.reload()
        await has_ground(page, ground)
        await page.get_by_role("button", name="More").click()
        await expect(page.get_by_label(look)).to_be_checked()
        if look == "As the system":
            await page.emulate_media(color_scheme="light")
            await has_ground(page, LIGHT)


async def test_it_is_chosen_with_the_keyboard_alone_and_in_german(browser: Browser, sandbox: str) -> None:
    async with opened(browser, sandbox, locale="de-DE") as page:
        await page.get_by_role("button", name="Mehr").focus()
        await page.keyboard.press("Enter")
        system, dark = (page.get_by_role("radio", name=name) for name in ("Wie das System", "Dunkel"))
        for _ in range(3):
            await page.keyboard.press("Tab")
        await expect(system).to_be_focused()
        await expect(page.get_by_role("group", name="Farben")).to_be_visible()
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("radio", name="Hell")).to_be_checked()
        await page.keyboard.press("ArrowDown")
        await expect(dark).to_be_checked()
        await has_ground(page, DARK)
        await page.keyboard.press("Escape")
        await expect(dark).to_be_hidden()
        await expect(page.get_by_role("button", name="Mehr")).to_be_focused()


async def test_two_people_side_by_side_have_the_same(browser: Browser, sandbox: str) -> None:
    async with opened(browser, f"{sandbox}/both") as page:
        await expect(page.locator("body")).to_have_css("background-color", "rgb(213, 223, 219)")
        _, ann, ben = page.frames
        await chooses(ann, "Dark")
        await has_ground(ann, DARK)
        await has_ground(ben, DARK)
        await expect(page.locator("body")).to_have_css("background-color", "rgb(44, 59, 56)")


async def test_where_nothing_may_be_kept_it_lasts_as_long_as_the_page(browser: Browser, sandbox: str) -> None:
    async with opened(browser, sandbox) as page:
        await page.add_init_script(NO_STORAGE)
        await page.reload()
        await chooses(page, "Dark")
        await has_ground(page, DARK)
        await page.reload()
        await has_ground(page, LIGHT)
