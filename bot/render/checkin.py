"""The daily card in words and buttons; every scale's label begins with the value it stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.checkin import ALL_FINE, CHANGE, DONE, NO_PAIN, answered_keys, progress, relevant
from bot.domain.freetext import Contradiction, OffScale, OtherDay, Refusal, Unscored
from bot.domain.questions import BY_KEY, WELL_SLEPT, Answers, Hours, Question, Value
from bot.render.message import Button, Message, Rows, plain, rows
from bot.texts.words import Texts

ROUGH = 7
LOOK_AT_SIGNS = 8
"""Scores from which a day is called rough, and the warning signs are worth a look (content notes, §2.4, §6)."""

LONGEST_LABEL = 30
"""Characters that a phone shows on a button of full width."""


@dataclass(frozen=True)
class Card:
    """What a check-in looks like now: `today` is the day the person lives in; `yesterday_open` offers the last."""

    checkin_id: int
    day: date
    today: date
    page: str
    answers: Answers
    yesterday_open: bool = False


def card(t: Texts, card: Card, *, said: str = "", undo: str | None = None) -> Message:
    """Return the card's message; `said` is a line above it, `undo` the data of an Undo button."""
    # What the buttons show need not stand above them too: at the first tick the card would jump by a line.
    day = day_in_words(t, {key: value for key, value in card.answers.items() if key != card.page})
    so_far = "" if day in said else day  # an echo of the whole day need not stand there twice
    if card.page == DONE:
        text, buttons = _done(t, card, so_far)
    elif card.page == CHANGE:
        text, buttons = _change(t, card)
    else:
        text, buttons = _question(t, card, so_far)
    if undo:
        buttons = (*buttons, (Button(t("Undo"), undo),))
    return Message(f"{said}\n\n{text}" if said else text, buttons, card=card.checkin_id)


def day_name(t: Texts, day: date, today: date) -> str:
    """Return "Mon 23 Nov", with "yesterday" beside it where it is."""
    return t("{day} (yesterday)", day=t.day(day)) if (today - day).days == 1 else t.day(day)


def was_away(t: Texts, since: datetime, until: datetime) -> str:
    """Return the line about a time away, local times; the dates too where it was not all on one day."""

    def named(moment: datetime) -> str:
        at = t.clock_time(moment.time())
        return at if since.date() == until.date() else f"{t.day(moment.date())}, {at}"

    return t(
        "I was away from {since} to {until}. If you tapped in that time, please tap again.",
        since=named(since),
        until=named(until),
    )


def continued_below(t: Texts, day: date, today: date) -> Message:
    return Message(t("{day}: this card goes on below.", day=day_name(t, day, today)))


def day_in_words(t: Texts, answers: Answers) -> str:
    """Return the day in a line, "Headache 0 · Back 2 · Sleep 7–8 h · Posture 4", and a line for each follow-up."""
    return _in_words(t, relevant(answers))


def _in_words(t: Texts, answers: Answers) -> str:
    keys = answered_keys(answers)
    scores = " · ".join(named(t, key, answers[key]) for key in keys if BY_KEY[key].core)
    details = [named(t, key, answers[key]) for key in keys if not BY_KEY[key].core and answers[key] is not None]
    return "\n".join(line for line in (scores, *details) if line)


def named(t: Texts, key: str, value: Value | None) -> str:
    """Return an answer with its question's short name: "Headache 7", "Lasted: 2 to 4 h"."""
    said = _value(t, BY_KEY[key], value)
    return f"{_short(t)[key]} {said}" if BY_KEY[key].core else f"{_short(t)[key]}: {said}"


def not_understood(t: Texts, reading: Refusal) -> Message:
    example = t("For example: headache 6, back 3, slept 7.5, posture 4")
    if isinstance(reading, OffScale):
        return Message(f"{_scale(t, BY_KEY[reading.question])} {t('Nothing was saved.')}\n{example}")
    if isinstance(reading, Contradiction):
        name = _short(t)[reading.question]
        said = t("That says two different things about “{question}”, so nothing was saved.", question=name)
    elif isinstance(reading, Unscored):
        name = _short(t)[reading.question]
        said = t("“{question}” goes with a pain from 1 to 10 on the same day. Nothing was saved.", question=name)
        example = t("For example: headache 6 for 3 hours, back 4 lower")
    elif isinstance(reading, OtherDay):
        said = t(
            "I can take typed answers for today and yesterday only, not for “{words}”, so nothing was saved.",
            words=plain(reading.words[:60]),
        )
        example = t("For example: yesterday: headache 6, back 3")
    elif reading.words:
        if reading.day:
            example = t("For example: yesterday: headache 6, back 3")
        said = t("I did not understand “{words}”, so nothing was saved.", words=plain(reading.words[:60]))
    else:
        said = t("I did not understand that, so nothing was saved. I read short answers like the one below, or /help.")
    return Message(f"{said}\n{example}")


def understood(t: Texts, answers: Answers, day: str = "", unkept: str = "") -> str:
    """Echo all that was stored, a detail without its score too; `day` where it was named, `unkept` what was not."""
    said = _in_words(t, answers)
    echo = t("I understood for {day}: {answers}.", day=day, answers=said) if day else ""
    echo = echo or t("I understood: {answers}.", answers=said)
    return f"{echo} {t('“{words}” is not kept.', words=plain(unkept))}" if unkept else echo


def _question(t: Texts, card: Card, so_far: str) -> tuple[str, Rows]:
    question = BY_KEY[card.page]
    day, step = day_name(t, card.day, card.today), progress(card.page)
    if step:
        head = t("{day} · question {number} of {of}", day=day, number=step[0], of=step[1])
    else:
        head = t("{day} · a little more", day=day)
    above = [line for line in (f"<b>{head}</b>", so_far) if line]
    below = [line for line in (_asks(t)[question.key], _help(t).get(question.key)) if line]
    first = question.key == "headache"
    return "\n".join((*above, "", *below)), rows(
        [Button(t("All fine today"), f"fine:{card.checkin_id}")] if first else [],
        *_choices(t, card, question),
        [Button(t("No pain at all today"), f"painless:{card.checkin_id}")] if first else [],
        _steps(t, card, question),
        [Button(t("Open yesterday’s card"), "yesterday")] if card.yesterday_open else [],
    )


def _steps(t: Texts, card: Card, question: Question) -> list[Button]:
    steps = [Button(t("Skip"), f"skip:{card.checkin_id}:{question.key}")]
    if not question.core:
        steps.append(Button(t("Skip the rest"), f"rest:{card.checkin_id}"))
    if card.answers:
        steps.append(Button(t("Change an answer"), f"page:{card.checkin_id}:{CHANGE}"))
    return steps


def _choices(t: Texts, card: Card, question: Question) -> list[list[Button]]:
    def answer(label: str, code: object, name: str = "answer") -> Button:
        return Button(label, f"{name}:{card.checkin_id}:{question.key}:{code}")

    match question.kind:
        case "severity":
            scale = [[answer(str(n), n) for n in numbers] for numbers in (range(1, 6), range(6, 11))]
            return [[answer(t("0 · none"), 0)], *scale]
        case "quality":
            return [[answer(label, n)] for n, label in _grades(t)[question.key].items()]
        case "hours":
            labels = [answer(_band(t, code), code) for code in question.choices]
            return [labels[:3], labels[3:]]
        case "choice":
            return [[answer(_codes(t)[question.key][code], code)] for code in question.choices]
        case "several":
            ticked = card.answers.get(question.key)
            chosen = ticked if isinstance(ticked, frozenset) else frozenset()
            labels = [
                answer(f"✓ {label}", code, "untick") if code in chosen else answer(label, code, "tick")
                for code, label in _codes(t)[question.key].items()
            ]
            pairs = [labels[n : n + 2] for n in range(0, len(labels), 2)]
            return [*pairs, [Button(t("Done"), f"ticked:{card.checkin_id}:{question.key}")]]


def _done(t: Texts, card: Card, so_far: str) -> tuple[str, Rows]:
    answers = relevant(card.answers)
    worst = max((score for key in NO_PAIN if isinstance(score := answers.get(key), int)), default=0)
    remarks = []
    if answers == ALL_FINE:
        remarks.append(t("That means: no headache, no back pain, slept 6 hours or more and well, good posture."))
    if worst >= ROUGH:
        remarks.append(t("That sounds like a rough day."))
    if worst >= LOOK_AT_SIGNS or answers.get("aura_known") == "new":
        remarks.append(t("Is anything about it new or frightening? /warning lists what needs help at once."))
    saved = f"<b>{t('Saved for {day}.', day=day_name(t, card.day, card.today))}</b>\n{so_far}".strip()
    return "\n\n".join((saved, *remarks)), rows(
        [Button(t("Change an answer"), f"page:{card.checkin_id}:{CHANGE}")],
        [Button(t("Open yesterday’s card"), "yesterday")] if card.yesterday_open else [],
        [Button(t("A headache starts now"), "attack")] if card.day == card.today else [],
    )


def _change(t: Texts, card: Card) -> tuple[str, Rows]:
    answers = relevant(card.answers)
    head = t("{day}: which answer shall we change?", day=day_name(t, card.day, card.today))
    change = [[Button(_label(t, key, answers[key]), f"page:{card.checkin_id}:{key}")] for key in answered_keys(answers)]
    return f"<b>{head}</b>", rows(*change, [Button(t("Back to the card"), f"on:{card.checkin_id}")])


def _label(t: Texts, key: str, value: Value | None) -> str:
    """Return an answer for its button; where it would be cut, only the question: a cut can turn a meaning round."""
    whole = named(t, key, value)
    return whole if len(whole) <= LONGEST_LABEL else _short(t)[key]


def _value(t: Texts, question: Question, value: Value | None) -> str:
    if value is None:
        return t("skipped")
    if isinstance(value, Hours):
        return hours(t, value)
    if question.kind == "choice":
        return _record(t).get(question.key, _codes(t)[question.key])[str(value)]
    if question.kind == "quality":
        return t("{grade} of 5", grade=value)
    if isinstance(value, frozenset):
        return ", ".join(_codes(t)[question.key][code] for code in question.choices if code in value) or t(
            "none ticked"
        )
    return str(value)


def hours(t: Texts, value: Hours) -> str:
    if value == WELL_SLEPT:
        return t("6 h or more")
    if value.low == value.high:
        return t("{hours} h", hours=t.number(value.low, 2))
    return _band(t, f"{value.low:g}-{value.high:g}")


def _band(t: Texts, code: str) -> str:
    low, high = code.split("-")
    if high == "24":
        return t("{hours} h or more", hours=low)
    return t("{low}–{high} h", low=low, high=high)


def _short(t: Texts) -> Mapping[str, str]:
    return {
        "headache": t("Headache"),
        "back": t("Back"),
        "sleep_hours": t("Sleep"),
        "sleep_quality": t("Sleep quality"),
        "posture": t("Posture"),
        "duration": t("Headache lasted"),
        "features": t("Headache with"),
        "aura_known": t("Warning signs"),
        "impact": t("Got in the way"),
        "back_region": t("Back pain in"),
        "medicine": t("Taken for pain"),
    }


def _asks(t: Texts) -> Mapping[str, str]:
    return {
        "headache": t("Did your head hurt today? Tap how bad it got at its worst."),
        "back": t("And your back or neck? Tap how bad it got at its worst."),
        "sleep_hours": t("How long did you sleep last night?"),
        "sleep_quality": t("How well did you sleep?"),
        "posture": t("How was your posture today?"),
        "duration": t("About how long did the headache last in all?"),
        "features": t("Tap anything that fits this headache, then Done."),
        "aura_known": t("Have you had those warning signs before, and did they go away within an hour?"),
        "impact": t("Did the headache get in the way of your day?"),
        "back_region": t("Where did it hurt? Tap all that fit, then Done."),
        "medicine": t("Did you take anything for pain today? Tap all that fit, then Done."),
    }


def _help(t: Texts) -> Mapping[str, str]:
    return {
        "headache": t(
            "10 is as bad as you can imagine.\n“All fine” means no pain, slept 6 hours or more and well, good posture."
        ),
        "back": t("Count your neck, upper back and lower back. 10 is as bad as you can imagine."),
        "sleep_hours": t("Your best guess is fine. You can also type a number like 6.5."),
        "posture": t("Not about sitting straight. Did you move often and feel at ease?"),
        # A label that had to be cut for its button stands here in full.
        "features": t("“Zigzags or blind spot” is also sparkles; “Tingling, numb, words” is trouble finding words."),
        "impact": t("“A lot” means you had to stop or lie down."),
        "medicine": t(
            "Whether for your head or your back. What you take every day to prevent pain does not go here. "
            "“Ibuprofen, aspirin” is also naproxen and the like; “Combined pill” has caffeine or codeine in it."
        ),
    }


def _scale(t: Texts, question: Question) -> str:
    return {
        "headache": t("Headache goes from 0 to 10."),
        "back": t("Back pain goes from 0 to 10."),
        "sleep_hours": t("Sleep goes from 0 to 24 hours, in quarter hours."),
        "sleep_quality": t("Sleep quality goes from 1 to 5."),
        "posture": t("Posture goes from 1 to 5."),
    }[question.key]


def _grades(t: Texts) -> Mapping[str, Mapping[int, str]]:
    return {
        "sleep_quality": {
            1: t("1 · very poorly"),
            2: t("2 · poorly"),
            3: t("3 · so-so"),
            4: t("4 · well"),
            5: t("5 · very well"),
        },
        "posture": {
            1: t("1 · stiff or slumped all day"),
            2: t("2 · not great"),
            3: t("3 · so-so"),
            4: t("4 · good"),
            5: t("5 · at ease, moved a lot"),
        },
    }


def _record(t: Texts) -> Mapping[str, Mapping[str, str]]:
    """Return short words for choices whose buttons are sentences."""
    return {
        "aura_known": {"usual": t("as usual"), "new": t("new or different")},
        "impact": {"0": t("no"), "1": t("a bit"), "2": t("a lot")},
    }


def _codes(t: Texts) -> Mapping[str, Mapping[str, str]]:
    return {
        "duration": {
            "lt30m": t("Under 30 min"),
            "30m_2h": t("30 min to 2 h"),
            "2_4h": t("2 to 4 h"),
            "4_12h": t("4 to 12 h"),
            "ge12h": t("12 h or more"),
            "ongoing": t("Still going on"),
        },
        "features": {
            "one_side": t("Mostly one side"),
            "throbbing": t("Throbbing or pounding"),
            "worse_moving": t("Worse when I move"),
            "nausea": t("Felt sick or threw up"),
            "light": t("Light hurt"),
            "sound": t("Noise hurt"),
            "aura_vision": t("Zigzags or blind spot"),
            "aura_sense_speech": t("Tingling, numb, words"),
            "none": t("None of these"),
        },
        "aura_known": {"usual": t("Yes, that’s normal for me"), "new": t("No, this is new or different")},
        "impact": {"0": t("No"), "1": t("A bit, I got less done"), "2": t("A lot, I had to stop")},
        "back_region": {
            "neck": t("Neck"),
            "upper": t("Upper or middle back"),
            "lower": t("Lower back"),
            "leg": t("It shot down a leg"),
        },
        "medicine": {
            "none": t("Nothing"),
            "simple": t("Paracetamol, acetaminophen"),
            "nsaid": t("Ibuprofen, aspirin"),
            "triptan": t("A triptan"),
            "combo": t("Combined pill"),
            "opioid": t("Strong painkiller (opioid)"),
            "ergot": t("Ergotamine"),
            "other": t("Something else"),
            "unsure": t("Not sure what kind"),
        },
    }


def still_good(t: Texts, at: time) -> Message:
    """Ask, after some cards that nobody answered, whether their hour is right. `at` is local."""
    others = [time(hour) for hour in (9, 18, 21, 22) if time(hour) != at.replace(second=0, microsecond=0)]
    return Message(
        t("The last three cards went by, and that is fine. Is {time} still a good time?", time=t.clock_time(at)),
        rows(
            [Button(t.clock_time(other), f"time:k-checkin:{other:%H%M}") for other in others],
            [Button(t("Another time"), "hours:k-checkin"), Button(t("Pause"), "ask_pause")],
        ),
    )


def at_rest(t: Texts) -> Message:
    return Message(
        t("A week went by without a word, so I’ll stop asking. Your diary stays as it is. A tap, and I’m back."),
        rows([Button(t("Ask me again"), "resume")]),
    )
