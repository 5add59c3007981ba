"""What is behind the sandbox's page: the calls the bot made, what is due next, time travel, and a ready diary."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot.sandbox.botapi import BotApi, Call
from bot.sandbox.formatting import parse_html
from bot.sandbox.rules import Json

SHOWN = 100
"""Calls shown, the newest ones."""


class Backstage(Protocol):
    """The bot behind the page, where it runs in this process."""

    async def look(self, person: int, zone: str) -> Json:
        """Return `now`, `zone`, `goal` of a journey under way or None, `stops` by name, all instants in Unix seconds,
        and `next`, Telegram HTML, or None where this person keeps no diary; then `zone` is the page's."""

    async def travel(self, person: int, zone: str, stop: str) -> None:
        """Live through the time up to a stop; ValueError where there is no such stop now."""

    async def halt(self) -> None:
        """End the journey that is under way, if there is one, where it is."""

    async def fill(self, person: int, language: str, zone: str) -> None:
        """Let the person have a ready diary; ValueError where they keep one already."""


def backstage_routes(api: BotApi, backstage: Backstage | None) -> list[web.RouteDef]:
    """Return the page's routes behind the scenes; where the bot is another program, only its calls can be shown."""

    async def look(request: web.Request) -> web.Response:
        person = int(request.match_info["person"])
        calls = [shown(call) for call in api.calls if call.person == person][-SHOWN:]
        stage = await backstage.look(person, request.query.get("zone", "")) if backstage else None
        if stage and stage["next"]:
            said = parse_html(stage["next"])
            stage = {**stage, "next": {"text": said.text, "entities": said.entities}}
        return web.json_response({"calls": calls, "stage": stage})

    def act(do: Callable[[Backstage, int, Json], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            if backstage is None:
                raise web.HTTPNotFound(text="The bot is another program; only headsup sandbox can do this.")
            try:
                await do(backstage, int(request.match_info["person"]), await request.json())
            except (KeyError, TypeError, ValueError) as error:
                raise web.HTTPBadRequest(text=str(error)) from None
            api.move()
            return web.json_response({"result": None})

        return handler

    async def fill(stage: Backstage, person: int, body: Json) -> None:
        await stage.fill(person, str(api.known(person)["language_code"]), body["zone"])
        api.opens(person)

    return [
        web.get(r"/chat/{person:\d+}/backstage", look),
        web.post(
            r"/chat/{person:\d+}/travel", act(lambda stage, who, body: stage.travel(who, body["zone"], body["stop"]))
        ),
        web.post(r"/chat/{person:\d+}/halt", act(lambda stage, _who, _body: stage.halt())),
        web.post(r"/chat/{person:\d+}/diary", act(fill)),
    ]


def shown(call: Call) -> Json:
    return {"at": stamp_of(call.at), "method": call.method, "status": call.status, "params": call.params}


def stamp_of(moment: datetime) -> float:
    return moment.timestamp()
