"""A planned try: told beforehand how likely it shows anything, lived day by day, and counted once when it is over."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.actions.next_ import next_sends
from bot.domain.reminders import TRIED, TRY
from bot.domain.tries import Try
from bot.sandbox.person import Person
from bot.store import checkins, events, reminders, tries, users
from bot.store.database import Session
from bot.store.tables import outbox as deliveries
from jobs.deliver import recover
from tests.conftest import Telegram
from tests.stories.conftest import BERLIN, arrived, berlin, sent, to_the_minute, traces

DAY, HALF = timedelta(days=1), timedelta(minutes=30)
SEED = 20261125
SIDES = "++--++----++--++++----++++--++--++----++--++--++++--++--"
"""Days with it and days without it of this seed, frozen in tests/domain/test_tries."""

FIRST = date(2026, 3, 3)


async def begins(telegram: Telegram, person: Person, change: str, weeks: str = "8 weeks", seed: int = SEED) -> None:
    """Begin a try by taps, and let the coin fall as this seed has it."""
    await person.says("/try")
    if "Try something else" in person.sees.labels:
        await person.taps("Try something else")
    await person.taps(change)
    await person.taps(weeks)
    await person.taps("Start tomorrow")

    def write(session: Session) -> None:
        (event,) = (event for event in kept(session, person) if event.details["ended"] is None)
        events.change(session, event, seed=seed)

    await telegram.database.write(write)


def kept(session: Session, person: Person) -> Sequence[events.Event]:
    return events.of_user(session, person.user_id, date(2025, 1, 1), date(2028, 1, 1), "try")


def tries_of(telegram: Telegram, person: Person) -> list[tuple[date, dict[str, object]]]:
    found = telegram.database.submit(lambda session: kept(session, person)).result()
    return [(event.day, dict(event.details)) for event in found]


def fill_in(telegram: Telegram, person: Person, scores: dict[date, int], done: dict[date, str] | None = None) -> None:
    """Put days into the diary as if they had been filled in by card."""

    def write(session: Session) -> None:
        for day, score in scores.items():
            now = telegram.clock.now()
            card = checkins.open_(session, person.user_id, day, "Europe/Berlin", "done", now)
            values = {"headache": score, **({"try": done[day]} if done and day in done else {})}
            checkins.answer(session, card, values, now, source="tap", late=False)

    telegram.database.submit(write).result()


async def foretold(telegram: Telegram, person: Person, kind: str) -> list[datetime]:
    def read(session: Session) -> list[datetime]:
        user = users.get(session, person.user_id)
        assert user is not None
        return [to_the_minute(each.at) for each in next_sends(session, user, telegram.clock.now()) if each.kind == kind]

    return await telegram.database.write(read)


def came(telegram: Telegram, person: Person, kind: str) -> list[datetime]:
    """Return the minutes in which something of this kind went out."""

    def read(session: Session) -> list[datetime]:
        mine = (deliveries.c.user_id == person.user_id) & (deliveries.c.kind == kind) & (deliveries.c.state == "sent")
        rows = session.execute(deliveries.select().where(mine).order_by(deliveries.c.sent_at))
        return [to_the_minute(row.sent_at) for row in rows]

    return telegram.database.submit(read).result()


# The whole of it


@pytest.mark.slow
async def test_eight_weeks_day_by_day(telegram: Telegram, ann: Person) -> None:
    """Headaches are noted on the day after each evening without, up to the tenth round, and never after one with it.

    Of the 28 evenings without, 20 lie in the first ten rounds. A pause takes the cards of 12 and 13 March, that of the
    14th is left; they tell of the evenings of the 11th and 12th (without) and the 13th (with it). So: with it 0 of 27,
    without 18 of 26. She stretches on every evening with it, on none without, and says so on all cards but those of 23,
    24 and 28 March (without, without, with it): on 26 of 26 and on 0 of 24.
    """
    await begins(telegram, ann, "Evening stretch")
    begun = telegram.clock.now()
    said_before: list[datetime] = []
    for n in range(57):
        day = FIRST + n * DAY
        now = datetime(day.year, day.month, day.day, 20, tzinfo=BERLIN)
        if n == 9:
            await ann.says("/pause 3")
        if n % 5 == 4:
            said_before += [at for at in await foretold(telegram, ann, TRY) if at < now + 4 * DAY]
        await telegram.waits(until=now - timedelta(hours=1), beat=timedelta(hours=6))
        await telegram.waits(until=now, beat=HALF)
        if day not in (date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 14)):
            hurts = 0 < n <= 40 and SIDES[n - 1] == "-"
            await ann.taps("5") if hurts else await ann.taps("All fine today")
            if hurts:
                await ann.says("back 0, slept 8, slept well, posture 4")
                await ann.taps("Skip the rest")
            assert ("Yes, it was done" in ann.sees.labels) == (n > 0)
            if n > 0 and n not in (20, 21, 25):
                await ann.taps("Yes, it was done" if SIDES[n - 1] == "+" else "No, it was not")
        await ann.says("/try")
        assert not any(word in ann.sees.text for word in ("fewer", "more headaches", "there was a headache"))
        await telegram.waits(until=now + timedelta(hours=1), beat=HALF)

    # Its reminder came at half past eight by the clock on the wall, which went forward on 29 March, on days with it.
    with_it = [FIRST + n * DAY for n in range(56) if SIDES[n] == "+" and FIRST + n * DAY != date(2026, 3, 13)]
    assert came(telegram, ann, TRY) == [datetime(d.year, d.month, d.day, 20, 30, tzinfo=BERLIN) for d in with_it]
    assert said_before
    assert set(said_before) <= set(came(telegram, ann, TRY))

    # The last evening was 27 April, its headaches are those of the 28th; the result comes by itself on the 30th, once.
    assert arrived(ann, begun, "what came out") == []
    assert await foretold(telegram, ann, TRIED) == [berlin(30, 18, month=4)]
    await telegram.waits(until=berlin(30, 17, month=4), beat=HALF)
    assert arrived(ann, begun, "what came out") == []
    await telegram.waits(until=berlin(4, 12, month=5), beat=HALF)
    ((at, told),) = arrived(ann, begun, "what came out")
    assert at == berlin(30, 18, month=4)
    assert "Counted: 14 of 14 rounds of four days" in told.text
    assert "a headache on 0 of 27 days, after one without it on 18 of 26." in told.text
    assert "There were fewer headaches with it" in told.text
    assert "Noted as done: on 26 of 26 days with it, on 0 of 24 without it." in told.text
    assert len(came(telegram, ann, TRIED)) == 1
    assert await foretold(telegram, ann, TRIED) == await foretold(telegram, ann, TRY) == []

    await ann.says("/try")
    assert ann.sees.text == told.text
    await ann.taps("Try something else")
    assert "What would you like to try?" in ann.sees.text


async def test_nothing_of_the_headaches_shows_while_it_is_on(telegram: Telegram, ann: Person) -> None:
    """Whatever the headaches are, /try says the same up to the last day."""
    await begins(telegram, ann, "A walk")
    bad = {FIRST + n * DAY: 8 for n in range(56) if SIDES[n] == "-"}
    for n in (0, 1, 27, 54, 55):
        telegram.clock.moves((FIRST + n * DAY - telegram.clock.now().astimezone(BERLIN).date()).days * 86_400)
        await ann.says("/try")
        before = ann.sees.text
        fill_in(telegram, ann, {day: score for day, score in bad.items() if day <= FIRST + n * DAY})
        await ann.says("/try")
        assert ann.sees.text == before
        assert f"Day {n + 1} of 56." in before
    telegram.clock.moves(86_400)
    await ann.says("/try")
    assert "what came out" in ann.sees.text


# Before it begins


async def test_read_aloud(ann: Person) -> None:
    await ann.says("/try")
    assert ann.sees.text.startswith("A planned try\n\nA try compares days with one change and days without it")
    assert "a small change can’t be seen this way" in ann.sees.text
    assert "Keep taking what your doctor prescribed as before." in ann.sees.text
    assert len(ann.sees.labels) == 9
    await ann.taps("Screens off at 22:00")
    assert "How often you have a headache I don’t know yet" in ann.sees.text
    assert "8 weeks: about 3 times in 10\n16 weeks: about 6 times in 10\n24 weeks: about 8 times in 10" in ann.sees.text
    await ann.taps("16 weeks")
    assert "From tomorrow, Tue 3 Mar, to Mon 22 Jun." in ann.sees.text
    assert "a try this long would show it about 6 times in 10." in ann.sees.text
    assert "A small change can’t be seen." in ann.sees.text
    assert "Keep taking what your doctor prescribed as before." in ann.sees.text
    await ann.taps("Another length")
    await ann.taps("Another change")
    assert "What would you like to try?" in ann.sees.text


async def test_the_chance_is_told_from_ones_own_days(telegram: Telegram, ann: Person) -> None:
    """40 days filled in, a headache on every fifth: at 20 % even 24 weeks show a halving less than every other time."""
    fill_in(telegram, ann, {date(2026, 3, 1) - n * DAY: 4 * (n % 5 == 0) for n in range(40)})
    await ann.says("/try")
    await ann.taps("A walk")
    assert "In your last 8 weeks, about 20 in every 100 days you filled in had a headache." in ann.sees.text
    assert "8 weeks: about 1 time in 10\n16 weeks: about 3 times in 10\n24 weeks: about 4 times in 10" in ann.sees.text


async def test_looking_at_what_could_be_begins_nothing(telegram: Telegram, ann: Person) -> None:
    await ann.says("/try")
    await ann.taps("A walk")
    await ann.taps("8 weeks")
    assert tries_of(telegram, ann) == []
    assert await foretold(telegram, ann, TRY) == []


# The end


async def test_ended_early_it_tells_what_the_whole_rounds_show(telegram: Telegram, ann: Person) -> None:
    """After 30 days seven rounds are over: 14 days with it, 14 without. A headache on each without, and on 31 March,
    a day with it that lies in the round that is not over."""
    await begins(telegram, ann, "A walk")
    heads = {FIRST + n * DAY: 6 * (SIDES[n] == "-" or n == 28) for n in range(30)}
    fill_in(telegram, ann, heads, {FIRST: "done", FIRST + DAY: "not", FIRST + 2 * DAY: "not", FIRST + 29 * DAY: "done"})
    telegram.clock.moves(31 * 86_400)
    await ann.says("/try")
    assert "Noted as done: on 2 of 3 days with it, on 0 of 1 without it." in ann.sees.text
    await ann.taps("End it early")
    await ann.taps("No, go on")
    assert "Day 31 of 56." in ann.sees.text
    await ann.taps("End it early")
    asked = ann.sees
    await ann.taps("Yes, end it")
    assert "It was ended early." in ann.sees.text
    assert "Counted: 7 of 14 rounds" in ann.sees.text
    assert "With it there was a headache on 0 of 14 days, without it on 14 of 14." in ann.sees.text
    assert "Noted as done: on 1 of 2 days with it, on 0 of 1 without it." in ann.sees.text
    told = ann.sees.text
    await ann.taps_on(asked.message_id, asked.data("Yes, end it"))
    assert ann.sees.text == told
    ((_, details),) = tries_of(telegram, ann)
    assert details["ended"] == "2026-04-02"
    await telegram.waits(until=berlin(6, 12, month=4), beat=timedelta(hours=1))
    assert came(telegram, ann, TRY) == came(telegram, ann, TRIED) == []
    await ann.says("all fine")
    assert "Your try" not in ann.sees.text
    await ann.says("/try")
    assert ann.sees.text == told, "what came out stays what came out"


async def test_ended_at_once_there_is_nothing_to_count(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "More water")
    await ann.taps("End it early")
    await ann.taps("Yes, end it")
    assert "No round of four days was over, so there is nothing to count." in ann.sees.text
    await begins(telegram, ann, "A walk")
    assert "It begins tomorrow" in ann.sees.text
    assert len(tries_of(telegram, ann)) == 2


@pytest.mark.parametrize(
    ("words", "again"), [("/pause 3", berlin(30, 18, month=4)), ("/attack", berlin(29, 18, month=4))]
)
@pytest.mark.slow
async def test_the_result_waits_for_a_pause_and_an_attack(
    telegram: Telegram, ann: Person, words: str, again: datetime
) -> None:
    """The walk's last day is 27 April, so it would come on the 29th."""
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(28, 17, month=4), beat=timedelta(hours=12))
    await ann.says(words)
    said = await foretold(telegram, ann, TRIED)
    await telegram.waits(until=berlin(3, 12, month=5), beat=HALF)
    assert came(telegram, ann, TRIED) == said
    assert [at >= again for at in said] == [True]


async def test_whoever_looks_first_is_not_told_again(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(28, 12, month=4), beat=timedelta(hours=12))
    assert await foretold(telegram, ann, TRIED) == [berlin(29, 18, month=4)]
    await ann.says("/try")
    assert "what came out" in ann.sees.text
    assert await foretold(telegram, ann, TRIED) == []
    await telegram.waits(until=berlin(1, 12, month=5), beat=HALF)
    assert came(telegram, ann, TRIED) == []
    await ann.says("/reminders")
    assert "Your try" not in ann.sees.text


async def test_a_result_of_which_nobody_knows_whether_it_arrived_comes_once_more(
    telegram: Telegram, ann: Person
) -> None:
    """The machine went off in the middle of sending it: after the start it is sent again, and only once."""
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(29, 18, month=4), beat=timedelta(hours=12))
    await telegram.waits(until=berlin(29, 18, 1, month=4))

    def unsend(session: Session) -> None:
        mine = deliveries.c.kind == TRIED
        session.execute(update(deliveries).where(mine).values(state="sending", message_id=None, sent_at=None))

    await telegram.database.write(unsend)
    await recover(telegram.database, telegram.clock.now())
    await telegram.waits(until=berlin(2, 12, month=5), beat=HALF)
    assert [at for at, _ in arrived(ann, berlin(28, 12, month=4).astimezone(UTC), "what came out")] == [
        berlin(29, 18, month=4),
        berlin(29, 18, 31, month=4),
    ]


# Twice, late, forged


async def test_started_three_times_it_has_begun_once(telegram: Telegram, ann: Person) -> None:
    await ann.says("/try")
    await ann.taps("A walk")
    await ann.taps("8 weeks")
    page = ann.sees
    for _ in range(3):
        await ann.taps_on(page.message_id, page.data("Start tomorrow"))
        telegram.clock.moves(1)
    assert "It begins tomorrow, Tue 3 Mar" in ann.sees.text
    assert [day for day, _ in tries_of(telegram, ann)] == [FIRST]

    def count(session: Session) -> list[str]:
        return [reminder.kind for reminder in reminders.of_user(session, ann.user_id)]

    assert sorted(telegram.database.submit(count).result()) == ["checkin", "summary", TRIED, TRY]


async def test_one_at_a_time(telegram: Telegram, ann: Person) -> None:
    await ann.says("/try")
    first = ann.sees
    await begins(telegram, ann, "A walk")
    await ann.taps_on(first.message_id, first.data("More water"))
    shown = next(seen for seen in ann.chat if seen.message_id == first.message_id)
    assert shown.text.startswith("One at a time, please: this one is still on.\n\nA walk")
    await ann.taps_on(first.message_id, "begin:water:8")
    assert [details["change"] for _, details in tries_of(telegram, ann)] == ["walk"]


async def test_an_old_end_button_ends_no_newer_try(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await ann.taps("End it early")
    old = ann.sees.message_id, ann.sees.data("Yes, end it")
    await ann.taps("Yes, end it")
    await begins(telegram, ann, "More water", seed=SEED + 1)
    await ann.taps_on(*old)
    assert [details["ended"] for _, details in tries_of(telegram, ann)] == ["2026-03-02", None]


@pytest.mark.parametrize(
    "data",
    [
        *("plan:pills", "plan:walk:9", "plan:walk:x", "plan:", "begin:walk:12", "begin:walk:-8", "begin:pills:8"),
        *("begin:walk:٨", "begin:walk:", "ask_end", "end:1", "end:x", "end:", "end:-1"),
    ],
)
async def test_forged_buttons_are_answered_and_begin_nothing(telegram: Telegram, ann: Person, data: str) -> None:
    await ann.says("/try")
    await ann.taps_on(ann.sees.message_id, data)
    assert "/try shows what there is" in ann.sees.text + (ann.toast or "") or "What would you like" in ann.sees.text
    assert tries_of(telegram, ann) == []


async def test_nobody_ends_somebody_elses(telegram: Telegram, ann: Person, ben: Person) -> None:
    await begins(telegram, ann, "A walk")
    await ben.says("/try")
    await ben.taps_on(ben.sees.message_id, f"end:{SEED}")
    ((_, details),) = tries_of(telegram, ann)
    assert details["ended"] is None


async def test_everything_deleted_ends_it(telegram: Telegram, ann: Person) -> None:
    await begins(telegram, ann, "A walk")
    await telegram.waits(until=berlin(3, 21), beat=HALF)
    await ann.says("/delete")
    await ann.taps("Yes, delete everything")
    assert traces(telegram, ann.user_id) == {}
    since = telegram.clock.now()
    await telegram.waits(until=berlin(6, 21), beat=HALF)
    assert sent(telegram, ann, since + timedelta(minutes=1)) == []


async def test_the_lot_is_drawn_by_the_instant_of_the_tap(telegram: Telegram, ann: Person, ben: Person) -> None:
    seeds = set()
    for person in (ann, ben):
        await person.says("/try")
        await person.taps("A walk")
        await person.taps("8 weeks")
        await person.taps("Start tomorrow")

        def read(session: Session, user_id: int = person.user_id) -> Try | None:
            return tries.newest(session, user_id)

        a_try = telegram.database.submit(read).result()
        assert a_try is not None
        seeds.add(a_try.seed)
        telegram.clock.moves(0.001)
    assert len(seeds) == 2
