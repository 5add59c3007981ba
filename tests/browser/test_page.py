"""The chat page in a real browser, with a small scripted bot behind it: what a person sees, taps and types."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from bot.clock import SystemClock
from bot.sandbox.botapi import BotApi, Upload
from bot.sandbox.server import Server, serve

pytestmark = pytest.mark.browser

CARD = {"inline_keyboard": [[{"text": str(n), "callback_data": f"headache:{n}"} for n in range(6)]]}
BACK = {"inline_keyboard": [[{"text": "Undo", "callback_data": "undo"}]]}
WHERE = {"keyboard": [[{"text": "Share my location", "request_location": True}]], "one_time_keyboard": True}


class ScriptedBot:
    """Answers like a diary would, in plain calls of the Bot API. A tap on "5" is answered when `patience` is set."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self.patience = asyncio.Event()

    async def call(self, method: str, files: dict[str, Upload] | None = None, **params: object) -> Any:
        given = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in params.items()}
        status, body = await self.api.call(self.api.token, method, given, files or {})
        assert status == 200, body
        return body["result"]

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=50):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self.hears(update["message"])
                elif "callback_query" in update:
                    await self.tapped(update["callback_query"])

    async def hears(self, message: dict[str, Any]) -> None:
        who, text = message["chat"]["id"], message.get("text")
        if text == "/start":
            words = 'Headache <b>today</b>? <a href="https://example.org/nrs">The scale</a>'
            await self.call("sendMessage", chat_id=who, text=words, parse_mode="HTML", reply_markup=CARD)
        elif text == "/summary":
            out = BytesIO()
            Image.new("RGB", (800, 500), (43, 122, 109)).save(out, "PNG")
            picture = {"week": Upload("week.png", out.getvalue(), "image/png")}
            await self.call("sendPhoto", picture, chat_id=who, photo="attach://week", caption="Your week")
        elif text == "/where":
            await self.call("sendMessage", chat_id=who, text="Where are you?", reply_markup=WHERE)
        elif place := message.get("location"):
            await self.call("sendMessage", chat_id=who, text=f"You are at {place['latitude']:.2f}.")
        elif text:
            about = {"message_id": message["message_id"]}
            await self.call("sendMessage", chat_id=who, text=f"Noted: {text}", reply_parameters=about)

    async def tapped(self, query: dict[str, Any]) -> None:
        value = query["data"].removeprefix("headache:")
        if value == "5":
            await self.patience.wait()
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=f"Saved: {value}")
        where = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
        await self.call("editMessageText", **where, text=f"Headache: {value}", reply_markup=BACK)


@pytest.fixture
async def bot() -> AsyncIterator[ScriptedBot]:
    scripted = ScriptedBot(BotApi(SystemClock()))
    await scripted.call("setMyDescription", description="A diary for head and back.")
    commands = {"summary": "Your last 7 days", "where": "Say where you are"}
    await scripted.call("setMyCommands", commands=[{"command": c, "description": d} for c, d in commands.items()])
    running = asyncio.create_task(scripted.run())
    yield scripted
    assert not running.done(), running.exception()
    running.cancel()


@pytest.fixture
async def server(bot: ScriptedBot) -> AsyncIterator[Server]:
    running = await serve(bot.api, port=0)
    yield running
    await running.close()


@asynccontextmanager
async def opened(
    browser: Browser, address: str, *, dark: bool = False, phone: bool = False, locale: str = "en-GB"
) -> AsyncIterator[Page]:
    """Open the page; at the end nothing may have gone wrong in it, and nobody else may have been asked for anything."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
        device_scale_factor=2 if phone else 1,
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        is_mobile=phone,
        locale=locale,
        timezone_id="Europe/Berlin",
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    host = urlsplit(address).netloc

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(message.text)

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc != host:
            wrong.append(f"asked for {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", asked)
    await page.goto(address)
    yield page
    await context.close()
    assert wrong == []


async def start(page: Page) -> None:
    await page.get_by_role("button", name="START").click()
    await expect(page.get_by_role("log")).to_contain_text("Headache today?")


async def types(page: Page, text: str) -> None:
    field = page.get_by_role("combobox", name="Message")
    await field.fill(text)
    await field.press("Enter")


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
async def test_a_first_evening(
    browser: Browser, server: Server, bot: ScriptedBot, artifacts: Path, phone: bool, dark: bool
) -> None:
    look = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}"
    async with opened(browser, server.url, phone=phone, dark=dark) as page:
        await expect(page.get_by_text("A diary for head and back.")).to_be_visible()
        await expect(page.get_by_text("sandbox · stays on this machine")).to_be_visible()
        await page.screenshot(path=artifacts / f"page-start-{look}.png")
        await start(page)
        log = page.get_by_role("log")
        await expect(log.locator("strong")).to_have_text("today")
        await expect(log.get_by_role("link", name="The scale")).to_have_attribute("href", "https://example.org/nrs")

        five = page.get_by_role("button", name="5", exact=True)
        await five.click()
        await expect(five).to_have_attribute("aria-busy", "true")
        bot.patience.set()
        await expect(page.get_by_role("status")).to_have_text("Saved: 5")
        await expect(log.get_by_text("Headache: 5")).to_be_visible()
        await expect(log.get_by_text("edited")).to_be_visible()
        await expect(log.get_by_role("article")).to_have_count(2)
        await expect(five).to_have_count(0)

        await types(page, "/summary")
        picture = log.get_by_role("img", name="Your week")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800
        await page.screenshot(path=artifacts / f"page-chat-{look}.png")
        await page.get_by_role("button", name="Enlarge picture").click()
        await expect(page.get_by_role("dialog", name="Picture")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        wide = "[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]"
        assert max(await page.evaluate(wide)) <= (390 if phone else 1280)


async def test_a_place_is_shared_by_the_bots_own_key(browser: Browser, server: Server) -> None:
    async with opened(browser, server.url) as page:
        await start(page)
        await types(page, "/where")
        key = page.get_by_role("button", name="Share my location")
        await key.click()
        await page.get_by_role("button", name="Cancel").click()
        await key.click()
        await page.get_by_role("button", name="Kathmandu").click()
        await expect(page.get_by_text("You are at 27.72.")).to_be_visible()
        await expect(key).to_be_hidden()


async def test_commands_are_found_with_the_keyboard_alone(browser: Browser, server: Server) -> None:
    async with opened(browser, server.url) as page:
        await page.get_by_role("button", name="START").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("Headache today?")
        field = page.get_by_role("combobox", name="Message")
        await expect(field).to_be_focused()
        await field.press_sequentially("/w")
        await expect(page.get_by_role("option")).to_have_count(1)
        await field.press("ArrowDown")
        await expect(page.get_by_role("option", selected=True)).to_contain_text("/where")
        await field.press("Enter")
        await expect(page.get_by_text("Where are you?")).to_be_visible()

        await page.get_by_role("button", name="2", exact=True).focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Undo")).to_be_focused()


async def test_words_are_replied_to_and_corrected(browser: Browser, server: Server, bot: ScriptedBot) -> None:
    async with opened(browser, server.url) as page:
        await start(page)
        await types(page, "headache <b>6</b>")
        await expect(page.get_by_text("Noted: headache <b>6</b>")).to_be_visible()
        mine = page.get_by_role("article", name="You").last
        await mine.hover()
        await mine.get_by_role("button", name="Edit").click()
        await types(page, "headache 5")
        await expect(mine).to_contain_text("headache 5")
        await expect(mine).to_contain_text("edited")

        theirs = page.get_by_role("article", name="HeadsUp").last
        await theirs.hover()
        await theirs.get_by_role("button", name="Reply").click()
        await types(page, "thanks")
        await expect(page.get_by_text("Noted: thanks")).to_be_visible()
        replies = [m["reply_to_message"]["text"] for m in bot.api.chat(1001) if m.get("text") == "thanks"]
        assert replies == ["Noted: headache <b>6</b>"]


async def test_on_a_phone_a_touched_message_shows_what_can_be_done_with_it(browser: Browser, server: Server) -> None:
    async with opened(browser, server.url, phone=True) as page:
        await start(page)
        await types(page, "headache 6")
        theirs = page.get_by_text("Noted: headache 6")
        await theirs.tap()
        await expect(page.get_by_role("button", name="Reply")).to_have_count(1)
        mine = page.get_by_role("article", name="You").last
        await mine.get_by_text("headache 6").tap()
        await expect(page.get_by_role("button", name="Reply")).to_have_count(1)
        await mine.get_by_role("button", name="Edit").tap()
        await types(page, "headache 5")
        await expect(mine).to_contain_text("headache 5")


async def test_two_people_have_two_chats(browser: Browser, server: Server, bot: ScriptedBot) -> None:
    async with opened(browser, server.url) as ann, opened(browser, f"{server.url}/?person=2") as ben:
        await start(ann)
        await expect(ben.get_by_role("button", name="START")).to_be_visible()
        await start(ben)
        await ben.get_by_role("button", name="0", exact=True).click()
        await expect(ben.get_by_text("Headache: 0")).to_be_visible()
        await expect(ann.get_by_role("log")).to_contain_text("Headache today?")
        await ben.get_by_role("button", name="More").click()
        await ben.get_by_role("button", name="Block bot").click()
        await ben.get_by_role("button", name="UNBLOCK").click()
        await expect(ben.get_by_role("combobox", name="Message")).to_be_visible()
    assert [bot.api.chat(who)[0]["from"]["first_name"] for who in (1001, 1002)] == ["Ann", "Ben"]


async def test_a_sandbox_started_anew_is_found_again(browser: Browser, bot: ScriptedBot) -> None:
    first = await serve(bot.api, port=0)
    page = await browser.new_page()
    await page.goto(first.url)
    await start(page)
    await first.close()
    await expect(page.get_by_text("waiting for the sandbox…")).to_be_visible()
    second = await serve(BotApi(SystemClock()), port=first.port)
    await expect(page.get_by_role("button", name="START")).to_be_visible()
    await page.close()
    await second.close()
