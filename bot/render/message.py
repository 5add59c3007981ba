"""What to say, Telegram-free: text, buttons, a picture, a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Literal


@dataclass(frozen=True)
class Button:
    label: str
    data: str
    """What comes back when it is tapped, `name:argument:argument`; at most 64 bytes (Bot API)."""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class File:
    """What is made to be kept: sent as a file of this name, or these words alone where it cannot be made."""

    name: str
    otherwise: str


@dataclass(frozen=True)
class Message:
    """One message to show.

    `text` is Telegram HTML: everything a person typed goes through `plain` first.
    `edit` says where: None is a new message, "tapped" is in place of the one whose button was tapped, a number is in
    place of that earlier message.
    `card` is the check-in this message shows; the edge remembers the message's id for it.
    `draw` makes the picture (PNG bytes) when it is about to be sent, off the event loop and outside any transaction; it
    makes the content of `file` where there is one. Only a picture can stand in place of an earlier message.
    `keys` are keys under the text field that type their own label; above them `ask_location`, where set, shares the
    place. `clear_keys` takes them away again.
    `quiet` comes without a sound. `discreet` cannot be forwarded or saved, and its picture is veiled until tapped.
    """

    text: str
    buttons: Rows = ()
    edit: Literal["tapped"] | int | None = None
    card: int | None = None
    draw: Callable[[], bytes] | None = field(default=None, compare=False)
    file: File | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    ask_location: str | None = None
    clear_keys: bool = False
    quiet: bool = False
    discreet: bool = False


@dataclass(frozen=True)
class Reply:
    """What an action has to say: messages in order, and the short line over the chat after a tap. `menu` is the
    language in which the menu of commands has to be from now on, "" for Telegram's own."""

    messages: tuple[Message, ...] = ()
    toast: str | None = None
    menu: str | None = None


class Sorry(Exception):
    """What an action cannot do, said to the person: one English sentence that says what to do instead.

    It is translated when it is shown. Nothing the action did before is kept.
    """


def plain(text: str) -> str:
    """Return what a person typed, safe inside Telegram HTML; half a letter (a lone surrogate) becomes "?"."""
    return escape(text.encode(errors="replace").decode(), quote=False)


def rows(*lines: list[Button] | tuple[Button, ...]) -> Rows:
    return tuple(tuple(line) for line in lines if line)
