"""The page for the doctor: shown in the chat first, then made; a name that was typed for it is on it and nowhere else.

What the page shall be like is carried by the buttons, so nothing about it is stored.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from importlib.metadata import version

from bot.actions import before_after, patterns, visits
from bot.actions.buttons import date_of, number_of
from bot.actions.checkin import today
from bot.actions.checklist import CHECK, check_of
from bot.domain.log import KINDS, PERIOD
from bot.domain.patterns import WINDOW as LOOKED_AT
from bot.domain.report import FEWEST, MOST_NOTES, WEEKS, Figures, figures_of, notes_of, report_of, weeks_for
from bot.render import report as render
from bot.render.letters import unwritable
from bot.render.message import Message, Reply, Sorry
from bot.render.report import LONGEST_NAME, NONE, Wish
from bot.render.report_page import Page, draw
from bot.store import checkins, events, profiles, users
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

DAY = timedelta(days=1)
STALE = "I can’t read that button any more. /report begins anew."


def show(session: Session, user: User, now: datetime, words: str = "") -> Reply:
    """Show what a page would hold; `/report 8` of eight weeks, else of as many as the diary has, up to twelve."""
    begun = checkins.first_answered(session, user.id, date.min) or today(user, now)
    weeks = weeks_for((today(user, now) - begun).days)
    if not words.strip():
        return Reply((_preview(session, user, now, Wish(weeks)),))
    typed = number_of(words.split()[0])
    if typed in WEEKS:
        return Reply((_preview(session, user, now, Wish(typed)),))
    said = render.no_such_weeks(texts_for(user.language))
    return Reply((_preview(session, user, now, Wish(weeks), said),))


def change(session: Session, user: User, now: datetime, weeks: str, notes: str, pages: str) -> Reply:
    """Show it anew with other wishes, in place of what was shown."""
    return Reply((render.in_place(_preview(session, user, now, _wish(weeks, notes, pages))),))


def choose_notes(session: Session, user: User, now: datetime, weeks: str, notes: str, pages: str) -> Reply:
    wish = _wish(weeks, notes, pages)
    if len(wish.notes) > MOST_NOTES:
        raise Sorry("Five notes fit on the page. Tap one that has a ✓ to take it off first.")
    there = notes_of(_figures(session, user, now, wish).days)
    return Reply((render.choose_notes(texts_for(user.language), there, wish),))


def make(session: Session, user: User, now: datetime, weeks: str, notes: str, pages: str) -> Reply:
    return Reply((paper(session, user, now, _wish(weeks, notes, pages)),))


def ask_name(session: Session, user: User, now: datetime, weeks: str, notes: str, pages: str) -> Reply:
    users.wait_for_text(session, user.id, f"report_name:{_wish(weeks, notes, pages).code}")
    return Reply((render.ask_name(texts_for(user.language)),))


def type_name(session: Session, user: User, now: datetime, weeks: str, notes: str, pages: str, text: str) -> Reply:
    """Make the page with a name on it. The name goes into the page that is drawn, and is kept nowhere."""
    t, name = texts_for(user.language), " ".join(text.split())
    if letters := unwritable(name):
        return Reply((render.ask_name(t, unwritable=letters[:LONGEST_NAME]),))
    if len(name) > LONGEST_NAME:
        return Reply((render.ask_name(t, too_long=True),))
    users.wait_for_text(session, user.id, None)
    return Reply((paper(session, user, now, _wish(weeks, notes, pages), name=name),))


def paper(session: Session, user: User, now: datetime, wish: Wish, *, name: str = "") -> Message:
    """Return the page as a message, or the kind word that there is too little for one."""
    t, figures = texts_for(user.language), _figures(session, user, now, wish)
    if figures.logged < FEWEST:
        return _preview(session, user, now, wish)
    every = events.of_user(session, user.id, figures.first, figures.last)
    found = patterns.current(session, user, now)
    report = report_of(
        figures,
        look=found[0] if found else None,
        looked_from=max(found[1], today(user, now) - LOOKED_AT * DAY) if found else None,
        events=[(event.kind, event.day) for event in every if event.kind in KINDS],
        around=[(change.kind, change.around) for change in before_after.firsts(session, user, now)],
        checks=[check_of(event) for event in every if event.kind == CHECK],
        periods=[event.day for event in every if event.kind == PERIOD],
        chosen=wish.notes,
        questions=_questions(session, user, now),
        injury=profiles.of_user(session, user.id).injury_on(today(user, now)),
    )
    page = Page(report, version("headsup"), name, all_days=wish.pages == 2)
    return replace(render.made(t, figures, named=bool(name)), draw=partial(draw, t, page))


def _preview(session: Session, user: User, now: datetime, wish: Wish, said: str = "") -> Message:
    t, figures = texts_for(user.language), _figures(session, user, now, wish)
    if figures.logged < FEWEST:
        longest = _figures(session, user, now, replace(wish, weeks=WEEKS[-1]))
        return render.too_few(t, figures.logged, wish, elsewhere=longest.logged >= FEWEST)
    there = [day for day, _ in notes_of(figures.days)]
    wish = replace(wish, notes=wish.notes & set(there))
    return render.preview(t, figures, wish, there, asked=len(_questions(session, user, now)), said=said)


def _figures(session: Session, user: User, now: datetime, wish: Wish) -> Figures:
    """Count the days up to today or, while it has no answer, up to yesterday."""
    last = today(user, now)
    days = checkins.days(session, user.id, last - 7 * wish.weeks * DAY, last, user.day_start)
    begun = checkins.first_answered(session, user.id, date.min) or last
    return figures_of(days[1:] if days[-1].logged else days[:-1], begun)


def _questions(session: Session, user: User, now: datetime) -> Sequence[str]:
    """Return what the person wants to ask at their next visit."""
    coming = visits.to_come(session, user, now)[:1]
    return [said for visit in coming for _, said in visit.details["questions"]]


def _wish(weeks: str, notes: str, pages: str) -> Wish:
    codes = [] if notes == NONE else notes.split(".")
    days = [date_of(f"20{code[:2]}-{code[2:4]}-{code[4:]}") for code in codes]
    if weeks not in map(str, WEEKS) or pages not in ("1", "2") or None in days:
        raise Sorry(STALE)
    return Wish(int(weeks), frozenset(day for day in days if day is not None), int(pages))
