"""A Telegram of our own, in memory: people on one side, one bot on the other, as strict as the real one."""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import responses
from typing import Literal
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.sandbox.files import Upload, check_uploads
from bot.sandbox.limits import Limits
from bot.sandbox.messages import Messages
from bot.sandbox.people import People
from bot.sandbox.refused import AnswerLost, Refused, bad
from bot.sandbox.rules import Json, check_method, read

__all__ = ["AnswerLost", "BotApi", "Call", "Upload"]

MOST_CALLS = 10_000
ANSWERABLE = timedelta(seconds=60)
LONGEST_TOAST = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

WEBHOOK_PORTS = (None, 443, 80, 88, 8443)
ACTIONS = (
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
    *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@dataclass(frozen=True)
class Call:
    """One call of the Bot API that was answered; `status` is the HTTP status, `params` are as they came, without
    files."""

    at: datetime
    method: str
    chat_id: int | None
    status: int
    params: Mapping[str, object]

    @property
    def person(self) -> int | None:
        """Return whose chat it was about; the answer to a tap names no chat, only the query."""
        asked = str(self.params.get("callback_query_id", "")).partition("-")[0]
        return int(asked) if asked.isdigit() else self.chat_id


@dataclass(frozen=True)
class Planned:
    """A failure to come: for the next `times` calls of `method`."""

    method: str
    refusal: Refused
    times: int
    how: Literal["refuse", "lose"]


class BotApi(People):
    """One stateful Bot API. `call` is the bot's side; the rest is what people do and see, and for tests to look at."""

    def __init__(
        self,
        clock: Clock,
        *,
        token: str = "1:sandbox",  # noqa: S107 - opens nothing but this object
        username: str = "HeadsUpSandboxBot",
        per_second: int = 30,
        first_id: int = 1,
    ) -> None:
        """Begin empty; updates and messages are numbered from `first_id`: a bot with a memory can tell runs apart."""
        bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "HeadsUp", "username": username}
        super().__init__(clock, bot)
        self.updates.next_id = first_id
        self.chats.last_message = first_id - 1
        self.token = token
        self.messages = Messages(self.chats, self.files, Limits(clock, per_second))
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS)
        self.planned: list[Planned] = []
        self.methods: Mapping[str, Callable[[Json, Mapping[str, Upload]], object]] = {
            "sendMessage": self.messages.send,
            "sendPhoto": self.messages.send,
            "sendDocument": self.messages.send,
            "editMessageText": self.messages.edit_text,
            "editMessageCaption": self.messages.edit_caption,
            "editMessageReplyMarkup": self.messages.edit_markup,
            "editMessageMedia": self.messages.edit_media,
            "deleteMessage": self.messages.delete,
            "getMe": lambda params, _: self.me(),
            "setWebhook": lambda params, _: self.set_webhook(params),
            "deleteWebhook": lambda params, _: self.set_webhook({**params, "url": ""}),
            "getWebhookInfo": lambda params, _: self.webhook_info(),
            "answerCallbackQuery": lambda params, _: self.answer_tap(params),
            "sendChatAction": lambda params, _: self.chat_action(params),
            "getFile": lambda params, _: self.files.info(params["file_id"]),
            "getChat": lambda params, _: self.chat_info(params),
            "leaveChat": lambda params, _: self.leave(params),
            "setMyCommands": lambda params, _: self.profile.set_commands(self.scoped(params)),
            "getMyCommands": lambda params, _: self.profile.get_commands(self.scoped(params)),
            "deleteMyCommands": lambda params, _: self.profile.delete_commands(self.scoped(params)),
            "setMyName": lambda params, _: self.profile.set("name", params),
            "setMyDescription": lambda params, _: self.profile.set("description", params),
            "setMyShortDescription": lambda params, _: self.profile.set("short_description", params),
            "getMyName": lambda params, _: self.text("name", params),
            "getMyDescription": lambda params, _: self.text("description", params),
            "getMyShortDescription": lambda params, _: self.text("short_description", params),
            "setChatMenuButton": lambda params, _: True,
        }

    async def call(
        self, token: str, method: str, params: Mapping[str, object], files: Mapping[str, Upload]
    ) -> tuple[int, dict[str, object]]:
        """Return the HTTP status and the JSON body. `params` are form strings (JSON text) or JSON values.

        Raises AnswerLost when the call was carried out and its answer is to go astray.
        """
        at, lost = self.clock.now(), False
        try:
            if token != self.token:
                raise Refused(401, "Unauthorized")
            check_method(method)
            plan = self.next_failure(method)
            lost = plan is not None and plan.how == "lose"
            if plan and not lost:
                raise plan.refusal
            result = await self.carried_out(method, params, files)
            status, body = 200, {"ok": True, "result": result}
        except Refused as no:
            status, body = no.status, no.body
        self.calls.append(Call(at, method, chat_of(params), status, params))
        if lost:
            raise AnswerLost(method)
        return status, body

    async def carried_out(self, method: str, params: Mapping[str, object], files: Mapping[str, Upload]) -> object:
        given = read(method, params, files)
        check_uploads([*given.values(), given.get("media", {}).get("media")], files)
        if method == "getUpdates":
            return await self.updates.get(
                given.get("offset", 0), given.get("limit", 100), given.get("timeout", 0), given.get("allowed_updates")
            )
        result = self.methods[method](given, files)
        if not method.startswith("get"):
            self.move()
        return True if result is None else result

    # Breaking on request

    def fail(
        self,
        method: str,
        *,
        status: int = 500,
        retry_after: int | None = None,
        description: str | None = None,
        times: int = 1,
        how: Literal["refuse", "lose"] = "refuse",
    ) -> None:
        """Let the next `times` calls of `method` fail ("*": of any but getUpdates).

        "refuse": not carried out, answered with `status`. "lose": carried out, then the answer is lost.
        """
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            retry_after = retry_after or 1
            description = description or f"Too Many Requests: retry after {retry_after}"
        refusal = Refused(status, description or responses.get(status, "Error"), retry_after)
        self.planned.append(Planned(method, refusal, times, how))

    def next_failure(self, method: str) -> Planned | None:
        for at, plan in enumerate(self.planned):
            if plan.method == method or (plan.method == "*" and method != "getUpdates"):
                self.planned[at : at + 1] = [replace(plan, times=plan.times - 1)] if plan.times > 1 else []
                return plan
        return None

    # The methods that are not about messages

    def me(self) -> Json:
        return {
            **self.chats.bot,
            "first_name": self.profile.get("name"),
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
        }

    def text(self, what: str, params: Json) -> Json:
        return {what: self.profile.get(what, params.get("language_code", ""))}

    def scoped(self, params: Json) -> Json:
        """Return the parameters of a menu; raises Refused where it is for a chat that the bot does not know."""
        scope = params.get("scope", {})
        if "chat_id" in scope:
            self.chats.find(scope["chat_id"])
        return params

    def answer_tap(self, params: Json) -> None:
        """Answer a tap once and soon; its words appear over the person's chat."""
        text = params.get("text", "")
        if len(text) > LONGEST_TOAST:
            raise bad("MESSAGE_TOO_LONG")
        user_id, at = self.taps_waiting.get(params["callback_query_id"], (0, None))
        if at is None or self.clock.now() - at > ANSWERABLE:
            raise bad(TOO_OLD)
        del self.taps_waiting[params["callback_query_id"]]
        if text:
            self.chats.by_id[user_id].toasts.append(text)

    def chat_action(self, params: Json) -> None:
        self.chats.writable(params["chat_id"])
        if params["action"] not in ACTIONS:
            raise bad("wrong parameter action in request")

    def chat_info(self, params: Json) -> Json:
        body = self.chats.find(params["chat_id"]).body
        gifts = dict.fromkeys(GIFTS, False)
        return {**body, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}

    def leave(self, params: Json) -> None:
        chat = self.chats.writable(params["chat_id"])
        if chat.body["type"] == "private":
            raise bad("chat member status can't be changed in private chats")
        self.stands(chat, self.chats.bot["id"], "left", "member", "left")
        self.left_groups.add(chat.id)

    def set_webhook(self, params: Json) -> None:
        """Remember where updates go from now on; whoever serves the sandbox delivers them. An empty url: polling."""
        url = params["url"]
        if url:
            check_webhook(url, params)
        webhook = {name: value for name, value in params.items() if name != "drop_pending_updates"}
        self.updates.set_webhook(webhook if url else {}, drop_pending=params.get("drop_pending_updates", False))

    def webhook_info(self) -> Json:
        hook = self.updates.webhook
        return {
            "url": hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.queue),
            **{name: value for name, value in hook.items() if name in ("max_connections", "allowed_updates")},
        }


def check_webhook(url: str, params: Json) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise bad("bad webhook: invalid URL specified") from None
    if parts.scheme != "https" or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in WEBHOOK_PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", params.get("secret_token", "-")):
        raise bad("secret token contains unallowed characters")
    if not 1 <= params.get("max_connections", 40) <= 100:
        raise bad("max_connections must be 1-100")


def chat_of(params: Mapping[str, object]) -> int | None:
    """Return the chat that a call is about, as far as it says so in numbers; of a menu, in its scope."""
    try:
        if "scope" in params:
            params = json.loads(str(params["scope"]))
        return int(str(params.get("chat_id")))
    except (ValueError, AttributeError):
        return None
