"""The sandbox over real HTTP: the Bot API for bots, and a chat page in the browser for people."""

import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.sandbox.backstage import Backstage, backstage_routes
from bot.sandbox.botapi import AnswerLost, BotApi, Upload

PAGE = Path(__file__).parent / "page"
LONGEST_UPLOAD = 50 * 2**20
"""Bytes; what Telegram takes from a bot (Bot API, "Sending files")."""

LONGEST_NAME = 255
LONGEST_WAIT = 30.0
"""Seconds a page may ask to wait for news in one request."""

SAFETY = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fields = Mapping[str, object]


@dataclass(frozen=True)
class Server:
    """A running sandbox server; `url` is what a browser opens, `f"{url}/bot"` what a bot takes as its base URL."""

    host: str
    port: int
    runner: web.AppRunner

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    async def close(self) -> None:
        """Stop listening and drop whoever still waits for an answer."""
        await self.runner.cleanup()


async def serve(
    api: BotApi, *, host: str = "127.0.0.1", port: int = 8484, backstage: Backstage | None = None
) -> Server:
    """Serve `api` on a loopback address; port 0 takes any free one. OSError if the port is taken.

    `backstage`: the bot, where it runs in this process too.
    """
    if not is_loopback(host):
        raise ValueError(f"the sandbox has no passwords and listens on this machine only, not on {host}")
    app = web.Application(middlewares=[only_this_machine], client_max_size=LONGEST_UPLOAD + 2**20)
    app.on_response_prepare.append(add_safety)
    app.add_routes([*bot_routes(api), *chat_routes(api), *backstage_routes(api, backstage), *page_routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return Server(host, runner.addresses[0][1], runner)


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that only resolve to this machine (DNS rebinding) and whatever another site's page asks for."""
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    except ValueError:
        host = None
    if not is_loopback(host):
        raise web.HTTPForbidden(text="The sandbox answers to localhost only.")
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != f"http://{request.headers['Host']}"
    embedded = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"} and request.path != "/"
    if foreign or embedded:
        raise web.HTTPForbidden(text="The sandbox does not answer to other sites.")
    return await handler(request)


async def add_safety(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SAFETY.items():
        response.headers.setdefault(name, value)


# What a bot sees


def bot_routes(api: BotApi) -> list[web.RouteDef]:
    async def method(request: web.Request) -> web.Response:
        params, files = await read_call(request)
        try:
            status, body = await api.call(request.match_info["token"], request.match_info["method"], params, files)
        except AnswerLost as lost:
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError from lost
        return web.json_response(body, status=status)

    async def file(request: web.Request) -> web.Response:
        status, body = await api.call(request.match_info["token"], "getMe", {}, {})
        if status != 200:
            return web.json_response(body, status=status)
        return file_response(api, request.match_info["path"])

    return [
        web.get("/bot{token:[^/]+}/{method}", method),
        web.post("/bot{token:[^/]+}/{method}", method),
        web.get("/file/bot{token:[^/]+}/{path:.+}", file),
    ]


async def read_call(request: web.Request) -> tuple[dict[str, object], dict[str, Upload]]:
    """Return the parameters and the uploads of a Bot API call: query string, form, multipart form or JSON."""
    params: dict[str, object] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        params.update(await read_json(request))
    elif request.method == "POST":
        try:
            form = await request.post()
        except ValueError:
            raise web.HTTPBadRequest(text="The body must be a form.") from None
        for name, value in form.items():
            if isinstance(value, web.FileField):
                files[name] = Upload(value.filename, value.file.read(), value.content_type)
            else:
                params[name] = value if isinstance(value, str) else bytes(value).decode(errors="replace")
    return params, files


async def read_json(request: web.Request) -> Fields:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body must be a JSON object.")
    return body


def file_response(api: BotApi, file_id: str) -> web.Response:
    """Answer with an upload: pictures to be looked at, everything else to be saved, nothing to be run."""
    try:
        upload = api.file(file_id)
    except LookupError:
        raise web.HTTPNotFound from None
    headers = {"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=3600"}
    if upload.mime not in {"image/png", "image/jpeg"}:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(upload.filename, safe='')}"
    return web.Response(body=upload.content, content_type=upload.mime, headers=headers)


# What a person sees


def chat_routes(api: BotApi) -> list[web.RouteDef]:
    def act(do: Callable[[int, Fields], object]) -> Handler:
        """Make a route out of something a person does; answers `{"result": what it gave}`."""

        async def handler(request: web.Request) -> web.Response:
            body = await read_json(request)
            try:
                result = do(int(request.match_info["person"]), body)
            except (KeyError, TypeError, ValueError) as error:
                raise web.HTTPBadRequest(text=f"{type(error).__name__}: {error}") from None
            return web.json_response({"result": result})

        return handler

    async def view(request: web.Request) -> web.Response:
        """Answer with what a person sees: at once if it is newer than `after`, else once it is, or after `wait`.

        `taps` names the person's taps that the page shows as unanswered; `waiting` says which of them still are.
        """
        try:
            person = int(request.match_info["person"])
            after = int(request.query.get("after", "-1"))
            wait = min(float(request.query.get("wait", "0")), LONGEST_WAIT)
        except ValueError:
            raise web.HTTPBadRequest(text="after and wait are numbers") from None
        if person not in api.chats.people:
            raise web.HTTPNotFound(text=f"nobody has the id {person}; they join first")
        taps = [tap for tap in request.query.get("taps", "").split(",") if tap]
        if after == api.version and all(map(api.waiting_tap, taps)):
            await api.changed(after, wait)
        return web.json_response({**seen(api, person), "waiting": list(filter(api.waiting_tap, taps))})

    async def file(request: web.Request) -> web.Response:
        return file_response(api, request.match_info["id"])

    async def send_file(request: web.Request) -> web.Response:
        """Send a file of the person's own: its content is the body."""
        name = request.query.get("name") or "file"
        try:
            result = api.sends_file(int(request.match_info["person"]), name[:LONGEST_NAME], await request.read())
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"result": result})

    kinds = ("photo", "sticker", "voice", "document")
    acts: dict[str, Callable[[int, Fields], object]] = {
        "join": lambda who, body: api.join(who, text(body, "first_name"), text(body, "language")),
        "say": lambda who, body: api.says(who, text(body, "text"), reply_to=number(body, "reply_to")),
        "tap": lambda who, body: api.taps(who, must_number(body, "message_id"), text(body, "data")),
        "location": lambda who, body: api.shares_location(who, degrees(body, "latitude"), degrees(body, "longitude")),
        "edit": lambda who, body: api.edits(who, must_number(body, "message_id"), text(body, "text")),
        "block": lambda who, _: api.blocks(who),
        "unblock": lambda who, _: api.unblocks(who),
        "send": lambda who, body: api.sends(who, cast(Literal["photo"], one_of(body, "kind", kinds))),
    }
    return [
        web.get("/chat/file/{id}", file),
        web.get(r"/chat/{person:\d+}/view", view),
        web.post(r"/chat/{person:\d+}/file", send_file),
        *(web.post(rf"/chat/{{person:\d+}}/{name}", act(do)) for name, do in acts.items()),
    ]


def seen(api: BotApi, person: int) -> dict[str, object]:
    """Return everything a person's screen shows; the bot's own texts in their language, where it has them."""
    language = api.chats.people[person]["language_code"][:2]
    return {
        "version": api.version,
        "bot": api.profile.get("name", language),
        "description": api.profile.get("description", language),
        "commands": api.profile.menu(language, person),
        "messages": api.chat(person),
        "toasts": api.toasts(person),
        "blocked": api.chats.by_id[person].standing == "blocked",
    }


def text(body: Fields, name: str) -> str:
    value = body[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text")
    return value


def number(body: Fields, name: str) -> int | None:
    value = body.get(name)
    if value is not None and type(value) is not int:
        raise ValueError(f"{name} must be a whole number")
    return value


def must_number(body: Fields, name: str) -> int:
    value = number(body, name)
    if value is None:
        raise ValueError(f"{name} is missing")
    return value


def degrees(body: Fields, name: str) -> float:
    value = body[name]
    most = 90 if name == "latitude" else 180
    if not isinstance(value, int | float) or isinstance(value, bool) or not -most <= value <= most:
        raise ValueError(f"{name} must be a number from -{most} to {most}")
    return float(value)


def one_of(body: Fields, name: str, choices: tuple[str, ...]) -> str:
    value = text(body, name)
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}")
    return value


# What a browser loads


def page_routes() -> list[web.RouteDef]:
    """Return the routes of the page's own files, each named here: nothing else of this directory is served."""

    def file(name: str) -> Handler:
        async def handler(_request: web.Request) -> web.FileResponse:
            return web.FileResponse(PAGE / name)

        return handler

    names = sorted(path.name for path in PAGE.iterdir() if path.suffix in {".css", ".js", ".svg"})
    pages = [web.get("/", file("index.html")), web.get("/both", file("both.html"))]
    return [*pages, *(web.get(f"/page/{name}", file(name)) for name in names)]
