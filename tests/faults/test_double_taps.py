"""Every button there is, each tap delivered three times: the diary is as if it had come once (T23)."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.chat.routes import BUTTONS
from bot.sandbox.person import Person
from bot.store import checkins, events, profiles, tastes
from bot.store.crypto import unseal
from bot.store.database import Session
from bot.store.tables import answers, consents, outbox, reminders, users
from bot.store.tables import checkins as cards
from tests.databases import Databases, Home
from tests.diaries import a_day
from tests.faults.promises import Figures
from tests.faults.virtual import play
from tests.faults.world import World, at_once, world

MORNING = datetime(2026, 3, 2, 8, 0, 10, tzinfo=UTC)
AGAIN_AFTER = timedelta(seconds=70)
"""When a tap comes a third time: behind the next full minute, and before Telegram forgets a tap."""

SAYS, SENDS, WAITS = "says ", "sends ", "waits until "
A_LIFE = (
    *("says /start", "No, thank you", "says /start", "I agree", "says Lisbon", "20:00", "One a day"),
    *("Open today’s card", "All fine today", "Change an answer", "Headache", "No pain at all today"),
    *("Add a note", "says a quiet day", "Change the note", "says quiet", "Delete the note"),
    *("Change an answer", "Back to the card", "Change an answer", "Headache", "6", "Go back", "4 · good", "2 to 4 h"),
    *("Light hurt", "Noise hurt", "✓ Light hurt", "None of these", "✓ None of these", "Throbbing", "Done", "Skip"),
    *("says headache 3, back 2", "Undo", "says headache 3, back 2", "Skip the rest"),
    *("Something feels new or wrong", "My head", "None of these"),
    *("says /reminders", "Add a reminder", "Water", "12", "12:30"),
    *("Change the days", "✓ Mon", "✓ Tue", "Tue", "Mon to Fri", "Every day", "Done", "Switch off", "Switch on"),
    *("Change the time", "12", "12:15", "All reminders", "Water", "Delete", "Undo"),
    *("waits until 2026-03-02 12:17", "Later", "In an hour", "waits until 2026-03-02 13:21", "Done"),
    *("waits until 2026-03-02 14:02", "Not today"),
    *("waits until 2026-03-03 12:17", "More", "Why this?", "It helped", "Not for me"),
    *("waits until 2026-03-03 14:02", "More", "Stop this reminder", "Start them again"),
    *("waits until 2026-03-04 10:00", "says /checkin", "Open yesterday’s card", "4"),
    *("A headache starts now", "It was a slip", "says /attack", "waits until 2026-03-05 08:02", "Still there"),
    *("waits until 2026-03-06 08:02", "It’s over"),
    *(f"waits until 2026-03-{day:02} 12:17" for day in range(6, 14)),
    *("As before, please", "says /settings", "What comes next", "says /settings", "Change the quiet hours"),
    *("23:00–09:00", "says /settings", "Day start", "05:00", "Back to the settings"),
    *("says /settings", "Language and clock", "English, 8:00 PM", "says /settings", "Language and clock"),
    "English, 20:00",
    *("says I want to die", "Show the numbers again", "says I want to die", "I’m safe, I meant other things"),
    *("says /warning", "Check my head", "Fainted or had a fit", "I’m getting help", "I ticked it by mistake"),
    *("Worse lying/up/coughing", "✓ Worse lying/up/coughing", "None of these"),
    *("says /warning", "My emergency number", "New Zealand"),
    *("says /settings", "What the card asks", "Ask about head and back only", "Ask all five questions"),
    *("Ask about sleep in the morning", "Ask about sleep with the rest", "Note when my period begins"),
    *("Follow something every day", "Alcohol", "✓ Alcohol", "Done"),
    *("Reasons for extra care", "Weak immune system", "✓ Weak immune system", "A neck or head injury"),
    *("Yes, longer ago", "A neck or head injury", "I was hurt by someone", "Rather not say", "Done"),
    *("says all fine", "My period began", "My period did not begin"),
    *("says /settings", "Change the time zone", "says Springfield", "Springfield", "Keep Lisbon time"),
    *("says /log", "Massage", "It was yesterday", "Another day", "says 3 March", "Add a few words", "says it helped"),
    *("says /log", "Doctor", "Take it back", "says /log", "A visit still to come", "says 14 May 10:30"),
    *("Add a question", "says Why?", "Remove: Why?", "Change day or time", "says 15 May 9:00", "says /visit"),
    *("Fri 15 May, 09:00", "Call it off", "says /visit tomorrow 10:00", "waits until 2026-03-15 00:02"),
    "Nothing changed",
    *(step for day in range(6, 11) for step in ("says /history", str(day), "All fine that day")),
    *("Add a note", "says a quiet day", "says /report", "8 weeks", "Add a page with every day", "Choose notes"),
    *("Tue 10 Mar", "✓ Tue 10 Mar", "Done"),
    *("Make the page", "Make it with my name", "says Ann Example"),
    *("says /try", "A walk", "Another change", "A walk", "8 weeks", "Start tomorrow", "End it early", "No, go on"),
    *("End it early", "Yes, end it", "Try something else"),
    *("says /history", "February 2026", "March 2026", "2 ✓", "Change an answer", "Back to the card"),
    *("says /patterns", "How is this worked out?", "Back to the patterns", "Before and after", "Back to the patterns"),
    *("says /summary", "28 days", "90 days", "Day by day", "Week by week", "This month", "Patterns"),
    "Page for my doctor",
    *("says /settings", "Pictures and text", "Dark pictures", "Words only, no bars", "Light pictures"),
    *("says /share", "7 days", "End it now", "says /share", "30 days"),
    *("says /export", "Not now", "says /export", "Send it"),
    *("sends another diary", "Leave it", "sends another diary", "Bring it in", "Undo"),
    *("sends days either way", "Fri 2 Jan", "Leave it"),
    *("says /settings", "Pause", "3 days", "says /settings", "Resume now", "says /delete", "No, keep it"),
    *("says /delete", "Send me everything first", "Not now"),
    *("says /settings", "Discreet messages", "Switch them on", "Switch them off"),
    *("says /settings", "News about this bot", "Switch it off", "Switch it on"),
    *("says /privacy", "Take my consent back", "No, go on as before", "says /privacy", "Take my consent back"),
    *("Yes, take it back", "Delete everything", "No, keep it", "Agree again", "I agree, and I am 16 or older"),
    *("says /delete", "Yes, delete everything"),
)  # fmt: skip
"""Somebody's day at HeadsUp, from the first to the last: what they tap, by what stands on it; each button is in it."""

OF_READERS = {"open_share", "no_share", "shared", "leave_share"}
"""What somebody taps who keeps no diary here: `tests/stories/test_share.py` does that twice."""


FILES = {
    "another diary": ("headsup.json", a_day({"headache": 3, "back": 0}).as_json()),
    "days either way": ("days.csv", b"date,pain\n02/01/2026,7\n"),
}


def kept(session: Session) -> Iterator[Any]:
    """Yield everything that is kept of people, to the minute, without the numbers of rows and messages."""
    for row in session.execute(select(users)):
        yield {name: value for name, value in row._mapping.items() if name not in ("since", "seen_at")}
        yield [(event.day, event.kind) for event in events.of_user(session, row.id, date(2026, 1, 1), date(2027, 1, 1))]
        yield tastes.of_user(session, row.id)
        yield profiles.of_user(session, row.id)
    yield len(session.execute(select(consents)).all())
    for row in session.execute(select(reminders).order_by(reminders.c.kind, reminders.c.at)):
        yield row.kind, row.at, row.weekdays, row.on, row.next_at
    for row in session.execute(select(cards).order_by(cards.c.day)):
        card = checkins.get(session, row.id)
        assert card is not None
        yield card.day, card.page, card.late, checkins.answers_of(session, card), list(earlier(session, card))
    for row in session.execute(select(outbox).order_by(outbox.c.kind, outbox.c.due_at, outbox.c.not_before)):
        yield row.kind, row.not_before.replace(second=0, microsecond=0), row.state, row.response


def earlier(session: Session, card: checkins.CheckIn) -> Iterator[tuple[str, list[object]]]:
    """Yield each question with the values it had before."""
    mine = select(answers).where(answers.c.checkin_id == card.id, answers.c.earlier.is_not(None))
    for row in session.execute(mine.order_by(answers.c.question)):
        place = {"table": "answers", "key": f"{card.id}:{row.question}", "user": card.user_id}
        yield row.question, [value for value, *_ in json.loads(unseal(session.keys, row.earlier, **place))]


class Life:
    """One person in a world of their own, whose taps arrive once, or `often`."""

    def __init__(self, all_is: World, *, often: bool) -> None:
        self.all_is = all_is
        self.one = Person(all_is.api, 1001, "Ann", settle=at_once)
        self.often = often
        self.tapped: set[str] = set()

    async def does(self, step: str) -> None:
        """Do one thing; a tap that arrives often comes at once again, and after a while."""
        if step.startswith(SAYS):
            await self.one.says(step.removeprefix(SAYS))
            return
        if step.startswith(SENDS):
            name = step.removeprefix(SENDS)
            await self.one.sends_file(*FILES[name])
            return
        await self.one.taps(step)
        tap = self.all_is.api.updates.queue[-1].body
        self.tapped.add(tap["callback_query"]["data"].split(":")[0])
        if self.often:
            self.all_is.api.push(tap)
            await self.all_is.passes(seconds=AGAIN_AFTER.total_seconds())
            self.all_is.api.push(tap)

    async def diary(self) -> list[Any]:
        return await self.all_is.database.write(lambda session: list(kept(session)))


def test_every_button_thrice_is_as_good_as_once(databases: Databases, tmp_path: Path, promise: Figures) -> None:
    async def story(home: Home, away: Home) -> None:
        async with world(home, MORNING) as here, world(away, MORNING) as there:
            once, often = Life(here, often=False), Life(there, often=True)
            for life in (once, often):
                life.all_is.beat = 60
                await life.all_is.starts()
            for step in A_LIFE:
                if step.startswith(WAITS):
                    until = datetime.fromisoformat(step.removeprefix(WAITS)).replace(tzinfo=UTC)
                    here.clock.jumps(until - here.clock.now() - timedelta(minutes=2))
                else:
                    until = here.clock.now() + AGAIN_AFTER + timedelta(seconds=10)
                    for life in (once, often):
                        await life.does(step)
                await here.passes(seconds=(until - here.clock.now()).total_seconds())
                assert await once.diary() == await often.diary(), step
            assert BUTTONS.keys() - once.tapped == OF_READERS, "every button there is"
            tried = len(once.tapped)
            promise.at_most("T23", "buttons that do more when their tap comes twice", 0, 0, tries=tried)

    once, often = (tmp_path / name for name in ("once", "often"))
    for folder in (once, often):
        folder.mkdir()
    with databases.diary(once) as home, databases.diary(often) as away:
        play(story(home, away))
