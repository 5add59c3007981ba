"""Everything that is kept of a person as one document: what an export writes and an import reads (docs/export.md).

It holds no number of this installation's: no ids of rows, people, chats or messages. An event that refers to another
one names its place in `events`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from bot.domain.checkin import CHANGE, DONE
from bot.domain.checklists import SIGNS, Checklist
from bot.domain.emergency import COUNTRIES
from bot.domain.log import KINDS
from bot.domain.profile import CARE, Injury
from bot.domain.profile import Profile as Known
from bot.domain.questions import BY_KEY, FACTORS, LONGEST_NOTE, Hours, Value, allowed
from bot.domain.reminders import VISIT
from bot.domain.schedule import known_zones
from bot.domain.visits import FURTHEST_AHEAD, LONGEST_QUESTION, LONGEST_WITH, MOST_QUESTIONS, MOST_VISITS

FORMAT: Final = "headsup-diary"
VERSION: Final = 1
"""Of the document. It grows when a reader of this one would misunderstand the next."""

FIRST_DAY = date(2000, 1, 1)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=14)
"""The zone that is furthest ahead of UTC: no day begins anywhere before it begins there."""

SKEW = timedelta(days=1)
MOST_DAYS, MOST_EVENTS, MOST_REMINDERS = 20_000, 50_000, 1000
"""What one document may hold: fifty years of days; no person's comes near it."""

Short = Annotated[str, Field(max_length=64)]
Words = Annotated[str, Field(max_length=LONGEST_NOTE)]
Instant = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST), AfterValidator(lambda at: at.astimezone(UTC))]


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not EARLIEST <= at <= LATEST:
        raise ValueError("no instant of ours")
    return text


def _dated(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Moment = Annotated[str, Field(max_length=40), AfterValidator(_moment)]
"""An instant among an event's details, which are plain JSON."""


class Part(BaseModel):
    """A piece of the document: nothing is missing in it, nothing is beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Span(Part):
    """Hours of sleep, 0 to 24: a button's range, or one number twice."""

    low: float
    high: float


Plain = int | Words | Span | Annotated[list[Short], Field(max_length=40)] | None
"""A value as JSON has it: a number, a code or words, hours, several codes in order; null where it was skipped."""


Source = Annotated[str, Field(pattern=r"^(tap|text|edit|import)$")]


class Earlier(Part):
    """What an answer was before it was changed."""

    value: Plain
    answered_at: Instant
    source: Source


class Answer(Part):
    """The value of one question; `source` is how it came: tap, text, edit or import."""

    value: Plain
    answered_at: Instant
    source: Source
    earlier: Annotated[list[Earlier], Field(max_length=200)]


class CheckIn(Part):
    """The card of one local day. `asked`: what it has asked, and "factors:<code>" for each factor on offer."""

    day: date
    zone: Short
    asked_at: Instant
    answered_at: Instant | None
    late: bool
    page: Short
    part: Literal["day", "night"]
    asked: Annotated[list[Short], Field(max_length=100)]
    answers: Annotated[dict[Short, Answer], Field(max_length=100)]


class Event(Part):
    """What happened on a day beside the card; `details` depend on the kind."""

    day: date
    kind: Short
    created_at: Instant
    details: Annotated[dict[Short, JsonValue], Field(max_length=40)]


class Reminder(Part):
    """One wall time of a kind; weekdays from 0 (Monday) to 6; `words` where it is in the person's own."""

    kind: Short
    at: time
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    zone: Short
    on: bool
    only_on: date | None
    words: Annotated[str, Field(max_length=120)] | None
    created_at: Instant


class Settings(Part):
    language: Short
    zone: Short
    day_start: time
    quiet: Annotated[str, Field(max_length=80)]
    since: Instant
    paused_until: Instant | None
    silent_until: Instant | None
    seen_at: Instant | None


class Profile(Part):
    short: bool
    followed: Annotated[list[Short], Field(max_length=40)]
    period: bool
    country: Short | None
    care: Annotated[list[Short], Field(max_length=40)]
    injury: Injury | None
    injury_told: Annotated[str, Field(max_length=10), AfterValidator(_dated)] | None
    dark: bool
    words_only: bool
    try_from: Annotated[str, Field(max_length=10), AfterValidator(_dated)] | None
    discreet: bool
    broadcasts: bool


class Tastes(Part):
    """Keys of tips that helped, and of those that are not wanted."""

    helped: Annotated[list[Short], Field(max_length=1000)]
    unwanted: Annotated[list[Short], Field(max_length=1000)]


class Consent(Part):
    """That a text was agreed to: its version, the SHA-256 of its words, and when."""

    version: Short
    text_hash: Short
    agreed_at: Instant
    ended_at: Instant | None
    ended: Short | None


class Response(Part):
    """A reminder that was sent: when it was due and sent, which tip it said, what was tapped under it."""

    kind: Short
    due_at: Instant
    sent_at: Instant | None
    tip: Short | None
    response: Short | None


class Takeout(Part):
    format: Literal["headsup-diary"]
    version: Literal[1]
    exported_at: Instant
    settings: Settings
    profile: Profile
    tastes: Tastes
    consents: Annotated[list[Consent], Field(max_length=1000)]
    reminders: Annotated[list[Reminder], Field(max_length=MOST_REMINDERS)]
    checkins: Annotated[list[CheckIn], Field(max_length=MOST_DAYS)]
    events: Annotated[list[Event], Field(max_length=MOST_EVENTS)]
    responses: Annotated[list[Response], Field(max_length=100_000)]

    def as_json(self) -> bytes:
        return self.model_dump_json(indent=1).encode() + b"\n"


class _Head(BaseModel):
    format: str
    version: int


Why = Literal[
    "too_big",
    "no_diary",
    "newer",
    "broken",
    "scale",
    "future",
    "long_ago",
    "twice",
    "zone",
    "columns",
    "dates",
    "scores",
]


@dataclass(frozen=True)
class Mistake:
    """Why a file cannot be brought in. `where`: the place in it, or the day."""

    why: Why
    where: str = ""


def read(content: bytes, now: datetime) -> Takeout | Mistake:
    """Read a document that an export wrote, with distrust: all of it is as it should be, or nothing comes in."""
    try:
        head = _Head.model_validate_json(content)
    except ValidationError:
        return Mistake("no_diary")
    if head.format != FORMAT:
        return Mistake("no_diary")
    if head.version > VERSION:
        return Mistake("newer")
    try:
        found = Takeout.model_validate_json(content)
    except ValidationError as error:
        return Mistake("broken", ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"])))
    return next(_mistakes(found, now), found)


def value_of(plain: Plain) -> Value | None:
    if isinstance(plain, Span):
        return Hours(plain.low, plain.high)
    return frozenset(plain) if isinstance(plain, list) else plain


def plain_of(value: Value | None) -> Plain:
    if isinstance(value, Hours):
        return Span(low=value.low, high=value.high)
    return sorted(value) if isinstance(value, frozenset) else value


def plain_profile(profile: Known) -> Profile:
    kept = {**asdict(profile), "followed": sorted(profile.followed), "care": sorted(profile.care)}
    return Profile.model_validate(kept)


def profile_of(plain: Profile) -> Known:
    sets = {"followed": frozenset(plain.followed), "care": frozenset(plain.care)}
    return Known(**{**plain.model_dump(), **sets})


def _mistakes(found: Takeout, now: datetime) -> Iterator[Mistake]:
    last = (now + AHEAD).date()
    days = [checkin.day for checkin in found.checkins]
    noted = [event.day for event in found.events if event.kind != VISIT]
    to_come = [event.day - FURTHEST_AHEAD for event in found.events if event.kind == VISIT]
    for day in (*days, *noted, *to_come):
        if not FIRST_DAY <= day <= last:
            yield Mistake("future" if day > last else "long_ago", day.isoformat())
    for day, times in Counter(days).items():
        if times > 1:
            yield Mistake("twice", day.isoformat())
    for zone in {checkin.zone for checkin in found.checkins} | {reminder.zone for reminder in found.reminders}:
        if zone not in known_zones():
            yield Mistake("zone", zone)
    told = found.profile
    if not (set(told.followed) <= set(FACTORS) and set(told.care) <= set(CARE)):
        yield Mistake("broken", "profile")
    if told.country not in (None, *COUNTRIES):
        yield Mistake("broken", "profile.country")
    for reminder in found.reminders:
        if reminder.at.tzinfo or reminder.at.second or reminder.at.microsecond:
            yield Mistake("broken", "reminders.at")
    for checkin in found.checkins:
        yield from _mistakes_on(checkin, now)
    if any(times > MOST_VISITS for times in Counter(e.day for e in found.events if e.kind == VISIT).values()):
        yield Mistake("broken", "events: visits on one day")
    for number, event in enumerate(found.events):
        if event.created_at > now + SKEW:
            yield Mistake("future", event.day.isoformat())
        if event.kind in SHAPES and not _is_shaped(event, found.events):
            yield Mistake("broken", f"events.{number}.details")


def _mistakes_on(checkin: CheckIn, now: datetime) -> Iterator[Mistake]:
    pages = {*BY_KEY, DONE, CHANGE}
    if checkin.page not in pages or not set(checkin.asked) <= {*pages, *(f"factors:{code}" for code in FACTORS)}:
        yield Mistake("broken", f"{checkin.day.isoformat()}: asked")
    if not checkin.answers.keys() <= BY_KEY.keys():
        yield Mistake("broken", f"{checkin.day.isoformat()}: answers")
    for key, answer in checkin.answers.items():
        every: list[Answer | Earlier] = [answer, *answer.earlier]
        for one in every:
            value = value_of(one.value)
            if isinstance(one.value, list) and len(one.value) != len(set(one.value)):
                yield Mistake("scale", checkin.day.isoformat())
            if value is not None and (key not in BY_KEY or not allowed(BY_KEY[key], value)):
                yield Mistake("scale", checkin.day.isoformat())
            if one.answered_at > now + SKEW:
                yield Mistake("future", checkin.day.isoformat())


class Noted(Part):
    """A visit, remedy or change."""

    note: Words


class Attack(Part):
    """From when to when; `over` is null while nobody has ended it."""

    began: Moment
    over: Moment | None


class Period(Part):
    """Its first day."""


class Told(Part):
    """Which word about seeing a doctor was said, below which summary."""

    what: Short
    slot: Short


class Check(Part):
    """A list of signs that was shown; `visit`: the place in `events` of the treatment it asks about."""

    list: Checklist
    score: Annotated[int, Field(ge=0, le=10)] | None
    signs: Annotated[Sequence[Short], Field(max_length=40)]
    none: bool
    new: bool
    visit: Annotated[int, Field(ge=0)] | None

    @model_validator(mode="after")
    def _are_on_the_list(self) -> "Check":
        if not set(self.signs) <= SIGNS[self.list].keys():
            raise ValueError("signs of another list")
        return self


class Visit(Part):
    """A doctor's visit to come: its wall time (HH:MM) where it is known, what to ask there, each with its number, and
    the day on which the bot writes about it. `over` comes once somebody has said how it was."""

    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None
    note: Annotated[str, Field(max_length=LONGEST_WITH)]
    questions: Annotated[
        tuple[tuple[int, Annotated[str, Field(max_length=LONGEST_QUESTION)]], ...], Field(max_length=MOST_QUESTIONS)
    ]
    written_on: date | None
    over: bool = False


SHAPES: Mapping[str, type[Part]] = {
    **dict.fromkeys(KINDS, Noted),
    "attack": Attack,
    "period": Period,
    "told": Told,
    VISIT: Visit,
    "check": Check,
}
"""What the details of each kind of event are. An event of another kind is exported, and stays out at an import."""

NEVER_IN = frozenset({"share", "try"})
"""Kinds that are exported and stay out by design: a link opens nothing in another diary, a try is gone through where it
was begun, by its own lot and reminders."""


def _is_shaped(event: Event, all_: Sequence[Event]) -> bool:
    try:
        details = SHAPES[event.kind].model_validate_json(json.dumps(event.details))
    except ValidationError:
        return False
    return not isinstance(details, Check) or details.visit is None or details.visit < len(all_)
