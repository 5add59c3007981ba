"""The network itself fails, before the bot starts, while it runs, and while it sends: T13, T14, T15."""

import asyncio
import random
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import connector
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import capture_logs
from telegram.error import TelegramError

from bot.chat.errors import TryLater, Unknown, trouble_of
from bot.chat.transport import AiohttpRequest
from tests.databases import Databases, Home
from tests.faults.household import CARD
from tests.faults.promises import Figures, points
from tests.faults.virtual import play
from tests.faults.wire import NAME, Fault, LoopWithSockets
from tests.faults.wired import CONNECTIONS, WiredWorld, wired
from tests.faults.world import world

pytestmark = pytest.mark.slow

DUE = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
Logs = Sequence[Mapping[str, Any]]


def told(logs: Logs, event: str) -> Logs:
    return [line for line in logs if line["event"] == event]


# T13: the network goes and comes back under a bot that runs

CAUGHT = 5
"""Seconds before the network is back at which the cards of the evening are due."""

LENGTHS = [180 + 420 * number / points(1, 8) for number in range(points(1, 8))]
"""Seconds that the network is gone: each time the bot is somewhere else between two tries when it comes back."""


@pytest.mark.parametrize("fault", ["silent", "drips", "black hole", "names hang", "no names", "refused"])
def test_the_network_goes_and_comes_back(databases: Databases, tmp_path: Path, promise: Figures, fault: Fault) -> None:
    async def story(home: Home, lasts: float) -> None:
        async with wired(home, DUE - timedelta(seconds=60 + lasts - CAUGHT)) as all_is:
            (ann,) = all_is.people([1001], at=None)
            asked = all_is.people(range(2001, 2021), at=DUE.time())
            all_is.beat = 10
            await all_is.starts()
            with capture_logs() as logs:
                await all_is.passes(seconds=60)
                assert not told(logs, "telegram.silent"), "a quiet minute is no silence"
                await all_is.answers(ann)
                await all_is.wire.strikes(fault)
                struck = all_is.clock.steady()
                while not told(logs, "telegram.silent"):
                    await all_is.passes(seconds=2)
                promise.at_most("T13", "until the silence is told", 120, all_is.clock.steady() - struck, "s")
                await all_is.passes(seconds=struck + lasts - CAUGHT - 15 - all_is.clock.steady())
                all_is.beat = 1
                await all_is.passes(seconds=CAUGHT + 15)
                await all_is.wire.heals()
                healed_at = all_is.clock.now()
                took = await all_is.answers(ann)
                promise.at_most("T13", "until words are answered, network back", 20, took, "s")
                all_is.beat = 10
                await all_is.passes(minutes=2)
            gone_out = min(at for one in asked for at in all_is.sent(chat=one.user_id) if at >= healed_at)
            promise.at_most("T13", "until cards go out, network back", 20, (gone_out - healed_at).total_seconds(), "s")
            copies = [all_is.copies(one, CARD) for one in asked]
            promise.at_most("T13", "cards lost that were due as it came back", 0, copies.count(0), tries=len(copies))
            promise.at_most("T13", "extra copies of such a card", 1, max(copies) - 1, tries=len(copies))
            promise.at_most("T13", "alarms for one silence", 1, len(told(logs, "telegram.silent")))
            assert len(told(logs, "telegram.heard_again")) == 1

    for number, lasts in enumerate(LENGTHS):
        (folder := tmp_path / str(number)).mkdir()
        with databases.diary(folder) as home:
            play(story(home, lasts), LoopWithSockets)


class Endless(AiohttpRequest):
    """A way to the network on which no timeout works."""

    async def do_request(self, url: str, method: str, request_data: Any = None, **timeouts: Any) -> tuple[int, bytes]:
        return await super().do_request(url, method, request_data, read_timeout=24 * 3600)


def test_a_question_that_no_timeout_ends(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with wired(home) as all_is:
            (ann,) = all_is.people([1001], at=None)
            all_is.polling = Endless(1)
            await all_is.starts()
            with capture_logs() as logs:
                await all_is.passes(seconds=30)
                await all_is.wire.strikes("silent")
                await all_is.passes(seconds=1)
                await all_is.wire.heals()
                took = await all_is.answers(ann, patience=300)
            assert len(told(logs, "telegram.silent")) == 1
            promise.at_most("T13", "until a question is asked anew that hangs for good", 120, took, "s")

    play(story(), LoopWithSockets)


# T14: far more to send than the connections can take

MANY = points(200, 5000)
PROBES = 20
KINDS = {"answered", TryLater.__name__, Unknown.__name__}


@pytest.mark.parametrize("fault", ["slow", "silent", "drips"])
@pytest.mark.parametrize("cancelled", [False, True], ids=["", "half of them cancelled"])
def test_more_calls_than_connections(home: Home, promise: Figures, fault: Fault, cancelled: bool) -> None:
    async def story() -> None:
        async with wired(home) as all_is:
            chance = random.Random(7)
            request = AiohttpRequest(CONNECTIONS)
            await request.initialize()

            async def call() -> str:
                try:
                    await request.post(f"http://{NAME}:{all_is.wire.port}/bot{all_is.api.token}/getMe")
                except TelegramError as error:
                    return type(trouble_of(error)).__name__
                return "answered"

            async def give_up(task: asyncio.Task[str]) -> None:
                await all_is.clock.sleep(chance.uniform(0, 12))
                task.cancel()

            await all_is.wire.strikes(fault)
            calls = [asyncio.create_task(call()) for _ in range(MANY)]
            if cancelled:
                await asyncio.gather(*(give_up(task) for task in calls[::2]))
            ends = await asyncio.gather(*calls, return_exceptions=True)
            untrue = max(0, len(all_is.api.calls) + ends.count(TryLater.__name__) - MANY)
            promise.at_most("T14", "calls told as not sent that arrived", 0, untrue, tries=MANY)
            unsure = max(0, sum(end in ("answered", Unknown.__name__) for end in ends) - all_is.wire.asked)
            promise.at_most("T14", "calls told as perhaps sent that never were", 0, unsure, tries=MANY)
            assert all(end in KINDS or isinstance(end, asyncio.CancelledError) for end in ends)
            await all_is.wire.heals()
            probes = [await call() for _ in range(PROBES)]
            promise.at_least("T14", "of 20 calls that work, network back", PROBES, probes.count("answered"))
            await all_is.wire.strikes("slow")
            at_once = [asyncio.create_task(call()) for _ in range(CONNECTIONS)]
            done, _ = await asyncio.wait(at_once, timeout=3)  # 2 s, if all find a connection
            promise.at_most("T14", "connections lost for good", 0, CONNECTIONS - len(done))
            await asyncio.gather(*at_once)
            await request.shutdown()

    play(story(), LoopWithSockets)


def test_an_evening_with_a_slow_telegram(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with wired(home, DUE - timedelta(seconds=30)) as all_is:
            (ann,) = all_is.people([1001], at=None)
            asked = all_is.people(range(2001, 2001 + points(40, 400)), at=DUE.time())
            await all_is.starts()
            await all_is.wire.strikes("slow")
            await all_is.passes(seconds=60 + len(asked))
            copies = [all_is.copies(one, CARD) for one in asked]
            promise.at_most("T14", "cards lost with 2 s for each answer", 0, copies.count(0), tries=len(asked))
            promise.at_most("T14", "cards doubled with 2 s for each answer", 0, max(copies) - 1, tries=len(asked))
            await all_is.wire.heals()
            promise.at_most("T14", "until words are answered, Telegram quick again", 20, await all_is.answers(ann), "s")

    play(story(), LoopWithSockets)


# T15: no network when the bot starts, or something that only looks like one

PAGE = b"Content-Type: text/html\r\nContent-Length: 26\r\n\r\n<html>Please log in</html>"
AT_START: Mapping[str, Fault] = {
    "refused": "refused",
    "black hole": "black hole",
    "no names": "no names",
    "names hang": "names hang",
    "silent": "silent",
    "a page to log in": b"HTTP/1.1 200 OK\r\n" + PAGE,
    "sent to a page": b"HTTP/1.1 302 Found\r\nLocation: http://portal.invalid/\r\n" + PAGE,
    "a page, 401": b"HTTP/1.1 401 Unauthorized\r\n" + PAGE,
    "a page, 404": b"HTTP/1.1 404 Not Found\r\n" + PAGE,
    "a page, 511": b"HTTP/1.1 511 Network Authentication Required\r\n" + PAGE,
}
STARTS = [60 + 120 * number / points(1, 8) for number in range(points(1, 8))]
"""Seconds after the start at which the network comes."""


@pytest.mark.parametrize("fault", AT_START.values(), ids=AT_START)
def test_no_network_at_the_start(databases: Databases, tmp_path: Path, promise: Figures, fault: Fault) -> None:
    async def story(home: Home, lasts: float) -> None:
        async with wired(home) as all_is:
            await all_is.wire.strikes(fault)
            await comes_up(all_is, promise, lasts, all_is.wire.heals)

    for number, lasts in enumerate(STARTS):
        (folder := tmp_path / str(number)).mkdir()
        with databases.diary(folder) as home:
            play(story(home, lasts), LoopWithSockets)


def test_somebody_elses_certificate(home: Home, promise: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, _ = certificate(home.folder / "wrong.pem", NAME)
    right, trusted = certificate(home.folder / "right.pem", NAME)
    monkeypatch.setattr(connector, "_SSL_CONTEXT_VERIFIED", trusted)  # aiohttp makes its own as it is imported

    async def story() -> None:
        async with wired(home, tls=wrong) as all_is:
            logs = await comes_up(all_is, promise, 60, lambda: all_is.wire.shows(right))
            assert {line["trouble"] for line in told(logs, "telegram.unreachable")} == {
                "ClientConnectorCertificateError"
            }

    play(story(), LoopWithSockets)


async def comes_up(all_is: WiredWorld, promise: Figures, lasts: float, heal: Any) -> Logs:
    """Start the bot, let the network come after so many seconds, and see that somebody is answered."""
    (ann,) = all_is.people([1001], at=None)
    with capture_logs() as logs:
        starting = asyncio.create_task(all_is.starts())
        await all_is.clock.sleep(lasts)
        promise.at_most("T15", "bots that gave up", 0, int(starting.done()))
        pauses = [line["retry_in"] for line in told(logs, "telegram.unreachable")]
        promise.at_most("T15", "longest pause between two tries", 15, max(pauses), "s")
        promise.at_most("T15", "lines in the log a minute", 10, len(logs) * 60 / lasts)
        assert all_is.api.token not in str(logs)
        await heal()
        promise.at_most("T15", "until words are answered, network there", 20, await all_is.answers(ann), "s")
        await starting
    return list(logs)


def certificate(path: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate, and return a server that shows it and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2226, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(public + key.private_bytes(serialization.Encoding.PEM, form, plain))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cadata=public.decode())


def test_telegram_cannot_be_told_at_once_where_to_push(home: Home, promise: Figures) -> None:
    async def story() -> None:
        async with world(home) as all_is:
            await all_is.starts()
            all_is.api.fail("setWebhook", status=502, times=6)
            pushed = asyncio.create_task(all_is.chat.be_pushed("https://bot.example/tg/hook", "s" * 32))
            await all_is.passes(seconds=120)
            promise.at_most("T15", "bots that gave up", 0, int(pushed.done() or not all_is.api.updates.webhook))
            pushed.cancel()

    play(story())
