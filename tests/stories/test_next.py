"""/next: what it says is what is sent, at that minute; nothing else is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.actions.next_ import next_sends
from bot.domain.reminders import NUDGE
from bot.sandbox.person import Person
from bot.store import users
from bot.store.database import Session
from bot.store.tables import outbox
from tests.conftest import Telegram
from tests.stories.conftest import berlin, sent, to_the_minute, value

TICK = timedelta(minutes=5)


async def foretold(telegram: Telegram, ann: Person) -> list[datetime]:
    def read(session: Session) -> list[datetime]:
        user = users.get(session, ann.user_id)
        assert user is not None
        return [each.at for each in next_sends(session, user, telegram.clock.now())]

    return await telegram.database.write(read)


async def test_read_aloud(ann: Person) -> None:
    await ann.says("/remind posture weekdays 15:00")
    await ann.says("/next")
    assert ann.sees.text.startswith(
        "Coming next (Berlin time)\n\nToday, Mon 2 Mar\n15:00 Posture break – you set Mon to Fri"
    )
    assert "20:00 Daily card – you set every day, 20:00" in ann.sees.text
    assert ann.sees.text.endswith("Where your card is still open, one quiet nudge follows it.")


@pytest.mark.parametrize(
    "before",
    [
        (),
        ("3 3 8 4",),
        ("headache 8",),
        ("/remind water daily 7:30, 15:00 and 23:00",),
        ("/remind posture every 2 hours 9-17", "/pause until Thursday"),
        ("/attack",),
        ("/remind take the stairs tomorrow only 10:00", "/remind card 22:30"),
    ],
    ids=["as it is", "answered", "a strong headache", "some in the quiet hours", "paused", "attack", "once, and late"],
)
@pytest.mark.slow
async def test_it_never_lies(telegram: Telegram, ann: Person, before: tuple[str, ...]) -> None:
    for words in before:
        await ann.says(words)
    await ann.says("/next")
    since = telegram.clock.now()
    until = since + timedelta(days=5)
    said = [at for at in await foretold(telegram, ann) if at < until]
    await telegram.waits(until=until - TICK, beat=TICK)
    came = set(sent(telegram, ann, since + TICK)) - nudges(telegram, ann)
    assert sorted(came) == sorted({to_the_minute(at) for at in said})


async def test_a_snooze_and_a_summary_put_off_are_in_it(telegram: Telegram, ann: Person) -> None:
    await ann.says("3 3 8 4")
    await ann.says("/remind water daily 15:00")
    await ann.says("/remind summary tuesdays 7:00")
    await telegram.waits(until=berlin(2, 15), beat=TICK)
    await ann.taps("Later")
    await ann.taps("In an hour")
    await ann.says("/next")
    assert "16:00 Water – you asked for it later" in ann.sees.text
    assert "08:00 Weekly summary – after your quiet hours" in ann.sees.text


async def test_the_pause_and_the_silence_say_so(telegram: Telegram, ann: Person) -> None:
    await ann.says("/pause until Friday")
    await ann.says("/next")
    assert "You are on a pause until Fri 6 Mar, 04:00." in ann.sees.text
    assert "Fri 6 Mar\n20:00 Daily card" in ann.sees.text
    await ann.says("/resume")
    await ann.says("/attack")
    await ann.says("/next")
    assert "I’m quiet for now, until tomorrow at the latest." in ann.sees.text
    assert "Today" not in ann.sees.text


def nudges(telegram: Telegram, ann: Person) -> set[datetime]:
    """Return when nudges were sent: they depend on the card, and /next says so in a line of its own."""

    def read(session: Session) -> set[datetime]:
        was_sent = (outbox.c.kind == NUDGE) & (outbox.c.state == "sent")
        return {to_the_minute(row.sent_at) for row in session.execute(select(outbox.c.sent_at).where(was_sent))}

    assert value(telegram, "SELECT count(*) FROM users") == 1
    return telegram.database.submit(read).result()


async def test_who_never_answered_is_promised_no_summary(telegram: Telegram, ann: Person) -> None:
    telegram.clock.moves(5 * 86_400)  # Saturday
    await ann.says("/next")
    assert "Weekly summary" not in ann.sees.text
    await ann.says("all fine")
    await ann.says("/next")
    assert "Weekly summary" in ann.sees.text
