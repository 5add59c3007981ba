"""Behind the sandbox's page: what is due next, journeys in time, and a ready diary, on the bot that runs here."""

from collections.abc import Mapping
from datetime import datetime

from bot.actions import next_
from bot.domain.reminders import CHECKIN
from bot.domain.schedule import known_zones
from bot.domain.stops import Stop, stops
from bot.sandbox import ready_diary
from bot.sandbox.clock import TravellingClock
from bot.sandbox.rules import Json
from bot.store import reminders, users
from bot.store.database import Database, Session
from jobs.travel import Travel


class SandboxStage:
    """What `bot.sandbox.backstage` asks for, with the database, the clock and the jobs at hand."""

    def __init__(self, database: Database, clock: TravellingClock, travel: Travel) -> None:
        self._database = database
        self._clock = clock
        self._travel = travel

    async def look(self, person: int, zone: str) -> Json:
        def read(session: Session) -> Json:
            now = self._clock.now()
            user = users.get(session, person)
            coming = next_.show(session, user, now).messages[0].text if user else None
            found = self._stops(session, person, zone, now)
            return {
                "now": now.timestamp(),
                "zone": _zone(session, person, zone),
                "stops": {stop: at.timestamp() for stop, at in found.items()},
                "next": coming,
            }

        goal = self._travel.goal
        return {**await self._database.write(read), "goal": goal and goal.timestamp()}

    async def travel(self, person: int, zone: str, stop: str) -> None:
        def read(session: Session) -> datetime | None:
            found = self._stops(session, person, zone, self._clock.now())
            return next((at for name, at in found.items() if name == stop), None)

        goal = await self._database.write(read)
        if goal is None:
            raise ValueError("There is no such stop ahead.")
        await self._travel.to(goal)

    async def halt(self) -> None:
        self._travel.halt()

    async def fill(self, person: int, language: str, zone: str) -> None:
        def work(session: Session) -> bool:
            return ready_diary.keep(session, person, language, _zone(session, person, zone), self._clock.now())

        if not await self._database.write(work):
            raise ValueError("There is a diary of this person already. Send /start to go on with it.")

    def _stops(self, session: Session, person: int, zone: str, now: datetime) -> Mapping[Stop, datetime]:
        user = users.get(session, person)
        coming = next_.next_sends(session, user, now) if user else ()
        card = next((each.at for each in coming if each.kind == CHECKIN), None)
        return stops(now, _zone(session, person, zone), card)


def _zone(session: Session, person: int, page: str) -> str:
    """Return the zone a person lives in, the page's until they have said where that is."""
    user = users.get(session, person)
    if user is not None and (user.awaiting != "place" or reminders.of_user(session, person)):
        return user.zone
    return page if page in known_zones() else session.settings.defaults.timezone
