"""The reminder when the clock brings it, and what a person can answer: done, later, not today, why, no more of it."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.actions.buttons import number_of
from bot.actions.reminders import switched
from bot.domain.questions import Hours
from bot.domain.quiet import from_text, quiet_from, quiet_until
from bot.domain.reminders import OWN, TO_HALF, TO_OFF, policy
from bot.domain.schedule import day_of, instant, local
from bot.domain.tips import BY_KEY, KINDS, REST, Tip, choose
from bot.render import tips as render
from bot.render.message import Reply, Sorry
from bot.store import checkins, outbox, reminders, tastes
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.store.reminders import Reminder
from bot.store.users import User
from bot.texts.words import texts_for

KIND_KEYS = frozenset(kind.key for kind in KINDS)
EVENING = time(19)
TOWARDS_EVENING = time(17)
SHORT = 6
"""Hours of sleep at most that count as a short night."""

LATER = {"15": timedelta(minutes=15), "60": timedelta(hours=1)}
AHEAD_OF_QUIET = timedelta(minutes=30)
GONE = "That reminder is over. /reminders shows what comes next."


def remind(session: Session, user: User, now: datetime, owed: Owed) -> Reply | None:
    """Say what a reminder says; after many that nobody tapped, say that there will be fewer, or none, of them."""
    reminder = reminders.get(session, user.id, owed.reminder_id or 0)
    if reminder is None or not reminder.on:
        return None
    t = texts_for(user.language)
    ignored = outbox.unanswered(session, user.id, owed.kind, TO_OFF, before=owed.id)
    if ignored >= TO_OFF:
        switched(session, user, now, reminders.of_user(session, user.id, owed.kind), on=False)
        return Reply((render.stopped(t, owed.kind, reminder.words, unasked=True),))
    text = reminder.words
    if text is None:
        tip = _tip_for(session, user, owed)
        if tip is not None:
            outbox.say_tip(session, owed.id, tip.key)
        text = t(tip.text) if tip else render.plain_reminder(t, owed.kind)
    return Reply((render.reminder(t, text, owed.id, own=reminder.words is not None, halved=ignored == TO_HALF),))


def done(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    return _respond(session, user, _owed(session, user, outbox_id), "done")


def later(session: Session, user: User, now: datetime, outbox_id: str, when: str = "") -> Reply:
    """Bring the same reminder once more: in 15 minutes, in an hour, this evening; without `when`, ask which."""
    owed = _owed(session, user, outbox_id)
    reminder = reminders.get(session, user.id, owed.reminder_id or 0)
    if reminder is None or not reminder.on:
        raise Sorry(GONE)
    t = texts_for(user.language)
    evening = _this_evening(user, now)
    if when == "":
        return Reply((render.ask_later(t, _text(session, user, owed), owed.id, evening=evening is not None),))
    again_at = evening if when == "evening" else now + LATER[when] if when in LATER else None
    if again_at is None:
        raise Sorry("That is not possible any more today. /reminders changes the times.")
    if quiet_until(from_text(user.quiet), again_at, user.zone):
        raise Sorry("That would fall into your quiet hours. /settings changes them.")
    outbox.owe(
        session,
        user.id,
        owed.kind,
        # Named after the message, not after the time: a tap that comes twice brings it once.
        f"{owed.slot.split('+')[0]}+{owed.id}",
        due_at=owed.due_at,
        not_before=again_at,
        too_late_at=again_at + policy(owed.kind).fresh_for,
        reminder_id=owed.reminder_id,
    )
    outbox.respond(session, owed.id, "later")
    at = t.clock_time(local(again_at, user.zone).time())
    return Reply((render.later(t, _text(session, user, owed), at),))


def not_today(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """No more of this kind until the person's day is over."""
    owed = _owed(session, user, outbox_id)
    tomorrow = instant(day_of(now, user.zone, user.day_start) + timedelta(days=1), user.day_start, user.zone)
    reminders.skip_until(session, user.id, owed.kind, tomorrow or now + timedelta(days=1))
    outbox.withdraw(session, user.id, owed.kind)
    return _respond(session, user, owed, "not_today")


def more(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """Show what else can be done with a reminder."""
    owed = _owed(session, user, outbox_id)
    return Reply(
        (render.more(texts_for(user.language), _text(session, user, owed), owed.id, tip=owed.tip is not None),)
    )


def why(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """Say what a tip rests on, how strong that is, and which rule brought it."""
    owed = _owed(session, user, outbox_id)
    reminder = reminders.get(session, user.id, owed.reminder_id or 0)
    tip = BY_KEY.get(owed.tip or "")
    schedule = reminder.schedule if reminder else None
    short = (
        tip is not None and tip.group == "sleep" and owed.kind == "mixed" and _after_a_short_night(session, user, owed)
    )
    return Reply((render.why(texts_for(user.language), owed.kind, tip, schedule, owed.id, short_night=short),))


def helped(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    return _rated(session, user, outbox_id, "helped")


def unwanted(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    return _rated(session, user, outbox_id, "unwanted")


def stop(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """Switch this reminder off; a tap brings it back."""
    owed = _owed(session, user, outbox_id)
    found = reminders.of_user(session, user.id, owed.kind)
    if not found:
        raise Sorry(GONE)
    switched(session, user, now, found, on=False)
    outbox.respond(session, owed.id, "stop")
    stopped = render.stopped(texts_for(user.language), owed.kind, found[0].words, unasked=False)
    return Reply((replace(stopped, edit="tapped"),))


def as_before(session: Session, user: User, now: datetime, outbox_id: str) -> Reply:
    """Send all of them again: a tap is a sign that they are read."""
    owed = _owed(session, user, outbox_id)
    return _respond(session, user, owed, "as_before")


def _respond(session: Session, user: User, owed: Owed, response: str) -> Reply:
    outbox.respond(session, owed.id, response)
    return Reply((render.responded(texts_for(user.language), _text(session, user, owed), response),))


def _rated(session: Session, user: User, outbox_id: str, rating: str) -> Reply:
    owed = _owed(session, user, outbox_id)
    if owed.tip not in BY_KEY:
        raise Sorry(GONE)
    known, this = tastes.of_user(session, user.id), frozenset({str(owed.tip)})
    helped, unwanted = known.helped - this, known.unwanted - this
    kept = tastes.Tastes(helped | this, unwanted) if rating == "helped" else tastes.Tastes(helped, unwanted | this)
    tastes.keep(session, user.id, kept)
    return _respond(session, user, owed, rating)


def _tip_for(session: Session, user: User, owed: Owed) -> Tip | None:
    """Return the tip whose turn it is; None where every text of its kind was said within the last two weeks.

    What comes again says what it said.
    """
    before = number_of(owed.slot.partition("+")[2])
    if before is not None:
        first = outbox.get(session, user.id, before)
        return BY_KEY.get(first.tip or "") if first else None
    said = outbox.tips_since(session, user.id, owed.due_at - REST)
    known = tastes.of_user(session, user.id)
    likes = {"helped": known.helped, "unwanted": known.unwanted}
    if _after_a_short_night(session, user, owed):
        return choose(owed.kind, said, owed.due_at, **likes, first={"sleep"})
    return choose(owed.kind, said, owed.due_at, **likes)


def _after_a_short_night(session: Session, user: User, owed: Owed) -> bool:
    """Tell whether it is the evening after a night of at most six hours, by what the person noted that day."""
    if local(owed.due_at, user.zone).time() < TOWARDS_EVENING:
        return False
    day = day_of(owed.due_at, user.zone, user.day_start)
    hours = checkins.history(session, user.id, day, day).get(day, {}).get("sleep_hours")
    return isinstance(hours, Hours) and hours.high <= SHORT


def _text(session: Session, user: User, owed: Owed) -> str:
    """Return the words of a reminder that was sent, in Telegram HTML."""
    t = texts_for(user.language)
    tip = BY_KEY.get(owed.tip or "")
    reminder: Reminder | None = reminders.get(session, user.id, owed.reminder_id or 0)
    if tip is None and reminder is not None and reminder.words is not None:
        return render.own_words(reminder.words)
    return t(tip.text) if tip else render.plain_reminder(t, owed.kind)


def _this_evening(user: User, now: datetime) -> datetime | None:
    """Return seven in the evening or, after that, half an hour before the quiet hours; None where both are over."""
    today = local(now, user.zone).date()
    evening = instant(today, EVENING, user.zone)
    if evening and evening > now:
        return evening
    quiet = quiet_from(from_text(user.quiet), now, user.zone)
    last = quiet - AHEAD_OF_QUIET if quiet else None
    return last if last and last > now and local(last, user.zone).date() == today else None


def _owed(session: Session, user: User, outbox_id: str) -> Owed:
    known = number_of(outbox_id)
    found = outbox.get(session, user.id, known) if known is not None else None
    if found is None or not (found.kind in KIND_KEYS or found.kind.startswith(OWN)):
        raise Sorry(GONE)
    return found
