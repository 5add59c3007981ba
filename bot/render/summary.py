"""The week in words, works read aloud, and in one picture; counts first, no praise and no blame."""

from collections.abc import Sequence
from functools import partial

from bot.domain.history import Day, state
from bot.domain.questions import Hours
from bot.domain.summary import FEWEST, Week
from bot.render import charts
from bot.render.checkin import day_in_words
from bot.render.message import Message
from bot.texts.words import Texts

TOGETHER_FROM = 2
"""Fewer back-pain days than this say nothing beside the headaches, not even in counts."""


def week(t: Texts, week: Week) -> Message:
    """Return the summary with its picture; fewer than three answered days are shown as they are, with no figures."""
    first, last = week.days[0].day, week.days[-1].day
    head = f"<b>{t('Your week, {first} to {last}', first=t.day(first), last=t.day(last))}</b>"
    picture = partial(charts.days_picture, week.days, _picture_words(t, week)) if week.logged else None
    if week.logged < FEWEST:
        return Message(
            "\n".join((head, _logged(t, week), *_said(t, week)))
            + "\n\n"
            + t(
                "That is too few for numbers, and that’s fine: three days make a first week. "
                "/checkin opens today’s card."
            ),
            draw=picture,
        )
    lines = [
        head,
        _logged(t, week),
        "",
        _days(
            t, t("Headache"), week.headache, week.headache_known, week.headache_before, _strip(t, week.days, "headache")
        ),
        _days(t, t("Back pain"), week.back, week.back_known, week.back_before, _strip(t, week.days, "back")),
        _sleep(t, week),
        _posture(t, week),
        "",
        _together(t, week),
        "",
        f"<i>{t('Your own notes, not a diagnosis.')}</i>",
    ]
    text = "\n".join(lines).replace("\n\n\n", "\n\n")
    return Message(text, draw=picture)


def _logged(t: Texts, week: Week) -> str:
    """Say how complete the week is: a day that was asked for and one that nobody asked about are not the same."""
    said = t("Logged {n} of 7 days.", n=week.logged)
    empty = [day for day in week.days if not day.logged]
    unasked = sum(state(day, "headache") == "not_asked" for day in empty)
    if unasked:
        said += " " + t("Not answered: {n}. Not asked: {unasked}.", n=len(empty) - unasked, unasked=unasked)
    late = sum(day.late for day in week.days)
    return said + " " + t("Filled in later: {n}.", n=late) if late else said


def _said(t: Texts, week: Week) -> list[str]:
    """Return each answered day in words: what there is to see while there are too few days to count."""
    return [f"{t.day(day.day)}: {day_in_words(t, day.answers)}" for day in week.days if day.logged]


def _days(t: Texts, name: str, count: int, known: int, before: int | None, strip: str) -> str:
    if not known:
        return t("{name}: not answered", name=name)
    said = t.many("{name}: {n} day of {known}", "{name}: {n} days of {known}", count, name=name, known=known)
    if before is not None:
        said += t(" (the week before {n})", n=before)
    return f"{said}. {strip}"


def _strip(t: Texts, days: Sequence[Day], key: str) -> str:
    """Return the days in words that can be read aloud: "6, –, 7, 0"; a dash was not answered."""
    scores = [day.answers.get(key) for day in days]
    return t("Day by day: {scores}", scores=", ".join(str(s) if isinstance(s, int) else "–" for s in scores))


def _sleep(t: Texts, week: Week) -> str:
    if week.sleep is None:
        known = any(isinstance(day.answers.get("sleep_hours"), Hours) for day in week.days)
        return (
            t("Sleep: 6 h or more where you answered")
            if known and not week.short_nights
            else t("Sleep: no hours given")
        )
    minutes = round(week.sleep * 60 / 10) * 10
    nights = t.many("{n} night", "{n} nights", week.nights)
    said = t("Sleep: about {h} h {m:02} a night ({nights} with hours)", h=minutes // 60, m=minutes % 60, nights=nights)
    if week.short_nights:
        said += ", " + t.many("{n} under 6 h", "{n} under 6 h", week.short_nights)
    return said


def _posture(t: Texts, week: Week) -> str:
    if week.posture is None:
        return t("Posture: not answered")
    return t("Posture: {mean} of 5", mean=t.number(week.posture))


def _together(t: Texts, week: Week) -> str:
    both, back, head_only, other = week.together
    if back < TOGETHER_FROM:
        return ""
    said = t("On your {back} back-pain days you had a headache on {both}.", back=back, both=both)
    if other:
        rest = t.many("On the other day, {head}.", "On the other {n} days, {head}.", other, head=head_only)
        said = f"{said} {rest}"
    return f"{said} {t('Too few days to say more.')}"


def _picture_words(t: Texts, week: Week) -> charts.PictureWords:
    return charts.PictureWords(
        title=t("{first} to {last}", first=t.day(week.days[0].day), last=t.day(week.days[-1].day)),
        headache=t("Headache"),
        back=t("Back pain"),
        sleep=t("Sleep"),
        posture=t("Posture"),
        weekdays=[t.weekday(day.day) for day in week.days],
        dates=[str(day.day.day) for day in week.days],
        missing=t("not answered"),
        unasked=t("not asked"),
        hours=t("h"),
        point=t.number(0.5)[1],
    )
