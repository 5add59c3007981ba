"""Everything the bot says fits into Telegram, carries words on every button, and claims no more than it knows."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from typing import get_args

import pytest

import bot.render
from bot.domain.checkin import CHANGE, DONE
from bot.domain.checklists import SIGNS, TIERS
from bot.domain.coming import Planned
from bot.domain.emergency import COUNTRIES
from bot.domain.freetext import SCORE_OF, Contradiction, NotUnderstood, OffScale, OtherDay, Unscored
from bot.domain.history import days_ending
from bot.domain.log import KINDS as LOGGED
from bot.domain.profile import CARE, Profile, questions_for
from bot.domain.questions import BANDS, FACTORS, QUESTIONS, Answers, Question
from bot.domain.quiet import DEFAULT, NEVER, QuietHours, Range
from bot.domain.reminders import CHECKIN, MORNING, SUMMARY, TRIED, TRY, WORKDAYS
from bot.domain.report import figures_of, notes_of
from bot.domain.rules import ANY_MIX, LIMITS, Advice, AdviceKind
from bot.domain.safety import Concern
from bot.domain.schedule import Schedule
from bot.domain.summary import LENGTHS, sum_up
from bot.domain.times import NotTimes, Why
from bot.domain.tips import KINDS, TIPS
from bot.domain.visits import Visit
from bot.render import (
    advice,
    attack,
    before_after,
    broadcast,
    checkin,
    checklist,
    consent,
    discreet,
    history,
    log,
    menu,
    next_,
    onboarding,
    patterns,
    privacy,
    profile,
    reminders,
    report,
    safety,
    share,
    summary,
    tips,
    visits,
)
from bot.render import settings as settings_words
from bot.render.message import Button, Message
from bot.texts.words import CHOICES, Texts, texts_for
from tests.render.looks import changes, looks
from tests.render.moves import out_and_in
from tests.render.test_tries import tried

MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONGEST_TEXT, LONGEST_LABEL, LONGEST_CHANGE = 4096, 30, 60
LARGEST_ID = 9_999_999_999
LONG_DAY: Answers = {
    "headache": 10,
    "back": 10,
    "sleep_hours": BANDS["9-24"],
    "sleep_quality": 1,
    "posture": 1,
    "duration": "30m_2h",
    "features": frozenset({"one_side", "throbbing", "worse_moving", "nausea", "light", "sound", "aura_vision"}),
    "aura_known": "new",
    "impact": "2",
    "back_region": frozenset({"neck", "upper", "lower", "leg"}),
    "medicine": frozenset({"simple", "nsaid", "triptan", "combo", "opioid", "ergot", "other", "unsure"}),
}
HELD = [privacy.Held(days=1, reminders=2, events=0), privacy.Held(days=999, reminders=1, events=1)]
HISTORIES: list[Answers] = [{}, {"headache": 0, "back": 0}, {"headache": 3, "back": 2}, LONG_DAY]


def card(t: Texts, page: str, answers: Answers, **more: object) -> Message:
    shown = checkin.Card(LARGEST_ID, MONDAY, MONDAY + timedelta(days=1), page, answers, yesterday_open=True)
    return checkin.card(t, shown, **more)  # type: ignore[arg-type]


def cards(t: Texts) -> Iterator[Message]:
    asked = {**LONG_DAY}
    for answers in ({}, LONG_DAY):
        yield from (card(t, question.key, answers) for question in QUESTIONS if question.asked_if(answers))
    for page in (DONE, CHANGE):
        yield card(t, page, asked, said=checkin.understood(t, asked), undo=f"undo:{LARGEST_ID}:{10**16}")
        said = checkin.understood(t, asked, checkin.day_name(t, MONDAY, MONDAY + timedelta(days=1)), "left, both sides")
        yield card(t, page, asked, said=said, undo=f"undo:{LARGEST_ID}:{10**16}")
    yield checkin.card(t, checkin.Card(LARGEST_ID, MONDAY, MONDAY, DONE, asked, yesterday_open=False))


def summaries(t: Texts) -> Iterator[Message]:
    for first, second, third in product(HISTORIES, repeat=3):
        days = {MONDAY - timedelta(days=n): (first, second, third)[n % 3] for n in range(180)}
        for length, words_only in product(LENGTHS, (True, False)):
            summed = sum_up(days_ending(MONDAY, 180, days), length)
            yield summary.summary(t, summed, [(MONDAY, kind) for kind in LOGGED], Profile(words_only=words_only))
    yield summary.ask_length(t, MONDAY)


def what_goes_together(t: Texts) -> Iterator[Message]:
    yield from (patterns.page(t, look, MONDAY, offer=offer) for look in looks() for offer in (True, False))
    yield from (
        patterns.empty(t, offer=True),
        patterns.explanation(t),
        patterns.in_place(patterns.empty(t, offer=False)),
    )
    yield from (before_after.page(t, []), before_after.page(t, changes(MONDAY)))


def entries() -> list[reminders.Entry]:
    kinds = [CHECKIN, SUMMARY, TRY, *(kind.key for kind in KINDS)]
    zone = "America/Argentina/ComodRivadavia"
    at = tuple(Schedule(time(hour, 45), frozenset({0, 1, 2, 3, 4, 5}), zone) for hour in range(24))
    once = Schedule(time(9), frozenset({0}), zone, MONDAY)
    own = reminders.Entry("own-9999", (*at, once), True, "<b>take the stairs</b> & smile" * 4)
    return [own, *(reminders.Entry(kind, at, n % 2 == 0) for n, kind in enumerate(kinds))]


def everything_else(t: Texts) -> Iterator[Message]:
    zones = [(f"San Juan Bautista Tuxtepec {n}", "America/Argentina/ComodRivadavia") for n in range(5)]
    yield from (onboarding.welcome(t, "x" * 38), onboarding.declined(t), onboarding.agreed(t), onboarding.ask_zone(t))
    yield from (onboarding.ask_zone(t, zones), onboarding.ask_zone(t, typed="<" * 4096, none_found=True))
    yield from (onboarding.ask_time(t, time(6, 45)), onboarding.ask_preset(t, time(20)), onboarding.ready(t, time(20)))
    yield from (onboarding.by_invitation(t), onboarding.invitation_over(t), onboarding.not_listed(t))
    yield from (onboarding.start_first(t), onboarding.welcome_back(t))
    times = [privacy.Times(90, 3650, 29), privacy.Times(0, 0, 0)]
    yield from (privacy.policy(t, privacy.said(t, "<" * 200, each), known=True) for each in times)
    yield from (privacy.policy(t, privacy.said(t, "", times[0]), known=False), privacy.kept(t))
    yield from (privacy.ask_forget(t, LARGEST_ID), privacy.forgotten(t))
    for held in HELD:
        yield from (consent.ask_again(t, LARGEST_ID, list(consent.changes(t).values()), held), consent.goes_on(t))
        yield from (consent.ask_withdraw(t, LARGEST_ID, held, 90), consent.withdrawn(t, held, 1))
        yield from (consent.ask_again(t, LARGEST_ID, [], held), consent.ask_anew(t, LARGEST_ID))
        yield from (privacy.in_place(privacy.ask_delete(t, held, LARGEST_ID)), privacy.erased(t, held))
    yield from (*lists_of_signs(t), *out_and_in(t))
    yield from what_the_card_asks(t)
    yield from tried(t)
    yield from when_to_see_a_doctor(t)
    yield from what_goes_together(t)
    yield from (safety.warning_signs(t), settings_words.place_not_asked(t))
    yield from (safety.numbers(t, None), safety.safe(t))
    march = days_ending(date(2026, 3, 31), 31, dict.fromkeys((MONDAY, date(2026, 3, 3)), LONG_DAY))
    noted = [(MONDAY, kind) for kind in LOGGED * 4]
    yield from (log.choose(t), log.ask_day(t), log.ask_day(t, again=True), log.ask_note(t))
    for kind in LOGGED:
        yield log.below(log.noted(t, LARGEST_ID, kind, MONDAY, MONDAY, "<" * 1000))
        yield from (log.noted(t, LARGEST_ID, kind, MONDAY, NOW.date(), ""), log.removed(t, kind, MONDAY))
    for questions in ((), tuple((n, "<" * 150) for n in range(20)), ((LARGEST_ID, "How often?"),)):
        long = visits.Shown(LARGEST_ID, Visit(MONDAY, time(20), "<" * 100), questions)
        yield from (visits.listing(t, [long] * 10), visits.soon(t, long), visits.how_was_it(t, long))
        yield from (visits.page(t, long, MONDAY, new=True), visits.below(visits.page(t, long, None, new=True)))
        yield visits.called_off(t, long)
    looks = (NOW,) * 200
    shares = [share.Line(LARGEST_ID, "<" * 64, NOW, looks, open=n % 2 == 0, taken=n < 4, gone=n == 5) for n in range(6)]
    yield from (
        share.listing(t, shares, LARGEST_ID),
        share.listing(t, [], LARGEST_ID, share.ended(t)),
        share.own_link(t),
        share.closed(t),
    )
    yield from (share.in_place(share.link(t, LARGEST_ID, "b" * 32, "s" * 35, NOW)), share.offer(t, "s" * 35, NOW))
    yield from (
        share.menu(t, LARGEST_ID, NOW),
        share.opened(t, "<" * 64, LARGEST_ID),
        share.left(t),
        share.not_opened(t),
    )
    yield from (visits.listing(t, []), visits.ask_when(t), visits.ask_when(t, again=True), visits.ask_questions(t))
    yield from (visits.did_not_happen(t), visits.noted_as_it_is(t))
    for earlier in (MONDAY.replace(month=2), None):
        yield history.in_place(history.month(t, MONDAY, march, noted, earlier=earlier, later=MONDAY.replace(month=9)))
    for concern in get_args(Concern):
        yield from safety.answer(t, concern)
    yield from pages_for_the_doctor(t)
    yield from (reminders.listing(t, entries()), reminders.listing(t, []), reminders.choose_kind(t))
    for entry in entries():
        undo = f"back:{entry.kind}:{10**16}"
        yield from (reminders.page(t, entry, said="Set.", undo=undo), reminders.choose_days(t, entry))
        if entry.kind not in (CHECKIN, SUMMARY, TRY):
            yield reminders.removed(t, entry, undo)
    yield from reminders_as_they_are_set(t)
    yield from reminders_as_they_come(t)
    yield from what_comes_next(t)
    yield from attacks(t)
    yield from settings_of_time(t)
    yield from (settings_words.pick_hour(t, "k-medicine", "When?"), settings_words.pick_minute(t, "n-medicine", 23))
    yield from (settings_words.ask_typed_time(t), settings_words.time_not_understood(t), settings_words.ask_pause(t))
    yield from (settings_words.zone_set(t, "Asia/Tokyo", NOW), settings_words.resumed(t), settings_words.help_text(t))
    yield from (settings_words.unknown_command(t), settings_words.cancelled(t, True), settings_words.only_words(t))
    yield from (settings_words.restarted(t), settings_words.not_saved(t), settings_words.in_group(t))
    yield from (checkin.not_understood(t, NotUnderstood("<&>" * 2000)), checkin.not_understood(t, NotUnderstood("")))
    yield from (checkin.not_understood(t, OffScale(question.key)) for question in QUESTIONS if question.core)
    yield from (checkin.not_understood(t, Contradiction(question.key)) for question in QUESTIONS)
    yield from (checkin.not_understood(t, Unscored(detail)) for detail in SCORE_OF)
    yield from (checkin.not_understood(t, OtherDay(words)) for words in ("<monday>", "3 march" * 1000))
    yield checkin.continued_below(t, LARGEST_ID, MONDAY, MONDAY)


def lists_of_signs(t: Texts) -> Iterator[Message]:
    yield from (safety.warning_signs(t, "US", checks=True), checklist.choose(t), checklist.taken_back(t))
    yield from (checklist.ask_country(t), *(checklist.country_set(t, code) for code in COUNTRIES))
    yield settings_words.look_at_signs(t)
    for which, signs in SIGNS.items():
        yield from (checklist.listing(t, LARGEST_ID, which, ticked) for ticked in ((), signs))
        yield checklist.offer(t, which)
        for tier in TIERS:
            yield from (checklist.answer(t, LARGEST_ID, which, tier, country) for country in (None, "GB", "other"))
    yield from (checklist.none(t, "US", None), checklist.none(t, None, "soon"), safety.numbers(t, "CA"))


def pages_for_the_doctor(t: Texts) -> Iterator[Message]:
    days = days_ending(MONDAY, 84, {MONDAY - timedelta(days=n): {**LONG_DAY, "note": "<" * 1000} for n in range(70)})
    figures = figures_of(days, MONDAY - timedelta(days=69))
    there = [day for day, _ in notes_of(days)]
    for wish in (report.Wish(4), report.Wish(12, frozenset(there[-5:]), 2)):
        shown = report.preview(t, figures, wish, there, said=report.no_such_weeks(t))
        yield from (shown, report.in_place(report.preview(t, figures, wish, [])))
        yield report.choose_notes(t, notes_of(days), wish)
        yield from (report.too_few(t, 4, wish, elsewhere=elsewhere) for elsewhere in (True, False))
    yield from (report.ask_name(t), report.ask_name(t, unwritable="<" * 60), report.ask_name(t, too_long=True))
    yield from (report.made(t, figures, named=named) for named in (True, False))


def when_to_see_a_doctor(t: Texts) -> Iterator[Message]:
    for kind in get_args(AdviceKind):
        yield from (
            advice.advice(t, Advice(kind, 28, 27, limit, code)) for code, limit in {**LIMITS, ANY_MIX: 10}.items()
        )
    yield from (advice.aura(t), advice.pregnant(t, None))


def what_the_card_asks(t: Texts) -> Iterator[Message]:
    every = Profile(short=True, followed=frozenset(FACTORS), period=True, care=frozenset(CARE))
    for told in (Profile(), every):
        yield from (profile.page(t, told, time(8, 30)), profile.page(t, told, None))
        yield from (profile.factors(t, told), profile.care(t, told))
        yield from (profile.ask_injury(t), profile.hurt_lately(t, told.country))
        yield profile.hurt_by_someone(t, told.country)
        yield profile.look(t, replace(told, dark=told.short, words_only=told.short))
    yield from (checkin.ask_note(t, MONDAY, MONDAY), checkin.change_not_read(t))
    yield checkin.not_corrected(t, NotUnderstood("<&>" * 2000))
    night, short = questions_for(Profile(), "night"), questions_for(Profile(short=True))
    following = questions_for(Profile(followed=frozenset(FACTORS)))
    noted: Answers = {**LONG_DAY, "note": "<" * 1000, "factors": frozenset(FACTORS)}
    for period in (True, False):
        shown = checkin.Card(LARGEST_ID, MONDAY, MONDAY, "done", noted, questions=following, late=True, period=period)
        yield checkin.card(t, shown)
    yield checkin.card(t, checkin.Card(LARGEST_ID, MONDAY, MONDAY, "factors", {}, questions=following))
    yield checkin.card(t, checkin.Card(LARGEST_ID, MONDAY, MONDAY, "headache", {}, questions=short))
    yield checkin.card(t, checkin.Card(LARGEST_ID, MONDAY, MONDAY, "done", {}, questions=night, part="night"))


def reminders_as_they_are_set(t: Texts) -> Iterator[Message]:
    yield from (reminders.ask_own(t), reminders.how_to_remind(t), reminders.undone(t), reminders.once_a_day(t, CHECKIN))
    yield reminders.words_too_long(t, 120)
    for why in get_args(Why):
        yield from (reminders.times_not_understood(t, NotTimes(why, word)) for word in ("<25:00>", ""))
        yield reminders.times_not_understood(t, NotTimes(why, "x" * 60), example="/remind <b> 10:00")


def reminders_as_they_come(t: Texts) -> Iterator[Message]:
    schedule = Schedule(time(20), WORKDAYS, "America/Argentina/ComodRivadavia")
    for tip in TIPS:
        yield tips.reminder(t, t(tip.text), LARGEST_ID, own=False, halved=True)
        yield tips.why(t, "posture", tip, schedule, LARGEST_ID, short_night=True)
    for kind in (*(kind.key for kind in KINDS), "own-1"):
        yield tips.reminder(t, tips.plain_reminder(t, kind), LARGEST_ID, own=False, halved=False)
        yield from (tips.stopped(t, kind, "<words>", unasked=unasked) for unasked in (True, False))
    yield tips.reminder(t, "<b>take the stairs", LARGEST_ID, own=True, halved=False)
    yield tips.why(t, "own-1", None, None, LARGEST_ID)
    yield from (tips.ask_later(t, "text", LARGEST_ID, evening=evening) for evening in (True, False))
    yield from (tips.later(t, "text", "19:00"), tips.more(t, "text", LARGEST_ID, tip=True))
    for response in ("done", "not_today", "helped", "unwanted", "as_before"):
        yield tips.responded(t, "text", response)


def what_comes_next(t: Texts) -> Iterator[Message]:
    planned = Planned(1, "posture", Schedule(time(10), WORKDAYS, "UTC"), NOW)
    own = replace(planned, kind="own-1", words="<take> the stairs")
    lines = [
        next_.Line(NOW, "posture", planned),
        next_.Line(NOW + timedelta(days=1), "own-1", own, again=True),
        next_.Line(NOW + timedelta(days=1), SUMMARY, replace(planned, kind=SUMMARY), put_off=True),
        *(next_.Line(NOW + timedelta(days=1), kind, replace(planned, kind=kind)) for kind in (TRY, TRIED)),
        *(next_.Line(NOW + timedelta(days=2), kind, None, again=True) for kind in (MORNING, CHECKIN)),
    ]
    for some in ([], lines):
        yield next_.listing(t, some, "UTC", NOW, paused=False, paused_until=None, silent=True)
        yield from (
            next_.listing(t, some, "UTC", NOW, paused=True, paused_until=end, silent=False) for end in (None, NOW)
        )


def attacks(t: Texts) -> Iterator[Message]:
    later = NOW + timedelta(days=1)
    yield from (attack.noted(t, LARGEST_ID, NOW, today=MONDAY), attack.still_noted(t, LARGEST_ID, NOW))
    yield from (
        attack.noted(t, LARGEST_ID, NOW, today=date(2026, 3, 1), not_understood="<" * 999),
        attack.taken_back(t),
    )
    yield from (attack.over(t, NOW, end) for end in (NOW, later))
    yield from (attack.goes_on(t, LARGEST_ID), attack.good_morning(t, LARGEST_ID, NOW, t.day(MONDAY)))
    yield checkin.offer_short(t)
    yield from (checkin.still_good(t, time(20)), checkin.at_rest(t))


def settings_of_time(t: Texts) -> Iterator[Message]:
    own = QuietHours((Range(time(22), time(8)),) * 5 + (None, Range(time(23, 30), time(10))))
    zone, when = "America/Argentina/ComodRivadavia", reminders.when(t, entries()[1])
    for hours in (DEFAULT, NEVER, own):
        quiet = settings_words.quiet_words(t, hours)
        yield settings_words.overview(t, zone, time(4), when, when, quiet, "paused")
        yield from (settings_words.ask_quiet(t, hours), settings_words.quiet_set(t, hours))
    yield settings_words.overview(t, "UTC", time(0), None, None, "none", None)
    yield from (settings_words.ask_typed_quiet(t), settings_words.quiet_not_understood(t))
    yield from (settings_words.ask_language(t), settings_words.language_set(t))
    yield from (settings_words.ask_day_start(t, time(4)), settings_words.day_start_set(t, time(12)))
    yield from (settings_words.ask_home_time(t, zone, zone), settings_words.home_time_kept(t, zone))
    yield from (settings_words.pause_not_understood(t), settings_words.too_much(t), settings_words.cannot_save(t))
    yield settings_words.too_long(t)
    for on in (True, False):
        yield discreet.page(t, on=on)
        yield broadcast.page(t, on=on)
    yield broadcast.message(t, "x" * broadcast.LONGEST)


def said(t: Texts) -> list[Message]:
    plainly = [*cards(t), *summaries(t), *everything_else(t)]
    return [*plainly, *(discreet.veiled(t, message, CHECKIN, MONDAY.isoformat()) for message in plainly)]


def buttons(messages: list[Message]) -> list[Button]:
    return [button for message in messages for row in message.buttons for button in row]


def visible(text: str) -> str:
    return unescape(re.sub(r"</?[a-z-]+>", "", text))


languages = pytest.mark.parametrize("t", [texts_for(code) for code in CHOICES], ids=CHOICES)


@languages
def test_every_message_fits(t: Texts) -> None:
    for message in said(t):
        assert 1 <= len(visible(message.text)) <= LONGEST_TEXT
        assert len(message.buttons) <= 100
        assert all(1 <= len(row) <= 8 for row in message.buttons)


@languages
def test_markup_is_closed_and_nothing_but_bold_italic_and_veils(t: Texts) -> None:
    for message in said(t):
        open_: list[str] = []
        for closing, tag in re.findall(r"<(/?)([^>]*)>", message.text):
            assert tag in ("b", "i", "tg-spoiler")
            assert not closing or open_.pop() == tag
            if not closing:
                open_.append(tag)
        assert not open_
        assert "{" not in message.text, "every place in a text is filled in"


@languages
def test_every_button_can_be_read_and_sent(t: Texts) -> None:
    for button in buttons(said(t)):
        assert 1 <= len(button.data.encode()) <= 64
        assert re.search(r"\w", button.label), "words or a number, not only a sign"
        assert button.label == button.label.strip()


@languages
def test_labels_are_short(t: Texts) -> None:
    assert [b.label for b in buttons([card(t, CHANGE, LONG_DAY)]) if len(b.label) > LONGEST_CHANGE] == []
    # Times, places and people's own words may be cut: they stand above in full.
    ours = [b for b in buttons(said(t)) if not b.data.startswith(("reminder:", "unquestion:", "unshare:", "home:"))]
    assert {b.label for b in ours if len(b.label.removeprefix("✓ ")) > LONGEST_LABEL} == set()


@languages
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_every_question_has_words_and_every_choice_a_label(t: Texts, question: Question) -> None:
    page = card(t, question.key, LONG_DAY)
    assert "?" in page.text or "." in page.text
    mine = [button for button in buttons([page]) if f":{question.key}" in button.data]
    codes = {button.data.split(":", 3)[3] for button in mine if button.data.count(":") == 3}
    scale = {"severity": range(11), "quality": range(1, 6)}.get(question.kind, question.choices)
    assert codes == {str(code) for code in scale}
    assert any(button.data == f"skip:{LARGEST_ID}:{question.key}" for button in mine)
    for button in mine:
        if question.kind in ("severity", "quality") and button.data.startswith("answer:"):
            value = button.data.rsplit(":", 1)[1]
            assert re.match(rf"{value}(?!\d)", button.label), "the label begins with the value it stores"


@languages
def test_summaries_and_patterns_claim_nothing(t: Texts) -> None:
    english = r"trigger|cause|caus|risk|because|prove|proves|proof|significant|due to|leads? to"
    german = r"auslös|ausgelöst|ursach|verursach|risik|weil|beweis|bewies|signifik|wegen|führt|aufgrund"
    forbidden = re.compile(rf"\b({english}|{german})", re.I)
    for message in (*summaries(t), *what_goes_together(t)):
        assert not forbidden.search(message.text), message.text


@languages
def test_the_menu_fits(t: Texts) -> None:
    assert all(re.fullmatch(r"[a-z]{1,32}", name) and 1 <= len(text) <= 256 for name, text in menu.commands(t))
    assert len(menu.description(t)) <= 512
    assert len(menu.short_description(t)) <= 120


@languages
def test_every_reminder_kind_has_a_name(t: Texts) -> None:
    names = {button.label for button in buttons([reminders.choose_kind(t)])}
    assert names >= {reminders.name(t, kind.key) for kind in KINDS}
    assert len(names - {t("Back to all reminders"), t("My own words")}) == len(KINDS)


def test_all_that_can_be_said_is_looked_at_here() -> None:
    """A message function added to `render/` has to be added above, or in `tests/render/`."""
    parts = [import_module(f"bot.render.{found.name}") for found in iter_modules(bot.render.__path__)]
    makers: list[Callable[..., object]] = [
        maker
        for part in parts
        for name, maker in vars(part).items()
        if callable(maker)
        and not name.startswith("_")
        and getattr(maker, "__module__", "") == part.__name__
        and getattr(maker, "__annotations__", {}).get("return") in (Message, "Message")
    ]
    files = (Path(__file__), *Path(__file__).parent.glob("render/*.py"))
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    missing = [f"{maker.__module__}.{maker.__name__}" for maker in makers if f".{maker.__name__}(" not in source]
    assert missing == []
