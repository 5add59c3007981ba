"""What the operator tells everybody: once each, behind everything else, to those who want it and may be disturbed."""

from datetime import datetime, timedelta

from bot.sandbox.person import Person
from bot.store import broadcasts, outbox
from bot.store.broadcasts import Broadcast
from bot.store.database import Session
from bot.store.tables import meta
from jobs.broadcast import broadcast
from tests.conftest import Telegram, settled_in
from tests.stories.conftest import BERLIN, CARD, arrived, berlin, value

WORDS = "The bot moves on Friday at 6 <b>pm</b> & is back by 7."
MORNING_OF_BOTH = berlin(2, 16)
"""Nobody's quiet hours, be it in Berlin or in New York."""

SHOWN = f"From whoever runs this bot:\n\n{WORDS}"


def tells(telegram: Telegram, text: str = WORDS) -> Broadcast:
    told = Broadcast(text, telegram.clock.now())
    assert telegram.database.submit(lambda session: broadcasts.begin(session, told)).result()
    return told


def heard(telegram: Telegram, person: Person) -> int:
    return len(arrived(person, telegram.clock.now() - timedelta(days=9), WORDS))


def going_out(telegram: Telegram) -> Broadcast | None:
    return telegram.database.submit(broadcasts.current).result()


async def test_everybody_hears_it_once_and_it_is_forgotten(telegram: Telegram, ann: Person, ben: Person) -> None:
    await telegram.waits(until=MORNING_OF_BOTH)
    tells(telegram)
    await telegram.waits(minutes=5)
    assert (ann.sees.text, ben.sees.text) == (SHOWN, SHOWN)
    assert ann.sees.labels == ["No more of these"]
    await telegram.waits(hours=3)
    assert (heard(telegram, ann), heard(telegram, ben)) == (1, 1)
    assert going_out(telegram) is None
    assert telegram.database.submit(lambda session: [
        row.key for row in session.execute(meta.select()) if row.key.startswith("broadcast")
    ]).result() == []  # fmt: skip


async def test_it_stands_sealed_in_the_diary(telegram: Telegram, ann: Person) -> None:
    text = "Ünïcode " * 400
    told = tells(telegram, text.strip())
    kept = telegram.database.submit(lambda session: session.execute(meta.select()).all()).result()
    assert "nïcode" not in str(kept)
    assert all(len(row.value) <= meta.c.value.type.length for row in kept)
    assert going_out(telegram) == told


async def test_who_wants_no_more_of_these_gets_none(telegram: Telegram, ann: Person, ben: Person) -> None:
    await telegram.waits(until=MORNING_OF_BOTH)
    tells(telegram)
    await telegram.waits(minutes=2)
    await ann.taps("No more of these")
    assert "It is off." in ann.sees.text
    await telegram.waits(minutes=5)
    tells(telegram)
    await telegram.waits(minutes=5)
    assert (heard(telegram, ann), heard(telegram, ben)) == (1, 2)
    await ann.says("/settings")
    await ann.taps("News about this bot")
    await ann.taps("Switch it on")
    assert "It is on." in ann.sees.text
    tells(telegram)
    await telegram.waits(minutes=5)
    assert heard(telegram, ann) == 2


async def test_a_forged_switch_is_answered(telegram: Telegram, ann: Person) -> None:
    await ann.says("/settings")
    await ann.taps("News about this bot")
    await ann.taps_on(ann.sees.message_id, "broadcasts:perhaps")
    assert ann.toast == "I can’t read that button any more. /settings shows what there is."


async def test_quiet_hours_and_a_pause_are_waited_out(telegram: Telegram, ann: Person, ben: Person) -> None:
    await telegram.waits(until=berlin(2, 23))
    await ben.says("/pause 1")
    tells(telegram)
    await telegram.waits(until=berlin(3, 7, 59), beat=timedelta(minutes=5))
    assert (heard(telegram, ann), heard(telegram, ben)) == (0, 0), "22 to 8 is quiet in Berlin; Ben has paused"
    await telegram.waits(until=berlin(3, 8, 3))
    assert [at.astimezone(BERLIN).hour for at, _ in arrived(ann, berlin(3, 7), WORDS)] == [8]
    await telegram.waits(until=berlin(4, 22, 30), beat=timedelta(minutes=5))
    assert (heard(telegram, ann), heard(telegram, ben)) == (1, 1)


async def test_nobody_hears_it_after_two_days(telegram: Telegram, ann: Person) -> None:
    await ann.says("/pause 3")
    tells(telegram)
    await telegram.waits(days=4, beat=timedelta(minutes=10))
    assert heard(telegram, ann) == 0
    assert going_out(telegram) is None


async def test_who_blocked_the_bot_or_took_their_consent_back_is_left_alone(
    telegram: Telegram, ann: Person, ben: Person
) -> None:
    await ann.blocks()
    await ben.says("/privacy")
    await ben.taps("Take my consent back")
    await ben.taps("Yes, take it back")
    tells(telegram)
    await telegram.waits(minutes=5)
    await ann.unblocks()
    await telegram.waits(minutes=5)
    assert (heard(telegram, ann), heard(telegram, ben)) == (0, 0)
    assert going_out(telegram) is None


async def test_no_card_waits_behind_it(telegram: Telegram) -> None:
    many = [await settled_in(telegram, 2000 + n, "Many") for n in range(40)]
    await telegram.waits(until=berlin(2, 20) - timedelta(seconds=2))
    tells(telegram)
    await telegram.waits(minutes=1, beat=timedelta(seconds=1))
    came = [
        (seen.message_id, words)
        for person in many
        for words in (CARD, WORDS)
        for _, seen in arrived(person, berlin(2, 19), words)
    ]
    order = [words for _, words in sorted(came)]
    assert order.count(CARD) == order.count(WORDS) == 40
    first, last = order.index(CARD), 40 - order[::-1].index(CARD) + 40
    assert order[first:last] == [CARD] * 40, "nothing comes between the cards"
    assert 0 < first < 40, "it had begun before them, and went on after them"


async def test_nothing_of_it_is_owed_while_anything_else_waits(telegram: Telegram, ann: Person) -> None:
    tells(telegram)
    now = telegram.clock.now()
    later = now + timedelta(hours=4)
    for at, owed in ((now, 0), (now + timedelta(hours=1), 1)):

        def waits(session: Session, at: datetime = at) -> None:
            outbox.withdraw(session, ann.user_id)
            outbox.owe(session, ann.user_id, "checkin", "2026-03-02", due_at=at, not_before=at, too_late_at=later)

        telegram.database.submit(waits).result()
        await broadcast(telegram.database, now)
        assert value(telegram, "SELECT count(*) FROM outbox WHERE kind = 'broadcast'") == owed


async def test_a_bot_that_ends_in_the_middle_tells_the_rest(telegram: Telegram) -> None:
    many = [await settled_in(telegram, 2000 + n, "Many") for n in range(40)]
    tells(telegram)
    await telegram.waits(seconds=2, beat=timedelta(seconds=1))
    assert 0 < sum(heard(telegram, person) for person in many) < 40
    await telegram.restart_bot()
    await telegram.waits(minutes=5, beat=timedelta(seconds=1))
    assert [heard(telegram, person) for person in many] == [1] * 40
    assert going_out(telegram) is None


async def test_what_may_not_have_arrived_is_sent_once_more(telegram: Telegram, ann: Person) -> None:
    tells(telegram)
    telegram.api.fail("sendMessage", how="lose")
    await telegram.waits(minutes=5)
    assert heard(telegram, ann) == 2, "nobody knows whether it arrived; the text is kept until then"
    assert going_out(telegram) is None


async def test_one_goes_out_at_a_time(telegram: Telegram, ann: Person) -> None:
    first = tells(telegram)
    other = Broadcast("Another.", telegram.clock.now() + timedelta(seconds=1))
    assert not telegram.database.submit(lambda session: broadcasts.begin(session, other)).result()
    assert telegram.database.submit(lambda session: broadcasts.begin(session, first)).result(), "the same is no other"
    keys, file = telegram.database.keys, telegram.settings.keys.file
    broadcasts.hand_over(file, keys, other)
    assert b"Another" not in broadcasts.file_of(file).read_bytes()
    await telegram.tick()
    assert broadcasts.file_of(file).exists(), "it waits for the first to be over"
    await telegram.waits(minutes=5)
    assert not broadcasts.file_of(file).exists()
    assert ann.sees.text == "From whoever runs this bot:\n\nAnother."
    assert heard(telegram, ann) == 1


async def test_what_cannot_be_opened_is_dropped(telegram: Telegram, ann: Person) -> None:
    broadcasts.file_of(telegram.settings.keys.file).write_bytes(b"\x01rubbish")
    await telegram.tick()
    assert not broadcasts.file_of(telegram.settings.keys.file).exists()
    tells(telegram)
    telegram.database.submit(
        lambda session: session.execute(meta.update().where(broadcasts.KEYS).values(value="AAAA"))
    ).result()
    await telegram.waits(minutes=2)
    assert going_out(telegram) is None
    assert heard(telegram, ann) == 0
