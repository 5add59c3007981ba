"""The figures of a report in words, the same on paper and in the chat: counts beside the days they are of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.association import Counts
from bot.domain.before_after import WINDOW as AROUND
from bot.domain.before_after import BeforeAfter
from bot.domain.patterns import PRIMARY, Look, Pattern
from bot.domain.profile import Injury
from bot.domain.report import ENOUGH, WINDOW, Counted, Features, Figures, Report, Window, change
from bot.domain.rules import LIMITS
from bot.render import patterns
from bot.render.checkin_words import codes
from bot.render.log import names
from bot.texts.words import Texts

FEWEST_FOR_RATE = 5
"""Days of which a share is told in per cent (content notes 4.9: both rates rest on at least five days)."""


MEDICINE_LETTERS = {
    "simple": "S",
    "nsaid": "N",
    "triptan": "T",
    "combo": "C",
    "opioid": "O",
    "ergot": "E",
    "other": "X",
    "unsure": "?",
}


@dataclass(frozen=True)
class Row:
    """One key number: its name, what it was in each window, the newest first, and how it has changed in words."""

    name: str
    cells: Sequence[str]
    change: str = ""


def key_rows(t: Texts, windows: Sequence[Window]) -> Sequence[Row]:
    medicine, lengths = codes(t)["medicine"], codes(t)["duration"]

    def counted(name: str, of: Callable[[Window], Counted]) -> Row:
        return Row(name, [count(t, of(window)) for window in windows], _more_or_fewer(t, [of(w) for w in windows]))

    def of_headaches(name: str, of: Callable[[Window], Counted]) -> Row:
        # Of headache days, not of all days: per 28 they would say something else.
        return Row(name, [share(t, of(w).n, of(w).known) for w in windows])

    def kind(code: str) -> Row:
        limit = LIMITS.get(code)
        name = t("{medicine} (limit {limit})", medicine=medicine[code], limit=limit) if limit else medicine[code]
        days = [str(w.kinds.get(code, 0)) if w.medicine.known or w.kinds else "–" for w in windows]
        return Row(f"– {name}", days)

    return (
        counted(t("Headache days"), lambda w: w.headache),
        counted(f"– {t('moderate or severe (4 or more)')}", lambda w: w.moderate),
        counted(f"– {t('migraine-like, by what was ticked')}", lambda w: w.migraine_like),
        Row(
            t("Worst score on those days, mean"),
            [
                t("{mean}, highest {highest}", mean=t.mean(w.worst), highest=w.highest) if w.worst is not None else "–"
                for w in windows
            ],
            _higher_or_lower(t, windows, lambda w: w.worst),
        ),
        Row(t("Usual length of a headache"), [lengths[w.length] if w.length else "–" for w in windows]),
        of_headaches(f"– {t('had to stop or lie down')}", lambda w: w.stopped),
        of_headaches(f"– {t('got less done')}", lambda w: w.reduced),
        counted(t("Days with pain medicine"), lambda w: w.medicine),
        *(kind(code) for code in medicine if any(code in window.kinds for window in windows)),
        counted(t("Back-pain days"), lambda w: w.back),
        counted(t("Neck-pain days"), lambda w: w.neck),
        Row(
            t("Sleep, mean of nights with hours"),
            [
                t.many("{mean} h, {n} night", "{mean} h, {n} nights", w.nights, mean=t.mean(w.sleep))
                if w.sleep is not None
                else "–"
                for w in windows
            ],
            _longer_or_shorter(t, windows),
        ),
        counted(f"– {t('nights under 6 h')}", lambda w: w.short_nights),
        Row(
            t("Posture, mean of 1 to 5"),
            [t.mean(w.posture) if w.posture is not None else "–" for w in windows],
            _higher_or_lower(t, windows, lambda w: w.posture),
        ),
    )


def count(t: Texts, counted: Counted) -> str:
    """Say how many of how many days; with 20 and more, but not all 28, also how many that is per 28."""
    said = share(t, counted.n, counted.known)
    if counted.per_window is None or counted.known == WINDOW:
        return said
    return t("{count} (about {n} per 28)", count=said, n=counted.per_window)


def period(t: Texts, figures: Figures) -> str:
    return t("{first} to {last}", first=t.dated(figures.first), last=t.dated(figures.last))


def complete(t: Texts, figures: Figures) -> str:
    """Say how complete the diary is: days, late ones, the longest gap."""
    said = t(
        "Logged on {n} of {days} days ({percent} %).",
        n=figures.logged,
        days=figures.possible,
        percent=round(100 * figures.logged / figures.possible),
    )
    if figures.began_inside:
        said += " " + t("The diary began on {day}.", day=t.dated(figures.begun))
    more = t("Filled in later: {late}. Changed later: {changed}.", late=figures.late, changed=figures.changed)
    gap = t.many("Longest gap: {n} day.", "Longest gap: {n} days.", figures.longest_gap)
    return f"{said} {more} {gap}"


def together(t: Texts, look: Look, back: Pattern) -> Sequence[str]:
    """Say what is known of back pain and headaches after the last look, then what else stands out: counts, no cause."""
    said = [_about_back(t, look, back)]
    if back.next_day and back.verdict == "seen":
        said.append(t("Also on the day after: {counts}.", counts=with_and_without(t, back.next_day)))
    others = [pattern for pattern in look.of("seen") if pattern.exposure != PRIMARY]
    said += [f"{patterns.names(t)[each.exposure]}: {with_and_without(t, each.counts)}." for each in others]
    if look.checked and not others:
        said.append(t("Things checked beside the headaches: {n}. Nothing else stands out so far.", n=look.checked))
    return said


def with_and_without(t: Texts, counts: Counts) -> str:
    return t(
        "headache on {n} of {with_} days, otherwise on {m} of {without}",
        n=counts.headache_with,
        with_=counts.days_with,
        m=counts.headache_without,
        without=counts.days_without,
    )


def share(t: Texts, n: int, of: int) -> str:
    """Say how many of how many."""
    return t("{n} of {known}", n=n, known=of) if of else "–"


def rate(t: Texts, n: int, of: int) -> str:
    """Say how many of how many, and of five and more in per cent too."""
    said = share(t, n, of)
    return f"{said} ({t('{n} %', n=round(100 * n / of))})" if of >= FEWEST_FOR_RATE else said


def _about_back(t: Texts, look: Look, back: Pattern) -> str:
    match back.verdict:
        case "too_early":
            return t("It is too early to tell if that means anything. Next look on diary day {day}.", day=look.next)
        case "seen":
            return t("That is more than chance usually gives. It does not say which came first, or why.")
        case "nothing":
            return t(
                "That does not stand out so far. With {n} days logged, only a strong link would show.", n=look.logged
            )
        case "faded":
            return t("That stood out before and is not clear any more.")


def features(t: Texts, found: Features) -> Sequence[str]:
    named = {
        "one_side": t("one side"),
        "throbbing": t("throbbing"),
        "worse_moving": t("worse when moving"),
        "nausea": t("nausea"),
        "light_and_sound": t("light and noise"),
        "aura_vision": t("zigzags or blind spot"),
        "aura_sense_speech": t("tingling, numb, words"),
    }
    if not found.headaches:
        return (t("No headache days."),)
    lengths = codes(t)["duration"]
    on = t.many("On {n} headache day", "On {n} headache days", found.headaches)
    ticked = t("ticked on {n}", n=found.ticked)
    by_feature = ", ".join(f"{named[code]} {n}" for code, n in found.by_feature.items())
    by_length = ", ".join(f"{lengths[code]} {n}" for code, n in found.by_length.items())
    return (
        f"{on} ({ticked}): {by_feature}.",
        t("Length: {lengths}.", lengths=by_length) if by_length else t("Length: not answered."),
    )


def remedies(t: Texts, report: Report) -> Sequence[str]:
    """Say what was done, by window, the newest first; what was changed, and when; and the headaches around a first."""
    visits = [f"{names(t)[kind]} {' · '.join(map(str, counts))}" for kind, counts in report.visits.items()]
    changes = [f"{names(t)[kind]} {t.dated(day)}" for kind, day in report.changes]
    windows = " · ".join((t("last 28 days"), t("28 before"), t("28 before that"))[: len(report.figures.windows)])
    said = [t("{list} ({windows}).", list=", ".join(visits), windows=windows)] if visits else []
    said += [f"{'; '.join(changes)}."] if changes else []
    said = said or [t("None noted.")]
    said += [_around(t, names(t)[kind], around) for kind, around in report.compared]
    if report.compared:
        said.append(t("Things often ease off after a bad spell on their own: this can’t show what helped."))
    return said


def _around(t: Texts, what: str, around: BeforeAfter) -> str:
    return t(
        "{what}, first on {day}: in the {days} days before, headache on {n} of {known}; after, on {m} of {later}.",
        what=what,
        day=t.dated(around.first),
        days=AROUND,
        n=around.before.headache,
        known=around.before.known,
        m=around.after.headache,
        later=around.after.known,
    )


def medicine_legend(t: Texts) -> str:
    """Say what `MEDICINE_LETTERS` stand for."""
    return t(
        "S paracetamol, N ibuprofen or aspirin, T triptan, C combined, O opioid, E ergotamine, X other, ? not sure."
    )


def to_mention(t: Texts, injury: Injury | None) -> Sequence[str]:
    """Return what doctors may want to know and nobody asked here; of an injury also what was told."""
    told = {"no": t("none"), "recent": t("in the last 3 months"), "past": t("longer ago")}
    hurt = t("neck or head injury")
    return (
        t("birth control with estrogen"),
        t("pregnancy"),
        f"{hurt}: {told[injury]}" if injury else hurt,
        t("new medicines"),
        t("recreational drugs"),
        t("weight change"),
        t("mood and stress"),
        t("family history"),
    )


def definitions(t: Texts, version: str) -> Sequence[str]:
    return (
        t(
            "Headache day: worst score 1 or more of 10, unless it is known to have lasted under 30 minutes without "
            "medicine. Moderate or severe: 4 or more."
        ),
        t(
            "Migraine-like day, by what was ticked: two of one side, throbbing, worse when moving, 4 or more, with "
            "nausea or light and noise; or zigzags, tingling or the like; or a triptan or ergotamine taken. Not a "
            "diagnosis."
        ),
        t(
            "Limit: days a month from which pain medicine counts as too often (ICHD-3 8.2). Missing days are not "
            "counted as pain-free; on days without pain, medicine is not asked about and counts as none."
        ),
        t(
            "Per 28 is told, and a change in words, from {n} known days of 28 on. Patterns are tested on diary days "
            "56, 84, 112, 168 and every 84 after that; two tests must agree, with about 3 % for a false find at each. "
            "A pattern is not a cause. HeadsUp {version}.",
            n=ENOUGH,
            version=version,
        ),
    )


def _more_or_fewer(t: Texts, counted: Sequence[Counted]) -> str:
    difference = change(counted[0], counted[1]) if len(counted) > 1 else None
    if difference is None:
        return ""
    if not difference:
        return t("about the same")
    more = difference > 0
    return t("about {n} more", n=difference) if more else t("about {n} fewer", n=-difference)


def _higher_or_lower(t: Texts, windows: Sequence[Window], mean: Callable[[Window], float | None]) -> str:
    difference = _difference(windows, mean)
    if difference is None:
        return ""
    if not round(difference, 1):
        return t("about the same")
    n = t.number(abs(difference))
    return t("{n} higher", n=n) if difference > 0 else t("{n} lower", n=n)


def _longer_or_shorter(t: Texts, windows: Sequence[Window]) -> str:
    difference = _difference(windows, lambda w: w.sleep if w.nights >= ENOUGH else None)
    if difference is None:
        return ""
    minutes = round(abs(difference) * 6) * 10
    if not minutes:
        return t("about the same")
    return t("{n} min more", n=minutes) if difference > 0 else t("{n} min less", n=minutes)


def _difference(windows: Sequence[Window], mean: Callable[[Window], float | None]) -> float | None:
    if len(windows) < 2 or min(windows[0].logged, windows[1].logged) < ENOUGH:
        return None
    now, before = mean(windows[0]), mean(windows[1])
    return None if now is None or before is None else now - before
