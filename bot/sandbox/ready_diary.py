"""A ready diary: twelve weeks of somebody who does not exist, stored by the functions that store everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.actions import consent, log, onboarding
from bot.domain.checkin import DONE, asked_with
from bot.domain.log import Kind
from bot.domain.profile import questions_for
from bot.domain.questions import BANDS, Answers, Hours
from bot.domain.schedule import DAY, day_of, instant
from bot.render import consent as consent_words
from bot.store import checkins, profiles, users
from bot.store.database import Session
from bot.store.users import User
from bot.texts.words import texts_for

WEEKS = (
    # head     back       slept      how well   posture    followed
    ("045-23-", "563-26-", "567-67-", "235-45-", "343-34-", ".ab-.a-"),
    ("7000030", "0000000", "7774676", "5342454", "3343455", ".sa.sa."),
    ("0000000", "5000000", "7865877", "4432545", "3532512", "bbba..s"),
    ("0-40000", "0-00000", "6-56568", "4-32334", "4-34545", ".-..bs."),
    ("-000-33", "-000-00", "-676-45", "-333-12", "-213-21", "-.s.-.."),
    ("0006005", "0000000", "6676586", "3444243", "4434431", ".....as"),
    ("5050050", "4020040", "7647466", "5325134", "5142531", ".b..s.."),
    ("0050203", "0000506", "6677668", "2244234", "3412325", "asa...."),
    ("0000000", "0000000", "5677646", "2354413", "4233153", ".....a."),
    ("04684-5", "06332-4", "67757-7", "33533-5", "44553-3", "..a..-."),
    ("6004400", "6606002", "7675776", "4433443", "4432233", "ss.aa.."),
    ("0800507", "0400003", "8756777", "4524344", "4343432", "..s..ss"),
)
"""A week a line, a day a letter; "-" was not answered. Drawn at random once: headaches more often on days with back
pain, nothing else with them. `/patterns` finds the one, and of the rest that nothing stands out.
"""

SLEPT: Mapping[str, Hours] = {band[0]: hours for band, hours in BANDS.items() if band != "0-5"} | {"4": BANDS["0-5"]}
FOLLOWED: Mapping[str, frozenset[str]] = {
    ".": frozenset({"none"}),
    "s": frozenset({"stress"}),
    "a": frozenset({"alcohol"}),
    "b": frozenset({"stress", "alcohol"}),
}
NOTED: Sequence[tuple[int, Kind]] = ((18, "massage"), (33, "doctor"), (41, "pillow"), (60, "physio"))
"""Days of the diary, from 0, and what was noted on them."""

ANSWERED_AT = time(20, 5)
CARD_AT, PRESET = "2000", "one"


def keep(session: Session, user_id: int, language: str, zone: str, now: datetime) -> bool:
    """Let a person have kept a diary for the twelve weeks up to yesterday. False where they keep one already."""
    if users.get(session, user_id) is not None:
        return False
    days = [letters for week in WEEKS for letters in zip(*week, strict=True)]
    first = day_of(now, zone) - len(days) * DAY
    began = _evening(first, zone) - timedelta(minutes=5)
    user = users.add(session, users.stranger(user_id, language, zone, began), began)
    consent.keep(session, user_id, began, consent_words.digest(consent_words.text(texts_for(language))))
    user = replace(user, consent="given")
    profiles.change(session, user_id, followed=FOLLOWED["b"])
    for n, letters in enumerate(days):
        if "-" not in letters:
            _answer(session, user, first + n * DAY, answers_of(*letters))
    for n, kind in NOTED:
        day = first + n * DAY
        log.note(session, user, _evening(day, zone), day, kind)
    onboarding.set_time(session, user, now, CARD_AT)
    onboarding.choose_preset(session, user, now, PRESET)
    users.seen(session, user, now)
    return True


def answers_of(head: str, back: str, slept: str, how_well: str, posture: str, followed: str) -> Answers:
    """Return a day's answers; the follow-ups go with how strong the pain was."""
    pain = int(head)
    answers: dict[str, int | str | Hours | frozenset[str]] = {
        "headache": pain,
        "back": int(back),
        "sleep_hours": SLEPT[slept],
        "sleep_quality": int(how_well),
        "posture": int(posture),
        "factors": FOLLOWED[followed],
    }
    if pain:
        answers["duration"] = "2_4h" if pain < 4 else "4_12h" if pain < 7 else "ge12h"
        answers["features"] = frozenset({"one_side", "throbbing", "light"} if pain >= 5 else {"none"})
        answers["impact"] = "0" if pain < 4 else "1" if pain < 7 else "2"
    if back != "0":
        answers["back_region"] = frozenset({"lower"})
    if pain or back != "0":
        answers["medicine"] = frozenset({"triptan" if pain >= 7 else "nsaid" if pain >= 5 else "none"})
    return answers


def _answer(session: Session, user: User, day: date, answers: Answers) -> None:
    then = _evening(day, user.zone)
    questions = questions_for(profiles.of_user(session, user.id))
    asked: tuple[str, ...] = ()
    for question in questions:
        if question.key in answers:
            asked = asked_with(asked, question.key, questions)
    card = checkins.open_(session, user.id, day, user.zone, questions[0].key, then)
    card = checkins.turn_to(session, card, DONE, asked)
    checkins.answer(session, card, answers, then, source="tap", late=False)


def _evening(day: date, zone: str) -> datetime:
    """Return when a day was answered; on a date that a zone never had, at the same hour of UTC."""
    return instant(day, ANSWERED_AT, zone) or datetime.combine(day, ANSWERED_AT, UTC)
