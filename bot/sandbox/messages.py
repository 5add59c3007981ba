"""What the bot does with messages: send, edit, delete, each only as Telegram would let it."""

from collections.abc import Mapping

from bot.sandbox.chats import Chat, Chats, stamp
from bot.sandbox.files import Files, Upload
from bot.sandbox.formatting import Formatted, NotFormatted, clean, parse_html, units, with_commands
from bot.sandbox.keyboards import check_markup
from bot.sandbox.limits import Limits
from bot.sandbox.refused import bad
from bot.sandbox.rules import Json

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
DELETABLE = 48 * 3600
"""Seconds."""

SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document", "show_caption_above_media")
MEDIA = ("photo", "document", "has_media_spoiler")

Uploads = Mapping[str, Upload]


class Messages:
    def __init__(self, chats: Chats, files: Files, limits: Limits) -> None:
        self.chats = chats
        self.files = files
        self.limits = limits

    def send(self, params: Json, uploads: Uploads) -> Json:
        """Carry out sendMessage, sendPhoto or sendDocument; returns the message. Raises Refused."""
        chat = self.chats.writable(params["chat_id"])
        content = {**self.answered(chat, params), **self.content(params, uploads)}
        if params.get("protect_content"):
            content["has_protected_content"] = True
        markup = check_markup(params["reply_markup"]) if "reply_markup" in params else None
        self.limits.count(chat.id, paid=params.get("allow_paid_broadcast", False))
        return as_answer(self.chats.add(chat, self.chats.bot, {**content, **under(markup)}))

    def answered(self, chat: Chat, params: Json) -> Json:
        """Return the message this one replies to, if it does, without what that one replied to."""
        reply = params.get("reply_parameters")
        if not reply:
            return {}
        message = chat.messages.get(reply["message_id"])
        if message:
            return {"reply_to_message": quoted(message)}
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")

    def content(self, params: Json, uploads: Uploads) -> Json:
        """Return what a message shows: its text, or a photo or document with caption."""
        if "photo" in params:
            spoiler = {"has_media_spoiler": True} if params.get("has_spoiler") else {}
            return {"photo": self.files.photo(params["photo"], uploads), **spoiler, **caption(params)}
        if "document" in params:
            return {"document": self.files.document(params["document"], uploads), **caption(params)}
        return text(params)

    def edit_text(self, params: Json, uploads: Uploads) -> Json:
        chat, message = self.to_edit(params)
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        return self.changed(chat, message, text(params), params)

    def edit_caption(self, params: Json, uploads: Uploads) -> Json:
        chat, message = self.to_edit(params)
        if "text" in message:
            raise bad("there is no caption in the message to edit")
        return self.changed(chat, message, {**part(message, MEDIA), **caption(params)}, params)

    def edit_markup(self, params: Json, uploads: Uploads) -> Json:
        chat, message = self.to_edit(params)
        return self.changed(chat, message, part(message, (*CONTENT, *MEDIA)), params)

    def edit_media(self, params: Json, uploads: Uploads) -> Json:
        chat, message = self.to_edit(params)
        media = params["media"]
        content = self.content({**media, media["type"]: media["media"]}, uploads)
        return self.changed(chat, message, content, params)

    def to_edit(self, params: Json) -> tuple[Chat, Json]:
        if "message_id" not in params:
            raise bad("message identifier is not specified")
        chat = self.chats.writable(params.get("chat_id"))
        message = chat.messages.get(params["message_id"])
        if message is None:
            raise bad("message to edit not found")
        # A message that brought a keyboard under the text field, or took it away, cannot be edited either.
        own_keyboard = "inline_keyboard" not in message.get("reply_markup", {"inline_keyboard": []})
        if message["from"]["id"] != self.chats.bot["id"] or own_keyboard:
            raise bad("message can't be edited")
        return chat, message

    def changed(self, chat: Chat, message: Json, content: Json, params: Json) -> Json:
        markup = check_markup(params["reply_markup"]) if "reply_markup" in params else None
        after = {**content, **under(markup)}
        if after == part(message, (*CONTENT, *MEDIA, "reply_markup")):
            raise bad(SAME)
        return self.chats.change(chat, message, after)

    def delete(self, params: Json, uploads: Uploads) -> bool:
        chat = self.chats.writable(params["chat_id"])
        message = chat.messages.get(params["message_id"])
        if message is None:
            raise bad("message to delete not found")
        if stamp(self.chats.clock.now()) - message["date"] >= DELETABLE:
            raise bad("message can't be deleted for everyone")
        del chat.messages[params["message_id"]]
        return True


def text(params: Json) -> Json:
    said = formatted(params, "text", "entities")
    if not said.text:
        raise bad("message text is empty")
    if len(said.text) > LONGEST_TEXT:
        raise bad("message is too long")
    return {"text": said.text, **({"entities": list(said.entities)} if said.entities else {})}


def caption(params: Json) -> Json:
    said = formatted(params, "caption", "caption_entities")
    if len(said.text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    if not said.text:
        return {}
    above = {"show_caption_above_media": True} if params.get("show_caption_above_media") else {}
    entities = {"caption_entities": list(said.entities)} if said.entities else {}
    return {"caption": said.text, **entities, **above}


def formatted(params: Json, what: str, entities: str) -> Formatted:
    """Return text and entities as the bot meant them, by parse mode or by its own list; raises Refused."""
    said, mode = clean(params.get(what, "")), params.get("parse_mode", "").lower()
    if mode == "html":
        try:
            return with_commands(parse_html(said))
        except NotFormatted as reason:
            raise bad(f"can't parse entities: {reason}") from None
    if mode in ("markdown", "markdownv2"):
        raise bad("the sandbox reads HTML only; use parse_mode HTML")
    if mode:
        raise bad("unsupported parse_mode")
    for one in params.get(entities, ()):
        if one["offset"] < 0 or one["length"] <= 0 or one["offset"] + one["length"] > units(said):
            raise bad("entity is outside the text")
    given = tuple(params.get(entities, ()))
    return with_commands(Formatted(said, given) if given else Formatted(said.strip()))


def under(markup: Json | None) -> Json:
    return {"reply_markup": markup} if markup else {}


def part(message: Json, names: tuple[str, ...]) -> Json:
    return {name: message[name] for name in names if name in message}


def quoted(message: Json) -> Json:
    """Return a message as it looks inside another one."""
    return {name: value for name, value in as_answer(message).items() if name != "reply_to_message"}


def as_answer(message: Json) -> Json:
    """Return a message as the Bot API shows it: of keyboards only the inline ones."""
    if "inline_keyboard" in message.get("reply_markup", {"inline_keyboard": []}):
        return message
    return {name: value for name, value in message.items() if name != "reply_markup"}
