"""What a bot tells about itself: name, descriptions and the menu of commands, by language and scope."""

import json
import re

from bot.sandbox.refused import bad
from bot.sandbox.rules import Json

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"|[a-z]{2}")
MOST_COMMANDS = 100
LONGEST = {"name": 64, "description": 512, "short_description": 120}

Commands = list[dict[str, str]]


class Profile:
    def __init__(self, name: str) -> None:
        self.said: dict[str, dict[str, str]] = {"name": {"": name}, "description": {}, "short_description": {}}
        self.menus: dict[tuple[str, str], Commands] = {}

    def get(self, what: str, language: str = "") -> str:
        """Return a text in a language, else in none in particular, else nothing."""
        return self.said[what].get(language) or self.said[what].get("", "")

    def set(self, what: str, params: Json) -> None:
        """Set a text for a language; an empty one goes away."""
        language, text = language_of(params), params.get(what, "")
        if len(text) > LONGEST[what]:
            raise bad(f"bot {what.replace('_', ' ')} is too long")
        if what == "name" and not text and not language:
            return
        self.said[what][language] = text

    def set_commands(self, params: Json) -> None:
        commands = params["commands"]
        if len(commands) > MOST_COMMANDS:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        names = [one["command"].removeprefix("/") for one in commands]
        if not all(COMMAND.fullmatch(name) for name in names):
            raise bad("BOT_COMMAND_INVALID")
        if len(set(names)) < len(names):
            raise bad("BOT_COMMAND_INVALID: a command is there twice")
        if not all(1 <= len(one["description"].strip()) <= 256 for one in commands):
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.menus[scope_of(params), language_of(params)] = [
            {"command": name, "description": one["description"].strip()}
            for name, one in zip(names, commands, strict=True)
        ]

    def get_commands(self, params: Json) -> Commands:
        return self.menus.get((scope_of(params), language_of(params)), [])

    def delete_commands(self, params: Json) -> None:
        self.menus.pop((scope_of(params), language_of(params)), None)

    def menu(self, language: str = "", chat_id: int | None = None) -> Commands:
        """Return what a person sees in a private chat: the closest scope first, their language before none."""
        for scope in ({"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}, {"type": "default"}):
            for one in (language, ""):
                if menu := self.menus.get((scope_key(scope), one)):
                    return menu
        return []


def scope_of(params: Json) -> str:
    return scope_key(params.get("scope") or {"type": "default"})


def scope_key(scope: Json) -> str:
    return json.dumps(scope, sort_keys=True)


def language_of(params: Json) -> str:
    language: str = params.get("language_code", "")
    if not LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language
