"""What went together with the headaches, told in counts: what stands out, what does not, what cannot be told yet."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.association import Counts
from bot.domain.patterns import FEWEST_CYCLES, FEWEST_DAYS, FEWEST_EACH, PERIOD, PRIMARY, WINDOW, Look, Pattern
from bot.render import checkin
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts

IN_FULL = 3
"""Patterns that are told with how much and how sure; of the others only the counts: all of it is heard in a minute."""


def names(t: Texts) -> Mapping[str, str]:
    """Return what each thing beside the headaches is called in a list."""
    return {
        "back_day": t("Back pain"),
        "neck_day": t("Neck pain"),
        "short_night": t("Nights under 6 hours"),
        "poor_sleep": t("Nights slept poorly"),
        "unusual_night": t("Nights unlike your usual"),
        "poor_posture": t("Poor posture"),
        "period_window": t("Days around your period"),
        **checkin.factors(t),
    }


def _where(t: Texts) -> Mapping[str, str]:
    return {
        "back_day": t("On days with back pain"),
        "neck_day": t("On days with neck pain"),
        "short_night": t("After nights under 6 hours"),
        "poor_sleep": t("After nights you slept poorly"),
        "unusual_night": t("After nights 1.5 hours or more off your usual"),
        "poor_posture": t("On days you rated your posture 1 or 2"),
        "period_window": t("Around your period (2 days before to day 3)"),
        "stress": t("On stressful days"),
        "skipped_meal": t("On days with a missed or late meal"),
        "low_water": t("On days you drank little water"),
        "alcohol": t("On days with alcohol"),
        "period": t("On days of your period"),
        "weather": t("On days with a big weather change"),
        "screen": t("On long screen days"),
        "long_sitting": t("On days you sat 8 hours or more"),
        "few_breaks": t("On days with hardly any breaks"),
        "caffeine_more": t("On days with more caffeine"),
        "caffeine_less": t("On days with less caffeine"),
        "light_noise_smell": t("On days with strong light, noise or smells"),
        "hard_exercise": t("On days with hard exercise"),
    }


def page(t: Texts, look: Look, first: date, *, offer: bool) -> Message:
    """Show a look at the diary that begins at `first`; `offer`: the person could follow something and does not."""
    paragraphs = [
        f"<b>{t('What goes with your headaches')}</b>",
        _logged(t, look),
        _counts_first(t, look),
        *_seen(t, look, first),
        *(f"{_counts(t, faded)} {t('This link is no longer clear.')}" for faded in look.of("faded")),
        _period(t, look),
        _unseen(t, look),
        _early(t, look),
        _when(t, look, first),
        _offer(t) if offer else "",
        _foot(t, look),
    ]
    return _message(t, paragraphs, offer=offer)


def empty(t: Texts, *, offer: bool) -> Message:
    """Say when there will be something, to somebody who has not answered anything yet."""
    said = t(
        "Nothing is logged yet. Eight weeks after your first day I look for the first time whether your headaches go "
        "with back pain, sleep or posture. /checkin opens today’s card."
    )
    return _message(t, [f"<b>{t('What goes with your headaches')}</b>", said, _offer(t) if offer else ""], offer=offer)


def explanation(t: Texts) -> Message:
    paragraphs = [
        f"<b>{t('How this is worked out')}</b>",
        t(
            "I put each day in one of four boxes: back pain or not, headache or not. Then I compare how often a "
            "headache came with back pain and how often without. I do the same for your neck, sleep, posture, period "
            "and what you follow. A day you did not log is left out; it never counts as a good one."
        ),
        t(
            "I look on set days only: after 8, 12, 16 and 24 weeks, then every 12 weeks. Whoever looks every day finds "
            "something sooner or later, even where there is nothing. Between two looks only the counts change."
        ),
        t(
            "I tell you of a link when two checks agree that chance seldom gives so much, and the difference is at "
            "least 15 days in 100. The checks allow for weekends and for pain that goes on for days. They can still be "
            "wrong: of 20 people without any link, at most about one is shown one in the first half year."
        ),
        t(
            "“No link seen” does not mean that there is none. Most links take two to three months of days to show, "
            "weak ones half a year. I need {days} days, and {each} of each kind: with a headache and without, with "
            "the other thing and without.",
            days=FEWEST_DAYS,
            each=FEWEST_EACH,
        ),
    ]
    return Message("\n\n".join(paragraphs), rows([back_button(t)]), edit="tapped")


def back_button(t: Texts) -> Button:
    return Button(t("Back to the patterns"), "patterns")


def in_place(message: Message) -> Message:
    return replace(message, edit="tapped")


def _message(t: Texts, paragraphs: Sequence[str], *, offer: bool) -> Message:
    return Message(
        "\n\n".join(filter(None, paragraphs)),
        rows(
            [Button(t("How is this worked out?"), "worked_out")],
            [Button(t("Before and after"), "before_after")],
            [Button(t("Follow something every day"), "factors")] if offer else [],
        ),
    )


def _logged(t: Texts, look: Look) -> str:
    if not look.day:
        return ""
    if look.day > WINDOW:
        said = t("Logged {n} of the last {of} days, up to yesterday.", n=look.logged, of=WINDOW)
    else:
        said = t.many(
            "Logged {logged} of {n} day, up to yesterday.",
            "Logged {logged} of {n} days, up to yesterday.",
            look.day,
            logged=look.logged,
        )
    return f"{said} {t('Filled in later: {n}.', n=look.late)}" if look.late else said


def _counts_first(t: Texts, look: Look) -> str:
    """Return the counts of what the bot is asked most; where they stand out, or no longer do, they are told there."""
    back = look.pattern(PRIMARY)
    if back is None or back.verdict in ("seen", "faded"):
        return ""
    early = f" {t('It’s too early to tell if that means anything.')}" if look.last is None else ""
    return _counts(t, back) + early


def _counts(t: Texts, pattern: Pattern) -> str:
    counts = pattern.counts
    if not counts.days_with:
        return t.many(
            "{what}: not once in {n} day.",
            "{what}: not once in {n} days.",
            counts.days,
            what=names(t)[pattern.exposure],
        )
    where = _where(t)[pattern.exposure]
    there, elsewhere = _shares(t, counts)
    if not counts.days_without:
        return t("{where} you had a headache on {there}.", where=where, there=there)
    return t(
        "{where} you had a headache on {there}, on other days on {elsewhere}.",
        where=where,
        there=there,
        elsewhere=elsewhere,
    )


def _shares(t: Texts, counts: Counts) -> tuple[str, str]:
    there = t("{n} of {of}", n=counts.headache_with, of=counts.days_with)
    elsewhere = t("{n} of {of}", n=counts.headache_without, of=counts.days_without)
    return f"<b>{there}</b>", f"<b>{elsewhere}</b>"


def _seen(t: Texts, look: Look, first: date) -> Sequence[str]:
    seen = look.of("seen")
    if not seen or look.last is None:
        return []
    said = t.many(
        "When I looked on {day}, this difference was larger than chance usually gives.",
        "When I looked on {day}, these {n} differences were larger than chance usually gives.",
        len(seen),
        day=t.day(first + timedelta(days=look.last)),
    )
    early = t("Numbers this early tend to shrink.") if look.day < WINDOW else ""
    caveats = (said, early, t("The counts don’t say which came first, or why."))
    return [*(_pattern(t, each, in_full=n < IN_FULL) for n, each in enumerate(seen)), " ".join(filter(None, caveats))]


def _pattern(t: Texts, pattern: Pattern, *, in_full: bool) -> str:
    lines = [_counts(t, pattern), *(_size(t, pattern) if in_full else ()), _cycles(t, pattern)]
    if pattern.next_day:
        there, elsewhere = _shares(t, pattern.next_day)
        lines.append(
            t(
                "Also on the day after: a headache on {there} after back pain, on {elsewhere} after other days.",
                there=there,
                elsewhere=elsewhere,
            )
        )
    return " ".join(filter(None, lines))


def _size(t: Texts, pattern: Pattern) -> Sequence[str]:
    """Return how many times as often, where that is a number to tell, and the 95 % interval of the difference, rounded
    outwards to days in ten."""
    low, high = pattern.interval or (0.0, 0.0)
    if low <= 0 <= high:
        return [t("With the days since then it could be chance, too.")]
    said = []
    times = pattern.counts.times
    if times is not None:
        often = t.number(more) if (more := max(times, 1 / times)) < 3 else str(round(more))
        higher = t("That is about {times} times as often.", times=often)
        said.append(higher if times >= 1 else t("On other days it came about {times} times as often.", times=often))
    least, most = math.floor(10 * min(abs(low), abs(high))), math.ceil(10 * max(abs(low), abs(high)))
    span = t("{low} to {high}", low=least, high=most) if least else t("up to {high}", high=most)
    if low > 0:
        return [*said, t("Of 10 such days, likely {span} more have a headache than of 10 others.", span=span)]
    return [*said, t("Of 10 such days, likely {span} fewer have a headache than of 10 others.", span=span)]


def _period(t: Texts, look: Look) -> str:
    """Return the counts around the period where they are not told among what stands out."""
    pattern = look.pattern(PERIOD)
    if pattern is None or pattern.verdict in ("seen", "faded"):
        return ""
    cycles = _cycles(t, pattern)
    return f"{_counts(t, pattern)} {cycles}" if cycles else ""


def _cycles(t: Texts, pattern: Pattern) -> str:
    cycles = pattern.cycles
    if cycles is None or cycles.known < FEWEST_CYCLES:
        return ""
    return t("In {n} of {of} cycles a headache came in that time.", n=cycles.with_headache, of=cycles.known)


def _unseen(t: Texts, look: Look) -> str:
    unseen = look.of("nothing")
    if not unseen:
        return ""
    shown = _list(t, unseen)
    if len(unseen) < look.checked:
        said = t("I checked {k} things in all. No link seen so far: {list}.", k=look.checked, list=shown)
    else:
        said = t.many(
            "I checked {n} thing against your headaches. It does not stand out so far: {list}.",
            "I checked {n} things against your headaches. None stands out so far: {list}.",
            look.checked,
            list=shown,
        )
    only = t("With {n} days logged, only a strong link would show.", n=look.logged)
    return f"{said} {only}"


def _early(t: Texts, look: Look) -> str:
    early = look.of("too_early")
    if look.last is None or not early:
        return ""
    return t(
        "Too early to tell: {list}. It takes {days} days, {each} of each kind.",
        list=_list(t, early),
        days=FEWEST_DAYS,
        each=FEWEST_EACH,
    )


def _list(t: Texts, patterns: Sequence[Pattern]) -> str:
    return ", ".join(names(t)[pattern.exposure] for pattern in patterns)


def _when(t: Texts, look: Look, first: date) -> str:
    following = t.day(first + timedelta(days=look.next))
    if look.last is None:
        return t(
            "I look for the first time on {day}, after eight weeks. Every day you log helps, good days too.",
            day=following,
        )
    return t("My next look is on {day}.", day=following)


def _foot(t: Texts, look: Look) -> str:
    worth = f" {t('Worth showing to a doctor.')}" if look.of("seen") else ""
    return f"<i>{t('Your own notes, not a diagnosis.')}{worth}</i>"


def _offer(t: Texts) -> str:
    return t("You can follow more every day, such as stress or alcohol, and see if headaches go with it.")
