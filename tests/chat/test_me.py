"""Who the bot is, asked of servers that are Telegram, are not, or do not answer; the token is in no message."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.chat import me

TOKEN = "1:secret-of-the-bot"


async def asked(status: int, body: str, **headers: str) -> me.Me:
    """Ask a server that answers everything so."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers=headers)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        _, port = runner.addresses[0]
        return await me.ask(f"http://127.0.0.1:{port}/bot", TOKEN)
    finally:
        await runner.cleanup()


async def test_the_name_and_the_time() -> None:
    found = await asked(200, '{"ok": true, "result": {"username": "AnnsBot"}}', Date="Mon, 02 Mar 2026 12:00:00 GMT")
    assert found == me.Me("AnnsBot", datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.mark.parametrize("date", ["noon", "Mon, 02 Mar 2026 12:00:00 -0000", "Mon, 99 Mar 2026 12:00:00 GMT"])
async def test_a_time_that_cannot_be_read_is_none(date: str) -> None:
    found = await asked(200, '{"ok": true, "result": {"username": "AnnsBot"}}', Date=date)
    assert found == me.Me("AnnsBot", None)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_telegram_does_not_know(status: int) -> None:
    with pytest.raises(me.UnknownToken, match="copy it again from @BotFather"):
        await asked(status, '{"ok": false, "error_code": 401, "description": "Unauthorized"}')


@pytest.mark.parametrize(
    ("status", "body", "how"),
    [
        (404, "<h1>Not found</h1>", "HTTP 404"),
        (200, "<h1>It works!</h1>", "HTTP 200"),
        (200, '{"status": "fine"}', "HTTP 200"),
        (200, '["ok"]', "HTTP 200"),
        (200, "\xff", "HTTP 200"),
        (200, "[" * 99_999, "HTTP 200"),
        (302, "", "HTTP 302"),
        (502, '{"ok": false, "description": "Bad Gateway"}', "HTTP 502"),
    ],
)
async def test_what_is_no_answer_of_telegrams(status: int, body: str, how: str) -> None:
    with pytest.raises(me.NoAnswer) as told:
        await asked(status, body)
    assert f"Telegram does not answer ({how}); see whether" in str(told.value)
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/bot", "http://nowhere.invalid/bot", "http://:0/bot", "http://[/"]
)
async def test_an_address_that_leads_nowhere(address: str) -> None:
    with pytest.raises(me.NoAnswer) as told:
        await me.ask(address, TOKEN)
    assert TOKEN not in str(told.value)
    assert told.value.__suppress_context__, "aiohttp's own words hold the address"
