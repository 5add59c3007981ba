"""What goes with the headaches, asked for in the chat: too early, nothing, a link, one gone; counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pytest

from bot.actions import patterns
from bot.domain.history import Day
from bot.domain.patterns import exposures, offered
from bot.domain.questions import Answers
from bot.sandbox.person import Person
from bot.store import checkins, events, users
from bot.store.database import Session
from tests.conftest import Telegram
from tests.domain.diaries import ALSO_THE_DAY_AFTER, RHYTHMS, TOGETHER, WITH_BACK_PAIN, WITHOUT_BACK_PAIN
from tests.stories.conftest import BERLIN

JOINED = date(2026, 3, 2)
"""A Monday; whoever answers on it has their first look on Monday 27 April, 56 days later."""

ZONE = BERLIN.key
SCORE: Mapping[str, int] = {"x": 3, ".": 0}


def said(back: str, head: str) -> Answers:
    given = {"back": back, "headache": head}
    return {key: SCORE[sign] for key, sign in given.items() if sign in SCORE}


def scored(weeks: Sequence[tuple[str, str]]) -> list[Answers]:
    return [said(*day) for backs, heads in weeks for day in zip(backs, heads, strict=True)]


def lived(
    telegram: Telegram, person: Person, days: Sequence[Answers], first: date = JOINED, offered: Sequence[str] = ()
) -> None:
    """Keep these days from `first` on, an empty one not at all, and go on at noon of the day after them."""

    def write(session: Session) -> None:
        for n, answers in enumerate(days):
            day = first + timedelta(days=n)
            then = datetime.combine(day, datetime.min.time(), BERLIN).replace(hour=20)
            if answers:
                card = checkins.open_(session, person.user_id, day, ZONE, "headache", then)
                asked = ("headache", "back", *(f"factors:{code}" for code in offered))
                card = checkins.turn_to(session, card, "done", asked)
                checkins.answer(session, card, answers, then, source="tap", late=False)

    telegram.database.submit(write).result()
    noon = datetime.combine(first + timedelta(days=len(days)), datetime.min.time(), BERLIN).replace(hour=12)
    telegram.clock.moves((noon - telegram.clock.now()).total_seconds())


def next_look(telegram: Telegram, person: Person) -> date | None:
    def read(session: Session) -> date | None:
        user = users.get(session, person.user_id)
        assert user is not None
        return patterns.next_look(session, user, telegram.clock.now())

    return telegram.database.submit(read).result()


async def follows_alcohol(person: Person) -> None:
    await person.says("/settings")
    for label in ("What the card asks", "Follow something every day", "Alcohol"):
        await person.taps(label)


def paragraphs(person: Person) -> list[str]:
    return person.sees.text.split("\n\n")


async def test_nobody_who_has_not_begun_is_given_figures(telegram: Telegram, ann: Person) -> None:
    await ann.says("/patterns")
    assert paragraphs(ann)[1] == (
        "Nothing is logged yet. Eight weeks after your first day I look for the first time whether your headaches go "
        "with back pain, sleep or posture. /checkin opens today’s card."
    )
    assert next_look(telegram, ann) is None
    await ann.says("headache 3, back 0")
    await ann.says("/patterns")
    assert paragraphs(ann)[1].startswith("I look for the first time on Mon 27 Apr"), "today is not over, so not counted"
    assert next_look(telegram, ann) == date(2026, 4, 27)


async def test_before_eight_weeks_there_are_counts_and_the_day_of_the_first_look(
    telegram: Telegram, ann: Person
) -> None:
    # Up to Saturday of the second week: the headaches are those of Thursday, Monday and Wednesday.
    lived(telegram, ann, scored(WITH_BACK_PAIN)[:13])
    await ann.says("/patterns")
    assert paragraphs(ann) == [
        "What goes with your headaches",
        "Logged 13 of 13 days, up to yesterday.",
        "On days with back pain you had a headache on 2 of 3, on other days on 1 of 10. "
        "It’s too early to tell if that means anything.",
        "I look for the first time on Mon 27 Apr, after eight weeks. Every day you log helps, good days too.",
        "You can follow more every day, such as stress or alcohol, and see if headaches go with it.",
        "Your own notes, not a diagnosis.",
    ]
    assert ann.sees.labels == ["How is this worked out?", "Before and after", "Follow something every day"]


async def test_on_the_last_day_before_the_first_look_nothing_is_found(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored(WITH_BACK_PAIN)[:55])
    await ann.says("/patterns")
    assert "On days with back pain you had a headache on 14 of 20, on other days on 6 of 35. It’s too early" in (
        ann.sees.text
    )
    assert next_look(telegram, ann) == date(2026, 4, 27)
    telegram.clock.moves(24 * 3600)
    assert next_look(telegram, ann) == date(2026, 5, 25)


async def test_what_stands_out_is_told_with_both_counts_and_how_sure_that_is(telegram: Telegram, ann: Person) -> None:
    """14 of 20 against 6 of 36 is 4.2 times as often, and the interval of the difference .27 to .71."""
    lived(telegram, ann, scored(WITH_BACK_PAIN))
    await ann.says("/patterns")
    assert paragraphs(ann) == [
        "What goes with your headaches",
        "Logged 56 of 56 days, up to yesterday.",
        "On days with back pain you had a headache on 14 of 20, on other days on 6 of 36. That is about 4 times as "
        "often. Of 10 such days, likely 2 to 8 more have a headache than of 10 others.",
        "When I looked on Mon 27 Apr, this difference was larger than chance usually gives. Numbers this early tend to "
        "shrink. The counts don’t say which came first, or why.",
        "My next look is on Mon 25 May.",
        "You can follow more every day, such as stress or alcohol, and see if headaches go with it.",
        "Your own notes, not a diagnosis. Worth showing to a doctor.",
    ]


async def test_fewer_headaches_are_told_like_more(telegram: Telegram, ann: Person) -> None:
    """3 of 24 against 20 of 32 is five times as often on the others, the interval of the difference −.68 to −.22."""
    lived(telegram, ann, scored(WITHOUT_BACK_PAIN))
    await ann.says("/patterns")
    assert paragraphs(ann)[2] == (
        "On days with back pain you had a headache on 3 of 24, on other days on 20 of 32. On other days it came about "
        "5 times as often. Of 10 such days, likely 2 to 7 fewer have a headache than of 10 others."
    )


async def test_nothing_stands_out_is_a_result_with_its_own_words(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored([RHYTHMS]))
    await ann.says("/patterns")
    assert paragraphs(ann)[2:5] == [
        "On days with back pain you had a headache on 9 of 21, on other days on 15 of 35.",
        "I checked 1 thing against your headaches. It does not stand out so far: Back pain. With 56 days logged, only "
        "a strong link would show.",
        "My next look is on Mon 25 May.",
    ]


async def test_a_link_that_is_gone_is_told_and_only_on_the_day_of_a_look(telegram: Telegram, ann: Person) -> None:
    """Eight weeks in which both come on the same days, then only the two rhythms, three times 56 days of them."""
    rhythms = (scored([RHYTHMS]) * 4)[:196]
    lived(telegram, ann, [*scored([(TOGETHER, TOGETHER)]), *rhythms[:195]])
    await ann.says("/patterns")
    text = "On days with back pain you had a headache on 27 of 63, on other days on 45 of 105. "
    assert paragraphs(ann)[1:3] == [
        "Logged 168 of the last 168 days, up to yesterday.",
        f"{text}With the days since then it could be chance, too.",
    ]
    telegram.clock.moves(24 * 3600)
    await ann.says("headache 0, back 0")
    lived(telegram, ann, rhythms[195:], date(2026, 11, 8))
    await ann.says("/patterns")
    assert paragraphs(ann)[2:4] == [f"{text}This link is no longer clear.", "My next look is on Mon 1 Feb."]
    assert "Worth showing" not in ann.sees.text


async def test_a_day_without_an_answer_changes_nothing_but_the_count(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored(WITH_BACK_PAIN))
    await ann.says("/patterns")
    before = paragraphs(ann)
    telegram.clock.moves(3 * 24 * 3600)
    await ann.says("/patterns")
    assert paragraphs(ann) == [before[0], "Logged 56 of 59 days, up to yesterday.", *before[2:]]


async def test_the_day_after_is_told_where_it_passes_by_itself(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored(ALSO_THE_DAY_AFTER))
    await ann.says("/patterns")
    assert paragraphs(ann)[2] == (
        "On days with back pain you had a headache on 24 of 28, on other days on 13 of 56. That is about 4 times as "
        "often. Of 10 such days, likely 3 to 8 more have a headache than of 10 others. Also on the day after: a "
        "headache on 20 of 28 after back pain, on 16 of 55 after other days."
    )


@pytest.mark.parametrize("noted", [2, 3])
async def test_the_period_is_counted_from_three_cycles_on(telegram: Telegram, ann: Person, noted: int) -> None:
    """First days on days 10, 38 and 66: a headache in the first and the third window, and on three days outside them.
    What lies before the first window is unknown."""
    heads = {2, 8, 9, 10, 20, 50, 51, 66, 67}
    firsts = [JOINED + timedelta(days=n) for n in (10, 38, 66)[:noted]]

    def note(session: Session) -> None:
        for first in firsts:
            events.add(session, ann.user_id, first, "period", telegram.clock.now())

    telegram.database.submit(note).result()
    lived(telegram, ann, [said(".", "x" if n in heads else ".") for n in range(84)])
    await ann.says("/patterns")
    told = (
        "Around your period (2 days before to day 3) you had a headache on 5 of 15, on other days on 3 of 61. "
        "In 2 of 3 cycles a headache came in that time."
    )
    assert (told in paragraphs(ann)) == (noted == 3)
    assert "Back pain: not once in 84 days." in paragraphs(ann)


async def test_days_before_something_was_followed_are_unknown_not_a_no(telegram: Telegram, ann: Person) -> None:
    """Four weeks with headaches in which only stress was asked about, then four with alcohol on nine days: seven of
    them with a headache, and one headache on the nineteen others."""
    before = [{**day, "factors": frozenset({"none"})} for day in scored([("." * 28, "x..x.x....x..x.......x.x..x.")])]
    drunk, heads = "x..x...xx..x...x.x....x..x..", "x..x...x...x...x.x....x...x."
    after: list[Answers] = [
        {**said(".", head), "factors": frozenset({"alcohol" if drink == "x" else "none"})}
        for drink, head in zip(drunk, heads, strict=True)
    ]
    lived(telegram, ann, before, offered=("stress",))
    await follows_alcohol(ann)
    lived(telegram, ann, after, JOINED + timedelta(days=28), offered=("alcohol", "stress"))
    await ann.says("/patterns")
    assert paragraphs(ann)[3].startswith("On days with alcohol you had a headache on 7 of 9, on other days on 1 of 19.")
    assert "Follow something every day" not in ann.sees.labels


async def test_what_a_card_had_on_offer_is_known_from_the_card(telegram: Telegram, ann: Person) -> None:
    await ann.says("all fine")
    telegram.clock.moves(24 * 3600)
    await follows_alcohol(ann)
    await ann.says("/checkin")
    await ann.taps("All fine today")
    await ann.taps("None of these")
    await ann.taps("Done")

    def read(session: Session) -> Sequence[Day]:
        return checkins.days(session, ann.user_id, JOINED, JOINED + timedelta(days=1))

    days = telegram.database.submit(read).result()
    assert offered(days) == {JOINED: frozenset(), JOINED + timedelta(days=1): frozenset({"alcohol"})}
    assert exposures(days, offered(days))["alcohol"] == [None, False]


async def test_what_is_filled_in_later_is_counted_and_said(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored(WITH_BACK_PAIN)[:9])
    await ann.says("yesterday headache 2, back 0")
    await ann.says("/patterns")
    assert paragraphs(ann)[1] == "Logged 9 of 9 days, up to yesterday. Filled in later: 1."


async def test_days_from_before_one_joined_do_not_bring_the_first_look_nearer(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored(WITH_BACK_PAIN), JOINED - timedelta(days=60))
    assert next_look(telegram, ann) is None
    lived(telegram, ann, scored(WITH_BACK_PAIN)[:9])
    assert next_look(telegram, ann) == date(2026, 4, 27)


async def test_skips_alone_do_not_begin_a_diary(telegram: Telegram, ann: Person) -> None:
    await ann.says("/checkin")
    await ann.taps("Skip")
    assert next_look(telegram, ann) is None


async def test_whoever_is_asked_about_head_and_back_only_is_offered_nothing_to_follow(
    telegram: Telegram, ann: Person
) -> None:
    await ann.says("/settings")
    await ann.taps("What the card asks")
    await ann.taps("Ask about head and back only")
    await ann.says("/patterns")
    assert ann.sees.labels == ["How is this worked out?", "Before and after"]


async def test_how_it_is_worked_out_is_one_tap_away_and_back(telegram: Telegram, ann: Person) -> None:
    lived(telegram, ann, scored(WITH_BACK_PAIN))
    await ann.says("/patterns")
    shown = ann.sees
    await ann.taps("How is this worked out?")
    assert ann.sees.message_id == shown.message_id
    for words in ("four boxes", "set days only", "at most about one", "does not mean that there is none"):
        assert words in ann.sees.text
    assert len(ann.sees.text) <= 1200
    await ann.taps("Back to the patterns")
    assert (ann.sees.message_id, ann.sees.text) == (shown.message_id, shown.text)


async def test_nobody_sees_what_is_somebody_elses(telegram: Telegram, ann: Person, ben: Person) -> None:
    lived(telegram, ann, scored(WITH_BACK_PAIN))
    await ben.says("/patterns")
    assert "Nothing is logged yet." in ben.sees.text
