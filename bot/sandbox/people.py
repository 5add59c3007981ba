"""What people do in the sandbox, and what they see."""

import mimetypes
from datetime import datetime, timedelta
from typing import Literal

from bot.clock import Clock
from bot.sandbox.bell import Bell
from bot.sandbox.chats import Chat, Chats, stamp
from bot.sandbox.files import Files, Upload, tiny_picture
from bot.sandbox.formatting import Formatted, clean, with_commands
from bot.sandbox.messages import LONGEST_TEXT, quoted
from bot.sandbox.profile import Commands, Profile
from bot.sandbox.rules import Json
from bot.sandbox.updates import Updates

ACCESSIBLE = timedelta(hours=48)
"""Older messages come back with a tap only as an id."""


class People:
    """The people's side of a Telegram. Ids are Telegram's: a private chat has the person's id, a group a negative one.

    Someone unknown, or who blocked the bot and writes all the same, is a ValueError: no app would let them.
    """

    def __init__(self, clock: Clock, bot: Json) -> None:
        self.clock = clock
        self.chats = Chats(clock, bot)
        self.files = Files()
        self.updates = Updates(clock)
        self.profile = Profile(bot["first_name"])
        self.taps_waiting: dict[str, tuple[int, datetime]] = {}
        self.taps_made = 0
        self.left_groups: set[int] = set()
        self.version = 0
        self.moved = Bell()

    # What they do

    def join(self, user_id: int, first_name: str, language: str = "en") -> None:
        """Make a person known; the bot may not write before they have said something."""
        self.chats.join(user_id, first_name, language)
        self.move()

    def opens(self, user_id: int) -> None:
        """Let the bot write to somebody who has a diary already; who has not joined yet gets a name when they do."""
        if user_id not in self.chats.people:
            self.chats.join(user_id, str(user_id), "en")
        self.chats.by_id[user_id].standing = "open"

    def says(self, user_id: int, text: str, *, reply_to: int | None = None) -> int:
        """Send a text, 1-4096 characters; returns the message's id."""
        chat = self.private(user_id)
        answered = chat.messages.get(reply_to) if reply_to is not None else None
        reply = {"reply_to_message": quoted(answered)} if answered else {}
        return self.put(chat, user_id, {**typed(text), **reply})

    def taps(self, user_id: int, message_id: int, data: str) -> str:
        """Tap an inline button and return the query's id; any data goes, as a forged tap has."""
        chat = self.private(user_id, talking=False)
        message = chat.messages.get(message_id)
        if message is None or stamp(self.clock.now()) - message["date"] > ACCESSIBLE.total_seconds():
            message = {"chat": chat.body, "message_id": message_id, "date": 0}
        elif "inline_keyboard" not in message.get("reply_markup", ()):
            message = {name: value for name, value in message.items() if name != "reply_markup"}
        self.taps_made += 1
        query_id = f"{user_id}-{self.taps_made}"
        self.taps_waiting[query_id] = (user_id, self.clock.now())
        query = {
            "id": query_id,
            "from": self.chats.people[user_id],
            "chat_instance": str(user_id),
            "message": message,
            "data": data,
        }
        self.updates.add({"callback_query": query})
        self.move()
        return query_id

    def shares_location(self, user_id: int, latitude: float, longitude: float) -> int:
        """Send a place, in degrees; returns the message's id."""
        place = {"location": {"latitude": latitude, "longitude": longitude}}
        return self.put(self.private(user_id), user_id, place)

    def edits(self, user_id: int, message_id: int, text: str) -> None:
        """Change a text they sent."""
        chat = self.private(user_id)
        message = chat.messages.get(message_id, {})
        if message.get("from", {}).get("id") != user_id or "text" not in message:
            raise ValueError(f"message {message_id} is no text of theirs")
        self.updates.add({"edited_message": self.chats.change(chat, message, typed(text))})
        self.move()

    def sends(self, user_id: int, kind: Literal["photo", "sticker", "voice", "document"]) -> int:
        """Send something that is not words; returns the message's id."""
        chat = self.private(user_id)
        picture = tiny_picture()
        body: Json
        match kind:
            case "photo":
                upload, body = Upload("photo.png", picture, "image/png"), {"width": 64, "height": 48}
            case "sticker":
                shape = {"type": "regular", "width": 64, "height": 48, "is_animated": False, "is_video": False}
                upload, body = Upload("sticker.png", picture, "image/png"), {**shape, "emoji": "👍"}
            case "voice":
                upload, body = Upload("voice.ogg", b"OggS", "audio/ogg"), {"duration": 2, "mime_type": "audio/ogg"}
            case "document":
                upload = Upload("note.txt", b"A note.\n", "text/plain")
                body = {"file_name": "note.txt", "mime_type": "text/plain"}
        kept = self.files.keep(kind, upload, body)
        return self.put(chat, user_id, {kind: [kept] if kind == "photo" else kept})

    def sends_file(self, user_id: int, name: str, content: bytes) -> int:
        """Send a file of theirs; returns the message's id."""
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kept = self.files.keep("document", Upload(name, content, mime), {"file_name": name, "mime_type": mime})
        return self.put(self.private(user_id), user_id, {"document": kept})

    def blocks(self, user_id: int) -> None:
        chat = self.private(user_id, talking=False)
        if chat.standing != "blocked":
            self.stands(chat, user_id, "blocked", "member", "kicked")

    def unblocks(self, user_id: int) -> None:
        chat = self.private(user_id, talking=False)
        if chat.standing == "blocked":
            self.stands(chat, user_id, "open", "kicked", "member")

    def adds_to_group(self, chat_id: int, title: str, user_id: int) -> None:
        """Put the bot into a group, whose id is negative."""
        if chat_id >= 0:
            raise ValueError("a group's id is negative")
        self.known(user_id)
        chat = self.chats.found(chat_id, title)
        self.left_groups.discard(chat_id)
        self.stands(chat, user_id, "open", "left", "member")
        self.put(chat, user_id, {"new_chat_members": [self.chats.bot]})

    def group_says(self, chat_id: int, user_id: int, text: str) -> int:
        """Say something in a group; the bot hears everything (privacy mode is off) while it is in there."""
        return self.put(self.chats.by_id[chat_id], user_id, typed(text))

    def push(self, update: Json) -> int:
        """Queue a raw update, without its `update_id`, which is returned; nothing is checked or filtered."""
        return self.updates.add(update, filtered=False)

    # What they see

    def chat(self, chat_id: int) -> list[Json]:
        """Return the messages as the Bot API shows them, in order; keyboards under the text field are there too."""
        chat = self.chats.by_id.get(chat_id)
        return list(chat.messages.values()) if chat else []

    def toasts(self, user_id: int) -> list[str]:
        """Return the answers to taps that had words, oldest first."""
        chat = self.chats.by_id.get(user_id)
        return list(chat.toasts) if chat else []

    def waiting_tap(self, query_id: str) -> bool:
        return query_id in self.taps_waiting

    def file(self, file_id: str) -> Upload:
        """Return a file by its id, which is its `file_path` too; KeyError where there is none."""
        return self.files.get(file_id)

    @property
    def commands(self) -> Commands:
        return self.profile.menu()

    @property
    def description(self) -> str:
        return self.profile.get("description")

    @property
    def short_description(self) -> str:
        return self.profile.get("short_description")

    async def changed(self, after: int, seconds: float) -> int:
        """Wait until something that a person could see has changed since version `after`, at most `seconds`."""
        until = self.clock.steady() + seconds
        while self.version <= after and (left := until - self.clock.steady()) > 0:
            await self.moved.wait(self.clock, left)
        return self.version

    # How it comes about

    def move(self) -> None:
        self.version += 1
        self.moved.ring()

    def known(self, user_id: int) -> Json:
        if user_id not in self.chats.people:
            raise ValueError(f"nobody has the id {user_id}; they join first")
        return self.chats.people[user_id]

    def private(self, user_id: int, *, talking: bool = True) -> Chat:
        self.known(user_id)
        chat = self.chats.by_id[user_id]
        if talking:
            if chat.standing == "blocked":
                raise ValueError(f"{user_id} has blocked the bot and unblocks it first")
            chat.standing = "open"
        return chat

    def put(self, chat: Chat, user_id: int, content: Json) -> int:
        message = self.chats.add(chat, self.known(user_id), content)
        if chat.standing == "open":
            self.updates.add({"message": message})
        self.move()
        return int(message["message_id"])

    def stands(
        self, chat: Chat, user_id: int, standing: Literal["open", "blocked", "left"], before: str, after: str
    ) -> None:
        """Change how the bot stands in a chat and tell it."""
        chat.standing = standing
        until = {"until_date": 0} if after == "kicked" else {}
        change = {
            "chat": chat.body,
            "from": self.chats.people.get(user_id, self.chats.bot),
            "date": stamp(self.clock.now()),
            "old_chat_member": {
                "user": self.chats.bot,
                "status": before,
                **({"until_date": 0} if before == "kicked" else {}),
            },
            "new_chat_member": {"user": self.chats.bot, "status": after, **until},
        }
        self.updates.add({"my_chat_member": change})
        self.move()


def typed(text: str) -> Json:
    """Return what a person's words look like in a message."""
    said = with_commands(Formatted(clean(text).strip()))
    if not 1 <= len(said.text) <= LONGEST_TEXT:
        raise ValueError(f"a message has 1 to {LONGEST_TEXT} characters")
    return {"text": said.text, **({"entities": list(said.entities)} if said.entities else {})}
