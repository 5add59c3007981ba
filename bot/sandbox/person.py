"""A person in a story: says, taps, sees. What a test reads like."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.botapi import BotApi
from bot.sandbox.rules import Json


@dataclass(frozen=True)
class Seen:
    """One message as it looks; `keys` are the keyboard under the text field that it brought."""

    message_id: int
    from_bot: bool
    text: str
    buttons: list[list[str]] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)
    photo: bytes | None = None
    document: bytes | None = None
    edited: bool = False
    body: Json = field(default_factory=dict, repr=False, compare=False)

    @property
    def labels(self) -> list[str]:
        return [label for row in self.buttons for label in row]

    def data(self, label: str) -> str:
        """Return what a tap on the button sends; AssertionError where there is no such button."""
        button = best(label, inline(self.body))
        assert button is not None, f"no button {label!r}; there are {self.labels}"  # noqa: S101 - a test's own words
        return str(button["callback_data"])


class Person:
    """Joins at once. After every act `settle` is awaited: the bot has its say before the story goes on."""

    def __init__(
        self,
        api: BotApi,
        user_id: int,
        first_name: str,
        *,
        language: str = "en",
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        self.api = api
        self.user_id = user_id
        self.settle = settle
        self.acts = 0
        self.tap_count = 0
        api.join(user_id, first_name, language)

    async def says(self, text: str, reply_to: int | None = None) -> int:
        self.acts += 1
        message_id = self.api.says(self.user_id, text, reply_to=reply_to)
        await self.settle()
        return message_id

    async def taps(self, label: str) -> str:
        """Tap the button with this label on the newest message that has one: the whole label, else its first words."""
        for seen in reversed(self.chat):
            if seen.from_bot and best(label, inline(seen.body)):
                return await self.taps_on(seen.message_id, seen.data(label))
        visible = [seen.labels for seen in self.chat if seen.labels]
        raise AssertionError(f"no button {label!r} for {self.user_id}; by message there are {visible}")

    async def taps_on(self, message_id: int, data: str) -> str:
        """Tap a button by what it sends, there or not; returns the query's id."""
        self.acts += 1
        self.tap_count += 1
        query_id = self.api.taps(self.user_id, message_id, data)
        await self.settle()
        return query_id

    async def shares_location(self, latitude: float, longitude: float) -> int:
        self.acts += 1
        message_id = self.api.shares_location(self.user_id, latitude, longitude)
        await self.settle()
        return message_id

    async def edits(self, message_id: int, text: str) -> None:
        self.acts += 1
        self.api.edits(self.user_id, message_id, text)
        await self.settle()

    async def sends(self, kind: Literal["photo", "sticker", "voice", "document"]) -> int:
        self.acts += 1
        message_id = self.api.sends(self.user_id, kind)
        await self.settle()
        return message_id

    async def sends_file(self, name: str, content: bytes) -> int:
        self.acts += 1
        message_id = self.api.sends_file(self.user_id, name, content)
        await self.settle()
        return message_id

    async def blocks(self) -> None:
        self.api.blocks(self.user_id)
        await self.settle()

    async def unblocks(self) -> None:
        self.api.unblocks(self.user_id)
        await self.settle()

    @property
    def chat(self) -> list[Seen]:
        """Return everything in the chat, oldest first."""
        return [self.look(message) for message in self.api.chat(self.user_id)]

    @property
    def sees(self) -> Seen:
        """Return the bot's last message; AssertionError before there is one."""
        seen = next((one for one in reversed(self.chat) if one.from_bot), None)
        assert seen is not None, f"the bot has said nothing to {self.user_id}"  # noqa: S101 - a test's own words
        return seen

    @property
    def toast(self) -> str | None:
        """Return the last short line over the chat."""
        return next(reversed(self.api.toasts(self.user_id)), None)

    def look(self, message: Json) -> Seen:
        photo, document = message.get("photo"), message.get("document")
        return Seen(
            message_id=message["message_id"],
            from_bot=message["from"]["is_bot"],
            text=message.get("text") or message.get("caption") or "",
            buttons=[[button["text"] for button in row] for row in inline(message)],
            keys=[[key["text"] for key in row] for row in message.get("reply_markup", {}).get("keyboard", [])],
            photo=self.api.file(photo[-1]["file_id"]).content if photo else None,
            document=self.api.file(document["file_id"]).content if document else None,
            edited="edit_date" in message,
            body=message,
        )


def inline(message: Json) -> list[list[Json]]:
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def best(label: str, rows: list[list[Json]]) -> Json | None:
    """Return the button of this label, else the first whose label begins with it, whole words only."""
    buttons = [button for row in rows for button in row if "callback_data" in button]
    exact = (button for button in buttons if button["text"] == label)
    return next(exact, None) or next((one for one in buttons if begins(one["text"], label)), None)


def begins(text: str, label: str) -> bool:
    """Return whether the words begin with `label`: "7" begins "7 · strong", not "70" and not "7.5"."""
    if not label or not text.startswith(label):
        return False
    rest = text[len(label) :]
    return not rest or not (rest[0].isalnum() or (rest[0] in ".,–-" and rest[1:2].isalnum()))
