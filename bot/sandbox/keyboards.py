"""What Telegram accepts as a keyboard, under a message or under the text field."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.refused import bad
from bot.sandbox.rules import Json

ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
"""A button of an inline keyboard does exactly one of these."""

REQUESTS = frozenset(
    {"request_users", "request_chat", "request_managed_bot", "request_contact", "request_location", "request_poll"}
)
STYLES = ("primary", "success", "danger")
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
MOST_BYTES = 64


def check_markup(markup: Json) -> Json | None:
    """Return the keyboard as a message keeps it, None for an empty inline one; raises Refused."""
    if "inline_keyboard" in markup:
        rows = [row for row in markup["inline_keyboard"] if row]
        check_rows(rows)
        for button in every(rows):
            check_inline(button)
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in markup:
        rows = [row for row in markup["keyboard"] if row]
        if not rows:
            raise bad("reply keyboard must not be empty")
        for button in every(rows):
            check_label(button)
            if len(REQUESTS & button.keys()) > 1:
                raise bad("a keyboard button must have at most one of the request fields")
        placeholder = markup.get("input_field_placeholder")
        if placeholder is not None and not 1 <= len(placeholder) <= 64:
            raise bad("input_field_placeholder must be 1-64 characters")
        return {**markup, "keyboard": rows}
    return markup


def every(rows: Iterable[Iterable[Any]]) -> Iterable[Any]:
    return (button for row in rows for button in row)


def check_rows(rows: list[list[Json]]) -> None:
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad(f"reply markup is too long: more than {MOST_BUTTONS} buttons")
    if any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad(f"reply markup is too wide: more than {MOST_IN_A_ROW} buttons in a row")


def check_inline(button: Json) -> None:
    check_label(button)
    actions = ACTIONS & button.keys()
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(
            f"can't parse inline keyboard button: exactly one action is allowed, not {', '.join(sorted(actions))}"
        )
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= MOST_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not button["url"].startswith(("http://", "https://", "tg://")):
        raise bad("inline keyboard button URL is invalid: unsupported URL protocol")


def check_label(button: Json) -> None:
    if not button["text"].strip():
        raise bad("can't parse keyboard button: the text must be non-empty")
    if button.get("style", "primary") not in STYLES:
        raise bad(f"can't parse keyboard button: style must be one of {', '.join(STYLES)}")
