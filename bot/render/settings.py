"""Settings in words: the overview, the time picker, pausing."""

from datetime import date, datetime, time, timedelta

from bot.domain.quiet import NEVER, QuietHours, Range, as_text, every_day
from bot.domain.reminders import CHECKIN, SUMMARY
from bot.domain.schedule import local
from bot.render.message import Button, Message, rows
from bot.texts.words import CHOICES, Texts, name_of, texts_for

QUARTERS = (0, 15, 30, 45)
DAY_STARTS = tuple(time(hour) for hour in (0, 2, 3, 4, 5, 6, 8, 12))
MONDAY = date(2024, 1, 1)
"""Any Monday: only its weekday's name is used."""


def overview(
    t: Texts, zone: str, day_start: time, checkin: str | None, summary: str | None, quiet: str, paused: str | None
) -> Message:
    """Show the settings; `checkin` and `summary` say when they come, `quiet` when nothing does."""
    off = t("off")
    lines = [
        f"<b>{t('Settings')}</b>",
        t("Daily card: {when}", when=checkin or off),
        t("Weekly summary: {when}", when=summary or off),
        t("Quiet hours: {when}", when=quiet),
        t("Time zone: {zone}", zone=t.zone(zone)),
        t("Your day begins at {time}", time=t.clock_time(day_start)),
        t("Language: {language}", language=name_of(t)),
    ]
    if paused:
        lines.append(paused)
    return Message(
        "\n".join(lines),
        rows(
            [Button(t("Change the card’s time"), f"hours:k-{CHECKIN}")] if checkin else [],
            [Button(t("What the card asks"), "asks"), Button(t("Pictures and text"), "looks")],
            [Button(t("Change the weekly summary"), f"reminder:{SUMMARY}")] if summary else [],
            [Button(t("Change the quiet hours"), "ask_quiet")],
            [Button(t("Discreet messages"), "ask_discreet"), Button(t("News about this bot"), "ask_broadcasts")],
            [Button(t("Change the time zone"), "ask_zone"), Button(t("Day start"), "ask_day_start")],
            [Button(t("Language and clock"), "ask_language")],
            [Button(t("Reminders"), "reminders"), Button(t("What comes next"), "next")],
            [Button(t("Resume now"), "resume") if paused else Button(t("Pause"), "ask_pause")],
        ),
    )


def back(t: Texts) -> list[Button]:
    """Return the last row of each page that the overview leads to."""
    return [Button(t("Back to the settings"), "settings")]


def ask_quiet(t: Texts, hours: QuietHours) -> Message:
    choices = [every_day(time(begin), time(end)) for begin, end in ((21, 7), (22, 8), (23, 9))]
    return Message(
        t(
            "Quiet hours: {when}. Reminders, nudges and summaries stay silent then. Your card still comes at the time "
            "you chose.",
            when=quiet_words(t, hours),
        ),
        rows(
            *([Button(quiet_words(t, each), f"quiet:{as_text(each)}")] for each in choices),
            [Button(t("No quiet hours"), f"quiet:{as_text(NEVER)}")],
            [Button(t("Type others"), "quiet")],
            back(t),
        ),
        edit="tapped",
    )


def ask_typed_quiet(t: Texts) -> Message:
    return Message(t("Type them, for example {example}.", example=f"<i>{t('weekdays 22-7, weekends 23:30-10')}</i>"))


def quiet_not_understood(t: Texts) -> Message:
    return Message(
        t(
            "I did not understand that, so nothing was changed. Please type a beginning and an end, like {example}.",
            example=f"<i>{t('22:00-8:00')}</i>",
        )
    )


def quiet_set(t: Texts, hours: QuietHours) -> Message:
    change = [Button(t("Change the quiet hours"), "ask_quiet")]
    return Message(t("Quiet hours: {when}.", when=quiet_words(t, hours)), rows(change, back(t)))


def quiet_words(t: Texts, hours: QuietHours) -> str:
    """Return "22:00–08:00", or each range with the weekdays on which it begins."""
    if hours == NEVER:
        return t("none")
    if hours.same_every_day and hours.ranges[0]:
        return _span(t, hours.ranges[0])
    parts = []
    for span in dict.fromkeys(span for span in hours.ranges if span):
        days = [t.weekday(MONDAY + timedelta(days=day)) for day, other in enumerate(hours.ranges) if other == span]
        parts.append(f"{', '.join(days)} {_span(t, span)}")
    return "; ".join(parts)


def _span(t: Texts, span: Range) -> str:
    return f"{t.clock_time(span.begin)}–{t.clock_time(span.end)}"


def ask_day_start(t: Texts, now: time) -> Message:
    buttons = [Button(t.clock_time(at), f"day_start:{at:%H%M}") for at in DAY_STARTS]
    return Message(
        t("Your day begins at {time}: what you fill in before then belongs to the day before.", time=t.clock_time(now)),
        rows(buttons[:4], buttons[4:], back(t)),
        edit="tapped",
    )


def day_start_set(t: Texts, at: time) -> Message:
    return Message(t("From now on your day begins at {time}.", time=t.clock_time(at)), rows(back(t)), edit="tapped")


def ask_language(t: Texts) -> Message:
    buttons = [[Button(name_of(texts_for(language)), f"language:{language}")] for language in CHOICES]
    return Message(t("Which language, and which clock?"), rows(*buttons, back(t)), edit="tapped")


def language_set(t: Texts) -> Message:
    return Message(t("From now on: {language}.", language=name_of(t)), rows(back(t)), edit="tapped")


def ask_home_time(t: Texts, home: str, here: str) -> Message:
    return Message(
        t(
            "Your card and reminders now come by the clock in {here}. Shall they go by {home} time instead?",
            here=t.zone(here),
            home=t.zone(home),
        ),
        rows([Button(t("Keep {home} time", home=t.zone(home)), f"home:{home}")]),
    )


def home_time_kept(t: Texts, home: str) -> Message:
    return Message(t("They go by {home} time. /next shows when that is for you.", home=t.zone(home)), edit="tapped")


def pause_not_understood(t: Texts) -> Message:
    return Message(t("Until when? For example {example}.", example=f"<i>{t('/pause until Friday')}</i>"))


def pick_hour(t: Texts, purpose: str, question: str) -> Message:
    hours = [Button(f"{hour:02}", f"hour:{purpose}:{hour:02}") for hour in range(24)]
    return Message(
        f"{question}\n{t('Pick the hour, or type a time like 8:30.')}",
        rows(*(hours[n : n + 6] for n in range(0, 24, 6)), [Button(t("Back to all reminders"), "reminders")]),
        edit="tapped",
    )


def pick_minute(t: Texts, purpose: str, hour: int) -> Message:
    times = [Button(t.clock_time(time(hour, minute)), f"time:{purpose}:{hour:02}{minute:02}") for minute in QUARTERS]
    return Message(
        t("And the minutes? You can also type a time like {example}.", example=t.clock_time(time(hour, 10))),
        rows(times, [Button(t("Another hour"), f"hours:{purpose}")]),
        edit="tapped",
    )


def ask_typed_time(t: Texts) -> Message:
    return Message(t("Type a time, for example 20:15 or 8:30 pm."))


def time_not_understood(t: Texts) -> Message:
    return Message(t("I did not understand that time. Please type it like 8:30, 20:15 or 8 pm."))


def zone_set(t: Texts, zone: str, now: datetime) -> Message:
    return Message(
        t(
            "Your clock is set to {zone}: it is {time} there now.",
            zone=t.zone(zone),
            time=t.clock_time(local(now, zone).time()),
        ),
        clear_keys=True,
    )


def place_not_asked(t: Texts) -> Message:
    return Message(t("I have not kept that place. To change your time zone, go through /settings."))


def ask_pause(t: Texts) -> Message:
    return Message(
        t("For how long shall I be quiet? Paused days count as not answered, not as pain-free. /checkin still works."),
        rows(
            [Button(t("Today"), "pause:1"), Button(t("3 days"), "pause:3")],
            [Button(t("A week"), "pause:7"), Button(t("Until I say so"), "pause:0")],
        ),
    )


def paused(t: Texts, until: str | None) -> str:
    if until is None:
        return t("Paused. I’ll be quiet until you send /resume.")
    return t("Paused until {when}. Then I’ll be back by myself; /resume ends it sooner.", when=until)


def resumed(t: Texts) -> Message:
    return Message(t("I’m back. Your card comes at its usual time."))


def help_text(t: Texts) -> Message:
    lines = (
        t("/checkin – today’s card"),
        t("/summary – your last 7, 28 or 90 days"),
        t("/patterns – what goes with your headaches"),
        t("/history – a month at a glance; see, fill in or change a day"),
        t("/log – note a massage, a visit, a new pillow"),
        t("/visit – a doctor’s visit still to come, and what you want to ask there"),
        t("/report – a page for your doctor; /share lets them look for a while"),
        t("/try – try one change, by coin toss, and see what your days say"),
        t("/reminders – set reminder times; /remind does it in words"),
        t("/next – what comes, and why"),
        t("/attack – it started: I’m quiet until it’s over"),
        t("/settings – card time, time zone, quiet hours, summary"),
        t("/pause and /resume – be quiet for a while"),
        t("/warning – when to get help at once"),
        t("/privacy – what is stored"),
        t("/export – everything about you in one file; /import brings one in"),
        t("/delete – remove everything about you"),
        t("/cancel – stop the current question"),
    )
    example = f"<i>{t('headache 6, back 3, slept 7.5, posture 4')}</i>"
    typed = t("You can also type your day: {example}", example=example)
    care = t("I’m a diary, not a doctor. No one reads this chat live.")
    return Message("\n".join((f"<b>{t('What I can do')}</b>", *lines, "", typed, "", care)))


def unknown_command(t: Texts) -> Message:
    return Message(t("I don’t know that command. /help shows what I can do."))


def cancelled(t: Texts, was_asked: bool) -> Message:
    return Message(
        t("Stopped. Nothing was changed.") if was_asked else t("There is nothing to stop. /help shows what I can do.")
    )


def look_at_signs(t: Texts) -> Message:
    return Message(t("What you wrote can be a sign that needs help at once, and is not kept. Please look:"))


def only_words(t: Texts) -> Message:
    return Message(
        t("I can only read words and taps of your own, so I kept nothing of that. /checkin opens today’s card.")
    )


def restarted(t: Texts) -> Message:
    return Message(
        t("I was restarted just now. What you sent before is saved; if an answer from me is missing, please ask again.")
    )


def not_saved(t: Texts) -> Message:
    return Message(t("Something went wrong here and that was not saved. Please try it once more."))


def too_much(t: Texts) -> Message:
    return Message(
        t("That was a lot at once, so I stopped reading. Please wait a minute, then send again what is missing.")
    )


def cannot_save(t: Texts) -> Message:
    return Message(
        t(
            "I can’t save anything right now: something is wrong with the computer I run on. What you typed waits for "
            "me at Telegram for a day. If you tapped a button, please tap it again later."
        )
    )


def too_long(t: Texts) -> Message:
    return Message(t("That is longer than 1,000 characters, so I kept nothing of it. Please send it shorter."))


def in_group(t: Texts) -> Message:
    return Message(t("I only work in private chats, because a diary is private. Goodbye!"))
