"""How long somebody waits for their card to change after a tap, while everybody's cards are going out.

The whole bot as a process on SQLite, polled over real HTTP; Telegram is a process that takes 50 ms for each call
(`benchmarks/parts/telegram.py`). Every fifth person taps on their card within 0.2 s of its arrival. The time runs from
the tap until Telegram has answered the edit. Target: p95 within 300 ms. 10,000 cards take 333 s at 30 a second; fewer
say the same sooner.

    python benchmarks/taps_meanwhile.py [people] [messages a second]
"""

import json
import os
import sys
import time as stopwatch
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.parts.evening import PATIENCE, bots, cpu_of, most_in_any_second, new_messages, owe_cards
from benchmarks.parts.telegram import FIRST_MESSAGE, SERVER_TIME, Call, telegram
from bot.store.crypto import make_keys

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PER_SECOND = int(sys.argv[2]) if len(sys.argv) > 2 else 30
EVERY = 5
GLANCE = 0.2
"""Seconds between two looks at the telephone."""

SOON = 0.3


def tap_on(card: Call, message_id: int) -> Mapping[str, object]:
    """Return the update of somebody who answers 7 on their card."""
    chat = int(card.fields["chat_id"])
    buttons = [button for row in json.loads(card.fields["reply_markup"])["inline_keyboard"] for button in row]
    data = next(it["callback_data"] for it in buttons if it["callback_data"].endswith("headache:7"))
    person = {"id": chat, "is_bot": False, "first_name": "Somebody"}
    message = {"message_id": message_id, "date": 1795000000, "chat": {"id": chat, "type": "private"}}
    query = {"id": str(chat), "from": person, "message": message, "chat_instance": "1", "data": data}
    return {"callback_query": query}


def evening(folder: Path) -> None:
    url = f"sqlite:///{folder}/headsup.db"
    make_keys(folder / "headsup.key")
    owe_cards(url, PEOPLE)
    calls: list[Call] = []
    tapped: dict[str, float] = {}
    edited: dict[str, float] = {}
    sent = 0
    with telegram() as far, bots(far, folder, url, PER_SECOND) as pids:
        heard = stopwatch.monotonic()
        while sent < PEOPLE or len(edited) < len(tapped):
            stopwatch.sleep(GLANCE)
            news = far.calls(after=len(calls))
            calls += news
            taps = []
            for call in news:
                if call.method == "sendMessage":
                    sent += 1
                    if sent % EVERY == 0:
                        taps.append(tap_on(call, FIRST_MESSAGE + sent - 1))
                        tapped[call.fields["chat_id"]] = stopwatch.monotonic()
                elif call.method == "editMessageText":
                    edited[call.fields["chat_id"]] = call.at + SERVER_TIME
                heard = stopwatch.monotonic()
            if taps:
                far.push(taps)
            assert stopwatch.monotonic() - heard < PATIENCE, f"{sent} sent, {len(edited)} of {len(tapped)} edited"
        cpu = cpu_of(pids)
    at = [call.at for call in new_messages(calls)]
    waits = sorted(edited[chat] - when for chat, when in tapped.items())
    p50, p95, p99 = (waits[int(len(waits) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    print(
        f"cards sent                  {sent:8,} in {at[-1] - at[0]:.1f} s, at most {most_in_any_second(at)} in any one"
    )
    print(f"processor time              {cpu:8.1f} s, start included, on {os.cpu_count()} cores")
    print(f"taps meanwhile              {len(waits):8,}")
    print(f"tap to edited card, p50     {p50:8.0f} ms")
    print(f"                    p99     {p99:8.0f} ms")
    print(f"                    p95     {p95:8.0f} ms")
    assert most_in_any_second(at) <= PER_SECOND
    assert p95 <= SOON * 1000


with TemporaryDirectory() as name:
    evening(Path(name))
