"""A planned try in words: what can be tried, how likely it can be seen, how it stands, and what came out."""

from collections.abc import Mapping
from datetime import date, time, timedelta

from bot.domain.tries import (
    BY_KEY,
    CHANGES,
    FEWEST_DAYS,
    FEWEST_KNOWN,
    FEWEST_PAIRS,
    LOOK_BACK,
    WEEKS,
    Asked,
    Kept,
    Own,
    Result,
    Try,
    chance,
    on,
)
from bot.render.message import Button, Message, rows
from bot.texts.words import Texts

EXAMPLE = Own(rate=0.4, answered=1.0)
"""Whose chances are told while a person's own rate is not known."""


def names(t: Texts) -> Mapping[str, str]:
    return {
        "evening_stretch": t("Evening stretch"),
        "screens_off": t("Screens off at {time}", time=t.clock_time(time(22))),
        "more_sleep": t("An extra hour of sleep"),
        "evening_calm": t("Ten calm minutes at night"),
        "breaks": t("A short break every hour"),
        "neck_exercise": t("Neck exercises"),
        "walk": t("A walk"),
        "water": t("More water"),
        "regular_meals": t("Regular meals"),
    }


def _details(t: Texts) -> Mapping[str, str]:
    return {
        "evening_stretch": t("A few minutes of easy stretching before bed."),
        "screens_off": t("No phone, TV or computer from {time} on.", time=t.clock_time(time(22))),
        "more_sleep": t("To bed an hour earlier than usual."),
        "evening_calm": t("Ten minutes of slow breathing or quiet music in the evening."),
        "breaks": t("Get up and move for a minute or two every hour."),
        "neck_exercise": t("Five minutes of easy neck exercises."),
        "walk": t("Half an hour of walking, in one go or in two."),
        "water": t("Two more glasses of water than usual, unless a doctor told you to drink less."),
        "regular_meals": t("Three meals at about the same times, none left out."),
    }


def choose(t: Texts) -> Message:
    buttons = [Button(names(t)[change.key], f"plan:{change.key}") for change in CHANGES]
    return Message(
        "\n\n".join(
            (
                f"<b>{t('A planned try')}</b>",
                t("A try compares days with one change and days without it, for 8 to 24 weeks.")
                + " "
                + _coin(t)
                + " "
                + t("When all days are over I count the headaches on both sides and tell you, whatever comes out."),
                t("It takes patience, and a small change can’t be seen this way."),
                _as_prescribed(t),
                t("What would you like to try?"),
            )
        ),
        rows(*([button] for button in buttons)),
        edit="tapped",
    )


def lengths(t: Texts, change: str, own: Own | None) -> Message:
    """Say for each length how likely a true halving would be seen, at the person's own rate where it is known."""
    seen = own or EXAMPLE
    lines = [
        t("{n} weeks: {chance}", n=weeks, chance=_likely(t, chance(seen.rate, weeks, seen.answered))) for weeks in WEEKS
    ]
    return Message(
        "\n\n".join(
            (
                f"<b>{names(t)[change]}</b>\n{_details(t)[change]}",
                _rate(t, own),
                t("If it truly halved the days with headache, this is how often a try would show it:")
                + "\n"
                + "\n".join(lines),
                t("A small change can’t be seen in any of these. How long shall it be?"),
            )
        ),
        rows(
            [Button(t("{n} weeks", n=weeks), f"plan:{change}:{weeks}") for weeks in WEEKS],
            [Button(t("Another change"), "tries")],
        ),
        edit="tapped",
    )


def plan(t: Texts, planned: Try, own: Own | None, at: time) -> Message:
    """Say what would begin with the tap on Start; `at` is the local time of its reminder."""
    seen = own or EXAMPLE
    likely = _likely(t, chance(seen.rate, planned.weeks, seen.answered))
    head = t("{change}, {n} weeks", change=names(t)[planned.change], n=planned.weeks)
    dates = t("From tomorrow, {first}, to {last}.", first=t.day(planned.start), last=t.day(planned.last))
    return Message(
        "\n\n".join(
            (
                f"<b>{head}</b>\n{dates}\n{_details(t)[planned.change]}",
                _coin(t) + " " + t("On days without it, do as you always did."),
                _rate(t, own)
                + " "
                + t("If it truly halved the days with headache, a try this long would show it {chance}.", chance=likely)
                + " "
                + t("A small change can’t be seen."),
                t("I’ll remind you at {time} on days with it.", time=t.clock_time(at))
                + " "
                + t("Your card asks whether it was done; a day left out is fine, and you can end it at any time.")
                + " "
                + _not_before(t),
                _as_prescribed(t),
            )
        ),
        rows(
            [Button(t("Start tomorrow"), f"begin:{planned.change}:{planned.weeks}")],
            [Button(t("Another length"), f"plan:{planned.change}"), Button(t("Another change"), "tries")],
        ),
        edit="tapped",
    )


def progress(
    t: Texts, a_try: Try, today: date, kept: tuple[Kept, Kept], at: time | None, *, quiet: bool, said: str = ""
) -> Message:
    """Say how a try that is on stands: days, and how often it was done. `at`: when it reminds, local, None where it
    does not; `quiet`: that lies in the quiet hours."""
    lines = [
        f"<b>{names(t)[a_try.change]}</b>\n{_details(t)[a_try.change]}",
        _where(t, a_try, today),
        *([_kept(t, kept)] if today > a_try.start else []),
        _not_before(t) + " " + t("The result comes on {day}.", day=t.day(a_try.due + timedelta(days=1))),
    ]
    if at is not None:
        lines.append(t("I’ll remind you at {time} on days with it.", time=t.clock_time(at)))
        if quiet:
            lines[-1] += " " + t("That is in your quiet hours, so nothing would come then. /settings changes them.")
    return Message(
        "\n\n".join((*([said] if said else []), *lines, _as_prescribed(t))),
        rows(
            [Button(t("Change its reminder"), "reminder:try")] if at is not None else [],
            [Button(t("End it early"), "ask_end")],
        ),
        edit="tapped",
    )


def ask_end(t: Texts, a_try: Try) -> Message:
    return Message(
        t(
            "End it now: {change}? I would count the rounds of four days that are over and tell you what they show. "
            "It can’t be taken up again.",
            change=names(t)[a_try.change],
        ),
        rows([Button(t("Yes, end it"), f"end:{a_try.seed}")], [Button(t("No, go on"), "try")]),
        edit="tapped",
    )


def reminder(t: Texts, change: str) -> Message:
    today = t("Today is a day with: {change}.", change=f"<b>{names(t)[change]}</b>")
    return Message(f"{today}\n{_details(t)[change]}", rows([Button(t("Show the try"), "try")]))


def result(t: Texts, a_try: Try, found: Result) -> Message:
    head = t("{change}: what came out", change=names(t)[a_try.change])
    lines = [f"<b>{head}</b>", *([t("It was ended early.")] if found.early else [])]
    if found.pairs:
        lines += [
            t(
                "Counted: {n} of {of} rounds of four days, each with two days with it and two without.",
                n=found.pairs,
                of=found.planned,
            ),
            _counts(t, a_try, found),
            _verdict(t, found),
            _kept(t, (found.kept, found.kept_without))
            + " "
            + t("Each day counts on the side the coin gave it, done or not, so that how you felt can’t choose."),
            t("This is about these days of yours and promises nothing for others."),
        ]
    else:
        lines.append(t("No round of four days was over, so there is nothing to count."))
    lines.append(_as_prescribed(t))
    return Message("\n\n".join(lines), rows([Button(t("Try something else"), "tries")]), edit="tapped")


def asked(t: Texts, asked: Asked) -> str:
    """Return the line on a card that asks whether it was done."""
    places = {"change": names(t)[asked.change], "day": t.day(asked.day)}
    if BY_KEY[asked.change].lag:
        if asked.with_it:
            return t("Your try, {change}: the evening of {day} was one with it. Was it done?", **places)
        return t("Your try, {change}: the evening of {day} was one without it. Was it done all the same?", **places)
    if asked.with_it:
        return t("Your try, {change}: {day} is a day with it. Was it done?", **places)
    return t("Your try, {change}: {day} is a day without it. Was it done all the same?", **places)


def _coin(t: Texts) -> str:
    return t(
        "A coin toss decides: of every four days two in a row are with it and two without, so that good and bad spells "
        "fall on both sides alike."
    )


def _as_prescribed(t: Texts) -> str:
    return t("Keep taking what your doctor prescribed as before.")


def _not_before(t: Texts) -> str:
    return t("I count no headaches before it’s over: stopping at a good moment would only show that it was one.")


def _rate(t: Texts, own: Own | None) -> str:
    if own is not None:
        return t(
            "In your last {n} weeks, about {rate} in every 100 days you filled in had a headache.",
            n=LOOK_BACK // 7,
            rate=round(100 * own.rate),
        )
    return t(
        "How often you have a headache I don’t know yet: for that I need {n} filled-in days in {weeks} weeks. "
        "As an example, this is for somebody who has one on {rate} of 100 days.",
        n=FEWEST_KNOWN,
        weeks=LOOK_BACK // 7,
        rate=round(100 * EXAMPLE.rate),
    )


def _likely(t: Texts, chance: float) -> str:
    tenths = round(10 * chance)
    if tenths == 0:
        return t("hardly ever")
    if tenths == 10:
        return t("nearly always")
    return t.many("about {n} time in 10", "about {n} times in 10", tenths)


def _where(t: Texts, a_try: Try, today: date) -> str:
    """Say which day it is and what it and the next one are."""
    first, last = t.day(a_try.start), t.day(a_try.last)
    with_it, next_with = on(a_try, today), on(a_try, today + timedelta(days=1))
    if today < a_try.start:
        begins = t("It begins tomorrow, {first}, and goes on to {last}.", first=first, last=last)
        return begins + " " + (t("Tomorrow is a day with it.") if next_with else t("Tomorrow is a day without it."))
    if with_it is None:
        return t("Its last day, {last}, is over.", last=last)
    day = t("Day {n} of {of}.", n=(today - a_try.start).days + 1, of=a_try.weeks * 7)
    here = t("Today is a day with it.") if with_it else t("Today is a day without it.")
    tomorrow = {
        True: t("Tomorrow is a day with it."),
        False: t("Tomorrow is a day without it."),
        None: t("It is the last one."),
    }[next_with]
    return f"{day} {here} {tomorrow}"


def _kept(t: Texts, kept: tuple[Kept, Kept]) -> str:
    with_it, without = kept
    if not with_it.told and not without.told:
        return t("Whether it was done is not noted yet.")
    return t(
        "Noted as done: on {done} of {told} days with it, on {done_without} of {told_without} without it.",
        done=with_it.done,
        told=with_it.told,
        done_without=without.done,
        told_without=without.told,
    )


def _counts(t: Texts, a_try: Try, found: Result) -> str:
    places = {
        "n": found.with_change.headache,
        "of": found.with_change.known,
        "n_without": found.without.headache,
        "of_without": found.without.known,
    }
    if BY_KEY[a_try.change].lag:
        said = t(
            "After an evening with it there was a headache on {n} of {of} days, after one without it on {n_without} "
            "of {of_without}.",
            **places,
        )
    else:
        said = t(
            "With it there was a headache on {n} of {of} days, without it on {n_without} of {of_without}.", **places
        )
    return said + " " + t("Days you did not fill in are left out.")


def _verdict(t: Texts, found: Result) -> str:
    if found.interval is None:
        return t(
            "That is too little to compare. It takes {rounds} rounds, and {days} days of each sort: with it, without "
            "it, with a headache and without one.",
            rounds=FEWEST_PAIRS,
            days=FEWEST_DAYS,
        )
    low, high = found.interval
    by_chance = t("By coin toss alone, a difference like this comes up in at most 1 of 20 tries.")
    if found.verdict == "fewer":
        fewer = t("There were fewer headaches with it: {span} fewer in 100 days fit.", span=_span(t, -high, -low))
        return f"{fewer} {by_chance}"
    if found.verdict == "more":
        more = t("There were more headaches with it: {span} more in 100 days fit.", span=_span(t, low, high))
        return f"{more} {by_chance}"
    return t(
        "That is not clear: a coin toss alone often brings as much. Anything from {fewer} fewer to {more} more "
        "headaches in 100 days fits. So these days can’t say whether it makes a difference.",
        fewer=-low,
        more=high,
    )


def _span(t: Texts, low: int, high: int) -> str:
    return str(low) if low == high else t("{low} to {high}", low=low, high=high)
