"""A summary in words, works read aloud, and in one picture; counts first, no praise and no blame."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from bot.domain.history import Day, state, why_empty
from bot.domain.profile import Profile
from bot.domain.questions import Answers, Hours
from bot.domain.rules import headache_day
from bot.domain.summary import FEWEST, LENGTHS, WEEK, Count, Summary, days_in, sore_day, weeks_of
from bot.render import chart_months, charts
from bot.render.log import names
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts

TOGETHER_FROM = 2
"""Fewer days with back or neck pain than this say nothing beside the headaches, not even in counts."""

BARS = "▁▂▃▄▅▆▇"
"""For a score of 0, and up to 10."""


def summary(
    t: Texts,
    summary: Summary,
    noted: Sequence[tuple[date, str]],
    profile: Profile,
    *,
    daily: bool = False,
    next_look: date | None = None,
) -> Message:
    """Return the summary with its picture; fewer than three answered days have no figures.

    `noted` is what was noted in these days beside the card: day and kind. 90 days are drawn week by week, or day by day
    where `daily`. `next_look`: the day of the next look for patterns, which a week of figures names.
    """
    first, last = summary.days[0].day, summary.days[-1].day
    if len(summary.days) == WEEK:
        head = t("Your week, {first} to {last}", first=t.day(first), last=t.day(last))
    else:
        head = t("{n} days, {first} to {last}", n=len(summary.days), first=t.day(first), last=t.day(last))
    parts = [f"<b>{head}</b>\n{_logged(t, summary)}"]
    if summary.logged < FEWEST:
        parts.append(
            t(
                "That is too few for numbers, and that’s fine: three days are enough for a first look. "
                "/checkin opens today’s card."
            )
        )
    else:
        figures = (*_pain(t, summary, profile), _medicine(t, summary), _sleep(t, summary), _posture(t, summary))
        parts.append("\n".join(line for line in (*figures, _noted(t, noted)) if line))
        parts.append(" ".join(line for line in (_together(t, summary), _looks(t, summary, next_look)) if line))
        parts.append(f"<i>{t('Your own notes, not a diagnosis.')}</i>")
    return Message(
        "\n\n".join(part for part in parts if part),
        _buttons(t, summary, daily=daily),
        draw=_picture(t, summary, noted, daily=daily, dark=profile.dark) if summary.logged else None,
    )


def in_place(message: Message) -> Message:
    return replace(message, edit="tapped")


def ask_length(t: Texts, last: date) -> Message:
    return Message(t("I can sum up 7, 28 or 90 days. Which shall it be?"), rows(_lengths(t, LENGTHS, last)))


def _buttons(t: Texts, summary: Summary, *, daily: bool) -> tuple[tuple[Button, ...], ...]:
    length, last = len(summary.days), summary.days[-1].day
    shown = f"summary:{length}:{last.isoformat()}"
    look = Button(t("Week by week"), shown) if daily else Button(t("Day by day"), f"{shown}:daily")
    others = _lengths(t, [other for other in LENGTHS if other != length], last)
    if not summary.logged:
        return rows(others)
    more = [Button(t("This month"), "history"), Button(t("Patterns"), "ask_patterns")]
    page = [Button(t("Page for my doctor"), "ask_report")]
    return rows(others, [look] if length == LENGTHS[-1] else [], more, page)


def _lengths(t: Texts, lengths: Sequence[int], last: date) -> list[Button]:
    return [Button(t("{n} days", n=length), f"summary:{length}:{last.isoformat()}") for length in lengths]


def _logged(t: Texts, summary: Summary) -> str:
    """Say how complete the days are: a day skipped, one not answered and one not asked about are not the same."""
    empty = Counter(why_empty(day) for day in summary.days if not day.logged)
    late = sum(day.late for day in summary.days)
    said = (
        (t("Skipped: {n}.", n=empty["skipped"]), empty["skipped"]),
        (t("Not answered: {n}.", n=empty["unanswered"]), empty["unanswered"]),
        (t("Not asked: {n}.", n=empty["not_asked"]), empty["not_asked"]),
        (t("Filled in later: {n}.", n=late), late),
    )
    logged = t("Logged {n} of {days} days.", n=summary.logged, days=len(summary.days))
    return " ".join((logged, *(words for words, n in said if n)))


def _pain(t: Texts, summary: Summary, profile: Profile) -> Sequence[str]:
    return (
        _days(t, t("Headache"), summary.headache, len(summary.days)),
        _course(t, summary, "headache", headache_day, profile),
        _days(t, t("Back or neck"), summary.back, len(summary.days)),
        _course(t, summary, "back", sore_day, profile),
    )


def _days(t: Texts, name: str, count: Count, length: int) -> str:
    if not count.known:
        return t("{name}: not answered", name=name)
    said = t.many("{name}: {n} day of {known}", "{name}: {n} days of {known}", count.n, name=name, known=count.known)
    if count.before is None:
        return said
    n, known = count.before
    if length == WEEK:
        return f"{said} ({t('the week before {n} of {known}', n=n, known=known)})"
    return f"{said} ({t('the {days} days before {n} of {known}', days=length, n=n, known=known)})"


def _course(t: Texts, summary: Summary, key: str, of: Callable[[Answers], bool | None], profile: Profile) -> str:
    """Return how it went: a week's scores day by day, as little bars or in words; longer times' pain days week by week,
    in words only and where there were any: the picture shows them better than bars without a name."""
    if len(summary.days) > WEEK:
        weeks = [days_in(week, of) for week in weeks_of(summary.days)] if profile.words_only else []
        return t("Week by week: {list}", list=_listed(weeks, t("too few"))) if any(weeks) else ""
    scores = [score if isinstance(score := day.answers.get(key), int) else None for day in summary.days]
    if all(score is None for score in scores):
        return ""
    if profile.words_only:
        return t("Day by day: {list}", list=_listed(scores, t("no answer")))
    return "".join("·" if score is None else BARS[math.ceil(score * 6 / 10)] for score in scores)


def _listed(numbers: Sequence[int | None], gap: str) -> str:
    return ", ".join(gap if number is None else str(number) for number in numbers)


def _medicine(t: Texts, summary: Summary) -> str:
    if not (summary.medicine.known or _asked(summary, "medicine")):
        return ""
    lately = t("last 30 days: {n}", n=summary.medicine_lately)
    return f"{_days(t, t('Pain medicine'), summary.medicine, len(summary.days))}; {lately}"


def _sleep(t: Texts, summary: Summary) -> str:
    if summary.sleep is None:
        known = any(isinstance(day.answers.get("sleep_hours"), Hours) for day in summary.days)
        if known and not summary.short_nights:
            return t("Sleep: 6 h or more where you answered")
        return t("Sleep: no hours given") if _asked(summary, "sleep_hours") else ""
    minutes = round(summary.sleep * 60 / 10) * 10
    nights = t.many("{n} night", "{n} nights", summary.nights)
    said = t("Sleep: about {h} h {m:02} a night ({nights} with hours)", h=minutes // 60, m=minutes % 60, nights=nights)
    if summary.short_nights:
        said += ", " + t.many("{n} under 6 h", "{n} under 6 h", summary.short_nights)
    return said


def _posture(t: Texts, summary: Summary) -> str:
    if summary.posture is None:
        return t("Posture: not answered") if _asked(summary, "posture") else ""
    return t("Posture: {mean} of 5", mean=t.number(summary.posture))


def _asked(summary: Summary, key: str) -> bool:
    """Tell whether a question was asked at all; a line about one that never was would only be in the way."""
    return any(state(day, key) != "not_asked" for day in summary.days)


def _noted(t: Texts, noted: Sequence[tuple[date, str]]) -> str:
    """Say what was noted, once each: the day, or how often; all its days stand in the picture and in /history."""
    if not noted:
        return ""
    often = Counter(kind for _, kind in noted)
    said = {
        kind: t("{what} on {day}", what=names(t)[kind], day=t.short_day(day))
        if often[kind] == 1
        else t.many("{what} {n} time", "{what} {n} times", often[kind], what=names(t)[kind])
        for day, kind in noted
    }
    return t("Noted: {list}.", list=", ".join(said.values()))


def _together(t: Texts, summary: Summary) -> str:
    """Say how often head and back hurt on the same day, in a week; over longer times that is a matter of patterns."""
    both, back, head_only, other = summary.together
    if len(summary.days) != WEEK or back < TOGETHER_FROM:
        return ""
    said = t("On your {back} days with back or neck pain you had a headache on {both}.", back=back, both=both)
    if other:
        rest = t.many("On the other day, {head}.", "On the other {n} days, {head}.", other, head=head_only)
        said = f"{said} {rest}"
    return f"{said} {t('Too few days to say more.')}"


def _looks(t: Texts, summary: Summary, day: date | None) -> str:
    if day is None or len(summary.days) != WEEK:
        return ""
    return t("Next look for patterns: {day}, /patterns.", day=t.day(day))


def _picture(
    t: Texts, summary: Summary, noted: Sequence[tuple[date, str]], *, daily: bool, dark: bool
) -> Callable[[], bytes]:
    days = summary.days
    if len(days) == LENGTHS[-1] and not daily:
        return partial(chart_months.trend_picture, days, _trend_words(t, days), dark=dark)
    events = [(day, names(t)[kind]) for day, kind in noted]
    return partial(charts.days_picture, days, _picture_words(t, days), events=events, dark=dark)


def _title(t: Texts, days: Sequence[Day]) -> str:
    return t("{first} to {last}", first=t.day(days[0].day), last=t.day(days[-1].day))


def _picture_words(t: Texts, days: Sequence[Day]) -> charts.PictureWords:
    dated = [str(day.day.day) if len(days) <= charts.NUMBERED else t.short_day(day.day) for day in days]
    return charts.PictureWords(
        title=_title(t, days),
        headache=t("Headache"),
        back=t("Back or neck"),
        sleep=t("Sleep"),
        posture=t("Posture"),
        weekdays=[t.weekday(day.day) for day in days],
        dates=dated,
        missing=t("not answered"),
        unasked=t("not asked"),
        hours=t("h"),
        point=t.number(0.5)[1],
    )


def _trend_words(t: Texts, days: Sequence[Day]) -> chart_months.TrendWords:
    return chart_months.TrendWords(
        title=_title(t, days),
        headache=t("Days with headache"),
        medicine=t("Days with pain medicine"),
        sleep=t("Hours of sleep a night"),
        weeks=[t.short_day(week[0].day) for week in weeks_of(days)],
        answered=t("days answered"),
        too_few=t("fewer than three answered"),
        unasked=t("not asked"),
        point=t.number(0.5)[1],
    )
