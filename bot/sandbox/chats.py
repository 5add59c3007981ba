"""Who there is and what was said: people, groups and their messages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.clock import Clock
from bot.sandbox.refused import Refused, bad
from bot.sandbox.rules import Json

Standing = Literal["stranger", "open", "blocked", "left"]

FORBIDDEN = {
    "stranger": "Forbidden: bot can't initiate conversation with a user",
    "blocked": "Forbidden: bot was blocked by the user",
    "left": "Forbidden: bot is not a member of the group chat",
}


@dataclass
class Chat:
    """A private chat or a group; `messages` by id, oldest first. A message is never changed, only replaced."""

    body: Json
    standing: Standing
    messages: dict[int, Json] = field(default_factory=dict)
    toasts: list[str] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.body["id"])


class Chats:
    def __init__(self, clock: Clock, bot: Json) -> None:
        self.clock = clock
        self.bot = bot
        self.people: dict[int, Json] = {}
        self.by_id: dict[int, Chat] = {}
        self.last_message = 0

    def join(self, user_id: int, first_name: str, language: str) -> None:
        """Make a person known, a stranger to the bot until the first word; again: only the names change."""
        self.people[user_id] = {
            "id": user_id,
            "is_bot": False,
            "first_name": first_name,
            "language_code": language,
        }
        body = {"id": user_id, "type": "private", "first_name": first_name}
        chat = self.by_id.setdefault(user_id, Chat(body, "stranger"))
        chat.body = body

    def found(self, group_id: int, title: str) -> Chat:
        """Return the group with the bot in it."""
        chat = self.by_id.setdefault(group_id, Chat({}, "open"))
        chat.body = {"id": group_id, "type": "group", "title": title}
        chat.standing = "open"
        return chat

    def find(self, chat_id: object) -> Chat:
        """Return the chat a call speaks of; raises Refused."""
        if isinstance(chat_id, int) and chat_id in self.by_id:
            return self.by_id[chat_id]
        raise bad("chat not found")

    def writable(self, chat_id: object) -> Chat:
        """Return the chat if the bot may write there; raises Refused."""
        chat = self.find(chat_id)
        if chat.standing != "open":
            raise Refused(403, FORBIDDEN[chat.standing])
        return chat

    def add(self, chat: Chat, sender: Json, content: Json) -> Json:
        """Put a new message at the end of the chat and return it."""
        self.last_message += 1
        message = {
            "message_id": self.last_message,
            "from": sender,
            "chat": chat.body,
            "date": stamp(self.clock.now()),
            **content,
        }
        chat.messages[self.last_message] = message
        return message

    def change(self, chat: Chat, message: Json, content: Json) -> Json:
        """Put `content` in place of the message's own, and return what came of it."""
        edited = {
            **{name: message[name] for name in KEPT if name in message},
            "edit_date": stamp(self.clock.now()),
            **content,
        }
        chat.messages[message["message_id"]] = edited
        return edited


KEPT = ("message_id", "from", "chat", "date", "reply_to_message", "has_protected_content")
"""What an edit leaves alone."""


def stamp(at: datetime) -> int:
    """Return Unix time in whole seconds, as the Bot API gives it."""
    return int(at.timestamp())
