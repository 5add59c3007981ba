"""The lists of signs: shown where an answer calls for one or somebody asks, ticked, and answered at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from bot.actions.buttons import event_of
from bot.domain.checkin import relevant
from bot.domain.checklists import (
    AFTER_TREATMENT,
    KNOWN_FOR,
    SIGNS,
    Check,
    Checklist,
    is_known,
    score_of,
    tier_of,
    wanted,
)
from bot.domain.questions import Answers
from bot.domain.schedule import day_of
from bot.render import checklist as render
from bot.render.message import Message, Reply, Sorry
from bot.store import checkins, events, profiles
from bot.store.database import Session
from bot.store.events import Event
from bot.store.users import User
from bot.texts.words import texts_for

DAY = timedelta(days=1)
CHECK, CHIROPRACTOR = "check", "chiropractor"
STALE = "That list is not kept here any more. /warning shows the signs."


def look(session: Session, user: User, now: datetime, day: date, answers: Answers) -> tuple[Message, ...]:
    """Return the lists that today's answers call for; they ask about right now, so no other day brings one."""
    if not wanted(answers, (), (), treated=True):
        return ()  # whatever the days before say
    before = checkins.days(session, user.id, day - KNOWN_FOR, day - DAY, user.day_start)
    checks = [check_of(event) for event in events.of_user(session, user.id, day - KNOWN_FOR, day, CHECK)]
    asked = [check.checklist for check in checks if check.day == day]
    visit = _visit(session, user, day)
    t = texts_for(user.language)
    found: list[Message] = []
    for each in wanted(answers, before, asked, treated=visit is not None):
        score = score_of(each, answers)
        new = each == "head" and answers.get("aura_known") == "new"
        if not new and is_known(each, score, checks, day):
            found.append(render.offer(t, each))
        else:
            found.append(_open(session, user, now, day, each, score, new=new, visit=visit if each == "neck" else None))
    return tuple(found)


def unanswered(session: Session, user: User, day: date) -> tuple[Message, ...]:
    """Return the day's lists that nobody has answered: after a crash they are shown again."""
    t = texts_for(user.language)
    return tuple(
        render.listing(t, event.id, event.details["list"], frozenset()) for event in _unanswered(session, user, day)
    )


def choose(session: Session, user: User, now: datetime) -> Reply:
    """Something feels new or wrong: ask where."""
    return Reply((render.choose(texts_for(user.language)),))


def ask(session: Session, user: User, now: datetime, which: str) -> Reply:
    """Show a list because somebody asked for it."""
    if which not in SIGNS:
        raise Sorry(STALE)
    checklist, day = cast(Checklist, which), day_of(now, user.zone, user.day_start)
    checkin = checkins.on_day(session, user.id, day)
    score = score_of(checklist, relevant(checkins.answers_of(session, checkin))) if checkin else None
    return Reply((_open(session, user, now, day, checklist, score, new=True),))


def sign(session: Session, user: User, now: datetime, event_id: str, code: str) -> Reply:
    """Tick a sign; the gravest so far is answered at once, nobody has to tap Done first."""
    event = _mine(session, user, event_id)
    before, which = frozenset(event.details["signs"]), event.details["list"]
    if code not in SIGNS[which]:
        raise Sorry(STALE)
    ticked = before | {code}
    events.change(session, event, signs=sorted(ticked), none=False)
    said = _answer(session, user, event, ticked) if tier_of(which, ticked) != tier_of(which, before) else ()
    return Reply((render.listing(texts_for(user.language), event.id, which, ticked, edit=True), *said))


def unsign(session: Session, user: User, now: datetime, event_id: str, code: str) -> Reply:
    event = _mine(session, user, event_id)
    ticked = frozenset(event.details["signs"]) - {code}
    events.change(session, event, signs=sorted(ticked))
    return Reply((render.listing(texts_for(user.language), event.id, event.details["list"], ticked, edit=True),))


def none(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    """None of the signs: it is noted, and said when to come back to the list."""
    event = _mine(session, user, event_id)
    events.change(session, event, signs=[], none=True)
    profile = profiles.of_user(session, user.id)
    tier = tier_of(event.details["list"], (), profile.care, new=event.details["new"])
    return Reply((render.none(texts_for(user.language), profile.country, tier),))


def mistake(session: Session, user: User, now: datetime, event_id: str) -> Reply:
    """It was ticked by mistake: the list again, with nothing ticked."""
    event = _mine(session, user, event_id)
    events.change(session, event, signs=[], none=False)
    t = texts_for(user.language)
    return Reply((render.taken_back(t), render.listing(t, event.id, event.details["list"], frozenset())))


def getting_help(session: Session, user: User, now: datetime) -> Reply:
    return Reply(toast=texts_for(user.language)("Good. Take care of yourself first; the diary can wait."))


def again(session: Session, user: User, event_id: str) -> Reply:
    """Return a list as it stands and its answer, where a crash may have swallowed them."""
    event = _mine(session, user, event_id)
    signs, which = frozenset(event.details["signs"]), event.details["list"]
    listing = render.listing(texts_for(user.language), event.id, which, signs)
    return Reply((listing, *_answer(session, user, event, signs)))


def _answer(session: Session, user: User, event: Event, signs: frozenset[str]) -> tuple[Message, ...]:
    """Return what to do about the gravest of the ticked signs; nothing where none is ticked."""
    which = event.details["list"]
    tier = tier_of(which, signs)
    if tier is None:
        return ()
    country = profiles.of_user(session, user.id).country
    return (render.answer(texts_for(user.language), event.id, which, tier, country),)


def _open(
    session: Session,
    user: User,
    now: datetime,
    day: date,
    which: Checklist,
    score: int | None,
    *,
    new: bool = False,
    visit: int | None = None,
) -> Message:
    t = texts_for(user.language)
    for shown in _unanswered(session, user, day):
        if shown.details["list"] == which:  # asked for twice, by a double tap or after it came by itself: still one
            events.change(session, shown, new=new or shown.details["new"])
            return render.listing(t, shown.id, which, frozenset())
    event = events.add(
        session, user.id, day, CHECK, now, list=which, score=score, signs=[], none=False, new=new, visit=visit
    )
    return render.listing(t, event.id, which, frozenset())


def _unanswered(session: Session, user: User, day: date) -> Sequence[Event]:
    every = events.of_user(session, user.id, day, day, CHECK)
    return [event for event in every if not event.details["signs"] and not event.details["none"]]


def _visit(session: Session, user: User, day: date) -> int | None:
    """Return the last visit to a chiropractor within 14 days that no list has asked about; None where there is none."""
    lately: Sequence[Event] = events.of_user(session, user.id, day - AFTER_TREATMENT, day)
    asked = {event.details["visit"] for event in lately if event.kind == CHECK}
    visits = [event.id for event in lately if event.kind == CHIROPRACTOR and event.id not in asked]
    return visits[-1] if visits else None


def check_of(event: Event) -> Check:
    details = event.details
    return Check(details["list"], event.day, details["score"], frozenset(details["signs"]), details["none"])


def _mine(session: Session, user: User, event_id: str) -> Event:
    found = event_of(session, user, event_id, (CHECK,))
    if found is None:
        raise Sorry(STALE)
    return found
