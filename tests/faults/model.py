"""What must be true of a person's diary and of what the clock sent them, worked out anew from what they did (T90)."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.domain import checkin as domain
from bot.domain.freetext import Understood, read_answers, read_value
from bot.domain.questions import BY_KEY, Answers, Hours, Value
from bot.domain.quiet import DEFAULT, QuietHours, quiet_until
from bot.domain.reminders import CHECKIN, EVERY_DAY, policy
from bot.domain.schedule import DAY, DAY_START, Occurrence, Schedule, day_of, instant, latest_occurrence, occurrence_on
from bot.render.consent import agree_button
from bot.store.checkins import MOST_EARLIER
from bot.texts.words import texts_for

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
AGREE = agree_button(texts_for("en")).data
IN_TIME = timedelta(minutes=3)
"""Within so long a card has come, a second try after a lost answer included."""

ON_TIME = timedelta(minutes=15)
"""A card that comes later keeps out of the quiet hours, like everything else of the clock's."""


@dataclass(frozen=True)
class Act:
    """Something a person did: words, a button's data (on a message), or (un)blocking. `day` is the one that typed words
    are about, `asked` the question that a typed number answers; both as the person saw it."""

    user_id: int
    update_id: int
    at: datetime
    text: str = ""
    data: str = ""
    message_id: int = 0
    member: str = ""
    day: date | None = None
    asked: str = ""


@dataclass
class Plan:
    """When the daily card comes (None = never): asked for then, and in force until replaced."""

    asked_at: datetime
    schedule: Schedule | None
    replaced_at: datetime = FOR_EVER


@dataclass
class Diary:
    """One person's. `cards` are the check-ins whose buttons they have seen; of what was erased nothing is left.

    `loud_since`: since when nothing that they did keeps the clock from writing.
    """

    user_id: int
    here: bool = True
    answers: dict[date, dict[str, list[tuple[Value | None, int]]]] = field(default_factory=dict)
    cards: dict[str, date] = field(default_factory=dict)
    undos: dict[str, int] = field(default_factory=dict)
    zone: str = "UTC"
    quiet: QuietHours = DEFAULT
    at: time | None = None
    on: bool = False
    plans: list[Plan] = field(default_factory=list)
    paused_until: datetime | None = None
    blocked: bool = False
    loud_since: datetime = FOR_EVER
    done_once: set[date] = field(default_factory=set)
    """Days that had all their answers at some time, be it that one was taken back."""

    def does(self, act: Act, now: datetime) -> None:
        """Take in what the bot has done with an act by `now`."""
        if act.member == "kicked":
            self.blocked = True
            return
        if self.blocked:
            self.blocked = False
            self._is_loud(now)
        if act.data == AGREE and not self.here:
            self.__init__(self.user_id, cards=self.cards, loud_since=now)  # type: ignore[misc]
        elif self.here:
            self._says(act, now) if act.text else self._taps(act, now)

    def wants(self, kind: str, due_at: datetime, now: datetime) -> bool:
        """Tell whether the clock may send this now."""
        if not self.here or (self.paused_until is not None and now < self.paused_until):
            return False
        in_time = kind == CHECKIN and now - due_at <= ON_TIME + IN_TIME
        return in_time or not quiet_until(self.quiet, now - timedelta(seconds=1), self.zone)

    def kept(self) -> dict[str, dict[str, list[Any]]]:
        """Return day → question → values, the present one last, as far back as they are kept."""
        days = {str(day): {key: plain(values) for key, values in one.items()} for day, one in self.answers.items()}
        return {day: one for day, one in days.items() if one}

    def present(self, day: date) -> dict[str, Value | None]:
        return {key: values[-1][0] for key, values in self.answers.get(day, {}).items()}

    def planned(self, due_at: datetime, slot: str) -> bool:
        """Tell whether a daily card was due then by a plan in force, and for this day."""
        return due_at in self._due(date.fromisoformat(slot))

    def awaited(self, calm_since: datetime, now: datetime) -> str | None:
        """Return the slot of a card that must have come by now, if any; `calm_since` = since when it could be."""
        schedule = self.plans[-1].schedule if self.plans else None
        latest = latest_occurrence(schedule, now - IN_TIME) if schedule else None
        if not schedule or latest is None or latest.at <= self.loud_since or self.blocked:
            return None
        first = max(latest.at, calm_since)
        if first - latest.at > ON_TIME - IN_TIME:
            first = (
                quiet_until(self.quiet, first, self.zone)
                or quiet_until(self.quiet, first + IN_TIME, self.zone)
                or first
            )
        fresh_until = latest.at + policy(CHECKIN).fresh_for - IN_TIME
        day = meant(latest, schedule)
        # A day whose card fell due before is over, whatever became of that card.
        over = day in self.done_once or min(self._due(day)) < latest.at
        return None if over or now < first + IN_TIME or first > fresh_until else day.isoformat()

    def _due(self, day: date) -> list[datetime]:
        """Return when a card about this day was due, by every plan that was in force then."""
        due = []
        for plan in self.plans:
            for on in (day, day + DAY) if plan.schedule else ():
                found = occurrence_on(on, plan.schedule)
                if found and meant(found, plan.schedule) == day and plan.asked_at <= found.at <= plan.replaced_at:
                    due.append(found.at)
        return due

    def _says(self, act: Act, now: datetime) -> None:
        if act.text == "/resume":
            self._pause("", act, now)
        elif act.asked and act.day:
            value = read_value(act.asked, act.text)
            self._put(act.day, {} if value is None else {act.asked: value}, act)
        elif act.day and isinstance(reading := read_answers(act.text), Understood):
            self._put(act.day, reading.answers, act)

    def _taps(self, act: Act, now: datetime) -> None:
        match act.data.split(":"):
            case ["erase", _]:
                self.__init__(self.user_id, here=False)  # type: ignore[misc]
            case ["zone", zone]:
                self._plan(act, now, zone=zone)
            case ["start_time", digits]:
                self._plan(act, now, on=self.on or self.at is None, at=time.fromisoformat(digits))
            case ["time", "k-checkin", digits] if self.at:
                self._plan(act, now, on=True, at=time.fromisoformat(digits))
            case ["switch", "checkin", to] if self.at:
                self._plan(act, now, on=to == "on")
            case ["pause", days]:
                self._pause(days, act, now)
            case [name, card, *rest] if card in self.cards:
                self._put(self.cards[card], self._tapped(act, name, self.cards[card], rest), act)

    def _tapped(self, act: Act, name: str, day: date, rest: list[str]) -> Answers:
        now = self.present(day)
        match name, rest:
            case "answer", [key, code]:
                return {key: domain.value_of(BY_KEY[key], code)}
            case "fine", []:
                return domain.ALL_FINE
            case "painless", []:
                return domain.NO_PAIN
            case "tick", [key, code]:
                return {key: domain.with_choice(BY_KEY[key], now.get(key), code)}
            case "untick", [key, code]:
                return {key: domain.without_choice(BY_KEY[key], now.get(key), code)}
            case "ticked", [key]:
                return {} if now.get(key) else {key: None}
            case "skip", [key]:
                return {key: None}
            case "rest", []:
                return domain.rest(now)
            case "undo", _ if act.data in self.undos:
                self._take_back(self.answers.get(day, {}), self.undos[act.data])
        return {}

    def _take_back(self, answers: dict[str, list[tuple[Value | None, int]]], stamp: int) -> None:
        for key, values in list(answers.items()):
            if values[-1][1] == stamp:
                values.pop()
            if not values:
                del answers[key]

    def _put(self, day: date, values: Answers, act: Act) -> None:
        for key, value in values.items():
            before = self.answers.setdefault(day, {}).setdefault(key, [])
            if not before or before[-1][0] != value:
                before.append((value, act.update_id))
        if domain.complete(self.present(day)):
            self.done_once.add(day)

    def _plan(self, act: Act, now: datetime, **changed: Any) -> None:
        for name, value in changed.items():
            setattr(self, name, value)
        if self.at is not None:
            if self.plans:
                self.plans[-1].replaced_at = now
            self.plans.append(Plan(act.at, Schedule(self.at, EVERY_DAY, self.zone) if self.on else None))
        self._is_loud(now)

    def _pause(self, days: str, act: Act, now: datetime) -> None:
        """Be silent for so many days of theirs; "" ends it. It was handled anywhere between the act and `now`."""
        until = instant(day_of(act.at, self.zone) + int(days or 0) * DAY, DAY_START, self.zone)
        self.paused_until = None if not days else FOR_EVER if days == "0" else until
        self._is_loud(now)

    def _is_loud(self, now: datetime) -> None:
        self.loud_since = FOR_EVER if self.paused_until else now


def meant(occurrence: Occurrence, schedule: Schedule) -> date:
    """Return the day a card is about: in the small hours the day before."""
    return occurrence.day if schedule.at >= DAY_START else occurrence.day - DAY


def plain(values: Iterable[tuple[Value | None, int]]) -> list[Any]:
    """Return values as JSON holds them."""
    kept = [asdict(value) if isinstance(value, Hours) else value for value, _ in list(values)[-MOST_EARLIER - 1 :]]
    return [sorted(value) if isinstance(value, frozenset) else value for value in kept]
