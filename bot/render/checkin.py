"""The daily card in words and buttons; every scale's label begins with the value it stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.checkin import ALL_FINE, CHANGE, DONE, NO_PAIN, answered_keys, before, complete, progress, relevant
from bot.domain.freetext import Contradiction, OffScale, OtherDay, Refusal, Unscored
from bot.domain.profile import Part
from bot.domain.questions import BY_KEY, QUESTIONS, WELL_SLEPT, Answers, Hours, Question, Value
from bot.domain.tries import Asked
from bot.render import checkin_words as words
from bot.render import tries
from bot.render.message import Button, Message, Rows, plain, rows
from bot.texts.words import Texts

ROUGH = 7
"""The score from which a day is called rough (content notes, §6)."""

LONGEST_NOTE_SHOWN = 200
"""Characters of a note that the card repeats."""

LONGEST_LABEL = 30
"""Characters that a phone shows on a button of full width."""


@dataclass(frozen=True)
class Card:
    """What a check-in looks like now: `today` is the day the person lives in; `yesterday_open` offers the last.

    `period`: whether one began that day; None where that is not noted. `trying`: what a finished card asks
    about a try, until it is answered.
    """

    checkin_id: int
    day: date
    today: date
    page: str
    answers: Answers
    yesterday_open: bool = False
    questions: Sequence[Question] = QUESTIONS
    part: Part = "day"
    late: bool = False
    period: bool | None = None
    trying: Asked | None = None

    @property
    def of_today(self) -> bool:
        return self.day == self.today

    @property
    def all_asked(self) -> bool:
        return any(question.key == "posture" for question in self.questions)


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


def continued_below(t: Texts, checkin_id: int, day: date, today: date) -> Message:
    """Say on an older copy of a card where it goes on; its button also tells whose day a reply to it is about."""
    said = t("{day}: this card goes on below.", day=day_name(t, day, today))
    return Message(said, rows([Button(t("Show it here"), f"on:{checkin_id}")]))


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
    return f"{words.short(t)[key]} {said}" if BY_KEY[key].core else f"{words.short(t)[key]}: {said}"


def not_understood(t: Texts, reading: Refusal) -> Message:
    example = t("For example: headache 6, back 3, slept 7.5, posture 4")
    if isinstance(reading, OffScale):
        return Message(f"{words.scale(t, BY_KEY[reading.question])} {t('Nothing was saved.')}\n{example}")
    if isinstance(reading, Contradiction):
        name = words.short(t)[reading.question]
        said = t("That says two different things about “{question}”, so nothing was saved.", question=name)
    elif isinstance(reading, Unscored):
        name = words.short(t)[reading.question]
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
    question = next((each for each in card.questions if each.key == card.page), BY_KEY[card.page])
    day, step = day_name(t, card.day, card.today), progress(card.page, card.questions)
    if step:
        head = t("{day} · question {number} of {of}", day=day, number=step[0], of=step[1])
    else:
        head = t("{day} · a little more", day=day)
    above = [line for line in (f"<b>{head}</b>", so_far) if line]
    asked = words.asks(t) if card.of_today else {**words.asks(t), **words.asks_afterwards(t)}
    below = [line for line in (asked[question.key], _help_for(t, card, question)) if line]
    first = question.key == "headache"
    fine = t("All fine today") if card.of_today else t("All fine that day")
    painless = t("No pain at all today") if card.of_today else t("No pain at all that day")
    return "\n".join((*above, "", *below)), rows(
        [Button(fine, f"fine:{card.checkin_id}")] if first and card.all_asked else [],
        *_choices(t, card, question),
        [Button(painless, f"painless:{card.checkin_id}")] if first else [],
        _steps(t, card, question),
        [Button(t("Open yesterday’s card"), "yesterday")] if card.yesterday_open else [],
    )


def _steps(t: Texts, card: Card, question: Question) -> list[Button]:
    back = before(card.page, card.answers, card.questions)
    steps = [Button(t("Go back"), f"page:{card.checkin_id}:{back}")] if back else []
    steps.append(Button(t("Skip"), f"skip:{card.checkin_id}:{question.key}"))
    if card.answers:
        steps.append(Button(t("Skip the rest"), f"rest:{card.checkin_id}"))
    return steps


def _help_for(t: Texts, card: Card, question: Question) -> str | None:
    if question.key == "headache" and not card.all_asked:
        return t("10 is as bad as you can imagine.")
    return words.help_lines(t).get(question.key)


def _choices(t: Texts, card: Card, question: Question) -> list[list[Button]]:
    def answer(label: str, code: object, name: str = "answer") -> Button:
        return Button(label, f"{name}:{card.checkin_id}:{question.key}:{code}")

    match question.kind:
        case "severity":
            scale = [[answer(str(n), n) for n in numbers] for numbers in (range(1, 6), range(6, 11))]
            return [[answer(t("0 · none"), 0)], *scale]
        case "quality":
            return [[answer(label, n)] for n, label in words.grades(t)[question.key].items()]
        case "hours":
            labels = [answer(_band(t, code), code) for code in question.choices]
            return [labels[:3], labels[3:]]
        case "choice":
            return [[answer(words.codes(t)[question.key][code], code)] for code in question.choices]
        case "several":
            ticked = card.answers.get(question.key)
            chosen = ticked if isinstance(ticked, frozenset) else frozenset()
            labels = [
                answer(f"✓ {label}", code, "untick") if code in chosen else answer(label, code, "tick")
                for code in question.choices
                for label in (words.codes(t)[question.key][code],)
            ]
            pairs = [labels[n : n + 2] for n in range(0, len(labels), 2)]
            return [*pairs, [Button(t("Done"), f"ticked:{card.checkin_id}:{question.key}")]]
        case "text":
            return []


def _done(t: Texts, card: Card, so_far: str) -> tuple[str, Rows]:
    answers = relevant(card.answers)
    worst = max((score for key in NO_PAIN if isinstance(score := answers.get(key), int)), default=0)
    remarks = []
    if answers == ALL_FINE:
        remarks.append(t("That means: no headache, no back pain, slept 6 hours or more and well, good posture."))
    if worst >= ROUGH:
        remarks.append(t("That sounds like a rough day."))
    if card.period:
        remarks.append(t("Your period began on this day."))
    if card.late:
        remarks.append(t("Filled in later, and marked so."))
    if card.part == "night" and not complete(answers):
        remarks.append(t("I’ll ask about the rest at your usual time."))
    if card.trying:
        remarks.append(tries.asked(t, card.trying))
    saved = f"<b>{t('Saved for {day}.', day=day_name(t, card.day, card.today))}</b>\n{so_far}".strip()
    return "\n\n".join((saved, *remarks)), rows(*_after(t, card, pain=worst > 0))


def _after(t: Texts, card: Card, *, pain: bool) -> Sequence[list[Button]]:
    """Return what can be done with a card that asks nothing more."""
    number = card.checkin_id
    change = Button(t("Change an answer"), f"page:{number}:{CHANGE}")
    if card.part == "night":
        return [[change], [Button(t("Ask me the rest now"), "checkin")]]
    note = Button(t("Change the note") if card.answers.get("note") else t("Add a note"), f"note:{number}")
    began = Button(t("My period began"), f"period:{number}:on")
    not_so = Button(t("My period did not begin"), f"period:{number}:off")
    done = words.codes(t)["try"]
    return [
        [change, note],
        [Button(t("Delete the note"), f"unnote:{number}")] if card.answers.get("note") else [],
        [] if card.period is None else [not_so if card.period else began],
        [Button(label, f"answer:{number}:try:{code}") for code, label in done.items()] if card.trying else [],
        [Button(t("Open yesterday’s card"), "yesterday")] if card.yesterday_open else [],
        [Button(t("A headache starts now"), "attack")] if card.of_today else [],
        [Button(t("Something feels new or wrong"), "signs")] if pain and card.of_today else [],
    ]


def _change(t: Texts, card: Card) -> tuple[str, Rows]:
    answers = relevant(card.answers)
    head = t("{day}: which answer shall we change?", day=day_name(t, card.day, card.today))
    # A question of a short card, or a factor followed no longer, can still be changed where it has an answer.
    keys = [key for key in answered_keys(answers) if BY_KEY[key].kind != "text"]
    change = [[Button(_label(t, key, answers[key]), f"page:{card.checkin_id}:{key}")] for key in keys]
    return f"<b>{head}</b>", rows(*change, [Button(t("Back to the card"), f"on:{card.checkin_id}")])


def _label(t: Texts, key: str, value: Value | None) -> str:
    """Return an answer for its button; where it would be cut, only the question: a cut can turn a meaning round."""
    whole = named(t, key, value)
    return whole if len(whole) <= LONGEST_LABEL else words.short(t)[key]


def _value(t: Texts, question: Question, value: Value | None) -> str:
    if value is None:
        return t("skipped")
    if isinstance(value, Hours):
        return hours(t, value)
    if question.kind == "choice":
        return words.record(t).get(question.key, words.codes(t)[question.key])[str(value)]
    if question.kind == "quality":
        return t("{grade} of 5", grade=value)
    if question.kind == "text":
        cut = str(value)[:LONGEST_NOTE_SHOWN]
        return f"<i>{plain(cut)}{'…' if cut != value else ''}</i>"
    if isinstance(value, frozenset):
        return ", ".join(words.codes(t)[question.key][code] for code in question.choices if code in value) or t(
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


def factors(t: Texts) -> Mapping[str, str]:
    """Return what can be followed every day, in words."""
    return {code: said for code, said in words.codes(t)["factors"].items() if code != "none"}


def ask_note(t: Texts, day: date, today: date) -> Message:
    return Message(t("{day}: what shall I write down? Up to 1,000 characters.", day=day_name(t, day, today)))


def note_kept(t: Texts) -> str:
    return t("Note saved.")


def change_not_read(t: Texts) -> Message:
    return Message(
        t("You changed a message, but I can’t read a day in it, so nothing changed here. Please type it as a new one.")
    )


def not_corrected(t: Texts, reading: Refusal) -> Message:
    """Say why a changed message changed nothing."""
    refused = not_understood(t, reading)
    return Message(f"{refused.text}\n{t('What the message said before stays.')}")


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


def offer_short(t: Texts) -> Message:
    """Offer a shorter card to somebody who leaves most of it open; every question less is one less in the way."""
    return Message(
        t(
            "Most of your cards stayed open half-way, and that is fine. Shall I ask about head and back only? "
            "It’s two taps."
        ),
        rows([Button(t("Head and back only"), "ask:short:on")], [Button(t("Keep all five"), "ask:short:off")]),
    )


def at_rest(t: Texts) -> Message:
    return Message(
        t("A week went by without a word, so I’ll stop asking. Your diary stays as it is. A tap, and I’m back."),
        rows([Button(t("Ask me again"), "resume")]),
    )
