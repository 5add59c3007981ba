"""The last 7, 28 or 90 days, asked for or unasked: counts beside those before, in words that can be read aloud."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.actions import summary
from bot.domain.profile import Profile
from bot.domain.questions import Answers, Hours
from bot.domain.reminders import SUMMARY
from bot.render.chart_paint import DARK
from bot.render.message import Reply
from bot.sandbox.person import Person
from bot.store import checkins, events, profiles, users
from bot.store.database import Session
from bot.store.outbox import Owed
from bot.texts.words import texts_for
from tests.conftest import NOON, Telegram
from tests.stories.conftest import QUARTER, arrived, berlin

TODAY = NOON.date()
DAY = timedelta(days=1)
PILL = frozenset({"nsaid"})
NONE = frozenset({"none"})
ACHE: Answers = {"headache": 6, "back": 3, "medicine": PILL, "sleep_hours": Hours(6, 7), "posture": 2}
BACK: Answers = {"headache": 0, "back": 4, "medicine": NONE, "sleep_hours": Hours(0, 5), "posture": 3}
CALM: Answers = {"headache": 0, "back": 0, "sleep_hours": Hours(7, 8), "posture": 4}
BARS = set("▁▂▃▄▅▆▇")

MORE = ("This month", "Patterns", "Page for my doctor")
"""What stands below each summary of answered days."""


def lived(
    telegram: Telegram, person: Person, days: Mapping[int, Answers], noted: Sequence[tuple[int, str]] = ()
) -> None:
    """Let these days have been, each by how many days ago; {} is a card that nobody answered."""

    def write(session: Session) -> None:
        for ago, answers in days.items():
            at = NOON - ago * DAY
            card = checkins.open_(session, person.user_id, at.date(), "Europe/Berlin", "headache", at)
            if answers:
                checkins.answer(session, card, answers, at, source="tap", late=False)
        for ago, kind in noted:
            events.add(
                session,
                person.user_id,
                TODAY - ago * DAY,
                kind,
                NOON,
                note="",
                began=NOON.isoformat(),
                over=NOON.isoformat(),
            )

    telegram.database.submit(write).result()


A_WEEK: Mapping[int, Answers] = {
    1: CALM,
    2: ACHE,
    3: {},
    4: BACK,
    5: {"headache": None, "back": None},
    6: ACHE,
    8: ACHE,
    9: ACHE,
    10: CALM,
    11: CALM,
    20: ACHE,
    40: ACHE,
}


async def test_a_week_in_counts_beside_the_week_before(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, A_WEEK, [(2, "massage"), (4, "massage"), (6, "medicine_started"), (30, "pillow")])
    await ann.says("/summary")
    assert ann.sees.text.splitlines() == [
        "Your week, Mon 23 Feb to Sun 1 Mar",
        "Logged 4 of 7 days. Skipped: 1. Not answered: 1. Not asked: 1.",
        "",
        "Headache: 2 days of 4 (the week before 2 of 4)",
        "·▅·▁·▅▁",
        "Back or neck: 3 days of 4 (the week before 2 of 4)",
        "·▃·▄·▃▁",
        "Pain medicine: 2 days of 4 (the week before 2 of 4); last 30 days: 5",
        "Sleep: about 6 h 20 a night (4 nights with hours), 1 under 6 h",
        "Posture: 2.8 of 5",
        "Noted: Medicine started on 24 Feb, Massage 2 times.",
        "",
        "On your 3 days with back or neck pain you had a headache on 2. On the other day, 0. Too few days to say more.",
        "",
        "Your own notes, not a diagnosis.",
    ]
    assert ann.sees.labels == ["28 days", "90 days", *MORE]
    assert ann.sees.photo is not None


async def test_longer_times_take_the_place_of_the_week(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, {ago: (ACHE, BACK, CALM)[ago % 3] for ago in range(1, 150)})
    await ann.says("/summary")
    week, chat = ann.sees, len(ann.chat)
    await ann.taps("28 days")
    month = ann.sees
    assert month.text.startswith("28 days, Mon 2 Feb to Sun 1 Mar\nLogged 28 of 28 days.\n\nHeadache: 9 days of 28")
    assert "(the 28 days before 9 of 28)\nBack or neck: 19 days" in month.text
    assert "On your" not in month.text, "head and back together are a matter of patterns then"
    assert month.labels == ["7 days", "90 days", *MORE]
    await ann.taps("90 days")
    trend = ann.sees
    assert "Headache: 30 days of 90 (the 90 days before 19 of 59)" in trend.text
    assert trend.labels == ["7 days", "28 days", "Day by day", *MORE]
    await ann.taps("Day by day")
    daily = ann.sees
    assert daily.text == trend.text
    assert daily.labels == ["7 days", "28 days", "Week by week", *MORE]
    assert len({week.photo, month.photo, trend.photo, daily.photo}) == 4
    await ann.taps("Week by week")
    assert (ann.sees.photo, ann.sees.labels) == (trend.photo, trend.labels)
    await ann.taps("7 days")
    assert (ann.sees.text, ann.sees.photo, ann.sees.labels) == (week.text, week.photo, week.labels)
    assert len(ann.chat) == chat, "all of it in one message"


@pytest.mark.parametrize(
    ("words", "head"),
    [("28", "28 days"), ("30", "28 days"), ("month", "28 days"), ("90", "90 days"), ("3 months", "90 days")],
)
async def test_a_typed_length(telegram: Telegram, ann: Person, words: str, head: str) -> None:
    await ann.says(f"/summary {words}")
    assert ann.sees.text.startswith(f"{head}, ")


async def test_what_is_no_length_is_asked_back(telegram: Telegram, ann: Person) -> None:
    await ann.says("/summary nonsense")
    assert ann.sees.text == "I can sum up 7, 28 or 90 days. Which shall it be?"
    lived(telegram, ann, A_WEEK)
    await ann.taps("28 days")
    assert ann.sees.text.startswith("28 days, Mon 2 Feb to Sun 1 Mar")


@pytest.mark.parametrize(
    "forged",
    ["summary:8:2026-03-01", "summary:7:0001-01-01", "summary:7:x", "summary:7:9999-12-31", "summary:90:2026-03-01:x"],
)
async def test_a_forged_length_is_refused(telegram: Telegram, ann: Person, forged: str) -> None:
    await ann.says("/summary")
    before = ann.sees
    await ann.taps_on(before.message_id, forged)
    assert ann.toast == "I can’t show those days any more. /summary shows the last ones."
    assert ann.sees == before


async def test_an_old_summary_keeps_its_days(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, A_WEEK)
    await ann.says("/summary")
    telegram.clock.moves(40 * 86_400)
    await ann.taps("28 days")
    assert ann.sees.text.startswith("28 days, Mon 2 Feb to Sun 1 Mar")


async def test_words_only_for_who_has_them_read_aloud(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, A_WEEK)
    await ann.says("/summary")
    light = ann.sees
    assert BARS & set(light.text)
    await ann.says("/settings")
    await ann.taps("Pictures and text")
    await ann.taps("Words only, no bars")
    assert "Summaries say everything in words and numbers" in ann.sees.text
    await ann.says("/summary")
    assert "Day by day: no answer, 6, no answer, 0, no answer, 6, 0\n" in ann.sees.text
    assert not BARS & set(ann.sees.text)
    assert ann.sees.photo == light.photo
    await ann.taps("28 days")
    assert "Week by week: too few, too few, 2, 2\n" in ann.sees.text
    assert not BARS & set(ann.sees.text)


async def test_dark_pictures(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, A_WEEK)
    await ann.says("/summary 28")
    light = ann.sees
    await ann.says("/settings")
    await ann.taps("Pictures and text")
    await ann.taps("Dark pictures")
    await ann.says("/summary 28")
    dark = ann.sees
    assert (dark.text, dark.labels) == (light.text, light.labels)
    assert dark.photo != light.photo
    await ann.says("/settings")
    await ann.taps("Pictures and text")
    await ann.taps("Light pictures")
    await ann.says("/summary 28")
    assert ann.sees.photo == light.photo
    kept = telegram.database.submit(lambda session: profiles.of_user(session, ann.user_id)).result()
    assert (kept.dark, kept.words_only) == (False, False)


@pytest.mark.parametrize("forged", ["look:short:on", "look:dark:maybe", "look:care:on"])
async def test_a_forged_look_changes_nothing(telegram: Telegram, ann: Person, forged: str) -> None:
    await ann.says("/settings")
    await ann.taps("Pictures and text")
    await ann.taps_on(ann.sees.message_id, forged)
    assert ann.toast == "I can’t read that button any more. /settings shows what there is."
    assert telegram.database.submit(lambda session: profiles.of_user(session, ann.user_id)).result() == Profile()


async def test_visits_and_a_period_are_marked_and_an_attack_is_not(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, A_WEEK)
    await ann.says("/summary")
    bare = ann.sees
    lived(telegram, ann, {}, [(2, "attack")])
    await ann.says("/summary")
    assert (ann.sees.text, ann.sees.photo) == (bare.text, bare.photo)
    for kind, said in (("period", "Noted: Period began on 28 Feb."), ("doctor", "Doctor on 28 Feb")):
        lived(telegram, ann, {}, [(2, kind)])
        before = ann.sees
        await ann.says("/summary")
        assert said in ann.sees.text
        assert ann.sees.photo != before.photo


async def test_what_was_never_asked_has_no_line(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, {ago: {"headache": 2, "back": 0} for ago in range(1, 6)})
    await ann.says("/summary")
    assert "Headache: 5 days of 5" in ann.sees.text
    assert not any(name in ann.sees.text for name in ("Sleep", "Posture", "Pain medicine", "Noted"))


@pytest.mark.slow
async def test_the_weekly_one_obeys_the_settings_too(telegram: Telegram, ann: Person) -> None:
    begun = telegram.clock.now()
    telegram.database.submit(lambda session: profiles.change(session, ann.user_id, words_only=True, dark=True)).result()
    for day in (2, 3, 4):
        await telegram.waits(until=berlin(day, 15), beat=QUARTER)
        await ann.says("6 3 7.5 2 4")
    await telegram.waits(until=berlin(8, 15), beat=QUARTER)
    await ann.says("all fine")
    await telegram.waits(until=berlin(8, 18, 30), beat=QUARTER)
    ((_, week),) = arrived(ann, begun, "Your week, Sun 1 Mar to Sat 7 Mar")
    assert "Day by day: " in week.text
    assert not BARS & set(week.text)
    assert week.photo is not None
    assert Image.open(BytesIO(week.photo)).convert("RGB").getpixel((0, 0)) == DARK.ground


@pytest.mark.parametrize("ahead", [-1, 0, 1, 2])
async def test_the_weekly_one_is_about_the_seven_days_before_its_own(
    telegram: Telegram, ann: Person, ahead: int
) -> None:
    """Whoever travels has theirs by the clock at home, where it may be another day already, or still."""
    lived(telegram, ann, A_WEEK)
    day = TODAY + ahead * DAY
    owed = Owed(1, ann.user_id, SUMMARY, day.isoformat(), None, NOON, NOON + 2 * DAY, 0, None)

    def weekly(session: Session) -> Reply | None:
        user = users.get(session, ann.user_id)
        assert user is not None
        return summary.weekly(session, user, NOON, owed)

    reply = telegram.database.submit(weekly).result()
    assert reply is not None
    t = texts_for("en")
    head = t("Your week, {first} to {last}", first=t.day(day - 7 * DAY), last=t.day(day - DAY))
    assert reply.messages[0].text.startswith(f"<b>{head}</b>")
