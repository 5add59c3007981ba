"""headsup broadcast: what the operator has to say is looked at, confirmed and handed to the bot, then watched."""

import sys
import time
from contextlib import suppress
from pathlib import Path

import typer

from bot import diary
from bot.clock import Clock
from bot.config import Settings
from bot.render.broadcast import LONGEST
from bot.store import broadcasts, lock, roster
from bot.store.broadcasts import Broadcast
from bot.store.database import Session
from bot.terminal import FAILED, MISCONFIGURED, progress, say, stop_with

LOOK_EVERY = 1.0
STILL = "The last broadcast is still going out, 48 hours at the most; headsup broadcast it again after that."


def send(settings: Settings, source: str, clock: Clock, *, dry_run: bool, yes: bool) -> None:
    """Show the message and how many people there are; on a yes, let it go out."""
    text = _text(source)
    many, waiting = diary.read(
        settings, lambda session: (roster.counts(session, clock.now()).get("active", 0), broadcasts.current(session))
    )
    say(f"From whoever runs this bot:\n\n{text}\n")
    say(f"To {many} {'person' if many == 1 else 'people'}, once each; those who want no news are left out.")
    if dry_run:
        return
    if waiting is not None or broadcasts.file_of(settings.keys.file).exists():
        stop_with(FAILED, STILL)
    if not yes:
        if source == "-" or not sys.stdin.isatty():
            stop_with(MISCONFIGURED, "--yes: say so where nobody can be asked; --dry-run only shows the message")
        typer.confirm("Send it?", abort=True)
    broadcast = Broadcast(text, clock.now())
    if _begin(settings, broadcast):
        say("It goes out while nothing else waits, outside everybody's quiet hours.")
        if sys.stderr.isatty():
            _watch(settings, broadcast, many)
    else:
        say("It goes out as soon as the bot runs: headsup run")


def _text(source: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        text = raw.decode().strip()
    except OSError as trouble:
        stop_with(MISCONFIGURED, f"{source}: cannot be read: {trouble.strerror}")
    except UnicodeDecodeError:
        stop_with(MISCONFIGURED, f"{source}: is not text in UTF-8")
    if not text or "\0" in text:
        stop_with(MISCONFIGURED, f"{source}: {'is empty' if not text else 'is not text'}")
    if len(text) > LONGEST:
        stop_with(MISCONFIGURED, f"{source}: has {len(text)} letters; a message holds {LONGEST}")
    return text


def _begin(settings: Settings, broadcast: Broadcast) -> bool:
    """Put it into the diary, or hand it to the bot that has that for itself. Returns whether one may be running."""
    keys = diary.key_ring(settings)
    try:
        held = diary.lock_of(settings)
    except lock.Held:
        try:
            broadcasts.hand_over(settings.keys.file, keys, broadcast)
        except OSError as trouble:
            stop_with(FAILED, f"{broadcasts.file_of(settings.keys.file)}: {trouble.strerror}")
        return True
    database = diary.open_diary(settings, held=held, begin=False, shared=held is None)
    try:
        if not database.submit(lambda session: broadcasts.begin(session, broadcast)).result():
            stop_with(FAILED, STILL)
    finally:
        database.close()
    return held is None


def _watch(settings: Settings, broadcast: Broadcast, many: int) -> None:
    """Show how far it is until it is over; Ctrl-C ends the watching only."""
    say("Ctrl-C stops this bar, not the broadcast.")
    told = sent = 0
    with suppress(KeyboardInterrupt), progress("Broadcasting", many) as count:
        going_on = True
        while going_on:
            time.sleep(LOOK_EVERY)
            (done, sent), going_on = diary.read(settings, lambda session: _how_far(session, broadcast))
            count(done - told)
            told = done
    say(f"Sent to {sent} so far.")


def _how_far(session: Session, broadcast: Broadcast) -> tuple[tuple[int, int], bool]:
    waits = broadcasts.file_of(session.settings.keys.file).exists()
    return broadcasts.told(session, broadcast), waits or broadcasts.current(session) == broadcast
