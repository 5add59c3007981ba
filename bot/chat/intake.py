"""What comes in is stored before anything else happens to it; what cannot be stored, or is far too much, is said so."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy.exc import DBAPIError

from bot.chat.flood import Flood
from bot.clock import Clock
from bot.store import inbox
from bot.store.database import Database
from bot.store.disk import is_full
from bot.together import Together

log = structlog.get_logger()

Raw = Mapping[str, Any]
Why = Literal["too much", "not saved"]
COUNTED = ("message", "edited_message", "callback_query")
TOLD_EVERY = 3600.0
"""Seconds between two words to the same person that nothing can be saved."""

MOST_TOLD = 10_000


class Intake:
    """Takes raw updates in: `accept` is given each that is stored and new, `turn_away` the sender of one that was not
    taken, where that was in their private chat."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        accept: Callable[[Raw], None],
        turn_away: Callable[[Mapping[str, Any], Why], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._accept = accept
        self._turn_away = turn_away
        self._flood = Flood(database.settings.access.updates_per_minute)
        self._told: OrderedDict[int, float] = OrderedDict()
        self._stored_early: set[int] = set()
        self._pushed = Together[Raw](self.take_in)

    async def take_in(self, raws: Sequence[Raw]) -> int:
        """Store updates, then pass on those that were not here before. Returns how many that were.

        Raises what the database raises; then none of them is confirmed, and all come again. On a full disk, who wants
        everything about them deleted is served all the same, from the room that is held back.
        """
        now = self._clock.now()
        raws = [without_card(raw) for raw in raws]
        wanted = [raw for raw in raws if raw["update_id"] not in self._stored_early and self._admits(raw, now)]
        try:
            new = await self._store(wanted, now)
        except Exception as trouble:
            for raw in wanted:
                self._flood.give_back(person_of(raw) or 0)
            if await self._let_delete(wanted, now, trouble):
                return await self.take_in(raws)  # there is room again, for a while
            self._say_it_is_not_saved(wanted)
            raise
        self._stored_early.clear()
        return new

    async def take_in_one(self, raw: Raw) -> None:
        """Take in an update that came by itself, together with all that come while others are being stored."""
        await self._pushed.add(raw)

    async def _store(self, raws: Sequence[Raw], now: datetime) -> int:
        new = await self._database.write(lambda s: inbox.store(s, [(raw, person_of(raw)) for raw in raws], now))
        by_id = {raw["update_id"]: raw for raw in raws}
        for update_id in new:  # each once, even where it came twice in one batch
            self._accept(by_id[update_id])
        return len(new)

    def _admits(self, raw: Raw, now: datetime) -> bool:
        person = person_of(raw)
        if person is None or not any(kind in raw for kind in COUNTED):
            return True
        if self._flood.admits(person, _sent_at(raw, now)):
            return True
        if self._flood.tells(person, self._clock.steady()):
            log.warning("person.too_much", user=person)
            self._say_no(raw, "too much")
        return False

    async def _let_delete(self, raws: Sequence[Raw], now: datetime, trouble: Exception) -> bool:
        """Store deletions on a full disk, in the room that is held back. Returns whether there were any, and it did."""
        deletions = [raw for raw in raws if _is_deletion(raw)] if is_full(trouble) else []
        if not deletions or self._database.disk is None:
            return False
        self._database.disk.release_ballast()
        try:
            await self._store(deletions, now)
        except DBAPIError:
            return False  # it was used up before, or somebody was faster
        self._stored_early |= {raw["update_id"] for raw in deletions}
        return True

    def _say_it_is_not_saved(self, raws: Sequence[Raw]) -> None:
        """Say once an hour to each of them that nothing can be saved now."""
        for raw in raws:
            person = person_of(raw)
            if person is not None and self._tells(person):
                self._say_no(raw, "not saved")

    def _say_no(self, raw: Raw, why: Why) -> None:
        sender, chat = sender_and_chat(raw)
        if sender is not None and chat == sender.get("id"):
            self._turn_away(sender, why)

    def _tells(self, person: int) -> bool:
        now = self._clock.steady()
        if now - self._told.get(person, -TOLD_EVERY) < TOLD_EVERY:
            return False
        self._told[person] = now
        self._told.move_to_end(person)
        if len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)
        return True


def _sent_at(raw: Raw, now: datetime) -> float:
    """Return when a person sent this, in seconds since 1970: only messages say so, a tap is never old."""
    message = raw.get("message")
    date = message.get("date") if isinstance(message, Mapping) else None
    return min(float(date), now.timestamp()) if isinstance(date, int) and date > 0 else now.timestamp()


def _is_deletion(raw: Raw) -> bool:
    """Tell whether this asks for, or confirms, that everything about a person is deleted."""
    tap, message = raw.get("callback_query"), raw.get("message")
    if isinstance(tap, Mapping):
        return str(tap.get("data")).split(":")[0] in ("delete", "erase")
    return isinstance(message, Mapping) and str(message.get("text")).split("@")[0].strip() == "/delete"


def without_card(raw: Raw) -> Raw:
    """Return a tap without what stands on the message it was made on, only which one that is: it repeats answers that
    the diary has, and parsing it costs more than the rest of the update."""
    tap = raw.get("callback_query")
    message = tap.get("message") if isinstance(tap, Mapping) else None
    if not isinstance(tap, Mapping) or not isinstance(message, Mapping):
        return raw
    which = {name: message[name] for name in ("message_id", "date", "chat") if name in message}
    return {**raw, "callback_query": {**tap, "message": which}}


def person_of(raw: Raw) -> int | None:
    """Return the id of the person a raw update is from, whatever kind it is."""
    sender, _ = sender_and_chat(raw)
    return None if sender is None else id_in(sender.get("id"))


def sender_and_chat(raw: Raw) -> tuple[Mapping[str, Any] | None, object]:
    """Return who sent a raw update and the id of the chat it is from, as far as it says so."""
    for content in raw.values():
        if isinstance(content, Mapping) and isinstance(content.get("from"), Mapping):
            holder = content.get("message", content)
            chat = holder.get("chat") if isinstance(holder, Mapping) else None
            return content["from"], chat.get("id") if isinstance(chat, Mapping) else None
    return None, None


def id_in(value: object) -> int | None:
    """Return an id that a column can hold; None for what Telegram never sends (its ids have 52 bits)."""
    return value if type(value) is int and 0 <= value < 2**63 else None
