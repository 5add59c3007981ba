"""Who is here and what they get next, for the operator: ids, how they stand, counts and times; nothing they said."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot import diary
from bot.config import Settings
from bot.domain.schedule import local
from bot.store import roster
from bot.terminal import say, say_json

T = TypeVar("T")

AHEAD = timedelta(days=1)


def list_users(settings: Settings, now: datetime, *, as_json: bool) -> None:
    """Say who keeps a diary here."""
    people = diary.read(settings, lambda session: roster.people(session, now))
    if as_json:
        say_json([_of_person(person) for person in people])
        return
    if not people:
        say("Nobody keeps a diary here yet.")
        return
    say(f"{'id':>16}  {'state':9}  {'since':10}  {'last seen':10}  days answered")
    for person in people:
        seen = person.seen or "unknown"
        say(f"{person.id:>16}  {person.standing:9}  {person.since}  {seen!s:10}  {person.days:>13}")


def list_next(settings: Settings, now: datetime, *, as_json: bool) -> None:
    """Say who gets what within the next 24 hours, by their own clocks."""
    sends = diary.read(settings, lambda session: roster.sends(session, now, now + AHEAD))
    if as_json:
        say_json([_of_send(send) for send in sends])
        return
    if not sends:
        say("Nothing is planned for the next 24 hours.")
        return
    say(f"{'local time':16}  {'what':8}  {'id':>16}  zone")
    for send in sends:
        say(f"{local(send.at, send.zone):%Y-%m-%d %H:%M}  {send.kind:8}  {send.user_id:>16}  {send.zone}")


def _of_person(person: roster.Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "state": person.standing,
        "since": person.since.isoformat(),
        "last_seen": person.seen.isoformat() if person.seen else None,
        "days_answered": person.days,
    }


def _of_send(send: roster.Send) -> dict[str, Any]:
    return {"at": local(send.at, send.zone).isoformat(), "zone": send.zone, "what": send.kind, "id": send.user_id}
